//! How much memory an input may take, whatever is in it.

use std::alloc::System;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cap::Cap;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// Whose turn it is: what is allocated is counted for the whole process.
static TURN: Mutex<()> = Mutex::new(());

/// A limit for what is allocated while it lives. What needs more ends the process, and the fuzzer keeps the input.
pub(crate) struct MemoryLimit {
    _turn: MutexGuard<'static, ()>,
}

impl MemoryLimit {
    /// 16 MiB and three times the input.
    pub(crate) fn for_input(length: usize) -> Self {
        // A claim that did not hold says so itself.
        let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let limit = MEMORY.allocated() + (16 << 20) + 3 * length;
        MEMORY.set_limit(limit).expect("the limit is above what is allocated");
        Self { _turn }
    }
}

impl Drop for MemoryLimit {
    fn drop(&mut self) {
        MEMORY.set_limit(usize::MAX).expect("there is no limit any more");
    }
}
