//! Edits a SealedSecret in the text that somebody wrote: every byte that need not change stays.
//!
//! What is edited is found by the parser's positions, and the result is read again: a text that does not say what was
//! meant is never given out. What can't be edited in place is refused; kubeseal then has the document written anew.

use std::collections::BTreeMap;

use crate::emit;
use crate::manifest::{self, Located, Policy};
use crate::resource::SealedSecret;

mod block;
mod edit;
mod error;
mod json;
mod layout;
mod order;

pub use error::{MergeError, Obstacle};

/// What shall be otherwise: first keys are removed, then renamed, then set.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changes {
    /// Keys of `spec.encryptedData` that go; each has to be there.
    pub removed: Vec<String>,
    /// Keys of `spec.encryptedData` that get another name, under which nothing may be. The values stay as they are:
    /// no scope binds the name of a key.
    pub renamed: BTreeMap<String, String>,
    /// Values under `spec.encryptedData`. Keys that are there are replaced, others added; so it is with the next two.
    pub encrypted_data: BTreeMap<String, String>,
    /// Under `spec.template.metadata.labels`.
    pub labels: BTreeMap<String, String>,
    /// Under `spec.template.metadata.annotations`.
    pub annotations: BTreeMap<String, String>,
}

/// A text with SealedSecrets, and perhaps other documents.
#[derive(Debug)]
pub struct SealedText<'a> {
    text: &'a str,
    policy: Policy,
    found: Vec<Located>,
}

/// One SealedSecret of a text.
#[derive(Debug)]
pub struct Target<'t, 'a> {
    whole: &'t SealedText<'a>,
    index: usize,
}

impl<'a> SealedText<'a> {
    /// Finds the SealedSecrets of a text: YAML documents or JSON values. Others are passed over; a List that holds
    /// SealedSecrets is refused, unless kubeseal is followed.
    pub fn read(text: &'a str, policy: Policy) -> Result<Self, MergeError> {
        Ok(Self { text, policy, found: manifest::sealed_documents(text, policy)? })
    }

    /// The only SealedSecret, or of several the one with this name; an empty namespace fits every other.
    pub fn target(&self, name: &str, namespace: &str) -> Result<Target<'_, 'a>, MergeError> {
        let fits = |located: &Located| {
            let metadata = &located.sealed.metadata;
            let anywhere = namespace.is_empty() || metadata.namespace.is_empty();
            metadata.name == name && (anywhere || metadata.namespace == namespace)
        };
        let mut fitting = self.found.iter().enumerate().filter(|(_, located)| fits(located));
        let index = match (self.found.len(), fitting.next(), fitting.next()) {
            (1, _, _) => 0,
            (_, Some((index, _)), None) => index,
            (_, Some((_, first)), Some((_, second))) if same(first, second) => {
                return Err(MergeError::Twice { first: first.at.line, at: second.at });
            }
            _ => {
                let lines = self.found.iter().map(|located| located.at.line).collect();
                return Err(MergeError::Several { lines });
            }
        };
        let target = Target { whole: self, index };
        target.check()?;
        Ok(target)
    }

    /// Every SealedSecret, in the order of the text; those in the deprecated form as well.
    pub fn all(&self) -> impl DoubleEndedIterator<Item = Target<'_, 'a>> {
        (0..self.found.len()).map(|index| Target { whole: self, index })
    }

    /// The whole text with changes of several SealedSecrets, by their place in [`Self::all`], and no other.
    pub fn edited<'c>(&self, changes: impl Fn(usize) -> Option<&'c Changes>) -> Result<String, MergeError> {
        let mut text = self.text.to_owned();
        let mut meant = vec![None; self.found.len()];
        // From the last to the first: what stands before an edit stays where it is.
        for target in self.all().rev() {
            let Some(changes) = changes(target.index) else { continue };
            let (document, sealed) = target.edited_document(changes)?;
            text.replace_range(target.located().bytes.clone(), &document);
            meant[target.index] = Some(sealed);
        }
        self.confirm(&text, &meant, Policy::Strict)?;
        Ok(text)
    }

    /// Reads the result as whoever applies it will, and compares it with what was meant.
    fn confirm(&self, text: &str, meant: &[Option<SealedSecret>], policy: Policy) -> Result<(), MergeError> {
        let after = SealedText::read(text, self.policy).map_err(|_| MergeError::Unconfirmed)?;
        let as_meant = after.found.len() == self.found.len()
            && after.found.iter().zip(&self.found).zip(meant).all(|((after, before), meant)| {
                let Some(meant) = meant else { return after.sealed == before.sealed };
                let document = &text[after.bytes.clone()];
                after.sealed == *meant
                    && manifest::reread(document, after.line, after.json, policy)
                        .is_ok_and(|reread| reread == *meant)
            });
        if as_meant { Ok(()) } else { Err(MergeError::Unconfirmed) }
    }
}

fn same(a: &Located, b: &Located) -> bool {
    let names = |located: &Located| {
        let metadata = &located.sealed.metadata;
        (metadata.name.clone(), metadata.namespace.clone())
    };
    names(a) == names(b)
}

impl Target<'_, '_> {
    /// What it says now: its name, namespace, scope and keys are what a new value has to fit.
    pub fn sealed(&self) -> &SealedSecret {
        &self.located().sealed
    }

    /// Notices the deprecated form, of which no single value can be edited.
    pub fn check(&self) -> Result<(), MergeError> {
        match self.sealed().deprecated_data {
            Some(_) => Err(MergeError::Deprecated { at: self.located().at }),
            None => Ok(()),
        }
    }

    /// The line that it begins on.
    pub fn line(&self) -> usize {
        self.located().at.line
    }

    /// The whole text, with these changes and no other.
    pub fn edited(&self, changes: &Changes) -> Result<String, MergeError> {
        self.whole.edited(|index| (index == self.index).then_some(changes))
    }

    /// The document with these changes, and what it then says.
    fn edited_document(&self, changes: &Changes) -> Result<(String, SealedSecret), MergeError> {
        self.check()?;
        let Located { line, json, sealed, .. } = self.located();
        let mut document = self.document().to_owned();
        // Two readers could read it in two ways: then nobody knows what is in it.
        if manifest::reread(&document, *line, *json, Policy::Strict)? != *sealed {
            return Err(MergeError::Unconfirmed);
        }
        let meant = changes.applied_to(sealed)?;
        const VALUES: &[&str] = &["spec", "encryptedData"];
        const LABELS: &[&str] = &["spec", "template", "metadata", "labels"];
        const ANNOTATIONS: &[&str] = &["spec", "template", "metadata", "annotations"];
        let values = changes.encrypted_data.clone();
        let steps = [
            (VALUES, Step::Remove(&changes.removed)),
            (VALUES, Step::Rename(&changes.renamed)),
            (VALUES, Step::Set(differing(values, &changes.keys_moved(&sealed.encrypted_data)))),
            (LABELS, Step::Set(differing(changes.labels.clone(), &sealed.template.metadata.labels))),
            (
                ANNOTATIONS,
                Step::Set(differing(changes.annotations.clone(), &sealed.template.metadata.annotations)),
            ),
        ];
        for (path, step) in steps.into_iter().filter(|(_, step)| !step.is_empty()) {
            let edits = layout::Layout::of(&document).and_then(|layout| match json {
                true => json::edits(&layout, path, &step),
                false => block::edits(&layout, path, &step),
            });
            let edits = edits.map_err(|(at, obstacle)| {
                let at = manifest::position(&document, *line, at);
                MergeError::NotInPlace { at, obstacle }
            })?;
            document = edit::apply(&document, edits);
        }
        Ok((document, meant))
    }

    /// The whole text with this document written anew, in its own format: what is lost is layout and comments, but for
    /// those at its head.
    #[cfg(feature = "kubeseal")]
    pub fn rewritten(&self, changes: &Changes) -> Result<String, MergeError> {
        let sealed = changes.applied_to(self.sealed())?;
        let lines = if self.located().json { emit::to_json(&sealed) } else { emit::to_yaml(&sealed) };
        let document = self.document();
        let is_head = |line: &&str| line.trim().is_empty() || line.starts_with('#');
        let head: usize = document.split_inclusive('\n').take_while(is_head).map(str::len).sum();
        let ending = &document[document.trim_end().len()..];
        let lines = format!("{}{}{ending}", &document[..head], lines.trim_end());
        let windows = self.whole.text.contains("\r\n");
        let lines = if windows { with_crlf(&lines) } else { lines };
        let mut text = self.whole.text.to_owned();
        text.replace_range(self.located().bytes.clone(), &lines);
        let mut meant = vec![None; self.whole.found.len()];
        meant[self.index] = Some(sealed);
        self.whole.confirm(&text, &meant, self.whole.policy)?;
        Ok(text)
    }

    fn located(&self) -> &Located {
        &self.whole.found[self.index]
    }

    fn document(&self) -> &str {
        &self.whole.text[self.located().bytes.clone()]
    }
}

impl Changes {
    /// What a SealedSecret becomes by these changes.
    fn applied_to(&self, sealed: &SealedSecret) -> Result<SealedSecret, MergeError> {
        let mut sealed = sealed.clone();
        for key in self.removed.iter().chain(self.renamed.keys()) {
            if !sealed.encrypted_data.contains_key(key) {
                return Err(MergeError::NoKey { key: key.clone() });
            }
        }
        let stays = |key: &String| {
            sealed.encrypted_data.contains_key(key)
                && !self.removed.contains(key)
                && !self.renamed.contains_key(key)
        };
        let mut names = Vec::new();
        for (old, new) in &self.renamed {
            if self.removed.contains(old) {
                return Err(MergeError::NoKey { key: old.clone() });
            }
            if stays(new) || names.contains(&new) {
                return Err(MergeError::KeyTaken { key: new.clone() });
            }
            names.push(new);
        }
        sealed.encrypted_data = self.keys_moved(&sealed.encrypted_data);
        sealed.encrypted_data.extend(self.encrypted_data.clone());
        sealed.template.metadata.labels.extend(self.labels.clone());
        sealed.template.metadata.annotations.extend(self.annotations.clone());
        Ok(sealed)
    }

    /// The values after keys were removed and renamed.
    fn keys_moved(&self, values: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let mut moved = BTreeMap::new();
        for (key, value) in values.iter().filter(|(key, _)| !self.removed.contains(*key)) {
            moved.insert(self.renamed.get(key).unwrap_or(key).clone(), value.clone());
        }
        moved
    }
}

/// One of the changes, of one mapping.
enum Step<'c> {
    Remove(&'c [String]),
    Rename(&'c BTreeMap<String, String>),
    Set(BTreeMap<String, String>),
}

impl Step<'_> {
    fn is_empty(&self) -> bool {
        match self {
            Self::Remove(keys) => keys.is_empty(),
            Self::Rename(names) => names.is_empty(),
            Self::Set(entries) => entries.is_empty(),
        }
    }
}

/// Entries as lines of `spec.encryptedData` in YAML, for people to paste where a text can't be edited in place.
pub fn lines(entries: &BTreeMap<String, String>) -> String {
    let line = |key: &str| format!("    {}: {}\n", emit::on_one_line(key), emit::on_one_line(&entries[key]));
    order::sorted(entries.keys().map(String::as_str)).into_iter().map(line).collect()
}

#[cfg(feature = "kubeseal")]
fn with_crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

/// The entries that are not there already.
fn differing(mut new: BTreeMap<String, String>, old: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    new.retain(|key, text| old.get(key) != Some(text));
    new
}
