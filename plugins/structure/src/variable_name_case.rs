//! Names of variables, parameters with defaults and class attributes.

use crate::bases::Lineages;
use crate::layout;
use crate::ruff::Naming;
use plimsoll_sdk::prelude::*;
use std::collections::BTreeMap;

rule! {
    /// Variables are not named in snake_case.
    ///
    /// Two spellings of the same words make readers and searches miss half of them. Rename the variables: `user_name`.
    ///
    /// ```python bad src/app/users.py
    /// def greet(user, withTitle=False):
    ///     userName = user.name
    ///     return userName
    /// ```
    /// ```text expect
    /// src/app/users.py:1: 2 variables not in snake_case: `withTitle`, `userName`
    /// ```
    ///
    /// ```python good src/app/users.py
    /// from pydantic import BaseModel
    ///
    /// class User(BaseModel):
    ///     firstName: str = ""
    ///
    /// def area(user, limit_in_MB=3):
    ///     X = 3
    ///     kT = 1.38
    ///     userName = user.name  # noqa: N806
    ///     return X * limit_in_MB * kT, userName
    /// ```
    ///
    /// An interface names the parameters of its methods:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/resolver.py
    /// from twisted.internet.interfaces import IHostnameResolver
    /// from zope.interface import implementer
    ///
    /// @implementer(IHostnameResolver)
    /// class Resolver:
    ///     def resolveHostName(self, portNumber: int = 0): ...
    /// ```
    pub(crate) static VARIABLE_NAME_CASE = {
        id: "variable-name-case",
        requirements: ["4.6.4"],
        check: Check::Repository(variable_name_case),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Assignments(MIXED), Want::Lineages, Want::Search(MARKERS, PYTHON)],
        accepts: ["N803", "N806", "N815", "N816"],
    }
}

/// Attributes may be of anything, and are left out.
const MIXED: &[&str] = &[
    "module:/^_*[a-z][a-z0-9_]*[A-Z]/",
    "class:/^_*[a-z][a-z0-9_]*[A-Z]/",
    "function:/^_*[a-z][a-z0-9_]*[A-Z]/",
    "parameter:/^_*[a-z][a-z0-9_]*[A-Z]/",
];
/// Comments that tell linters to look away.
const MARKERS: &[&str] = &[r"#[^\n]*noqa[^\n]*"];
const PYTHON: &[&str] = &["*.py"];
/// How many names a finding lists.
const LISTED: usize = 5;

fn variable_name_case(report: &mut Report) {
    let mut assignments = python::assignments(MIXED);
    assignments.retain(is_named_by_hand);
    if assignments.is_empty() {
        return;
    }
    let in_classes = assignments.iter().filter(|variable| matches!(variable.scope.as_str(), "class" | "parameter"));
    let lineages = Lineages::around(in_classes.map(|variable| &variable.site));
    let (markers, mut naming) = (repository::search(MARKERS, PYTHON), Naming::default());
    let mut modules: BTreeMap<&str, Vec<&Assignment>> = BTreeMap::new();
    for variable in assignments.iter().filter(|variable| !is_foreign(&lineages, variable)) {
        let path = variable.site.place.path.as_str();
        let names = modules.entry(path).or_default();
        if !names.iter().any(|other| other.target == variable.target)
            && !naming.allows(path, code(variable), &variable.target)
            && !is_suppressed(variable, &markers)
        {
            names.push(variable);
        }
    }
    for variables in modules.values().filter(|variables| !variables.is_empty()) {
        let names: Vec<&str> = variables.iter().take(LISTED).map(|variable| variable.target.as_str()).collect();
        let count = variables.len();
        let plural = if count > 1 { "s" } else { "" };
        report
            .finding(
                &variables[0].site.place,
                format!("{count} variable{plural} not in snake_case: {}", layout::quoted(&names)),
            )
            .help("use words in lower case with underscores between them");
    }
}

fn code(variable: &Assignment) -> &'static str {
    match variable.scope.as_str() {
        "parameter" => "N803",
        "function" => "N806",
        "class" => "N815",
        _ => "N816",
    }
}

/// Whether the variable's own line is marked: the finding of a module stands on its first variable only. The markers are
/// sorted by path and place.
fn is_suppressed(variable: &Assignment, markers: &[Match]) -> bool {
    let Place { path, span } = &variable.site.place;
    let before = |marker: &Match| (marker.place.path.as_str(), marker.place.span.start) < (path.as_str(), span.start);
    let next = markers.get(markers.partition_point(before)).filter(|marker| marker.place.path == *path);
    next.is_some_and(|marker| {
        // Where the line begins: what it holds before the marker is known.
        let line = marker.line.find(&marker.text).and_then(|offset| marker.place.span.start.checked_sub(offset as u32));
        let text = &marker.text;
        line.is_some_and(|line| line <= span.start) && (text.contains(code(variable)) || !text.contains("noqa:"))
    })
}

/// Whether a name in mixed case is its author's own choice, as far as one sees without knowing base classes.
fn is_named_by_hand(variable: &Assignment) -> bool {
    let name = variable.target.trim_start_matches('_');
    let is_value = variable.value.is_some() || variable.annotation.is_some();
    name.len() > 3 && layout::is_mixed_case(name) && is_value && !name.contains('.')
}

/// A field may be named after the wire, a parameter after the method that it overrides.
fn is_foreign(lineages: &Lineages, variable: &Assignment) -> bool {
    let class = || lineages.of(&variable.site);
    match variable.scope.as_str() {
        "class" => class().is_none_or(|class| !class.ancestors.is_empty() || !class.decorators.is_empty()),
        "parameter" => {
            class().is_some_and(|class| !class.ancestors.is_empty() || class.is_of_interface())
                || !variable.site.decorators.is_empty()
        }
        _ => false,
    }
}
