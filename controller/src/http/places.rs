//! Who may hold a connection: so many, and those who ask for something before those who only might.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The places of a server. A connection without a request under way gives its place up to a new one when all are
/// taken, the one that has waited longest first. So nobody can keep the probes away by opening connections.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    taken: usize,
    /// Connections without a request under way; the one that has been so longest is first.
    idle: VecDeque<Arc<Notify>>,
}

/// A connection's place, for as long as it is held.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    give_up: Arc<Notify>,
}

/// A request under way; the connection does not give up its place meanwhile.
#[derive(Debug)]
pub(super) struct Busy(Arc<Place>);

impl Places {
    pub(super) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most: most.max(1), state: Mutex::default(), changed: Notify::new() })
    }

    /// A place, as soon as one is free or was given up.
    pub(super) async fn take(self: &Arc<Self>) -> Arc<Place> {
        let mut asked = false;
        loop {
            {
                let mut state = self.lock();
                if state.taken < self.most {
                    state.taken += 1;
                    let give_up = Arc::new(Notify::new());
                    state.idle.push_back(Arc::clone(&give_up));
                    return Arc::new(Place { places: Arc::clone(self), give_up });
                }
                // One is enough, however often this wakes before that one has gone.
                if !asked && let Some(longest) = state.idle.pop_front() {
                    longest.notify_one();
                    asked = true;
                }
            }
            self.changed.notified().await;
        }
    }

    /// Returns when nobody holds a place. Not while another waits for one.
    pub(super) async fn empty(&self) {
        while self.lock().taken > 0 {
            self.changed.notified().await;
        }
    }

    /// The counts are whole at any time, also after a panic of who held the lock.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Returns when the connection has to make room.
    pub(super) async fn given_up(&self) {
        self.give_up.notified().await;
    }

    /// Marks a request as under way.
    pub(super) fn begin(self: &Arc<Self>) -> Busy {
        self.places.lock().idle.retain(|idle| !Arc::ptr_eq(idle, &self.give_up));
        Busy(Arc::clone(self))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.places.lock();
        state.taken -= 1;
        state.idle.retain(|idle| !Arc::ptr_eq(idle, &self.give_up));
        drop(state);
        self.places.changed.notify_one();
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.places.lock().idle.push_back(Arc::clone(&self.0.give_up));
        self.0.places.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use futures_util::poll;

    use super::*;

    #[tokio::test]
    async fn the_one_that_waits_longest_makes_room_and_only_that_one() {
        let places = Places::new(3);
        let (first, second, third) = (places.take().await, places.take().await, places.take().await);
        drop(first.begin());
        let mut fourth = pin!(places.take());
        assert!(poll!(&mut fourth).is_pending());
        second.given_up().await;
        // Waking early asks nobody else.
        drop(third.begin());
        assert!(poll!(&mut fourth).is_pending());
        for other in [&first, &third] {
            assert!(poll!(pin!(other.given_up())).is_pending());
        }
        drop(second);
        assert!(poll!(&mut fourth).is_ready());
    }

    #[tokio::test]
    async fn a_request_under_way_keeps_its_place() {
        let places = Places::new(1);
        let held = places.take().await;
        let busy = held.begin();
        let mut next = pin!(places.take());
        assert!(poll!(&mut next).is_pending());
        assert!(poll!(pin!(held.given_up())).is_pending());
        drop(busy);
        assert!(poll!(&mut next).is_pending());
        held.given_up().await;
        drop(held);
        assert!(poll!(&mut next).is_ready());
    }
}
