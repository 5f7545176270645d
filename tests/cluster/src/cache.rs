//! Where downloaded and built tools are kept between runs.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// No environment variable says where a cache could be.
#[derive(Debug, Error)]
#[error("no folder for the cache: set SEALWRIGHT_CACHE, XDG_CACHE_HOME or HOME")]
pub struct NoCacheDirectory;

/// `$SEALWRIGHT_CACHE`, else `$XDG_CACHE_HOME/sealwright`, else `~/.cache/sealwright`; always absolute.
///
/// The folder is not created here.
pub fn cache_dir() -> Result<PathBuf, NoCacheDirectory> {
    let chosen = choose(|name| std::env::var_os(name)).ok_or(NoCacheDirectory)?;
    std::path::absolute(chosen).map_err(|_| NoCacheDirectory)
}

fn choose(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let path = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    path("SEALWRIGHT_CACHE")
        // The XDG base directory specification: a relative path is to be ignored.
        .or_else(|| path("XDG_CACHE_HOME").filter(|path| path.is_absolute()).map(below))
        .or_else(|| path("HOME").map(|home| below(home.join(".cache"))))
}

fn below(parent: impl AsRef<Path>) -> PathBuf {
    parent.as_ref().join("sealwright")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(variables: &[(&str, &str)]) -> Option<PathBuf> {
        choose(|name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into()))
    }

    #[test]
    fn our_own_variable_comes_first() {
        let all = [("SEALWRIGHT_CACHE", "/own"), ("XDG_CACHE_HOME", "/xdg"), ("HOME", "/home/user")];
        assert_eq!(chosen(&all), Some("/own".into()));
        assert_eq!(chosen(&all[1..]), Some("/xdg/sealwright".into()));
        assert_eq!(chosen(&all[2..]), Some("/home/user/.cache/sealwright".into()));
        assert_eq!(chosen(&[]), None);
    }

    #[test]
    fn empty_and_relative_xdg_folders_are_ignored() {
        for useless in ["", "cache"] {
            let variables = [("XDG_CACHE_HOME", useless), ("HOME", "/home/user")];
            assert_eq!(chosen(&variables), Some("/home/user/.cache/sealwright".into()));
        }
    }
}
