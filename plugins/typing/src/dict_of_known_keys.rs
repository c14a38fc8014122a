//! Functions whose dictionaries always have the same keys, which their types do not tell.

use std::collections::BTreeMap;

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text::quoted;

use crate::source::{Modules, block, bracketed, is_decorated};

rule! {
    /// Functions return dictionaries of known keys as `dict`.
    ///
    /// The keys are fixed, but no reader and no type checker knows them: a misspelt key fails at run time. Describe the
    /// result with a `TypedDict`, a dataclass or a model.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/ships.py
    /// from typing import Any
    ///
    /// def ship(name: str) -> dict[str, Any]:  # error: dictionaries of known keys are returned as `dict`: `ship`, `port`
    ///     if not name:
    ///         return {"name": "", "length": 0, "flag": None}
    ///     return {"name": name, "length": len(name), "flag": "nl"}
    ///
    /// def port(name: str) -> dict:
    ///     return {"name": name, "depth": 12, "cranes": [1, 2]}
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/ships.py
    /// from typing import Any, TypedDict
    ///
    /// class Ship(TypedDict):
    ///     name: str
    ///     length: int
    ///     flag: str
    ///
    /// def ship(name: str) -> Ship:
    ///     return {"name": name, "length": len(name), "flag": "nl"}
    ///
    /// def counts(words: list[str]) -> dict[str, Any]:
    ///     return {word: len(word) for word in words}
    ///
    /// def to_dict(ship: Ship) -> dict[str, Any]:
    ///     return {"name": 1, "length": 2, "flag": 3}
    ///
    /// def some(name: str) -> dict:
    ///     if name:
    ///         return {"name": name, "depth": 12, "cranes": 2}
    ///     return {"error": name}
    ///
    /// def request() -> dict:
    ///     return {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
    ///
    /// def response() -> dict:
    ///     return {"type": "object", "required": ["size"], "properties": {"size": {"type": "integer"}}}
    /// ```
    pub(crate) static DICT_OF_KNOWN_KEYS = {
        id: "dict-of-known-keys",
        requirements: ["7.3.5"],
        check: Check::Repository(dict_of_known_keys),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Search(FUNCTIONS, PYTHON)],
    }
}

const FUNCTIONS: &[&str] = &[
    r"def ([A-Za-z]\w*)\([^()]*\)[ \t]*->[ \t]*(?:typing\.|t\.)?[dD]ict(?:\[str,[ \t]*(?:typing\.|t\.)?(?:Any|object)\])?[ \t]*:",
];
const PYTHON: &[&str] = &["*.py"];
/// What others define the shape of.
const GIVEN: &[&str] = &[
    "_dict",
    "asdict",
    "vars",
    "serialize",
    "model_",
    "dump",
    "json",
    "schema",
    "payload",
    "context",
    "headers",
    "kwargs",
    "params",
    "config",
    "extra",
    "settings",
    "environ",
    "metadata",
    "options",
    "event",
    "state",
];
const FEWEST_KEYS: usize = 3;
const FEWEST_FUNCTIONS: usize = 2;

fn dict_of_known_keys(report: &mut Report) {
    let mut modules = Modules::default();
    let mut functions: BTreeMap<String, Vec<Match>> = BTreeMap::new();
    for found in repository::search(FUNCTIONS, PYTHON) {
        let name = found.text.to_ascii_lowercase();
        if name == "dict" || GIVEN.iter().any(|given| name.contains(given)) {
            continue;
        }
        let path = found.place.path.clone();
        let at = found.place.span.start as usize;
        let text = modules.text(&path).to_owned();
        let code = modules.code(&path);
        if !is_decorated(code, at) && has_known_keys(code, &text, at) {
            functions.entry(path).or_default().push(found);
        }
    }
    for functions in functions.values().filter(|functions| functions.len() >= FEWEST_FUNCTIONS) {
        let Some(first) = functions.first() else { continue };
        let names: Vec<&str> = functions.iter().take(3).map(|function| function.text.as_str()).collect();
        let more = if functions.len() > 3 { format!(" and {} more", functions.len() - 3) } else { String::new() };
        let message = format!("dictionaries of known keys are returned as `dict`: {}{more}", quoted(&names));
        report.finding(&first.place, message).help("describe them with a `TypedDict`, a dataclass or a model");
    }
}

/// Whether everything that a function returns is a dictionary of the same keys.
fn has_known_keys(code: &str, text: &str, at: usize) -> bool {
    let Some((start, end)) = block(code, at) else { return false };
    let Some(body) = code.get(start..end) else { return false };
    let mut known: Option<Vec<&str>> = None;
    let mut position = start;
    for line in body.split_inclusive('\n') {
        let words = line.trim();
        let offset = position + (line.len() - line.trim_start().len());
        position += line.len();
        if words.starts_with("yield") || words.contains(" yield ") {
            return false;
        }
        if words != "return" && !words.starts_with("return ") {
            continue;
        }
        let Some(keys) = code.get(offset..).zip(text.get(offset..)).and_then(|(code, text)| keys(code, text)) else {
            return false;
        };
        if known.as_ref().is_some_and(|known| *known != keys) {
            return false;
        }
        known = Some(keys);
    }
    known.is_some_and(|keys| keys.len() >= FEWEST_KEYS && !is_schema(&keys))
}

/// Whether the keys are those of a JSON Schema or of an OpenAPI document, which is written down as it stands.
fn is_schema(keys: &[&str]) -> bool {
    let has = |key: &str| keys.contains(&key);
    keys.iter().any(|key| matches!(*key, "openapi" | "swagger") || key.starts_with('$'))
        || has("type") && ["properties", "items", "enum", "additionalProperties"].into_iter().any(has)
        || has("operationId") && has("responses")
}

/// The keys of the dictionary that `return` gives, sorted; none where any of them is no constant.
fn keys<'a>(code: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let open = "return ".len();
    let display = code.get(open..).filter(|value| value.starts_with('{')).and_then(bracketed)?;
    // What follows the dictionary belongs to the value: `{…}[key]`, `{…} | other`.
    let rest = code.get(open + display.len()..)?.lines().next()?;
    if !rest.trim().is_empty() || display.contains(" for ") {
        return None;
    }
    let mut keys = Vec::new();
    let mut depth = 0_u32;
    let mut item = 1;
    for (at, byte) in display.bytes().enumerate() {
        match byte {
            b'{' | b'[' | b'(' => depth += 1,
            b'}' | b']' | b')' => depth = depth.checked_sub(1)?,
            _ => {}
        }
        if byte == b',' && depth == 1 || depth == 0 {
            let written = text.get(open + item..open + at)?.trim();
            item = at + 1;
            if written.is_empty() || written.starts_with('#') {
                continue;
            }
            let quote = written.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
            let (key, value) = written.get(1..)?.split_once(quote)?;
            value.trim_start().starts_with(':').then_some(())?;
            keys.push(key);
        }
    }
    keys.sort_unstable();
    Some(keys)
}
