//! The sealing page: one screen, one reducer, and no code that could open anything.
//!
//! `assets/boot.js` loads this, locks the page against every further request and then calls [`start`].

#![forbid(unsafe_code)]

mod app;
mod command;
mod components;
pub mod desk;
pub mod details;
pub mod diff;
pub mod edits;
mod effect;
pub mod folder;
mod idle;
pub mod link;
pub mod names;
pub mod reading;
pub mod sealed_file;
pub mod secret_type;
mod services;
pub mod shown;
pub mod state;
mod text;
mod working;

pub use services::start::start;
