//! Public classes and functions without a docstring.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;

use crate::ruff_rules::{is_declined, is_judged, is_on};

rule! {
    /// Public classes and functions have no docstring.
    ///
    /// Whoever calls them reads their code, or guesses. Say in one line what each is for. Only those at the top of a
    /// module are counted; where Ruff's `D101` and `D103` are on or turned off by name, they decide.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/report.py
    /// """Reports."""
    ///
    /// class Report:  # error: 1 of 2 public classes has no docstring
    ///     title = ""
    ///
    /// class Empty:
    ///     """A report without rows."""
    ///
    /// def render(report):  # error: 2 of 3 public functions have no docstring
    ///     return report.title
    ///
    /// async def send(report):
    ///     return report
    ///
    /// def save(report):
    ///     """Save the report."""
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/report.py
    /// """Reports."""
    ///
    /// class Report:
    ///     """A report."""
    ///
    /// class Failure(Exception): ...
    ///
    /// class _Row:
    ///     title = ""
    ///
    /// def render(report):
    ///     r"""Render the report."""
    ///     return report.title
    /// ```
    pub(crate) static UNDOCUMENTED_DEFINITION = {
        id: "undocumented-definition",
        requirements: ["10.2.2", "10.2.4"],
        check: Check::Project(undocumented_definition),
        roles: [Role::Source],
        wants: [Want::Search(HEADERS, PYTHON)],
    }
}

/// Headers on one line with what follows: classes without and with a docstring, functions without and with one. What
/// begins with `r` or `u` may be a docstring and is left out.
const HEADERS: &[&str] = &[
    r#"(?m)^(class [A-Za-z]\w*)[^\n#]*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*\r?\n)*[ \t]+[^\s"'rRuU.p]"#,
    r#"(?m)^(class [A-Za-z]\w*)[^\n#]*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*\r?\n)*[ \t]+[rRuU]?["']"#,
    r#"(?m)^((?:async )?def [A-Za-z]\w*)\([^\n#]*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*\r?\n)*[ \t]+(?:[^\s"'rRuU.]|re)"#,
    r#"(?m)^((?:async )?def [A-Za-z]\w*)\([^\n#]*:[ \t]*(?:#[^\n]*)?\r?\n(?:[ \t]*\r?\n)*[ \t]+[rRuU]?["']"#,
];
const PYTHON: &[&str] = &["*.py"];
/// How many further places are shown.
const MOST_PLACES: usize = 9;

fn undocumented_definition(report: &mut Report, project: &Project) {
    if !is_judged(report, project, UNDOCUMENTED_DEFINITION.requirements) {
        return;
    }
    let found = repository::search(HEADERS, PYTHON);
    let mut texts = Texts::default();
    // A module whose name begins with an underscore is private, and what it holds with it.
    let is_public = |one: &&Match| is_public_name(file_name(&one.place.path));
    let ours: Vec<&Match> = found.iter().filter(is_public).collect();
    for (kind, code, without, with, requirement) in
        [("classes", "D101", 0, 1, "10.2.2"), ("functions", "D103", 2, 3, "10.2.4")]
    {
        if is_on(project, code) || is_declined(project, code) {
            report.not_applicable(requirement, &format!("Ruff's `{code}` decides"));
            continue;
        }
        // Commands, routes and fixtures are documented where they are declared.
        let missing: Vec<&&Match> =
            ours.iter().filter(|one| one.pattern == without && !is_decorated(one, texts.of(&one.place.path))).collect();
        let all = missing.len() + ours.iter().filter(|one| one.pattern == with).count();
        let Some((first, others)) = missing.split_first() else { continue };
        let verb = if missing.len() == 1 { "has" } else { "have" };
        let finding = report
            .finding(&first.place, format!("{} of {all} public {kind} {verb} no docstring", missing.len()))
            .help(format!("say in one line what each is for; Ruff's `{code}` keeps it so"))
            .requirement(requirement);
        others
            .iter()
            .take(MOST_PLACES)
            .fold(finding, |finding, one| finding.related(&one.place, "no docstring"))
            .medium();
    }
}

/// Whether a decorator stands on the line above.
fn is_decorated(found: &Match, text: &str) -> bool {
    let before = text.get(..found.place.span.start as usize).unwrap_or_default();
    before.trim_end().lines().next_back().is_some_and(|line| line.starts_with('@') || line.starts_with(')'))
}

fn is_public_name(file: &str) -> bool {
    !file.starts_with('_') || file == "__init__.py"
}
