//! How long plugins wait for the host's answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Sums the time that calls of the plugin spend in the host, and the calls.
#[derive(Clone, Default)]
pub(crate) struct Outside(Arc<Sums>);

#[derive(Default)]
struct Sums {
    nanoseconds: AtomicU64,
    calls: AtomicU64,
}

/// Adds the time until it is dropped.
pub(crate) struct Clock {
    sums: Arc<Sums>,
    start: Instant,
}

impl Outside {
    pub(super) fn start(&self) -> Clock {
        Clock { sums: Arc::clone(&self.0), start: Instant::now() }
    }

    /// The time so far.
    pub(crate) fn total(&self) -> Duration {
        Duration::from_nanos(self.0.nanoseconds.load(Ordering::Relaxed))
    }

    /// The calls so far.
    pub(crate) fn calls(&self) -> u64 {
        self.0.calls.load(Ordering::Relaxed)
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        self.sums.nanoseconds.fetch_add(self.start.elapsed().as_nanos() as u64, Ordering::Relaxed);
        self.sums.calls.fetch_add(1, Ordering::Relaxed);
    }
}
