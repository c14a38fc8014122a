//! A repository with Python code and no hooks of pre-commit.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// The repository has no `.pre-commit-config.yaml`.
    ///
    /// Without hooks a fault that a linter finds in a second is first seen in CI or in review. Add the file with the
    /// formatter, the linter and the secret scanner, and install it with `pre-commit install`. `prek.toml` counts too.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `.pre-commit-config.yaml`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// Another hook manager is named:
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `.pre-commit-config.yaml`, but hooks in `lefthook.yml`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad lefthook.yml
    /// pre-commit:
    ///   commands: {lint: {run: flake8}}
    /// ```
    ///
    /// A file without hooks is none:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// fail_fast: true  # error: no `repos`
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .pre-commit-config.yaml
    /// repos:
    ///   - repo: https://github.com/astral-sh/ruff-pre-commit
    ///     rev: v0.14.0
    ///     hooks: [{id: ruff-check}]
    /// ```
    pub(crate) static MISSING_PRE_COMMIT_CONFIG = {
        id: "missing-pre-commit-config",
        requirements: ["4.4.4", "2.1.7.1"],
        check: Check::Repository(missing_pre_commit_config),
    }
}

const OTHERS: &[&str] =
    &["/lefthook.y*ml", "/.lefthook.y*ml", "/lefthook.toml", "/.overcommit.yml", "/.husky/*", "/.githooks/*"];

fn missing_pre_commit_config(report: &mut Report) {
    let Some(project) = layout::main_project() else { return };
    if let Some(path) = layout::nearest("", &[".pre-commit-config.yaml", ".pre-commit-config.yml"]) {
        if matches!(documents::read(&path, &["repos"]), Err(Absence::Missing)) {
            report.finding(&layout::start(&path), "no `repos`").help("list the hooks under `repos`");
        }
        return;
    }
    let elsewhere = automation::commands(&["pre-commit", "prek"]);
    if repository::exists("prek.toml") || elsewhere.iter().any(|command| command.has_word(&["-c", "--config"])) {
        return;
    }
    let help = "add `.pre-commit-config.yaml` and run `pre-commit install`";
    match repository::find(OTHERS).first() {
        None => drop(report.finding(&project.place, "no `.pre-commit-config.yaml`").help(help)),
        Some(other) => {
            let message = format!("no `.pre-commit-config.yaml`, but hooks in `{}`", other.path);
            let finding = report.finding(&project.place, message).help(help);
            if repository::read(&other.path).is_ok_and(|text| text.contains("ruff")) {
                drop(finding.low());
            }
        }
    }
}
