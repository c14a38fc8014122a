//! Compiled code in the user's own cache. Loading it means running it, so an entry counts only when it lies in a folder
//! that belongs to the user and to no one else, and carries a code that only the user's key can make. Anything else is
//! compiled anew. Nothing is ever read from the checked repository.

use std::fs;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::user_folders::{cache_folder, private_folder, user_folder};

const MAC_LENGTH: usize = blake3::OUT_LEN;
const KEY_LENGTH: usize = blake3::KEY_LEN;
/// Bytes that are read at once.
const PIECE: usize = 256 << 10;

/// The folder of compiled code, and the key of its entries.
pub(crate) struct CompiledCache {
    folder: PathBuf,
    key: [u8; KEY_LENGTH],
}

/// What became of a look into the cache.
pub(crate) enum Cached {
    /// The entry was good.
    Hit(Component),
    /// There was none.
    Miss,
    /// There was one that must not be used, and why.
    Refused(String),
}

impl CompiledCache {
    /// The user's cache, made when it is not there yet.
    ///
    /// # Errors
    /// Why there is none to use: no home, a folder that others may write, a file system that says no. The caller goes
    /// on without a cache.
    pub(crate) fn open() -> Result<Self, String> {
        let folder = cache_folder()?.join("compiled");
        let config = user_folder("XDG_CONFIG_HOME", ".config")?;
        private_folder(&folder)?;
        private_folder(&config)?;
        Ok(Self { key: key(&config.join("compiled-key"))?, folder })
    }

    fn path(&self, digest: &str, compatibility: &str) -> PathBuf {
        self.folder.join(format!("{digest}-{compatibility}.bin"))
    }

    /// Looks for the compiled form of the component with this digest; the buffer is for some of the file's bytes.
    pub(crate) fn load(&self, engine: &Engine, digest: &str, compatibility: &str, buffer: &mut Vec<u8>) -> Cached {
        let path = self.path(digest, compatibility);
        let mut file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Cached::Miss,
            Err(error) => return Cached::Refused(format!("{}: {error}", path.display())),
        };
        match self.is_authentic(&mut file, digest, compatibility, buffer) {
            Ok(Some(true)) => {}
            Ok(Some(false)) => {
                return Cached::Refused(format!("{} was not written by you or was changed", path.display()));
            }
            Ok(None) => return Cached::Refused(format!("{} is cut off", path.display())),
            Err(error) => return Cached::Refused(format!("{}: {error}", path.display())),
        }
        // The file is mapped rather than copied: most of a section's code is never touched in a run.
        //
        // SAFETY: the authentication code was made with the user's own key over exactly these bytes, by `store` below,
        // from the output of this engine's compiler, which is never written to again but only replaced; the folder
        // belongs to the user, so that whoever could swap the file in between can run code as the user anyway.
        match unsafe { Component::deserialize_file(engine, &path) } {
            Ok(component) => Cached::Hit(component),
            Err(error) => Cached::Refused(format!("{}: {error}", path.display())),
        }
    }

    /// Keeps compiled code; a failure only costs the next run some time.
    pub(crate) fn store(&self, digest: &str, compatibility: &str, code: &[u8]) -> Result<(), String> {
        let mac = self.mac(digest, compatibility).update(code).finalize();
        let write = || -> std::io::Result<()> {
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(code)?;
            file.write_all(mac.as_bytes())?;
            file.persist(self.path(digest, compatibility))?;
            Ok(())
        };
        write().map_err(|error| format!("{}: {error}", self.folder.display()))
    }

    /// Whether the code at a file's end is the user's for what stands before it; none when the file is too short for one.
    /// The file is read piece by piece: tens of megabytes in memory would cost more than all that is computed of them.
    fn is_authentic(
        &self,
        file: &mut fs::File,
        digest: &str,
        compatibility: &str,
        buffer: &mut Vec<u8>,
    ) -> std::io::Result<Option<bool>> {
        let Some(mut left) = file.metadata()?.len().checked_sub(MAC_LENGTH as u64) else { return Ok(None) };
        buffer.resize(PIECE, 0);
        let mut mac = self.mac(digest, compatibility);
        while left > 0 {
            let wanted = left.min(PIECE as u64) as usize;
            let piece = &mut buffer[..wanted];
            file.read_exact(piece)?;
            mac.update(piece);
            left -= wanted as u64;
        }
        let mut written = [0; MAC_LENGTH];
        file.read_exact(&mut written)?;
        // The comparison of the two takes constant time.
        Ok(Some(mac.finalize() == written))
    }

    fn mac(&self, digest: &str, compatibility: &str) -> blake3::Hasher {
        let mut mac = blake3::Hasher::new_keyed(&self.key);
        mac.update(digest.as_bytes());
        mac.update(compatibility.as_bytes());
        mac
    }
}

/// The user's key, made when it is not there yet.
fn key(path: &Path) -> Result<[u8; KEY_LENGTH], String> {
    let fail = |error: std::io::Error| format!("{}: {error}", path.display());
    for _ in 0..2 {
        match fs::read(path) {
            Ok(bytes) => {
                let mode = fs::symlink_metadata(path).map_err(fail)?.permissions().mode();
                if mode & 0o077 != 0 {
                    return Err(format!("others may read {}: run `chmod 600` on it", path.display()));
                }
                return bytes.try_into().map_err(|_| format!("{} is no key: delete it", path.display()));
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let mut key = [0; KEY_LENGTH];
                fs::File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut key)).map_err(fail)?;
                let folder = path.parent().unwrap_or(Path::new("."));
                let mut file = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
                file.write_all(&key).map_err(fail)?;
                // Of two runs at once the first one's key stays; both read it then.
                if let Err(error) = file.persist_noclobber(path)
                    && error.error.kind() != std::io::ErrorKind::AlreadyExists
                {
                    return Err(fail(error.error));
                }
            }
            Err(error) => return Err(fail(error)),
        }
    }
    Err(format!("{}: could not be made", path.display()))
}
