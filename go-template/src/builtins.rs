//! Go's own functions.

use crate::call::Function;

/// All of them.
pub const ALL: &[Function] = &[];
