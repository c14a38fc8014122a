//! Edits that put names of Pydantic 2 in place of those of Pydantic 1. What is not written in the plainest way is left to
//! `bump-pydantic`.

use plimsoll_sdk::prelude::*;

/// Settings of a model that have another name.
const RENAMED: &[(&str, &str)] = &[
    ("allow_population_by_field_name", "populate_by_name"),
    ("anystr_lower", "str_to_lower"),
    ("anystr_strip_whitespace", "str_strip_whitespace"),
    ("anystr_upper", "str_to_upper"),
    ("keep_untouched", "ignored_types"),
    ("max_anystr_length", "str_max_length"),
    ("min_anystr_length", "str_min_length"),
    ("orm_mode", "from_attributes"),
    ("schema_extra", "json_schema_extra"),
    ("validate_all", "validate_default"),
];
/// Settings that have the same name.
const KEPT: &[&str] = &[
    "arbitrary_types_allowed",
    "extra",
    "from_attributes",
    "frozen",
    "json_schema_extra",
    "populate_by_name",
    "str_max_length",
    "str_min_length",
    "str_strip_whitespace",
    "title",
    "use_enum_values",
    "validate_assignment",
    "validate_default",
];
/// Longest line of what is written.
const WIDTH: usize = 88;

/// Turns the classes `Config` of a module's models into `model_config`. None where one has more than settings that are
/// known, and where `BaseModel` is not imported by one line.
pub(crate) fn with_model_config(path: &str, classes: &[Place]) -> Option<Vec<Edit>> {
    let text = repository::read(path).ok()?;
    let mut edits: Vec<Edit> = classes.iter().map(|class| model_config(&text, class)).collect::<Option<_>>()?;
    edits.extend(imported(path, &text, "ConfigDict")?);
    Some(edits)
}

/// Imports a name beside `BaseModel`; nothing where it is there.
fn imported(path: &str, text: &str, name: &str) -> Option<Option<Edit>> {
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(names) = line.trim_end().strip_prefix("from pydantic import ") {
            let mut names: Vec<&str> = names.split(',').map(str::trim).collect();
            if names.contains(&name) {
                return Some(None);
            }
            if names.contains(&"BaseModel") && !line.contains(['(', '#', '\\']) {
                let at = names.iter().position(|other| *other > name).unwrap_or(names.len());
                names.insert(at, name);
                let span = Span { start, end: start + line.trim_end().len() as u32 };
                let place = Place { path: path.to_owned(), span };
                return Some(Some(edit::replace(&place, format!("from pydantic import {}", names.join(", ")))));
            }
        }
        start += line.len() as u32;
    }
    None
}

/// The class as an assignment.
fn model_config(text: &str, class: &Place) -> Option<Edit> {
    let start = text.get(..class.span.start as usize)?.rfind('\n').map_or(0, |index| index + 1);
    let mut lines = text.get(start..)?.split_inclusive('\n');
    let header = lines.next()?;
    let indent = header.get(..header.len() - header.trim_start().len())?;
    if header.trim() != "class Config:" {
        return None;
    }
    let (mut length, mut pending) = (header.len(), 0);
    let mut settings: Vec<String> = Vec::new();
    for line in lines {
        if line.trim().is_empty() {
            pending += line.len();
            continue;
        }
        let own = line.len() - line.trim_start().len();
        if own <= indent.len() {
            break;
        }
        settings.push(setting(line.trim())?);
        length += pending + line.len();
        pending = 0;
    }
    if settings.is_empty() {
        return None;
    }
    let short = format!("{indent}model_config = ConfigDict({})", settings.join(", "));
    let long = || {
        let lines: Vec<String> = settings.iter().map(|setting| format!("{indent}    {setting},\n")).collect();
        format!("{indent}model_config = ConfigDict(\n{}{indent})", lines.concat())
    };
    let written = if short.chars().count() <= WIDTH { short } else { long() };
    let block = text.get(start..start + length)?.trim_end().len();
    let span = Span { start: start as u32, end: (start + block) as u32 };
    Some(edit::replace(&Place { path: class.path.clone(), span }, written))
}

/// An assignment of one line as an argument.
fn setting(line: &str) -> Option<String> {
    let (key, value) = line.split_once(" = ")?;
    let is_balanced = [('(', ')'), ('[', ']'), ('{', '}')]
        .iter()
        .all(|(open, close)| value.matches(*open).count() == value.matches(*close).count());
    if !is_balanced || value.contains(['#', '\\']) || value.contains("\"\"\"") {
        return None;
    }
    let value = match value.strip_prefix("Extra.") {
        Some(extra) if matches!(extra, "allow" | "forbid" | "ignore") => format!("\"{extra}\""),
        _ => value.to_owned(),
    };
    match (key, value.as_str()) {
        ("allow_mutation", "False") => return Some("frozen=True".to_owned()),
        ("allow_mutation", "True") => return Some("frozen=False".to_owned()),
        _ => {}
    }
    let renamed = RENAMED.iter().find(|(old, _)| *old == key).map(|(_, new)| *new);
    let key = renamed.or_else(|| KEPT.contains(&key).then_some(key))?;
    Some(format!("{key}={value}"))
}

/// Turns the decorators `validator` of a module into `field_validator`, with the import at a place. None where one takes
/// what has no counterpart, or where the function wants more than the value.
pub(crate) fn with_field_validators(import: &Import) -> Option<Vec<Edit>> {
    let path = &import.site.place.path;
    let text = repository::read(path).ok()?;
    if import.bound != "validator" {
        return None;
    }
    let mut edits = vec![edit::replace_words(&import.site.place, "validator", "field_validator")?];
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let mut start = 0;
    for (index, line) in lines.iter().enumerate() {
        if line.trim_start().starts_with("@validator") {
            let following = lines.get(index + 1..)?;
            let is_class_method = following.first()?.trim() == "@classmethod";
            let signature = following.iter().find(|line| !line.trim_start().starts_with('@'))?;
            let decorator = field_validator(line.trim())?;
            if !takes_value_only(signature) || !is_class_method && following.first() != Some(signature) {
                return None;
            }
            let indent = line.get(..line.len() - line.trim_start().len())?;
            let more = if is_class_method { String::new() } else { format!("\n{indent}@classmethod") };
            let from = start + indent.len() as u32;
            let span = Span { start: from, end: from + line.trim().len() as u32 };
            edits.push(edit::replace(&Place { path: path.clone(), span }, format!("{decorator}{more}")));
        }
        start += line.len() as u32;
    }
    // Each use is one that is understood.
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let is_whole = |at: usize| {
        let (before, after) = (text.get(..at).unwrap_or_default(), text.get(at + 9..).unwrap_or_default());
        !before.ends_with(is_word) && !after.starts_with(is_word)
    };
    let uses = text.match_indices("validator").filter(|(at, _)| is_whole(*at)).count();
    (uses == edits.len()).then_some(edits)
}

/// `@validator("name", pre=True)` in the words of version 2.
fn field_validator(line: &str) -> Option<String> {
    let arguments = line.strip_prefix("@validator(")?.strip_suffix(')')?;
    let mut kept: Vec<String> = Vec::new();
    for argument in arguments.split(',').map(str::trim).filter(|argument| !argument.is_empty()) {
        match argument {
            "pre=True" => kept.push("mode=\"before\"".to_owned()),
            "allow_reuse=True" | "pre=False" => {}
            _ if argument.starts_with(['"', '\'']) => kept.push(argument.to_owned()),
            _ => return None,
        }
    }
    Some(format!("@field_validator({})", kept.join(", ")))
}

fn takes_value_only(signature: &str) -> bool {
    let parameters = signature.trim().strip_prefix("def ").and_then(|rest| rest.split_once('('));
    let parameters = parameters.and_then(|(_, rest)| rest.split_once(')')).map_or("", |(parameters, _)| parameters);
    let names: Vec<&str> = parameters.split(',').map(str::trim).collect();
    names.len() == 2 && names.first() == Some(&"cls") && names.iter().all(|name| !name.contains('*'))
}
