//! The flags about sealing keys.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::{ArgAction, Args};
use sealer_core::Timestamp;

use super::key_values::{cutoff, key_bits, key_order, pairs};
use crate::args::duration;
use crate::keys::{KeyOrder, KeyPolicy};

/// Upstream's limit: the API server adds five characters of its own to longer names there.
const PREFIX_LIMIT: usize = 245;

/// How sealing keys are made and ordered.
#[derive(Debug, Clone, PartialEq, Args)]
#[command(next_help_heading = "Sealing keys")]
pub struct KeyArgs {
    /// What the names of key Secrets start with.
    #[arg(long, value_name = "PREFIX", default_value = "sealed-secrets-key", value_parser = prefix)]
    pub key_prefix: String,
    /// The size of new keys in bits: 2048, 3072, 4096 or 8192.
    #[arg(long, value_name = "BITS", default_value = "4096", value_parser = key_bits)]
    pub key_size: usize,
    /// How long the certificates of new keys are valid.
    #[arg(long, value_name = "DURATION", default_value = "87600h", value_parser = duration::parse)]
    pub key_ttl: Duration,
    /// After how long a new key follows the newest; 0 for never. SIGUSR1 makes one at any time.
    #[arg(long, alias = "rotate-period", value_name = "DURATION", default_value = "720h", value_parser = duration::parse)]
    pub key_renew_period: Duration,
    /// Make a new key if the newest is from before this moment: "Mon, 02 Jan 2006 15:04:05 -0700".
    // The path keeps clap from taking an option for an absent flag: the empty text is upstream's default.
    #[arg(long, value_name = "MOMENT", default_value = "", hide_default_value = true, value_parser = cutoff)]
    pub key_cutoff_time: std::option::Option<Timestamp>,
    /// What decides which key is the newest: CertNotBefore or SecretCreationTimestamp.
    #[arg(long, value_name = "ORDER", default_value = "CertNotBefore", value_parser = key_order)]
    pub key_order_priority: KeyOrder,
    /// The common name in the certificates of new keys.
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    pub my_cn: String,
    /// Annotations for the Secrets of new keys: "name=value,name=value".
    #[arg(long, value_name = "PAIRS", default_value = "", hide_default_value = true, value_parser = pairs)]
    pub privatekey_annotations: BTreeMap<String, String>,
    /// Labels for the Secrets of new keys: "name=value,name=value".
    #[arg(long, value_name = "PAIRS", default_value = "", hide_default_value = true, value_parser = pairs)]
    pub privatekey_labels: BTreeMap<String, String>,
    /// Taken for compatibility: keys that come, change or go are followed in any case.
    #[arg(long, value_name = "BOOL", default_value = "false", hide_default_value = true, action = ArgAction::Set)]
    pub watch_for_secrets: bool,
}

impl KeyArgs {
    /// How new keys are made.
    pub fn policy(&self) -> KeyPolicy {
        KeyPolicy {
            prefix: self.key_prefix.clone(),
            bits: self.key_size,
            ttl: self.key_ttl,
            common_name: self.my_cn.clone(),
            renew: Some(self.key_renew_period).filter(|period| !period.is_zero()),
            order: self.key_order_priority,
            cutoff: self.key_cutoff_time,
            annotations: self.privatekey_annotations.clone(),
            labels: self.privatekey_labels.clone(),
        }
    }
}

fn prefix(text: &str) -> Result<String, String> {
    if text.len() > PREFIX_LIMIT {
        return Err(format!("name is too long, must be shorter than {PREFIX_LIMIT}, got {}", text.len()));
    }
    let legal = |c: &char| c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-';
    match text.chars().find(|c| !legal(c)) {
        Some(illegal) => Err(format!("name contains illegal character {illegal}")),
        None => Ok(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_that_makes_no_name_is_refused_in_upstreams_words() {
        assert_eq!(prefix("sealed-secrets-key2"), Ok("sealed-secrets-key2".into()));
        assert_eq!(prefix("Key").unwrap_err(), "name contains illegal character K");
        assert!(prefix(&"a".repeat(246)).unwrap_err().starts_with("name is too long"));
    }
}
