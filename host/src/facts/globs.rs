//! Globs of paths relative to the root: `*` stops at `/`, `**` does not; a glob without `/` matches the file's name
//! anywhere, one that begins with `/` starts at the root. A broken glob matches nothing.
//!
//! Rules ask with a hundred globs and look at few paths with each, so those of names and stars, which most are, are not
//! compiled. They mean what the library makes of them.

use std::collections::HashMap;

use globset::{Glob, GlobBuilder};

use super::matcher::Matcher;
use crate::repository::file_name;

/// What is no literal in a glob.
pub(super) const SPECIAL: &[char] = &['*', '?', '[', ']', '{', '}', '\\'];

/// Some globs, to ask whether one of them names a path.
#[derive(Debug, Default)]
pub(crate) struct Globs {
    names: Vec<String>,
    ends: Vec<String>,
    wildcards: Vec<Wildcards>,
    others: Option<Matcher>,
}

impl Globs {
    pub(crate) fn new(globs: &[String]) -> Self {
        let (mut result, mut others) = (Self::default(), Vec::new());
        for text in globs {
            match Shape::of(text) {
                Some(Shape::Name(name)) => result.names.push(name.to_owned()),
                Some(Shape::End(end)) => result.ends.push(end.to_owned()),
                Some(Shape::Wildcards(wildcards)) => result.wildcards.push(wildcards),
                Some(Shape::Other(glob)) => others.push(glob),
                None => {}
            }
        }
        result.others = if others.is_empty() { None } else { Matcher::of_paths(&others).ok() };
        result
    }

    /// Whether one of the globs names a path.
    pub(crate) fn is_match(&self, path: &str) -> bool {
        self.ends.iter().any(|end| path.ends_with(end.as_str()))
            || self.names.iter().any(|name| file_name(path) == name)
            || self.wildcards.iter().any(|wildcards| wildcards.is_match(path))
            || self.others.as_ref().is_some_and(|matcher| matcher.is_match(path))
    }
}

/// Many globs, to ask which of them name a path. Each has the number of its place.
#[derive(Debug, Default)]
pub(crate) struct GlobTable {
    /// By the file's name.
    names: HashMap<String, Vec<usize>>,
    ends: Vec<(String, usize)>,
    wildcards: Vec<(Wildcards, usize)>,
    others: Vec<(Matcher, usize)>,
}

impl GlobTable {
    pub(crate) fn new<'a>(globs: impl IntoIterator<Item = &'a str>) -> Self {
        let mut table = Self::default();
        for (number, text) in globs.into_iter().enumerate() {
            match Shape::of(text) {
                Some(Shape::Name(name)) => table.names.entry(name.to_owned()).or_default().push(number),
                Some(Shape::End(end)) => table.ends.push((end.to_owned(), number)),
                Some(Shape::Wildcards(wildcards)) => table.wildcards.push((wildcards, number)),
                Some(Shape::Other(glob)) => {
                    table.others.extend(Matcher::of_paths(&[glob]).ok().map(|matcher| (matcher, number)));
                }
                None => {}
            }
        }
        table
    }

    /// The numbers of the globs that name a path.
    pub(crate) fn matches(&self, path: &str) -> impl Iterator<Item = usize> {
        let names = self.names.get(file_name(path)).into_iter().flatten().copied();
        let ends = self.ends.iter().filter(|(end, _)| path.ends_with(end.as_str())).map(|(_, number)| *number);
        let wildcards = self.wildcards.iter().filter(|(glob, _)| glob.is_match(path)).map(|(_, number)| *number);
        let others = self.others.iter().filter(move |(glob, _)| glob.is_match(path)).map(|(_, number)| *number);
        names.chain(ends).chain(wildcards).chain(others)
    }
}

/// Whether a text is a glob.
pub(crate) fn is_glob(text: &str) -> bool {
    Shape::of(text).is_some()
}

/// What a glob is, as it is written.
enum Shape<'a> {
    /// The name of a file.
    Name(&'a str),
    /// What the path ends with.
    End(&'a str),
    Wildcards(Wildcards),
    Other(Glob),
}

impl<'a> Shape<'a> {
    /// None of what is no glob.
    fn of(text: &'a str) -> Option<Self> {
        let plain = text.trim_start_matches("./");
        let end = plain.strip_prefix('*');
        match end.unwrap_or(plain) {
            rest if rest.is_empty() || rest.contains('/') || rest.contains(SPECIAL) => {}
            rest if end.is_some() => return Some(Self::End(rest)),
            rest => return Some(Self::Name(rest)),
        }
        let anchored = match plain.contains('/') {
            true => plain.trim_start_matches('/').to_owned(),
            false => format!("**/{plain}"),
        };
        // The library takes folders alone that end in a slash for all there is.
        let is_all = anchored.ends_with('/') && anchored.split('/').all(|part| part.is_empty() || part == FOLDERS);
        if !is_all && !anchored.replace('*', "").contains(SPECIAL) {
            return Some(Self::Wildcards(Wildcards::new(&anchored)));
        }
        let glob = GlobBuilder::new(&anchored).literal_separator(true).backslash_escape(true).build();
        Some(Self::Other(glob.ok()?))
    }
}

/// A glob of names and stars.
#[derive(Debug)]
struct Wildcards {
    /// What stands between slashes.
    parts: Vec<String>,
    /// What each path begins with, and ends with: most are told by that.
    start: String,
    end: String,
}

/// The part that stands for any folders.
const FOLDERS: &str = "**";

impl Wildcards {
    fn new(glob: &str) -> Self {
        let mut parts: Vec<String> = glob.split('/').map(str::to_owned).collect();
        if parts.last().is_some_and(|last| last == FOLDERS) {
            // What is below a folder, but not the folder.
            parts.push("*".to_owned());
        }
        let literal = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let (start, end) = (literal(glob.split('*').next()), literal(glob.rsplit(['*', '/']).next()));
        Self { parts, start, end }
    }

    fn is_match(&self, path: &str) -> bool {
        if !path.starts_with(&self.start) || !path.ends_with(&self.end) {
            return false;
        }
        let names: Vec<&str> = path.split('/').collect();
        let is_name = |part: &String, name: &&str| {
            is_like(part.as_bytes(), name.as_bytes(), |byte| *byte == b'*', |left, right| left == right)
        };
        is_like(&self.parts, &names, |part| part == FOLDERS, is_name)
    }
}

/// Whether a sequence is what a pattern says, in which some items stand for any number of others. Only the last star that
/// was met is ever given more: what was found behind an earlier one is there in any case.
fn is_like<P, T>(
    pattern: &[P],
    sequence: &[T],
    is_star: impl Fn(&P) -> bool,
    is_same: impl Fn(&P, &T) -> bool,
) -> bool {
    let (mut at, mut position) = (0, 0);
    // Where the star stands, and where what it takes ends.
    let mut star = None;
    while position < sequence.len() {
        match pattern.get(at) {
            Some(item) if is_star(item) => {
                star = Some((at, position));
                at += 1;
            }
            Some(item) if is_same(item, &sequence[position]) => {
                at += 1;
                position += 1;
            }
            _ => {
                let Some((place, taken)) = &mut star else { return false };
                *taken += 1;
                (at, position) = (*place + 1, *taken);
            }
        }
    }
    pattern[at..].iter().all(is_star)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_match_paths() {
        let check = |glob: &str, path: &str, expected: bool| {
            let globs = &[glob.to_owned()];
            assert_eq!(Globs::new(globs).is_match(path), expected, "{glob} on {path}");
            assert_eq!(GlobTable::new([glob]).matches(path).next().is_some(), expected, "{glob} on {path}");
        };
        check("*.py", "a/b/c.py", true);
        check("Dockerfile", "Dockerfile", true);
        check("Dockerfile", "a/Dockerfile.dev", false);
        check("src/*.py", "src/a.py", true);
        check("src/*.py", "src/a/b.py", false);
        check("src/*.py", "lib/src/a.py", false);
        check("src/**/*.py", "src/a.py", true);
        check("src/**", "src/a/b.py", true);
        check("/pyproject.toml", "pyproject.toml", true);
        check("/pyproject.toml", "a/pyproject.toml", false);
        check("./src/*", "src/a", true);
        check("*.{yml,yaml}", ".github/workflows/ci.yaml", true);
        check("[", "[", false);
        check("*", ".a/b", true);
        check("*.tar.gz", "a/b.tar.gz", true);
        check("*.py", "a/.py", true);
        check("*.py", "a.py/b", false);
        check("./Dockerfile", "a/Dockerfile", true);
        check("Dockerfile", "Dockerfile/a", false);
        check("a}", "b/a}", false);
        check("src/**/*.py", "src/a\n/b.py", true);
        check("*.py", "ä\n.py", true);
        check("", "a/b", true);
        check("**/", "a", true);
        check("/**/**/", "a/b", true);
        let table = GlobTable::new(["[", "*.py", "a.py", "/a.*", "b.py"]);
        assert_eq!(table.matches("a.py").collect::<Vec<_>>(), [2, 1, 3]);
        assert!(is_glob("a") && is_glob("**/a[bc]") && !is_glob("["));
    }

    /// What is not compiled means what it would mean compiled.
    #[test]
    fn wildcards_match_as_the_library_does() {
        let globs = [
            "*",
            "**",
            "a/**",
            "**/a",
            "/a",
            "a/*",
            "a/**/b",
            "a/**/b/**",
            "**/a/**",
            "*a*",
            "a*b*c",
            "/a*/b",
            "a**/b",
            "a/**b",
            "a/***",
            "**/*.py",
            "**/x*y*z",
            "/*/b",
            "a/",
            "//a",
            "./a/*",
            "**/**/b",
            "a/**/**",
            "*/*",
            "ä*",
        ];
        let paths = [
            "a",
            "b",
            "a/b",
            "a/a",
            "b/a",
            "a/x/b",
            "a/x/y/b",
            "ab",
            "abc",
            "aXbYc",
            "aXbYcZ",
            "ax/b",
            "a.py",
            "x/y/a.py",
            "a/b/a/b/c",
            "xyz",
            "q/x1y2z",
            "xyzx",
            ".a",
            "a/.b",
            "äb",
            "a\n/b",
        ];
        for text in globs {
            let Some(Shape::Wildcards(wildcards)) = Shape::of(text) else { panic!("{text} is compiled") };
            let plain = text.trim_start_matches("./");
            let anchored = match plain.contains('/') {
                true => plain.trim_start_matches('/').to_owned(),
                false => format!("**/{plain}"),
            };
            let library = GlobBuilder::new(&anchored).literal_separator(true).build().unwrap().compile_matcher();
            for path in paths {
                assert_eq!(wildcards.is_match(path), library.is_match(path), "{text} on {path:?}");
            }
        }
        let many = Wildcards::new(&"**/a*a*a*a*b/".repeat(50));
        assert!(!many.is_match(&"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/".repeat(200)));
    }
}
