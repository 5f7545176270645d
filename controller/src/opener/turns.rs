//! Turns at the cores: so many at once, first come, first served, and outside callers last.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// So many turns go to passes before an outside caller who waits gets one.
const AHEAD: u32 = 16;

/// Who asks for a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Who {
    /// A pass over an object.
    Pass,
    /// Somebody over HTTP: one at a time, while no pass waits, and now and then while they do.
    Outside,
}

/// The turns at the cores.
#[derive(Debug)]
pub(super) struct Turns {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    passes: Line,
    outside: Line,
    outside_busy: bool,
    /// How many turns passes got while somebody outside waited.
    ahead: u32,
}

/// Those who wait, the longest first.
#[derive(Debug, Default)]
struct Line(VecDeque<oneshot::Sender<Turn>>);

/// The right to keep one core busy until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    who: Who,
}

impl Turns {
    pub(super) fn new(cores: usize) -> Arc<Self> {
        let state = State {
            free: cores.max(1),
            passes: Line::default(),
            outside: Line::default(),
            outside_busy: false,
            ahead: 0,
        };
        Arc::new(Self { state: Mutex::new(state) })
    }

    /// Waits for a turn. Whoever stops waiting takes nobody's place.
    pub(super) async fn take(self: &Arc<Self>, who: Who) -> Turn {
        let (sender, receiver) = oneshot::channel();
        {
            let mut state = self.lock();
            match who {
                Who::Pass => state.passes.0.push_back(sender),
                Who::Outside => state.outside.0.push_back(sender),
            }
        }
        self.hand_out();
        receiver.await.expect("whoever waits stays in the line until the turn comes")
    }

    fn hand_out(self: &Arc<Self>) {
        loop {
            let next = self.lock().next();
            let Some((who, waiting)) = next else { return };
            // Not under the lock: a turn that nobody waits for any more is dropped right here, and so comes back.
            drop(waiting.send(Turn { turns: Arc::clone(self), who }));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn next(&mut self) -> Option<(Who, oneshot::Sender<Turn>)> {
        if self.free == 0 {
            return None;
        }
        let outside_waits = self.outside.waits();
        let outside_may = outside_waits && !self.outside_busy;
        let next = if outside_may && (self.ahead >= AHEAD || !self.passes.waits()) {
            self.outside_busy = true;
            self.ahead = 0;
            (Who::Outside, self.outside.0.pop_front()?)
        } else {
            if !self.passes.waits() {
                return None;
            }
            self.ahead = if outside_waits { self.ahead.saturating_add(1) } else { 0 };
            (Who::Pass, self.passes.0.pop_front()?)
        };
        self.free -= 1;
        Some(next)
    }
}

impl Line {
    /// Whether anybody waits; those in front who have gone leave the line.
    fn waits(&mut self) -> bool {
        while self.0.pop_front_if(|first| first.is_closed()).is_some() {}
        !self.0.is_empty()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        {
            let mut state = self.turns.lock();
            state.free += 1;
            if self.who == Who::Outside {
                state.outside_busy = false;
            }
        }
        self.turns.hand_out();
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::{Pin, pin};
    use std::task::{Context, Poll, Waker};

    use super::*;

    type Waiting = Pin<Box<dyn Future<Output = Turn>>>;

    fn ask(turns: &Arc<Turns>, who: Who) -> Waiting {
        let turns = Arc::clone(turns);
        let mut waiting: Waiting = Box::pin(async move { turns.take(who).await });
        // In line from here on.
        assert!(look(&mut waiting).is_none());
        waiting
    }

    fn look(waiting: &mut Waiting) -> Option<Turn> {
        match waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(turn) => Some(turn),
            Poll::Pending => None,
        }
    }

    fn now(turns: &Arc<Turns>, who: Who) -> Turn {
        let mut waiting = pin!(turns.take(who));
        match waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(turn) => turn,
            Poll::Pending => panic!("{who:?} has to wait"),
        }
    }

    #[test]
    fn as_many_turns_as_cores_and_the_longest_waiting_first() {
        let turns = Turns::new(2);
        let (one, _two) = (now(&turns, Who::Pass), now(&turns, Who::Pass));
        let (mut third, mut fourth) = (ask(&turns, Who::Pass), ask(&turns, Who::Pass));
        drop(one);
        assert!(look(&mut fourth).is_none());
        let third = look(&mut third).unwrap();
        assert!(look(&mut fourth).is_none());
        drop(third);
        assert!(look(&mut fourth).is_some());
    }

    #[test]
    fn whoever_stops_waiting_takes_nobodys_place() {
        let turns = Turns::new(1);
        let one = now(&turns, Who::Pass);
        let (gone, mut next) = (ask(&turns, Who::Pass), ask(&turns, Who::Pass));
        drop(gone);
        drop(one);
        let next = look(&mut next).unwrap();
        // A turn that was given and never looked at comes back as well.
        let given = ask(&turns, Who::Pass);
        drop(next);
        drop(given);
        drop(now(&turns, Who::Outside));
    }

    #[test]
    fn outside_callers_never_have_two_cores() {
        let turns = Turns::new(4);
        let one = now(&turns, Who::Outside);
        let mut two = ask(&turns, Who::Outside);
        let _passes = [now(&turns, Who::Pass), now(&turns, Who::Pass), now(&turns, Who::Pass)];
        drop(one);
        assert!(look(&mut two).is_some());
    }

    #[test]
    fn a_flood_from_outside_gets_one_turn_in_seventeen_while_passes_wait() {
        let turns = Turns::new(1);
        let mut running = vec![now(&turns, Who::Pass)];
        let mut outside: Vec<Waiting> = (0..20).map(|_| ask(&turns, Who::Outside)).collect();
        let mut passes: Vec<Waiting> = (0..80).map(|_| ask(&turns, Who::Pass)).collect();
        let mut order = Vec::new();
        while order.len() < 51 {
            running.clear();
            let turn = |waiting: &mut Vec<Waiting>| {
                let found = waiting.iter_mut().enumerate().find_map(|(at, one)| Some((at, look(one)?)));
                found.map(|(at, turn)| {
                    drop(waiting.remove(at));
                    turn
                })
            };
            let next = turn(&mut passes).or_else(|| turn(&mut outside)).unwrap();
            order.push(next.who);
            running.push(next);
        }
        let places: Vec<usize> = (0..order.len()).filter(|place| order[*place] == Who::Outside).collect();
        assert_eq!(places, [16, 33, 50]);
    }
}
