//! Where in a text its SealedSecrets stand.

use std::ops::Range;

use super::error::{ManifestError, Position, Problem};
use super::fields::Fields;
use super::secret::kind_of;
use super::split::documents;
use super::stream::{budget, list_items};
use super::tree::{NodeId, Source, Tree};
use super::{MAX_BYTES, Policy, json, sealed, yaml};
use crate::resource::{KIND, SealedSecret};

/// One document that is a SealedSecret.
#[derive(Debug, Clone)]
pub(crate) struct Located {
    /// The bytes of its document: in YAML without the `---` lines around it, in JSON the value itself.
    pub(crate) bytes: Range<usize>,
    /// The line that the document starts on.
    pub(crate) line: usize,
    /// Where the object itself begins.
    pub(crate) at: Position,
    /// Whether it is written in JSON.
    pub(crate) json: bool,
    /// What it says.
    pub(crate) sealed: SealedSecret,
}

/// Finds every document that is a SealedSecret; what else there is in the text is passed over, but for a List that holds
/// one, which is refused.
pub(crate) fn sealed_documents(text: &str, policy: Policy) -> Result<Vec<Located>, ManifestError> {
    let source = Source { text: text.strip_prefix('\u{feff}').unwrap_or(text), line: 1 };
    if source.text.len() > MAX_BYTES {
        return Err(source.error(MAX_BYTES, Problem::TooLong));
    }
    let finder = Finder { whole: text, policy, found: Vec::new(), other: None };
    if !source.text.trim_start().starts_with('{') {
        return finder.yaml(source);
    }
    match json_values(source) {
        Ok(values) => finder.json(source, &values),
        // YAML's braces look like JSON's. If neither fits, the JSON reader knows better what is wrong.
        Err(error) => finder.yaml(source).map_err(|_| error),
    }
}

/// Reads one document again, as it was found or after it was edited.
pub(crate) fn reread(
    document: &str,
    line: usize,
    json: bool,
    policy: Policy,
) -> Result<SealedSecret, ManifestError> {
    let source = Source { text: document, line };
    let tree = if json { json::parse(source, 0)?.0 } else { yaml::parse(source, yaml::Second::Refused)? };
    let root = tree.root.ok_or(ManifestError::NoSealedSecrets)?;
    read(&tree, root, policy)
}

/// The place of a byte of a document that starts on this line.
pub(crate) fn position(document: &str, line: usize, at: usize) -> Position {
    Source { text: document, line }.position(at)
}

struct Finder<'a> {
    whole: &'a str,
    policy: Policy,
    found: Vec<Located>,
    /// Why the first document that is none is none.
    other: Option<ManifestError>,
}

impl<'a> Finder<'a> {
    fn yaml(mut self, source: Source<'a>) -> Result<Vec<Located>, ManifestError> {
        for part in documents(source) {
            let part = part?;
            let tree = yaml::parse(part, yaml::Second::Refused)?;
            let start = part.text.as_ptr() as usize - self.whole.as_ptr() as usize;
            self.document(&tree, start..start + part.text.len(), part.line)?;
        }
        self.end()
    }

    fn json(
        mut self,
        source: Source<'a>,
        values: &[(Tree<'a>, Range<usize>)],
    ) -> Result<Vec<Located>, ManifestError> {
        let mark = self.whole.len() - source.text.len();
        for (tree, bytes) in values {
            let line = source.position(bytes.start).line;
            self.document(tree, bytes.start + mark..bytes.end + mark, line)?;
        }
        self.end()
    }

    fn document(&mut self, tree: &Tree<'a>, bytes: Range<usize>, line: usize) -> Result<(), ManifestError> {
        let Some(root) = tree.root else { return Ok(()) };
        let mut fields = Fields::new(tree, self.policy, budget(tree.source));
        if fields.is_null(root) {
            return Ok(());
        }
        match kind_of(&mut fields, root)? {
            Some((kind, _)) if kind == KIND => {
                let sealed = read(tree, root, self.policy)?;
                let at = tree.source.position(tree.nodes[root].at);
                self.found.push(Located { bytes, line, at, json: tree.json, sealed });
            }
            Some(_) => {
                if let Some(item) = self.sealed_item(&mut fields, root)? {
                    return Err(tree.error(item, Problem::SealedInList));
                }
                self.other = self.other.take().or_else(|| read(tree, root, self.policy).err());
            }
            None => {
                let missing = || tree.error(root, Problem::NoKind { kind: KIND });
                let why = fields.failed.unwrap_or_else(missing);
                self.other.get_or_insert(why);
            }
        }
        Ok(())
    }

    /// The first SealedSecret inside a List: to pass over it would leave it as it is without a word. Upstream does.
    fn sealed_item(
        &self,
        fields: &mut Fields<'_, '_>,
        root: NodeId,
    ) -> Result<Option<NodeId>, ManifestError> {
        if self.policy.is_kubeseal() {
            return Ok(None);
        }
        for &item in list_items(fields, root)?.unwrap_or_default() {
            if kind_of(fields, item)?.is_some_and(|(kind, _)| kind == KIND) {
                return Ok(Some(item));
            }
        }
        Ok(None)
    }

    fn end(self) -> Result<Vec<Located>, ManifestError> {
        if self.found.is_empty() {
            return Err(self.other.unwrap_or(ManifestError::NoSealedSecrets));
        }
        Ok(self.found)
    }
}

pub(super) fn json_values(source: Source<'_>) -> Result<Vec<(Tree<'_>, Range<usize>)>, ManifestError> {
    let mut values = Vec::new();
    let mut at = 0;
    loop {
        let (tree, end) = json::parse(source, at)?;
        let Some(root) = tree.root else { return Ok(values) };
        let start = tree.nodes[root].at;
        values.push((tree, start..end));
        at = end;
    }
}

pub(super) fn read(tree: &Tree<'_>, root: NodeId, policy: Policy) -> Result<SealedSecret, ManifestError> {
    let mut fields = Fields::new(tree, policy, budget(tree.source));
    let sealed = sealed::read(&mut fields, root)?;
    fields.failed.map_or(Ok(sealed), Err)
}
