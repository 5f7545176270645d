//! Opening item by item, naming the cause, sealing again; and that nothing opens where it should not.

#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod diagnosis;
mod escapes;
mod items;
mod resealing;
mod support;
mod templates;
