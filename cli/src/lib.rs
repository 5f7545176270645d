//! The command line: `kubeseal`, flag for flag.
//!
//! Flags are read ([`pflag`], [`args`]), judged by pure rules ([`command`]) and carried out ([`run`]).

#![forbid(unsafe_code)]

pub mod args;
pub mod cert_source;
pub mod cluster;
pub mod command;
pub mod deadline;
pub mod document;
pub mod error;
pub mod help;
pub mod input;
pub mod kubeconfig;
pub mod merge;
pub mod output;
pub mod pflag;
pub mod proxy;
pub mod re_encrypt;
pub mod recovery;
pub mod run;
pub mod validate;
pub mod value;
pub mod web;
