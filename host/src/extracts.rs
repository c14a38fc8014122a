//! What was found in files, in the user's own cache: where a report does not hold any more because some files changed,
//! the others need not be read again.

use std::path::Path;

use crate::cache_entry::CacheEntry;
use crate::facts::{Facts, Interest, Kept};

/// Of the entries.
const VERSION: &str = "2";
/// So many are kept of one repository: for other rules.
const MOST_ENTRIES: usize = 2;

/// Where what was found in the files of one repository is kept.
pub(crate) struct Extracts {
    place: CacheEntry,
    /// When this run began, in nanoseconds since 1970.
    begun: i64,
}

impl Extracts {
    /// The place for what rules with this interest look for in the repository at a root. Without a cache of the user's
    /// own there is none.
    pub(crate) fn open(root: &Path, interest: &Interest, begun: i64) -> Option<Self> {
        let place = CacheEntry::open("extracts", root, &[VERSION, &format!("{interest:?}")], MOST_ENTRIES)?;
        Some(Self { place, begun })
    }

    /// What earlier runs found; nothing at first.
    pub(crate) fn load(&self) -> Kept {
        self.place.read().and_then(Kept::decode).unwrap_or_default()
    }

    /// Keeps what was found. That it can't be kept costs the next run some time.
    pub(crate) fn store(&self, facts: &Facts) {
        if let Some(bytes) = facts.to_keep(self.begun) {
            self.place.write(&bytes);
        }
    }
}
