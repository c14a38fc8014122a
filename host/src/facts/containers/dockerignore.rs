//! Docker's ignore files. Patterns are matched against paths relative to the build context; the last match wins, and
//! a pattern that matches a folder covers what lies below it.

use regex::{Regex, RegexBuilder};

use crate::plugin::wit::Span;

/// More patterns of one file are not read.
const MOST_PATTERNS: usize = 4_000;
/// What one compiled pattern may take.
const LARGEST_PATTERN: usize = 1 << 20;

/// The patterns of an ignore file.
#[derive(Default)]
pub(super) struct Rules {
    patterns: Vec<Pattern>,
}

struct Pattern {
    expression: Regex,
    /// Whether it takes paths in again.
    includes: bool,
}

/// Reads an ignore file; broken patterns are returned with their places.
pub(super) fn parse(text: &str) -> (Rules, Vec<(Span, String)>) {
    let mut rules = Rules::default();
    let mut problems = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches('\u{feff}');
        if !content.starts_with('#') && rules.patterns.len() < MOST_PATTERNS {
            match pattern(content.trim()) {
                Ok(pattern) => rules.patterns.extend(pattern),
                Err(message) => {
                    let end = start + line.trim_end().len();
                    problems.push((Span { start: start as u32, end: end as u32 }, message));
                }
            }
        }
        start += line.len();
    }
    (rules, problems)
}

fn pattern(line: &str) -> Result<Option<Pattern>, String> {
    let (includes, pattern) = match line.strip_prefix('!') {
        Some(pattern) => (true, pattern.trim()),
        None => (false, line),
    };
    if line.is_empty() {
        return Ok(None);
    }
    if pattern.is_empty() {
        return Err("`!` without a pattern".to_owned());
    }
    let cleaned = clean(pattern);
    if cleaned.is_empty() {
        // The context itself can't be left out.
        return Ok(None);
    }
    let broken = || format!("`{}` is no valid pattern", pattern.chars().take(80).collect::<String>());
    let expression = expression(&cleaned).ok_or_else(broken)?;
    let expression = RegexBuilder::new(&expression).size_limit(LARGEST_PATTERN).build().map_err(|_| broken())?;
    Ok(Some(Pattern { expression, includes }))
}

/// A path without `.`, `..`, doubled and outer slashes.
fn clean(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if path.starts_with('/') => {}
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// A pattern as a regular expression; none when a class or an escape has no end.
fn expression(pattern: &str) -> Option<String> {
    let mut result = String::from("(?s)^");
    let mut letters = pattern.chars().peekable();
    let escaped = |letter: char| regex::escape(letter.encode_utf8(&mut [0; 4]));
    while let Some(letter) = letters.next() {
        match letter {
            '*' if letters.next_if_eq(&'*').is_some() => {
                letters.next_if_eq(&'/');
                result.push_str(if letters.peek().is_none() { ".*" } else { "(?:.*/)?" });
            }
            '*' => result.push_str("[^/]*"),
            '?' => result.push_str("[^/]"),
            '\\' => result.push_str(&escaped(letters.next()?)),
            '[' => {
                result.push('[');
                if letters.next_if_eq(&'^').is_some() {
                    result.push('^');
                }
                let mut is_first = true;
                loop {
                    match letters.next()? {
                        ']' if !is_first => break,
                        '-' if !is_first && letters.peek().is_some_and(|&next| next != ']') => result.push('-'),
                        '\\' => result.push_str(&escaped(letters.next()?)),
                        letter => result.push_str(&escaped(letter)),
                    }
                    is_first = false;
                }
                result.push(']');
            }
            letter => result.push_str(&escaped(letter)),
        }
    }
    result.push('$');
    Some(result)
}

impl Rules {
    /// Whether a path, relative to the context, is left out.
    pub(super) fn is_ignored(&self, path: &str) -> bool {
        let path = clean(path);
        let ends = path.match_indices('/').map(|(index, _)| index).chain([path.len()]);
        let prefixes: Vec<&str> = ends.map(|end| &path[..end]).collect();
        let matches = |pattern: &&Pattern| prefixes.iter().any(|prefix| pattern.expression.is_match(prefix));
        self.patterns.iter().rev().find(matches).is_some_and(|pattern| !pattern.includes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, ignored: &[&str], kept: &[&str]) {
        let (rules, problems) = parse(text);
        assert!(problems.is_empty(), "{problems:?}");
        for path in ignored {
            assert!(rules.is_ignored(path), "{path} by {text:?}");
        }
        for path in kept {
            assert!(!rules.is_ignored(path), "{path} by {text:?}");
        }
    }

    #[test]
    fn matches_from_the_root() {
        check(
            "\u{feff}.git\n# .env\n\n  build/ \n/dist",
            &[".git", ".git/config", "build/a/b", "dist", "./dist/x"],
            &["a/.git", ".env", ".gitignore", "a/build", "builds"],
        );
        check(
            "*/temp*\n*.md\na?c",
            &["x/temporary.txt", "x/temp/y", "README.md", "abc"],
            &["x/y/temp", "temp", "docs/a.md", "ac", "a/c"],
        );
    }

    #[test]
    fn crosses_folders() {
        check(
            "**/*.pyc\n**/node_modules\ndocs/**\nweb/**/x",
            &["a.pyc", "a/b.pyc", "a/node_modules/b", "docs/a/b", "web/x", "web/a/b/x"],
            &["docs", "a.py", "web/x.py"],
        );
        check("**", &["a", "a/b"], &[]);
        check("a**b", &["ab", "a/x/b"], &["axb"]);
    }

    #[test]
    fn takes_in_again() {
        check(
            "*\n!src\n! pyproject.toml\nsrc/**/tests",
            &["README.md", "src/a/tests/x", ".env"],
            &["src", "src/a.py", "pyproject.toml"],
        );
        check("*.md\n!README*.md\nREADME-secret.md", &["x.md", "README-secret.md"], &["README.md"]);
        check("docs\n!docs/keep", &["docs/x"], &["docs/keep", "docs/keep/y"]);
    }

    #[test]
    fn reads_classes_and_escapes() {
        check(
            "[a-c]x\n[^d]y\n\\*z\n[]-]w\n[.&&]v",
            &["ax", "ey", "*z", "]w", "-w", "&v"],
            &["dx", "dy", "az", "xw", "av"],
        );
        check(".\n/\n..", &[], &["a", "b/c"]);
        check("a.b+(c)", &["a.b+(c)"], &["axb+(c)"]);
        assert_eq!(parse("ok\n[\nx\\\n!\n").1.len(), 3);
    }
}
