//! Reads the values of flags as Go's `pflag` does.

use crate::time_limit::TimeLimitError;

/// The value does not fit its flag. The texts are upstream's where it has one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// A switch is neither on nor off.
    #[error("strconv.ParseBool: parsing {0:?}: invalid syntax")]
    Switch(String),
    /// A quotation mark that belongs to nothing.
    #[error("parse error: a quotation mark stands alone")]
    List,
    /// No whole number of 32 bits.
    #[error("strconv.ParseInt: parsing {text:?}: {wrong}")]
    Integer {
        /// The value.
        text: String,
        /// What is wrong with it.
        wrong: &'static str,
    },
    /// Nothing that the log takes.
    #[error("{0}")]
    Logging(&'static str),
    /// None of the three scopes.
    #[error("{}", sealer_core::ScopeError)]
    Scope,
    /// No time limit.
    #[error(transparent)]
    Timeout(#[from] TimeLimitError),
}

/// The words that Go's `strconv.ParseBool` takes.
pub fn switch(text: &str) -> Result<bool, ValueError> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Ok(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Ok(false),
        _ => Err(ValueError::Switch(text.to_owned())),
    }
}

/// The numbers that Go's `strconv.ParseInt` takes.
pub fn integer(text: &str) -> Result<i32, ValueError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    text.parse().map_err(|_| ValueError::Integer {
        text: text.to_owned(),
        wrong: if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            "value out of range"
        } else {
            "invalid syntax"
        },
    })
}

/// The name of a namespace, without the kind that kubectl lets stand before it: `ns/payments`.
pub fn namespace(text: &str) -> &str {
    let is_kind =
        |kind: &str| ["ns", "namespace", "namespaces"].iter().any(|name| kind.eq_ignore_ascii_case(name));
    match text.split_once('/') {
        Some((kind, name)) if is_kind(kind) && !name.is_empty() => name,
        _ => text,
    }
}

/// One line of comma-separated texts; a text in quotation marks may hold commas, and marks when doubled.
pub fn comma_separated(line: &str) -> Result<Vec<String>, ValueError> {
    let mut texts = Vec::new();
    let mut rest = line;
    if rest.is_empty() {
        return Ok(texts);
    }
    loop {
        let (text, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted_text(quoted)?,
            None => {
                let end = rest.find(',').unwrap_or(rest.len());
                if rest[..end].contains('"') {
                    return Err(ValueError::List);
                }
                (rest[..end].to_owned(), &rest[end..])
            }
        };
        texts.push(text);
        match after.strip_prefix(',') {
            Some(next) => rest = next,
            None if after.is_empty() => return Ok(texts),
            None => return Err(ValueError::List),
        }
    }
}

fn quoted_text(quoted: &str) -> Result<(String, &str), ValueError> {
    let mut text = String::new();
    let mut rest = quoted;
    loop {
        let end = rest.find('"').ok_or(ValueError::List)?;
        text.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('"') {
            Some(next) => {
                text.push('"');
                rest = next;
            }
            None => return Ok((text, rest)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_split_as_upstream_splits_them() {
        let split = |line: &str| comma_separated(line).ok();
        assert_eq!(split(""), Some(vec![]));
        assert_eq!(split("a"), Some(vec!["a".into()]));
        assert_eq!(split("a,b"), Some(vec!["a".into(), "b".into()]));
        assert_eq!(split("a,"), Some(vec!["a".into(), String::new()]));
        assert_eq!(split("\"a,b\",c"), Some(vec!["a,b".into(), "c".into()]));
        assert_eq!(split("\"a\"\"b\""), Some(vec!["a\"b".into()]));
        for wrong in ["a\"b", "\"a", "\"a\"b"] {
            assert_eq!(split(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_namespace_may_have_its_kind_before_it() {
        for (text, name) in [
            ("payments", "payments"),
            ("ns/payments", "payments"),
            ("Namespace/payments", "payments"),
            ("namespaces/ns/x", "ns/x"),
            ("ns/", "ns/"),
            ("pod/x", "pod/x"),
            ("", ""),
        ] {
            assert_eq!(namespace(text), name, "{text}");
        }
    }
}
