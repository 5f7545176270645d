//! Commands that change keys of one SealedSecret in a file. What they need not change stays, byte for byte.

mod error;
mod file;
pub mod rename_key;
pub mod set;
mod templates;
pub mod unset;

pub use error::EditError;
pub use file::FileArgs;
