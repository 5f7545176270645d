//! The controller: watches SealedSecrets, decides, applies, reports; serves the certificate and the sealing page.
//!
//! `decide` is pure; everything around it only carries facts in and decisions out.

#![forbid(unsafe_code)]

pub mod convert;
pub mod crd;
pub mod decide;
pub mod facts;
pub mod yaml;
