//! Imports that a module no longer needs, and what to delete of them.

use std::collections::BTreeSet;

use crate::modern_names::split;
use crate::source::{line_at, line_start};

/// Where a word stands by itself in code.
pub(crate) fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_word =
        |byte: Option<&u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii());
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = at.checked_sub(1).and_then(|at| code.as_bytes().get(at));
        !is_word(before) && before != Some(&b'.') && !is_word(code.as_bytes().get(at + word.len()))
    })
}

/// Whether a module uses a name at other places than these: in code, in quoted annotations and comments with types, or
/// in a list of what it offers.
pub(crate) fn is_used(text: &str, code: &str, name: &str, own: &BTreeSet<usize>) -> bool {
    let byte = |at: Option<usize>| at.and_then(|at| text.as_bytes().get(at));
    words(text, name).filter(|at| !own.contains(at)).any(|at| {
        let (before, after) = (byte(at.checked_sub(1)), byte(Some(at + name.len())));
        let is_quoted = matches!((before, after), (Some(b'"'), Some(b'"')) | (Some(b'\''), Some(b'\'')));
        code.get(at..).is_some_and(|code| code.starts_with(name)) || matches!(after, Some(b'[' | b'.')) || is_quoted
    })
}

/// What to delete so that the names that begin at some places are no longer imported.
pub(crate) fn without_names(text: &str, code: &str, starts: &BTreeSet<usize>) -> Vec<(usize, usize)> {
    const HEAD: &str = "from typing import ";
    let statements: BTreeSet<usize> =
        starts.iter().filter_map(|&start| code.get(..start).and_then(|before| before.rfind(HEAD))).collect();
    let deleted = |statement: usize| {
        let list = statement + HEAD.len();
        let rest = code.get(list..)?;
        let line = rest.split('\n').next()?;
        let (list, inside, end) = match rest.strip_prefix('(') {
            Some(inside) => (list + 1, inside.split(')').next()?, list + rest.find(')')? + 1),
            None => (list, line, list + line.trim_end().len()),
        };
        let is_simple = !inside.contains(['\\', ';']) && !line_at(text, statement).contains("noqa");
        let indent = text.get(line_start(text, statement)..statement)?;
        if !is_simple || !indent.trim().is_empty() {
            return None;
        }
        let items: Vec<(usize, usize)> =
            split(inside, b',').into_iter().map(|(start, end)| (list + start, list + end)).collect();
        let is_kept = |item: &&(usize, usize)| !starts.contains(&item.0);
        if !items.iter().any(|item| is_kept(&item)) {
            let is_alone = text.get(end..)?.lines().next().is_none_or(|rest| rest.trim().is_empty());
            return (indent.is_empty() && is_alone).then(|| vec![whole_lines(text, statement, end)]);
        }
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        let mut kept_end = None;
        for (index, item) in items.iter().enumerate() {
            if is_kept(&item) {
                kept_end = Some(item.1);
                continue;
            }
            // Up to the next name; the last ones go with the comma before them.
            let is_last = !items.iter().skip(index).any(|item| is_kept(&item));
            let range = match (items.get(index + 1), kept_end) {
                (_, Some(kept)) if is_last => (kept, items.last()?.1),
                (Some(next), _) => (item.0, next.0),
                _ => return None,
            };
            ranges.push(range);
            if is_last {
                break;
            }
        }
        let has_comment = |(start, end): &(usize, usize)| text.get(*start..*end).is_some_and(|gap| gap.contains('#'));
        (!ranges.iter().any(has_comment)).then_some(ranges)
    };
    statements.into_iter().filter_map(deleted).flatten().collect()
}

/// The lines of a range, with the blank lines on one side where blank lines stand on both.
pub(crate) fn whole_lines(text: &str, start: usize, end: usize) -> (usize, usize) {
    let end = text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |newline| end + newline + 1);
    let blank = |text: &str| text.len() - text.trim_start_matches(['\n', '\r']).len();
    let after = blank(text.get(end..).unwrap_or_default());
    let before = text.get(..start).unwrap_or_default();
    let above = before.len() - before.trim_end_matches(['\n', '\r']).len();
    let newline = if before.ends_with("\r\n") { 2 } else { 1 };
    match above.saturating_sub(newline) {
        _ if before.trim().is_empty() => (start, end + after),
        above if after <= above => (start, end + after),
        above => (start - above, end),
    }
}
