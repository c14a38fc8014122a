//! Where a repository keeps its files, and whether they may be read: nothing but regular files, and nothing outside
//! `.git` that belongs to someone else.

use std::io::Read;
use std::path::{Path, PathBuf};

/// Folders and files looked at before a repository counts as too large to be checked.
const MOST_ENTRIES: usize = 4_000_000;
/// Alternate object folders that are followed.
const MOST_ALTERNATES: usize = 16;
/// Folders of references and objects nested deeper than this are refused.
const DEEPEST_FOLDER: usize = 32;
/// The most bytes read of files that hold a path.
const LONGEST_PATHS: u64 = 64 << 10;

/// The folder that holds `.git`: the nearest one from `path` upwards, with links resolved.
pub(crate) fn find_root(path: &Path) -> Option<PathBuf> {
    let path = path.canonicalize().ok()?;
    path.ancestors().find(|folder| folder.join(".git").symlink_metadata().is_ok()).map(Path::to_owned)
}

/// The folders of a repository.
pub(super) struct Layout {
    /// HEAD and index.
    pub(super) git_folder: PathBuf,
    /// Objects and references; the same folder but for linked work trees.
    common: PathBuf,
}

impl Layout {
    /// The layout of the repository that a path lies in, if it is one that leads nowhere else.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let work_tree = find_root(path)?;
        let dot_git = work_tree.join(".git");
        let kind = dot_git.symlink_metadata().ok()?.file_type();
        if kind.is_file() {
            return linked(&work_tree, &dot_git);
        }
        // Only a linked work tree names another folder; here it would lead into someone else's repository.
        let is_plain = kind.is_dir() && dot_git.join("commondir").symlink_metadata().is_err();
        is_plain.then(|| Self { git_folder: dot_git.clone(), common: dot_git })
    }

    /// Whether everything that reading the history opens is a regular file of this repository, or one that lies
    /// outside and belongs to the user. A pipe in place of a file would block for ever.
    pub(super) fn is_safe(&self) -> bool {
        let mut inspection = Inspection { common: &self.common, entries: 0 };
        let single = ["HEAD", "config", "config.worktree", "commondir", "gitdir", "packed-refs", "shallow", "index"];
        let folders = [&self.git_folder, &self.common];
        single.iter().all(|name| folders.iter().all(|folder| is_regular_or_missing(&folder.join(name))))
            && inspection.folder(&self.git_folder.join("refs"), 0)
            && inspection.folder(&self.common.join("refs"), 0)
            && inspection.objects(&self.common.join("objects"))
    }

    /// Whether a reference of this name may be looked for: Git looks in the folder itself before it looks in `refs`.
    pub(super) fn is_safe_name(&self, name: &str) -> bool {
        [&self.git_folder, &self.common].iter().all(|folder| {
            folder.join(name).symlink_metadata().map_or(true, |metadata| metadata.is_file() || metadata.is_dir())
        })
    }
}

/// A `.git` file: of a linked work tree, which the repository knows, or of a submodule, which lies in its parent's
/// `.git`.
fn linked(work_tree: &Path, dot_git: &Path) -> Option<Layout> {
    let target = read_path(dot_git)?;
    let git_folder = work_tree.join(target.strip_prefix("gitdir:")?.trim()).canonicalize().ok()?;
    if !gix::sec::identity::is_path_owned_by_current_user(&git_folder).ok()? {
        return None;
    }
    match git_folder.join("commondir").symlink_metadata() {
        Ok(_) => {
            let common = git_folder.join(read_path(&git_folder.join("commondir"))?.trim()).canonicalize().ok()?;
            let back = git_folder.join(read_path(&git_folder.join("gitdir"))?.trim()).canonicalize().ok()?;
            let is_known = back == dot_git && git_folder.parent() == Some(common.join("worktrees").as_path());
            is_known.then_some(Layout { git_folder, common })
        }
        Err(_) => {
            let mut parents = work_tree.ancestors().skip(1);
            let is_submodule = parents.any(|parent| git_folder.starts_with(parent.join(".git/modules")));
            is_submodule.then(|| Layout { git_folder: git_folder.clone(), common: git_folder })
        }
    }
}

struct Inspection<'a> {
    common: &'a Path,
    entries: usize,
}

impl Inspection<'_> {
    fn folder(&mut self, folder: &Path, depth: usize) -> bool {
        let Ok(entries) = folder.read_dir() else { return true };
        if depth > DEEPEST_FOLDER {
            return false;
        }
        entries.filter_map(Result::ok).all(|entry| {
            self.entries += 1;
            let Ok(kind) = entry.file_type() else { return false };
            self.entries <= MOST_ENTRIES && (kind.is_file() || (kind.is_dir() && self.folder(&entry.path(), depth + 1)))
        })
    }

    /// An object folder and those that it borrows from.
    fn objects(&mut self, folder: &Path) -> bool {
        let mut pending = vec![folder.to_owned()];
        let mut seen = 0;
        while let Some(folder) = pending.pop() {
            seen += 1;
            let is_folder = folder.symlink_metadata().is_ok_and(|metadata| metadata.is_dir());
            if !is_folder || seen > MOST_ALTERNATES || !self.folder(&folder, 0) {
                return false;
            }
            let alternates = folder.join("info/alternates");
            if alternates.symlink_metadata().is_err() {
                continue;
            }
            let Some(text) = read_path(&alternates) else { return false };
            for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
                let Ok(other) = folder.join(line).canonicalize() else { continue };
                let is_own = other.starts_with(self.common)
                    || gix::sec::identity::is_path_owned_by_current_user(&other).unwrap_or(false);
                if !is_own || line.starts_with('"') {
                    return false;
                }
                pending.push(other);
            }
        }
        true
    }
}

fn is_regular_or_missing(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|metadata| metadata.is_file()) || path.symlink_metadata().is_err()
}

/// The text of a small regular file.
fn read_path(path: &Path) -> Option<String> {
    if !path.symlink_metadata().ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    std::fs::File::open(path).ok()?.take(LONGEST_PATHS).read_to_string(&mut text).ok()?;
    Some(text)
}
