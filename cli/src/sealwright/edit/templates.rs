//! The templates of a SealedSecret that need a key.

use sealer_core::SealedSecret;

use crate::error::say;

/// Says on stderr which templates speak of these keys, now that they are gone.
pub(super) fn warn(sealed: &SealedSecret, keys: &[&str]) {
    for key in keys {
        for template in speaking_of(sealed, key) {
            say(&format!(
                "warning: the template {template:?} in spec.template.data speaks of {key:?}, which is no longer there\n"
            ));
        }
    }
}

fn speaking_of<'s>(sealed: &'s SealedSecret, key: &str) -> Vec<&'s str> {
    let templates = sealed.template.data.iter().filter(|(_, text)| is_word_of(text, key));
    templates.map(|(name, _)| name.as_str()).collect()
}

/// Whether the key stands in the text, and not as a part of a longer one.
fn is_word_of(text: &str, key: &str) -> bool {
    let longer = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
    text.match_indices(key)
        .any(|(at, _)| !text[..at].ends_with(longer) && !text[at + key.len()..].starts_with(longer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_speaks_of_a_key_but_not_of_a_part_of_a_longer_one() {
        for (text, key, speaks) in [
            ("{{ .password }}", "password", true),
            ("{{ index . \"tls.crt\" }}", "tls.crt", true),
            ("{{ .password_old }}", "password", false),
            ("{{ .dbpassword }}", "password", false),
            ("{{ .old_password }}{{.password}}", "password", true),
            ("plain", "password", false),
        ] {
            assert_eq!(is_word_of(text, key), speaks, "{text}");
        }
    }
}
