//! A whole text into objects: JSON values one after the other, or YAML documents, or lists of either.

use super::Policy;
use super::error::{ManifestError, Problem};
use super::fields::Fields;
use super::secret::kind_of;
use super::split::documents;
use super::tree::{Kind, NodeId, Span, Tree, error_at};
use super::{MAX_BYTES, json, yaml};

pub(super) struct Found<T> {
    pub(super) objects: Vec<T>,
    /// Why the first document was passed over, if one was.
    pub(super) passed_over: Option<ManifestError>,
}

type ReadObject<T> = fn(&mut Fields<'_, '_>, NodeId) -> Result<T, ManifestError>;

/// Reads all objects. With `lenient`, a document in which nothing could be read is passed over, as upstream does.
pub(super) fn read<T>(
    text: &str,
    policy: Policy,
    lenient: bool,
    read_object: ReadObject<T>,
) -> Result<Found<T>, ManifestError> {
    if text.len() > MAX_BYTES {
        return Err(error_at(text, MAX_BYTES, Problem::TooLong));
    }
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut reader =
        Reader { text, policy, lenient, read_object, found: Found { objects: Vec::new(), passed_over: None } };
    let rest = match text[start..].trim_start().starts_with('{') {
        true => reader.json(start)?,
        false => Some(start),
    };
    if let Some(start) = rest {
        reader.yaml(start)?;
    }
    Ok(reader.found)
}

struct Reader<'a, T> {
    text: &'a str,
    policy: Policy,
    lenient: bool,
    read_object: ReadObject<T>,
    found: Found<T>,
}

impl<'a, T> Reader<'a, T> {
    /// Reads JSON values; says where YAML takes over, if it does.
    fn json(&mut self, start: usize) -> Result<Option<usize>, ManifestError> {
        let mut at = start;
        loop {
            // Upstream starts again with its YAML decoder at a value that its JSON decoder refuses for syntax or
            // for types, which is how `{a: 1}` and numbers for strings come to be read.
            let count = self.found.objects.len();
            let (tree, end) = match json::parse(self.text, at) {
                Ok(parsed) => parsed,
                Err(error) => return self.yaml_instead(at, error).map(Some),
            };
            let Some(root) = tree.root else { return Ok(None) };
            match self.document(&tree, root, false) {
                Err(error) if self.policy == Policy::Kubeseal => {
                    self.found.objects.truncate(count);
                    return self.yaml_instead(at, error).map(Some);
                }
                result => result?,
            }
            at = end;
        }
    }

    /// Where to go on with YAML: nowhere if YAML would not do better.
    fn yaml_instead(&self, at: usize, error: ManifestError) -> Result<usize, ManifestError> {
        let rest = self.text[at..].trim_start();
        let at = self.text.len() - rest.len();
        let readable = documents(self.text, at)
            .first()
            .is_some_and(|part| part.as_ref().is_ok_and(|part| self.parse(part).is_ok()));
        // In JSON's own notation the JSON reader knows better what is wrong.
        if readable { Ok(at) } else { Err(error) }
    }

    fn parse(&self, part: &Span) -> Result<Tree<'a>, ManifestError> {
        let second = match self.policy {
            Policy::Kubeseal => yaml::Second::Ignored,
            Policy::Strict => yaml::Second::Refused,
        };
        yaml::parse(self.text, part, second)
    }

    fn yaml(&mut self, start: usize) -> Result<(), ManifestError> {
        for part in documents(self.text, start) {
            match part.and_then(|part| self.parse(&part)) {
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
        let mut whole = Fields::new(tree, self.policy);
        if whole.is_null(root) {
            return Ok(());
        }
        if lenient && let Err(error) = whole.check_decodable() {
            return self.pass_over(error, lenient);
        }
        let items = match list_items(tree, self.policy, root) {
            Ok(items) => items,
            Err(error) => return self.pass_over(error, lenient),
        };
        for &object in items.unwrap_or(&[root]) {
            self.object(tree, object, lenient)?;
        }
        Ok(())
    }

    fn object(&mut self, tree: &Tree<'_>, id: NodeId, lenient: bool) -> Result<(), ManifestError> {
        let mut fields = Fields::new(tree, self.policy);
        let read = (self.read_object)(&mut fields, id);
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
fn list_items<'t>(tree: &'t Tree<'_>, policy: Policy, root: NodeId) -> Result<Option<&'t [NodeId]>, ManifestError> {
    let mut fields = Fields::new(tree, policy);
    let kind = kind_of(&mut fields, root)?;
    let is_list = match &kind {
        Some((kind, _)) => matches!(kind.as_str(), "List" | "SecretList" | "SealedSecretList"),
        None => true,
    };
    if !is_list {
        return Ok(None);
    }
    let items = fields.entries(root)?.into_iter().find(|entry| entry.key == "items");
    match items.map(|entry| tree.kind(entry.value)) {
        Some(Kind::List(items)) if !items.is_empty() => Ok(Some(items)),
        // An empty list is no Secret; kubeseal takes it for one without values, and fails for that.
        _ if kind.is_some() && policy == Policy::Strict => Ok(Some(&[])),
        _ => Ok(None),
    }
}
