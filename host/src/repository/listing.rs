//! Lists the files of a tree: those that Git tracks, or all that no ignore file names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cap_std::fs::{Dir, Metadata, PermissionsExt};
use ignore::gitignore::Gitignore;

use super::{File, Skipped, Stamp, THREAD_STACK, file_name, ignore_rules, is_ignored, join, parent, read_file};
use crate::parallel;

/// Folders nested deeper than this are not entered.
const DEEPEST_FOLDER: usize = 256;
/// More files than this are not listed; a repository has that many only by mistake.
const MOST_FILES: usize = 1_000_000;
/// So many files are looked at one after the other: starting threads would take longer.
const FEW_FILES: usize = 500;
/// So many files of a folder are looked at by one thread.
const FILES_AT_ONCE: usize = 128;

/// What was found.
#[derive(Default)]
pub(super) struct Listing {
    pub(super) files: Vec<File>,
    pub(super) skipped: Vec<Skipped>,
    pub(super) links: BTreeMap<String, String>,
}

impl Listing {
    /// Takes in the paths that Git tracks.
    pub(super) fn add_tracked(&mut self, folder: &Dir, paths: Vec<String>) {
        let metadata = look_at(folder, &paths);
        for (path, metadata) in paths.into_iter().zip(metadata) {
            match metadata {
                Ok(metadata) if metadata.is_file() => self.files.push(entry(path, &metadata)),
                Ok(metadata) if metadata.is_symlink() => {
                    let target = folder.read_link_contents(&path);
                    self.link(path, target);
                }
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => self.skip(path, format!("can't be looked at: {}", error.kind())),
            }
        }
    }

    /// Takes in what lies below a folder and no ignore file names.
    pub(super) fn walk(&mut self, root: &Dir) -> std::io::Result<()> {
        let mut rules: Vec<(String, Gitignore)> = Vec::new();
        // A folder is opened when its turn comes, from the one that holds it: no more are open at once than lie above each
        // other, and no path is too long.
        let mut folders: Vec<(String, Arc<Dir>)> = vec![(String::new(), Arc::new(root.try_clone()?))];
        while let Some((path, holder)) = folders.pop() {
            let opened = if path.is_empty() { holder.try_clone() } else { holder.open_dir(file_name(&path)) };
            drop(holder);
            let folder = match opened {
                Ok(folder) => Arc::new(folder),
                Err(error) => {
                    self.skip(path, format!("can't be opened: {}", error.kind()));
                    continue;
                }
            };
            rules.retain(|(base, _)| base.is_empty() || path == *base || path.starts_with(&format!("{base}/")));
            let entries = match folder.entries() {
                Ok(entries) => entries,
                Err(error) => {
                    self.skip(path, format!("can't be listed: {}", error.kind()));
                    continue;
                }
            };
            if let Ok(bytes) = read_file(&folder, ".gitignore") {
                rules.push((path.clone(), ignore_rules(&String::from_utf8_lossy(&bytes))));
            }
            let mut entries: Vec<_> = entries.filter_map(Result::ok).collect();
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.file_name()));
            for item in entries {
                let Ok(name) = item.file_name().into_string() else {
                    self.skip(format!("{path}/{}", item.file_name().to_string_lossy()), "its name is not UTF-8".into());
                    continue;
                };
                let below = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
                let Ok(kind) = item.file_type() else { continue };
                if name == ".git" || is_ignored(&rules, &below, kind.is_dir()) {
                    continue;
                }
                if kind.is_file() {
                    if self.files.len() >= MOST_FILES {
                        self.skip(below, format!("more than {MOST_FILES} files"));
                        return Ok(());
                    }
                    if let Ok(metadata) = item.metadata() {
                        self.files.push(entry(below, &metadata));
                    }
                } else if kind.is_symlink() {
                    let target = folder.read_link_contents(item.file_name());
                    self.link(below, target);
                } else if kind.is_dir() {
                    if below.matches('/').count() >= DEEPEST_FOLDER {
                        self.skip(below, format!("nested deeper than {DEEPEST_FOLDER} folders"));
                    } else {
                        folders.push((below, Arc::clone(&folder)));
                    }
                }
            }
        }
        Ok(())
    }

    /// Notes a link that stays in the repository.
    fn link(&mut self, path: String, target: std::io::Result<PathBuf>) {
        let target = target.ok().filter(|target| target.is_relative());
        if let Some(target) = target.as_deref().and_then(Path::to_str).and_then(|target| join(parent(&path), target)) {
            self.links.insert(path, target);
        }
    }

    fn skip(&mut self, path: String, reason: String) {
        self.skipped.push(Skipped { path, reason });
    }
}

/// What the system says of some files, in their order. Each folder is opened once, so that a file costs one call.
fn look_at(root: &Dir, paths: &[String]) -> Vec<std::io::Result<Metadata>> {
    let mut folders: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, path) in paths.iter().enumerate() {
        folders.entry(parent(path)).or_default().push(index);
    }
    let pieces: Vec<(&str, &[usize])> =
        folders.iter().flat_map(|(folder, files)| files.chunks(FILES_AT_ONCE).map(|files| (*folder, files))).collect();
    let look = |(): &mut (), (folder, files): &(&str, &[usize])| -> Vec<_> {
        let opened = if folder.is_empty() { root.try_clone() } else { root.open_dir(folder) };
        let look = |index: &usize| match &opened {
            Ok(folder) => (*index, folder.symlink_metadata(file_name(&paths[*index]))),
            // What is wrong with it is said of each of its files.
            Err(_) => (*index, root.symlink_metadata(&paths[*index])),
        };
        files.iter().map(look).collect()
    };
    let found = if paths.len() < FEW_FILES {
        pieces.iter().map(|piece| look(&mut (), piece)).collect()
    } else {
        parallel::map(&pieces, THREAD_STACK, || (), look)
    };
    let mut found: Vec<(usize, std::io::Result<Metadata>)> = found.into_iter().flatten().collect();
    found.sort_unstable_by_key(|(index, _)| *index);
    found.into_iter().map(|(_, metadata)| metadata).collect()
}

fn entry(path: String, metadata: &Metadata) -> File {
    let stamp = Stamp::of(metadata);
    File { path, size: metadata.len(), executable: metadata.permissions().mode() & 0o111 != 0, stamp }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_says_is_that_of_each_file() {
        let folder = tempfile::tempdir().unwrap();
        let mut paths: Vec<String> = (0..2 * FILES_AT_ONCE).map(|number| format!("a/{number}")).collect();
        paths.extend(["a/b/c", "top", "a-b/1"].map(str::to_owned));
        for (size, path) in paths.iter().enumerate() {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, vec![b'x'; size]).unwrap();
        }
        paths.extend(["a/none", "none/1", "top/1"].map(str::to_owned));
        std::os::unix::fs::symlink("1", folder.path().join("a/link")).unwrap();
        std::os::unix::fs::symlink("../../..", folder.path().join("out")).unwrap();
        paths.extend(["a/link", "out/1"].map(str::to_owned));
        let root = Dir::open_ambient_dir(folder.path(), cap_std::ambient_authority()).unwrap();
        let found = look_at(&root, &paths);
        let files = found.len() - 5;
        for (size, found) in found[..files].iter().enumerate() {
            assert_eq!(found.as_ref().unwrap().len() as usize, size, "{}", paths[size]);
        }
        assert!(found[files..files + 3].iter().all(Result::is_err));
        assert!(found[files + 3].as_ref().unwrap().is_symlink());
        assert!(found[files + 4].is_err());
        let mut listing = Listing::default();
        listing.add_tracked(&root, paths);
        assert_eq!((listing.files.len(), listing.links.len()), (files, 1));
    }
}
