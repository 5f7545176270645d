//! All documents of a text as they are written, with the place of every node and without a judgement.

use super::Policy;
use super::error::{ManifestError, Problem};
use super::fields::Fields;
use super::locate::{json_values, read};
use super::scalar::{Value, resolve};
use super::split::documents;
use super::stream::budget;
use super::tree::{Kind, NodeId, Source, Tree};
use super::{MAX_BYTES, yaml};
use crate::resource::SealedSecret;

/// One document, or why it can't be read.
pub(crate) struct Document<'a> {
    tree: Result<Tree<'a>, ManifestError>,
    /// The byte of the whole text at which it starts; nodes count from there.
    start: usize,
    /// The whole text, where no more is known of what can't be read.
    pub(crate) text: &'a str,
}

/// A node of a document.
#[derive(Clone, Copy)]
pub(crate) struct Node<'t, 'a> {
    tree: &'t Tree<'a>,
    start: usize,
    id: NodeId,
}

/// Takes a text apart. A document that can't be read keeps none of the others from being read.
pub(crate) fn outline(whole: &str) -> Vec<Document<'_>> {
    let source = Source { text: whole.strip_prefix('\u{feff}').unwrap_or(whole), line: 1 };
    let mark = whole.len() - source.text.len();
    if source.text.len() > MAX_BYTES {
        let tree = Err(source.error(0, Problem::TooLong));
        return vec![Document { tree, start: 0, text: whole }];
    }
    if !source.text.trim_start().starts_with('{') {
        return yaml_documents(whole, source);
    }
    match json_values(source) {
        Ok(values) => values
            .into_iter()
            .map(|(tree, bytes)| Document { tree: Ok(tree), start: mark, text: &source.text[bytes] })
            .collect(),
        // YAML's braces look like JSON's, and so do those of Helm. If neither fits, JSON's reason is the better one.
        Err(error) => {
            let found = yaml_documents(whole, source);
            if found.iter().all(|document| document.tree.is_ok()) {
                return found;
            }
            vec![Document { tree: Err(error), start: mark, text: whole }]
        }
    }
}

fn yaml_documents<'a>(whole: &'a str, source: Source<'a>) -> Vec<Document<'a>> {
    documents(source)
        .map(|part| match part {
            Ok(part) => Document {
                tree: yaml::parse(part, yaml::Second::Refused),
                start: part.text.as_ptr() as usize - whole.as_ptr() as usize,
                text: part.text,
            },
            Err(error) => Document { tree: Err(error), start: 0, text: whole },
        })
        .collect()
}

impl<'a> Document<'a> {
    /// What it consists of; `None` if that is nothing.
    pub(crate) fn root(&self) -> Result<Option<Node<'_, 'a>>, &ManifestError> {
        let tree = self.tree.as_ref()?;
        Ok(tree.root.map(|id| Node { tree, start: self.start, id }))
    }
}

impl<'t, 'a> Node<'t, 'a> {
    /// The byte of the whole text at which it starts.
    pub(crate) fn at(self) -> usize {
        self.start + self.tree.nodes[self.id].at
    }

    /// Whether it is a mapping.
    pub(crate) fn is_mapping(self) -> bool {
        matches!(self.tree.kind(self.id), Kind::Map(_))
    }

    /// Whether it is nothing, or the word for it.
    pub(crate) fn is_null(self) -> bool {
        match self.tree.kind(self.id) {
            Kind::Scalar(scalar) => matches!(resolve(scalar), Ok(Value::Null)),
            Kind::List(_) | Kind::Map(_) => false,
        }
    }

    /// The keys and values of a mapping as they are written; none for anything else.
    pub(crate) fn entries(self) -> impl Iterator<Item = (Self, Self)> {
        let pairs = match self.tree.kind(self.id) {
            Kind::Map(pairs) => pairs.as_slice(),
            Kind::List(_) | Kind::Scalar(_) => &[],
        };
        pairs.iter().map(move |&(key, value)| (Self { id: key, ..self }, Self { id: value, ..self }))
    }

    /// The entries of a list; none for anything else.
    pub(crate) fn items(self) -> impl Iterator<Item = Self> {
        let items = match self.tree.kind(self.id) {
            Kind::List(items) => items.as_slice(),
            Kind::Map(_) | Kind::Scalar(_) => &[],
        };
        items.iter().map(move |&id| Self { id, ..self })
    }

    /// The value of a key of a mapping.
    pub(crate) fn get(self, key: &str) -> Option<Self> {
        self.entries().find(|(name, _)| name.scalar() == Some(key)).map(|(_, value)| value)
    }

    /// What a scalar says, whatever its type.
    pub(crate) fn scalar(self) -> Option<&'t str> {
        match self.tree.kind(self.id) {
            Kind::Scalar(scalar) => Some(scalar.text.as_str()),
            Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// The text that every reader sees here.
    pub(crate) fn text(self) -> Result<&'t str, Problem> {
        let mut fields = Fields::new(self.tree, Policy::Strict, budget(self.tree.source));
        match (fields.text(self.id), self.scalar()) {
            (Ok(Some(_)), Some(text)) => Ok(text),
            (Err(ManifestError::At { problem, .. }), _) => Err(problem),
            _ => Err(Problem::NoValue),
        }
    }

    /// The whole as a SealedSecret that leaves nothing in doubt.
    pub(crate) fn sealed_secret(self) -> Result<SealedSecret, ManifestError> {
        read(self.tree, self.id, Policy::Strict)
    }
}
