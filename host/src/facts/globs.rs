//! Globs: the ones of rules and of the manifest, and the ones that ruff reads.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};

/// Globs in the way of `.gitignore`: `*` stops at `/`, `**` does not, and a glob without `/` matches a file's name in
/// any folder. A glob that can't be read matches nothing; whoever takes it from a user checks it first.
pub(crate) fn globs<Text: AsRef<str>>(patterns: &[Text]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let pattern = pattern.as_ref();
        let anchored =
            if pattern.contains('/') { pattern.trim_start_matches('/').to_owned() } else { format!("**/{pattern}") };
        if let Ok(glob) = GlobBuilder::new(&anchored).literal_separator(true).build() {
            set.add(glob);
        }
    }
    set.build().unwrap_or_else(|_| GlobSet::empty())
}

/// For each path, whether a glob of ruff's dialect covers it: relative to `base`, `*` crosses `/`, a pattern matches the
/// file's name as well as its path, and a folder covers what lies below it.
pub(crate) fn covered(base: &str, glob: &str, paths: &[String]) -> Vec<bool> {
    let Ok(matcher) = GlobBuilder::new(glob.trim_start_matches("./").trim_end_matches('/')).build() else {
        return vec![false; paths.len()];
    };
    let matcher = matcher.compile_matcher();
    paths
        .iter()
        .map(|path| {
            let relative = match base {
                "" => Some(path.as_str()),
                base => path.strip_prefix(base).and_then(|rest| rest.strip_prefix('/')),
            };
            relative.is_some_and(|relative| {
                let ends = relative.match_indices('/').map(|(end, _)| end).chain([relative.len()]);
                ends.into_iter().any(|end| {
                    let ancestor = &relative[..end];
                    matcher.is_match(ancestor) || matcher.is_match(crate::repository::file_name(ancestor))
                })
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_read_like_ignore_files() {
        let check = |glob: &str, path: &str| globs(&[glob]).is_match(path);
        assert!(check("Dockerfile", "docker/Dockerfile"));
        assert!(check("*.toml", "a/b/pyproject.toml"));
        assert!(check("docs/*.md", "docs/index.md"));
        assert!(!check("docs/*.md", "docs/guide/index.md"));
        assert!(check("docs/**/*.md", "docs/guide/index.md"));
        assert!(!check("/a.txt", "b/a.txt"));
    }

    #[test]
    fn ruffs_globs_cover_names_and_folders() {
        let check = |base: &str, glob: &str, path: &str| covered(base, glob, &[path.to_owned()])[0];
        assert!(check("", "tests/*", "tests/unit/test_a.py"));
        assert!(check("", "test_*.py", "tests/unit/test_a.py"));
        assert!(check("", "tests", "tests/unit/test_a.py"));
        assert!(!check("", "tests/**", "src/tests.py"));
        assert!(check("backend", "tests/**", "backend/tests/test_a.py"));
        assert!(!check("backend", "tests/**", "tests/test_a.py"));
    }
}
