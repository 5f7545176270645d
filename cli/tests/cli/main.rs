//! The command line from outside: its transcripts, its rules, and how it stands beside real kubeseal.

#![allow(
    clippy::unwrap_used,
    reason = "clippy.toml allows it in test functions; helpers of tests are no different"
)]

mod bundling;
mod certificates;
mod certs_shown;
mod cluster;
mod creating;
mod editing;
mod files;
mod flag_rules;
mod hostile;
mod keys;
mod linting;
mod manual;
mod merging;
mod not_re_encrypted;
mod overrides;
mod re_encrypting;
mod resealing;
mod runs;
mod support;
mod terminal;
mod transcripts;
mod trust;
mod upstream;
mod validating;
mod vectors;
mod verifying;
