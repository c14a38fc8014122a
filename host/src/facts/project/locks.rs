//! The versions that lock files settle on. Their tools write them line by line, so they are scanned rather than parsed:
//! a tree of a large one takes longer than everything else that is read of a repository.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{inside, normalised, upwards};
use crate::facts::Facts;

const LOCK_FILES: &[&str] = &["uv.lock", "poetry.lock", "pdm.lock"];

/// The lock files read so far.
#[derive(Default)]
pub(super) struct Locks {
    read: Mutex<HashMap<String, Arc<HashMap<String, String>>>>,
}

impl Locks {
    /// The version of a package in the nearest lock file from a folder upwards; of several versions the first.
    pub(super) fn version(&self, facts: &Facts, folder: &str, name: &str) -> Option<String> {
        let paths = upwards(folder).flat_map(|folder| LOCK_FILES.iter().map(move |file| inside(folder, file)));
        let path = paths.into_iter().find(|path| facts.repository().file(path).is_some())?;
        let lock = {
            let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(read.entry(path).or_insert_with_key(|path| {
                Arc::new(facts.repository().read(path).map_or_else(|_| HashMap::new(), |text| versions(&text)))
            }))
        };
        lock.get(&normalised(name)).cloned()
    }
}

/// Names and versions of the `[[package]]` tables.
fn versions(text: &str) -> HashMap<String, String> {
    let mut versions = HashMap::new();
    let mut name = None;
    let mut is_package = false;
    for line in text.lines() {
        if line.starts_with('[') {
            is_package = line.trim_end() == "[[package]]";
            name = None;
        } else if is_package {
            if let Some(value) = value(line, "name") {
                name = Some(normalised(value));
            } else if let Some(version) = value(line, "version")
                && let Some(name) = name.take()
            {
                versions.entry(name).or_insert_with(|| version.to_owned());
            }
        }
    }
    versions
}

/// The string of a line `key = "string"`.
fn value<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(key)?.trim_start().strip_prefix('=')?.trim_start();
    rest.strip_prefix('"')?.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;
    use crate::facts::Target;

    #[test]
    fn the_nearest_lock_file_counts() {
        let facts = sample(&[
            (
                "uv.lock",
                "version = 1\n[[package]]\nname = \"a.b\"\nversion = \"1\"\ndependencies = [\n { name = \"c\" },\n]\n[package.metadata]\nname = \"d\"\nversion = \"9\"\n[[package]]\nname = \"own\"\nsource = { editable = \".\" }\n",
            ),
            ("x/pyproject.toml", "[project]\nname = 'x'\n"),
            ("y/pyproject.toml", "[project]\nname = 'y'\n"),
            ("y/poetry.lock", "[[package]]\nname = \"a-b\"\nversion = \"2\"\r\n"),
        ]);
        let check = |target: Target, name: &str, version: Option<&str>| {
            assert_eq!(facts.projects().locked(&facts, &target, name).as_deref(), version, "{name}");
        };
        check(Target::Repository, "A_B", Some("1"));
        check(Target::Project("x".to_owned()), "a-b", Some("1"));
        check(Target::Project("y".to_owned()), "a-b", Some("2"));
        check(Target::Repository, "c", None);
        check(Target::Repository, "d", None);
        check(Target::Repository, "own", None);
    }
}
