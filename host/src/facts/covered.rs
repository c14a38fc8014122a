//! Globs in the dialect that ruff reads in its configuration.

use globset::GlobBuilder;

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
