//! `kubernetes.io/ssh-auth`.

use zeroize::Zeroizing;

use super::private_key::{self, KeyTextError};
use super::{Built, Note};
use crate::check::is_public;
use crate::secret::{Plaintext, SSH_KEY};

/// The text is no private key that a program could use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SshAuthError {
    /// There is none in it.
    #[error("there is no private key in it; it begins with -----BEGIN OPENSSH PRIVATE KEY----- or alike")]
    Missing,
    /// It is the public half.
    #[error("this is a public key; the Secret needs the private one, the file without .pub")]
    Public,
    /// It is in PuTTY's own format.
    #[error("this is a key of PuTTY; write it for OpenSSH first: puttygen KEY.ppk -O private-openssh -o KEY")]
    Putty,
    /// It can't be used without a passphrase.
    #[error("the key has a passphrase, which nobody would type; take it off: ssh-keygen -p -N '' -f FILE")]
    Encrypted,
    /// A block without an end, or no base64.
    #[error("the private key is malformed")]
    Malformed,
}

/// A private key for SSH. It gets the line breaks that OpenSSH wants.
pub fn ssh_auth(key: &Plaintext) -> Result<Built, SshAuthError> {
    // Exposed to be looked at; what is copied is wiped.
    let text = str::from_utf8(key.expose()).map_err(|_| SshAuthError::Missing)?;
    if text.starts_with("PuTTY-User-Key-File") {
        return Err(SshAuthError::Putty);
    }
    match private_key::read(text) {
        Ok(_) | Err(KeyTextError::Ssh) => {}
        Err(KeyTextError::Missing) if is_public(text) => return Err(SshAuthError::Public),
        Err(KeyTextError::Missing) => return Err(SshAuthError::Missing),
        Err(KeyTextError::Encrypted) => return Err(SshAuthError::Encrypted),
        Err(KeyTextError::Malformed) => return Err(SshAuthError::Malformed),
    }
    let mut notes = Vec::new();
    let mut lines = Zeroizing::new(String::with_capacity(text.len() + 1));
    for (index, piece) in text.split("\r\n").enumerate() {
        if index > 0 {
            lines.push('\n');
        }
        lines.push_str(piece);
    }
    if lines.len() < text.len() {
        notes.push(Note::LineBreaksReplaced);
    }
    if !lines.ends_with('\n') {
        lines.push('\n');
        notes.push(Note::LineBreakAdded);
    }
    let value = Plaintext::new(std::mem::take(&mut *lines).into_bytes());
    Ok(Built::of("kubernetes.io/ssh-auth", [(SSH_KEY, value)], notes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64;

    /// An OpenSSH key without its private part: that much is looked at.
    fn openssh(cipher: &str) -> String {
        let mut body = b"openssh-key-v1\0".to_vec();
        body.extend_from_slice(&u32::try_from(cipher.len()).unwrap().to_be_bytes());
        body.extend_from_slice(cipher.as_bytes());
        let body = base64::encode(&body);
        format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n-----END OPENSSH PRIVATE KEY-----\n")
    }

    fn build(text: &str) -> Result<(String, Vec<Note>), SshAuthError> {
        let built = ssh_auth(&Plaintext::new(text.into()))?;
        assert_eq!(built.type_, Some("kubernetes.io/ssh-auth"));
        Ok((String::from_utf8(built.data["ssh-privatekey"].expose().to_vec()).unwrap(), built.notes))
    }

    #[test]
    fn a_key_ends_with_one_line_break_and_has_none_of_windows() {
        let key = openssh("none");
        assert_eq!(build(&key), Ok((key.clone(), vec![])));
        assert_eq!(build(key.trim_end()), Ok((key.clone(), vec![Note::LineBreakAdded])));
        assert_eq!(build(&key.replace('\n', "\r\n")), Ok((key.clone(), vec![Note::LineBreaksReplaced])));
    }

    #[test]
    fn what_no_program_could_use_is_refused() {
        let headers = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nTWE=\n\
                       -----END RSA PRIVATE KEY-----\n";
        for (text, error) in [
            ("ssh-ed25519 AAAA me@host\n", SshAuthError::Public),
            ("-----BEGIN PUBLIC KEY-----\nTWE=\n-----END PUBLIC KEY-----\n", SshAuthError::Public),
            ("PuTTY-User-Key-File-3: ssh-ed25519\n", SshAuthError::Putty),
            (&openssh("aes256-ctr"), SshAuthError::Encrypted),
            (headers, SshAuthError::Encrypted),
            (
                "-----BEGIN ENCRYPTED PRIVATE KEY-----\nTWE=\n-----END ENCRYPTED PRIVATE KEY-----\n",
                SshAuthError::Encrypted,
            ),
            ("-----BEGIN OPENSSH PRIVATE KEY-----\nTWE=\n", SshAuthError::Malformed),
            (&openssh("none")[..60], SshAuthError::Malformed),
            ("hunter2", SshAuthError::Missing),
            ("", SshAuthError::Missing),
        ] {
            assert_eq!(build(text), Err(error), "{text}");
        }
    }
}
