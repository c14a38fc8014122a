//! The paths that Git tracks, from the index. Split indexes are not read.

use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use gix::index::entry::{Mode, Stage};
use sha1::{Digest, Sha1};

use super::layout::{self, Layout};
use crate::repository::O_NONBLOCK;

/// An index larger than this is not read: some four million files.
const LARGEST_INDEX: u64 = 512 << 20;

/// The files and links that Git tracks below `root`, relative to it and sorted. None where Git can't say: no repository,
/// a broken index, or nothing tracked there.
pub(crate) fn tracked(root: &Path) -> Option<Vec<String>> {
    let root = root.canonicalize().ok()?;
    let work_tree = layout::find_root(&root)?;
    let layout = Layout::of(&root)?;
    let below = root.strip_prefix(&work_tree).ok()?.to_str()?;
    let prefix = if below.is_empty() { String::new() } else { format!("{below}/") };
    let bytes = read_index(&layout.git_folder.join("index"))?;
    std::panic::catch_unwind(AssertUnwindSafe(|| paths(&bytes, &prefix))).ok().flatten()
}

pub(super) fn is_path(mode: Mode) -> bool {
    matches!(mode, Mode::FILE | Mode::FILE_EXECUTABLE | Mode::SYMLINK)
}

pub(super) fn read_index(path: &Path) -> Option<Vec<u8>> {
    let file = std::fs::OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(path).ok()?;
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > LARGEST_INDEX {
        return None;
    }
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    file.take(LARGEST_INDEX + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= LARGEST_INDEX).then_some(bytes)
}

/// Reads an index.
pub(super) fn decode(bytes: &[u8]) -> Option<gix::index::State> {
    let kind = gix::hash::Kind::Sha1;
    let (content, checksum) = bytes.split_at_checked(bytes.len().checked_sub(kind.len_in_bytes())?)?;
    // A checksum of zeros says that Git was told to write none.
    if checksum.iter().any(|&byte| byte != 0) {
        // It tells a damaged index, not a crafted one: the library's own digest, which looks for collisions, is slow.
        if Sha1::digest(content).as_slice() != checksum {
            return None;
        }
    }
    let timestamp = gix::index::State::new(kind).timestamp();
    let options = gix::index::decode::Options { thread_limit: Some(1), ..Default::default() };
    let (state, _) = gix::index::State::from_bytes(bytes, timestamp, kind, options).ok()?;
    state.link().is_none().then_some(state)
}

fn paths(bytes: &[u8], prefix: &str) -> Option<Vec<String>> {
    let state = decode(bytes)?;
    let mut paths: Vec<String> = state
        .entries()
        .iter()
        // In a conflict one of the stages stands for the file.
        .filter(|entry| is_path(entry.mode) && entry.stage() <= Stage::Theirs)
        .filter_map(|entry| std::str::from_utf8(entry.path(&state)).ok()?.strip_prefix(prefix))
        .filter(|path| path.split('/').all(|part| !matches!(part, "" | "." | ".." | ".git")))
        .map(str::to_owned)
        .collect();
    paths.sort_unstable();
    paths.dedup();
    (!paths.is_empty()).then_some(paths)
}
