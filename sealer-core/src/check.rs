//! What can be told of the values of a typed Secret by looking at them, cheap enough for the page.

use std::collections::BTreeMap;

use zeroize::Zeroizing;

use crate::cert;
use crate::der;
use crate::manifest::{Kind, NodeId, json_tree};
use crate::pem;
use crate::secret::{DOCKER_CONFIG, Plaintext, SSH_KEY, TLS_CERTIFICATE, TLS_KEY};
use crate::time::Timestamp;

const USERNAME: &str = "username";

/// Something that somebody should know about a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finding {
    /// The key of the value.
    pub key: &'static str,
    /// What it is.
    pub remark: Remark,
}

/// What there is to say about a value. It never holds a piece of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remark {
    /// There is no certificate where one should be, or one that can't be read.
    NoCertificate,
    /// The same of a private key.
    NoKey,
    /// The key can't be used without a passphrase.
    KeyEncrypted,
    /// The key is one that only SSH can use.
    KeyForSsh,
    /// It is the public half of a key.
    PublicKey,
    /// The key belongs to another certificate than the first.
    Mismatch,
    /// No registry could be logged in to with this.
    NotDockerConfig,
    /// Nothing in the key tells which certificate it belongs to.
    NotCompared,
    /// A certificate is not issued by the one behind it.
    OutOfOrder,
    /// The first certificate is over.
    Ended {
        /// Its last moment.
        on: Timestamp,
    },
    /// The first certificate is not valid yet.
    NotYetValid {
        /// Its first moment.
        from: Timestamp,
    },
    /// There is no login in docker's configuration.
    NoLogin,
    /// The user name holds a colon, which basic authentication takes for its end (RFC 7617, section 2).
    ColonInUsername,
    /// The last line of a key has no end, where OpenSSH wants one.
    NoFinalLineBreak,
}

impl Remark {
    /// Whether nothing could be done with the value.
    pub fn is_fatal(self) -> bool {
        match self {
            Self::NoCertificate
            | Self::NoKey
            | Self::KeyEncrypted
            | Self::KeyForSsh
            | Self::PublicKey
            | Self::Mismatch
            | Self::NotDockerConfig => true,
            Self::NotCompared
            | Self::OutOfOrder
            | Self::Ended { .. }
            | Self::NotYetValid { .. }
            | Self::NoLogin
            | Self::ColonInUsername
            | Self::NoFinalLineBreak => false,
        }
    }
}

/// Looks at the values of a Secret of this type. What is not there yet is passed over.
pub fn findings(type_: &str, data: &BTreeMap<String, Plaintext>, now: Timestamp) -> Vec<Finding> {
    let mut found = Vec::new();
    // Exposed to be looked at. What is no text holds nothing that is looked for.
    let text = |key: &str| data.get(key).map(|value| str::from_utf8(value.expose()).unwrap_or_default());
    match type_ {
        "kubernetes.io/tls" => tls(text(TLS_CERTIFICATE), text(TLS_KEY), now, &mut found),
        "kubernetes.io/dockerconfigjson" => {
            tell(&mut found, DOCKER_CONFIG, text(DOCKER_CONFIG).and_then(docker));
        }
        "kubernetes.io/basic-auth" if text(USERNAME).is_some_and(|name| name.contains(':')) => {
            tell(&mut found, USERNAME, Some(Remark::ColonInUsername));
        }
        "kubernetes.io/ssh-auth" => tell(&mut found, SSH_KEY, text(SSH_KEY).and_then(ssh)),
        _ => {}
    }
    found
}

fn tell(found: &mut Vec<Finding>, key: &'static str, remark: Option<Remark>) {
    found.extend(remark.map(|remark| Finding { key, remark }));
}

/// The first certificate is the one that servers take for their own (RFC 8446, section 4.4.2).
fn tls(chain: Option<&str>, key: Option<&str>, now: Timestamp, found: &mut Vec<Finding>) {
    let key = key.and_then(|text| {
        let key = private_key(text);
        let remark = match &key {
            Ok(key) => key.is_for_ssh.then_some(Remark::KeyForSsh),
            Err(remark) => Some(*remark),
        };
        tell(found, TLS_KEY, remark);
        key.ok().filter(|key| !key.is_for_ssh)
    });
    let Some(chain) = chain else { return };
    let blocks = pem::blocks(chain);
    let mut leaf = None;
    let mut issuer: Option<&[u8]> = None;
    let mut is_ordered = true;
    for block in blocks.iter().filter(|block| block.label == "CERTIFICATE") {
        let Some(fields) = block.der.as_deref().and_then(|der| cert::fields(der)) else {
            leaf = None;
            break;
        };
        is_ordered &= issuer.is_none_or(|issuer| issuer == fields.subject.value());
        issuer = Some(fields.issuer.value());
        leaf.get_or_insert(fields);
    }
    let Some(leaf) = leaf else { return tell(found, TLS_CERTIFICATE, Some(Remark::NoCertificate)) };
    tell(found, TLS_CERTIFICATE, (!is_ordered).then_some(Remark::OutOfOrder));
    let (from, on) = (leaf.not_before, leaf.not_after);
    tell(found, TLS_CERTIFICATE, (now > on).then_some(Remark::Ended { on }));
    tell(found, TLS_CERTIFICATE, (now < from).then_some(Remark::NotYetValid { from }));
    let remark = key.and_then(|key| match key.belongs_to(&leaf.key) {
        Some(true) => None,
        Some(false) => Some(Remark::Mismatch),
        None => Some(Remark::NotCompared),
    });
    tell(found, TLS_KEY, remark);
}

fn ssh(text: &str) -> Option<Remark> {
    match private_key(text) {
        Ok(_) => (!text.ends_with('\n')).then_some(Remark::NoFinalLineBreak),
        Err(_) if is_public(text) => Some(Remark::PublicKey),
        Err(remark) => Some(remark),
    }
}

/// Whether it is the public half of a key for SSH, which people take for the private one.
pub(crate) fn is_public(text: &str) -> bool {
    const STARTS: [&str; 6] = [
        "ssh-",
        "ecdsa-sha2-",
        "sk-ssh-",
        "sk-ecdsa-",
        "---- BEGIN SSH2 PUBLIC KEY",
        "-----BEGIN PUBLIC KEY",
    ];
    let text = text.trim_start();
    STARTS.iter().any(|start| text.starts_with(start))
}

fn docker(text: &str) -> Option<Remark> {
    let Ok(tree) = json_tree(text) else { return Some(Remark::NotDockerConfig) };
    let entries = |id: NodeId| match tree.kind(id) {
        Kind::Map(entries) => entries.as_slice(),
        Kind::Scalar(_) | Kind::List(_) => &[],
    };
    let (mut has_auths, mut has_login, mut has_store) = (false, false, false);
    for (name, value) in tree.root.map_or(&[][..], entries) {
        let Kind::Scalar(name) = tree.kind(*name) else { continue };
        match name.text.as_str() {
            "auths" => {
                has_auths = true;
                // Where docker has the login elsewhere, it leaves an empty object behind.
                has_login = entries(*value).iter().any(|(_, login)| !entries(*login).is_empty());
            }
            "credsStore" | "credHelpers" => has_store = true,
            _ => {}
        }
    }
    match (has_login, has_auths || has_store) {
        (true, _) => None,
        (false, true) => Some(Remark::NoLogin),
        (false, false) => Some(Remark::NotDockerConfig),
    }
}

/// A private key, as far as it is looked at.
struct PrivateKey {
    der: Zeroizing<Vec<u8>>,
    is_rsa: bool,
    is_for_ssh: bool,
}

/// The first private key of a text. What is in it is judged by how it begins.
fn private_key(text: &str) -> Result<PrivateKey, Remark> {
    /// What OpenSSH's `PROTOCOL.key` begins with, and how it goes on where there is no passphrase.
    const OPENSSH: &[u8] = b"openssh-key-v1\0";
    const OPEN: &[u8] = b"\0\0\0\x04none";
    let block = pem::blocks(text).into_iter().find(|block| block.label.ends_with("PRIVATE KEY"));
    let block = block.ok_or(Remark::NoKey)?;
    if block.encrypted || block.label.starts_with("ENCRYPTED") {
        return Err(Remark::KeyEncrypted);
    }
    let der = block.der.ok_or(Remark::NoKey)?;
    let is_for_ssh = match der.strip_prefix(OPENSSH) {
        Some(rest) if rest.starts_with(OPEN) => true,
        Some(_) => return Err(Remark::KeyEncrypted),
        None if block.label.starts_with("OPENSSH") || der::sequence(&der).is_none() => {
            return Err(Remark::NoKey);
        }
        None => false,
    };
    let is_rsa = block.label.starts_with("RSA") || holds(&der, cert::RSA);
    Ok(PrivateKey { der, is_rsa, is_for_ssh })
}

impl PrivateKey {
    /// Whether it belongs to the certificate that has this key; `None` where nothing in it tells.
    ///
    /// A key for RSA holds its modulus (RFC 8017, appendix A.1.2). The others may hold their public half, as the last thing
    /// in them: a bit string or what has its form (RFC 5915, RFC 5958).
    fn belongs_to(&self, public: &cert::PublicKey<'_>) -> Option<bool> {
        if self.is_rsa != (public.algorithm == cert::RSA) {
            return Some(false);
        }
        if self.is_rsa {
            let fields = der::sequence(public.bits)?;
            return Some(holds(&self.der, der::number(fields.first()?)?));
        }
        let begin = self.der.len().checked_sub(public.bits.len() + 2)?;
        let length = u8::try_from(public.bits.len() + 1).ok()?;
        let last = self.der[begin..].strip_prefix(&[length, 0])?;
        Some(last == public.bits)
    }
}

fn holds(der: &[u8], bytes: &[u8]) -> bool {
    der.windows(bytes.len()).any(|window| window == bytes)
}
