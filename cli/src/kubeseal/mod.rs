//! `kubeseal`, flag for flag.
//!
//! Flags are read ([`pflag`], [`flags`]), judged by pure rules ([`command`]) and carried out ([`run`]).

pub mod args;
pub mod command;
pub mod document;
pub mod error;
pub mod flags;
pub mod help;
pub mod klog;
pub mod merge;
pub mod pflag;
pub mod re_encrypt;
pub mod run;
pub mod validate;
pub mod value;
