//! A whole text into objects: JSON values one after the other, or YAML documents, or lists of either.

use super::Policy;
use super::error::{ManifestError, Problem};
use super::fields::Fields;
use super::secret::kind_of;
use super::split::documents;
use super::tree::{Kind, NodeId, Source, Tree};
use super::{MAX_BYTES, json, yaml};

pub(super) struct Found<T> {
    pub(super) objects: Vec<T>,
    /// Why the first document was passed over, if one was.
    pub(super) passed_over: Option<ManifestError>,
}

type ReadObject<T> = fn(&mut Fields<'_, '_>, NodeId) -> Result<T, ManifestError>;

/// How many bytes may be read out: the input sixteen times, with room for small ones that repeat an anchor often.
pub(super) fn budget(source: Source<'_>) -> usize {
    source.text.len() * 16 + (1 << 20)
}

/// Reads all objects. With `lenient`, a document in which nothing could be read is passed over, as upstream does.
pub(super) fn read<T>(
    text: &str,
    policy: Policy,
    lenient: bool,
    read_object: ReadObject<T>,
) -> Result<Found<T>, ManifestError> {
    let source = Source { text: text.strip_prefix('\u{feff}').unwrap_or(text), line: 1 };
    if source.text.len() > MAX_BYTES {
        return Err(source.error(MAX_BYTES, Problem::TooLong));
    }
    let found = Found { objects: Vec::new(), passed_over: None };
    let mut reader = Reader { policy, lenient, read_object, found, budget: budget(source) };
    let rest = if source.text.trim_start().starts_with('{') { reader.json(source)? } else { Some(source) };
    if let Some(rest) = rest {
        reader.yaml(rest)?;
    }
    Ok(reader.found)
}

struct Reader<T> {
    policy: Policy,
    lenient: bool,
    read_object: ReadObject<T>,
    found: Found<T>,
    budget: usize,
}

impl<T> Reader<T> {
    /// Reads JSON values; says where YAML takes over, if it does.
    fn json<'a>(&mut self, source: Source<'a>) -> Result<Option<Source<'a>>, ManifestError> {
        let mut at = 0;
        loop {
            // Upstream starts again with its YAML decoder at a value that its JSON decoder refuses for syntax or
            // for types, which is how `{a: 1}` and numbers for strings come to be read.
            let count = self.found.objects.len();
            let (tree, end) = match json::parse(source, at) {
                Ok(parsed) => parsed,
                Err(error) => return self.yaml_instead(source, at, error).map(Some),
            };
            let Some(root) = tree.root else { return Ok(None) };
            match self.document(&tree, root, false) {
                Err(error) if self.policy.is_kubeseal() => {
                    self.found.objects.truncate(count);
                    return self.yaml_instead(source, at, error).map(Some);
                }
                result => result?,
            }
            at = end;
        }
    }

    /// What is left for YAML to read; the error if YAML would not do better.
    fn yaml_instead<'a>(
        &self,
        source: Source<'a>,
        at: usize,
        error: ManifestError,
    ) -> Result<Source<'a>, ManifestError> {
        let text = source.text[at..].trim_start();
        let read = &source.text[..source.text.len() - text.len()];
        // Where values stand side by side on a line, columns count from the first one that YAML reads.
        let rest = Source { text, line: source.line + read.matches('\n').count() };
        // In JSON's own notation the JSON reader knows better what is wrong.
        match documents(rest).next() {
            Some(Ok(first)) if self.parse(first).is_ok() => Ok(rest),
            _ => Err(error),
        }
    }

    fn parse<'a>(&self, source: Source<'a>) -> Result<Tree<'a>, ManifestError> {
        let second = if self.policy.is_kubeseal() { yaml::Second::Ignored } else { yaml::Second::Refused };
        yaml::parse(source, second)
    }

    fn yaml(&mut self, source: Source<'_>) -> Result<(), ManifestError> {
        for part in documents(source) {
            match part.and_then(|part| self.parse(part)) {
                Ok(tree) => {
                    if let Some(root) = tree.root {
                        self.document(&tree, root, self.lenient)?;
                    }
                }
                Err(error) => self.pass_over(error, self.lenient)?,
            }
        }
        Ok(())
    }

    fn pass_over(&mut self, error: ManifestError, lenient: bool) -> Result<(), ManifestError> {
        if !lenient {
            return Err(error);
        }
        self.found.passed_over.get_or_insert(error);
        Ok(())
    }

    fn document(&mut self, tree: &Tree<'_>, root: NodeId, lenient: bool) -> Result<(), ManifestError> {
        let mut whole = Fields::new(tree, self.policy, self.budget);
        if whole.is_null(root) {
            return Ok(());
        }
        if lenient && let Err(error) = whole.check_decodable() {
            return self.pass_over(error, lenient);
        }
        let items = match list_items(&mut whole, root) {
            Ok(items) => items,
            Err(error) => return self.pass_over(error, lenient),
        };
        self.budget = whole.budget;
        for &object in items.unwrap_or(&[root]) {
            self.object(tree, object, lenient)?;
        }
        Ok(())
    }

    fn object(&mut self, tree: &Tree<'_>, id: NodeId, lenient: bool) -> Result<(), ManifestError> {
        let mut fields = Fields::new(tree, self.policy, self.budget);
        let read = (self.read_object)(&mut fields, id);
        self.budget = fields.budget;
        let touched = fields.touched || self.policy == Policy::Strict;
        match (read, fields.failed) {
            (Err(error), _) => self.pass_over(error, lenient),
            // Upstream gives up where something was read before or after the wrong value.
            (Ok(_), Some(error)) => self.pass_over(error, lenient && !touched),
            (Ok(object), None) => {
                if touched {
                    self.found.objects.push(object);
                }
                Ok(())
            }
        }
    }
}

/// The items, if the object is a list of objects.
pub(super) fn list_items<'t>(
    fields: &mut Fields<'t, '_>,
    root: NodeId,
) -> Result<Option<&'t [NodeId]>, ManifestError> {
    let kind = kind_of(fields, root)?;
    let is_list = match &kind {
        Some((kind, _)) => matches!(kind.as_str(), "List" | "SecretList" | "SealedSecretList"),
        None => true,
    };
    if !is_list {
        return Ok(None);
    }
    let items = fields.entries(root)?.into_iter().find(|entry| entry.key == "items");
    match items.map(|entry| fields.tree.kind(entry.value)) {
        Some(Kind::List(items)) if !items.is_empty() => Ok(Some(items)),
        // An empty list is no Secret; kubeseal takes it for one without values, and fails for that.
        _ if kind.is_some() && fields.policy == Policy::Strict => Ok(Some(&[])),
        _ => Ok(None),
    }
}
