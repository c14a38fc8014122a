//! CI that does not scan the code for dangerous patterns.

use plimsoll_sdk::prelude::*;

use crate::gates::place_of_absence;

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
    pub(crate) static MISSING_CODE_SCAN = {
        id: "missing-code-scan",
        requirements: ["3.1.1", "9.1.1", "9.1.2", "12.5.1"],
        check: Check::Repository(missing_code_scan),
    }
}

fn missing_code_scan(report: &mut Report) {
    let requirements = ["3.1.1", "9.1.1", "9.1.2", "12.5.1"];
    let Some(place) = place_of_absence(report, &requirements) else { return };
    let runs = |command: &Command| command.is_in_ci();
    let has_bandit = automation::commands(&["bandit"]).iter().any(runs)
        || !automation::actions(&["PyCQA/bandit-action", "*bandit*", "/(?i)bandit/"]).is_empty()
        || automation::hooks(&["bandit"]).iter().any(|hook| !hook.triggers.is_empty());
    let ruff = automation::commands(&["ruff"]);
    let lints = |command: &&Command| command.is_in_ci() && !command.has_word(&["format"]);
    let hooked = automation::hooks(&["ruff", "ruff-check"]).iter().any(|hook| !hook.triggers.is_empty());
    let selects = ruff.iter().filter(lints).any(|command| {
        command
            .words
            .iter()
            .any(|word| word.starts_with("--select") && word.contains('S') || word == "S" || word == "ALL")
    });
    let has_ruff = (ruff.iter().any(|command| lints(&command)) || hooked) && (selects || ruff_scans());
    let has_other = automation::actions(&["github/codeql-action*", "semgrep/*", "returntocorp/*"])
        .iter()
        .any(|action| !action.triggers.is_empty())
        || automation::commands(&["semgrep"]).iter().any(runs);
    if has_bandit || has_ruff {
        return;
    }
    let finding = report
        .finding(&place, "CI does not scan the code with Bandit")
        .help("run `bandit`, or add `S` to ruff's rules and run `ruff check` in CI");
    if has_other {
        finding.low();
    }
}

/// Whether a Ruff configuration of the repository selects the security rules.
fn ruff_scans() -> bool {
    repository::find(&["pyproject.toml", "ruff.toml", ".ruff.toml"]).iter().any(|file| {
        let keys: &[&[&str]] = if file.path.ends_with("pyproject.toml") {
            &[&["tool", "ruff"], &["tool", "ruff", "lint"]]
        } else {
            &[&[], &["lint"]]
        };
        keys.iter().any(|keys| {
            let Ok(value) = documents::read(&file.path, keys) else { return false };
            let Some(table) = Item::root(&value) else { return false };
            let list = |name: &str| table.get(name).map_or_else(Vec::new, Item::strings);
            let is_on = list("select")
                .into_iter()
                .chain(list("extend-select"))
                .any(|code| code == "ALL" || code == "S" || code.starts_with("S1"));
            is_on && !list("ignore").contains(&"S")
        })
    })
}
