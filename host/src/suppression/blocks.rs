//! What `allow-block` covers: what begins below the comment, with all that is in it. A statement of Python with its body, a
//! table of TOML with the tables in it, a key of YAML with its value, a stage or instruction of a Dockerfile, a recipe, a
//! section of INI or Markdown, a fence of Markdown; of anything else what goes on to the next empty line.

use std::ops::Range;

use super::comments::{Kind, Line, fence_of, lines};
use super::python::{self, Statement};

/// A text, ready to be asked for blocks.
pub(super) struct Blocks<'t> {
    kind: Kind,
    text: &'t str,
    lines: Vec<Line<'t>>,
    /// Of Python.
    statements: Vec<Statement>,
}

impl<'t> Blocks<'t> {
    pub(super) fn new(kind: Kind, text: &'t str) -> Self {
        let statements = if kind == Kind::Python { python::scan(text).statements } else { Vec::new() };
        Self { kind, text, lines: lines(text).collect(), statements }
    }

    /// The bytes of the block that begins at the first line at or after a byte that says anything.
    pub(super) fn from(&self, from: usize) -> Range<usize> {
        let below = &self.lines[self.lines.partition_point(|line| line.start < from)..];
        let Some(first) = below.iter().position(|line| !line.text.trim().is_empty()) else { return from..from };
        let below = &below[first..];
        let length = match self.kind {
            Kind::Python => return self.statement(below[0].start),
            Kind::Toml => toml_block(below),
            Kind::Yaml => yaml_block(below),
            Kind::Dockerfile => dockerfile_block(below),
            Kind::Ini if below[0].text.starts_with('[') => until(below, |line| line.text.starts_with('[')),
            Kind::Recipes | Kind::Ini => {
                let indent = below[0].indent();
                until(below, |line| !line.text.trim().is_empty() && line.indent() <= indent)
            }
            Kind::Markdown => markdown_block(below),
            _ => until(below, |line| line.text.trim().is_empty()),
        };
        let block = &below[..length.min(below.len())];
        let last = block.iter().rev().find(|line| !line.text.trim().is_empty()).unwrap_or(&below[0]);
        below[0].start..last.start + last.text.len()
    }

    fn statement(&self, from: usize) -> Range<usize> {
        let mut below = self.statements[self.statements.partition_point(|one| one.start < from)..].iter().peekable();
        let Some(first) = below.peek().copied() else { return from..from };
        let mut end = first.start;
        let mut is_decorated = true;
        for one in below {
            let code = &self.text[one.start + one.indent..one.end];
            let word = &code[..code.bytes().take_while(u8::is_ascii_alphabetic).count()];
            let is_inside = one.indent > first.indent;
            let is_clause = one.indent == first.indent && CLAUSES.contains(&word);
            if !(is_decorated || is_inside || is_clause) {
                break;
            }
            // The decorators are followed by what they decorate.
            is_decorated = is_decorated && code.starts_with('@');
            end = one.end;
        }
        first.start..end
    }
}

/// How many lines there are before the first, after the one that begins the block, that ends it.
fn until(below: &[Line<'_>], is_end: impl Fn(&Line<'_>) -> bool) -> usize {
    below.iter().skip(1).position(is_end).map_or(below.len(), |length| length + 1)
}

/// Clauses that belong to the statement above them.
const CLAUSES: &[&str] = &["elif", "else", "except", "finally", "case"];

fn toml_block(below: &[Line<'_>]) -> usize {
    let header = below[0].text.trim();
    if header.starts_with('[') {
        let name = |line: &str| line.trim().trim_start_matches('[').split(']').next().unwrap_or_default().to_owned();
        let own = format!("{}.", name(header));
        return until(below, |line| line.text.starts_with('[') && !name(line.text).starts_with(&own));
    }
    // A value over several lines is a list, a table or a string; what follows it is a key or a header.
    let mut depth = 0_i32;
    let mut is_string = false;
    for (index, line) in below.iter().enumerate() {
        let quotes = line.text.matches("\"\"\"").count() + line.text.matches("'''").count();
        is_string ^= quotes % 2 == 1;
        if !is_string && quotes == 0 {
            depth += line.text.matches(['[', '{']).count() as i32 - line.text.matches([']', '}']).count() as i32;
        }
        if depth <= 0 && !is_string {
            return index + 1;
        }
    }
    below.len()
}

fn yaml_block(below: &[Line<'_>]) -> usize {
    let indent = below[0].indent();
    let is_item = |line: &Line<'_>| line.text.trim_start().starts_with("- ") || line.text.trim() == "-";
    let of_key = !is_item(&below[0]);
    until(below, |line| {
        let is_deeper = line.indent() > indent || (of_key && line.indent() == indent && is_item(line));
        !line.text.trim().is_empty() && !is_deeper
    })
}

fn dockerfile_block(below: &[Line<'_>]) -> usize {
    let is_from = |line: &Line<'_>| line.text.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("from "));
    if is_from(&below[0]) {
        return until(below, is_from);
    }
    let goes_on = |line: &Line<'_>| line.text.trim_end().ends_with('\\') || line.text.trim_start().starts_with('#');
    below.iter().position(|line| !goes_on(line)).map_or(below.len(), |length| length + 1)
}

fn markdown_block(below: &[Line<'_>]) -> usize {
    let line = below[0].text.trim_start();
    if let Some(fence) = fence_of(line) {
        return until(below, |line| line.text.trim_start().starts_with(fence)) + 1;
    }
    let depth = |line: &str| line.len() - line.trim_start_matches('#').len();
    match depth(line) {
        0 => until(below, |line| line.text.trim().is_empty()),
        own => {
            let mut fence: Option<&str> = None;
            for (index, line) in below.iter().enumerate().skip(1) {
                let code = line.text.trim_start();
                match fence {
                    Some(open) if code.starts_with(open) => fence = None,
                    Some(_) => {}
                    None if (1..=own).contains(&depth(code)) => return index,
                    None => fence = fence_of(code),
                }
            }
            below.len()
        }
    }
}
