//! Puts values into a file that is there, and shows which lines change.

use std::collections::BTreeMap;

use rand_core::TryCryptoRng;
use sealer_core::merge::{self, MergeError, SealedText};
use sealer_core::{Plaintext, Policy, SealingCert};

use super::{Desk, Need, Obstacle, Opening, Place, Sealed, Turn};
use crate::diff::{self, DiffLine};
use crate::edits::{Edits, Fate};
use crate::names;
use crate::reading::ValueSummary;
use crate::sealed_file::{Document, SealedFile};
use crate::text;

/// Rows of files have numbers from here on.
const FIRST_OF_FILES: u32 = 1 << 31;

/// Where values are to be put, and what else is wanted there.
#[derive(Debug, Clone, Copy)]
pub struct Merge<'a> {
    /// The file.
    pub file: &'a SealedFile,
    /// The SealedSecret in it.
    pub document: &'a Document,
    /// What its result is called.
    pub file_name: &'a str,
    /// The namespace, where the file names none.
    pub namespace: &'a str,
    /// What is wanted otherwise.
    pub edits: &'a Edits,
    /// What is known of the values in the box.
    pub pasted: &'a [ValueSummary],
}

/// What changed in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The lines that changed, and those around them.
    pub diff: Vec<DiffLine>,
    /// The new values as lines of `encryptedData`; empty where only names changed.
    pub lines: String,
    /// How many keys came, were replaced, went and got another name.
    pub counts: Counts,
}

/// How many keys were changed in which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// New ones.
    pub added: usize,
    /// With another value.
    pub replaced: usize,
    /// That are gone.
    pub removed: usize,
    /// With another name.
    pub renamed: usize,
}

impl Counts {
    /// All of them.
    pub fn total(self) -> usize {
        self.added + self.replaced + self.removed + self.renamed
    }
}

impl Desk {
    /// Takes what was typed into a row.
    pub fn type_value(&mut self, row: u32, value: Plaintext) {
        self.typed.retain(|(each, _)| *each != row);
        self.typed.push((row, value));
    }

    /// Takes what came from a file, and gives the row that it is under. No row that is typed into has such a number.
    pub fn put_file(&mut self, value: Plaintext) -> u32 {
        self.files += 1;
        let row = FIRST_OF_FILES + self.files;
        self.type_value(row, value);
        row
    }

    /// Forgets the rows that are not among these.
    pub fn keep_rows(&mut self, rows: &[u32]) {
        self.typed.retain(|(row, _)| rows.contains(row));
    }

    /// Changes the file as it is wanted, and nothing else in it.
    pub fn merge<R: TryCryptoRng + ?Sized>(
        &mut self,
        wanted: Merge<'_>,
        cert: Option<&SealingCert>,
        mut turn: Turn<'_, R>,
    ) -> Result<Sealed, Obstacle> {
        self.findings.clear();
        let Merge { file, document, edits, pasted, .. } = wanted;
        let mut needs = Vec::new();
        if !edits.are_sound(document, pasted) {
            needs.push(Need::Keys);
        }
        let values = self.values(edits, staying(document, edits, pasted))?;
        let namespace = if document.namespace.is_empty() { wanted.namespace } else { &document.namespace };
        let binding = document.binding(namespace);
        if !values.is_empty() {
            if cert.is_none() {
                needs.insert(0, Need::Certificate);
            }
            if !namespace.is_empty() && !names::is_namespace(namespace) {
                needs.push(Need::BetterNamespace);
            } else if document.lacks_namespace() && namespace.is_empty() {
                needs.push(Need::Namespace);
            }
        }
        if !needs.is_empty() {
            return Err(Obstacle::Needs(needs));
        }
        let mut kept = Vec::new();
        let mut sealed = BTreeMap::new();
        if let (false, Some(cert)) = (values.is_empty(), cert) {
            let expired = |_| Obstacle::Problem(text::expired(cert.not_after()));
            let key = cert.check(turn.now).map_err(expired)?;
            let binding = binding.as_ref().map_err(|_| Obstacle::Problem(text::nameless_sealed_secret()))?;
            let place = Place { fingerprint: &cert.fingerprint(), namespace, name: &document.name, binding };
            sealed = self.seal_values(&values, place, key, &mut turn, &mut kept)?;
        }
        self.sealed = kept;
        let lines = merge::lines(&sealed);
        let counts = counts(document, edits, pasted, &sealed);
        let changes = edits.changes(sealed);
        let edited = SealedText::read(&file.text, Policy::Strict)
            .and_then(|text| text.target(&document.name, &document.namespace)?.edited(&changes));
        let yaml = edited.map_err(|error| refused(&error, &lines))?;
        if counts == Counts::default() {
            return Err(Obstacle::Unchanged);
        }
        let opening = binding.ok().map(|binding| Opening {
            name: document.name.clone(),
            namespace: namespace.to_owned(),
            binding,
        });
        let merged = Merged { diff: diff::lines(&file.text, &yaml), lines, counts };
        Ok(Sealed {
            yaml,
            file_name: wanted.file_name.to_owned(),
            others: Vec::new(),
            openings: opening.into_iter().collect(),
            values: values.len(),
            merged: Some(merged),
        })
    }

    /// What was pasted and what was typed, by key. An empty row is not finished yet. So many bytes are in the Secret already.
    pub(super) fn values(
        &self,
        edits: &Edits,
        staying: usize,
    ) -> Result<BTreeMap<String, Plaintext>, Obstacle> {
        let mut values = self.manifests.first().map(|manifest| manifest.data.clone()).unwrap_or_default();
        for typed in edits.typed().iter().filter(|typed| typed.is_filled()) {
            if let Some((_, value)) = self.typed.iter().find(|(row, _)| *row == typed.row) {
                values.insert(typed.key.clone(), value.clone());
            }
        }
        let total = values.values().map(Plaintext::len).sum::<usize>() + staying;
        if total > names::MAX_VALUES_BYTES && !values.is_empty() {
            return Err(Obstacle::Problem(text::too_large(total)));
        }
        Ok(values)
    }
}

fn refused(error: &MergeError, lines: &str) -> Obstacle {
    Obstacle::Refused { problem: text::merge_problem(error), lines: lines.to_owned() }
}

/// How large the values are that stay in the file.
fn staying(document: &Document, edits: &Edits, pasted: &[ValueSummary]) -> usize {
    let stays = |key: &str| matches!(edits.fate(key, pasted), Fate::Stays | Fate::Renamed(_));
    document.keys.iter().filter(|each| stays(&each.key)).filter_map(|each| each.bytes).sum()
}

fn counts(
    document: &Document,
    edits: &Edits,
    pasted: &[ValueSummary],
    sealed: &BTreeMap<String, String>,
) -> Counts {
    let mut counts = Counts::default();
    for key in &document.keys {
        match edits.fate(&key.key, pasted) {
            Fate::Removed => counts.removed += 1,
            Fate::Renamed(name) => counts.renamed += usize::from(*name != *key.key),
            Fate::Typed(_) | Fate::Pasted(_) => {
                counts.replaced += usize::from(sealed.contains_key(&*key.key));
            }
            Fate::Stays => {}
        }
    }
    counts.added = sealed.len() - counts.replaced;
    counts
}
