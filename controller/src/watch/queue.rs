//! The work queue: each key once, fresh ones before the backlog, never two passes of one key at once.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// How urgent a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// It was there before: a start, a new key, a retry.
    Backlog,
    /// It was there before a start, and nobody has judged it as it is.
    Unjudged,
    /// Somebody is waiting for it: it is new or has changed.
    Fresh,
}

impl Level {
    /// The most urgent first.
    const ALL: [Self; 3] = [Self::Fresh, Self::Unjudged, Self::Backlog];
}

/// A queue of keys in levels. A key that is pushed while its pass runs gets another pass afterwards.
#[derive(Debug)]
pub struct Queue<K> {
    state: Mutex<State<K>>,
    wake: Notify,
    quiet: Notify,
}

#[derive(Debug)]
struct State<K> {
    /// The level at which each waiting key waits, and since when; a key in another level's list is stale there.
    waiting: HashMap<K, (Level, Instant)>,
    /// The keys of each level in their order.
    lists: [VecDeque<K>; Level::ALL.len()],
    running: HashSet<K>,
    /// Keys pushed during their own pass.
    again: HashMap<K, Level>,
    /// When each key falls due that is planned for later; a counter keeps equal moments apart.
    later: HashMap<K, (Instant, u64)>,
    /// The same by time. Nothing else is in it: who is pushed all the time must not leave an entry each time.
    due: BTreeMap<(Instant, u64), (K, Level)>,
    counter: u64,
    closed: bool,
}

impl<K: Clone + Eq + Hash> Queue<K> {
    /// An empty queue.
    pub fn new() -> Self {
        let state = State {
            waiting: HashMap::new(),
            lists: Default::default(),
            running: HashSet::new(),
            again: HashMap::new(),
            later: HashMap::new(),
            due: BTreeMap::new(),
            counter: 0,
            closed: false,
        };
        Self { state: Mutex::new(state), wake: Notify::new(), quiet: Notify::new() }
    }

    /// Asks for a pass now. It stands in for one that was planned for later: the pass plans anew.
    pub fn push(&self, key: K, level: Level) {
        self.lock().push(key, level);
        self.wake.notify_one();
    }

    /// Asks for a pass after a while, unless one comes before.
    pub fn push_after(&self, key: K, level: Level, after: Duration) {
        self.lock().push_at(key, level, Instant::now() + after);
        self.wake.notify_one();
    }

    /// The next key to work on, at the latest when one falls due; `None` once the queue is closed.
    /// [`Self::done`] has to follow.
    pub async fn next(&self) -> Option<K> {
        loop {
            let due = {
                let mut state = self.lock();
                if state.closed {
                    // A worker that was just about to wait was not among those that `close` woke.
                    self.wake.notify_one();
                    return None;
                }
                state.collect_due(Instant::now());
                if let Some(key) = state.pop() {
                    // Another worker may have slept through the notification that this one used up.
                    self.wake.notify_one();
                    return Some(key);
                }
                state.due.first_key_value().map(|((at, _), _)| *at)
            };
            match due {
                Some(at) => {
                    tokio::select! {
                        () = self.wake.notified() => {}
                        () = sleep_until(at) => {}
                    }
                }
                None => self.wake.notified().await,
            }
        }
    }

    /// Ends the pass of a key; if it was pushed meanwhile, it waits again.
    pub fn done(&self, key: &K) {
        let mut state = self.lock();
        state.running.remove(key);
        if let Some(level) = state.again.remove(key) {
            state.push(key.clone(), level);
        }
        if state.is_quiet() {
            self.quiet.notify_waiters();
        }
        drop(state);
        self.wake.notify_one();
    }

    /// Waits for a moment in which no key waits for a pass and none is under way. Keys that are planned for later
    /// don't count.
    pub async fn quiet(&self) {
        loop {
            // Made before the look at the state, so that no notification falls in between.
            let notified = self.quiet.notified();
            if self.lock().is_quiet() {
                return;
            }
            notified.await;
        }
    }

    /// Hands out no more work; running passes go on.
    pub fn close(&self) {
        self.lock().closed = true;
        self.wake.notify_waiters();
        self.wake.notify_one();
    }

    /// How many keys wait for a pass now.
    pub fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Whether no key waits for a pass now.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many keys wait for a pass now, and how long the first of them has.
    pub fn waiting(&self) -> (usize, Option<Duration>) {
        let state = self.lock();
        (state.waiting.len(), state.oldest().map(|since| since.elapsed()))
    }

    fn lock(&self) -> MutexGuard<'_, State<K>> {
        // A panic between two steps below leaves at worst a stale entry, which `pop` skips.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> Default for Queue<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Clone + Eq + Hash> State<K> {
    fn is_quiet(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }

    fn push(&mut self, key: K, level: Level) {
        self.unplan(&key);
        if self.running.contains(&key) {
            let again = self.again.entry(key).or_insert(level);
            *again = level.max(*again);
            return;
        }
        let waits = self.waiting.get(&key).copied();
        if waits.is_some_and(|(waits, _)| waits >= level) {
            return;
        }
        let since = waits.map_or_else(Instant::now, |(_, since)| since);
        self.waiting.insert(key.clone(), (level, since));
        self.lists[level as usize].push_back(key);
    }

    /// Since when a key waits, if it waits at this level.
    fn waits(&self, key: &K, level: Level) -> Option<Instant> {
        self.waiting.get(key).filter(|(waits, _)| *waits == level).map(|(_, since)| *since)
    }

    fn oldest(&self) -> Option<Instant> {
        // Only a key that was moved up may have come before those in front of it.
        let oldest = |level: Level| {
            let mut waiting = self.lists[level as usize].iter().filter_map(move |key| self.waits(key, level));
            if level == Level::Backlog { waiting.next() } else { waiting.min() }
        };
        Level::ALL.into_iter().filter_map(oldest).min()
    }

    fn push_at(&mut self, key: K, level: Level, at: Instant) {
        if self.waiting.contains_key(&key) || self.again.contains_key(&key) {
            return;
        }
        if self.later.get(&key).is_some_and(|(planned, _)| *planned <= at) {
            return;
        }
        self.unplan(&key);
        self.counter += 1;
        self.later.insert(key.clone(), (at, self.counter));
        self.due.insert((at, self.counter), (key, level));
    }

    fn unplan(&mut self, key: &K) {
        if let Some(moment) = self.later.remove(key) {
            self.due.remove(&moment);
        }
    }

    fn collect_due(&mut self, now: Instant) {
        while let Some(entry) = self.due.first_entry().filter(|entry| entry.key().0 <= now) {
            let (key, level) = entry.remove();
            self.push(key, level);
        }
    }

    fn pop(&mut self) -> Option<K> {
        for level in Level::ALL {
            while let Some(key) = self.lists[level as usize].pop_front() {
                if self.waits(&key, level).is_some() {
                    self.waiting.remove(&key);
                    self.running.insert(key.clone());
                    return Some(key);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
