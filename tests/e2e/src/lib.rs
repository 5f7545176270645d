//! What the end-to-end tests share: our programs, a person at the page or in a shell, and reading what came out.

#![forbid(unsafe_code)]

pub mod chance;
pub mod controller;
pub mod cutter;
pub mod database;
pub mod expected;
pub mod harness;
pub mod http;
pub mod person;
pub mod programs;
pub mod road;
pub mod sealing;
pub mod secret;
pub mod session;
pub mod shell;
pub mod steps;
pub mod tutorial;
pub mod world;
