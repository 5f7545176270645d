//! What the end-to-end tests share: our programs, a person at the page, and reading what came out.

#![forbid(unsafe_code)]

pub mod chance;
pub mod controller;
pub mod cutter;
pub mod database;
pub mod harness;
pub mod http;
pub mod person;
pub mod programs;
pub mod sealing;
pub mod secret;
pub mod world;
