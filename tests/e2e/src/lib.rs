//! What the end-to-end tests share: our programs, a person at the page, and reading what came out.

#![forbid(unsafe_code)]

pub mod controller;
pub mod harness;
pub mod person;
pub mod programs;
pub mod secret;
pub mod world;
