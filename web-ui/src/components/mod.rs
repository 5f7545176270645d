//! What is seen, region by region.

pub mod bar;
pub mod beside;
pub mod browse;
pub mod certificate;
pub mod details;
pub mod entry;
pub mod file;
pub mod files;
pub mod footer;
pub mod header;
pub mod input;
pub mod keeping;
pub mod link;
pub mod message;
pub mod new_file;
pub mod result;
pub mod saving;
pub mod target;
pub mod value;
pub mod words;
