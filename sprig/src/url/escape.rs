//! Percent-encoding, which differs from part to part of a URL.

use std::borrow::Cow;

use go_template::Fault;

const INVALID: Fault = Fault::new("the URL has an invalid escape");

/// A part of a URL with its own rules.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Path,
    /// A host, or what is between the brackets of an IPv6 address.
    Host,
    /// What follows the `%25` in an IPv6 address.
    Zone,
    UserPassword,
    Fragment,
}

impl Part {
    /// Whether a byte stands in this part as it is.
    pub(super) fn keeps(self, byte: u8) -> bool {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            return true;
        }
        let marks: &[u8] = match self {
            Self::Path => b"$&+,/:;=@",
            Self::Host | Self::Zone => b"!\"$&'()*+,:;<=>[]",
            Self::UserPassword => b"$&+,;=",
            Self::Fragment => b"!$&()*+,/:;=?@",
        };
        marks.contains(&byte)
    }

    /// Writes `%XX` for the bytes that cannot stand here.
    pub(super) fn escape(self, text: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(text.len());
        for byte in text {
            if self.keeps(*byte) {
                out.push(*byte);
            } else {
                out.extend_from_slice(format!("%{byte:02X}").as_bytes());
            }
        }
        out
    }

    /// Reads `%XX`, and refuses what this part cannot have: also some bytes without `%`, in hosts.
    pub(super) fn unescape(self, text: &[u8]) -> Result<Cow<'_, [u8]>, Fault> {
        let in_host = matches!(self, Self::Host | Self::Zone);
        let mut out = Vec::with_capacity(text.len());
        let mut rest = text;
        while let [byte, after @ ..] = rest {
            if *byte != b'%' {
                if in_host && byte.is_ascii() && !self.keeps(*byte) {
                    return Err(Fault::new("the host of the URL has an invalid character"));
                }
                out.push(*byte);
                rest = after;
                continue;
            }
            let value = hex(after).ok_or(INVALID)?;
            if !self.may_escape(value) {
                return Err(INVALID);
            }
            out.push(value);
            rest = &after[2..];
        }
        Ok(if out == text { Cow::Borrowed(text) } else { Cow::Owned(out) })
    }

    fn may_escape(self, value: u8) -> bool {
        match self {
            Self::Host => !value.is_ascii() || value == b'%',
            Self::Zone => value == b'%' || value == b' ' || Self::Host.keeps(value),
            _ => true,
        }
    }
}

fn hex(text: &[u8]) -> Option<u8> {
    let digit = |place: usize| char::from(*text.get(place)?).to_digit(16);
    u8::try_from(digit(0)? * 16 + digit(1)?).ok()
}
