//! What a comment says to plimsoll: `plimsoll: allow(rule, …, until=2026-12-31) -- reason`.

use std::ops::Range;

use super::comments::Comment;
use super::{Malformed, Name, Scope, Suppression};
use crate::package::manifest::nearest;

/// What comments that speak to plimsoll begin with.
pub(crate) const MARK: &str = "plimsoll:";
const WORDS: &[&str] = &["allow", "allow-block", "allow-file"];
const FORM: &str =
    "write `plimsoll: allow(rule) -- reason`; `allow-block(…)` covers the block below, `allow-file(…)` the file";
/// What other tools' comments begin with: a reason ends before them.
const OTHERS: &[&str] = &[
    "noqa",
    "type:",
    "nosec",
    "pragma:",
    "pyright:",
    "pylint:",
    "ruff:",
    "mypy:",
    "fmt:",
    "isort:",
    "hadolint",
    "gitleaks:",
    "nosemgrep",
    MARK,
];

/// What one comment says; several, when another `#` begins a comment in it.
pub(super) fn parse(text: &str, comment: &Comment, found: &mut Vec<Result<Suppression, Malformed>>) {
    let content = &text[comment.content.clone()];
    for (at, _) in content.match_indices(MARK) {
        let Some(part) = part(text, comment, comment.content.start + at) else { continue };
        let rest = comment.content.start + at + MARK.len()..part.end_of_content;
        found.extend(statement(text, rest, &part));
    }
}

/// The part of a comment that speaks to plimsoll.
struct Part {
    /// From its opener to its end.
    span: Range<usize>,
    end_of_content: usize,
    is_alone: bool,
}

/// The part that a mark begins; none where the comment only speaks of one.
fn part(text: &str, comment: &Comment, mark: usize) -> Option<Part> {
    let before = text[comment.content.start..mark].trim_end();
    let is_line = comment.content.end == comment.span.end;
    let start = if before.trim().is_empty() {
        comment.span.start
    } else {
        let hash = before.strip_suffix('#').filter(|before| is_line && before.ends_with([' ', '\t']))?;
        comment.content.start + hash.len()
    };
    let content = &text[mark..comment.content.end];
    let other = content.match_indices('#').map(|(at, _)| at).find(|at| {
        let after = content[at + 1..].trim_start();
        is_line && OTHERS.iter().any(|other| after.get(..other.len()).is_some_and(|it| it.eq_ignore_ascii_case(other)))
    });
    let end_of_content = mark + other.map_or(content.len(), |at| content[..at].trim_end().len());
    let end = other.map_or(comment.span.end, |_| end_of_content);
    let is_alone = comment.is_alone && start == comment.span.start;
    Some(Part { span: start..end, end_of_content, is_alone })
}

/// Reads what follows the mark; none where it is prose.
fn statement(text: &str, rest: Range<usize>, part: &Part) -> Option<Result<Suppression, Malformed>> {
    let malformed = |message: String, help: &str, edit: Option<(usize, usize, String)>| {
        Some(Err(Malformed { span: part.span.clone(), message, help: help.to_owned(), edit }))
    };
    let start = rest.start + (text[rest.clone()].len() - text[rest.clone()].trim_start().len());
    let said = &text[start..rest.end];
    let length = said.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    let word = said[..length].trim_end_matches('-');
    let after = said[word.len()..].trim_start();
    let Some(scope) = Scope::ALL.iter().find(|(name, _)| *name == word).map(|(_, scope)| *scope) else {
        let near = nearest(word, WORDS.iter().copied()).filter(|_| word.len() > 2);
        if !said[word.len()..].starts_with('(') && near.is_none() {
            return None;
        }
        let hint = near.map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        let edit = near.map(|near| (start, start + word.len(), near.to_owned()));
        return malformed(format!("`{word}` is nothing that a comment can say to plimsoll{hint}"), FORM, edit);
    };
    let open = rest.end - after.len();
    if !after.starts_with('(') {
        // `allow rule -- reason`
        let names = after.split(" --").next().unwrap_or_default().trim_end();
        let is_list = names.split(',').all(|name| is_name(name.trim()));
        let edit = is_list.then(|| (start + word.len(), open + names.len(), format!("({names})")));
        return malformed(format!("`{word}` without the rules in parentheses"), FORM, edit);
    }
    let Some(close) = after.find(')') else {
        let names = after[1..].split(" --").next().unwrap_or_default().trim_end();
        let at = open + 1 + names.len();
        let edit = names.split(',').all(|name| is_name(name.trim())).then(|| (at, at, ")".to_owned()));
        return malformed(format!("`{word}(` without the closing parenthesis"), FORM, edit);
    };
    let mut until = None;
    let mut items = Vec::new();
    let mut at = open + 1;
    for item in after[1..close].split(',') {
        let item_start = at + item.len() - item.trim_start().len();
        at += item.len() + 1;
        let item = item.trim();
        if item.is_empty() {
            continue;
        }
        let name = Name { text: item.to_owned(), span: item_start..item_start + item.len() };
        let Some((key, value)) = item.split_once('=') else {
            items.push(name);
            continue;
        };
        if key.trim() != "until" {
            let edit = nearest(key.trim(), ["until"]).map(|near| (item_start, item_start + key.len(), near.to_owned()));
            return malformed(
                format!("`{}` is nothing that can be set here; there is `until`", key.trim()),
                FORM,
                edit,
            );
        }
        match value.trim().trim_matches('"').parse() {
            Ok(date) => until = Some(date),
            Err(error) => return malformed(error, "write the last day on which it counts: `until=2026-12-31`", None),
        }
    }
    if items.is_empty() {
        return malformed(format!("`{word}` names no rule"), FORM, None);
    }
    let reason = after[close + 1..].trim();
    let reason = reason.strip_prefix("--").or_else(|| reason.strip_prefix('—')).unwrap_or_default();
    let reason = reason.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Ok(Suppression {
        span: part.span.clone(),
        is_alone: part.is_alone,
        scope,
        lines: 0..=0,
        names: items,
        inside: open + 1..open + close,
        reason: (!reason.is_empty()).then_some(reason),
        until,
    }))
}

fn is_name(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'*');
    !text.is_empty() && text.bytes().all(is_letter)
}
