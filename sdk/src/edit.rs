//! Changes that mend a finding, each made in one line. The host applies them, keeps formatting and comments, and drops a
//! fix whose result would not parse. Places and key paths are those of the file as the rule sees it.

use crate::bindings::plimsoll::plugin::report::{Edit, KeyPath, Replacement};
use crate::bindings::plimsoll::plugin::types::{Place, Span};
use crate::facts::{documents, repository};
use crate::value::Item;

fn key_path(path: &str, keys: &[&str]) -> KeyPath {
    KeyPath { path: path.to_owned(), keys: keys.iter().map(|&key| key.to_owned()).collect() }
}

/// Sets a key of a document to a value written in the document's language; tables on the way are made.
pub fn set(path: &str, keys: &[&str], value: impl Into<String>) -> Edit {
    Edit::SetKey((key_path(path, keys), value.into()))
}

/// Appends an item to a list of a document; the list is made if it is missing.
pub fn append(path: &str, keys: &[&str], value: impl Into<String>) -> Edit {
    Edit::AppendItem((key_path(path, keys), value.into()))
}

/// Takes a key out of a document.
pub fn remove(path: &str, keys: &[&str]) -> Edit {
    Edit::RemoveKey(key_path(path, keys))
}

/// Takes the table of a tool out of a `pyproject.toml`, with `tool` where it is the only one.
pub fn remove_tool(path: &str, tool: &str) -> Option<Edit> {
    let tools = documents::read(path, &["tool"]).ok()?;
    let keys = ["tool", tool];
    let is_only = Item::root(&tools)?.children().count() == 1;
    Some(remove(path, if is_only { &["tool"] } else { &keys }))
}

/// Makes a file.
pub fn create(path: impl Into<String>, text: impl Into<String>) -> Edit {
    Edit::CreateFile((path.into(), text.into()))
}

/// Takes a file away.
pub fn delete(path: impl Into<String>) -> Edit {
    Edit::DeleteFile(path.into())
}

/// Puts a text in place of what stands at a place.
pub fn replace(place: &Place, text: impl Into<String>) -> Edit {
    Edit::Replace(Replacement { place: place.clone(), text: text.into() })
}

/// Puts a text behind the first words that stand at a place; none where they do not.
pub fn insert_after(place: &Place, words: &str, text: &str) -> Option<Edit> {
    let end = found(place, words)?.end;
    Some(replace(&Place { path: place.path.clone(), span: Span { start: end, end } }, text))
}

/// Puts a text in place of the first words that stand at a place; none where they do not.
pub fn replace_words(place: &Place, words: &str, text: &str) -> Option<Edit> {
    let span = found(place, words)?;
    Some(replace(&Place { path: place.path.clone(), span }, text))
}

fn found(place: &Place, words: &str) -> Option<Span> {
    let text = repository::read(&place.path).ok()?;
    let at = text.get(place.span.start as usize..place.span.end as usize)?.find(words)?;
    let start = place.span.start + at as u32;
    Some(Span { start, end: start + words.len() as u32 })
}

/// Puts lines in front of the line that a place begins on.
pub fn lines_before(place: &Place, lines: &str) -> Option<Edit> {
    let text = repository::read(&place.path).ok()?;
    let start = text.get(..place.span.start as usize)?.rfind('\n').map_or(0, |index| index as u32 + 1);
    Some(replace(&Place { path: place.path.clone(), span: Span { start, end: start } }, format!("{lines}\n")))
}

/// Puts lines behind the line that a place ends on.
pub fn lines_after(place: &Place, lines: &str) -> Option<Edit> {
    let text = repository::read(&place.path).ok()?;
    let end = place.span.end as usize;
    let rest = text.get(end..)?;
    let end = (end + rest.find('\n').unwrap_or(rest.len())) as u32;
    let end = if rest.contains('\r') && text.get(..end as usize)?.ends_with('\r') { end - 1 } else { end };
    Some(replace(&Place { path: place.path.clone(), span: Span { start: end, end } }, format!("\n{lines}")))
}

/// Puts lines at the end of a file.
pub fn append_lines(path: &str, lines: &[&str]) -> Option<Edit> {
    let text = repository::read(path).ok()?;
    let end = text.len() as u32;
    let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let place = Place { path: path.to_owned(), span: Span { start: end, end } };
    Some(replace(&place, format!("{newline}{}\n", lines.join("\n"))))
}

/// Takes the lines out that a place is on.
pub fn delete_lines(place: &Place) -> Option<Edit> {
    let text = repository::read(&place.path).ok()?;
    let start = text.get(..place.span.start as usize)?.rfind('\n').map_or(0, |index| index as u32 + 1);
    let rest = text.get(place.span.end as usize..)?;
    let end = place.span.end + rest.find('\n').map_or(rest.len(), |index| index + 1) as u32;
    Some(replace(&Place { path: place.path.clone(), span: Span { start, end } }, ""))
}
