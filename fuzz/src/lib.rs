//! How much memory an input may take, whatever is in it.

use std::alloc::System;

use cap::Cap;

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// A limit for what is allocated while it lives. What needs more ends the process, and the fuzzer keeps the input.
pub struct MemoryLimit(());

impl MemoryLimit {
    /// 16 MiB and three times the input.
    pub fn for_input(length: usize) -> Self {
        let limit = MEMORY.allocated() + (16 << 20) + 3 * length;
        MEMORY.set_limit(limit).expect("the limit is above what is allocated");
        Self(())
    }
}

impl Drop for MemoryLimit {
    fn drop(&mut self) {
        MEMORY.set_limit(usize::MAX).expect("there is no limit any more");
    }
}
