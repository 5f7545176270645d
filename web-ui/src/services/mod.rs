//! The browser, in small pieces. Nothing here knows Yew or decides anything.

pub mod certificate;
pub mod clipboard;
pub mod disk;
pub mod files;
pub mod ledger;
pub mod page;
pub mod pins;
pub mod start;
pub mod theme;
