//! Examples in the documentation of rules: small repositories, bad and good, that are also the rule's tests.
//!
//! A fence of Markdown opens with a language, `bad`, `good` or `fixed`, and a path. Neighbouring fences of one kind make
//! one repository; text between two fences of a kind, or a fence of another kind, starts the next. In a `bad` example
//! every finding is marked: `# error: message` at the end of the line that it is on (with `//`, `;` or `<!-- … -->` where
//! the language wants that). Where a line can't carry a comment, a fence `text expect` of the same example lists
//! `path:line: message`. The history stands in `.git/commits`, a commit a line with the newest first and its body
//! indented below, and in `.git/tags`. `fixed` is the `bad` example before it, mended; it must be clean, as `good` must be, and
//! where all findings of the `bad` example have fixes it must be what these make of it.

use std::collections::BTreeMap;

use crate::facts::git::Git;

/// What an example shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Bad,
    Good,
    Fixed,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Good => "good",
            Self::Fixed => "fixed",
        }
    }
}

/// One small repository with the findings that the rule must give, and no others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Example {
    pub(crate) kind: Kind,
    /// Line of its first fence in the documentation, from 1.
    pub(crate) line: usize,
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Path, line from 1, message; sorted.
    pub(crate) expected: Vec<Expectation>,
    /// Where it stands in the documentation, in order.
    pub(crate) fences: Vec<Fence>,
}

/// Path, line from 1, message.
pub(crate) type Expectation = (String, u32, String);

/// A fence of an example.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fence {
    /// Index of the line in the documentation that opens it.
    pub(crate) opening: usize,
    /// Index of the line that closes it.
    pub(crate) closing: usize,
    /// The language and the path of the file in it; none for a list of expectations.
    pub(crate) file: Option<(String, String)>,
}

/// The comment that marks a line, as it opens and closes.
pub(crate) type Mark = (&'static str, &'static str);

pub(crate) const HASH: Mark = ("# error: ", "");
pub(crate) const SLASHES: Mark = ("// error: ", "");
pub(crate) const SEMICOLON: Mark = ("; error: ", "");
pub(crate) const ANGLES: Mark = ("<!-- error: ", " -->");
/// Between the messages of two findings on one line.
pub(crate) const FURTHER: &str = " # error: ";

/// Where an example writes its history: commits and tags. Nothing else of `.git` is part of a repository.
const COMMITS: &str = ".git/commits";
const TAGS: &str = ".git/tags";

impl Example {
    /// Its files, and its history.
    pub(crate) fn parts(&self) -> (BTreeMap<String, Vec<u8>>, Git) {
        let mut files = self.files.clone();
        let mut take =
            |path| files.remove(path).map_or_else(String::new, |text| String::from_utf8_lossy(&text).into_owned());
        let git = Git::of_example(&take(COMMITS), &take(TAGS));
        (files, git)
    }
}

/// Reads the examples of a rule's documentation.
///
/// # Errors
/// A fence that can't be read, with its line.
pub(crate) fn examples(docs: &str) -> Result<Vec<Example>, String> {
    let mut examples: Vec<Example> = Vec::new();
    let mut adjacent = false;
    let mut lines = docs.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let trimmed = line.trim_start();
        let fence = &trimmed[..trimmed.len() - trimmed.trim_start_matches('`').len()];
        if fence.len() < 3 {
            adjacent &= line.trim().is_empty();
            continue;
        }
        let words: Vec<&str> = trimmed[fence.len()..].split_whitespace().collect();
        let mut body = Vec::new();
        let mut closing = None;
        for (index, line) in lines.by_ref() {
            if line.trim() == fence {
                closing = Some(index);
                break;
            }
            body.push(line);
        }
        let Some(closing) = closing else {
            return Err(format!("line {}: the fence is not closed", index + 1));
        };
        let kind = match words.as_slice() {
            [_, "bad", _] => Kind::Bad,
            [_, "good", _] => Kind::Good,
            [_, "fixed", _] => Kind::Fixed,
            [_, "expect"] => {
                let example =
                    examples.last_mut().ok_or_else(|| format!("line {}: `expect` without an example", index + 1))?;
                for line in body.iter().filter(|line| !line.trim().is_empty()) {
                    example.expected.push(
                        expectation(line)
                            .ok_or_else(|| format!("line {}: `{line}` is not `path:line: message`", index + 1))?,
                    );
                }
                example.expected.sort();
                example.fences.push(Fence { opening: index, closing, file: None });
                continue;
            }
            // Any other fence is prose.
            _ => {
                adjacent = false;
                continue;
            }
        };
        let path = words[2].to_owned();
        let (text, marked) = markers(&path, &body);
        let fence = Fence { opening: index, closing, file: Some((words[0].to_owned(), path.clone())) };
        match examples.last_mut() {
            Some(example) if adjacent && example.kind == kind && !example.files.contains_key(&path) => {
                example.files.insert(path, text.into_bytes());
                example.expected.extend(marked);
                example.expected.sort();
                example.fences.push(fence);
            }
            _ => examples.push(Example {
                kind,
                line: index + 1,
                files: BTreeMap::from([(path, text.into_bytes())]),
                expected: marked,
                fences: vec![fence],
            }),
        }
        adjacent = true;
    }
    Ok(examples)
}

/// Reads a line of a list of expectations.
pub(crate) fn expectation(line: &str) -> Option<Expectation> {
    let (path, rest) = line.trim().split_once(':')?;
    let (number, message) = rest.split_once(": ")?;
    Some((path.to_owned(), number.parse().ok()?, message.to_owned()))
}

/// A line with a marker, taken apart.
pub(crate) struct Marked<'a> {
    pub(crate) code: &'a str,
    /// The space between the code and the marker.
    pub(crate) gap: &'a str,
    pub(crate) mark: Mark,
    /// One or more.
    pub(crate) messages: Vec<&'a str>,
}

/// Takes the marker off a line, if there is one: the first that stands on it.
pub(crate) fn marked(line: &str) -> Option<Marked<'_>> {
    let marks = [HASH, SLASHES, SEMICOLON, ANGLES].into_iter();
    let (at, mark) = marks.filter_map(|mark| Some((line.find(mark.0)?, mark))).min()?;
    let (open, close) = mark;
    let code = line[..at].trim_end();
    let text = line[at + open.len()..].trim_end();
    let messages = text.strip_suffix(close).unwrap_or(text).split(FURTHER).collect();
    Some(Marked { code, gap: &line[code.len()..at], mark, messages })
}

/// Takes the markers off the lines.
fn markers(path: &str, body: &[&str]) -> (String, Vec<Expectation>) {
    let mut text = String::new();
    let mut expected = Vec::new();
    for (index, line) in body.iter().enumerate() {
        let marked = marked(line);
        text.push_str(marked.as_ref().map_or(line, |marked| marked.code));
        text.push('\n');
        for message in marked.iter().flat_map(|marked| &marked.messages) {
            expected.push((path.to_owned(), index as u32 + 1, (*message).to_owned()));
        }
    }
    expected.sort();
    (text, expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_fences_make_one_repository() {
        let docs = "Title.\n\n```python bad src/a.py\neval(x)  # error: `eval` of `x`\n```\n```toml bad pyproject.toml\n[project]\n```\n\
                    ```python good src/a.py\nprint()\n```\ntext\n```python good src/b.py\n```\n";
        let found = examples(docs).unwrap();
        let shown: Vec<_> =
            found.iter().map(|one| format!("{} {} {:?}", one.kind.word(), one.files.len(), one.expected)).collect();
        assert_eq!(shown, [r#"bad 2 [("src/a.py", 1, "`eval` of `x`")]"#, "good 1 []", "good 1 []"]);
        assert_eq!(found[0].files["src/a.py"], b"eval(x)\n");
    }

    #[test]
    fn two_findings_on_one_line_are_told_apart_in_every_comment() {
        for line in ["a  # error: b # error: c", "a // error: b # error: c", "a <!-- error: b # error: c -->"] {
            let found = marked(line).unwrap();
            assert_eq!((found.code, found.messages), ("a", vec!["b", "c"]), "{line}");
        }
        assert!(marked("a  # errors: b").is_none());
    }

    #[test]
    fn a_list_of_expectations_stands_for_markers() {
        let docs = "```json bad a.json\n{}\n```\n```text expect\na.json:1: empty\n```\n";
        assert_eq!(examples(docs).unwrap()[0].expected, [("a.json".to_owned(), 1, "empty".to_owned())]);
        assert!(examples("```python bad a.py\n").is_err());
    }
}
