//! Names of functions and methods.

use crate::bases::Lineages;
use crate::{layout, ruff};
use plimsoll_sdk::prelude::*;
use std::collections::BTreeMap;

rule! {
    /// Functions are not named in snake_case.
    ///
    /// Two spellings of the same words make readers and searches miss half of them. Rename the functions: `join_line`.
    ///
    /// ```python bad src/app/text.py
    /// def joinLine(words):  # error: not in snake_case: `joinLine`, `splitLine`
    ///     return " ".join(words)
    ///
    /// class Text:
    ///     def splitLine(self):
    ///         return []
    /// ```
    ///
    /// Names that a base, a decorator or the standard library gives are not the author's:
    ///
    /// ```python good src/app/text.py
    /// import logging
    /// from http.server import BaseHTTPRequestHandler
    ///
    /// import warnings
    /// from acme import hook
    ///
    /// class Handler(BaseHTTPRequestHandler):
    ///     def do_GET(self): ...
    ///     def handleAll(self): ...
    ///
    /// class Wrapper:
    ///     def setLevel(self, level): ...
    ///
    /// @hook
    /// def onStart(): ...
    ///
    /// def oldName():
    ///     warnings.warn("use new_name", DeprecationWarning)
    ///
    /// def Header(name): ...
    ///
    /// def oneOf(schema): ...
    ///
    /// VALIDATORS = {"oneOf": oneOf}
    ///
    /// def check_TestCase(case): ...
    ///
    /// def keptAsIs(): ...  # noqa: N802
    /// ```
    pub(crate) static FUNCTION_NAME_CASE = {
        id: "function-name-case",
        requirements: ["4.6.3"],
        check: Check::Repository(function_name_case),
        roles: [Role::Source],
        wants: [Want::Definitions(KINDS, &[MIXED]), Want::Lineages],
        accepts: ["N802"],
    }
}

const KINDS: &[&str] = &["function", "method"];
const MIXED: &str = "/^_*[a-z][a-z0-9_]*[A-Z]/";
/// Names of the standard library that wrappers and back-ports repeat.
const STANDARD: &[&str] = &[
    "setLevel",
    "findCaller",
    "makeRecord",
    "getLogger",
    "getLevelNamesMapping",
    "getLevelName",
    "addHandler",
    "removeHandler",
    "addFilter",
    "getEffectiveLevel",
    "isEnabledFor",
    "basicConfig",
    "getChild",
    "getMessage",
    "formatTime",
    "formatException",
    "hasHandlers",
    "createLock",
    "handleError",
    "setUp",
    "tearDown",
    "setFormatter",
    "currentThread",
    "activeCount",
    "isSet",
    "notifyAll",
    "isAlive",
    "getName",
    "setName",
    "isDaemon",
    "setDaemon",
    "maxDiff",
    "addCleanup",
    "subTest",
    "captureWarnings",
    "addLevelName",
    "getLoggerClass",
    "setLoggerClass",
];
/// Names that one finding looks for; more say nothing new.
const MOST_NAMES: usize = 8;
/// Decorators that keep the name the author's own.
const NEUTRAL: &[&str] = &["builtins.", "functools.", "contextlib.", "abc.", "typing.final", "typing.overload"];

fn function_name_case(report: &mut Report) {
    let functions = python::definitions(KINDS, &[MIXED]);
    if functions.is_empty() {
        return;
    }
    let lineages = Lineages::around(functions.iter().map(|function| &function.site));
    let mut modules: BTreeMap<&str, Vec<&Definition>> = BTreeMap::new();
    let mut texts: BTreeMap<&str, String> = BTreeMap::new();
    for function in &functions {
        let path = function.site.place.path.as_str();
        let names = modules.entry(path).or_default();
        if names.len() >= MOST_NAMES || !is_own_name(&lineages, function) {
            continue;
        }
        // A file is read once, however many such names it has.
        let text = texts.entry(path).or_insert_with(|| repository::read(path).unwrap_or_default());
        if !names.iter().any(|other| other.name == function.name)
            && !ruff::allows(path, "N802", &function.name)
            && !is_key(text, &function.name)
        {
            names.push(function);
        }
    }
    for functions in modules.values().filter(|functions| !functions.is_empty()) {
        let names: Vec<&str> = functions.iter().map(|function| function.name.as_str()).collect();
        report
            .finding(&functions[0].site.place, format!("not in snake_case: {}", layout::quoted(&names)))
            .help("use words in lower case with underscores between them");
    }
}

/// Whether a file has the name as a string too: a table that registers the function under it.
fn is_key(text: &str, name: &str) -> bool {
    text.contains(&format!("\"{name}\"")) || text.contains(&format!("'{name}'"))
}

fn is_own_name(lineages: &Lineages, function: &Definition) -> bool {
    let name = function.name.as_str();
    let given =
        STANDARD.contains(&name) || name.starts_with("assert") || name.starts_with("visit_") || name.starts_with("do_");
    let deprecated = function.calls.iter().any(|call| call == "warnings.warn");
    let registered = function.decorators.iter().filter_map(|decorator| Item::root(decorator)).any(|decorator| {
        let name = decorator.text();
        !NEUTRAL.iter().any(|neutral| name.starts_with(neutral)) || name.contains("deprecat")
    });
    let is_mixed = layout::is_mixed_case(name);
    let inherited = match lineages.of(&function.site) {
        Some(class) => class.may_have(name),
        None => function.kind == "method",
    };
    is_mixed && !given && !deprecated && !registered && !inherited
}
