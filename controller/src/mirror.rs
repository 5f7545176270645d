//! A copy of what a watch has shown, which turns the watch's events into changes: old beside new, and deletions
//! also where they happened while nobody was looking.

use std::collections::{HashMap, HashSet};

use kube::runtime::watcher::Event;

use crate::facts::ObjectKey;

/// The objects of one kind as a watch has shown them.
#[derive(Debug)]
pub struct Mirror<T> {
    current: HashMap<ObjectKey, T>,
    /// What a running relist has shown so far; `None` outside of one.
    listed: Option<HashSet<ObjectKey>>,
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

impl<T: Clone> Mirror<T> {
    /// Nothing seen yet.
    pub fn new() -> Self {
        Self { current: HashMap::new(), listed: None, synced: false }
    }

    /// Takes an event in. `read` turns an object into what is kept of it.
    pub fn take<K>(&mut self, event: Event<K>, read: impl FnOnce(K) -> (ObjectKey, T)) -> Vec<Change<T>> {
        match event {
            Event::Apply(object) => vec![self.set(read(object), false)],
            Event::InitApply(object) => {
                let (key, new) = read(object);
                if let Some(listed) = &mut self.listed {
                    listed.insert(key.clone());
                }
                vec![self.set((key, new), true)]
            }
            Event::Delete(object) => {
                // What the deletion itself shows is newer than the last sight.
                let (key, last) = read(object);
                self.current.remove(&key);
                vec![Change::Gone { key, last }]
            }
            Event::Init => {
                self.listed = Some(HashSet::new());
                Vec::new()
            }
            Event::InitDone => {
                self.synced = true;
                let listed = self.listed.take().unwrap_or_default();
                let gone: Vec<ObjectKey> =
                    self.current.keys().filter(|key| !listed.contains(key)).cloned().collect();
                gone.into_iter()
                    .filter_map(|key| self.current.remove(&key).map(|last| Change::Gone { key, last }))
                    .collect()
            }
        }
    }

    fn set(&mut self, (key, new): (ObjectKey, T), listed: bool) -> Change<T> {
        let old = self.current.insert(key.clone(), new);
        Change::Set { key, old, listed }
    }

    /// The object of that key as last seen.
    pub fn get(&self, key: &ObjectKey) -> Option<&T> {
        self.current.get(key)
    }

    /// All objects as last seen.
    pub fn iter(&self) -> impl Iterator<Item = (&ObjectKey, &T)> {
        self.current.iter()
    }

    /// Whether a first list has been seen to its end.
    pub fn is_synced(&self) -> bool {
        self.synced
    }
}

impl<T: Clone> Default for Mirror<T> {
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
        mirror.take(event, |(name, value)| (key(name), value))
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
        assert!(!mirror.is_synced());
        take(&mut mirror, Event::Init);
        assert_eq!(take(&mut mirror, Event::InitApply(("a", 1))), [set("a", None, true)]);
        assert_eq!(take(&mut mirror, Event::InitDone), []);
        assert!(mirror.is_synced());
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
}
