//! Changes at a key path of a document, made in its text so that comments and formatting stay. What is not understood
//! is refused: the result is parsed again and must differ from the document before in nothing but what was asked for.

mod brackets;
mod ini;
mod toml;
mod tree;
mod yaml;

use crate::facts::documents::{self, Language};
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;

use tree::Tree;

/// What to do at a key path.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change<'a> {
    /// Set to a value written in the document's language.
    Set(&'a str),
    Remove,
    /// Append an item to the list, which is made if it is missing.
    Append(&'a str),
}

/// The longest key path.
const MOST_KEYS: usize = 64;

/// Makes a change; the text is that of the file, without byte order mark and with plain line feeds.
///
/// # Errors
/// Why it can't be made, as a fragment.
pub(super) fn edit(path: &str, text: &str, keys: &[String], change: Change<'_>) -> Result<String, String> {
    if keys.is_empty() || keys.len() > MOST_KEYS {
        return Err(format!("a key path of {} keys", keys.len()));
    }
    if keys.iter().any(|key| key.chars().any(char::is_control)) {
        return Err("a key path with control characters".to_owned());
    }
    let language = documents::language(path).ok_or("no document with keys")?;
    let parse = |text: &str| documents::parse(path, text);
    let before = parse(text).map_err(|invalid| format!("can't be parsed: {}", invalid.message))?;
    let root = View::root(&before).ok_or("an empty document")?;
    let is_ini = matches!(language, Language::Ini | Language::EditorConfig)
        || (language == Language::IniOrYaml && documents::is_ini(text));
    let new = match language {
        Language::Toml => toml::edit(text, root, keys, change),
        Language::Json | Language::Json5 => brackets::edit(text, root, keys, change, brackets::Quotes::Always),
        _ if is_ini => ini::edit(text, root, keys, change),
        _ => yaml::edit(text, root, keys, change),
    }?;
    let after = parse(&new).map_err(|invalid| format!("would not parse any more: {}", invalid.message))?;
    let after = View::root(&after).ok_or("would be empty")?;
    let mut expected = Tree::of(root);
    let is_yaml = !is_ini && !matches!(language, Language::Toml | Language::Json | Language::Json5);
    let written = |value: &str| value_of(language, is_ini, value);
    match change {
        Change::Set(value) => expected.set(keys, written(value)?)?,
        Change::Remove => {
            expected.remove(keys)?;
            // A table that nothing but the removed one implied goes with it.
            for depth in (1..keys.len()).rev() {
                if after.at(&keys[..depth]).is_some() || !expected.is_empty_at(&keys[..depth]) {
                    break;
                }
                expected.remove(&keys[..depth])?;
            }
        }
        // What a list in one text is, its reader knows.
        Change::Append(value) if is_ini => {
            let text = after.at(keys).map_or("", View::text);
            if !text.contains(value.trim()) {
                return Err("the item is not in the list afterwards".to_owned());
            }
            expected.set(keys, Tree::text(text))?;
        }
        Change::Append(value) if is_yaml => expected.append(keys, item_of(value)?)?,
        Change::Append(value) => expected.append(keys, written(value)?)?,
    }
    if expected.normal() != Tree::of(after).normal() {
        return Err(format!("`{}` can't be changed without changing more", keys.join(".")));
    }
    Ok(new)
}

/// What a value means that is written in a language.
fn value_of(language: Language, is_ini: bool, value: &str) -> Result<Tree, String> {
    if is_ini {
        let text = value.trim();
        return if text.contains('\n') { Err("a value of several lines".into()) } else { Ok(Tree::text(text)) };
    }
    let (path, text) = match language {
        Language::Toml => ("value.toml", format!("value = {}\n", value.trim())),
        Language::Json | Language::Json5 => ("value.json5", format!("{{\"value\": {value}\n}}")),
        _ => ("value.yaml", yaml::entry(&["value".to_owned()], value, 0, 2)),
    };
    let nodes =
        documents::parse(path, &text).map_err(|invalid| format!("a value that is none: {}", invalid.message))?;
    let root = View::root(&nodes).filter(|root| root.children().count() == 1);
    let value = root.and_then(|root| root.get("value"));
    value.map(Tree::of).ok_or_else(|| "a value that is more than one".to_owned())
}

/// What an item of a list in YAML means: a table may begin on its line.
fn item_of(value: &str) -> Result<Tree, String> {
    let text = yaml::item(value, 0);
    let nodes = documents::parse("value.yaml", &text)
        .map_err(|invalid| format!("a value that is none: {}", invalid.message))?;
    let root = View::root(&nodes).filter(|root| root.kind() == NodeKind::List && root.children().count() == 1);
    root.and_then(|root| root.children().next()).map(Tree::of).ok_or_else(|| "a value that is more than one".to_owned())
}

/// The first line end at or after an offset; the end of the text without.
fn line_end(text: &str, offset: usize) -> usize {
    text[offset..].find('\n').map_or(text.len(), |length| offset + length)
}

/// Where the line of an offset starts.
fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |index| index + 1)
}

/// The text with another part in place of a range.
fn spliced(text: &str, range: std::ops::Range<usize>, part: &str) -> String {
    format!("{}{part}{}", &text[..range.start], &text[range.end..])
}

/// The text with lines put after the line that an offset is on.
fn with_lines_after(text: &str, offset: usize, lines: &str) -> String {
    let end = line_end(text, offset);
    spliced(text, end..end, &format!("\n{}", lines.trim_end_matches('\n')))
}

/// The text without the lines of a range, where these hold nothing but it and a comment behind it.
fn without_lines(text: &str, start: usize, end: usize) -> Option<String> {
    let line = line_start(text, start);
    let last = line_end(text, end);
    let rest = text[end..last].trim();
    let is_alone = text[line..start].trim().is_empty() && (rest.is_empty() || rest.starts_with('#'));
    is_alone.then(|| spliced(text, line..(last + 1).min(text.len()), ""))
}

/// How deep a key path leads into a document: the last value that is there, and the number of keys that lead to it.
fn deepest<'a>(root: View<'a>, keys: &[String]) -> (View<'a>, usize) {
    let mut view = root;
    for (depth, key) in keys.iter().enumerate() {
        match view.at(std::slice::from_ref(key)) {
            Some(below) => view = below,
            None => return (view, depth),
        }
    }
    (view, keys.len())
}

#[cfg(test)]
mod tests;
