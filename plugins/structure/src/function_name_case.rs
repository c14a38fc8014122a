//! Names of functions and methods.

use crate::bases::Lineages;
use crate::layout;
use crate::ruff::Naming;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::python::Lineage;
use std::collections::BTreeSet;

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
    ///
    /// An interface gives its methods their names:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/body.py
    /// from twisted.web.iweb import IBodyProducer
    /// from zope.interface import implementer
    ///
    /// @implementer(IBodyProducer)
    /// class Body:
    ///     def startProducing(self, consumer): ...
    /// ```
    pub(crate) static FUNCTION_NAME_CASE = {
        id: "function-name-case",
        requirements: ["4.6.3"],
        check: Check::Repository(function_name_case),
        roles: [Role::Source],
        wants: [Want::Outlines(KINDS, &[MIXED]), Want::Calls(WARNINGS), Want::Lineages],
        accepts: ["N802"],
    }
}

const KINDS: &[&str] = &["function", "method"];
const WARNINGS: &[&str] = &["warnings.warn"];
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
    let mut functions = python::outlines(KINDS, &[MIXED]);
    functions.retain(is_named_by_hand);
    if functions.is_empty() {
        return;
    }
    let warnings = python::calls(WARNINGS);
    let lineages = Lineages::around(functions.iter().map(|function| &function.site));
    let mut naming = Naming::default();
    for functions in functions.chunk_by(|one, next| one.site.place.path == next.site.place.path) {
        let Some(first) = functions.first() else { continue };
        let path = first.site.place.path.as_str();
        let mut quoted: Option<BTreeSet<String>> = None;
        let mut names: Vec<&Outline> = Vec::new();
        for class in functions.chunk_by(|one, next| one.site.class == next.site.class) {
            let lineage = class.first().and_then(|function| lineages.of(&function.site));
            let own = class.iter().filter(|function| !is_inherited(lineage, function) && !warns(&warnings, function));
            for function in own {
                if names.len() < MOST_NAMES
                    && !names.iter().any(|other| other.name == function.name)
                    && !naming.allows(path, "N802", &function.name)
                    && !quoted.get_or_insert_with(|| quoted_names(path)).contains(&function.name)
                {
                    names.push(function);
                }
            }
        }
        if let Some(first) = names.first() {
            let names: Vec<&str> = names.iter().map(|function| function.name.as_str()).collect();
            report
                .finding(&first.site.place, format!("not in snake_case: {}", layout::quoted(&names)))
                .help("use words in lower case with underscores between them");
        }
    }
}

/// The mixed names that a file has as strings too: keys of a table that registers functions under them.
fn quoted_names(path: &str) -> BTreeSet<String> {
    let text = repository::read(path).unwrap_or_default();
    // One quote after the other: looking for a single byte is what the standard library does fast.
    let between_quotes = text.split('"').chain(text.split('\''));
    let is_name = |part: &&str| {
        part.len() < 80
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && part.bytes().any(|byte| byte.is_ascii_uppercase())
    };
    between_quotes.filter(is_name).map(str::to_owned).collect()
}

/// Whether a name in mixed case is its author's own choice, as far as one sees without knowing base classes.
fn is_named_by_hand(function: &Outline) -> bool {
    let name = function.name.as_str();
    let is_given =
        STANDARD.contains(&name) || name.starts_with("assert") || name.starts_with("visit_") || name.starts_with("do_");
    let is_registered = function.decorators.iter().any(|decorator| {
        !NEUTRAL.iter().any(|neutral| decorator.starts_with(neutral)) || decorator.contains("deprecat")
    });
    layout::is_mixed_case(name) && !is_given && !is_registered
}

fn is_inherited(lineage: Option<&Lineage>, function: &Outline) -> bool {
    match lineage {
        Some(class) => class.may_have(&function.name),
        None => function.kind == "method",
    }
}

/// Whether a function tells its callers to use another one. The warnings are sorted by path and place.
fn warns(warnings: &[Call], function: &Outline) -> bool {
    let outer = &function.site;
    let start = (outer.place.path.as_str(), outer.place.span.start);
    let first = warnings.partition_point(|call| (call.site.place.path.as_str(), call.site.place.span.start) < start);
    let behind = warnings.get(first..).unwrap_or_default().iter();
    behind
        .take_while(|call| call.site.place.path == outer.place.path)
        .any(|call| call.site.function.as_ref() == Some(&function.name) && call.site.class == outer.class)
}
