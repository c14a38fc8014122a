//! Finds and reads the files of the checked tree. The only module that does: everything goes through one directory
//! capability, so that no path, link or device in the tree leads outside it, blocks, or fills the memory.
//!
//! What counts as a file of the repository: a regular file that Git tracks, or without an index every regular file
//! that no `.gitignore` names. Symbolic links are never followed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt};
use globset::GlobSet;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustix::buffer::spare_capacity;

use crate::parallel;

mod again;
mod changes;
mod listing;
mod reads;
mod stamp;

use again::Again;
pub(crate) use changes::Changes;
use listing::Listing;
use reads::Reads;
pub(crate) use reads::{Purpose, Reading};
pub(crate) use stamp::Stamp;

/// Files larger than this are never read. Generous for text that people write, small enough to hold.
pub(crate) const LARGEST_FILE: u64 = 8 << 20;
/// Bytes to have room for when a file grows while it is read.
const LEAST_READ: usize = 64 << 10;
/// Bytes of stack of a thread that looks at files, or hashes them.
const THREAD_STACK: usize = 1 << 20;
/// Of `open`: do not wait for the other end of a pipe.
pub(crate) const O_NONBLOCK: i32 = if cfg!(target_os = "macos") { 0x4 } else { 0o4000 };

/// A file of the repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct File {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    /// Bytes, as of listing.
    pub(crate) size: u64,
    pub(crate) executable: bool,
    pub(crate) stamp: Stamp,
}

/// The digest of what reading a file gave: its bytes, or the error.
pub(crate) type Digest = [u8; blake3::OUT_LEN];

/// Why a file could not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("no such file")]
    Missing,
    #[error("not a regular file")]
    Irregular,
    #[error("{size} bytes, more than the {LARGEST_FILE} that are read")]
    TooLarge { size: u64 },
    #[error("not valid UTF-8 at byte {offset}")]
    NotText { offset: usize },
    #[error("{0}")]
    Io(String),
}

/// Something that was left out of the listing, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Skipped {
    pub(crate) path: String,
    pub(crate) reason: String,
}

/// The checked tree.
pub(crate) struct Repository {
    tree: Tree,
    files: Vec<File>,
    bytes: u64,
    skipped: Vec<Skipped>,
    ignored: Vec<(String, Gitignore)>,
    /// Links to other files and folders of the repository. They are never followed, but that they are there counts.
    links: BTreeMap<String, String>,
    /// Files that the manifest takes out.
    excluded: Vec<String>,
    /// What is to be written: it is read instead of what the tree holds.
    changes: Changes,
    /// What was read, where someone wants to know, by the file's index.
    reads: Option<Reads>,
    again: Again,
    /// See [`Repository::names`].
    names: OnceLock<Digest>,
}

enum Tree {
    Folder(Dir),
    Memory(BTreeMap<String, Vec<u8>>),
}

impl Repository {
    /// Opens the tree below `root`. `tracked` are the paths in Git's index, if there is one; `exclude` are the globs
    /// of the manifest.
    ///
    /// # Errors
    /// When `root` can't be opened as a folder.
    pub(crate) fn open(root: &Path, tracked: Option<Vec<String>>, exclude: &GlobSet) -> std::io::Result<Self> {
        let folder = Dir::open_ambient_dir(root, cap_std::ambient_authority())?;
        let mut listing = Listing::default();
        match tracked {
            Some(paths) => listing.add_tracked(&folder, paths),
            None => listing.walk(&folder)?,
        }
        let mut excluded = Vec::new();
        if !exclude.is_empty() {
            listing.files.retain(|file| {
                let is_out = exclude.is_match(&file.path);
                if is_out {
                    excluded.push(file.path.clone());
                }
                !is_out
            });
        }
        let repository = Self::new(Tree::Folder(folder), listing);
        Ok(Self { excluded, ..repository })
    }

    /// A repository that exists in memory only: an example of a rule.
    pub(crate) fn from_files(files: BTreeMap<String, Vec<u8>>) -> Self {
        let listing = Listing {
            files: files
                .iter()
                .map(|(path, bytes)| File {
                    path: path.clone(),
                    size: bytes.len() as u64,
                    executable: bytes.starts_with(b"#!"),
                    stamp: Stamp::default(),
                })
                .collect(),
            skipped: Vec::new(),
            links: BTreeMap::new(),
        };
        Self::new(Tree::Memory(files), listing)
    }

    fn new(tree: Tree, mut listing: Listing) -> Self {
        listing.files.sort_by(|left, right| left.path.cmp(&right.path));
        listing.files.dedup_by(|left, right| left.path == right.path);
        listing.skipped.sort_by(|left, right| left.path.cmp(&right.path));
        let bytes = listing.files.iter().map(|file| file.size).sum();
        let Listing { files, skipped, links } = listing;
        let mut repository = Self {
            tree,
            files,
            bytes,
            skipped,
            ignored: Vec::new(),
            links,
            excluded: Vec::new(),
            changes: Changes::new(),
            reads: None,
            again: Again::default(),
            names: OnceLock::new(),
        };
        repository.ignored = repository.ignore_files();
        repository
    }

    /// The rules of all ignore files, with the folders that these lie in.
    fn ignore_files(&self) -> Vec<(String, Gitignore)> {
        let paths = self.files.iter().map(|file| file.path.as_str()).filter(|path| file_name(path) == ".gitignore");
        paths.filter_map(|path| Some((parent(path).to_owned(), ignore_rules(&self.read(path).ok()?)))).collect()
    }

    /// The same repository, which notes what is read of it from now on. Its ignore files count as read.
    pub(crate) fn noting_reads(mut self) -> Self {
        self.reads = Some(Reads::default());
        drop(self.ignore_files());
        self
    }

    /// What was read, by the file's index.
    pub(crate) fn reads(&self) -> BTreeMap<usize, Reading> {
        self.reads.as_ref().map(Reads::all).unwrap_or_default()
    }

    /// Notes a file as read, which is known to give what has this digest.
    pub(crate) fn note_read(&self, path: &str, digest: Digest, purpose: Purpose) {
        if let (Some(reads), Some(index)) = (&self.reads, self.index(path)) {
            reads.note(index, digest, purpose);
        }
    }

    /// The digest of all that is known of the files without reading them, their sizes excepted.
    pub(crate) fn names(&self) -> Digest {
        *self.names.get_or_init(|| self.digest_of_names())
    }

    fn digest_of_names(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        let mut add = |kind: u8, text: &str, number: u64| {
            hasher.update(&[kind]);
            hasher.update(&(text.len() as u64).to_le_bytes());
            hasher.update(text.as_bytes());
            hasher.update(&number.to_le_bytes());
        };
        for file in &self.files {
            add(u8::from(file.executable), &file.path, 0);
        }
        for skipped in &self.skipped {
            add(2, &skipped.path, 0);
            add(3, &skipped.reason, 0);
        }
        for (path, target) in &self.links {
            add(4, path, 0);
            add(5, target, 0);
        }
        self.excluded.iter().for_each(|path| add(6, path, 0));
        *hasher.finalize().as_bytes()
    }

    /// The digest of all that is known of the files without reading them.
    pub(crate) fn listing(&self) -> Digest {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.names());
        self.files.iter().for_each(|file| {
            hasher.update(&file.size.to_le_bytes());
        });
        *hasher.finalize().as_bytes()
    }

    /// All files, sorted by path.
    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    /// Bytes of all files, as of listing.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The files that the manifest takes out.
    pub(crate) fn excluded(&self) -> &[String] {
        &self.excluded
    }

    /// What was left out of the listing, sorted by path.
    pub(crate) fn skipped(&self) -> &[Skipped] {
        &self.skipped
    }

    /// The file of this path.
    pub(crate) fn file(&self, path: &str) -> Option<&File> {
        self.index(path).map(|index| &self.files[index])
    }

    /// Where among the files the one of this path is.
    pub(crate) fn index(&self, path: &str) -> Option<usize> {
        self.files.binary_search_by(|file| file.path.as_str().cmp(path)).ok()
    }

    /// Whether there is a file or a folder with files of this path, or a link to one; the root, the empty path, always is.
    pub(crate) fn exists(&self, path: &str) -> bool {
        let is_there = |path: &str| self.file(path).is_some() || self.below(path).next().is_some();
        path.is_empty() || is_there(path) || self.links.get(path).is_some_and(|target| is_there(target))
    }

    /// The files below a folder, sorted by path; all of them for the empty path.
    pub(crate) fn below<'a>(&'a self, folder: &str) -> impl Iterator<Item = &'a File> + use<'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{}/", folder.trim_end_matches('/')) };
        let start = self.files.partition_point(|file| file.path.as_str() < prefix.as_str());
        self.files[start..].iter().take_while(move |file| file.path.starts_with(&prefix))
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// When it is not of the repository, no regular file (any more), larger than [`LARGEST_FILE`], or the system says no.
    pub(crate) fn read_bytes(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        self.read_bytes_for(path, Purpose::Basis)
    }

    /// The bytes of a file, read for something.
    ///
    /// # Errors
    /// As [`Repository::read_bytes`].
    pub(crate) fn read_bytes_for(&self, path: &str, purpose: Purpose) -> Result<Vec<u8>, ReadError> {
        let index = self.index(path).ok_or(ReadError::Missing)?;
        let result = self.bytes_again(path);
        if let Some(reads) = &self.reads {
            reads.note(index, digest(&result), purpose);
        }
        result
    }

    /// The bytes of the last time, where they were kept.
    fn bytes_again(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if self.changes.contains_key(path) {
            return self.bytes_of(path);
        }
        match self.again.find(path) {
            Some(bytes) => Ok(bytes),
            None => self.bytes_of(path).inspect(|bytes| self.again.note(path, bytes)),
        }
    }

    fn bytes_of(&self, path: &str) -> Result<Vec<u8>, ReadError> {
        if let Some(Some(text)) = self.changes.get(path) {
            return Ok(text.clone().into_bytes());
        }
        match &self.tree {
            Tree::Folder(folder) => read_file(folder, path),
            Tree::Memory(files) => files.get(path).cloned().ok_or(ReadError::Missing),
        }
    }

    /// The digest of what reading a file would give now.
    pub(crate) fn digest(&self, path: &str) -> Digest {
        digest(&if self.index(path).is_some() { self.bytes_of(path) } else { Err(ReadError::Missing) })
    }

    /// The text of a file, a byte order mark included: positions are those of the file.
    ///
    /// # Errors
    /// As [`Repository::read_bytes`], and when it is not UTF-8.
    pub(crate) fn read(&self, path: &str) -> Result<String, ReadError> {
        self.read_for(path, Purpose::Basis)
    }

    /// The text of a file, read for something.
    ///
    /// # Errors
    /// As [`Repository::read`].
    pub(crate) fn read_for(&self, path: &str, purpose: Purpose) -> Result<String, ReadError> {
        String::from_utf8(self.read_bytes_for(path, purpose)?)
            .map_err(|error| ReadError::NotText { offset: error.utf8_error().valid_up_to() })
    }

    /// Compares files with what reading them gave earlier: `of` tells the file's index and that digest, `is_sure` whether the
    /// file is known to be the same without being read. Gives the number of files that had to be hashed, and those that
    /// are not what they were.
    pub(crate) fn compare<'r, R: Sync>(
        &self,
        reads: &'r [R],
        of: impl Fn(&R) -> (usize, Digest) + Sync,
        is_sure: impl Fn(&R, &File) -> bool,
    ) -> (usize, Vec<&'r R>) {
        let file = |read: &R| self.files.get(of(read).0);
        let is_doubtful = |read: &&R| !file(read).is_some_and(|file| is_sure(read, file));
        let doubtful: Vec<&R> = reads.iter().filter(is_doubtful).collect();
        let is_same = |(): &mut (), read: &&R| file(read).is_some_and(|file| self.digest(&file.path) == of(read).1);
        let same = parallel::map(&doubtful, THREAD_STACK, || (), is_same);
        let others = doubtful.iter().zip(same).filter(|(_, is_same)| !is_same).map(|(read, _)| *read);
        (doubtful.len(), others.collect())
    }

    /// Whether the repository's `.gitignore` files cover a path, which need not exist.
    pub(crate) fn is_ignored(&self, path: &str) -> bool {
        is_ignored(&self.ignored, path, path.ends_with('/'))
    }
}

/// Rules of one ignore file, for paths relative to its folder.
pub(crate) fn ignore_rules(text: &str) -> Gitignore {
    let mut builder = GitignoreBuilder::new("");
    for line in text.trim_start_matches('\u{feff}').lines() {
        // A line that is no valid glob matches nothing, as in Git.
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn is_ignored(rules: &[(String, Gitignore)], path: &str, folder: bool) -> bool {
    let path = path.trim_end_matches('/');
    let mut verdict = false;
    for (base, rules) in rules {
        let relative = match base.as_str() {
            "" => Some(path),
            base => path.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')),
        };
        let Some(relative) = relative else { continue };
        match rules.matched_path_or_any_parents(relative, folder) {
            ignore::Match::Ignore(_) => verdict = true,
            ignore::Match::Whitelist(_) => verdict = false,
            ignore::Match::None => {}
        }
    }
    verdict
}

/// The folder part of a path; empty for the root.
pub(crate) fn parent(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).map_or("", |slash| &path[..slash])
}

/// The last part of a path.
pub(crate) fn file_name(path: &str) -> &str {
    memchr::memrchr(b'/', path.as_bytes()).map_or(path, |slash| &path[slash + 1..])
}

/// Whether a path is a folder itself or lies in it; everything lies in the root, the empty path.
pub(crate) fn inside_folder(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Joins two relative paths and resolves `.` and `..`; none when the result leaves the root.
pub(crate) fn join(folder: &str, path: &str) -> Option<String> {
    let start = if path.starts_with('/') { "" } else { folder };
    let mut parts: Vec<&str> = Vec::new();
    for part in start.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

fn digest(read: &Result<Vec<u8>, ReadError>) -> Digest {
    match read {
        Ok(bytes) => *blake3::hash(bytes).as_bytes(),
        Err(error) => blake3::derive_key("plimsoll: a file that can't be read", error.to_string().as_bytes()),
    }
}

/// Reads a regular file, at most [`LARGEST_FILE`] bytes of it however large it grows meanwhile.
fn read_file(folder: &Dir, path: &str) -> Result<Vec<u8>, ReadError> {
    let io = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => ReadError::Missing,
        _ => ReadError::Io(error.kind().to_string()),
    };
    // Without waiting: the file may have become a pipe since it was listed.
    let mut options = OpenOptions::new();
    options.read(true).custom_flags(O_NONBLOCK);
    let file = folder.open_with(path, &options).map_err(io)?;
    let metadata = file.metadata().map_err(io)?;
    if !metadata.is_file() {
        return Err(ReadError::Irregular);
    }
    if metadata.len() > LARGEST_FILE {
        return Err(ReadError::TooLarge { size: metadata.len() });
    }
    // One byte more, to see that nothing follows. The memory is not filled with zeros before.
    let mut bytes = Vec::with_capacity(metadata.len() as usize + 1);
    loop {
        let read = rustix::io::retry_on_intr(|| rustix::io::read(&file, spare_capacity(&mut bytes)));
        let is_whole = bytes.len() as u64 == metadata.len();
        match read.map_err(|error| io(error.into()))? {
            0 => return Ok(bytes),
            _ if is_whole => return Ok(bytes),
            _ if bytes.len() as u64 > LARGEST_FILE => {
                return Err(ReadError::TooLarge { size: bytes.len() as u64 });
            }
            // It grew since; what comes is no longer known.
            _ => bytes.reserve(LEAST_READ),
        }
    }
}
