//! What several files have in common and should not.

use std::collections::BTreeMap;

use super::{Checked, Finding, Item, Object, Rule};
use crate::scope::Scope;
use crate::secret::is_data_key;

/// Compares what several texts hold; each comes with the name to show for it. Gives the index of the text that a finding
/// stands in, which is always the later of two.
pub fn across(files: &[(&str, &Checked)]) -> Vec<(usize, Finding)> {
    let mut found = Vec::new();
    let (mut objects, mut values) = (BTreeMap::new(), BTreeMap::new());
    for (file, (path, checked)) in files.iter().enumerate() {
        for object in &checked.objects {
            let named = !object.name.is_empty() && !object.namespace.is_empty();
            if named {
                match objects.entry((&object.namespace, &object.name)) {
                    std::collections::btree_map::Entry::Vacant(slot) => drop(slot.insert((path, object))),
                    std::collections::btree_map::Entry::Occupied(slot) => {
                        let (elsewhere, other) = slot.get();
                        let message =
                            format!("this SealedSecret is also at {elsewhere}:{}", other.place.start.line);
                        let place = object.place.clone();
                        found.push((file, Finding::new(Rule::DuplicateObject, place, name(object), message)));
                    }
                }
            }
            for item in &object.items {
                match values.entry(item.digest) {
                    std::collections::btree_map::Entry::Vacant(slot) => {
                        slot.insert((path, object, item));
                    }
                    std::collections::btree_map::Entry::Occupied(slot) => {
                        let (elsewhere, other, first) = *slot.get();
                        let Some(why) = copied(object, item, other, first) else { continue };
                        let message = format!(
                            "this is the sealed value of {elsewhere}:{}; {why}",
                            first.place.start.line
                        );
                        let place = item.place.clone();
                        found.push((file, Finding::new(Rule::SameCiphertext, place, name(object), message)));
                    }
                }
            }
        }
    }
    found.retain(|(file, finding)| !files[*file].1.allows(finding));
    found
}

/// What is wrong with one sealed value in two places.
fn copied(here: &Object, item: &Item, there: &Object, first: &Item) -> Option<&'static str> {
    if std::ptr::eq(here, there) {
        return (item.key != first.key).then_some("two keys of this object will have the same value");
    }
    opens_in_one(here, there).then_some("it opens in one of the two places at most")
}

/// Whether what opens under the one binding can't open under the other, as far as the names are known.
fn opens_in_one(a: &Object, b: &Object) -> bool {
    let differ = |a: &str, b: &str| !a.is_empty() && !b.is_empty() && a != b;
    a.scope != b.scope
        || a.scope != Scope::ClusterWide && differ(&a.namespace, &b.namespace)
        || a.scope == Scope::Strict && differ(&a.name, &b.name)
}

fn name(object: &Object) -> Option<String> {
    let shown = |name: &str| is_data_key(name);
    match (shown(&object.namespace), shown(&object.name)) {
        (true, true) => Some(format!("{}/{}", object.namespace, object.name)),
        (_, true) => Some(object.name.clone()),
        (_, false) => None,
    }
}
