//! A copy of what a watch has shown, which turns the watch's events into changes: old beside new, and deletions
//! also where they happened while nobody was looking.

use std::collections::HashMap;

use kube::runtime::watcher::Event;

use crate::facts::ObjectKey;

/// Where a watch looks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reach {
    /// In every namespace.
    Everywhere,
    /// In this one.
    Namespace(String),
}

impl Reach {
    fn covers(&self, key: &ObjectKey) -> bool {
        match self {
            Self::Everywhere => true,
            Self::Namespace(namespace) => key.namespace == *namespace,
        }
    }
}

/// The objects of one kind as watches have shown them: one watch for all, or one for each namespace.
#[derive(Debug)]
pub struct Mirror<T> {
    current: HashMap<ObjectKey, Entry<T>>,
    everywhere: Listing,
    namespaces: HashMap<String, Listing>,
}

#[derive(Debug)]
struct Entry<T> {
    value: T,
    /// The listing that showed it last.
    round: u32,
}

/// How far a watch has come.
#[derive(Debug, Default)]
struct Listing {
    /// How many lists it has begun. Whatever an earlier one showed and this one did not is gone.
    round: u32,
    synced: bool,
}

/// What one event changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<T> {
    /// The object is so now.
    Set {
        /// Where it is.
        key: ObjectKey,
        /// How it was, if it was there.
        old: Option<T>,
        /// Whether it was merely listed, not announced.
        listed: bool,
    },
    /// The object is gone.
    Gone {
        /// Where it was.
        key: ObjectKey,
        /// How it was last seen.
        last: T,
    },
}

impl<T> Mirror<T> {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self { current: HashMap::new(), everywhere: Listing::default(), namespaces: HashMap::new() }
    }

    /// Takes an event of a watch in. `read` turns an object into what is kept of it.
    pub fn take<K>(
        &mut self,
        reach: &Reach,
        event: Event<K>,
        read: impl FnOnce(K) -> (ObjectKey, T),
    ) -> Vec<Change<T>> {
        let listing = match reach {
            Reach::Everywhere => &mut self.everywhere,
            Reach::Namespace(namespace) => self.namespaces.entry(namespace.clone()).or_default(),
        };
        match event {
            Event::Apply(object) => {
                let round = listing.round;
                vec![self.set(read(object), round, false)]
            }
            Event::InitApply(object) => {
                let round = listing.round;
                vec![self.set(read(object), round, true)]
            }
            Event::Delete(object) => {
                // What the deletion itself shows is newer than the last sight.
                let (key, last) = read(object);
                self.current.remove(&key);
                vec![Change::Gone { key, last }]
            }
            Event::Init => {
                listing.round = listing.round.wrapping_add(1);
                Vec::new()
            }
            Event::InitDone => {
                listing.synced = true;
                let round = listing.round;
                let gone = |key: &ObjectKey, entry: &mut Entry<T>| reach.covers(key) && entry.round != round;
                self.current
                    .extract_if(gone)
                    .map(|(key, entry)| Change::Gone { key, last: entry.value })
                    .collect()
            }
        }
    }

    fn set(&mut self, (key, value): (ObjectKey, T), round: u32, listed: bool) -> Change<T> {
        let old = self.current.insert(key.clone(), Entry { value, round }).map(|entry| entry.value);
        Change::Set { key, old, listed }
    }

    /// The object of that key as last seen.
    pub fn get(&self, key: &ObjectKey) -> Option<&T> {
        self.current.get(key).map(|entry| &entry.value)
    }

    /// All objects as last seen.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectKey, &T)> {
        self.current.iter().map(|(key, entry)| (key, &entry.value))
    }

    /// How many objects there are.
    pub fn len(&self) -> usize {
        self.current.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.current.is_empty()
    }

    /// Whether a first list of the objects of that namespace has been seen to its end.
    pub fn knows(&self, namespace: &str) -> bool {
        self.everywhere.synced || self.namespaces.get(namespace).is_some_and(|listing| listing.synced)
    }
}

impl<T> Default for Mirror<T> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(name: &str) -> ObjectKey {
        ObjectKey { namespace: "n".into(), name: name.into() }
    }

    fn take(mirror: &mut Mirror<u32>, event: Event<(&str, u32)>) -> Vec<Change<u32>> {
        mirror.take(&Reach::Everywhere, event, |(name, value)| (key(name), value))
    }

    fn take_from(mirror: &mut Mirror<u32>, namespace: &str, event: Event<(&str, u32)>) -> Vec<Change<u32>> {
        let read = |(name, value): (&str, u32)| {
            (ObjectKey { namespace: namespace.into(), name: name.into() }, value)
        };
        mirror.take(&Reach::Namespace(namespace.into()), event, read)
    }

    fn set(name: &str, old: Option<u32>, listed: bool) -> Change<u32> {
        Change::Set { key: key(name), old, listed }
    }

    fn gone(name: &str, last: u32) -> Change<u32> {
        Change::Gone { key: key(name), last }
    }

    #[test]
    fn changes_carry_what_was_before() {
        let mut mirror = Mirror::new();
        assert!(!mirror.knows("n"));
        take(&mut mirror, Event::Init);
        assert_eq!(take(&mut mirror, Event::InitApply(("a", 1))), [set("a", None, true)]);
        assert_eq!(take(&mut mirror, Event::InitDone), []);
        assert!(mirror.knows("n"));
        assert_eq!(take(&mut mirror, Event::Apply(("a", 2))), [set("a", Some(1), false)]);
        assert_eq!(take(&mut mirror, Event::Delete(("a", 3))), [gone("a", 3)]);
        assert_eq!(mirror.get(&key("a")), None);
    }

    #[test]
    fn what_vanished_during_a_gap_is_told_at_the_end_of_the_relist() {
        let mut mirror = Mirror::new();
        for event in [Event::Init, Event::InitApply(("a", 1)), Event::InitApply(("b", 1)), Event::InitDone] {
            take(&mut mirror, event);
        }
        take(&mut mirror, Event::Init);
        assert_eq!(take(&mut mirror, Event::InitApply(("b", 2))), [set("b", Some(1), true)]);
        assert_eq!(mirror.get(&key("a")), Some(&1), "not before the end");
        assert_eq!(take(&mut mirror, Event::InitDone), [gone("a", 1)]);
        assert_eq!(mirror.iter().count(), 1);
    }

    #[test]
    fn a_relist_that_breaks_off_forgets_nothing() {
        let mut mirror = Mirror::new();
        for event in [Event::Init, Event::InitApply(("a", 1)), Event::InitApply(("b", 1)), Event::InitDone] {
            take(&mut mirror, event);
        }
        for event in [Event::Init, Event::InitApply(("a", 1)), Event::Init] {
            assert!(take(&mut mirror, event).iter().all(|change| matches!(change, Change::Set { .. })));
        }
        assert_eq!(mirror.iter().count(), 2);
        take(&mut mirror, Event::InitApply(("b", 1)));
        assert_eq!(take(&mut mirror, Event::InitDone), [gone("a", 1)]);
    }

    #[test]
    fn a_relist_of_one_namespace_says_nothing_of_the_others() {
        let mut mirror = Mirror::new();
        for namespace in ["n", "m"] {
            for event in [Event::Init, Event::InitApply(("a", 1)), Event::InitDone] {
                take_from(&mut mirror, namespace, event);
            }
        }
        assert!(mirror.knows("n") && mirror.knows("m") && !mirror.knows("other"));
        take_from(&mut mirror, "n", Event::Init);
        assert_eq!(take_from(&mut mirror, "n", Event::InitDone), [gone("a", 1)]);
        assert_eq!(mirror.get(&ObjectKey { namespace: "m".into(), name: "a".into() }), Some(&1));
    }

    #[test]
    fn what_was_announced_after_a_list_is_part_of_it() {
        let mut mirror = Mirror::new();
        for event in [Event::Init, Event::InitDone, Event::Apply(("a", 1)), Event::Init] {
            take(&mut mirror, event);
        }
        assert_eq!(take(&mut mirror, Event::InitDone), [gone("a", 1)], "a later list did not show it");
        for event in [Event::Init, Event::InitDone, Event::Apply(("b", 1))] {
            take(&mut mirror, event);
        }
        assert_eq!(mirror.len(), 1);
    }
}
