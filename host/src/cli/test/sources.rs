//! The files of a plugin that its author writes: not what a build makes of them, nor what others wrote.

use std::path::{Path, PathBuf};

use ignore::WalkBuilder;

/// Written by package managers when something is built.
const LOCK_FILES: &[&str] =
    &["Cargo.lock", "package-lock.json", "pdm.lock", "pnpm-lock.yaml", "poetry.lock", "uv.lock", "yarn.lock"];
/// Folders of builds, environments and the SDK.
const FOREIGN: &[&str] = &["target", "node_modules", "venv", "__pycache__", "plimsoll-sdk"];

/// The files that a watch looks at: not those that a build writes.
pub(super) fn watched(folder: &Path) -> Vec<PathBuf> {
    let is_written = |path: &PathBuf| LOCK_FILES.iter().any(|name| path.ends_with(name));
    sources(folder).into_iter().filter(|path| !is_written(path)).collect()
}

/// The files of a plugin's folder, sorted; without hidden ones and without those that its own `.gitignore` names. Links
/// are not followed, and what can't be read is left out.
pub(super) fn sources(folder: &Path) -> Vec<PathBuf> {
    let walk = WalkBuilder::new(folder)
        .hidden(true)
        .parents(false)
        .ignore(false)
        .git_global(false)
        .git_exclude(false)
        .git_ignore(true)
        .require_git(false)
        .filter_entry(|entry| entry.depth() == 0 || !FOREIGN.iter().any(|name| entry.file_name() == *name))
        .build();
    let is_file = |entry: &ignore::DirEntry| entry.file_type().is_some_and(|kind| kind.is_file());
    let mut files: Vec<PathBuf> =
        walk.filter_map(Result::ok).filter(is_file).map(ignore::DirEntry::into_path).collect();
    files.sort();
    files
}
