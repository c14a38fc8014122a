//! Constants of test data that several modules repeat.

use std::collections::BTreeMap;

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;

use crate::suite::is_data;

rule! {
    /// Test modules repeat the same data.
    ///
    /// Copies drift apart, and no one knows which one is right. Keep the data in one place: a fixture in `conftest.py`,
    /// or a file under `tests/data` that a fixture reads.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad tests/test_a.py
    /// MASSES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    /// ```
    /// ```python bad tests/test_b.py
    /// WEIGHTS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]  # error: the data of `WEIGHTS` is that of `MASSES` in `tests/test_a.py`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good tests/conftest.py
    /// import pytest
    ///
    /// @pytest.fixture
    /// def masses():
    ///     return [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
    /// ```
    /// ```python good tests/test_b.py
    /// SHORT = [1, 2, 3]
    /// ```
    /// ```python good tests/test_c.py
    /// SHORT = [1, 2, 3]
    /// ```
    pub(crate) static REPEATED_TEST_DATA = {
        id: "repeated-test-data",
        requirements: ["8.6.3"],
        check: Check::Repository(repeated_test_data),
        confidence: Low,
        roles: [Role::Test],
        wants: [Want::Search(CONSTANTS, &["*.py"])],
    }
}

/// Constants of modules that hold a list or a table, written as formatters do; others are seldom shared.
const CONSTANTS: &[&str] = &[r"(?m)^(_?[A-Z][A-Z0-9_]*)(?::[^=\n]+)? (?:= \[|= \(|= \{)"];
/// How many literals make data.
const LEAST: usize = 15;
/// More would not be read.
const MOST: usize = 5;

fn repeated_test_data(report: &mut Report) {
    let mut texts = Texts::default();
    let mut first: BTreeMap<String, Match> = BTreeMap::new();
    let mut count = 0;
    for constant in repository::search(CONSTANTS, &["*.py"]) {
        let path = &constant.place.path;
        if is_data(path) || path.split(['/', '_']).any(|part| part.starts_with("snapshot")) {
            continue;
        }
        let value = texts.of(path).get(constant.place.span.end as usize..).and_then(|rest| rest.split_once('='));
        let Some(data) = value.and_then(|(_, value)| data(value)) else { continue };
        match first.get(&data) {
            None => {
                first.insert(data, constant);
            }
            Some(earlier) if earlier.place.path == *path || count == MOST => {}
            Some(earlier) => {
                count += 1;
                let (own, other) = (&constant.text, &earlier.text);
                let message = format!("the data of `{own}` is that of `{other}` in `{}`", earlier.place.path);
                report
                    .finding(&constant.place, message)
                    .help("keep it in a fixture or in a file under `tests/data`")
                    .related(&earlier.place, "the same data");
            }
        }
    }
}

/// What a list or dict of enough literals holds, without its layout; none of what holds anything but literals.
fn data(text: &str) -> Option<String> {
    let (mut data, mut depth, mut literals, mut rest) = (String::new(), 0_u32, 0, text);
    while let Some(letter) = rest.chars().next() {
        let mut length = letter.len_utf8();
        match letter {
            '#' => length = rest.find('\n').unwrap_or(rest.len()),
            _ if letter.is_whitespace() => {}
            '[' | '(' | '{' => {
                depth += 1;
                data.push(letter);
            }
            ']' | ')' | '}' => {
                // A comma after the last one changes nothing.
                data.truncate(data.trim_end_matches(',').len());
                data.push(letter);
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return (literals >= LEAST).then_some(data);
                }
            }
            ',' | ':' | '-' => data.push(letter),
            '"' | '\'' => {
                length = string(rest)?;
                literals += 1;
                data.push('"');
                data.push_str(rest.get(..length)?.trim_matches(letter));
                data.push('"');
            }
            _ => {
                length = rest.find(|letter: char| !letter.is_alphanumeric() && !"_.".contains(letter))?;
                let word = rest.get(..length)?;
                let is_prefix = rest[length..].starts_with(['"', '\'']) && !word.contains(['f', 'F', 't', 'T']);
                if !is_prefix && !letter.is_ascii_digit() && !matches!(word, "True" | "False" | "None") {
                    return None;
                }
                literals += usize::from(!is_prefix);
                data.push_str(word);
            }
        }
        rest = rest.get(length..)?;
    }
    None
}

/// The length of the string that a text begins with, its quotes included.
fn string(text: &str) -> Option<usize> {
    let quote = text.get(..1)?;
    let end = if text.starts_with(&quote.repeat(3)) { quote.repeat(3) } else { quote.to_owned() };
    let mut at = end.len();
    loop {
        let rest = text.get(at..)?;
        if rest.starts_with(&end) {
            return Some(at + end.len());
        }
        let letter = rest.chars().next()?;
        let escaped = if letter == '\\' { rest.chars().nth(1).map_or(0, char::len_utf8) } else { 0 };
        at += letter.len_utf8() + escaped;
    }
}
