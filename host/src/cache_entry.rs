//! Files in the user's own caches: what they hold is known by a digest, they are replaced as a whole, and of one
//! repository only so many stay.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::user_folders::{cache_folder, private_folder};

/// Larger entries are neither written nor read.
const LARGEST: u64 = 256 << 20;

/// The place of one entry.
pub(crate) struct CacheEntry {
    folder: PathBuf,
    /// What all entries of the repository begin with.
    repository: String,
    path: PathBuf,
    /// So many entries are kept of one repository.
    most: usize,
}

impl CacheEntry {
    /// The place in a cache for what answers a question about the repository at a root; it is another one for every
    /// version of this program. Without a cache of the user's own there is none.
    pub(crate) fn open(cache: &str, root: &Path, question: &[&str], most: usize) -> Option<Self> {
        let folder = cache_folder().ok()?.join(cache);
        private_folder(&folder).ok()?;
        let mut hasher = blake3::Hasher::new();
        for part in [program()?.as_str()].iter().chain(question) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let repository = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex()[..16].to_owned();
        let path = folder.join(format!("{repository}-{}", &hasher.finalize().to_hex()[..32]));
        Some(Self { folder, repository, path, most })
    }

    /// What was written last; nothing when it was damaged since.
    pub(crate) fn read(&self) -> Option<Vec<u8>> {
        if fs::metadata(&self.path).ok()?.len() > LARGEST {
            return None;
        }
        let mut bytes = fs::read(&self.path).ok()?;
        let written = *bytes.first_chunk::<{ blake3::OUT_LEN }>()?;
        bytes.drain(..blake3::OUT_LEN);
        (blake3::hash(&bytes) == written).then_some(bytes)
    }

    /// Writes it anew. That this can't be done costs the next run some time.
    pub(crate) fn write(&self, body: &[u8]) {
        let write = || -> std::io::Result<()> {
            if body.len() as u64 > LARGEST - blake3::OUT_LEN as u64 {
                return Ok(());
            }
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(blake3::hash(body).as_bytes())?;
            file.write_all(body)?;
            file.persist(&self.path)?;
            self.drop_oldest()
        };
        let _ = write();
    }

    /// Notes that it was used: what is dropped, here and by `plimsoll cache`, goes by that.
    pub(crate) fn touch(&self) {
        // That it can't be noted harms no one.
        let _ = fs::File::open(&self.path).and_then(|file| file.set_modified(SystemTime::now()));
    }

    /// Deletes what was used longest ago, where there are many entries of the repository.
    fn drop_oldest(&self) -> std::io::Result<()> {
        let mut entries: Vec<(SystemTime, PathBuf)> = fs::read_dir(&self.folder)?
            .filter_map(Result::ok)
            .filter(|entry| entry.file_name().to_string_lossy().starts_with(&self.repository))
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        entries.sort();
        let surplus = entries.len().saturating_sub(self.most);
        entries.iter().take(surplus).try_for_each(|(_, path)| fs::remove_file(path))
    }
}

/// What tells this program from others: its version, and the file that it is.
fn program() -> Option<String> {
    let metadata = std::env::current_exe().and_then(fs::metadata).ok()?;
    let modified = nanoseconds(metadata.modified().ok()?)?;
    Some(format!("{} {} {modified}", env!("CARGO_PKG_VERSION"), metadata.len()))
}

/// Since 1970.
pub(crate) fn nanoseconds(time: SystemTime) -> Option<i64> {
    time.duration_since(UNIX_EPOCH).ok().and_then(|since| i64::try_from(since.as_nanos()).ok())
}
