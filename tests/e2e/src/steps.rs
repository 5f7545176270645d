//! What a long test does, step by step, with the time of each.

use std::fmt::Display;
use std::time::{Duration, Instant};

/// Prints each step when it is done; a step that fails has its name printed before.
pub struct Steps {
    started: Instant,
}

impl Steps {
    /// Begins on a line of its own: the test's name is on the line before.
    pub fn begin() -> Self {
        println!();
        Self { started: Instant::now() }
    }

    /// Does a step, and prints how long it took.
    pub fn step<T>(&self, name: impl Display, work: impl FnOnce() -> T) -> T {
        let unfinished = Unfinished { name: &name };
        let started = Instant::now();
        let result = work();
        std::mem::forget(unfinished);
        println!("    {}  {name}", seconds(started.elapsed()));
        result
    }
}

impl Drop for Steps {
    fn drop(&mut self) {
        println!("    {}  in all", seconds(self.started.elapsed()));
    }
}

/// Dropped only when the step panics.
struct Unfinished<'a, D: Display> {
    name: &'a D,
}

impl<D: Display> Drop for Unfinished<'_, D> {
    fn drop(&mut self) {
        println!("      FAILED  {}", self.name);
    }
}

fn seconds(took: Duration) -> String {
    format!("{:>6.2} s", took.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_stand_in_one_column() {
        assert_eq!(seconds(Duration::from_millis(346)), "  0.35 s");
        assert_eq!(seconds(Duration::from_millis(123_456)), "123.46 s");
    }

    #[test]
    fn a_step_gives_what_its_work_gives() {
        assert_eq!(Steps::begin().step("one", || 1), 1);
    }
}
