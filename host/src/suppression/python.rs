//! Comments and statements of Python, by one pass over the bytes that knows strings, f-strings and brackets. It judges no
//! syntax, so that it works on files that do not parse.

use super::comments::{Comment, line_at, line_start};

/// A statement's own lines, without the body below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Statement {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) indent: usize,
}

#[derive(Default)]
pub(super) struct Scan {
    pub(super) comments: Vec<Comment>,
    pub(super) statements: Vec<Statement>,
}

/// What the place is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Bracket,
    /// The literal text of an f-string: its quote, and whether there are three.
    Template(u8, bool),
    /// The braces of an f-string.
    Interpolation,
    /// What follows the colon in them: literal text again.
    Specification,
}

pub(super) fn scan(text: &str) -> Scan {
    let bytes = text.as_bytes();
    let mut scan = Scan::default();
    let mut frames: Vec<Inside> = Vec::new();
    let mut statement: Option<Statement> = None;
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while at < bytes.len() {
        let byte = bytes[at];
        if let Some(frame @ (Inside::Template(..) | Inside::Specification)) = frames.last().copied() {
            at += literal(bytes, at, frame, &mut frames);
            continue;
        }
        if !byte.is_ascii_whitespace() && byte != b'#' {
            let begin = || {
                let start = line_start(text, at);
                Statement { start, end: at, indent: at - start }
            };
            statement.get_or_insert_with(begin).end = at + 1;
        }
        match byte {
            b'#' => {
                let comment = line_at(text, at).comment(at - line_start(text, at), 1);
                at = comment.span.end.max(at + 1);
                scan.comments.push(comment);
                continue;
            }
            b'\\' if bytes[at + 1..].starts_with(b"\r\n") => at += 2,
            b'\\' => at += 1,
            b'(' | b'[' | b'{' => frames.push(Inside::Bracket),
            b')' | b']' | b'}' => match frames.last() {
                Some(Inside::Bracket) => drop(frames.pop()),
                Some(Inside::Interpolation) if byte == b'}' => drop(frames.pop()),
                _ => {}
            },
            b':' if frames.last() == Some(&Inside::Interpolation) => frames.push(Inside::Specification),
            b'"' | b'\'' => {
                let is_long = bytes[at..].starts_with(&[byte; 3]);
                let length = if is_long { 3 } else { 1 };
                if is_template(&bytes[..at]) {
                    frames.push(Inside::Template(byte, is_long));
                    at += length;
                } else {
                    at = string_end(bytes, at + length, byte, is_long);
                }
                if let Some(statement) = &mut statement {
                    statement.end = at.min(bytes.len());
                }
                continue;
            }
            b'\n' if frames.is_empty() => scan.statements.extend(statement.take()),
            _ => {}
        }
        at += 1;
    }
    scan.statements.extend(statement);
    scan
}

/// Reads one piece of the literal text of an f-string and returns its length.
fn literal(bytes: &[u8], at: usize, frame: Inside, frames: &mut Vec<Inside>) -> usize {
    let byte = bytes[at];
    match (frame, byte) {
        (_, b'\\') => 2,
        (Inside::Template(..), b'{') if bytes.get(at + 1) == Some(&b'{') => 2,
        (_, b'{') => {
            frames.push(Inside::Interpolation);
            1
        }
        (Inside::Specification, b'}') => {
            frames.truncate(frames.len().saturating_sub(2));
            1
        }
        (Inside::Template(quote, false), _) if byte == quote || byte == b'\n' => {
            frames.pop();
            usize::from(byte == quote)
        }
        (Inside::Template(quote, true), _) if bytes[at..].starts_with(&[quote; 3]) => {
            frames.pop();
            3
        }
        _ => 1,
    }
}

/// Whether a quote here begins an f-string or a template string.
fn is_template(before: &[u8]) -> bool {
    let letters = before.iter().rev().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_');
    let prefix: Vec<u8> = letters.take(3).map(u8::to_ascii_lowercase).collect();
    prefix.len() <= 2
        && prefix.iter().any(|letter| matches!(letter, b'f' | b't'))
        && prefix.iter().all(|letter| matches!(letter, b'f' | b't' | b'r'))
}

fn string_end(bytes: &[u8], mut at: usize, quote: u8, is_long: bool) -> usize {
    let delimiter = [quote; 3];
    let delimiter = if is_long { &delimiter[..] } else { &delimiter[..1] };
    while at < bytes.len() {
        if bytes[at..].starts_with(delimiter) {
            return at + delimiter.len();
        }
        match bytes[at] {
            b'\\' => at += 2,
            // A string that nothing closes ends with its line.
            b'\n' if !is_long => return at,
            _ => at += 1,
        }
    }
    bytes.len()
}
