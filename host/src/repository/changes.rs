//! Changes of a repository: looked at as if they were written, and then written. Links are never followed and nothing is
//! written outside the root: everything goes through the directory capability, folder by folder.

use std::collections::BTreeMap;
use std::io::Write;

use cap_std::fs::{Dir, OpenOptions, OpenOptionsExt, Permissions, PermissionsExt};

use super::{File, Repository, Stamp, Tree, file_name, parent, read_file};

/// The new text of each changed file; none where it is deleted.
pub(crate) type Changes = BTreeMap<String, Option<String>>;

/// Permissions of a file that is new.
const NEW_FILE: u32 = 0o644;
/// Names that are tried for a file on its way.
const MOST_NAMES: u32 = 1_000;

/// Why changes could not be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WriteError {
    #[error("{path} {reason}; nothing was written")]
    Refused { path: String, reason: String },
    #[error("{path} could not be put in place ({reason}); written before: {}", if .written.is_empty() { "nothing".to_owned() } else { .written.join(", ") })]
    Interrupted { path: String, reason: String, written: Vec<String> },
}

/// A file on its way: its folder, the name under which its new text lies there already, and its own.
struct Staged<'a> {
    path: &'a str,
    folder: Dir,
    /// None where the file is to be deleted.
    temporary: Option<String>,
}

impl Repository {
    /// The repository as it would be with some changes.
    pub(crate) fn with_changes(mut self, changes: &Changes) -> Self {
        if changes.is_empty() {
            return self;
        }
        for (path, text) in changes {
            let index = self.files.binary_search_by(|file| file.path.as_str().cmp(path));
            match (text, index) {
                (Some(text), Ok(index)) => self.files[index].size = text.len() as u64,
                (Some(text), Err(index)) => {
                    let file = File {
                        path: path.clone(),
                        size: text.len() as u64,
                        executable: false,
                        stamp: Stamp::default(),
                    };
                    self.files.insert(index, file);
                }
                (None, Ok(index)) => drop(self.files.remove(index)),
                (None, Err(_)) => {}
            }
        }
        self.bytes = self.files.iter().map(|file| file.size).sum();
        self.changes = changes.clone();
        self.ignored = self.ignore_files();
        self
    }

    /// Why a file can't be changed, or made where it is not there yet.
    pub(crate) fn refusal(&self, path: &str) -> Option<String> {
        let Tree::Folder(root) = &self.tree else { return None };
        match (self.file(path).is_some(), self.changes.get(path)) {
            // Made by a change before this one.
            (true, Some(Some(_))) | (false, Some(None)) => None,
            (true, _) => open_parent(root, path).and_then(|folder| changeable(&folder, file_name(path))).err(),
            (false, _) => creatable(root, path).err(),
        }
    }

    /// Writes changes. A file that does not hold what it held before is left alone. All new
    /// texts lie beside their files before the first is put in place, so that a full disk or a file that changed
    /// meanwhile leaves everything as it was.
    ///
    /// # Errors
    /// When a file changed, can't be written, or is no regular file any more.
    pub(crate) fn write(&self, changes: &Changes, originals: &Changes) -> Result<(), WriteError> {
        let Tree::Folder(root) = &self.tree else { return Ok(()) };
        let mut staged: Vec<Staged<'_>> = Vec::new();
        for (path, text) in changes {
            let before = originals.get(path).and_then(Option::as_deref);
            match stage(root, path, before, text.as_deref()) {
                Ok(one) => staged.extend(one),
                Err(reason) => {
                    staged.iter().for_each(Staged::discard);
                    return Err(WriteError::Refused { path: path.clone(), reason });
                }
            }
        }
        for (index, one) in staged.iter().enumerate() {
            if let Err(error) = one.put() {
                staged[index..].iter().for_each(Staged::discard);
                let written = staged[..index].iter().map(|one| one.path.to_owned()).collect();
                let reason = error.kind().to_string();
                return Err(WriteError::Interrupted { path: one.path.to_owned(), reason, written });
            }
        }
        Ok(())
    }
}

/// Checks that a file is as it was, and puts its new text beside it. None where nothing changes.
fn stage<'a>(
    root: &Dir,
    path: &'a str,
    before: Option<&str>,
    text: Option<&str>,
) -> Result<Option<Staged<'a>>, String> {
    let Some(before) = before else {
        let Some(text) = text else { return Ok(None) };
        creatable(root, path)?;
        let folder = make_parent(root, path)?;
        let temporary = Some(temporary(&folder, text, Permissions::from_mode(NEW_FILE))?);
        return Ok(Some(Staged { path, folder, temporary }));
    };
    if text == Some(before) {
        return Ok(None);
    }
    let folder = open_parent(root, path)?;
    let permissions = changeable(&folder, file_name(path))?;
    let now = read_file(&folder, file_name(path)).map_err(|error| format!("can't be read: {error}"))?;
    if before.as_bytes() != now {
        return Err("changed meanwhile".to_owned());
    }
    let temporary = text.map(|text| temporary(&folder, text, permissions)).transpose()?;
    Ok(Some(Staged { path, folder, temporary }))
}

impl Staged<'_> {
    fn put(&self) -> std::io::Result<()> {
        match &self.temporary {
            Some(temporary) => self.folder.rename(temporary, &self.folder, file_name(self.path)),
            None => self.folder.remove_file(file_name(self.path)),
        }
    }

    fn discard(&self) {
        if let Some(temporary) = &self.temporary {
            // It is gone already, or the folder is, and nothing can be done about it.
            let _ = self.folder.remove_file(temporary);
        }
    }
}

/// The folder of a file, reached without following a link.
fn open_parent(root: &Dir, path: &str) -> Result<Dir, String> {
    let mut folder = root.try_clone().map_err(|error| describe(&error))?;
    for name in parent(path).split('/').filter(|name| !name.is_empty()) {
        let metadata = folder.symlink_metadata(name).map_err(|error| describe(&error))?;
        if !metadata.is_dir() {
            return Err(format!("lies behind `{name}`, which is no folder; links are not followed"));
        }
        folder = folder.open_dir(name).map_err(|error| describe(&error))?;
    }
    Ok(folder)
}

/// As [`open_parent`], making what is missing.
fn make_parent(root: &Dir, path: &str) -> Result<Dir, String> {
    let mut folder = root.try_clone().map_err(|error| describe(&error))?;
    for name in parent(path).split('/').filter(|name| !name.is_empty()) {
        match folder.create_dir(name) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(describe(&error)),
        }
        folder = folder.open_dir(name).map_err(|error| describe(&error))?;
    }
    Ok(folder)
}

/// Whether a file can be changed; its permissions if so.
fn changeable(folder: &Dir, name: &str) -> Result<Permissions, String> {
    let metadata = folder.symlink_metadata(name).map_err(|error| describe(&error))?;
    if metadata.is_symlink() {
        return Err("is a link, and links are not followed".to_owned());
    }
    if !metadata.is_file() {
        return Err("is no regular file".to_owned());
    }
    let is_writable = |permissions: &Permissions| permissions.mode() & 0o222 != 0;
    let holder = folder.dir_metadata().map_err(|error| describe(&error))?;
    match () {
        () if !is_writable(&metadata.permissions()) => Err("is read-only".to_owned()),
        () if !is_writable(&holder.permissions()) => Err("lies in a folder that is read-only".to_owned()),
        () => Ok(metadata.permissions()),
    }
}

/// Whether a file can be made: nothing of its name is there, and what is there of its folders are folders.
fn creatable(root: &Dir, path: &str) -> Result<(), String> {
    let mut folder = root.try_clone().map_err(|error| describe(&error))?;
    for name in parent(path).split('/').filter(|name| !name.is_empty()) {
        match folder.symlink_metadata(name) {
            Ok(metadata) if metadata.is_dir() => folder = folder.open_dir(name).map_err(|error| describe(&error))?,
            Ok(_) => return Err(format!("lies behind `{name}`, which is no folder; links are not followed")),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(describe(&error)),
        }
    }
    match folder.symlink_metadata(file_name(path)) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(describe(&error)),
        Ok(_) => Err("is there already and not part of the repository: let Git track it".to_owned()),
    }
}

/// Writes a text into a new file beside its place, and says its name.
fn temporary(folder: &Dir, text: &str, permissions: Permissions) -> Result<String, String> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    for number in 0..MOST_NAMES {
        let name = format!(".plimsoll-{}-{number}", std::process::id());
        let mut file = match folder.open_with(&name, &options) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => continue,
            Err(error) => return Err(format!("can't be written: {}", error.kind())),
        };
        let written = file
            .write_all(text.as_bytes())
            .and_then(|()| file.set_permissions(permissions))
            .and_then(|()| file.sync_all());
        return match written {
            Ok(()) => Ok(name),
            Err(error) => {
                let _ = folder.remove_file(&name);
                Err(format!("can't be written: {}", error.kind()))
            }
        };
    }
    Err("can't be written: too many files named `.plimsoll-…` lie beside it".to_owned())
}

fn describe(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::NotFound => "is gone".to_owned(),
        kind => format!("can't be reached: {kind}"),
    }
}
