//! What a Secret that is made here has besides its values. It stands in the file as it is.

use std::collections::BTreeMap;
use std::slice;

use sealer_core::scope::{CLUSTER_WIDE_ANNOTATION, NAMESPACE_WIDE_ANNOTATION};
use sealer_core::secret::is_data_key;

use crate::edits::Complaint;
use crate::names;

/// The details, as they are typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Details {
    /// Labels, one `key=value` in each line.
    pub labels: String,
    /// Annotations, in the same way.
    pub annotations: String,
    /// Whether the API server shall refuse changes of the Secret.
    pub immutable: bool,
    templates: Vec<Template>,
    last: u32,
}

/// A text that the controller fills values into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// The number of its row, which it keeps for good.
    pub row: u32,
    /// The key that the Secret gets it under.
    pub key: String,
    /// The text, a Go template.
    pub text: String,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Detail {
    /// Something was typed.
    Typed(Place, String),
    /// It is to be immutable if it was not, and the other way round.
    Immutable,
    /// A row for a template.
    AddTemplate,
    /// A template goes.
    DropTemplate(u32),
}

/// Where something is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Labels.
    Labels,
    /// Annotations.
    Annotations,
    /// The key of the template in this row.
    Key(u32),
    /// Its text.
    Text(u32),
}

/// What is wrong with a line of labels or annotations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    /// There is no `=` in it.
    NoPair,
    /// Kubernetes would not take the key.
    Key,
    /// Kubernetes would not take the value of a label.
    Value,
    /// The annotation says a scope.
    Scope,
    /// The key was given before.
    Twice,
}

/// Pairs by their keys, or the first line with a mistake, counted from 1.
pub type Pairs = Result<BTreeMap<String, String>, (usize, Mistake)>;

impl Details {
    /// Applies a change.
    pub fn apply(&mut self, change: Detail) {
        match change {
            Detail::Typed(place, text) => {
                let rows = self.templates.iter_mut();
                let typed = match place {
                    Place::Labels => Some(&mut self.labels),
                    Place::Annotations => Some(&mut self.annotations),
                    Place::Key(row) => find(rows, row).map(|template| &mut template.key),
                    Place::Text(row) => find(rows, row).map(|template| &mut template.text),
                };
                if let Some(typed) = typed {
                    *typed = text;
                }
            }
            Detail::Immutable => self.immutable = !self.immutable,
            Detail::AddTemplate => {
                self.last += 1;
                self.templates.push(Template { row: self.last, key: String::new(), text: String::new() });
            }
            Detail::DropTemplate(row) => self.templates.retain(|template| template.row != row),
        }
    }

    /// The templates in their order.
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// The templates by their keys, without rows that have none.
    pub fn template_data(&self) -> BTreeMap<String, String> {
        let mut data = BTreeMap::new();
        for Template { key, text, .. } in self.templates.iter().filter(|template| !template.key.is_empty()) {
            data.insert(key.clone(), text.clone());
        }
        data
    }

    /// The labels, as Kubernetes takes them.
    pub fn labels(&self) -> Pairs {
        pairs(&self.labels, |key, value| match (is_qualified(key), value.is_empty() || is_word(value)) {
            (false, _) => Some(Mistake::Key),
            (true, false) => Some(Mistake::Value),
            (true, true) => None,
        })
    }

    /// The annotations, as Kubernetes takes them: it looks at their keys in lower case, and not at their values.
    pub fn annotations(&self) -> Pairs {
        pairs(&self.annotations, |key, _| match key {
            CLUSTER_WIDE_ANNOTATION | NAMESPACE_WIDE_ANNOTATION => Some(Mistake::Scope),
            _ => (!is_qualified(&key.to_ascii_lowercase())).then_some(Mistake::Key),
        })
    }

    /// What is wrong with the key of a template. A row in which nothing stands is not finished: nothing is.
    pub fn complaint(&self, template: &Template) -> Option<Complaint> {
        let Template { key, text, .. } = template;
        if key.is_empty() {
            return (!text.is_empty()).then_some(Complaint::Missing);
        }
        if !is_data_key(key) {
            return Some(Complaint::Invalid);
        }
        let holders = self.templates.iter().filter(|each| each.key == *key).count();
        (holders > 1).then_some(Complaint::Taken)
    }

    /// Whether there is no mistake in any of it.
    pub fn are_sound(&self) -> bool {
        self.labels().is_ok()
            && self.annotations().is_ok()
            && self.templates.iter().all(|template| self.complaint(template).is_none())
    }
}

fn find(mut templates: slice::IterMut<'_, Template>, row: u32) -> Option<&mut Template> {
    templates.find(|template| template.row == row)
}

/// One pair in each line; blank lines and space around keys and values say nothing.
fn pairs(text: &str, judge: fn(&str, &str) -> Option<Mistake>) -> Pairs {
    let mut pairs = BTreeMap::new();
    for (line, number) in text.lines().zip(1..).filter(|(line, _)| !line.trim().is_empty()) {
        let (key, value) = line.split_once('=').ok_or((number, Mistake::NoPair))?;
        let (key, value) = (key.trim(), value.trim());
        if let Some(mistake) = judge(key, value) {
            return Err((number, mistake));
        }
        if pairs.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err((number, Mistake::Twice));
        }
    }
    Ok(pairs)
}

/// Whether Kubernetes takes it as a key: a name, perhaps behind a DNS subdomain and `/`.
fn is_qualified(key: &str) -> bool {
    match key.split_once('/') {
        Some((prefix, name)) => names::is_secret_name(prefix) && is_word(name),
        None => is_word(key),
    }
}

/// 1 to 63 letters, digits, `-`, `_` and `.`, a letter or digit at both ends.
fn is_word(text: &str) -> bool {
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()];
    bytes.len() <= 63
        && ends.iter().all(|end| end.is_some_and(u8::is_ascii_alphanumeric))
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Pairs {
        Details { labels: text.to_owned(), ..Details::default() }.labels()
    }

    fn annotations(text: &str) -> Pairs {
        Details { annotations: text.to_owned(), ..Details::default() }.annotations()
    }

    fn changed(changes: impl IntoIterator<Item = Detail>) -> Details {
        let mut details = Details::default();
        changes.into_iter().for_each(|change| details.apply(change));
        details
    }

    #[test]
    fn labels_are_judged_as_the_api_server_judges_them() {
        let long = format!("{}=1", "n".repeat(63));
        let prefixed = format!("{}/a=1", "p".repeat(253));
        for line in ["app=shop", "a=", "app.kubernetes.io/name=x.Y_z-0", " a = b ", &long, &prefixed] {
            assert_eq!(labels(line).map(|pairs| pairs.len()), Ok(1), "{line}");
        }
        let long = format!("{}=1", "n".repeat(64));
        let prefixed = format!("{}/a=1", "p".repeat(254));
        let value = format!("a={}", "v".repeat(64));
        for (line, mistake) in [
            ("app", Mistake::NoPair),
            ("app: shop", Mistake::NoPair),
            ("=shop", Mistake::Key),
            ("-app=shop", Mistake::Key),
            ("app.=shop", Mistake::Key),
            ("a b=shop", Mistake::Key),
            ("Example.com/a=1", Mistake::Key),
            ("/a=1", Mistake::Key),
            ("a/=1", Mistake::Key),
            ("a/b/c=1", Mistake::Key),
            ("größe=1", Mistake::Key),
            (&long, Mistake::Key),
            (&prefixed, Mistake::Key),
            ("a=b c", Mistake::Value),
            ("a=b=c", Mistake::Value),
            ("a=-b", Mistake::Value),
            ("a=é", Mistake::Value),
            (&value, Mistake::Value),
        ] {
            assert_eq!(labels(line), Err((1, mistake)), "{line}");
        }
    }

    #[test]
    fn annotations_hold_anything_but_a_scope_and_their_keys_have_no_case() {
        let found = annotations("Example.com/Note=a = b, é\n\nempty=\n").unwrap();
        let found: Vec<_> = found.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        assert_eq!(found, [("Example.com/Note", "a = b, é"), ("empty", "")]);
        for (text, mistake) in [
            ("sealedsecrets.bitnami.com/cluster-wide=true", Mistake::Scope),
            ("sealedsecrets.bitnami.com/namespace-wide=false", Mistake::Scope),
            ("a b=c", Mistake::Key),
        ] {
            assert_eq!(annotations(text), Err((1, mistake)), "{mistake:?}");
        }
    }

    #[test]
    fn a_mistake_is_found_in_its_line_and_a_key_is_given_once() {
        assert_eq!(labels("\na=1\r\nb\n"), Err((3, Mistake::NoPair)));
        assert_eq!(labels("a=1\nb=2\na=1"), Err((3, Mistake::Twice)));
        assert_eq!(labels("\n \n"), Ok(BTreeMap::new()));
    }

    #[test]
    fn a_template_needs_a_key_of_its_own_once_there_is_something_in_it() {
        let add = || Detail::AddTemplate;
        let named = |row, key: &str| Detail::Typed(Place::Key(row), key.to_owned());
        let typed = |row, text: &str| Detail::Typed(Place::Text(row), text.to_owned());
        for (changes, complaint) in [
            (vec![add()], None),
            (vec![add(), typed(1, "a")], Some(Complaint::Missing)),
            (vec![add(), named(1, "a b")], Some(Complaint::Invalid)),
            (vec![add(), named(1, "a")], None),
            (vec![add(), named(1, "a"), add(), named(2, "a")], Some(Complaint::Taken)),
            (vec![add(), named(1, "a"), add(), named(2, "a"), Detail::DropTemplate(2)], None),
        ] {
            let details = changed(changes.clone());
            assert_eq!(details.complaint(&details.templates()[0]), complaint, "{changes:?}");
            assert_eq!(details.are_sound(), complaint.is_none(), "{changes:?}");
        }
    }

    #[test]
    fn each_change_is_made_in_its_place() {
        let typed = |place, text: &str| Detail::Typed(place, text.to_owned());
        let details = changed([
            typed(Place::Labels, "app=shop"),
            typed(Place::Annotations, "note=it's fine"),
            Detail::Immutable,
            Detail::AddTemplate,
            Detail::AddTemplate,
            typed(Place::Key(2), "my.cnf"),
            typed(Place::Text(2), "password = {{ .password }}\n"),
            typed(Place::Text(3), "nowhere"),
            Detail::DropTemplate(1),
        ]);
        assert_eq!((details.labels.as_str(), details.annotations.as_str()), ("app=shop", "note=it's fine"));
        assert!(details.immutable && !changed([Detail::Immutable, Detail::Immutable]).immutable);
        let template =
            Template { row: 2, key: "my.cnf".to_owned(), text: "password = {{ .password }}\n".to_owned() };
        assert_eq!(details.templates(), [template]);
    }
}
