//! Which files a glob names. Rules ask hundreds of times, so files are known by their names and extensions, and only
//! those that can match are compared with the glob.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use memchr::memmem::Finder;

use super::globs::{Globs, SPECIAL};
use crate::repository::{File, file_name};

/// The files of a repository, ready to be found.
pub(crate) struct Paths {
    by_name: HashMap<String, Vec<usize>>,
    /// By what follows the last dot.
    by_extension: HashMap<String, Vec<usize>>,
    /// By glob.
    known: Mutex<HashMap<String, Vec<usize>>>,
}

impl Paths {
    pub(crate) fn new(files: &[File]) -> Self {
        let (mut by_name, mut by_extension) = (HashMap::<_, Vec<_>>::new(), HashMap::<_, Vec<_>>::new());
        for (index, file) in files.iter().enumerate() {
            let name = file_name(&file.path);
            by_name.entry(name.to_owned()).or_default().push(index);
            if let Some((_, extension)) = name.rsplit_once('.') {
                by_extension.entry(extension.to_owned()).or_default().push(index);
            }
        }
        Self { by_name, by_extension, known: Mutex::default() }
    }

    /// The indices of the files that one of the globs names, sorted.
    pub(crate) fn named(&self, files: &[File], globs: &[String]) -> Vec<usize> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let mut named = Vec::new();
        for glob in globs {
            match known.get(glob) {
                Some(found) => named.extend(found),
                None => named.extend(known.entry(glob.clone()).or_insert(self.find(files, glob)).iter()),
            }
        }
        if globs.len() > 1 {
            named.sort_unstable();
            named.dedup();
        }
        named
    }

    fn find(&self, files: &[File], glob: &str) -> Vec<usize> {
        let plain = glob.trim_start_matches("./");
        let name = file_name(plain);
        let extension = name.strip_prefix('*').and_then(|rest| rest.rsplit_once('.'));
        let candidates = match extension {
            _ if !name.contains(SPECIAL) => Some(self.by_name.get(name)),
            Some((_, extension)) if !extension.is_empty() && !extension.contains(SPECIAL) => {
                Some(self.by_extension.get(extension))
            }
            _ => None,
        };
        let candidates = candidates.map(|candidates| candidates.map_or(&[][..], Vec::as_slice));
        // The commonest globs are a name or `*.py`: what they name is at hand.
        let is_exact = !plain.contains('/') && extension.is_none_or(|(stem, _)| stem.is_empty());
        if let Some(candidates) = candidates.filter(|candidates| is_exact || candidates.is_empty()) {
            return candidates.to_vec();
        }
        // Names with one star, `test_*.py`, are next.
        if let Some((start, end)) = name.split_once('*').filter(|_| !plain.contains('/'))
            && !start.contains(SPECIAL)
            && !end.contains(SPECIAL)
        {
            let is_named = |file: &File| {
                let name = file_name(&file.path);
                name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end)
            };
            return match candidates {
                Some(candidates) => candidates.iter().copied().filter(|index| is_named(&files[*index])).collect(),
                None => (0..files.len()).filter(|index| is_named(&files[*index])).collect(),
            };
        }
        // What stands before the first wildcard begins the path, where the glob says from where on.
        let start = plain.find(SPECIAL).unwrap_or(plain.len());
        let folder = plain[..start].rfind('/').map_or("", |end| plain[..=end].trim_start_matches('/'));
        let first = files.partition_point(|file| file.path.as_str() < folder);
        let is_below = |index: &usize| files[*index].path.starts_with(folder);
        let below: Vec<usize> = match candidates {
            Some(candidates) => {
                let behind = &candidates[candidates.partition_point(|index| *index < first)..];
                behind.iter().copied().take_while(is_below).collect()
            }
            None => (first..files.len()).take_while(is_below).collect(),
        };
        // The longest part without wildcards keeps most paths out, and often all of them: then the glob is not compiled.
        let is_plain = !plain.contains(['[', '{', '\\']);
        let part = plain.split(['*', '?']).map(|part| part.trim_matches('/')).filter(|_| is_plain);
        let part = Finder::new(part.max_by_key(|part| part.len()).unwrap_or_default());
        let set = OnceCell::new();
        let is_named = |path: &str| {
            part.find(path.as_bytes()).is_some() && set.get_or_init(|| Globs::new(&[glob.to_owned()])).is_match(path)
        };
        below.into_iter().filter(|index| is_named(&files[*index].path)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::Repository;

    #[test]
    fn names_what_globs_match() {
        let paths = [".a", ".gitignore", "a/.x.py", "a/b.py", "a/b/c.tar.gz", "b.pyi", "c/Makefile", "d[1].py", "e/f"];
        let files = paths.iter().map(|path| ((*path).to_owned(), Vec::new())).collect();
        let repository = Repository::from_files(files);
        let index = Paths::new(repository.files());
        let globs = [
            "*",
            "*.py",
            "*.{py,pyi}",
            "*.gz",
            "*.tar.gz",
            "Makefile",
            "/Makefile",
            "/c/Makefile",
            "./c/*",
            "a/**",
            "a/**/*.py",
            "/a/*.py",
            "*.",
            "*.gitignore",
            ".*",
            "d\\[1\\].py",
            "d[[]1].py",
            "[",
            "**/b.py",
            "b*",
            "c*.gz",
            "*x.py",
            "M*e",
            "**/b/**",
            "**/a/**",
            "a/?/c.*",
            "*a*",
            "/a/b/*",
            "/a/b/c.tar.gz",
            "b/*.py",
            "/none/*.py",
            "/a",
        ];
        for glob in globs {
            let set = Globs::new(&[glob.to_owned()]);
            let files = repository.files().iter().enumerate();
            let expected: Vec<usize> =
                files.filter(|(_, file)| set.is_match(&file.path)).map(|(index, _)| index).collect();
            assert_eq!(index.named(repository.files(), &[glob.to_owned()]), expected, "{glob}");
        }
        assert_eq!(index.named(repository.files(), &["*.py".to_owned(), "a/*".to_owned()]), [2, 3, 7]);
    }
}
