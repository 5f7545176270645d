//! What a match is replaced by: text with `$1`, `${1}`, `$name`, `${name}` and `$$` in it.

use std::sync::LazyLock;

use go_template::{Call, Fault};
use regex::bytes::Regex;

/// A template taken apart.
pub(super) struct Template<'t>(Vec<Piece<'t>>);

enum Piece<'t> {
    Text(&'t [u8]),
    /// The first of these groups that matched. Several can have one name.
    Groups(Vec<usize>),
}

impl<'t> Template<'t> {
    pub(super) fn literal(text: &'t [u8]) -> Self {
        Self(vec![Piece::Text(text)])
    }

    pub(super) fn parse(text: &'t [u8], names: &[Option<String>]) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(dollar) = rest.iter().position(|byte| *byte == b'$') {
            pieces.push(Piece::Text(&rest[..dollar]));
            let after = &rest[dollar + 1..];
            if let Some((name, behind)) = reference(after) {
                pieces.push(Piece::Groups(groups(name, names)));
                rest = behind;
            } else {
                pieces.push(Piece::Text(b"$"));
                rest = after.strip_prefix(b"$").unwrap_or(after);
            }
        }
        pieces.push(Piece::Text(rest));
        Self(pieces)
    }

    pub(super) fn has_groups(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Groups(_)))
    }

    /// Adds the template's text for a match whose groups the function knows.
    pub(super) fn expand<'g>(
        &self,
        call: &mut Call<'_>,
        out: &mut Vec<u8>,
        group: impl Fn(usize) -> Option<&'g [u8]>,
    ) -> Result<(), Fault> {
        for piece in &self.0 {
            call.spend(1)?;
            match piece {
                Piece::Text(text) => super::append(call, out, text)?,
                Piece::Groups(groups) => {
                    call.spend(groups.len())?;
                    let text = groups.iter().find_map(|index| group(*index)).unwrap_or_default();
                    super::append(call, out, text)?;
                }
            }
        }
        Ok(())
    }
}

/// The name after a `$`, in braces or as long as it can be, and what follows it.
fn reference(text: &[u8]) -> Option<(&str, &[u8])> {
    static NAME: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"\A[\p{gc=L}\p{gc=Nd}_]+").ok());
    let braced = text.strip_prefix(b"{");
    let inner = braced.unwrap_or(text);
    let length = NAME.as_ref()?.find(inner)?.end();
    let (name, behind) = inner.split_at(length);
    let behind = if braced.is_some() { behind.strip_prefix(b"}")? } else { behind };
    Some((std::str::from_utf8(name).ok()?, behind))
}

/// The groups that a name stands for. Digits are a group's number, unless they start with a zero.
fn groups(name: &str, names: &[Option<String>]) -> Vec<usize> {
    let digits = name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    if digits && name.len() < 10 {
        return name.parse().into_iter().collect();
    }
    let named = |(index, other): (usize, &Option<String>)| (other.as_deref() == Some(name)).then_some(index);
    names.iter().enumerate().filter_map(named).collect()
}
