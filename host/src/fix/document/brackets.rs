//! JSON, and the part of YAML that is written in brackets.

use super::{Change, deepest, line_end, line_start, spliced};
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;

/// How keys are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quotes {
    Always,
    /// YAML: only where a key needs them.
    WhereNeeded,
}

pub(super) fn edit(
    text: &str,
    root: View<'_>,
    keys: &[String],
    change: Change<'_>,
    quotes: Quotes,
) -> Result<String, String> {
    let (view, depth) = deepest(root, keys);
    let rest = &keys[depth..];
    let span = view.span();
    match change {
        Change::Set(value) if rest.is_empty() => {
            Ok(spliced(text, span.start as usize..span.end as usize, value.trim()))
        }
        Change::Set(value) => insert(text, view, &entry(rest, value.trim(), quotes)),
        Change::Append(value) if rest.is_empty() => insert(text, view, value.trim()),
        Change::Append(value) => insert(text, view, &entry(rest, &format!("[{}]", value.trim()), quotes)),
        Change::Remove if rest.is_empty() => {
            let parent = root.at(&keys[..depth - 1]).ok_or("no such key")?;
            remove(text, parent, view)
        }
        Change::Remove => Err(format!("there is no `{}`", keys.join("."))),
    }
}

/// A value below some keys: `"a": {"b": 1}`.
fn entry(keys: &[String], value: &str, quotes: Quotes) -> String {
    let mut written = value.to_owned();
    for (index, name) in keys.iter().enumerate().rev() {
        written = format!("{}: {written}", key(name, quotes));
        if index > 0 {
            written = format!("{{{written}}}");
        }
    }
    written
}

/// A key as it is written.
pub(super) fn key(key: &str, quotes: Quotes) -> String {
    let is_plain = key.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
    if is_plain && quotes == Quotes::WhereNeeded { key.to_owned() } else { serde_json::Value::from(key).to_string() }
}

/// Puts an item behind the others, in their manner.
pub(super) fn insert(text: &str, container: View<'_>, item: &str) -> Result<String, String> {
    let (start, end) = (container.span().start as usize, container.span().end as usize);
    let opens = matches!(
        (container.kind(), text.as_bytes().get(start)),
        (NodeKind::Table, Some(b'{')) | (NodeKind::List, Some(b'['))
    );
    if !opens || end < start + 2 {
        return Err("the value is neither table nor list".to_owned());
    }
    let inner = end - 1;
    let mut children = container.children();
    let Some(first) = children.next() else {
        return match text[start + 1..inner].trim() {
            "" => Ok(spliced(text, start + 1..inner, item)),
            _ => Err("a comment stands in the empty brackets".to_owned()),
        };
    };
    let last = children.last().unwrap_or(first).span().end as usize;
    let first = first.key_span().start as usize;
    if last > inner || first < start {
        return Err("what stands in the brackets is written elsewhere".to_owned());
    }
    let tail = &text[last..inner];
    let comma = comma(tail);
    let after = last + comma.map_or(0, |index| index + 1);
    if !text[start..first].contains('\n') {
        let gap = if text.as_bytes()[after - 1] == b',' { " " } else { ", " };
        return Ok(spliced(text, after..after, &format!("{gap}{item}")));
    }
    let indent = &text[line_start(text, first)..first];
    let indent = &indent[..indent.len() - indent.trim_start().len()];
    // Behind a comment of the last item, if that ends its line.
    let line = line_end(text, after).min(inner);
    let line = if text[line..].starts_with('\n') { line } else { after };
    let end = if comma.is_some() { "," } else { "" };
    let with_item = spliced(text, line..line, &format!("\n{indent}{item}{end}"));
    Ok(if comma.is_some() { with_item } else { spliced(&with_item, last..last, ",") })
}

/// Where the comma stands in what follows an item; comments are skipped.
fn comma(tail: &str) -> Option<usize> {
    let mut offset = 0;
    loop {
        let rest = tail[offset..].trim_start();
        offset = tail.len() - rest.len();
        match rest.as_bytes().first()? {
            b',' => return Some(offset),
            b'#' => offset = line_end(tail, offset),
            b'/' if rest.starts_with("/*") => offset += rest.find("*/")? + 2,
            b'/' => offset = line_end(tail, offset),
            _ => return None,
        }
    }
}

pub(super) fn remove(text: &str, container: View<'_>, item: View<'_>) -> Result<String, String> {
    let children: Vec<View<'_>> = container.children().collect();
    let same = |child: &View<'_>| child.key_span() == item.key_span();
    let index = children.iter().position(same).ok_or("no such item")?;
    let (start, end) = (item.key_span().start as usize, item.span().end as usize);
    let bounds = |range: std::ops::Range<usize>| {
        let between = text.get(range.clone()).ok_or("written elsewhere")?;
        let is_plain = between.trim().trim_matches(',').trim().is_empty();
        if is_plain { Ok(range) } else { Err("a comment stands beside the item".to_owned()) }
    };
    if let Some(next) = children.get(index + 1) {
        let gap = bounds(end..next.key_span().start as usize)?;
        return Ok(spliced(text, start..gap.end, ""));
    }
    if let Some(before) = index.checked_sub(1).map(|index| children[index]) {
        let gap = bounds(before.span().end as usize..start)?;
        return Ok(spliced(text, gap.start..end, ""));
    }
    let inner = container.span().start as usize + 1..container.span().end as usize - 1;
    bounds(inner.start..start)?;
    bounds(end..inner.end)?;
    Ok(spliced(text, inner, ""))
}
