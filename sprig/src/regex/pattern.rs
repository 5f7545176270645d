//! A compiled pattern, and what it matches.

use std::borrow::Cow;
use std::ops::Range;

use go_template::{Call, Fault};
use regex::{Regex, RegexBuilder};

use super::translate::{self, Translation};

/// Bytes that a compiled pattern may take, and what it may keep of its automaton while it searches.
const PROGRAM_SIZE: usize = 8 << 20;
const CACHE_SIZE: usize = 1 << 20;
/// Steps for each compilation, besides those for the pattern's length and size.
const COMPILATION: usize = 5_000;
/// Steps for each search, besides those for the bytes looked at.
const SEARCH: usize = 16;

/// A pattern that Go accepts.
pub(super) struct Pattern {
    regex: Regex,
    names: Vec<Option<String>>,
    /// Steps for each byte searched: the slowest engine looks at each of the pattern's parts.
    weight: usize,
    /// Whether a search may look far beyond the match that it finds, and the next search has to look again.
    overruns: bool,
}

/// Where a match is: in the text that was searched, and in the text that was given.
pub(super) struct Match {
    searched: Range<usize>,
    pub original: Range<usize>,
}

impl Pattern {
    pub(super) fn compile(call: &mut Call<'_>, text: &[u8]) -> Result<Self, Fault> {
        call.spend(COMPILATION.saturating_add(text.len().saturating_mul(32)))?;
        let text = std::str::from_utf8(text).map_err(|_| translate::SYNTAX)?;
        let Translation { pattern, names, size, overruns } = translate::translate(text)?;
        call.spend(size.saturating_mul(100))?;
        let regex = RegexBuilder::new(&pattern)
            .size_limit(PROGRAM_SIZE)
            .dfa_size_limit(CACHE_SIZE)
            .nest_limit(1000)
            .build()
            .map_err(|_| Fault::new("the regular expression is too large"))?;
        Ok(Self { regex, names, weight: 1 + size / 32, overruns })
    }

    /// The names of the groups, from group 0, which has none.
    pub(super) fn names(&self) -> &[Option<String>] {
        &self.names
    }

    pub(super) fn is_match(&self, call: &mut Call<'_>, haystack: &Haystack<'_>) -> Result<bool, Fault> {
        self.spend(call, haystack.text.len())?;
        Ok(self.regex.is_match(&haystack.text))
    }

    /// Calls the function with each match, up to a number of them. A match that is empty and touches the one
    /// before is none.
    pub(super) fn each(
        &self,
        call: &mut Call<'_>,
        haystack: &Haystack<'_>,
        most: usize,
        mut found: impl FnMut(&mut Call<'_>, Match) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        let text = &*haystack.text;
        self.spend(call, 2 * text.len())?;
        let (mut place, mut count) = (0, 0);
        let mut previous_end = None;
        while count < most && place <= text.len() {
            self.spend(call, if self.overruns { text.len() - place } else { 0 })?;
            let Some(at) = self.regex.find_at(text, place).map(|found| found.range()) else { break };
            let touches = at.is_empty() && previous_end == Some(at.end);
            previous_end = Some(at.end);
            place = if at.end > place { at.end } else { place + width(text, place) };
            if !touches {
                count += 1;
                let original = haystack.original(at.start)..haystack.original(at.end);
                found(call, Match { searched: at, original })?;
            }
        }
        Ok(())
    }

    /// Where the groups of a match are in the text that was given.
    pub(super) fn groups(
        &self,
        call: &mut Call<'_>,
        haystack: &Haystack<'_>,
        at: &Match,
    ) -> Result<Vec<Option<Range<usize>>>, Fault> {
        let beyond = if self.overruns { haystack.text.len() - at.searched.start } else { at.searched.len() };
        self.spend(call, beyond)?;
        call.take(self.names.len() * size_of::<Option<Range<usize>>>())?;
        let mut locations = self.regex.capture_locations();
        self.regex.captures_read_at(&mut locations, &haystack.text, at.searched.start);
        let group = |index| {
            let (start, end) = locations.get(index)?;
            Some(haystack.original(start)..haystack.original(end))
        };
        Ok((0..locations.len()).map(group).collect())
    }

    fn spend(&self, call: &mut Call<'_>, bytes: usize) -> Result<(), Fault> {
        call.spend(bytes.saturating_mul(self.weight).saturating_add(SEARCH))
    }
}

/// How long the character at a place is; 1 at the end, so that the search ends.
fn width(text: &str, place: usize) -> usize {
    text[place..].chars().next().map_or(1, char::len_utf8)
}

/// A text to search, in which U+FFFD stands for each byte that is not UTF-8: Go reads such bytes so.
pub(super) struct Haystack<'t> {
    text: Cow<'t, str>,
    /// Where the characters are that stand for a byte.
    replaced: Vec<usize>,
}

impl<'t> Haystack<'t> {
    pub(super) fn new(call: &mut Call<'_>, bytes: &'t [u8]) -> Result<Self, Fault> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Ok(Self { text: Cow::Borrowed(text), replaced: Vec::new() });
        }
        call.take(bytes.len().saturating_mul(3 + size_of::<usize>()))?;
        let (mut text, mut replaced) = (String::new(), Vec::new());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            for _ in chunk.invalid() {
                replaced.push(text.len());
                text.push('\u{fffd}');
            }
        }
        Ok(Self { text: Cow::Owned(text), replaced })
    }

    /// The place in the text as it was given.
    fn original(&self, place: usize) -> usize {
        let before = self.replaced.partition_point(|replaced| *replaced < place);
        place - 2 * before
    }
}
