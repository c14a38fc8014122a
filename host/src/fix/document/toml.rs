//! TOML: lines are removed as they are, everything else is left to `toml_edit`.

use toml_edit::{Array, DocumentMut, Item, Key, Table, TableLike, Value};

use super::{Change, brackets, deepest, without_lines};
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;

pub(super) fn edit(text: &str, root: View<'_>, keys: &[String], change: Change<'_>) -> Result<String, String> {
    if let (Change::Remove, Some(view)) = (change, root.at(keys)) {
        let (key, value) = (view.key_span(), view.span());
        // The span of a table with a header is the header: what is in it goes another way.
        let is_line = view.key().is_some() && key.end < value.start;
        if let Some(text) = is_line.then(|| without_lines(text, key.start as usize, value.end as usize)).flatten() {
            return Ok(text);
        }
        // An item of a list that stands alone on its line goes with its comma and its comment.
        let end = value.end as usize;
        let comma = text[end..].starts_with(',').then_some(end + 1).filter(|_| view.key().is_none());
        if let Some(text) = comma.and_then(|end| without_lines(text, value.start as usize, end)) {
            return Ok(text);
        }
    }
    let (view, depth) = deepest(root, keys);
    if depth < keys.len() && !matches!(change, Change::Remove) && is_inline(text, view) {
        return brackets::insert(text, view, &entry(&keys[depth..], change)?);
    }
    let mut document: DocumentMut = text.parse().map_err(|_| "can't be parsed".to_owned())?;
    let (last, parents) = keys.split_last().ok_or("no keys")?;
    let mut item: &mut Item = document.as_item_mut();
    for (depth, key) in parents.iter().enumerate() {
        if item.as_array().is_some() || item.as_array_of_tables().is_some() {
            item = item_at(item, key)?;
            continue;
        }
        let is_missing = item.as_table_like().is_none_or(|table| !table.contains_key(key));
        if is_missing && matches!(change, Change::Remove) {
            return Err(format!("there is no `{}`", keys.join(".")));
        }
        let table = item.as_table_like_mut().ok_or_else(|| format!("`{key}` is in no table"))?;
        if is_missing {
            let mut made = Table::new();
            made.set_implicit(depth + 1 < parents.len());
            table.insert(key, Item::Table(made));
        }
        item = table.get_mut(key).ok_or("no such key")?;
    }
    if let (Change::Remove, Some(array)) = (change, item.as_array_mut()) {
        let index = last.parse().ok().filter(|&index: &usize| index < array.len());
        remove_item(array, index.ok_or_else(|| format!("there is no `{}`", keys.join(".")))?);
        return Ok(document.to_string());
    }
    if let (Change::Set(value), Some(array)) = (change, item.as_array_mut()) {
        let old = last.parse::<usize>().ok().and_then(|index| array.get_mut(index));
        replace(old.ok_or_else(|| format!("there is no `{}`", keys.join(".")))?, parse(value)?);
        return Ok(document.to_string());
    }
    let table = item.as_table_like_mut().ok_or_else(|| format!("`{last}` is in no table"))?;
    match change {
        Change::Set(value) => set(table, last, parse(value)?),
        Change::Remove => drop(table.remove(last)),
        Change::Append(value) => {
            if !table.contains_key(last) {
                set(table, last, Value::Array(Array::new()));
            }
            let array = table.get_mut(last).and_then(Item::as_array_mut);
            append(array.ok_or_else(|| format!("`{}` is no list", keys.join(".")))?, parse(value)?);
        }
    }
    Ok(document.to_string())
}

/// Whether a value is a table in braces.
fn is_inline(text: &str, view: View<'_>) -> bool {
    view.kind() == NodeKind::Table && text[view.span().start as usize..].starts_with('{')
}

/// An entry of a table in braces: `a = { b = 1 }`.
fn entry(keys: &[String], change: Change<'_>) -> Result<String, String> {
    let mut written = match change {
        Change::Append(value) => format!("[{}]", parse(value)?),
        Change::Set(value) => parse(value)?.to_string(),
        Change::Remove => return Err("nothing to add".to_owned()),
    };
    for (index, key) in keys.iter().enumerate().rev() {
        written = format!("{} = {written}", Key::new(key));
        if index > 0 {
            written = format!("{{ {written} }}");
        }
    }
    Ok(written)
}

fn parse(value: &str) -> Result<Value, String> {
    let mut value: Value = value.trim().parse().map_err(|_| format!("`{value}` is no value of TOML"))?;
    value.decor_mut().clear();
    Ok(value)
}

/// What stands at an index of a list.
fn item_at<'a>(item: &'a mut Item, key: &str) -> Result<&'a mut Item, String> {
    let index: usize = key.parse().map_err(|_| format!("`{key}` is no index"))?;
    // Items of an array are values, which only tables hold as items.
    item.get_mut(index).ok_or_else(|| format!("the list has no item `{key}`"))
}

fn set(table: &mut dyn TableLike, key: &str, value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => replace(old, value),
        None => drop(table.insert(key, Item::Value(value))),
    }
}

/// Puts a value in place of another; what stands around the old one stays there.
fn replace(old: &mut Value, value: Value) {
    let decor = old.decor().clone();
    *old = value;
    *old.decor_mut() = decor;
}

/// Appends an item in the manner of those before it.
fn append(array: &mut Array, mut value: Value) {
    let trailing = array.trailing().as_str().unwrap_or_default().to_owned();
    let Some(last) = array.iter_mut().last() else {
        array.push_formatted(value);
        return;
    };
    let prefix = last.decor().prefix().and_then(|raw| raw.as_str()).unwrap_or_default().to_owned();
    let suffix = last.decor().suffix().and_then(|raw| raw.as_str()).unwrap_or_default().to_owned();
    let Some((_, indent)) = prefix.rsplit_once('\n') else {
        value.decor_mut().set_prefix(" ");
        last.decor_mut().set_suffix("");
        value.decor_mut().set_suffix(suffix);
        array.push_formatted(value);
        return;
    };
    // A comment behind the last item stays there, before or after its comma.
    let comment = format!("{}{}", suffix.trim_end(), trailing.trim_end());
    let rest = if trailing.contains('\n') { &trailing } else { &suffix };
    let end = rest.rsplit_once('\n').map_or("\n".to_owned(), |(_, indent)| format!("\n{indent}"));
    last.decor_mut().set_suffix("");
    value.decor_mut().set_prefix(format!("{comment}\n{indent}"));
    value.decor_mut().set_suffix("");
    if !array.trailing_comma() {
        value.decor_mut().set_suffix(end);
        array.set_trailing("");
    } else {
        array.set_trailing(end);
    }
    array.push_formatted(value);
}

/// Takes an item out of a list; the first one leaves its indentation to its successor.
fn remove_item(array: &mut Array, index: usize) {
    let removed = array.remove(index);
    let next = (index == 0).then(|| array.get_mut(0)).flatten();
    if let (Some(next), Some(prefix)) = (next, removed.decor().prefix().and_then(|raw| raw.as_str()))
        && !prefix.contains('#')
    {
        let has_comment = next.decor().prefix().and_then(|raw| raw.as_str()).is_some_and(|raw| raw.contains('#'));
        if !has_comment {
            next.decor_mut().set_prefix(prefix);
        }
    }
}
