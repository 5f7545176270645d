//! The claims hold for every input that fuzzing found to reach code which the vectors do not reach.

#![expect(clippy::unwrap_used, reason = "a test that meets an error has failed")]

use std::io::Read as _;

use flate2::read::GzDecoder;
use sealwright_claims as claims;
use tar::Archive;

/// Tries all inputs that were found for a target of `fuzz/`.
fn hold(target: &str, claim: fn(&[u8])) {
    let packed = include_bytes!("../../../fuzz/found.tar.gz");
    let mut archive = Archive::new(GzDecoder::new(packed.as_slice()));
    let mut tried = 0;
    for entry in archive.entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().into_owned();
        if !path.starts_with(target) || entry.header().entry_type().is_dir() {
            continue;
        }
        let mut input = Vec::new();
        entry.read_to_end(&mut input).unwrap();
        // What a test printed is shown if it fails; the last one it is.
        println!("{}", path.display());
        claim(&input);
        tried += 1;
    }
    assert!(tried > 0, "no input was found for {target}");
}

/// The text that the fuzzer makes of an input: up to where it is no UTF-8 any more.
fn text(input: &[u8]) -> &str {
    str::from_utf8(input).unwrap_or_else(|error| str::from_utf8(&input[..error.valid_up_to()]).unwrap())
}

#[test]
fn certificates_are_refused_or_fit() {
    hold("cert", claims::cert::holds);
}

#[test]
fn env_files_are_refused_or_give_each_key_once() {
    hold("dotenv", |input| claims::dotenv::holds(text(input)));
}

#[test]
fn findings_have_their_place() {
    hold("lint", |input| claims::lint::holds(text(input)));
}

#[test]
fn an_edited_text_reads_back_as_meant() {
    hold("merge", |input| claims::merge::holds(text(input)));
}

#[test]
fn private_keys_are_refused_or_come_back() {
    hold("private_key", claims::private_key::holds);
}

#[test]
fn sealed_secrets_come_back_from_yaml_and_json() {
    hold("read_sealed_secrets", |input| claims::read_sealed_secrets::holds(text(input)));
}

#[test]
fn no_policy_reads_other_values_than_the_strict_one() {
    hold("read_secrets", |input| claims::read_secrets::holds(text(input)));
}

#[test]
fn sealed_values_are_refused_or_open_whole() {
    hold("unseal", claims::unseal::holds);
}
