//! Kubernetes' rules for names, so that a mistake is told before it is committed.

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

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !label.is_empty() && label.bytes().all(inner) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

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
