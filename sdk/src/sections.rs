//! Changes of the sections of INI files.

use std::ops::Range;

use crate::bindings::plimsoll::plugin::report::Edit;
use crate::bindings::plimsoll::plugin::types::{Place, Span};
use crate::{edit, repository};

/// Takes sections of a file out, each with the comments on top of it; a file without anything else goes. A place is that
/// of a section's header.
pub fn remove(path: &str, headers: &[Span]) -> Option<Vec<Edit>> {
    let text = repository::read(path).ok()?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let ranges: Vec<Range<usize>> =
        headers.iter().map(|header| range(&text, &lines, *header)).collect::<Option<_>>()?;
    let is_left = |index: usize| !ranges.iter().any(|range| range.contains(&index));
    let mut rest = lines.iter().enumerate().filter(|(index, _)| is_left(*index));
    if rest.all(|(_, line)| line.trim().is_empty() || is_comment(line)) {
        return Some(vec![edit::delete(path)]);
    }
    let offset = |count: usize| lines.iter().take(count).map(|line| line.len() as u32).sum();
    let places = ranges.iter().map(|range| Span { start: offset(range.start), end: offset(range.end) });
    Some(places.map(|span| edit::replace(&Place { path: path.to_owned(), span }, "")).collect())
}

/// The text of a section behind its header.
pub fn body(path: &str, header: Span) -> Option<String> {
    let text = repository::read(path).ok()?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let range = range(&text, &lines, header)?;
    let body = lines.get(range)?.iter().skip_while(|line| !line.starts_with('[')).skip(1);
    Some(body.copied().collect())
}

/// The lines of a section.
fn range(text: &str, lines: &[&str], header: Span) -> Option<Range<usize>> {
    let header = text.get(..header.start as usize)?.matches('\n').count();
    if !lines.get(header)?.starts_with('[') {
        return None;
    }
    let (above, below) = (lines.get(..header)?, lines.get(header + 1..)?);
    let first = header - above.iter().rev().take_while(|line| is_comment(line)).count();
    let Some(next) = below.iter().position(|line| line.starts_with('[')) else {
        // The last one: the blank lines before it go as well.
        let blank = lines.get(..first)?.iter().rev().take_while(|line| line.trim().is_empty()).count();
        return Some(first - blank..lines.len());
    };
    // Comments on top of the next section are its own.
    let its = below.get(..next)?.iter().rev().take_while(|line| is_comment(line)).count();
    Some(first..header + 1 + next - its)
}

fn is_comment(line: &str) -> bool {
    line.starts_with(['#', ';'])
}
