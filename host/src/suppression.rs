//! Comments in checked files that silence a finding.
//!
//! `# plimsoll: allow(security/weak-hash, docker) -- reason` stands at the end of the line that it is about, or on the
//! line above; `allow-block(…)` above what it is about covers all of it, a function with its body for instance, and
//! `allow-file(…)` the whole file. A comment above a function does not cover the body by itself, as it does in other
//! tools: what is written there later would be silenced too, and a reader should see that this was meant.
//!
//! [`comments`] finds the comments of each kind of file, [`parse`] reads what they say, [`blocks`] knows what lies below
//! them. What a comment of ours can't be understood for is reported, not passed over. Comments of other linters count
//! where a rule says so: a `# noqa: S307` on the line is a reviewed decision about the same fault.

use std::ops::{Range, RangeInclusive};

use self::blocks::Blocks;
use self::comments::{Comment, Kind, comments, line_start};
pub(crate) use self::date::Date;
pub(crate) use self::parse::MARK;
use crate::facts::python::noqa::accepted_codes;
use crate::output::LineIndex;
use crate::package::manifest::selects;

mod blocks;
mod comments;
mod date;
mod parse;
mod python;
mod shell;
#[cfg(test)]
mod tests;

/// More comments of ours are not read in one file.
pub(crate) const MOST: usize = 1_000;

/// How far a suppression reaches, the narrowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Scope {
    Line,
    Block,
    File,
}

impl Scope {
    /// By the word that a comment begins with.
    const ALL: &[(&str, Self)] = &[("allow", Self::Line), ("allow-block", Self::Block), ("allow-file", Self::File)];
}

/// A rule or section that a suppression names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

/// A comment of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Suppression {
    /// The bytes of the comment, or of its part that is ours.
    pub(crate) span: Range<usize>,
    /// There is nothing but the comment on its line.
    is_alone: bool,
    pub(crate) scope: Scope,
    /// The lines that it is about, from 1; of no meaning for a file.
    lines: RangeInclusive<u32>,
    pub(crate) names: Vec<Name>,
    /// The bytes between the parentheses.
    inside: Range<usize>,
    pub(crate) reason: Option<String>,
    /// The last day on which it counts.
    pub(crate) until: Option<Date>,
}

/// A comment that begins as ours do and can't be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    pub(crate) help: String,
    /// What would make it right: first byte, first byte after, and what stands there then.
    pub(crate) edit: Option<(usize, usize, String)>,
}

/// What the comments of a file say to plimsoll.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Suppressions {
    /// In the order of the text.
    pub(crate) all: Vec<Suppression>,
    pub(crate) malformed: Vec<Malformed>,
}

impl Suppressions {
    /// Reads the comments of a file.
    pub(crate) fn read(path: &str, text: &str, lines: &LineIndex) -> Self {
        if !text.contains(MARK) {
            return Self::default();
        }
        let kind = Kind::of(path);
        let comments = comments(kind, text);
        let mut found = Vec::new();
        for comment in &comments {
            parse::parse(text, comment, &mut found);
        }
        let mut read = Self::default();
        let mut blocks = None;
        for one in found {
            match one {
                Err(malformed) => read.malformed.push(malformed),
                Ok(one) if read.all.len() == MOST => {
                    let message =
                        format!("the file has more than {MOST} suppressions; this one and later ones don't count");
                    let help = "use `allow-file(…)`, or `[[allow]]` in the manifest".to_owned();
                    read.malformed.push(Malformed { span: one.span, message, help, edit: None });
                    break;
                }
                Ok(mut one) => {
                    let line = |at: usize| lines.position(text, at as u32).line;
                    let first = line(one.span.start);
                    let below = below(text, kind, &one, &comments);
                    let last = match (one.scope, below) {
                        (Scope::Block, below) => {
                            let from = below.unwrap_or_else(|| line_start(text, one.span.start));
                            let blocks = blocks.get_or_insert_with(|| Blocks::new(kind, text));
                            line(blocks.from(from).end.max(from).max(one.span.end))
                        }
                        (_, Some(below)) => line(below),
                        (_, None) => line(one.span.end),
                    };
                    one.lines = first..=last;
                    read.all.push(one);
                }
            }
        }
        read
    }
}

/// The first byte of the line below a comment that is alone on its own; further comments between them are passed.
fn below(text: &str, kind: Kind, one: &Suppression, comments: &[Comment]) -> Option<usize> {
    if !one.is_alone {
        return None;
    }
    let mut at = one.span.end;
    let index = comments.partition_point(|comment| comment.span.start < at);
    let mut further = comments[index..].iter().peekable();
    loop {
        at += text[at..].find('\n')? + 1;
        let rest = &text[at..];
        let next = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if let Some(comment) = further.next_if(|comment| comment.is_alone && comment.span.start == at + next) {
            at = comment.span.end;
        } else if kind == Kind::Markdown && rest[next..].starts_with(['\n', '\r']) {
            // An empty line ends the comment's paragraph there.
            at += next;
        } else {
            return Some(at).filter(|at| *at < text.len());
        }
    }
}

/// Whether a comment that silences nothing is looked for in files of this name, though no rule reads them: in those that
/// rules are mostly about. Pages, scripts and styles of a front end would cost more than all that is found in them.
pub(crate) fn has_comments(path: &str) -> bool {
    let is_foreign =
        |kind| matches!(kind, Kind::Markup | Kind::Structured | Kind::Slash(_) | Kind::Dash | Kind::Other | Kind::None);
    !is_foreign(Kind::of(path))
}

impl Suppression {
    /// Whether it is about a place, given by its first and last line.
    pub(crate) fn reaches(&self, first: u32, last: u32) -> bool {
        self.scope == Scope::File || self.lines.contains(&first) || self.lines.contains(&last)
    }

    /// The name in it that selects a rule.
    pub(crate) fn selecting(&self, rule: &str) -> Option<usize> {
        self.names.iter().position(|name| selects(&name.text, rule))
    }

    /// What deleting it takes out: a comment alone on its lines goes with them.
    pub(crate) fn removal(&self, text: &str) -> Range<usize> {
        let (start, end) = (self.span.start, self.span.end);
        let before = text[..start].trim_end_matches([' ', '\t']);
        let after = text[end..].trim_start_matches([' ', '\t']);
        let line_end = text.len() - after.len();
        match after.strip_prefix("\r\n").or_else(|| after.strip_prefix('\n')) {
            Some(rest) if self.is_alone => before.len()..text.len() - rest.len(),
            Some(_) => before.len()..line_end,
            None if after.is_empty() => before.len()..line_end,
            // Another comment follows.
            None => start..line_end,
        }
    }

    /// What taking one of several names out deletes.
    pub(crate) fn name_removal(&self, index: usize, text: &str) -> Range<usize> {
        let span = &self.names[index].span;
        let after = &text[span.end..self.inside.end];
        match after.find(',') {
            Some(comma) => {
                let rest = &after[comma + 1..];
                span.start..self.inside.end - rest.trim_start().len()
            }
            None => {
                let before = &text[self.inside.start..span.start];
                self.inside.start + before.rfind(',').unwrap_or(0)..span.end
            }
        }
    }

    /// The lines that it is about, as people are told.
    pub(crate) fn line(&self) -> u32 {
        *self.lines.start()
    }
}

/// Which comment of another linter on a line accepts one of these codes: `noqa` or `nosec`.
pub(crate) fn accepted_elsewhere(line: &str, codes: &[String]) -> Option<&'static str> {
    if codes.is_empty() || !line.contains('#') {
        return None;
    }
    let accepted = accepted_codes(line);
    let names = |list: &[String]| list.iter().any(|code| codes.iter().any(|ours| ours.starts_with(code.as_str())));
    if accepted.all_noqa || names(&accepted.codes) {
        return Some("noqa");
    }
    match &accepted.nosec {
        Some(list) if list.is_empty() || names(list) => Some("nosec"),
        _ => None,
    }
}
