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
mod tests {
    use std::sync::Arc;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// What can be taken right now.
    async fn drain(queue: &Queue<&'static str>) -> Vec<&'static str> {
        let mut taken = Vec::new();
        while !queue.is_empty() {
            let key = queue.next().await.unwrap();
            taken.push(key);
            queue.done(&key);
        }
        taken
    }

    #[tokio::test]
    async fn fresh_keys_come_before_the_backlog_and_each_once() {
        let queue = Queue::new();
        for key in ["a", "b", "c", "a"] {
            queue.push(key, Level::Backlog);
        }
        queue.push("d", Level::Fresh);
        queue.push("b", Level::Fresh);
        queue.push("d", Level::Backlog);
        queue.push("c", Level::Unjudged);
        assert_eq!(drain(&queue).await, ["d", "b", "c", "a"]);
    }

    #[tokio::test]
    async fn a_key_pushed_during_its_pass_waits_for_the_end_of_it() {
        let queue = Queue::new();
        queue.push("a", Level::Fresh);
        let running = queue.next().await.unwrap();
        queue.push("a", Level::Backlog);
        queue.push("a", Level::Fresh);
        queue.push("b", Level::Backlog);
        assert_eq!(queue.next().await, Some("b"), "never two passes of one key");
        assert!(queue.is_empty());
        queue.done(&running);
        assert_eq!(drain(&queue).await, ["a"]);
    }

    #[tokio::test]
    async fn a_plan_that_is_replaced_leaves_nothing_behind() {
        let queue = Queue::new();
        for sooner in 0..100 {
            queue.push("a", Level::Fresh);
            let running = queue.next().await.unwrap();
            queue.push_after(running, Level::Backlog, 3600 * SECOND);
            queue.done(&running);
            queue.push_after("b", Level::Backlog, (7200 - sooner) * SECOND);
        }
        let state = queue.lock();
        assert_eq!((state.due.len(), state.later.len()), (2, 2));
    }

    #[tokio::test]
    async fn it_is_quiet_only_when_nothing_waits_and_nothing_runs() {
        let queue = Queue::new();
        queue.quiet().await;
        queue.push("a", Level::Fresh);
        let running = queue.next().await.unwrap();
        queue.push("a", Level::Fresh);
        let mut quiet = std::pin::pin!(queue.quiet());
        assert!(futures_util::poll!(&mut quiet).is_pending(), "one runs");
        queue.done(&running);
        assert!(futures_util::poll!(&mut quiet).is_pending(), "it was pushed again");
        let running = queue.next().await.unwrap();
        queue.push_after("a", Level::Backlog, Duration::from_secs(60));
        queue.done(&running);
        quiet.await;
    }

    #[tokio::test(start_paused = true)]
    async fn the_age_is_that_of_the_key_that_came_first_wherever_it_waits_now() {
        let queue = Queue::new();
        assert_eq!(queue.waiting(), (0, None));
        queue.push("a", Level::Backlog);
        tokio::time::advance(SECOND).await;
        queue.push("b", Level::Backlog);
        queue.push("c", Level::Fresh);
        tokio::time::advance(SECOND).await;
        assert_eq!(queue.waiting(), (3, Some(2 * SECOND)));
        queue.push("a", Level::Fresh);
        assert_eq!(queue.waiting(), (3, Some(2 * SECOND)), "moved up");
        for _ in 0..2 {
            let key = queue.next().await.unwrap();
            queue.done(&key);
        }
        assert_eq!(queue.waiting(), (1, Some(SECOND)), "what runs does not wait");
    }

    #[tokio::test(start_paused = true)]
    async fn a_planned_pass_comes_when_it_is_due() {
        let queue = Queue::new();
        let start = Instant::now();
        queue.push_after("late", Level::Backlog, 3 * SECOND);
        queue.push_after("soon", Level::Backlog, SECOND);
        assert_eq!(queue.next().await, Some("soon"));
        assert_eq!(start.elapsed(), SECOND);
        assert_eq!(queue.next().await, Some("late"));
        assert_eq!(start.elapsed(), 3 * SECOND);
    }

    #[tokio::test(start_paused = true)]
    async fn the_earliest_plan_counts_and_a_push_stands_in_for_it() {
        let queue = Queue::new();
        let start = Instant::now();
        queue.push_after("a", Level::Backlog, 5 * SECOND);
        queue.push_after("a", Level::Backlog, SECOND);
        queue.push_after("a", Level::Backlog, 9 * SECOND);
        assert_eq!(queue.next().await, Some("a"));
        assert_eq!(start.elapsed(), SECOND);
        queue.done(&"a");

        queue.push_after("b", Level::Backlog, SECOND);
        queue.push("b", Level::Fresh);
        queue.push_after("b", Level::Backlog, SECOND);
        assert_eq!(drain(&queue).await, ["b"]);
        queue.push_after("end", Level::Backlog, 60 * SECOND);
        assert_eq!(queue.next().await, Some("end"), "nothing is left of the old plans");
    }

    #[tokio::test]
    async fn closing_ends_the_waiting_of_every_worker() {
        let queue = Arc::new(Queue::<&str>::new());
        let workers: Vec<_> = (0..3)
            .map(|_| {
                let queue = Arc::clone(&queue);
                tokio::spawn(async move { queue.next().await })
            })
            .collect();
        tokio::task::yield_now().await;
        queue.close();
        for worker in workers {
            assert_eq!(worker.await.unwrap(), None);
        }
    }

    #[tokio::test]
    async fn many_workers_take_every_key_once() {
        let queue = Arc::new(Queue::new());
        for key in 0..200_u32 {
            queue.push(key, if key % 3 == 0 { Level::Fresh } else { Level::Backlog });
        }
        let workers: Vec<_> = (0..4)
            .map(|_| {
                let queue = Arc::clone(&queue);
                tokio::spawn(async move {
                    let mut taken = Vec::new();
                    while let Some(key) = queue.next().await {
                        taken.push(key);
                        tokio::task::yield_now().await;
                        queue.done(&key);
                        if queue.is_empty() {
                            queue.close();
                        }
                    }
                    taken
                })
            })
            .collect();
        let mut all = Vec::new();
        for worker in workers {
            all.extend(worker.await.unwrap());
        }
        all.sort_unstable();
        assert_eq!(all, (0..200).collect::<Vec<_>>());
    }
}
