//! Reports of earlier checks in the user's own cache. One counts when everything that it came from is the same: this
//! program, its plugins, the manifest, what was asked for, the list of files, the history, and each file that was read.
//!
//! A file is taken to be the same without being read when its size, times and inode are, and when it was last touched
//! long enough before the report was begun; else its bytes are hashed. So a cache costs one look at each file, and is
//! wrong in nothing: where anything differs, all rules run.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::facts::git::Git;
use crate::finding::Report;
use crate::parallel;
use crate::repository::{Digest, Repository, Stamp};
use crate::user_folders::{cache_folder, private_folder};

/// Of the entries.
const VERSION: u32 = 1;
/// A file that was touched less than this before a report was begun may have changed since without a trace: clocks of
/// file systems are coarse, those of networks late.
const MARGIN: i64 = 2_000_000_000;
/// So many reports are kept of one repository: for other options, rules or paths.
const MOST_ENTRIES: usize = 8;
/// Larger entries are neither written nor read.
const LARGEST_ENTRY: u64 = 256 << 20;
/// Bytes of stack of a thread that hashes files.
const THREAD_STACK: usize = 1 << 20;

/// Where the report of one question to one repository is kept.
pub(crate) struct Results {
    folder: PathBuf,
    /// What all entries of the repository begin with.
    repository: String,
    path: PathBuf,
    /// When this run began, in nanoseconds since 1970.
    begun: i64,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    listing: Digest,
    history: Digest,
    /// When the run began that made it.
    begun: i64,
    /// What was read, by the file's index in the listing.
    reads: Vec<(usize, Stamp, Digest)>,
    report: Report,
}

impl Results {
    /// The place for a question to the repository at a root: everything that decides about the report besides files and
    /// history. Without a cache of the user's own there is none.
    pub(crate) fn open(root: &Path, question: &[&str]) -> Option<Self> {
        let folder = cache_folder().ok()?.join("results");
        private_folder(&folder).ok()?;
        let mut hasher = blake3::Hasher::new();
        hasher.update(&VERSION.to_le_bytes());
        for part in [program()?.as_str()].iter().chain(question) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let repository = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex()[..16].to_owned();
        let path = folder.join(format!("{repository}-{}", &hasher.finalize().to_hex()[..32]));
        let begun = nanoseconds(SystemTime::now())?;
        Some(Self { folder, repository, path, begun })
    }

    /// The report of an earlier run, if nothing changed.
    pub(crate) fn load(&self, repository: &Repository, git: &Git) -> Option<Report> {
        if fs::metadata(&self.path).ok()?.len() > LARGEST_ENTRY {
            return None;
        }
        let bytes = fs::read(&self.path).ok()?;
        let (written, body) = bytes.split_at_checked(blake3::OUT_LEN)?;
        if blake3::hash(body) != *written.first_chunk::<{ blake3::OUT_LEN }>()? {
            return None;
        }
        let mut entry: Entry = serde_json::from_slice(body).ok()?;
        if entry.listing != repository.listing() || entry.history != git.state() {
            return None;
        }
        let files = repository.files();
        let is_sure = |(index, stamp, _): &(usize, Stamp, Digest)| {
            files.get(*index).is_some_and(|file| file.stamp == *stamp && is_settled(stamp, entry.begun))
        };
        let doubtful: Vec<(usize, Digest)> =
            entry.reads.iter().filter(|read| !is_sure(read)).map(|(index, _, digest)| (*index, *digest)).collect();
        let same = parallel::map(
            &doubtful,
            THREAD_STACK,
            || (),
            |(), (index, digest)| files.get(*index).is_some_and(|file| repository.digest(&file.path) == *digest),
        );
        if same.contains(&false) {
            return None;
        }
        if doubtful.is_empty() {
            // Trimming goes by the last use; that it can't be noted harms no one.
            let _ = fs::File::open(&self.path).and_then(|file| file.set_modified(SystemTime::now()));
        } else {
            // They were as they are when this run began, so that the next one needs not read them.
            entry.begun = self.begun;
            for (index, stamp, _) in &mut entry.reads {
                *stamp = files.get(*index).map_or(*stamp, |file| file.stamp);
            }
            self.write(&entry);
        }
        Some(entry.report)
    }

    /// Keeps a report, with what was read for it. That it can't be kept costs the next run some time.
    pub(crate) fn store(&self, repository: &Repository, git: &Git, report: &Report) {
        let files = repository.files();
        let reads = repository.reads().into_iter();
        self.write(&Entry {
            listing: repository.listing(),
            history: git.state(),
            begun: self.begun,
            reads: reads.filter_map(|(index, digest)| Some((index, files.get(index)?.stamp, digest))).collect(),
            report: report.clone(),
        });
    }

    fn write(&self, entry: &Entry) {
        let write = || -> std::io::Result<()> {
            let body = serde_json::to_vec(entry)?;
            if body.len() as u64 > LARGEST_ENTRY - blake3::OUT_LEN as u64 {
                return Ok(());
            }
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(blake3::hash(&body).as_bytes())?;
            file.write_all(&body)?;
            file.persist(&self.path)?;
            self.drop_oldest()
        };
        let _ = write();
    }

    /// Deletes what was used longest ago, where there are many entries of the repository.
    fn drop_oldest(&self) -> std::io::Result<()> {
        let mut entries: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.folder)?
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&self.repository))
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        entries.sort();
        let surplus = entries.len().saturating_sub(MOST_ENTRIES);
        entries.iter().take(surplus).try_for_each(|(_, path)| fs::remove_file(path))
    }
}

/// Whether a file that is stamped so was left alone for some time before a run began.
fn is_settled(stamp: &Stamp, begun: i64) -> bool {
    stamp.modified.max(stamp.changed) < begun.saturating_sub(MARGIN)
}

/// What tells this program from others: its version, and the file that it is.
fn program() -> Option<String> {
    let metadata = std::env::current_exe().and_then(fs::metadata).ok()?;
    let modified = nanoseconds(metadata.modified().ok()?)?;
    Some(format!("{} {} {modified}", env!("CARGO_PKG_VERSION"), metadata.len()))
}

fn nanoseconds(time: SystemTime) -> Option<i64> {
    time.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_nanos()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_touched_just_before_is_not_trusted() {
        let check = |modified: i64, changed: i64, expected: bool| {
            let stamp = Stamp { modified, changed, inode: 1 };
            assert_eq!(is_settled(&stamp, 10_000_000_000), expected, "{stamp:?}");
        };
        check(1_000_000_000, 7_000_000_000, true);
        check(1_000_000_000, 9_000_000_000, false);
        check(9_000_000_000, 1_000_000_000, false);
        // From the future: clocks differ.
        check(20_000_000_000, 1_000_000_000, false);
    }
}
