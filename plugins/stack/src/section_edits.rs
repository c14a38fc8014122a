//! Edits of sections of INI files.

use plimsoll_sdk::prelude::*;

/// Takes a section out, with the comments on top of it; a file without anything else goes.
pub(crate) fn without_section(place: &Place) -> Option<Edit> {
    let text = repository::read(&place.path).ok()?;
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let header = text.get(..place.span.start as usize)?.matches('\n').count();
    if !lines.get(header)?.starts_with('[') {
        return None;
    }
    let is_comment = |line: &&&str| line.starts_with(['#', ';']);
    let (above, below) = (lines.get(..header)?, lines.get(header + 1..)?);
    let first = header - above.iter().rev().take_while(is_comment).count();
    let next = below.iter().position(|line| line.starts_with('[')).unwrap_or(below.len());
    // Comments on top of the next section are its own.
    let its = below.get(..next)?.iter().rev().take_while(is_comment).count();
    let is_last = next == below.len();
    let last = header + 1 + if is_last { next } else { next - its };
    let is_blank = |line: &&&str| line.trim().is_empty();
    let first = if is_last { first - lines.get(..first)?.iter().rev().take_while(is_blank).count() } else { first };
    let rest = lines.get(..first)?.iter().chain(lines.get(last..)?);
    if rest.clone().all(|line| line.trim().is_empty() || line.starts_with(['#', ';'])) {
        return Some(edit::delete(&place.path));
    }
    let offset = |count: usize| lines.iter().take(count).map(|line| line.len() as u32).sum();
    let span = Span { start: offset(first), end: offset(last) };
    Some(edit::replace(&Place { path: place.path.clone(), span }, ""))
}
