//! Formatting that CI does not check.

use plimsoll_sdk::gates::{FORMATTERS, Run, is_opaque};
use plimsoll_sdk::prelude::*;

use crate::gates::{self, LINTERS, is_on_code, report_missing};
use crate::github::workflows;
use crate::new_jobs::{NewJobs, added};
use crate::workflow_edits::{step_after, step_at};

rule! {
    /// CI does not check the formatting.
    ///
    /// Unformatted code gets in, and the next change of the file is half noise. Run `ruff format --check`; without
    /// `--check` the command rewrites the files of the runner and succeeds.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI does not check the formatting
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check
    ///       - run: uvx ruff format --check
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff format .  # error: the formatter rewrites files and can't fail
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff format --check .
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff format --check .
    /// ```
    ///
    /// A workflow that others call runs what they give it.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   style:
    ///     uses: ./.github/workflows/make.yml
    ///     with:
    ///       target: check-format
    /// ```
    /// ```yaml good .github/workflows/make.yml
    /// on:
    ///   workflow_call:
    ///     inputs:
    ///       target:
    ///         type: string
    /// jobs:
    ///   make:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: make ${{ inputs.target }}
    /// ```
    /// ```makefile good Makefile
    /// check-format:
    /// 	ruff format --check .
    /// ```
    ///
    /// Ruff's action takes the command as an input.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   style:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: astral-sh/ruff-action@v3
    ///       - uses: astral-sh/ruff-action@v3
    ///         with:
    ///           args: format --check
    /// ```
    pub(crate) static MISSING_FORMAT_CHECK = {
        id: "missing-format-check",
        requirements: ["12.2.2"],
        check: Check::Repository(missing_format_check),
    }
}

fn missing_format_check(report: &mut Report) {
    let runs: Vec<Run> = FORMATTERS.runs_in_ci().into_iter().filter(is_on_code).collect();
    if runs.is_empty() {
        let check = gates::Check {
            requirement: "12.2.2",
            gates: &[FORMATTERS],
            message: "CI does not check the formatting",
            help: "run `ruff format --check` in a job of pull requests",
            hints: &["format", "lint", "style", "pre-commit", "prek"],
            fix: |workflow| step_behind_linter().or_else(|| added(workflow, NewJobs::format)),
        };
        return report_missing(report, &check);
    }
    let is_check = |run: &Run| {
        let has = |wanted: &[&str]| run.words.iter().any(|word| wanted.contains(&word.as_str()));
        run.words.is_empty()
            || has(&["--check", "--diff", "--exit-non-zero-on-format", "-q", "--quiet", "-c", "-d"])
            || run.name.contains("ruff-format")
    };
    // What is rewritten is compared or committed afterwards.
    let is_compared = automation::commands(&["git"])
        .iter()
        .any(|command| command.is_in_ci() && command.has_word(&["--exit-code", "--porcelain", "diff", "commit"]))
        || !automation::actions(&[
            "autofix-ci/action",
            "stefanzweifel/git-auto-commit-action",
            "pre-commit-ci/lite-action",
        ])
        .is_empty();
    let hooks = automation::hooks(FORMATTERS.hooks).iter().any(|hook| !hook.triggers.is_empty());
    if let Some(run) = runs.first().filter(|_| !runs.iter().any(is_check) && !is_compared && !hooks)
        && !is_opaque(report, &["12.2.2"])
    {
        // People run the commands of recipes and scripts to have files rewritten.
        let is_of_ci = run.place.path.starts_with('.');
        let (words, check) = match run.name.as_str() {
            "ruff" => ("ruff format", " --check"),
            "black" => ("black", " --check"),
            _ => ("", ""),
        };
        let check = (is_of_ci && !words.is_empty()).then(|| edit::insert_after(&run.place, words, check)).flatten();
        report
            .finding(&run.place, "the formatter rewrites files and can't fail")
            .help("add `--check`")
            .safe_fix(check)
            .medium();
    }
}

/// A step behind the one that does nothing but `ruff check`, which runs the formatter in the same way.
fn step_behind_linter() -> Option<Edit> {
    let runs = LINTERS.runs_in_ci();
    let run =
        runs.iter().find(|run| is_on_code(run) && run.name == "ruff" && run.place.path.starts_with(".github/"))?;
    let workflow = workflows().into_iter().find(|workflow| workflow.path() == run.place.path)?;
    let (job, step, _) = step_at(&workflow, &run.place)?;
    let (launcher, _) = step.get("run")?.string()?.split_once("ruff check")?;
    let is_plain = matches!(launcher, "" | "uvx " | "uv run " | "poetry run " | "pdm run " | "python -m ");
    let is_alone = step.get("run")?.text().trim().lines().count() == 1
        && step.children().all(|key| matches!(key.key(), Some("name" | "run")));
    let lines = format!("- run: {launcher}ruff format --check");
    (is_plain && is_alone).then(|| step_after(&workflow, job, step, &lines))?
}
