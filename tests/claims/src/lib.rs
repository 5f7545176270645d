//! What holds for any input, one claim a file: `fuzz/` throws arbitrary input at each, and the tests here what that has
//! found.

#![forbid(unsafe_code)]

pub mod cert;
pub mod dotenv;
pub mod lint;
mod memory;
pub mod merge;
pub mod private_key;
pub mod read_sealed_secrets;
pub mod read_secrets;
pub mod template;
pub mod unseal;
pub mod yaml_emit_round_trip;

use memory::MemoryLimit;
