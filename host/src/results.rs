//! Reports of earlier checks in the user's own cache. One counts when everything that it came from is the same: this
//! program, its plugins, the manifest, what was asked for, the list of files, the history, and each file that was read.
//!
//! A file is taken to be the same without being read when its size, times and inode are, and when it was last touched
//! long enough before the report was begun; else its bytes are hashed. So a cache costs one look at each file, and is
//! wrong in nothing: where anything differs, all rules run.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::cache_entry::{CacheEntry, nanoseconds};
use crate::facts::git::Git;
use crate::finding::Report;
use crate::repository::{Digest, Reading, Repository, Stamp};

/// Of the entries.
const VERSION: &str = "3";
/// So many reports are kept of one repository: for other options, rules or paths.
const MOST_ENTRIES: usize = 8;

/// Where the report of one question to one repository is kept.
pub(crate) struct Results {
    place: CacheEntry,
    /// When this run began, in nanoseconds since 1970.
    begun: i64,
}

/// What an entry begins with; the report follows.
#[derive(Serialize, Deserialize)]
struct Head {
    listing: Digest,
    history: Digest,
    /// When the run began that made it.
    begun: i64,
    /// What was read, by the file's index in the listing.
    reads: Vec<(usize, Stamp, Digest)>,
}

impl Results {
    /// The place for a question to the repository at a root: everything that decides about the report besides files and
    /// history. Without a cache of the user's own there is none.
    pub(crate) fn open(root: &Path, question: &[&str]) -> Option<Self> {
        let question = [&[VERSION], question].concat();
        let place = CacheEntry::open("results", root, &question, MOST_ENTRIES)?;
        Some(Self { place, begun: nanoseconds(SystemTime::now())? })
    }

    /// When this run began, in nanoseconds since 1970.
    pub(crate) fn begun(&self) -> i64 {
        self.begun
    }

    /// The report of an earlier run, if nothing changed.
    pub(crate) fn load(&self, repository: &Repository, git: &Git) -> Option<Report> {
        let entry = self.place.read()?;
        let (mut head, report) = postcard::take_from_bytes::<Head>(&entry).ok()?;
        if head.listing != repository.listing() || head.history != git.state() {
            return None;
        }
        let files = repository.files();
        let (hashed, others) = repository.compare(
            &head.reads,
            |(index, _, digest)| (*index, *digest),
            |(_, stamp, _), file| file.stamp == *stamp && stamp.is_settled(head.begun),
        );
        if !others.is_empty() {
            return None;
        }
        if hashed == 0 {
            self.place.touch();
        } else {
            // They were as they are when this run began, so that the next one needs not read them.
            head.begun = self.begun;
            for (index, stamp, _) in &mut head.reads {
                *stamp = files.get(*index).map_or(*stamp, |file| file.stamp);
            }
            self.write(&head, report);
        }
        serde_json::from_slice(report).ok()
    }

    /// Keeps a report, with what was read for it. That it can't be kept costs the next run some time.
    pub(crate) fn store(&self, repository: &Repository, git: &Git, reads: &BTreeMap<usize, Reading>, report: &Report) {
        let files = repository.files();
        let head = Head {
            listing: repository.listing(),
            history: git.state(),
            begun: self.begun,
            reads: reads
                .iter()
                .filter_map(|(index, reading)| Some((*index, files.get(*index)?.stamp, reading.digest)))
                .collect(),
        };
        if let Ok(report) = serde_json::to_vec(report) {
            self.write(&head, &report);
        }
    }

    fn write(&self, head: &Head, report: &[u8]) {
        if let Ok(mut body) = postcard::to_allocvec(head) {
            body.extend_from_slice(report);
            self.place.write(&body);
        }
    }
}
