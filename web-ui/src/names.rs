//! Kubernetes' rules for names, so that a mistake is told before it is committed.

use sealer_core::secret::is_data_key;

/// The most characters that a key has.
const MAX_KEY: usize = 253;
/// The most bytes that all values of a Secret may have together.
pub const MAX_VALUES_BYTES: usize = 1 << 20;

/// Whether Kubernetes takes it as the name of a namespace (RFC 1123 label).
pub fn is_namespace(name: &str) -> bool {
    name.len() <= 63 && is_label(name)
}

/// Whether Kubernetes takes it as the name of a Secret (RFC 1123 subdomain).
pub fn is_secret_name(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_label)
}

/// The key of a value that comes from a file of this name: what Kubernetes does not take in a key becomes `_`.
pub fn key_of_file(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let mut key: String = name.chars().map(|c| if fits(c) { c } else { '_' }).take(MAX_KEY).collect();
    // Neither `.` nor what begins with `..`.
    if !is_data_key(&key) {
        key = key.replacen('.', "_", 2);
    }
    if key.is_empty() { "_".to_owned() } else { key }
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !label.is_empty() && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_named_after_its_file_and_is_one_that_kubernetes_takes() {
        for (file, key) in [
            ("tls.crt", "tls.crt"),
            (".dockerconfigjson", ".dockerconfigjson"),
            ("my key (1).pem", "my_key__1_.pem"),
            ("schlüssel", "schl_ssel"),
            ("a\u{202e}b", "a_b"),
            ("..data", "__data"),
            (".", "_"),
            ("..", "__"),
            ("", "_"),
        ] {
            assert_eq!(key_of_file(file), key, "{file}");
            assert!(is_data_key(key));
        }
        assert_eq!(key_of_file(&"n".repeat(300)).len(), 253);
    }

    #[test]
    fn names_are_judged_as_the_api_server_judges_them() {
        for name in ["db", "a", "db-1", "0"] {
            assert!(is_namespace(name) && is_secret_name(name), "{name}");
        }
        for name in ["", "-db", "db-", "Db", "d b", "d_b", "dbé", "a..b", ".a"] {
            assert!(!is_namespace(name) && !is_secret_name(name), "{name}");
        }
        assert!(is_secret_name("db.example") && !is_namespace("db.example"));
        assert!(is_namespace(&"n".repeat(63)) && !is_namespace(&"n".repeat(64)));
        assert!(is_secret_name(&"n".repeat(253)) && !is_secret_name(&"n".repeat(254)));
    }
}
