//! YAML by indentation; what stands in brackets is left to [`super::brackets`].

use super::brackets::{self, Quotes};
use super::{Change, deepest, line_start, spliced, with_lines_after, without_lines};
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;

/// Spaces that a nested value is moved to the right where the document shows no other habit.
const STEP: usize = 2;
/// More are no habit.
const WIDEST_STEP: usize = 8;
/// Spaces that an item of several lines is moved to the right: what the dash takes.
const DASH: usize = 2;

pub(super) fn edit(text: &str, root: View<'_>, keys: &[String], change: Change<'_>) -> Result<String, String> {
    let (view, depth) = deepest(root, keys);
    let rest = &keys[depth..];
    let step = step(text, root).unwrap_or(STEP);
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
        if matches!(change, Change::Set(value) | Change::Append(value) if is_block(value)) {
            return Err(format!("`{}` stands in brackets, which hold no lines", keys[..depth].join(".")));
        }
        return brackets::edit(text, root, keys, change, Quotes::WhereNeeded);
    }
    match (change, view.kind()) {
        (Change::Set(value), _) if rest.is_empty() => replace(text, view, value, step),
        (Change::Set(value), NodeKind::Table) => add(text, view, rest, value, step),
        (Change::Set(value), NodeKind::Null) => nest(text, view, rest, value, step),
        (Change::Append(value), NodeKind::List) if rest.is_empty() => {
            let start = view.span().start as usize;
            let indent = &text[line_start(text, start)..start];
            if !indent.trim().is_empty() {
                return Err("the list does not begin on a line of its own".to_owned());
            }
            Ok(with_lines_after(text, end(text, view), &item(value, indent.len())))
        }
        (Change::Append(value), NodeKind::Null) if rest.is_empty() && view.key().is_some() => {
            let line = with_lines_after(text, view.key_span().end as usize, &item(value, column(text, view)? + step));
            Ok(line)
        }
        (Change::Append(value), NodeKind::Table) if !rest.is_empty() => add(text, view, rest, &item(value, 0), step),
        (Change::Append(value), NodeKind::Null) if !rest.is_empty() => nest(text, view, rest, &item(value, 0), step),
        _ => Err(format!("`{}` can't hold that", keys[..depth].join("."))),
    }
}

/// By how much the first table in a table is moved to the right.
fn step(text: &str, view: View<'_>) -> Option<usize> {
    view.children().find_map(|child| {
        let nested = child.children().next().filter(|_| child.kind() == NodeKind::Table && !is_bracketed(text, child));
        let own = nested
            .filter(|_| child.key().is_some() && view.kind() == NodeKind::Table)
            .and_then(|nested| column(text, nested).ok()?.checked_sub(column(text, child).ok()?));
        own.filter(|step| (1..=WIDEST_STEP).contains(step)).or_else(|| step(text, child))
    })
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
    indented(&format!("- {}", indented(value, DASH).trim_start()), indent)
}

/// A value below some keys, as lines. One of several lines, or a list, stands below its key.
pub(super) fn entry(keys: &[String], value: &str, indent: usize, step: usize) -> String {
    let mut lines = Vec::new();
    for (depth, key) in keys.iter().enumerate() {
        lines.push(format!("{}{}:", " ".repeat(indent + depth * step), brackets::key(key, Quotes::WhereNeeded)));
    }
    let value = value.trim_end();
    let inner = indent + keys.len() * step;
    match lines.last_mut() {
        Some(_) if value.is_empty() => {}
        Some(last) if !is_block(value) => last.push_str(&format!(" {}", value.trim())),
        _ => lines.push(indented(value, inner)),
    }
    lines.join("\n")
}

fn is_block(value: &str) -> bool {
    (value.contains('\n') && !value.starts_with(['{', '[', '|', '>'])) || value.starts_with("- ")
}

/// Adds a key to a table.
fn add(text: &str, table: View<'_>, keys: &[String], value: &str, step: usize) -> Result<String, String> {
    // What is merged in stands elsewhere.
    let span = table.span();
    let is_own = |child: &View<'_>| (span.start..span.end).contains(&child.key_span().start);
    match table.children().find(is_own) {
        Some(first) => {
            let indent = column(text, first)?;
            Ok(with_lines_after(text, end(text, table), &entry(keys, value, indent, step)))
        }
        None => Err("the table is empty".to_owned()),
    }
}

/// Puts the first keys below a key without value, or into an empty document.
fn nest(text: &str, null: View<'_>, keys: &[String], value: &str, step: usize) -> Result<String, String> {
    if !text[null.span().start as usize..null.span().end as usize].is_empty() {
        return Err("the parent is `null`".to_owned());
    }
    if null.key().is_none() {
        let gap = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return Ok(format!("{text}{gap}{}\n", entry(keys, value, 0, step)));
    }
    let indent = column(text, null)? + step;
    Ok(with_lines_after(text, null.key_span().end as usize, &entry(keys, value, indent, step)))
}

/// Puts a value in place of another.
fn replace(text: &str, view: View<'_>, value: &str, step: usize) -> Result<String, String> {
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
        true => format!("\n{}", indented(value, column(text, view)? + step)),
        false => format!(" {}", value.trim()),
    };
    let end = if start < end { end.max(colon) } else { colon };
    // A rule may write them anew with the value.
    let is_lost = |comment: &str| !value.contains(comment.trim());
    if text[colon..end].lines().filter_map(comment).any(is_lost) {
        return Err("a comment stands in what would be replaced".to_owned());
    }
    Ok(spliced(text, colon..end, &written))
}

/// The comment of a line, as far as the line alone tells.
fn comment(line: &str) -> Option<&str> {
    let start = if line.trim_start().starts_with('#') { line.find('#') } else { line.find(" #") };
    start.map(|start| &line[start..])
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
