//! CI that does not scan the code for dangerous patterns.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::option_value;

use crate::gates::{BANDIT, CHANGES, place_of_absence};

rule! {
    /// CI does not run Bandit, nor Ruff's security rules.
    ///
    /// Calls of `eval`, shells and weak ciphers are found while they are one line of a pull request. `bandit` itself, an
    /// action of it, its hook, or `ruff check` with the `S` rules counts, in any workflow of pull requests or of the main
    /// branch, through task runners too.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI does not scan the code with Bandit
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint]
    /// select = ["E", "S"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: just lint
    /// ```
    /// ```text good Justfile
    /// lint:
    ///     uv run ruff check
    /// ```
    ///
    /// A selection at the command line replaces the configured one, and a scan of the main branch comes too late.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint]
    /// select = ["S"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI does not scan the code with Bandit
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check --select SIM,E9
    /// ```
    ///
    /// The same with Bandit on the main branch only.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: pull requests are not scanned with Bandit
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```yaml bad .github/workflows/main.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx bandit -r src
    /// ```
    ///
    /// What a workflow of another repository runs can't be seen.
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
    ///   all:
    ///     uses: acme/workflows/.github/workflows/python.yml@v1
    /// ```
    pub(crate) static MISSING_CODE_SCAN = {
        id: "missing-code-scan",
        requirements: ["3.1.1", "9.1.1", "9.1.2", "12.5.1"],
        check: Check::Repository(missing_code_scan),
    }
}

fn missing_code_scan(report: &mut Report) {
    let requirements = ["3.1.1", "9.1.1", "9.1.2", "12.5.1"];
    let runs = BANDIT.runs();
    let ruff: Vec<Command> = if ruff_config_scans() { automation::commands(&["ruff"]) } else { Vec::new() };
    let mut triggers: Vec<&str> =
        runs.iter().flat_map(|run| &run.triggers).chain(ruff_triggers(&ruff)).map(String::as_str).collect();
    let selecting = automation::commands(&["ruff"]);
    triggers.extend(
        selecting
            .iter()
            .filter(|command| {
                option_value(&command.words, "--select").is_some_and(|codes| codes.split(',').any(is_security))
            })
            .flat_map(|command| &command.triggers)
            .map(String::as_str),
    );
    let is_on_changes = triggers.iter().any(|trigger| CHANGES.contains(trigger));
    if is_on_changes {
        return;
    }
    let Some(place) = place_of_absence(report, &requirements) else { return };
    if !triggers.is_empty() {
        let has_changes = automation::workflows()
            .iter()
            .any(|workflow| workflow.triggers.iter().any(|trigger| CHANGES.contains(&trigger.as_str())));
        if has_changes {
            report
                .finding(&place, "pull requests are not scanned with Bandit")
                .help("run the scan in a workflow of pull requests too")
                .requirement("9.1.1");
        }
        return;
    }
    let has_other = automation::actions(&["github/codeql-action*", "semgrep/*", "returntocorp/*"])
        .iter()
        .any(|action| !action.triggers.is_empty())
        || automation::commands(&["semgrep"]).iter().any(Command::is_in_ci);
    let mut finding = report
        .finding(&place, "CI does not scan the code with Bandit")
        .help("run `bandit`, or add `S` to ruff's rules and run `ruff check` in CI");
    if let Some(run) = runs.first() {
        finding = finding.related(&run.place, "CI does not reach this");
    }
    if has_other {
        finding.low();
    }
}

/// Events of the runs of `ruff check` that take their rules from the configuration.
fn ruff_triggers(commands: &[Command]) -> impl Iterator<Item = &String> {
    commands
        .iter()
        .filter(|command| {
            !command.has_word(&["format", "--exit-zero"]) && option_value(&command.words, "--select").is_none()
        })
        .flat_map(|command| &command.triggers)
}

/// Whether a selector of Ruff takes in the security rules or some of them.
pub(crate) fn is_security(code: &str) -> bool {
    let code = code.trim();
    code == "ALL" || code.strip_prefix('S').is_some_and(|rest| rest.chars().all(|digit| digit.is_ascii_digit()))
}

/// Whether a Ruff configuration of the repository selects the security rules.
fn ruff_config_scans() -> bool {
    repository::find(&["pyproject.toml", "*ruff*.toml"]).iter().any(|file| {
        let keys: &[&[&str]] = if file.path.ends_with("pyproject.toml") {
            &[&["tool", "ruff"], &["tool", "ruff", "lint"]]
        } else {
            &[&[], &["lint"]]
        };
        keys.iter().any(|keys| {
            let Ok(value) = documents::read(&file.path, keys) else { return false };
            let Some(table) = Item::root(&value) else { return false };
            let list = |name: &str| table.get(name).map_or_else(Vec::new, Item::strings);
            let is_on = list("select").into_iter().chain(list("extend-select")).any(is_security);
            is_on && !list("ignore").contains(&"S")
        })
    })
}
