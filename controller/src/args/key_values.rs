//! The values of the flags about keys.

use std::collections::BTreeMap;

use k8s_openapi::jiff::fmt::rfc2822::DateTimeParser;
use sealer_core::Timestamp;
use unsealer::KEY_BITS;

use crate::keys::KeyOrder;

/// A flag about keys does not take its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFlagError {
    /// A size that the crypto library does not make.
    #[error("cannot make an RSA key of {0:?} bits; it can be {sizes}", sizes = sizes())]
    Size(String),
    /// An order that is none.
    #[error("unknown order {0:?}; it can be CertNotBefore or SecretCreationTimestamp")]
    Order(String),
    /// A moment in another form.
    #[error("{0:?} is no moment like \"Mon, 02 Jan 2006 15:04:05 -0700\"; `date -R` prints one")]
    Moment(String),
    /// An entry of a list without a name or a value.
    #[error("{0:?} is no list like \"name=value,other=value\": {1:?} has no name before a =")]
    Pair(String, String),
}

/// The size of new keys.
pub fn key_bits(text: &str) -> Result<usize, KeyFlagError> {
    let bits = text.parse().ok().filter(|bits| KEY_BITS.contains(bits));
    bits.ok_or_else(|| KeyFlagError::Size(text.to_owned()))
}

fn sizes() -> String {
    let all = KEY_BITS.map(|bits| bits.to_string());
    let (last, others) = all.split_last().expect("there are sizes");
    format!("{} or {last}", others.join(", "))
}

/// What makes a key newer than another, by upstream's names.
pub fn key_order(text: &str) -> Result<KeyOrder, KeyFlagError> {
    match text {
        "CertNotBefore" => Ok(KeyOrder::CertNotBefore),
        "SecretCreationTimestamp" => Ok(KeyOrder::SecretCreationTimestamp),
        _ => Err(KeyFlagError::Order(text.to_owned())),
    }
}

/// The cut-off, in the form that Go calls RFC 1123Z. Like Go it does not ask whether the weekday is right. Nothing
/// is no cut-off.
pub fn cutoff(text: &str) -> Result<Option<Timestamp>, KeyFlagError> {
    if text.is_empty() {
        return Ok(None);
    }
    let moment = DateTimeParser::new().relaxed_weekday(true).parse_timestamp(text);
    let moment = moment.map_err(|_| KeyFlagError::Moment(text.to_owned()))?;
    // Before the epoch there are no keys.
    Ok(Some(Timestamp::from_unix_seconds(u64::try_from(moment.as_second()).unwrap_or_default())))
}

/// Labels or annotations as `name=value,name=value`. A value may hold further `=`.
pub fn pairs(text: &str) -> Result<BTreeMap<String, String>, KeyFlagError> {
    let pair = |entry: &str| match entry.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err(KeyFlagError::Pair(text.to_owned(), entry.to_owned())),
    };
    text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_those_that_can_be_made_and_the_error_names_them() {
        for (text, bits) in [("2048", 2048), ("3072", 3072), ("4096", 4096), ("8192", 8192)] {
            assert_eq!(key_bits(text), Ok(bits));
        }
        for text in ["1024", "2047", "5000", "16384", "-1", "", "big"] {
            let error = key_bits(text).unwrap_err().to_string();
            let named =
                format!("cannot make an RSA key of {text:?} bits; it can be 2048, 3072, 4096 or 8192");
            assert_eq!(error, named);
        }
    }

    #[test]
    fn orders_have_upstreams_names() {
        assert_eq!(key_order("CertNotBefore"), Ok(KeyOrder::CertNotBefore));
        assert_eq!(key_order("SecretCreationTimestamp"), Ok(KeyOrder::SecretCreationTimestamp));
        assert_eq!(key_order("certnotbefore"), Err(KeyFlagError::Order("certnotbefore".into())));
    }

    #[test]
    fn the_cut_off_is_a_moment_in_rfc_1123z() {
        let seconds = |text| cutoff(text).unwrap().map(Timestamp::unix_seconds);
        for (text, moment) in [
            ("", None),
            ("Mon, 02 Jan 2006 15:04:05 -0700", Some(1_136_239_445)),
            ("Mon, 02 Jan 2006 22:04:05 +0000", Some(1_136_239_445)),
            // A wrong weekday.
            ("Fri, 02 Jan 2006 22:04:05 +0000", Some(1_136_239_445)),
            ("Thu, 01 Jan 1953 00:00:00 +0000", Some(0)),
        ] {
            assert_eq!(seconds(text), moment, "{text}");
        }
        for text in
            ["2006-01-02T15:04:05Z", "yesterday", "Mon, 32 Jan 2006 15:04:05 -0700", "1136239445", " "]
        {
            assert_eq!(cutoff(text), Err(KeyFlagError::Moment(text.into())));
        }
    }

    #[test]
    fn pairs_keep_the_whole_value_and_an_entry_without_a_name_is_an_error() {
        let map = |entries: &[(&str, &str)]| -> BTreeMap<String, String> {
            entries.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        for (text, read) in [
            ("", map(&[])),
            ("a=1", map(&[("a", "1")])),
            ("a=1,b.example/c=x=y==", map(&[("a", "1"), ("b.example/c", "x=y==")])),
            ("a=1, b=2,", map(&[("a", "1"), ("b", "2")])),
            ("a=", map(&[("a", "")])),
            ("a=1,a=2", map(&[("a", "2")])),
        ] {
            assert_eq!(pairs(text), Ok(read), "{text}");
        }
        for (text, entry) in [("a", "a"), ("a=1,b", "b"), ("=1", "=1"), ("a=1,=,c=2", "=")] {
            assert_eq!(pairs(text), Err(KeyFlagError::Pair(text.into(), entry.into())));
        }
    }
}
