//! A recipe `check` that does not run every check.

use crate::justfile;
use plimsoll_sdk::gates::{Gate, LINTERS, TESTS, TYPE_CHECKERS};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::text;

rule! {
    /// `just check` leaves a check out.
    ///
    /// Who verifies a change with one command before the commit should not learn the rest from CI. Let the recipe
    /// depend on the recipes that lint, check types and test.
    ///
    /// ```just bad Justfile
    /// lint:
    ///     uv run ruff check
    /// check: lint # error: `check` runs no type checker and no tests
    /// ```
    ///
    /// ```just good Justfile
    /// lint:
    ///     uv run ruff check
    /// check: lint
    ///     uv run mypy src
    ///     uv run pytest
    /// ```
    ///
    /// What another runner does is not looked into:
    ///
    /// ```just good Justfile
    /// check:
    ///     uv run pre-commit run --all-files
    /// ```
    pub(crate) static INCOMPLETE_CHECK_RECIPE = {
        id: "incomplete-check-recipe",
        requirements: ["24.3.5"],
        check: Check::Repository(incomplete_check_recipe),
    }
}

const KINDS: &[(&str, &Gate)] = &[("linter", &LINTERS), ("type checker", &TYPE_CHECKERS), ("tests", &TESTS)];

/// Programs that are no checks and start none.
const PLAIN: &[&str] = &["uv", "echo", "just", "cd", "set"];

fn incomplete_check_recipe(report: &mut Report) {
    let Some(justfile) = justfile::at_root() else { return };
    let Some(recipe) = justfile.recipe("check") else { return };
    let commands = justfile.commands(recipe);
    let mut explained = 0;
    let mut missing = Vec::new();
    for (kind, gate) in KINDS {
        let runs = gate.runs();
        let is_run = |command: &&automation::Command| {
            runs.iter()
                .any(|run| run.place.path == command.place.path && run.place.span.start == command.place.span.start)
        };
        let count = commands.iter().filter(is_run).count();
        explained += count;
        if count == 0 {
            missing.push(format!("no {kind}"));
        }
    }
    let is_known = |command: &automation::Command| {
        PLAIN.contains(&command.program())
            || matches!(command.program(), "ruff" | "black" | "isort" | "bandit" | "coverage")
    };
    let others = commands.iter().filter(|command| !is_known(command)).count();
    if missing.is_empty() || explained == 0 || others > explained {
        return;
    }
    report
        .finding(&recipe.place, format!("`check` runs {}", missing.join(" and ")))
        .help(format!("let {} depend on the recipes of the other checks", text::quoted(&["check"])))
        .medium();
}
