//! The browser's edge of the sealing core: its entropy, its clock and, as an npm package, its functions.
//!
//! There is no logic here. What seals is `sealer-core`; no code in this crate or below it can open anything.

#![forbid(unsafe_code)]

mod clock;
mod entropy;
#[cfg(feature = "npm")]
pub mod npm;

pub use clock::now;
pub use entropy::{SystemRandom, system_random};
