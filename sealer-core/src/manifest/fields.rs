//! Takes typed fields out of a tree, under a policy. What Go's decoders do with each case is in the comments.

use std::borrow::Cow;
use std::collections::BTreeMap;

use zeroize::Zeroizing;

use super::Policy;
use super::error::{ManifestError, Problem, Reading, Shape};
use super::scalar::{Value, float_text, reading_1_1, reading_1_2, resolve};
use super::tree::{Kind, MAX_DEPTH, NodeId, Scalar, Tag, Tree};
use crate::base64;

/// What one entry of a mapping costs of the budget.
const ENTRY_COST: usize = 4;

/// A key, the node it was written as, and its value.
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_at: NodeId,
    pub(super) value: NodeId,
}

/// Reads one document. Under `Policy::Kubeseal` a value of the wrong type is remembered and the rest is
/// read all the same: whether upstream fails or passes the document over depends on whether anything was read.
pub(super) struct Fields<'t, 'a> {
    pub(super) tree: &'t Tree<'a>,
    pub(super) policy: Policy,
    /// The first value of a wrong type, under `Policy::Kubeseal`.
    pub(super) failed: Option<ManifestError>,
    /// Whether any field that counts got a value.
    pub(super) touched: bool,
    /// How many bytes may still be read out, so that aliases can't multiply a small text into a large one.
    pub(super) budget: usize,
}

type Read<T> = Result<T, ManifestError>;

impl<'t, 'a> Fields<'t, 'a> {
    pub(super) fn new(tree: &'t Tree<'a>, policy: Policy, budget: usize) -> Self {
        Self { tree, policy, failed: None, touched: false, budget }
    }

    /// What makes go-yaml give a whole document up, even in a part that nobody reads: merges of what is no
    /// mapping, and tags that contradict their scalar.
    pub(super) fn check_decodable(&mut self) -> Read<()> {
        let tree = self.tree;
        for (id, node) in tree.nodes.iter().enumerate() {
            match &node.kind {
                Kind::Scalar(scalar) => {
                    self.resolve(id, scalar)?;
                }
                Kind::List(_) => {}
                Kind::Map(pairs) => {
                    for &(key, value) in pairs {
                        if self.is_merge(key) {
                            self.merged(value)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A value that can't be used: the end under the strict policy, else remembered.
    pub(super) fn wrong(&mut self, id: NodeId, problem: Problem) -> Read<()> {
        if self.policy == Policy::Strict {
            return Err(self.tree.error(id, problem));
        }
        if self.failed.is_none() {
            self.failed = Some(self.tree.error(id, problem));
        }
        Ok(())
    }

    pub(super) fn is_null(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Scalar(scalar) => matches!(resolve(scalar), Ok(Value::Null)),
            Kind::List(_) | Kind::Map(_) => false,
        }
    }

    /// Whether Go would see a string here, without making one of a number.
    pub(super) fn is_text(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Scalar(scalar) if self.tree.json => !scalar.plain,
            Kind::Scalar(scalar) => matches!(resolve(scalar), Ok(Value::Text(_) | Value::Binary(_)) | Err(_)),
            Kind::List(_) | Kind::Map(_) => false,
        }
    }

    /// A number that is a byte; null is zero, as in Go.
    pub(super) fn byte(&self, id: NodeId) -> Option<u8> {
        match self.tree.kind(id) {
            Kind::Scalar(scalar) => match resolve(scalar) {
                Ok(Value::Integer(number)) => number.try_into().ok(),
                Ok(Value::Null) => Some(0),
                _ => None,
            },
            Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The fields of an object that are known, with their values; null is an object without any.
    pub(super) fn object(
        &mut self,
        id: NodeId,
        known: &[&'static str],
        closed: Option<&'static str>,
    ) -> Read<Vec<(&'static str, NodeId)>> {
        let mut fields = Vec::new();
        for entry in self.entries(id)? {
            if let Some(field) = self.field(&entry, known, closed)? {
                fields.push((field, entry.value));
            }
        }
        Ok(fields)
    }

    /// Which of the known fields a key means.
    pub(super) fn field(
        &self,
        entry: &Entry,
        known: &[&'static str],
        closed: Option<&'static str>,
    ) -> Read<Option<&'static str>> {
        if let Some(exact) = known.iter().find(|field| **field == entry.key) {
            return Ok(Some(exact));
        }
        let folded = known.iter().copied().find(|field| equal_without_case(field, &entry.key));
        match (self.policy.is_kubeseal(), folded, closed) {
            (true, folded, _) => Ok(folded),
            (false, Some(field), _) => Err(self.tree.error(entry.key_at, Problem::FieldCase { field })),
            (false, None, Some(kind)) => Err(self.tree.error(entry.key_at, Problem::UnknownField { kind })),
            (false, None, None) => Ok(None),
        }
    }

    /// The entries of a mapping, in the order in which Go comes to see them; none for null.
    pub(super) fn entries(&mut self, id: NodeId) -> Read<Vec<Entry>> {
        let Kind::Map(pairs) = self.tree.kind(id) else {
            if !self.is_null(id) {
                self.wrong(id, Problem::Expected(Shape::Mapping))?;
            }
            return Ok(Vec::new());
        };
        self.spend(id, pairs.len() * ENTRY_COST)?;
        if self.policy == Policy::Strict {
            return self.distinct(pairs);
        }
        if self.tree.json {
            // Go's JSON decoder sees every duplicate, and decodes each over the ones before.
            return pairs
                .iter()
                .map(|&(key_at, value)| Ok(Entry { key: self.key(key_at)?, key_at, value }))
                .collect();
        }
        // sigs.k8s.io/yaml makes JSON with sorted keys of it, so duplicates are gone and the order is the keys'.
        let mut merged = BTreeMap::new();
        self.merge(pairs, &mut merged, 0)?;
        Ok(merged.into_iter().map(|(key, (key_at, value))| Entry { key, key_at, value }).collect())
    }

    fn distinct(&mut self, pairs: &[(NodeId, NodeId)]) -> Read<Vec<Entry>> {
        let mut entries = Vec::with_capacity(pairs.len());
        for &(key_at, value) in pairs {
            if self.is_merge(key_at) {
                return Err(self.tree.error(key_at, Problem::MergeKey));
            }
            entries.push(Entry { key: self.key(key_at)?, key_at, value });
        }
        let mut first = BTreeMap::new();
        for Entry { key, key_at, .. } in &entries {
            if let Some(&other) = first.get(key.as_str()) {
                return Err(self.tree.error(*key_at, Problem::Duplicate { line: self.tree.line(other) }));
            }
            first.insert(key.as_str(), *key_at);
        }
        Ok(entries)
    }

    /// go-yaml 2 sets keys in the order of the text and a merge where it stands: the last one wins, even if
    /// it comes out of a merge.
    fn merge(
        &mut self,
        pairs: &'t [(NodeId, NodeId)],
        merged: &mut BTreeMap<String, (NodeId, NodeId)>,
        depth: usize,
    ) -> Read<()> {
        for &(key_at, value) in pairs {
            if !self.is_merge(key_at) {
                merged.insert(self.key(key_at)?, (key_at, value));
                continue;
            }
            let sources = self.merged(value)?;
            // Backwards, as the first source is the one that counts.
            for source in sources.into_iter().rev() {
                let Kind::Map(pairs) = self.tree.kind(source) else { continue };
                self.spend(
                    value,
                    if depth < MAX_DEPTH { (pairs.len() + 1) * ENTRY_COST } else { usize::MAX },
                )?;
                self.merge(pairs, merged, depth + 1)?;
            }
        }
        Ok(())
    }

    fn spend(&mut self, id: NodeId, cost: usize) -> Read<()> {
        let left = self.budget.checked_sub(cost);
        self.budget = left.ok_or_else(|| self.tree.error(id, Problem::TooManyAliases))?;
        Ok(())
    }

    /// The mappings that a merge key names.
    fn merged(&mut self, value: NodeId) -> Read<Vec<NodeId>> {
        let is_map = |id: &NodeId| matches!(self.tree.kind(*id), Kind::Map(_));
        let sources = match self.tree.kind(value) {
            Kind::Map(_) => vec![value],
            Kind::List(sources) if sources.iter().all(is_map) => sources.clone(),
            Kind::List(_) | Kind::Scalar(_) => {
                return Err(self.tree.error(value, Problem::Expected(Shape::Mapping)));
            }
        };
        self.spend(value, sources.len() * ENTRY_COST)?;
        Ok(sources)
    }

    fn is_merge(&self, key: NodeId) -> bool {
        match self.tree.kind(key) {
            Kind::Scalar(scalar) => {
                let untagged = scalar.plain && scalar.tag == Tag::None && !self.tree.json;
                scalar.text.as_str() == "<<" && (untagged || scalar.tag == Tag::Merge)
            }
            Kind::List(_) | Kind::Map(_) => false,
        }
    }

    fn key(&self, id: NodeId) -> Read<String> {
        let no_text = || self.tree.error(id, Problem::Expected(Shape::Text));
        let Kind::Scalar(scalar) = self.tree.kind(id) else { return Err(no_text()) };
        if self.tree.json {
            return Ok(scalar.text.as_str().to_owned());
        }
        if self.policy == Policy::Strict {
            return self.strict_text(id, scalar).map(str::to_owned);
        }
        match self.resolve(id, scalar)? {
            // Go has no text for these as keys and gives the document up.
            Value::Null => Err(no_text()),
            Value::Integer(number) if number > i128::from(i64::MAX) => Err(no_text()),
            Value::Float(number) if number.is_nan() => Ok(".nan".to_owned()),
            Value::Float(number) if float_text(number).ends_with("Inf") => {
                Ok(if number > 0.0 { ".inf" } else { "-.inf" }.to_owned())
            }
            value => coerced(&value).map(Cow::into_owned).ok_or_else(no_text),
        }
    }

    fn resolve(&self, id: NodeId, scalar: &'t Scalar<'a>) -> Read<Value<'t>> {
        resolve(scalar).map_err(|_| self.tree.error(id, Problem::Tag))
    }

    /// A text, if there is one: null is none, and under Kubeseal's policy so is what is no text at all.
    pub(super) fn text(&mut self, id: NodeId) -> Read<Option<Cow<'t, str>>> {
        let Kind::Scalar(scalar) = self.tree.kind(id) else {
            return self.wrong(id, Problem::Expected(Shape::Text)).map(|()| None);
        };
        self.spend(id, scalar.text.as_str().len())?;
        if self.tree.json {
            let text = scalar.text.as_str();
            if !scalar.plain {
                return Ok(Some(Cow::Borrowed(text)));
            }
            return match (text, self.policy.is_kubeseal()) {
                ("null", true) => Ok(None),
                ("null", false) => Err(self.tree.error(id, Problem::NoValue)),
                _ => self.wrong(id, Problem::Expected(Shape::Text)).map(|()| None),
            };
        }
        if self.policy == Policy::Strict {
            return self.strict_text(id, scalar).map(|text| Some(Cow::Borrowed(text)));
        }
        match self.resolve(id, scalar)? {
            Value::Null => Ok(None),
            // A number or a boolean becomes a text again; that is how `0123` comes to be `83`.
            value => coerced(&value).map(Some).ok_or_else(|| self.tree.error(id, Problem::Tag)),
        }
    }

    /// A scalar that every reader of YAML takes for this text.
    fn strict_text(&self, id: NodeId, scalar: &'t Scalar<'a>) -> Read<&'t str> {
        let text = scalar.text.as_str();
        match scalar.tag {
            Tag::Str => return Ok(text),
            Tag::None if !scalar.plain => return Ok(text),
            Tag::None => {}
            _ => return Err(self.tree.error(id, Problem::Tag)),
        }
        match (reading_1_1(text), reading_1_2(text)) {
            (Reading::Text, Reading::Text) => Ok(text),
            (Reading::Null, Reading::Null) => Err(self.tree.error(id, Problem::NoValue)),
            (yaml_1_1, yaml_1_2) => Err(self.tree.error(id, Problem::Ambiguous { yaml_1_1, yaml_1_2 })),
        }
    }

    /// Reads a text into a field. Null leaves the field as it is, as in Go.
    pub(super) fn word(&mut self, id: NodeId, into: &mut String) -> Read<()> {
        if let Some(text) = self.text(id)? {
            *into = text.into_owned();
            self.touched |= !into.is_empty();
        }
        Ok(())
    }

    /// Reads a text into a field that is nothing when it is empty.
    pub(super) fn some_word(&mut self, id: NodeId, into: &mut Option<String>) -> Read<()> {
        let mut text = into.take().unwrap_or_default();
        self.word(id, &mut text)?;
        *into = Some(text).filter(|text| !text.is_empty());
        Ok(())
    }

    pub(super) fn boolean(&mut self, id: NodeId) -> Read<Option<bool>> {
        if self.is_null(id) {
            return Ok(None);
        }
        if let Kind::Scalar(scalar) = self.tree.kind(id) {
            let plain_enough = matches!(scalar.text.as_str(), "true" | "false");
            if let Ok(Value::Boolean(value)) = resolve(scalar)
                && (self.policy.is_kubeseal() || plain_enough)
            {
                self.touched = true;
                return Ok(Some(value));
            }
        }
        self.wrong(id, Problem::Expected(Shape::Boolean))?;
        Ok(None)
    }

    /// The entries of a list; none for null.
    pub(super) fn list(&mut self, id: NodeId) -> Read<&'t [NodeId]> {
        match self.tree.kind(id) {
            Kind::List(items) => {
                self.touched = true;
                self.spend(id, items.len() * ENTRY_COST)?;
                Ok(items)
            }
            _ if self.is_null(id) => Ok(&[]),
            _ => self.wrong(id, Problem::Expected(Shape::List)).map(|()| &[][..]),
        }
    }

    /// Texts by name, over what is there already: Go's decoders fill a map that exists, and null empties it.
    pub(super) fn texts(&mut self, id: NodeId, into: &mut BTreeMap<String, String>) -> Read<()> {
        if self.is_null(id) {
            into.clear();
            return Ok(());
        }
        self.touched = true;
        for entry in self.entries(id)? {
            let text = self.text(entry.value)?.unwrap_or_default().into_owned();
            into.insert(entry.key, text);
        }
        Ok(())
    }
}

/// A value as text, as sigs.k8s.io/yaml puts one where Go wants a string.
fn coerced<'t>(value: &Value<'t>) -> Option<Cow<'t, str>> {
    Some(match value {
        Value::Null => return None,
        Value::Text(text) => Cow::Borrowed(text),
        Value::Boolean(value) => Cow::Borrowed(if *value { "true" } else { "false" }),
        Value::Integer(number) => Cow::Owned(number.to_string()),
        Value::Float(number) => Cow::Owned(float_text(*number)),
        Value::Binary(text) => {
            let bytes = Zeroizing::new(base64::decode(text).ok()?);
            let mut text = String::with_capacity(bytes.len());
            for chunk in bytes.utf8_chunks() {
                text.push_str(chunk.valid());
                text.extend(chunk.invalid().iter().map(|_| '\u{fffd}'));
            }
            Cow::Owned(text)
        }
    })
}

/// Whether Go's JSON decoder takes a key for this field: it folds case as Unicode does, so the long s and the
/// Kelvin sign are letters like any other.
pub(super) fn equal_without_case(field: &str, key: &str) -> bool {
    let fold = |c: char| match c {
        'ſ' => 's',
        '\u{212a}' => 'k',
        c => c.to_ascii_lowercase(),
    };
    field.chars().map(fold).eq(key.chars().map(fold))
}
