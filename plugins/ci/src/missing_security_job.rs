//! CI without any security tool.

use plimsoll_sdk::prelude::*;

use plimsoll_sdk::ruff::option_value;
use plimsoll_sdk::settings::{RUFF, Settings};

use plimsoll_sdk::gates::{Gate, Run};

use crate::gates::{self, CODE_SCANS, DEPENDENCY_AUDITS, SECRET_SCANS, is_on_changes, is_on_code, report_missing};
use crate::new_jobs::{NewJobs, added};

rule! {
    /// CI runs no security tool at all.
    ///
    /// Vulnerable dependencies, leaked secrets and dangerous calls are found by machines before anyone uses them. Add a
    /// job that runs `bandit`, `pip-audit` and `gitleaks`. Any security tool silences this rule, Ruff with its `S` rules
    /// too; which ones are missing is for the rules of `security`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI runs no security tool
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
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
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    ///
    ///   security:
    ///     runs-on: ubuntu-latest
    ///     permissions:
    ///       contents: read
    ///     steps:
    ///       - uses: actions/checkout@v4
    ///         with:
    ///           fetch-depth: 0
    ///       - uses: astral-sh/setup-uv@v6
    ///       - run: uvx bandit --recursive src
    ///       - uses: gitleaks/gitleaks-action@v2
    ///         env:
    ///           GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}
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
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```yaml good .github/workflows/codeql.yml
    /// on: pull_request
    /// jobs:
    ///   analyze:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: github/codeql-action/analyze@v3
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint]
    /// extend-select = ["S"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check
    /// ```
    ///
    /// A style guide for Flake8 that brings Bandit's rules is one, and so is a scan of the workflows.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["wemake-python-styleguide"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: flake8 src
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
    ///   zizmor:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check
    ///       - uses: zizmorcore/zizmor-action@v0.2.0
    /// ```
    pub(crate) static MISSING_SECURITY_JOB = {
        id: "missing-security-job",
        requirements: ["12.1.7"],
        check: Check::Repository(missing_security_job),
    }
}

/// Scans of the workflows themselves.
const WORKFLOW_SCANS: Gate = Gate {
    programs: &["zizmor", "poutine", "octoscan"],
    with_words: &[],
    actions: &["/(?i)zizmor|poutine/"],
    with_inputs: &[],
    hooks: &["zizmor"],
};

fn missing_security_job(report: &mut Report) {
    if ruff_scans() || flake8_scans() {
        return;
    }
    let check = gates::Check {
        requirement: "12.1.7",
        gates: &[DEPENDENCY_AUDITS, SECRET_SCANS, CODE_SCANS, WORKFLOW_SCANS],
        message: "CI runs no security tool",
        help: "add a job that runs `bandit`, `pip-audit` and `gitleaks`",
        hints: &["security", "audit", "secret", "codeql", "sast", "bandit"],
        fix: |workflow| added(workflow, NewJobs::security),
    };
    report_missing(report, &check);
}

/// Whether CI runs Flake8 with Bandit's rules, which wemake's style guide brings along.
fn flake8_scans() -> bool {
    const PLUGINS: &[&str] = &["flake8-bandit", "wemake-python-styleguide"];
    let is_run = automation::commands(&["flake8"]).iter().any(|command| is_on_code(&Run::from(command.clone())));
    let is_plugin = |text: &str| PLUGINS.iter().any(|plugin| text.contains(plugin));
    let hooks = automation::hooks(&["flake8"]);
    let in_hook = hooks.iter().any(|hook| {
        let more = Item::root(&hook.value).and_then(|hook| hook.get("additional_dependencies"));
        !hook.triggers.is_empty() && more.is_some_and(|more| more.strings().iter().any(|text| is_plugin(text)))
    });
    in_hook || is_run && !project::dependencies(PLUGINS).is_empty()
}

/// Whether CI runs Ruff with some of its security rules.
fn ruff_scans() -> bool {
    let is_security = |code: &str| {
        let rest = code.trim().strip_prefix('S').unwrap_or("-");
        code.trim() == "ALL" || rest.chars().all(|digit| digit.is_ascii_digit())
    };
    let commands = automation::commands(&["ruff"]);
    let hooks = automation::hooks(&["ruff*"]);
    let words = commands
        .iter()
        .map(|command| (&command.words, &command.triggers))
        .chain(hooks.iter().map(|hook| (&hook.words, &hook.triggers)));
    let mut words = words.filter(|(_, triggers)| is_on_changes(triggers) || triggers.iter().any(|it| it == "push"));
    let projects = project::projects();
    let folders = projects.iter().map(|project| project.root.as_str()).chain([""]);
    let is_configured = folders.map(|folder| Settings::of(&RUFF, folder)).any(|settings| {
        const KEYS: &[&[&str]] = &[&["lint", "select"], &["lint", "extend-select"], &["select"], &["extend-select"]];
        settings.layers.iter().any(|layer| {
            let selected = KEYS.iter().filter_map(|keys| layer.setting(keys));
            selected.flat_map(|setting| setting.value.strings()).any(is_security)
        })
    });
    words.any(|(words, _)| {
        let own = option_value(words, "--select").or_else(|| option_value(words, "--extend-select"));
        own.map_or(is_configured, |codes| codes.split(',').any(is_security))
    })
}
