//! The folders of the user that plimsoll keeps something in: where they are, that no one else may write to them, what is
//! in the caches among them.

use std::fs;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// The folder of one cache, to be shown and trimmed.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// # Errors
    /// When no variable says where the user's caches are.
    pub(crate) fn open(name: &str) -> Result<Self, String> {
        Ok(Self(cache_folder()?.join(name)))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    fn files(&self) -> std::io::Result<Vec<(PathBuf, fs::Metadata)>> {
        match fs::read_dir(&self.0) {
            Ok(entries) => Ok(entries
                .filter_map(Result::ok)
                .filter_map(|entry| Some((entry.path(), entry.metadata().ok()?)))
                .filter(|(_, metadata)| metadata.is_file())
                .collect()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// How many files there are, and their bytes.
    ///
    /// # Errors
    /// When the folder can't be listed.
    pub(crate) fn total(&self) -> std::io::Result<(usize, u64)> {
        let files = self.files()?;
        Ok((files.len(), files.iter().map(|(_, metadata)| metadata.len()).sum()))
    }

    /// Deletes what was not read for some time; how many files that were, and their bytes. Files that are read go by
    /// the time that the file system notes for it, which may be a day late.
    ///
    /// # Errors
    /// When something can't be deleted.
    pub(crate) fn trim(&self, unused: std::time::Duration) -> std::io::Result<(usize, u64)> {
        let now = std::time::SystemTime::now();
        let (mut count, mut size) = (0, 0);
        for (path, metadata) in self.files()? {
            let used = metadata.accessed().ok().max(metadata.modified().ok());
            let age = used.and_then(|used| now.duration_since(used).ok()).unwrap_or_default();
            if age >= unused {
                fs::remove_file(path)?;
                count += 1;
                size += metadata.len();
            }
        }
        Ok((count, size))
    }
}

/// plimsoll's folder among the user's caches.
///
/// # Errors
/// When no variable says where that is.
pub(crate) fn cache_folder() -> Result<PathBuf, String> {
    user_folder("XDG_CACHE_HOME", ".cache")
}

/// plimsoll's folder below the one that a variable names, else below the user's home.
///
/// # Errors
/// When neither variable is set.
pub(crate) fn user_folder(variable: &str, below: &str) -> Result<PathBuf, String> {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    std::env::var_os(variable)
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| home.map(|home| home.join(below)))
        .map(|folder| folder.join("plimsoll"))
        .ok_or_else(|| format!("neither HOME nor {variable} is set"))
}

/// Makes a folder that only the user may enter, or checks that it is one.
///
/// # Errors
/// Why it is not to be used.
pub(crate) fn private_folder(folder: &Path) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", folder.display());
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(fail)?;
    let metadata = fs::symlink_metadata(folder).map_err(fail)?;
    // A file that this process makes belongs to the user who runs it.
    let probe = tempfile::tempfile_in(folder).and_then(|file| file.metadata()).map_err(fail)?;
    if !metadata.is_dir() || metadata.uid() != probe.uid() {
        return Err(format!("{} does not belong to you", folder.display()));
    }
    if metadata.permissions().mode() & 0o022 != 0 {
        return Err(format!("others may write to {}: run `chmod go-w` on it", folder.display()));
    }
    Ok(())
}
