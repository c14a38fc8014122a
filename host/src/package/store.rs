//! The user's store of components, each a file named by its SHA-256. Nothing in it is trusted: what is read is hashed
//! again, so that the folder may be shared by runs at once and restored by a CI cache.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use anyhow::{Context, bail};

use crate::plugin::component::{ComponentError, LARGEST_COMPONENT};
use crate::plugin::source::sha256;
use crate::user_folders::cache_folder;

/// Components by digest.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    folder: PathBuf,
}

/// A component in the store.
pub(crate) struct Entry {
    pub(crate) digest: String,
    pub(crate) size: u64,
    /// How long it was not used.
    pub(crate) age: Duration,
}

/// What became of a look for some digest.
pub(crate) enum Found {
    Component(Vec<u8>),
    Nothing,
    /// There is a file of this name whose bytes have another digest.
    Corrupt {
        actual: String,
    },
}

impl Store {
    /// The store of the user; it is made when something is put into it.
    ///
    /// # Errors
    /// When no variable says where the user's caches are.
    pub(crate) fn open() -> anyhow::Result<Self> {
        let folder = cache_folder().map_err(|reason| anyhow::anyhow!("there is no store: {reason}"))?;
        Ok(Self { folder: folder.join("store") })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, digest: &str) -> PathBuf {
        self.folder.join(format!("{digest}.wasm"))
    }

    /// Whether a digest is there; its bytes are not looked at.
    pub(crate) fn has(&self, digest: &str) -> bool {
        self.path(digest).is_file()
    }

    /// Reads the component of a digest.
    ///
    /// # Errors
    /// When it is there and can't be read.
    pub(crate) fn get(&self, digest: &str) -> anyhow::Result<Found> {
        let path = self.path(digest);
        match read_component(&path) {
            Ok(None) => Ok(Found::Nothing),
            Ok(Some(wasm)) => {
                let actual = sha256(&wasm);
                if actual != digest {
                    return Ok(Found::Corrupt { actual });
                }
                // Trimming goes by the last use; that it can't be noted harms no one.
                let _ = std::fs::File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
                Ok(Found::Component(wasm))
            }
            Err(error) => Err(error).with_context(|| path.display().to_string()),
        }
    }

    /// Puts a component into the store and returns its digest.
    ///
    /// # Errors
    /// When the store can't be written.
    pub(crate) fn put(&self, wasm: &[u8]) -> anyhow::Result<String> {
        let digest = sha256(wasm);
        let path = self.path(&digest);
        let is_there = read_component(&path).is_ok_and(|old| old.is_some_and(|old| old == wasm));
        if !is_there {
            let context = || format!("the store can't be written: {}", self.folder.display());
            std::fs::create_dir_all(&self.folder).with_context(context)?;
            let mut file = tempfile::NamedTempFile::new_in(&self.folder).with_context(context)?;
            file.write_all(wasm).with_context(context)?;
            file.as_file().sync_all().with_context(context)?;
            file.persist(&path).with_context(context)?;
        }
        Ok(digest)
    }

    /// What is in the store, sorted by digest.
    ///
    /// # Errors
    /// When its folder can't be listed.
    pub(crate) fn entries(&self) -> anyhow::Result<Vec<Entry>> {
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error).with_context(|| self.folder.display().to_string()),
        };
        let now = SystemTime::now();
        let mut found: Vec<Entry> = entries
            .filter_map(Result::ok)
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let metadata = entry.metadata().ok().filter(std::fs::Metadata::is_file)?;
                let age = metadata.modified().ok().and_then(|time| now.duration_since(time).ok()).unwrap_or_default();
                Some(Entry { digest: name.strip_suffix(".wasm")?.to_owned(), size: metadata.len(), age })
            })
            .collect();
        found.sort_by(|left, right| left.digest.cmp(&right.digest));
        Ok(found)
    }

    /// Takes out what was not used for some time, and says what that was.
    ///
    /// # Errors
    /// When something can't be deleted.
    pub(crate) fn trim(&self, unused: Duration) -> anyhow::Result<Vec<Entry>> {
        let (old, _): (Vec<Entry>, Vec<Entry>) = self.entries()?.into_iter().partition(|entry| entry.age >= unused);
        for entry in &old {
            let path = self.path(&entry.digest);
            std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
        }
        Ok(old)
    }
}

/// Reads a file that should be a component; none when there is none.
///
/// # Errors
/// When it is no regular file, too large, or can't be read.
pub(crate) fn read_component(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    let metadata = match std::fs::metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    if !metadata.is_file() {
        bail!("it is no regular file");
    }
    if metadata.len() > LARGEST_COMPONENT as u64 {
        return Err(ComponentError::TooLarge(metadata.len() as usize).into());
    }
    Ok(Some(std::fs::read(path)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_was_put() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store { folder: folder.path().join("store") };
        let digest = store.put(b"component").expect("put");
        assert!(matches!(store.get(&digest), Ok(Found::Component(wasm)) if wasm == b"component"));
        assert!(matches!(store.get(&"0".repeat(64)), Ok(Found::Nothing)));
        std::fs::write(store.path(&digest), b"other").expect("written");
        assert!(matches!(store.get(&digest), Ok(Found::Corrupt { .. })));
        // What is put again is whole again.
        store.put(b"component").expect("put");
        assert!(matches!(store.get(&digest), Ok(Found::Component(_))));
        assert_eq!(store.trim(Duration::from_secs(3600)).expect("trimmed").len(), 0);
        assert_eq!(store.trim(Duration::ZERO).expect("trimmed").len(), 1);
        assert!(matches!(store.get(&digest), Ok(Found::Nothing)));
    }
}
