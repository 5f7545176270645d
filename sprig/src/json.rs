//! JSON.

use go_template::Function;

pub(crate) const ALL: &[Function] = &[];
