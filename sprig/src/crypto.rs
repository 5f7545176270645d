//! Random strings, passwords, keys and certificates.

use go_template::Function;

pub(crate) const ALL: &[Function] = &[];
