//! YAML by indentation; what stands in brackets is left to [`super::brackets`].

use super::brackets::{self, Quotes};
use super::{Change, deepest, line_start, spliced, with_lines_after, without_lines};
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;

/// Spaces that a nested value is moved to the right.
const STEP: usize = 2;

pub(super) fn edit(text: &str, root: View<'_>, keys: &[String], change: Change<'_>) -> Result<String, String> {
    let (view, depth) = deepest(root, keys);
    let rest = &keys[depth..];
    if let Change::Remove = change {
        let parent = root.at(&keys[..keys.len() - 1]).filter(|_| rest.is_empty());
        let parent = parent.ok_or_else(|| format!("there is no `{}`", keys.join(".")))?;
        return if is_bracketed(text, parent) {
            brackets::remove(text, parent, view)
        } else {
            remove(text, parent, view)
        };
    }
    if is_bracketed(text, view) && (!rest.is_empty() || matches!(change, Change::Append(_))) {
        return brackets::edit(text, root, keys, change, Quotes::WhereNeeded);
    }
    match (change, view.kind()) {
        (Change::Set(value), _) if rest.is_empty() => replace(text, view, value),
        (Change::Set(value), NodeKind::Table) => add(text, view, rest, value),
        (Change::Set(value), NodeKind::Null) => nest(text, view, rest, value),
        (Change::Append(value), NodeKind::List) if rest.is_empty() => {
            let start = view.span().start as usize;
            let indent = &text[line_start(text, start)..start];
            if !indent.trim().is_empty() {
                return Err("the list does not begin on a line of its own".to_owned());
            }
            Ok(with_lines_after(text, end(text, view), &item(value, indent.len())))
        }
        (Change::Append(value), NodeKind::Null) if rest.is_empty() && view.key().is_some() => {
            let line = with_lines_after(text, view.key_span().end as usize, &item(value, column(text, view)? + STEP));
            Ok(line)
        }
        (Change::Append(value), NodeKind::Table) if !rest.is_empty() => add(text, view, rest, &item(value, 0)),
        (Change::Append(value), NodeKind::Null) if !rest.is_empty() => nest(text, view, rest, &item(value, 0)),
        _ => Err(format!("`{}` can't hold that", keys[..depth].join("."))),
    }
}

fn is_bracketed(text: &str, view: View<'_>) -> bool {
    matches!(view.kind(), NodeKind::Table | NodeKind::List)
        && text[view.span().start as usize..].starts_with(['{', '['])
}

/// Where what a value holds ends, without what is blank behind it.
fn end(text: &str, view: View<'_>) -> usize {
    text[..view.span().end as usize].trim_end().len()
}

/// The column of a value's key.
fn column(text: &str, view: View<'_>) -> Result<usize, String> {
    let start = view.key_span().start as usize;
    let before = &text[line_start(text, start)..start];
    // Of a table in a list the first key stands behind the dash.
    match before.trim_start_matches([' ', '-']) {
        "" => Ok(before.len()),
        _ => Err("the key does not begin a line".to_owned()),
    }
}

fn indented(lines: &str, spaces: usize) -> String {
    let indent = " ".repeat(spaces);
    let line = |line: &str| if line.trim().is_empty() { String::new() } else { format!("{indent}{line}") };
    lines.trim_end().lines().map(line).collect::<Vec<_>>().join("\n")
}

/// An item of a list.
pub(super) fn item(value: &str, indent: usize) -> String {
    indented(&format!("- {}", indented(value, STEP).trim_start()), indent)
}

/// A value below some keys, as lines. One of several lines, or a list, stands below its key.
pub(super) fn entry(keys: &[String], value: &str, indent: usize) -> String {
    let mut lines = Vec::new();
    for (depth, key) in keys.iter().enumerate() {
        lines.push(format!("{}{}:", " ".repeat(indent + depth * STEP), brackets::key(key, Quotes::WhereNeeded)));
    }
    let value = value.trim_end();
    let inner = indent + keys.len() * STEP;
    match lines.last_mut() {
        Some(last) if !is_block(value) => last.push_str(&format!(" {}", value.trim())),
        _ => lines.push(indented(value, inner)),
    }
    lines.join("\n")
}

fn is_block(value: &str) -> bool {
    (value.contains('\n') && !value.starts_with(['{', '[', '|', '>'])) || value.starts_with("- ")
}

/// Adds a key to a table.
fn add(text: &str, table: View<'_>, keys: &[String], value: &str) -> Result<String, String> {
    match table.children().next() {
        Some(first) => {
            let indent = column(text, first)?;
            Ok(with_lines_after(text, end(text, table), &entry(keys, value, indent)))
        }
        None => Err("the table is empty".to_owned()),
    }
}

/// Puts the first keys below a key without value, or into an empty document.
fn nest(text: &str, null: View<'_>, keys: &[String], value: &str) -> Result<String, String> {
    if !text[null.span().start as usize..null.span().end as usize].is_empty() {
        return Err("the parent is `null`".to_owned());
    }
    if null.key().is_none() {
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return Ok(format!("{text}{gap}{}\n", entry(keys, value, 0)));
    }
    let indent = column(text, null)? + STEP;
    Ok(with_lines_after(text, null.key_span().end as usize, &entry(keys, value, indent)))
}

/// Puts a value in place of another.
fn replace(text: &str, view: View<'_>, value: &str) -> Result<String, String> {
    let (start, end) = (view.span().start as usize, view.span().end as usize);
    let key_end = view.key_span().end as usize;
    let is_scalar = !matches!(view.kind(), NodeKind::Table | NodeKind::List);
    let is_beside = start <= end && start >= line_start(text, start) && !text[start..end].contains('\n');
    let is_own_line = view.key().is_none() || (key_end <= start && !text[key_end..start].contains('\n'));
    if start < end && is_beside && is_own_line && (is_scalar || is_bracketed(text, view)) && !is_block(value) {
        return Ok(spliced(text, start..end, value.trim()));
    }
    if view.key().is_none() {
        return Err("the item can't be replaced".to_owned());
    }
    let colon = text[key_end..].find(':').map(|index| key_end + index + 1).ok_or("no colon behind the key")?;
    let written = match is_block(value) {
        true => format!("\n{}", indented(value, column(text, view)? + STEP)),
        false => format!(" {}", value.trim()),
    };
    let end = if start < end { end.max(colon) } else { colon };
    Ok(spliced(text, colon..end, &written))
}

/// Takes out an entry with its lines.
fn remove(text: &str, parent: View<'_>, view: View<'_>) -> Result<String, String> {
    if parent.children().count() == 1 {
        return Err("nothing else is there: its parent would be empty".to_owned());
    }
    let start = view.key_span().start as usize;
    let end = end(text, view).max(view.key_span().end as usize);
    let line = line_start(text, start);
    let before = &text[line..start];
    if parent.kind() == NodeKind::List && before.trim() == "-" {
        return without_lines(text, line, end).ok_or_else(|| "it does not stand alone on its lines".to_owned());
    }
    let end = match view.kind() {
        // Without value: the colon goes as well.
        NodeKind::Null if view.span().start == view.span().end => {
            text[end..].find(':').map_or(end, |index| end + index + 1)
        }
        _ => end,
    };
    if let Some(text) = without_lines(text, start, end) {
        return Ok(text);
    }
    // The first key of a table in a list: the next takes its place.
    let next = parent.children().find(|child| child.key_span().start as usize > start);
    match next.map(|next| next.key_span().start as usize) {
        Some(next) if text.get(end..next).is_some_and(|between| between.trim().is_empty()) => {
            Ok(spliced(text, start..next, ""))
        }
        _ => Err("it does not stand alone on its lines".to_owned()),
    }
}
