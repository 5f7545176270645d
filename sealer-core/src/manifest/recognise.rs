//! Tells what a pasted text is, without reading all of it.

use crate::cert::contains_private_key;

/// What a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recognised {
    /// A Secret, or a List.
    SecretManifest,
    /// A SealedSecret.
    SealedSecret,
    /// `KEY=value` lines.
    Dotenv,
    /// A PEM certificate.
    Certificate,
    /// A PEM private key. Checked before everything but manifests, which may hold one as a value.
    PrivateKey,
    /// Nothing but space.
    Empty,
    /// Anything else.
    Unknown,
}

/// Says what a text looks like. A guess that chooses the reader; the reader has the last word.
pub fn recognise(text: &str) -> Recognised {
    let text = text.trim_start_matches('\u{feff}').trim();
    if text.is_empty() {
        return Recognised::Empty;
    }
    if let Some(manifest) = manifest(text) {
        return manifest;
    }
    if contains_private_key(text) {
        return Recognised::PrivateKey;
    }
    if text.contains("-----BEGIN CERTIFICATE-----") {
        return Recognised::Certificate;
    }
    if text.lines().any(is_assignment) {
        return Recognised::Dotenv;
    }
    Recognised::Unknown
}

/// Looks for top-level keys in YAML, or for any in JSON.
fn manifest(text: &str) -> Option<Recognised> {
    if text.starts_with('{') {
        by_fields(text.split([',', '{', '\n']).map(str::trim))
    } else {
        by_fields(text.lines())
    }
}

fn by_fields<'a>(fields: impl Iterator<Item = &'a str>) -> Option<Recognised> {
    let mut found = None;
    for field in fields {
        let Some((key, value)) = field.split_once(':') else { continue };
        let value = value.trim().trim_end_matches('}').trim().trim_matches(['"', '\'']);
        match (key.trim_matches(['"', '\'']), value) {
            ("kind", "SealedSecret" | "SealedSecretList") | ("encryptedData", _) => {
                return Some(Recognised::SealedSecret);
            }
            ("kind" | "apiVersion" | "data" | "stringData" | "items", _) => {
                found = Some(Recognised::SecretManifest);
            }
            _ => {}
        }
    }
    found
}

fn is_assignment(line: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix("export ").unwrap_or(line).trim_start();
    line.split_once('=').is_some_and(|(key, _)| {
        let key = key.trim_end();
        !key.is_empty()
            && !key.starts_with(|c: char| c.is_ascii_digit())
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_text_is_told_apart() {
        for (text, expected) in [
            ("\u{feff} \r\n\t", Recognised::Empty),
            ("# mine\napiVersion: v1\nkind: Secret\ndata: {}\n", Recognised::SecretManifest),
            ("{\"kind\":\"Secret\",\"data\":{}}", Recognised::SecretManifest),
            ("{\n  \"apiVersion\": \"v1\",\n  \"kind\": \"SealedSecret\"\n}", Recognised::SealedSecret),
            ("kind: 'SealedSecret'\r\nspec: {}\r\n", Recognised::SealedSecret),
            ("# c\nexport A=b\n", Recognised::Dotenv),
            ("URL = \"https://x/?a=b\"", Recognised::Dotenv),
            ("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", Recognised::Certificate),
            ("x\n-----BEGIN EC PRIVATE KEY-----\nAA==\n", Recognised::PrivateKey),
            (
                "kind: Secret\nstringData:\n  k: |\n    -----BEGIN PRIVATE KEY-----\n",
                Recognised::SecretManifest,
            ),
            ("correct horse battery staple", Recognised::Unknown),
            ("a b=c", Recognised::Unknown),
        ] {
            assert_eq!(recognise(text), expected, "{text}");
        }
    }
}
