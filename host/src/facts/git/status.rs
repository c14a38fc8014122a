//! Whether the work tree holds changes that no commit has: the index against the last commit, and the tracked files
//! against the index. Files that Git does not track are left out. Nothing is written, the index included.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use gix::index::entry::{Flags, Mode, Stage};

use super::index::{decode, is_path, read_index};
use super::layout::{self, Layout};
use crate::repository::LARGEST_FILE;

/// Folders of a commit nested deeper than this are not looked at.
const DEEPEST_FOLDER: usize = 256;

/// What Git says of a work tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// No Git, or nothing tracked: nothing could bring back what is overwritten, and nobody expects it.
    Untracked,
    Clean,
    /// These files differ; sorted.
    Changed(Vec<String>),
    /// The history can't be read.
    Unknown,
}

/// Compares the work tree that `root` is or lies in, only below `root`.
pub(crate) fn status(root: &Path) -> Status {
    let compared = std::panic::catch_unwind(AssertUnwindSafe(|| compare(root)));
    compared.unwrap_or(Status::Unknown)
}

fn compare(root: &Path) -> Status {
    let Some(work_tree) = root.canonicalize().ok().and_then(|root| layout::find_root(&root)) else {
        return Status::Untracked;
    };
    let Some(below) = root.canonicalize().ok().and_then(|root| Some(root.strip_prefix(&work_tree).ok()?.to_owned()))
    else {
        return Status::Unknown;
    };
    let Some(layout) = Layout::of(root).filter(Layout::is_safe) else { return Status::Unknown };
    let index = layout.git_folder.join("index");
    if index.symlink_metadata().is_err() {
        return Status::Untracked;
    }
    let Some(state) = read_index(&index).and_then(|bytes| decode(&bytes)) else { return Status::Unknown };
    let Some(committed) = super::open(&layout).and_then(|repository| committed(&repository)) else {
        return Status::Unknown;
    };
    let written = index.metadata().map_or(i64::MAX, |metadata| metadata.mtime());
    let mut committed = committed;
    let mut changed = Vec::new();
    let mut is_any = false;
    for entry in state.entries() {
        let path = entry.path(&state);
        let Ok(text) = std::str::from_utf8(path) else { continue };
        let known = committed.remove(text);
        if !is_path(entry.mode) || !Path::new(text).starts_with(&below) {
            continue;
        }
        is_any = true;
        let is_staged = known.is_none_or(|(id, mode)| id != entry.id || mode != entry.mode);
        let is_left_out = entry.flags.intersects(Flags::SKIP_WORKTREE | Flags::ASSUME_VALID);
        let is_conflict = entry.stage() != Stage::Unconflicted;
        if is_staged || is_conflict || (!is_left_out && differs(&work_tree.join(text), entry, written)) {
            changed.push(text.to_owned());
        }
    }
    // What a commit has and the index does not was deleted.
    let deleted =
        committed.into_iter().filter(|(path, (_, mode))| is_path(*mode) && Path::new(path).starts_with(&below));
    changed.extend(deleted.map(|(path, _)| path));
    changed.sort_unstable();
    changed.dedup();
    match () {
        () if !changed.is_empty() => Status::Changed(changed),
        () if is_any => Status::Clean,
        () => Status::Untracked,
    }
}

/// Whether a file is not what the index says of it. Size and time decide where they are those of the index and older than
/// it; else the content does.
fn differs(path: &Path, entry: &gix::index::Entry, written: i64) -> bool {
    let Ok(metadata) = path.symlink_metadata() else { return true };
    let is_link = entry.mode == Mode::SYMLINK;
    if metadata.is_symlink() != is_link || (!is_link && !metadata.is_file()) {
        return true;
    }
    if !is_link && (metadata.mode() & 0o100 != 0) != (entry.mode == Mode::FILE_EXECUTABLE) {
        return true;
    }
    let time = entry.stat.mtime;
    let is_same = i64::from(time.secs) == metadata.mtime()
        && i64::from(time.nsecs) == metadata.mtime_nsec()
        && u64::from(entry.stat.size) == metadata.size();
    if is_same && metadata.mtime() < written {
        return false;
    }
    let content = match is_link {
        true => std::fs::read_link(path).map(|target| target.as_os_str().as_bytes().to_vec()),
        false if metadata.len() > LARGEST_FILE => return !is_same,
        false => std::fs::read(path),
    };
    let Ok(content) = content else { return true };
    let is_entry = |content: &[u8]| {
        gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, content).is_ok_and(|id| id == entry.id)
    };
    if is_entry(&content) {
        return false;
    }
    // Git may write other line ends into the work tree than it commits.
    let text = String::from_utf8(content).ok();
    !text.is_some_and(|text| text.contains("\r\n") && is_entry(text.replace("\r\n", "\n").as_bytes()))
}

/// The files of the last commit; none of them before the first.
fn committed(repository: &gix::Repository) -> Option<BTreeMap<String, (gix::ObjectId, Mode)>> {
    let mut files = BTreeMap::new();
    if repository.head().ok()?.is_unborn() {
        return Some(files);
    }
    let tree = repository.head_commit().ok()?.tree_id().ok()?.detach();
    let mut folders = vec![(String::new(), tree, 0)];
    while let Some((prefix, id, depth)) = folders.pop() {
        let tree = repository.find_tree(id).ok()?;
        for entry in tree.iter() {
            let entry = entry.ok()?;
            let Ok(name) = std::str::from_utf8(entry.filename()) else { continue };
            let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
            let mode = entry.mode();
            let kind = match mode.kind() {
                gix::objs::tree::EntryKind::Tree if depth < DEEPEST_FOLDER => {
                    folders.push((path, entry.object_id(), depth + 1));
                    continue;
                }
                gix::objs::tree::EntryKind::Blob => Mode::FILE,
                gix::objs::tree::EntryKind::BlobExecutable => Mode::FILE_EXECUTABLE,
                gix::objs::tree::EntryKind::Link => Mode::SYMLINK,
                _ => Mode::COMMIT,
            };
            files.insert(path, (entry.object_id(), kind));
        }
    }
    Some(files)
}
