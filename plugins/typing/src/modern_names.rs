//! Edits that put the language's own forms in place of old names of `typing`: in annotations on one line, where the text
//! tells for certain that they are annotations. What is computed, quoted or commented stays.

use std::collections::BTreeSet;

use plimsoll_sdk::prelude::*;

use crate::needless_imports::{is_used, whole_lines, without_names, words};
use crate::source::{Modules, bracketed, line_at, line_start};

/// What takes the place of a name.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// The built-in class: `list[...]`.
    BuiltIn,
    /// The operator: `... | None`.
    Operator,
}

/// An old name as a module writes it.
pub(crate) struct Written {
    /// The name within `typing`.
    pub(crate) name: String,
    /// How the module spells it: `List`, `t.List`.
    pub(crate) spelling: String,
    /// Where it is imported; none for an attribute of the module.
    pub(crate) import: Option<Place>,
}

/// Classes without need of an import.
const BUILT_IN: &[(&str, &str)] = &[
    ("List", "list"),
    ("Dict", "dict"),
    ("Set", "set"),
    ("FrozenSet", "frozenset"),
    ("Tuple", "tuple"),
    ("Type", "type"),
];
/// Functions that are used as types and know no `|`: they fail where annotations are evaluated.
const FUNCTIONS: &[&str] = &[
    "any",
    "callable",
    "NamedTuple",
    "TypedDict",
    "Lock",
    "RLock",
    "Semaphore",
    "BoundedSemaphore",
    "Condition",
    "Event",
    "Barrier",
    "Queue",
    "SimpleQueue",
    "JoinableQueue",
    "Pool",
    "Manager",
    "Value",
    "Array",
];

/// A fix holds no more edits; what is left is mended by the next.
pub(crate) const MOST_EDITS: usize = 200;
/// With less room no further module is begun.
pub(crate) const LEAST_ROOM: usize = 20;

/// The edits of one module: its annotations, and the imports that are then of no use. There are at most `room`.
pub(crate) fn edits(modules: &mut Modules, path: &str, written: &[Written], form: Form, room: usize) -> Vec<Edit> {
    let text = modules.text(path).to_owned();
    let code = modules.code(path);
    let is_deferred = code.contains("from __future__ import annotations");
    let place =
        |start: usize, end: usize| Place { path: path.to_owned(), span: Span { start: start as u32, end: end as u32 } };
    let unbound: Vec<&str> =
        BUILT_IN.iter().map(|(_, new)| *new).filter(|new| form == Form::BuiltIn && !is_rebound(code, new)).collect();
    let mut edits = Vec::new();
    let mut rewritten: BTreeSet<usize> = BTreeSet::new();
    for (at, old) in annotations(code, written) {
        if line_at(&text, at).contains("noqa") {
            continue;
        }
        let changes = match form {
            Form::BuiltIn => built_in(&unbound, at, old),
            Form::Operator => operator(code, at, old, written, is_deferred),
        };
        let fits = |changes: &Vec<Change>| edits.len() + changes.len() + written.len() < room;
        if let Some(changes) = changes.filter(fits) {
            rewritten.insert(at);
            edits.extend(changes.into_iter().map(|(start, end, new)| edit::replace(&place(start, end), new)));
        }
    }
    let imported = written.iter().filter_map(|old| Some((old.import.as_ref()?.span.start as usize, &old.spelling)));
    let mut own = rewritten.clone();
    // `Optional as Maybe` binds its last word.
    let bound = |(start, spelling): (usize, &String)| Some(start + text.get(start..)?.find(spelling.as_str())?);
    own.extend(imported.clone().filter_map(bound));
    let is_left = |spelling: &str| is_used(&text, code, spelling, &own);
    let needless = imported.filter(|(_, spelling)| !is_left(spelling)).map(|(start, _)| start).collect();
    let mut gone = without_names(&text, code, &needless);
    // The module itself is of no use either when its last attribute is gone.
    for old in written.iter().filter(|old| old.import.is_none()) {
        let Some((module, _)) = old.spelling.split_once('.') else { continue };
        let line = if module == "typing" { "import typing".to_owned() } else { format!("import typing as {module}") };
        let ends = |start: usize| text.get(start + line.len()..).is_some_and(|rest| rest.starts_with(['\n', '\r']));
        let mut statements = text.match_indices(&line).map(|(start, _)| start);
        let Some(start) = statements.find(|&start| line_start(&text, start) == start && ends(start)) else { continue };
        own.insert(start + line.len() - module.len());
        if !is_used(&text, code, module, &own) {
            gone.push(whole_lines(&text, start, start + line.len()));
        }
    }
    gone.sort_unstable();
    gone.dedup();
    if !edits.is_empty() {
        edits.extend(gone.into_iter().map(|(start, end)| edit::replace(&place(start, end), "")));
    }
    edits
}

/// A text for a range of the module.
type Change = (usize, usize, String);

fn built_in(unbound: &[&str], at: usize, old: &Written) -> Option<Vec<Change>> {
    let (_, new) = BUILT_IN.iter().find(|(name, new)| *name == old.name && unbound.contains(new))?;
    Some(vec![(at, at + old.spelling.len(), (*new).to_owned())])
}

/// Whether a module gives a name of its own meaning somewhere, so that `list` may be a method and not the class.
fn is_rebound(code: &str, name: &str) -> bool {
    words(code, name).any(|at| {
        let rest = code.get(at + name.len()..).unwrap_or_default().trim_start_matches(' ');
        let line = code.get(line_start(code, at)..at).unwrap_or_default().trim();
        let is_assigned = rest.starts_with('=') && !rest.starts_with("==") || rest.starts_with(':');
        let is_named = ["def", "class", "as", "for", "global", "nonlocal"]
            .iter()
            .any(|word| line.ends_with(word) && !line.trim_end_matches(word).ends_with(char::is_alphanumeric));
        is_assigned || is_named || line.starts_with("import ") || line.starts_with("from ")
    })
}

/// Takes name and brackets off, and puts `|` for commas.
fn operator(code: &str, at: usize, old: &Written, all: &[Written], is_deferred: bool) -> Option<Vec<Change>> {
    let open = at + old.spelling.len();
    let subscript = bracketed(code.get(open..)?)?;
    let close = open + subscript.len() - 1;
    if subscript.contains(['"', '\'', '\n', '*']) {
        return None;
    }
    let inside = code.get(open + 1..close)?;
    let parts = split(inside, b',');
    let operands: Vec<&str> =
        parts.iter().flat_map(|(start, end)| operands(inside.get(*start..*end).unwrap_or_default())).collect();
    let is_fit = |operand: &&str| is_type(operand) && (is_deferred || !FUNCTIONS.contains(&last_name(operand)));
    if operands.is_empty() || !operands.iter().all(is_fit) {
        return None;
    }
    let ending =
        if old.name != "Optional" || operands.iter().any(|part| admits_none(part, all)) { "" } else { " | None" };
    if old.name == "Optional" && parts.len() != 1 {
        return None;
    }
    let first = open + 1 + parts.first()?.0;
    let last = open + 1 + parts.last()?.1;
    let mut changes = vec![(at, first, String::new())];
    for pair in parts.windows(2) {
        if let [before, after] = pair {
            changes.push((open + 1 + before.1, open + 1 + after.0, " | ".to_owned()));
        }
    }
    changes.push((last, close + 1, ending.to_owned()));
    Some(changes)
}

/// Whether a type is `None`, or a union with it.
fn admits_none(operand: &str, all: &[Written]) -> bool {
    let head = head(operand);
    match all.iter().find(|old| old.spelling == head).map(|old| old.name.as_str()) {
        Some("Optional") => true,
        Some("Union") => {
            let inside = operand.get(head.len() + 1..operand.len().saturating_sub(1)).unwrap_or_default();
            let parts = split(inside, b',').into_iter().filter_map(|(start, end)| inside.get(start..end));
            parts.flat_map(operands).any(|part| admits_none(part, all))
        }
        _ => operand == "None",
    }
}

/// The parts of a text between separators outside of brackets, without spaces around them and without empty ones.
pub(crate) fn split(text: &str, separator: u8) -> Vec<(usize, usize)> {
    let mut depth = 0_i32;
    let mut start = 0;
    let mut parts = Vec::new();
    for (at, byte) in text.bytes().chain([separator]).enumerate() {
        match byte {
            b'[' | b'(' | b'{' => depth += 1,
            b']' | b')' | b'}' => depth -= 1,
            _ if byte == separator && depth == 0 => {
                let part = text.get(start..at).unwrap_or_default();
                let left = start + part.len() - part.trim_start().len();
                if !part.trim().is_empty() {
                    parts.push((left, left + part.trim().len()));
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    parts
}

/// The types that `|` joins.
fn operands(text: &str) -> Vec<&str> {
    split(text, b'|').into_iter().filter_map(|(start, end)| text.get(start..end)).collect()
}

/// A dotted name, as far as a text begins with one.
fn head(text: &str) -> &str {
    let end = text.find(|byte: char| !(byte.is_alphanumeric() || matches!(byte, '_' | '.'))).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

fn last_name(text: &str) -> &str {
    let name = head(text);
    name.rsplit('.').next().unwrap_or(name)
}

/// Whether a text is a name, with a subscript or without.
fn is_type(text: &str) -> bool {
    let head = head(text);
    let rest = text.get(head.len()..).unwrap_or_default();
    head.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && (rest.is_empty() || rest.starts_with('[') && bracketed(rest) == Some(rest))
}

/// Where the old names stand with a subscript in annotations, in their order.
fn annotations<'a>(code: &str, written: &'a [Written]) -> Vec<(usize, &'a Written)> {
    let mut sites: Vec<(usize, &Written)> = Vec::new();
    for old in written {
        let subscripts =
            words(code, &old.spelling).filter(|at| code.as_bytes().get(at + old.spelling.len()) == Some(&b'['));
        sites.extend(subscripts.map(|at| (at, old)));
    }
    sites.sort_by_key(|(at, _)| *at);
    let mut open: Vec<usize> = Vec::new();
    let mut from = 0;
    sites.retain(|(at, _)| {
        for (index, byte) in code.bytes().enumerate().take(*at).skip(from) {
            match byte {
                b'(' | b'[' | b'{' => open.push(index),
                b')' | b']' | b'}' => drop(open.pop()),
                _ => {}
            }
        }
        from = *at;
        is_annotation(code, &open, *at)
    });
    sites.dedup_by_key(|(at, _)| *at);
    sites
}

/// Whether a type at a place, within these open brackets, belongs to the annotation of a parameter, a result or a name.
fn is_annotation(code: &str, mut open: &[usize], mut at: usize) -> bool {
    let byte = |at: usize| code.as_bytes().get(at).copied();
    while let Some((&bracket, outer)) = open.split_last().filter(|(bracket, _)| byte(**bracket) == Some(b'[')) {
        let before = code.get(..bracket).unwrap_or_default();
        let name = before.get(name_start(before)..).unwrap_or_default();
        let within = code.get(bracket + 1..at).unwrap_or_default();
        let is_list = name.is_empty()
            && outer.last().is_some_and(|&outer| code.get(..outer).is_some_and(|before| before.ends_with("Callable")));
        let last = name.rsplit('.').next().unwrap_or(name);
        // Behind the comma stand values.
        let is_value = last == "Literal" || last == "Annotated" && split(&format!("{within}x"), b',').len() > 1;
        if within.contains('\n') || is_value || name.is_empty() && !is_list {
            return false;
        }
        at = bracket - name.len();
        open = outer;
    }
    let mut before = code.get(..at).unwrap_or_default().trim_end_matches(' ');
    while let Some(rest) = before.strip_suffix('|') {
        let operand = rest.trim_end_matches(' ');
        let named = if operand.ends_with(']') { opening(operand) } else { operand.len() };
        let head = operand.get(..named).unwrap_or_default();
        if name_start(head) == head.len() {
            return false;
        }
        before = head.get(..name_start(head)).unwrap_or_default().trim_end_matches(' ');
    }
    if before.ends_with("->") {
        return open.is_empty();
    }
    let Some(named) = before.strip_suffix(':').map(|named| named.trim_end_matches(' ')) else { return false };
    let start = name_start(named);
    let (rest, name) = named.split_at(start);
    if name.is_empty() || matches!(name, "else" | "try" | "finally" | "lambda") {
        return false;
    }
    let Some(&bracket) = open.last() else {
        let line = line_start(code, start);
        let above = code.get(..line.saturating_sub(1)).unwrap_or_default();
        return rest.get(line..).is_some_and(|indent| indent.trim().is_empty()) && !above.ends_with('\\');
    };
    let signature = code.get(bracket + 1..start).unwrap_or_default();
    let previous = signature.trim_end().trim_end_matches('*').trim_end();
    byte(bracket) == Some(b'(')
        && is_signature(code.get(..bracket).unwrap_or_default())
        && (previous.is_empty() || previous.ends_with(','))
        && !name.contains('.')
        && !signature.contains("lambda")
}

/// Whether code ends with the name of a function that it defines.
pub(crate) fn is_signature(head: &str) -> bool {
    let name = head.trim_end_matches(|last: char| last.is_alphanumeric() || last == '_');
    name.trim_end() != name && name.trim_end().ends_with("def")
}

/// Where the dotted name begins that a text ends with.
fn name_start(text: &str) -> usize {
    text.trim_end_matches(|last: char| last.is_alphanumeric() || matches!(last, '_' | '.')).len()
}

/// Where the bracket opens that a text ends with; its end if that is not on the same line.
fn opening(text: &str) -> usize {
    let mut depth = 0_i32;
    for (at, byte) in text.bytes().enumerate().rev().take_while(|(_, byte)| *byte != b'\n') {
        match byte {
            b']' | b')' => depth += 1,
            b'[' | b'(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}
