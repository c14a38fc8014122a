//! Words without which a file holds nothing of interest: most tests, scripts and examples need not be parsed for the few
//! facts that rules want of them.
//!
//! A resolved name is written out in part wherever it is used: its first segment at the import, its last one at the use or
//! the import. What no words can tell, a pattern for all names, makes every file interesting.

use std::collections::BTreeSet;
use std::sync::Arc;

use regex_syntax::hir::literal::Extractor;

use super::super::PythonInterest;
use super::super::pattern::{ExpressionSet, ExpressionSets, Shape, scoped};
use super::super::trigrams::{Literal, Trigrams};
use super::interest::{first_segment, last_segment};

/// Where a word must stand to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    /// Anywhere, in a longer word too.
    Anywhere,
    /// As a word of its own.
    Whole,
    /// As the beginning of a word.
    Start,
    /// As a word after `import` or `from`, or further on in such a list.
    Imported,
    /// As the beginning of the name of a function or class.
    Defined,
}

type Word = (Standing, String);

/// What makes a file interesting.
pub(super) struct Needles {
    /// Of one of them all words must be there.
    conditions: Vec<Vec<(Standing, Literal)>>,
    expressions: Option<Arc<ExpressionSet>>,
}

impl Needles {
    /// The needles of an interest; none when it may be in any file.
    pub(super) fn new<'a>(
        interest: &'a PythonInterest,
        calls: impl IntoIterator<Item = &'a str>,
        sets: &mut ExpressionSets,
    ) -> Option<Self> {
        let mut conditions: BTreeSet<Vec<Word>> = BTreeSet::new();
        let mut expressions: Vec<String> = Vec::new();
        for text in &interest.imports {
            conditions.extend(of_resolved(text, Standing::Imported)?);
        }
        let resolved = interest.calls.iter().chain(&interest.handlers).map(String::as_str);
        for text in resolved.chain(calls) {
            conditions.extend(of_resolved(text, Standing::Whole)?);
        }
        for text in &interest.assignments {
            match of_assignment(text)? {
                Assigned::Word(word) => drop(conditions.insert(vec![word])),
                Assigned::Expression(expression) => expressions.push(expression),
            }
        }
        for (kind, text) in interest.definitions.iter().chain(&interest.outlines) {
            conditions.extend(of_definition(kind, text)?);
        }
        for kind in &interest.statements {
            conditions.extend(of_statement(kind)?);
        }
        conditions.extend(interest.lineages.then(|| vec![(Standing::Whole, "class".to_owned())]));
        let literal = |(standing, word): Word| (standing, Literal::new(word.as_bytes()));
        let expressions = sets.set(expressions);
        let conditions = conditions.into_iter().map(|condition| condition.into_iter().map(literal).collect());
        Some(Self { conditions: conditions.collect(), expressions })
    }

    /// Whether a module, whose sequences were noted, may hold anything of interest. Its own name counts: relative
    /// imports leave it out.
    pub(super) fn may_be_in(&self, text: &str, module: &str, trigrams: &Trigrams) -> bool {
        let text = text.as_bytes();
        let is_there = |(standing, word): &(Standing, Literal)| {
            let is_own =
                *standing != Standing::Defined && module.split('.').any(|segment| segment.as_bytes() == word.text());
            is_own
                || word.find_in(text, trigrams).any(|start| stands(*standing, text, start, start + word.text().len()))
        };
        self.conditions.iter().any(|condition| condition.iter().all(is_there))
            || self.expressions.as_ref().is_some_and(|expressions| expressions.may_match_in(text))
    }
}

fn stands(standing: Standing, text: &[u8], start: usize, end: usize) -> bool {
    let is_word =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii());
    let begins = !is_word(text[..start].last());
    let ends = !is_word(text.get(end));
    let before = || {
        let space = |byte: &u8| byte.is_ascii_whitespace() || *byte == b'\\';
        let length = text[..start].iter().rposition(|byte| !space(byte)).map_or(0, |last| last + 1);
        &text[..length]
    };
    match standing {
        Standing::Anywhere => true,
        Standing::Whole => begins && ends,
        Standing::Start => begins,
        Standing::Imported => begins && ends && (before().ends_with(b"from") || is_imported(before())),
        Standing::Defined => begins && [&b"def"[..], b"class"].iter().any(|word| before().ends_with(word)),
    }
}

/// Whether what follows is a name in `import a, b`, not one of `from a import b`.
fn is_imported(before: &[u8]) -> bool {
    if ![&b"import"[..], b","].iter().any(|word| before.ends_with(word)) {
        return false;
    }
    let mut start = before.len();
    while let Some(end) = before[..start].iter().rposition(|byte| matches!(byte, b'\n' | b';' | b':')) {
        start = end;
        let is_continued = before[end] == b'\n' && before[..end].trim_ascii_end().ends_with(b"\\");
        if !is_continued {
            return before[end + 1..].trim_ascii_start().starts_with(b"import");
        }
    }
    before.trim_ascii_start().starts_with(b"import")
}

/// The conditions under which a text may hold what resolves to a name of this pattern; how a name of one segment stands.
fn of_resolved(text: &str, single: Standing) -> Option<Vec<Vec<Word>>> {
    let imported = |segment: &str| (Standing::Imported, segment.to_owned());
    Some(match Shape::of(text) {
        Ok(Shape::Exact("bare")) => vec![vec![(Standing::Whole, "except".to_owned())]],
        Ok(Shape::Exact(exact)) => {
            let (first, last) = (first_segment(exact), last_segment(exact));
            let mut words = match exact.contains('.') {
                false => vec![(single, exact.to_owned())],
                true => vec![(Standing::Whole, last.to_owned())],
            };
            // Built-in names and names of the module itself are not imported.
            if exact.contains('.') && !matches!(first, "builtins" | "?") {
                words.push(imported(first));
            }
            words.sort();
            vec![checked(words)?]
        }
        Ok(Shape::Suffix(suffix)) => {
            let standing = if suffix.starts_with('.') { Standing::Whole } else { Standing::Anywhere };
            vec![checked(vec![(standing, last_segment(suffix).to_owned())])?]
        }
        Ok(Shape::Prefix(prefix)) if prefix.contains('.') => vec![checked(vec![imported(first_segment(prefix))])?],
        Ok(Shape::Prefix(prefix)) => vec![checked(vec![(Standing::Start, prefix.to_owned())])?],
        Ok(Shape::Expression(expression)) => {
            let prefixes = prefixes(expression)?;
            let packages = prefixes.iter().map(|prefix| prefix.split_once('.').map(|(first, _)| first));
            let packages: BTreeSet<&str> = packages.collect::<Option<_>>()?;
            packages.into_iter().map(|first| checked(vec![imported(first)])).collect::<Option<_>>()?
        }
        Ok(Shape::Any) => return None,
        // Descriptions are checked when a plugin is loaded.
        Err(_) => Vec::new(),
    })
}

/// What an assignment of interest looks like in a text.
enum Assigned {
    Word(Word),
    Expression(String),
}

fn of_assignment(text: &str) -> Option<Assigned> {
    let (scope, pattern) = scoped(text);
    let word = match Shape::of(pattern).ok()? {
        Shape::Exact(exact) => (Standing::Whole, exact.to_owned()),
        Shape::Suffix(suffix) => (Standing::Anywhere, suffix.to_owned()),
        Shape::Prefix(prefix) => (Standing::Start, prefix.to_owned()),
        // What is assigned in a module begins a statement there, alone or in a list of targets.
        Shape::Expression(expression) if scope == Some("module") => {
            let inner = expression.strip_prefix('^')?.strip_suffix('$')?;
            return Some(Assigned::Expression(format!(r"(?m)(?:^|[;:])[ \t(\[*]*(?:{inner})[ \t]*[:=,)\]]")));
        }
        Shape::Expression(_) | Shape::Any => return None,
    };
    Some(Assigned::Word(checked(vec![word])?.pop()?))
}

fn of_definition(kind: &str, text: &str) -> Option<Vec<Vec<Word>>> {
    // An alias of a type is an assignment.
    let is_named = matches!(kind, "function" | "method" | "class");
    let standing = |named: Standing, other: Standing| if is_named { named } else { other };
    let words: Vec<Word> = match Shape::of(text).ok()? {
        Shape::Exact(exact) => vec![(standing(Standing::Defined, Standing::Whole), exact.to_owned())],
        Shape::Prefix(prefix) => vec![(standing(Standing::Defined, Standing::Start), prefix.to_owned())],
        Shape::Suffix(suffix) => vec![(Standing::Anywhere, suffix.to_owned())],
        Shape::Expression(expression) => {
            let standing = standing(Standing::Defined, Standing::Start);
            prefixes(expression)?.into_iter().map(|prefix| (standing, prefix)).collect()
        }
        Shape::Any => return None,
    };
    words.into_iter().map(|word| checked(vec![word])).collect()
}

fn of_statement(kind: &str) -> Option<Vec<Vec<Word>>> {
    let words: &[&str] = match kind {
        "assert" | "test-assert" => &["assert"],
        "raise" => &["raise"],
        "while" => &["while"],
        "global" => &["global"],
        "delete" => &["del"],
        "main-guard" => &["__main__"],
        "exit" => &["exit", "quit", "SystemExit"],
        _ => return None,
    };
    Some(words.iter().map(|word| vec![(Standing::Anywhere, (*word).to_owned())]).collect())
}

/// What all names that an anchored expression matches begin with; none when that is not known.
fn prefixes(expression: &str) -> Option<Vec<String>> {
    expression.strip_prefix('^')?;
    let parsed = regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(expression).ok()?;
    let prefixes = Extractor::new().extract(&parsed);
    prefixes.literals()?.iter().map(|literal| String::from_utf8(literal.as_bytes().to_vec()).ok()).collect()
}

/// The words of a condition, if they are words and long enough to tell anything.
fn checked(words: Vec<Word>) -> Option<Vec<Word>> {
    let is_word = |word: &str| word.len() > 1 && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    words.iter().all(|(_, word)| is_word(word) && word != "builtins").then_some(words)
}

#[cfg(test)]
mod tests {
    use super::{ExpressionSets, Needles, PythonInterest, Trigrams};

    fn set(texts: &[&str]) -> std::collections::BTreeSet<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    fn may_be_in(needles: &Needles, text: &str, module: &str) -> bool {
        let mut trigrams = Trigrams::default();
        trigrams.note(text.as_bytes());
        needles.may_be_in(text, module, &trigrams)
    }

    fn check(interest: &PythonInterest, present: &[&str], absent: &[&str]) {
        let needles = Needles::new(interest, [], &mut ExpressionSets::default()).unwrap();
        for text in present {
            assert!(may_be_in(&needles, text, "m"), "{text}");
        }
        for text in absent {
            assert!(!may_be_in(&needles, text, "m"), "{text}");
        }
    }

    #[test]
    fn resolved_names_are_imported_and_used() {
        let calls = set(&["time.sleep", "builtins.eval", "*.patch", "mock.*", r"/^(requests|httpx)\.(get|post)$/"]);
        check(
            &PythonInterest { calls, ..PythonInterest::default() },
            &[
                "from time import sleep as nap",
                "import os, \\\n  time as t\nt.sleep()",
                "eval(x)",
                "a.patch()",
                "import mock",
                "try: import os, mock",
                "from httpx import get",
            ],
            &[
                "import timeit, os\nsleep()",
                "import time",
                "from unittest import b, mock",
                "from a import (\n    b,\n    mock,\n)",
                "patched()",
                "requests.get()",
            ],
        );
    }

    #[test]
    fn definitions_and_assignments_are_written_out() {
        let definitions = [("function", "/^(load|dump)(_|$)/"), ("class", "Settings")];
        let definitions = definitions.map(|(kind, name)| (kind.to_owned(), name.to_owned())).into();
        let assignments = set(&["timeout", "module:/^_?[A-Z][A-Z0-9_]*$/"]);
        check(
            &PythonInterest { definitions, assignments, ..PythonInterest::default() },
            &[
                "def  load_all(): ...",
                "class Settings: ...",
                "self.timeout = 1",
                "A: int = 1",
                "if x: (B, C) = d",
                "X=1",
            ],
            &["load()", "f(A, B)", "    def reload(): ...", "class MySettings: ...", "timeouts = 1"],
        );
    }

    #[test]
    fn broad_patterns_are_everywhere() {
        for broad in ["*", "/x/", "builtins.*", "/^[a-z]+\\.get$/"] {
            let interest = PythonInterest { calls: set(&[broad]), ..PythonInterest::default() };
            assert!(Needles::new(&interest, [], &mut ExpressionSets::default()).is_none(), "{broad}");
        }
    }

    #[test]
    fn the_modules_own_name_counts() {
        let interest = PythonInterest { calls: set(&["app.db.connect"]), ..PythonInterest::default() };
        let needles = Needles::new(&interest, [], &mut ExpressionSets::default()).unwrap();
        assert!(may_be_in(&needles, "from .db import connect", "app.views"));
        assert!(!may_be_in(&needles, "from .db import connect", "other.views"));
    }
}
