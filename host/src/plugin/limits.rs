//! What one instance of a plugin may take: memory, parts, fuel, and bytes that it hands over.

use crate::facts::Facts;

/// Bytes that one plugin instance may hold in all its memories.
pub(super) const MEMORY_LIMIT: usize = 256 << 20;
/// Bytes that a plugin may hand over in one call.
pub(super) const LARGEST_ANSWER: usize = 4 << 20;
/// Fuel of a call: about a second, more in a large repository.
pub(super) const BASE_FUEL: u64 = 1_000_000_000;
const FUEL_PER_BYTE: u64 = 60;
/// Memories, tables and instances of modules that one instance of a plugin may have, each.
pub(super) const MOST_PARTS: usize = 64;

/// The fuel of a call in a repository.
pub(crate) fn fuel(facts: &Facts) -> u64 {
    BASE_FUEL.saturating_add(facts.repository().bytes().saturating_mul(FUEL_PER_BYTE))
}

/// Sums what all memories and tables of an instance hold.
pub(crate) struct Memory {
    used: usize,
    limit: usize,
    /// Whether a request was refused: a guest that runs out of memory ends in a bare trap.
    pub(crate) refused: bool,
}

impl Memory {
    pub(crate) fn new(limit: usize) -> Self {
        Self { used: 0, limit, refused: false }
    }

    fn grow(&mut self, current: usize, desired: usize, unit: usize) -> bool {
        let more = desired.saturating_sub(current).saturating_mul(unit);
        if self.used.saturating_add(more) > self.limit {
            self.refused = true;
            return false;
        }
        self.used += more;
        true
    }
}

impl wasmtime::ResourceLimiter for Memory {
    fn memory_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired, 1))
    }

    fn table_growing(&mut self, current: usize, desired: usize, _: Option<usize>) -> wasmtime::Result<bool> {
        Ok(self.grow(current, desired, 16))
    }

    fn instances(&self) -> usize {
        MOST_PARTS
    }

    fn tables(&self) -> usize {
        MOST_PARTS
    }

    fn memories(&self) -> usize {
        MOST_PARTS
    }
}
