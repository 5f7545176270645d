//! The command line: `kubeseal`, flag for flag, and `sealwright`, which does what kubeseal can't.
//!
//! Each of the two reads its flags, judges them by pure rules and carries them out. Between them stands what both
//! need: files, certificates, keys, and the way to the controller.

#![forbid(unsafe_code)]

pub mod cert_source;
pub mod clock;
pub mod cluster;
pub mod deadline;
pub mod error;
pub mod input;
pub mod kubeconfig;
pub mod kubeseal;
pub mod output;
pub mod private_keys;
pub mod proxy;
pub mod rotation;
pub mod sealwright;
pub mod time_limit;
pub mod web;
