//! One version: `v1.2.3-rc.1+build`, where `v`, minor and patch number may be missing.

use std::cmp::Ordering;
use std::fmt;

use go_template::Fault;

const INVALID: Fault = Fault::new("the text is not a semantic version");

/// A version, and the text that it was read from.
#[derive(Clone)]
pub(super) struct Version {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
    pub prerelease: String,
    pub metadata: String,
    pub original: String,
}

impl Version {
    /// Reads a version; leading zeros may stand in its numbers, but not in a prerelease.
    pub(super) fn parse(text: &[u8]) -> Result<Self, Fault> {
        let original = std::str::from_utf8(text).map_err(|_| INVALID)?;
        let rest = original.strip_prefix('v').unwrap_or(original);
        let (rest, metadata) = split(rest, '+');
        let (numbers, prerelease) = split(rest, '-');
        let mut segments = numbers.split('.');
        let mut segment = |needed: bool| match segments.next() {
            Some(digits) => number(digits).ok_or(INVALID),
            None if needed => Err(INVALID),
            None => Ok(0),
        };
        let (major, minor, patch) = (segment(true)?, segment(false)?, segment(false)?);
        let too_many = segments.next().is_some();
        let named = prerelease.is_none_or(is_prerelease) && metadata.is_none_or(is_dotted);
        if too_many || !named {
            return Err(INVALID);
        }
        let owned = |part: Option<&str>| part.unwrap_or_default().to_owned();
        let (prerelease, metadata) = (owned(prerelease), owned(metadata));
        Ok(Self { major, minor, patch, prerelease, metadata, original: original.to_owned() })
    }

    /// Which is earlier, the metadata aside.
    pub(super) fn compare(&self, other: &Self) -> Ordering {
        let numbers = |version: &Self| (version.major, version.minor, version.patch);
        numbers(self).cmp(&numbers(other)).then_with(|| {
            match (self.prerelease.is_empty(), other.prerelease.is_empty()) {
                (true, true) => Ordering::Equal,
                (true, false) => Ordering::Greater,
                (false, true) => Ordering::Less,
                (false, false) => compare_prereleases(&self.prerelease, &other.prerelease),
            }
        })
    }

    /// The same version with other numbers and without prerelease and metadata.
    pub(super) fn released(&self, major: u64, minor: u64, patch: u64) -> Self {
        let (prerelease, metadata) = (String::new(), String::new());
        Self { major, minor, patch, prerelease, metadata, original: self.original.clone() }.written_anew()
    }

    /// The same version with another prerelease, or with none.
    pub(super) fn with_prerelease(&self, text: &[u8]) -> Result<Self, Fault> {
        let prerelease = named(text, is_prerelease)?;
        Ok(Self { prerelease, ..self.clone() }.written_anew())
    }

    /// The same version with other metadata, or with none.
    pub(super) fn with_metadata(&self, text: &[u8]) -> Result<Self, Fault> {
        let metadata = named(text, is_dotted)?;
        Ok(Self { metadata, ..self.clone() }.written_anew())
    }

    /// With the text that it would be read from. A leading `v` stays.
    fn written_anew(self) -> Self {
        let v = if self.original.starts_with('v') { "v" } else { "" };
        let original = format!("{v}{self}");
        Self { original, ..self }
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)?;
        if !self.prerelease.is_empty() {
            write!(f, "-{}", self.prerelease)?;
        }
        if !self.metadata.is_empty() {
            write!(f, "+{}", self.metadata)?;
        }
        Ok(())
    }
}

/// Compares part by part; a missing part is earlier than any other.
pub(super) fn compare_prereleases(left: &str, right: &str) -> Ordering {
    let (mut left, mut right) = (left.split('.'), right.split('.'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return Ordering::Equal,
            (None, Some("")) | (Some(""), None) => {}
            (None, Some(_)) => return Ordering::Less,
            (Some(_), None) => return Ordering::Greater,
            (Some(left), Some(right)) => {
                let order = compare_parts(left, right);
                if order.is_ne() {
                    return order;
                }
            }
        }
    }
}

/// Nothing is earlier than numbers, and numbers than words. A number beyond 64 bits is a word.
fn compare_parts(left: &str, right: &str) -> Ordering {
    if left.is_empty() || right.is_empty() {
        return left.len().cmp(&right.len());
    }
    match (number(left), number(right)) {
        (Some(left), Some(right)) => left.cmp(&right),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => left.cmp(right),
    }
}

fn split(text: &str, mark: char) -> (&str, Option<&str>) {
    text.split_once(mark).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

fn named(text: &[u8], allowed: fn(&str) -> bool) -> Result<String, Fault> {
    let text = std::str::from_utf8(text).map_err(|_| INVALID)?;
    if text.is_empty() || allowed(text) { Ok(text.to_owned()) } else { Err(INVALID) }
}

fn is_dotted(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    text.split('.').all(|part| !part.is_empty() && part.bytes().all(allowed))
}

fn is_prerelease(text: &str) -> bool {
    let leading_zero = |part: &str| {
        part.len() > 1 && part.starts_with('0') && part.bytes().all(|byte| byte.is_ascii_digit())
    };
    is_dotted(text) && !text.split('.').any(leading_zero)
}
