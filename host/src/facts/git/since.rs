//! What changed since a revision: the files of the work tree held against the tree of a commit, line by line. Nothing of
//! Git's own is run, and neither the index nor a filter takes part: what counts is what stands in the files, and the two
//! kinds of line ends are the same.
//!
//! A file that is renamed without a change is unchanged; one that is renamed and changed is held against the file of the
//! same name that is gone, if half of its lines are still the same.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::tree::EntryKind;
use imara_diff::{Algorithm, Diff, InternedInput};

use super::layout::{self, Layout};
use crate::finding::Finding;
use crate::repository::{LARGEST_FILE, Repository, file_name};

/// A commit of more files than this is not looked at.
const MOST_FILES: usize = 1_000_000;
/// Folders nested deeper than this are refused.
const DEEPEST_FOLDER: usize = 256;
/// So many files of the same name that are gone are held against a new one.
const MOST_CANDIDATES: usize = 16;

/// Why nothing can be said of changes.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum SinceError {
    #[error("there is no Git repository at {0} that can be read: `--since` compares with one of its revisions")]
    NoRepository(String),
    #[error("`{0}` is a range: name the one revision to compare with, or `{1}...` for where HEAD went off from it")]
    Range(String, String),
    #[error("`{0}`: reflogs and dates are not read: name a branch, a tag or a commit")]
    Reflog(String),
    #[error("there is no revision `{revision}`{hint}")]
    Unknown { revision: String, hint: &'static str },
    #[error("HEAD and `{revision}` have no commit in common{hint}")]
    NoMergeBase { revision: String, hint: &'static str },
    #[error("the files of `{revision}` can't be read{hint}")]
    Broken { revision: String, hint: &'static str },
}

const SHALLOW: &str = ": this is a shallow clone; `git fetch --unshallow` fetches the rest (in GitHub Actions, \
                       `fetch-depth: 0`)";
const FETCH: &str = ": `git fetch` its branch or tag, and see `git branch --all`";

/// The files of a revision.
pub(crate) struct Since {
    layout: Layout,
    /// By path below the checked root.
    files: BTreeMap<String, ObjectId>,
}

/// What happened to a place since the revision.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    /// Nothing.
    None,
    /// It is new, or what was there is gone.
    Whole,
    /// These lines are new, counted from 1; empty ranges where lines were taken out.
    Lines(Vec<Range<u32>>),
}

impl Since {
    /// Reads the files of a revision. `REV...` stands for the commit where HEAD went off from `REV`.
    ///
    /// # Errors
    /// When there is no such revision, or no history.
    pub(crate) fn open(root: &Path, revision: &str) -> Result<Self, SinceError> {
        let none = || SinceError::NoRepository(root.display().to_string());
        let layout = Layout::of(root).filter(Layout::is_safe).ok_or_else(none)?;
        let work_tree = layout::find_root(root).ok_or_else(none)?;
        let below = root.strip_prefix(&work_tree).ok().and_then(Path::to_str).ok_or_else(none)?;
        // The library promises no absence of panics on crafted files.
        let read = || -> Result<_, SinceError> {
            let repository = super::open(&layout).ok_or_else(none)?;
            let files = files_of(&repository, revision, below)?;
            Ok(files)
        };
        let broken = || SinceError::Broken { revision: revision.to_owned(), hint: "" };
        if !layout.is_safe_name(revision.split(['~', '^', ':', '@']).next().unwrap_or_default().trim_end_matches('.')) {
            return Err(broken());
        }
        let files = std::panic::catch_unwind(AssertUnwindSafe(read)).map_err(|_| broken())??;
        Ok(Self { layout, files })
    }

    /// Keeps the findings of what changed. `is_whole` says of a rule whether it judges more than the lines that it
    /// points at; in a file of Python the lines count all the same.
    pub(crate) fn retain(
        &self,
        findings: Vec<Finding>,
        repository: &Repository,
        is_whole: &dyn Fn(&str) -> bool,
    ) -> Vec<Finding> {
        let paths: BTreeSet<&str> = findings.iter().map(|finding| finding.location.path.as_str()).collect();
        let changes = || -> BTreeMap<String, Change> {
            let objects = super::open(&self.layout);
            let of =
                |path: &str| objects.as_ref().map_or(Change::Whole, |objects| self.change(path, repository, objects));
            paths.iter().map(|path| ((*path).to_owned(), of(path))).collect()
        };
        let changes = std::panic::catch_unwind(AssertUnwindSafe(changes)).unwrap_or_default();
        let is_changed = |finding: &Finding| match changes.get(&finding.location.path) {
            Some(Change::None) => false,
            // What can't be compared is shown.
            Some(Change::Whole) | None => true,
            Some(Change::Lines(lines)) => {
                let location = &finding.location;
                let is_whole =
                    location.span.0 == location.span.1 || (!location.path.ends_with(".py") && is_whole(&finding.rule));
                let last = location.end.line.max(location.start.line);
                is_whole || lines.iter().any(|range| range.start <= last && location.start.line < range.end)
            }
        };
        findings.into_iter().filter(is_changed).collect()
    }

    fn change(&self, path: &str, repository: &Repository, objects: &gix::Repository) -> Change {
        if repository.file(path).is_none() {
            // A folder, or something that is not there. What is not there may be gone since.
            let was_there = path.is_empty() || self.files.contains_key(path) || self.has_folder(path);
            return if was_there == repository.exists(path) { Change::None } else { Change::Whole };
        }
        let Ok(bytes) = repository.read_bytes(path) else { return Change::Whole };
        let Ok(id) = gix::objs::compute_hash(gix::hash::Kind::Sha1, gix::objs::Kind::Blob, &bytes) else {
            return Change::Whole;
        };
        if let Some(old) = self.files.get(path) {
            if *old == id {
                return Change::None;
            }
            return read(objects, *old).map_or(Change::Whole, |old| compare(&old, &bytes).0);
        }
        let is_gone = |path: &str| repository.file(path).is_none();
        if self.files.iter().any(|(old, old_id)| *old_id == id && is_gone(old)) {
            return Change::None;
        }
        let name = file_name(path);
        let same_name = self.files.iter().filter(|(old, _)| file_name(old) == name && is_gone(old));
        let compared = same_name.take(MOST_CANDIDATES).filter_map(|(_, old)| {
            let (change, kept, all) = compare(&read(objects, *old)?, &bytes);
            (kept * 2 >= all && kept > 0).then_some((kept, change))
        });
        compared.max_by_key(|(kept, _)| *kept).map_or(Change::Whole, |(_, change)| change)
    }

    fn has_folder(&self, path: &str) -> bool {
        let prefix = format!("{}/", path.trim_end_matches('/'));
        self.files.range(prefix.clone()..).next().is_some_and(|(file, _)| file.starts_with(&prefix))
    }
}

/// The files of a revision below a folder.
fn files_of(
    repository: &gix::Repository,
    revision: &str,
    below: &str,
) -> Result<BTreeMap<String, ObjectId>, SinceError> {
    let shallow = if repository.is_shallow().unwrap_or(false) { SHALLOW } else { "" };
    let (name, is_merge_base) = match revision.strip_suffix("...") {
        Some(name) => (name, true),
        None => (revision, false),
    };
    if name.contains("..") {
        let first = name.split("..").next().unwrap_or_default();
        return Err(SinceError::Range(revision.to_owned(), first.to_owned()));
    }
    if name.contains("@{") {
        return Err(SinceError::Reflog(name.to_owned()));
    }
    let unknown =
        || SinceError::Unknown { revision: name.to_owned(), hint: if shallow.is_empty() { FETCH } else { shallow } };
    let commit = |name: &str| -> Option<ObjectId> {
        if name.is_empty() || name.starts_with('-') {
            return None;
        }
        let object = repository.rev_parse_single(name.as_bytes().as_bstr()).ok()?.object().ok()?;
        Some(object.peel_to_kind(gix::object::Kind::Commit).ok()?.id)
    };
    let mut id = commit(name).ok_or_else(unknown)?;
    if is_merge_base {
        let none = || SinceError::NoMergeBase { revision: name.to_owned(), hint: shallow };
        let head = commit("HEAD").ok_or_else(none)?;
        id = repository.merge_base(id, head).ok().flatten().ok_or_else(none)?.detach();
    }
    let broken = || SinceError::Broken { revision: name.to_owned(), hint: shallow };
    let tree = repository.find_commit(id).ok().and_then(|commit| commit.tree_id().ok()).ok_or_else(broken)?;
    let mut files = BTreeMap::new();
    let mut folders = vec![(String::new(), tree.detach(), 0)];
    let mut seen = 0;
    while let Some((prefix, id, depth)) = folders.pop() {
        let tree = repository.find_tree(id).map_err(|_| broken())?;
        for entry in tree.iter() {
            let entry = entry.map_err(|_| broken())?;
            seen += 1;
            if seen > MOST_FILES || depth > DEEPEST_FOLDER {
                return Err(broken());
            }
            let Ok(name) = std::str::from_utf8(entry.filename()) else { continue };
            let path = if prefix.is_empty() { name.to_owned() } else { format!("{prefix}/{name}") };
            match entry.mode().kind() {
                EntryKind::Tree if leads_to(&path, below) => folders.push((path, entry.oid().to_owned(), depth + 1)),
                EntryKind::Blob | EntryKind::BlobExecutable | EntryKind::Link => {
                    let relative = if below.is_empty() {
                        Some(path.as_str())
                    } else {
                        path.strip_prefix(below).and_then(|rest| rest.strip_prefix('/'))
                    };
                    if let Some(relative) = relative {
                        files.insert(relative.to_owned(), entry.oid().to_owned());
                    }
                }
                _ => {}
            }
        }
    }
    Ok(files)
}

/// Whether a folder lies in another one, or on the way to it.
fn leads_to(folder: &str, below: &str) -> bool {
    crate::repository::inside_folder(folder, below) || crate::repository::inside_folder(below, folder)
}

fn read(objects: &gix::Repository, id: ObjectId) -> Option<Vec<u8>> {
    let header = objects.find_header(id).ok()?;
    (header.size() <= LARGEST_FILE).then(|| objects.find_object(id).ok().map(|object| object.data.clone())).flatten()
}

/// What changed from one text to another, how many lines stayed, and of how many.
fn compare(before: &[u8], after: &[u8]) -> (Change, usize, usize) {
    let (before, after) = (with_plain_line_ends(before), with_plain_line_ends(after));
    let input = InternedInput::new(before.as_slice(), after.as_slice());
    let mut diff = Diff::compute(Algorithm::Histogram, &input);
    diff.postprocess_lines(&input);
    let lines: Vec<Range<u32>> = diff.hunks().map(|hunk| hunk.after.start + 1..hunk.after.end + 1).collect();
    let kept = input.after.len() - diff.count_additions() as usize;
    let all = input.after.len().max(input.before.len());
    (if lines.is_empty() { Change::None } else { Change::Lines(lines) }, kept, all)
}

/// `\r\n` and a lone `\r` as `\n`, as lines are counted in findings; and an end of the last line.
fn with_plain_line_ends(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(bytes.len() + 1);
    for (index, &byte) in bytes.iter().enumerate() {
        match byte {
            b'\r' if bytes.get(index + 1) == Some(&b'\n') => {}
            b'\r' => plain.push(b'\n'),
            other => plain.push(other),
        }
    }
    if plain.last().is_some_and(|&byte| byte != b'\n') {
        plain.push(b'\n');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_new_are_named() {
        let check = |before: &str, after: &str, expected: &[(u32, u32)]| {
            let (change, ..) = compare(before.as_bytes(), after.as_bytes());
            let lines = expected.iter().map(|(start, end)| *start..*end).collect();
            let expected = if expected.is_empty() { Change::None } else { Change::Lines(lines) };
            assert_eq!(change, expected, "{before:?} {after:?}");
        };
        check("a\nb\n", "a\r\nb", &[]);
        check("a\nb\nc\n", "a\nx\nc\n", &[(2, 3)]);
        check("a\nb\nc\n", "a\nc\n", &[(2, 2)]);
        check("", "a\nb\n", &[(1, 3)]);
        check("a\nb\n", "b\na\nb\nc\n", &[(1, 2), (4, 5)]);
    }
}
