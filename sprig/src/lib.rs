//! Sprig 3.3.0's functions for `go-template`, with Go's semantics.
//!
//! Without `env`, `expandenv` and `getHostByName`, which tell a template about the machine that renders it.

#![forbid(unsafe_code)]

mod crypto;
mod dates;
mod defaults;
mod dicts;
mod encoding;
mod equality;
mod json;
mod lists;
mod numeric;
mod paths;
mod reflection;
mod regex;
mod semver;
mod strings;
mod url;

use go_template::Function;

/// All functions.
pub fn functions() -> impl Iterator<Item = Function> {
    let modules = [
        strings::ALL,
        encoding::ALL,
        paths::ALL,
        lists::ALL,
        dicts::ALL,
        numeric::ALL,
        defaults::ALL,
        reflection::ALL,
        json::ALL,
        regex::ALL,
        dates::ALL,
        semver::ALL,
        url::ALL,
        crypto::random::ALL,
        crypto::password::ALL,
        crypto::keys::ALL,
        crypto::certificates::ALL,
        crypto::aes::ALL,
    ];
    modules.into_iter().flatten().copied()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn all_functions_that_upstream_has_are_there_and_no_other() {
        let names: Vec<&str> = super::functions().map(|function| function.name).collect();
        let different: BTreeSet<&str> = names.iter().copied().collect();
        // Sprig 3.3.0's `GenericFuncMap` has three more, which look at the machine.
        assert_eq!((names.len(), different.len()), (208, 208));
        for name in ["env", "expandenv", "getHostByName"] {
            assert!(!different.contains(name), "{name}");
        }
    }
}
