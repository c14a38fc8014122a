//! The lock file, `plimsoll.lock` beside the manifest: which version of each plugin a repository is checked with, and by
//! which bytes it is known again. Made by the tool; sorted, one block a plugin, so that Git merges it line by line.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, bail};
use semver::Version;
use serde::Deserialize;

/// Its name in the repository's root.
pub(crate) const LOCK: &str = "plimsoll.lock";
/// The version of its form.
const FORMAT: u32 = 1;
/// A lock file of hundreds of plugins is far smaller, and so is a baseline of thousands of findings.
const LARGEST: u64 = 16 << 20;

/// The locked plugins, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lock {
    pub(crate) plugins: BTreeMap<String, Locked>,
}

/// One locked plugin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Locked {
    pub(crate) version: Version,
    pub(crate) source: LockedSource,
    /// SHA-256 of the component in hexadecimal; none for a folder of the repository, which Git versions.
    pub(crate) digest: Option<String>,
    /// The version of the interface that it was built for.
    pub(crate) interface: Version,
    /// Fingerprint of the key that its signature was checked with.
    pub(crate) key: Option<String>,
}

/// Where a locked plugin came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum LockedSource {
    /// plimsoll's own section.
    BuiltIn,
    /// A path in the repository.
    Path(String),
    /// A repository of a registry.
    Oci(String),
}

impl std::fmt::Display for LockedSource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::BuiltIn => formatter.write_str("built-in"),
            Self::Path(path) => write!(formatter, "path:{path}"),
            Self::Oci(repository) => write!(formatter, "oci:{repository}"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLock {
    version: u32,
    #[serde(default)]
    plugin: Vec<toml::Spanned<RawPlugin>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPlugin {
    name: String,
    version: Version,
    source: String,
    digest: Option<String>,
    interface: Version,
    key: Option<String>,
}

impl Lock {
    /// Reads the lock file of a root; none when there is none.
    ///
    /// # Errors
    /// When it can't be read or is none, with the line and what to do.
    pub(crate) fn read(root: &Path) -> anyhow::Result<Option<Self>> {
        let text = read_kept(&root.join(LOCK), LOCK, "delete it and run `plimsoll update`")?;
        text.map(|text| Self::parse(&text)).transpose()
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let line_of = |start: usize| text.get(..start).unwrap_or(text).matches('\n').count() + 1;
        if let Some(line) = conflict_line(text) {
            bail!(
                "{LOCK}:{line}: a merge conflict: keep one side's blocks, or delete the file, and run `plimsoll update`"
            );
        }
        let raw: RawLock = toml::from_str(text).map_err(|error| {
            let line = line_of(error.span().map_or(0, |span| span.start));
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            anyhow::anyhow!("{LOCK}:{line}: {message}: delete the file and run `plimsoll update` to make it anew")
        })?;
        if raw.version != FORMAT {
            bail!("{LOCK}: form {}, and this plimsoll knows form {FORMAT}: update plimsoll", raw.version);
        }
        let mut plugins = BTreeMap::new();
        for plugin in raw.plugin {
            let line = line_of(plugin.span().start);
            let plugin = plugin.into_inner();
            let source = match plugin.source.split_once(':') {
                Some(("path", path)) => LockedSource::Path(path.to_owned()),
                Some(("oci", repository)) => LockedSource::Oci(repository.to_owned()),
                _ if plugin.source == "built-in" => LockedSource::BuiltIn,
                _ => bail!("{LOCK}:{line}: `{}` is no source: run `plimsoll update`", plugin.source),
            };
            let digest = match plugin.digest.as_deref().map(|digest| digest.strip_prefix("sha256:")) {
                None => None,
                Some(Some(hex)) if is_digest(hex) => Some(hex.to_owned()),
                Some(_) => bail!("{LOCK}:{line}: `{}` has no sha256 digest: run `plimsoll update`", plugin.name),
            };
            if digest.is_none() && !matches!(source, LockedSource::Path(_)) {
                bail!("{LOCK}:{line}: `{}` has no digest: run `plimsoll update`", plugin.name);
            }
            let key = plugin.key.map(|key| key.trim_start_matches("sha256:").to_owned());
            let locked = Locked { version: plugin.version, source, digest, interface: plugin.interface, key };
            if plugins.insert(plugin.name.clone(), locked).is_some() {
                bail!("{LOCK}:{line}: `{}` is there twice: keep one block and run `plimsoll update`", plugin.name);
            }
        }
        Ok(Self { plugins })
    }

    /// The text of the lock file.
    pub(crate) fn render(&self) -> String {
        let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
        let mut text = String::from("# Written by plimsoll: `plimsoll update` changes it, people do not.\n");
        let _ = writeln!(text, "version = {FORMAT}");
        for (name, locked) in &self.plugins {
            let _ = writeln!(text, "\n[[plugin]]\nname = {}", quoted(name));
            let _ = writeln!(text, "version = {}", quoted(&locked.version.to_string()));
            let _ = writeln!(text, "source = {}", quoted(&locked.source.to_string()));
            if let Some(digest) = &locked.digest {
                let _ = writeln!(text, "digest = {}", quoted(&format!("sha256:{digest}")));
            }
            let _ = writeln!(text, "interface = {}", quoted(&locked.interface.to_string()));
            if let Some(key) = &locked.key {
                let _ = writeln!(text, "key = {}", quoted(&format!("sha256:{key}")));
            }
        }
        text
    }

    /// Writes the lock file, in whole or not at all; an equal one is left alone.
    ///
    /// # Errors
    /// When the root can't be written.
    pub(crate) fn write(&self, root: &Path) -> anyhow::Result<()> {
        replace(&root.join(LOCK), &self.render())
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// The text of a file that plimsoll keeps in a repository; none when there is none.
///
/// # Errors
/// When it is no regular file, too large, or no text. `remedy` says what to do then.
pub(crate) fn read_kept(path: &Path, name: &str, remedy: &str) -> anyhow::Result<Option<String>> {
    let metadata = match std::fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(|| name.to_owned()),
    };
    if !metadata.is_file() || metadata.len() > LARGEST {
        bail!("{name} is no regular file of at most {} MiB: {remedy}", LARGEST >> 20);
    }
    let bytes = std::fs::read(path).with_context(|| name.to_owned())?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let line =
            error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
        anyhow::anyhow!("{name}:{line}: no UTF-8 text: {remedy}")
    })?;
    Ok(Some(text))
}

/// The line, from 1, where Git left the first mark of a merge conflict.
pub(crate) fn conflict_line(text: &str) -> Option<usize> {
    let is_mark = |line: &str| line.starts_with("<<<<<<<") || line.starts_with(">>>>>>>");
    text.lines().position(is_mark).map(|index| index + 1)
}

/// Puts a text in place of a file, in whole or not at all. The file's permissions stay.
///
/// # Errors
/// When its folder can't be written.
pub(crate) fn replace(path: &Path, text: &str) -> anyhow::Result<()> {
    let context = || path.display().to_string();
    if std::fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".plimsoll-").tempfile_in(folder).with_context(context)?;
    file.write_all(text.as_bytes()).with_context(context)?;
    let permissions = match std::fs::metadata(path) {
        Ok(metadata) => metadata.permissions(),
        Err(_) => std::os::unix::fs::PermissionsExt::from_mode(0o644),
    };
    file.as_file().set_permissions(permissions).with_context(context)?;
    file.as_file().sync_all().with_context(context)?;
    file.persist(path).with_context(context)?;
    Ok(())
}

/// Keeps other runs from changing the manifest and the lock file of a root as long as it lives.
pub(crate) struct Guard {
    _folder: std::fs::File,
}

impl Guard {
    /// Waits for other runs that change this root.
    ///
    /// # Errors
    /// When the root can't be opened.
    pub(crate) fn new(root: &Path) -> anyhow::Result<Self> {
        // The folder itself is locked: no further file is needed, and the kernel lets go when the process ends.
        let folder = std::fs::File::open(root).with_context(|| root.display().to_string())?;
        folder.lock().with_context(|| format!("{} can't be locked", root.display()))?;
        Ok(Self { _folder: folder })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Lock::parse(text).map_or_else(|error| error.to_string(), |_| String::from("no error"))
    }

    #[test]
    fn a_lock_is_read_as_it_was_written() {
        let locked = |source, digest: Option<&str>| Locked {
            version: Version::new(1, 2, 3),
            source,
            digest: digest.map(str::to_owned),
            interface: Version::new(0, 1, 0),
            key: digest.map(str::to_owned),
        };
        let digest = "0123456789abcdef".repeat(4);
        let plugins = BTreeMap::from([
            ("b".to_owned(), locked(LockedSource::Path("tools/b".to_owned()), None)),
            ("a".to_owned(), locked(LockedSource::BuiltIn, Some(&digest))),
            ("c".to_owned(), locked(LockedSource::Oci("r.example/c".to_owned()), Some(&digest))),
        ]);
        let lock = Lock { plugins };
        assert_eq!(Lock::parse(&lock.render()).expect("a lock"), lock);
        assert!(lock.render().starts_with("# Written by plimsoll"));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let block = |rest: &str| {
            format!("version = 1\n[[plugin]]\nname = \"a\"\nversion = \"1.0.0\"\ninterface = \"0.1.0\"\n{rest}")
        };
        assert!(error("version = 2\n").contains("update plimsoll"));
        assert!(error("x = [").starts_with("plimsoll.lock:1: "));
        assert!(error("version = 1\n<<<<<<< ours\n").starts_with("plimsoll.lock:2: a merge conflict"));
        assert!(error(&block("source = \"built-in\"\n")).starts_with("plimsoll.lock:2: `a` has no digest"));
        assert!(error(&block("source = \"ftp\"\n")).contains("no source"));
        assert!(error(&block("source = \"built-in\"\ndigest = \"sha256:xyz\"\n")).contains("no sha256 digest"));
        assert!(error(&block("source = \"path:x\"\ndigestt = 3\n")).starts_with("plimsoll.lock:7: "));
    }
}
