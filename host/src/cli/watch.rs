//! `--watch`: something runs again whenever a file changes.
//!
//! Files are compared by what is in them, so that one written anew with the same text is no change. Which files are
//! watched is the caller's to say, each time anew; lock files are left out where they are what a build writes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::{is_broken_pipe, say};

/// Time between two looks, and how long nothing may change before a run: editors write in several steps.
const INTERVAL: Duration = Duration::from_millis(300);
/// So many changed files are named.
const MOST_NAMES: usize = 3;

/// Runs, and runs again after each change of the files that are listed, until the process is interrupted.
///
/// # Errors
/// When no one reads the output any more. What else goes wrong in a run is said, and the next change is waited for.
pub(super) fn watch(
    folder: &Path,
    list: impl Fn() -> Vec<PathBuf>,
    run: impl Fn() -> anyhow::Result<u8>,
) -> anyhow::Result<u8> {
    // What changes during a run is seen after it.
    let mut seen = Snapshot::take(&list, &Snapshot::default());
    loop {
        if let Err(error) = run() {
            if is_broken_pipe(&error) {
                return Err(error);
            }
            say(&format!("error: {error:#}"));
        }
        say(&format!("watching {}; Ctrl-C ends this", folder.display()));
        loop {
            let now = Snapshot::settled(&list, &seen);
            let names = names(folder, &now.changed_since(&seen));
            seen = now;
            if let Some(names) = names {
                say(&format!("changed: {names}"));
                break;
            }
            std::thread::sleep(INTERVAL);
        }
    }
}

/// The watched files at one time.
#[derive(Default, PartialEq)]
struct Snapshot(BTreeMap<PathBuf, State>);

#[derive(Clone, Copy, PartialEq)]
struct State {
    modified: Option<SystemTime>,
    size: u64,
    digest: blake3::Hash,
}

impl Snapshot {
    /// Takes one; only what looks different than before is read.
    fn take(list: &impl Fn() -> Vec<PathBuf>, before: &Self) -> Self {
        let state = |path: PathBuf| {
            let metadata = path.symlink_metadata().ok().filter(std::fs::Metadata::is_file)?;
            let (modified, size) = (metadata.modified().ok(), metadata.len());
            let same = before.0.get(&path).filter(|state| state.modified == modified && state.size == size);
            let digest = match same {
                Some(state) => state.digest,
                None => blake3::hash(&std::fs::read(&path).ok()?),
            };
            Some((path, State { modified, size, digest }))
        };
        Self(list().into_iter().filter_map(state).collect())
    }

    /// Takes one, and if it differs waits until nothing changes any more.
    fn settled(list: &impl Fn() -> Vec<PathBuf>, before: &Self) -> Self {
        let mut last = Self::take(list, before);
        if last == *before {
            return last;
        }
        loop {
            std::thread::sleep(INTERVAL);
            let now = Self::take(list, &last);
            if now == last {
                return now;
            }
            last = now;
        }
    }

    /// The files that came, went, or have another text.
    fn changed_since<'a>(&'a self, before: &'a Self) -> Vec<&'a Path> {
        let digest = |snapshot: &Self, path: &PathBuf| snapshot.0.get(path).map(|state| state.digest);
        let new = self.0.keys().filter(|path| digest(self, path) != digest(before, path));
        let gone = before.0.keys().filter(|path| !self.0.contains_key(*path));
        new.chain(gone).map(PathBuf::as_path).collect()
    }
}

fn names(folder: &Path, changed: &[&Path]) -> Option<String> {
    let name = |path: &&Path| path.strip_prefix(folder).unwrap_or(path).display().to_string();
    let mut names: Vec<String> = changed.iter().take(MOST_NAMES).map(name).collect();
    if changed.len() > MOST_NAMES {
        names.push(format!("{} more", changed.len() - MOST_NAMES));
    }
    (!names.is_empty()).then(|| names.join(", "))
}
