//! Edits keys of an object that is written in JSON.

use std::collections::BTreeMap;

use super::Step;
use super::edit::Edit;
use super::error::Obstacle;
use super::layout::{Blocked, End, Layout, NodeId};
use super::order;
use crate::emit::json_text;

/// The edits after which the object at the end of this path is as this step wants it.
pub(super) fn edits(layout: &Layout<'_>, path: &[&str], step: &Step<'_>) -> Result<Vec<Edit>, Blocked> {
    let json = Json { layout, form: Form::of(layout) };
    match (step, layout.walk(path, true)?) {
        (Step::Set(entries), End::There(map)) => json.set_in(map, entries),
        (Step::Set(entries), End::Empty { depth, key, value }) => {
            let with = json.nested(&path[depth + 1..], entries, &json.line_indent(key));
            Ok(vec![Edit { bytes: layout.bytes(value), with }])
        }
        (Step::Set(entries), End::Missing { depth, map }) => {
            let indent = json.entry_indent(map);
            let with = json.nested(&path[depth + 1..], entries, &indent);
            Ok(vec![json.insert(map, path[depth], &with)])
        }
        (Step::Remove(keys), End::There(map)) => Ok(json.remove(map, keys)),
        (Step::Rename(names), End::There(map)) => Ok(json.rename(map, names)),
        // Where nothing is, there is nothing to remove or to rename.
        (Step::Remove(_) | Step::Rename(_), End::Empty { .. } | End::Missing { .. }) => Ok(Vec::new()),
    }
}

struct Json<'l, 'a> {
    layout: &'l Layout<'a>,
    form: Form<'a>,
}

/// How the document is laid out.
struct Form<'a> {
    /// One step of indentation, if each key has its own line.
    step: Option<&'a str>,
    /// What stands between a key and its value.
    colon: &'a str,
}

impl<'a> Form<'a> {
    /// As the first entry of the document shows it.
    fn of(layout: &Layout<'a>) -> Self {
        let Some(&(key, value)) = layout.entries(layout.root()).first() else {
            return Self { step: None, colon: ":" };
        };
        let (key, value) = (layout.bytes(key), layout.bytes(value));
        let step = layout.before(key.start);
        let inner = layout.text[layout.bytes(layout.root()).start..key.start].contains('\n');
        Self {
            step: (inner && step.trim().is_empty()).then_some(step),
            colon: &layout.text[key.end..value.start],
        }
    }
}

impl Json<'_, '_> {
    fn set_in(&self, map: NodeId, entries: &BTreeMap<String, String>) -> Result<Vec<Edit>, Blocked> {
        let layout = self.layout;
        let mut edits = Vec::new();
        for key in order::sorted(entries.keys().map(String::as_str)) {
            let text = quoted(&entries[key]);
            match layout.entries(map).iter().find(|(at, _)| layout.name(*at) == key) {
                Some(&(_, value)) if layout.style(value).is_none() => {
                    return Err((layout.bytes(value).start, Obstacle::Layout));
                }
                Some(&(_, value)) => edits.push(Edit { bytes: layout.bytes(value), with: text }),
                None => edits.push(self.insert(map, key, &text)),
            }
        }
        Ok(edits)
    }

    /// Takes entries out, each with the comma and the space that part it from the one behind it; the last ones with
    /// what parts them from the one before.
    fn remove(&self, map: NodeId, keys: &[String]) -> Vec<Edit> {
        let layout = self.layout;
        let entries = layout.entries(map);
        let stays = |(key, _): &(NodeId, NodeId)| !keys.iter().any(|each| each == layout.name(*key));
        let Some(last) = entries.iter().rposition(stays) else {
            return vec![Edit { bytes: layout.bytes(map), with: "{}".to_owned() }];
        };
        let mut edits: Vec<Edit> = entries[..=last]
            .windows(2)
            .filter(|pair| !stays(&pair[0]))
            .map(|pair| Edit {
                bytes: layout.bytes(pair[0].0).start..layout.bytes(pair[1].0).start,
                with: String::new(),
            })
            .collect();
        if let [.., (_, end)] = entries[last + 1..] {
            edits.push(Edit { bytes: layout.end(entries[last].1)..layout.end(end), with: String::new() });
        }
        edits
    }

    /// Writes other names in the places of these keys.
    fn rename(&self, map: NodeId, names: &BTreeMap<String, String>) -> Vec<Edit> {
        let layout = self.layout;
        let keys = layout.entries(map).iter().map(|(key, _)| *key);
        keys.filter_map(|key| {
            let name = names.get(layout.name(key))?;
            Some(Edit { bytes: layout.bytes(key), with: quoted(name) })
        })
        .collect()
    }

    /// One more entry, where the order of the object wants it, apart from its neighbours as they are from theirs.
    fn insert(&self, map: NodeId, key: &str, value: &str) -> Edit {
        let layout = self.layout;
        let entries = layout.entries(map);
        let names: Vec<&str> = entries.iter().map(|(key, _)| layout.name(*key)).collect();
        let entry = format!("{}{}{value}", quoted(key), self.form.colon);
        let start = layout.bytes(map).start + 1;
        let Some(&(first, _)) = entries.first() else {
            return Edit { bytes: start..start, with: entry };
        };
        let place = order::place(&names, key);
        if place == 0 {
            let at = layout.bytes(first).start;
            return Edit { bytes: at..at, with: format!("{entry},{}", self.gap(map, 0)) };
        }
        let at = layout.end(entries[place - 1].1);
        Edit { bytes: at..at, with: format!(",{}{entry}", self.gap(map, place - 1)) }
    }

    /// The space between two entries here: a new line, as before the key at this place, or as little as elsewhere.
    fn gap(&self, map: NodeId, place: usize) -> String {
        let entries = self.layout.entries(map);
        let start = self.layout.bytes(entries[place].0).start;
        let from = match place.checked_sub(1) {
            Some(before) => self.layout.end(entries[before].1),
            None => self.layout.bytes(map).start + 1,
        };
        let before = &self.layout.text[from..start];
        if before.contains('\n') {
            return format!("{}{}", self.layout.line_break(), self.layout.before(start));
        }
        if self.form.colon.contains(' ') { " " } else { "" }.to_owned()
    }

    /// An object with these entries, within the objects that this path names.
    fn nested(&self, path: &[&str], entries: &BTreeMap<String, String>, indent: &str) -> String {
        let inner = format!("{indent}{}", self.form.step.unwrap_or_default());
        let parts: Vec<String> = match path.split_first() {
            Some((name, rest)) => {
                vec![format!("{}{}{}", quoted(name), self.form.colon, self.nested(rest, entries, &inner))]
            }
            None => order::sorted(entries.keys().map(String::as_str))
                .into_iter()
                .map(|key| format!("{}{}{}", quoted(key), self.form.colon, quoted(&entries[key])))
                .collect(),
        };
        let line = self.layout.line_break();
        match self.form.step {
            Some(_) => {
                let between = format!(",{line}{inner}");
                format!("{{{line}{inner}{}{line}{indent}}}", parts.join(&between))
            }
            None => {
                let between = if self.form.colon.contains(' ') { ", " } else { "," };
                format!("{{{}}}", parts.join(between))
            }
        }
    }

    /// The indentation of the entries of an object.
    fn entry_indent(&self, map: NodeId) -> String {
        match self.layout.entries(map).first() {
            Some(&(key, _)) => self.line_indent(key),
            None => String::new(),
        }
    }

    fn line_indent(&self, key: NodeId) -> String {
        let before = self.layout.before(self.layout.bytes(key).start);
        before.chars().take_while(|c| c.is_whitespace()).collect()
    }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    json_text(&mut out, text);
    out
}
