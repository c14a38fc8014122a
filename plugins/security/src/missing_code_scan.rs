//! CI that does not scan the code for dangerous patterns.

use plimsoll_sdk::paths::join;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::option_value;

use crate::gates::{BANDIT, CHANGES, place_of_absence};
use crate::workflow_edits::{Needs, security_step};

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
    ///     steps:
    ///       - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
    ///       - uses: astral-sh/setup-uv@c771a70e6277c0a99b617c7a806ffedaca235ff9 # v9.0.0
    ///       - run: uvx bandit -r src
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
    /// Where CI runs Ruff already, its security rules are one entry.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint]
    /// select = ["E", "F"]  # the defaults
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_sum() -> None:
    ///     assert 1 + 1 == 2
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI does not scan the code with Bandit
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run ruff check
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint]
    /// select = ["E", "F", "S"]  # the defaults
    ///
    /// [tool.ruff.lint.per-file-ignores]
    /// "tests/**/*.py" = ["S101"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```python fixed tests/test_app.py
    /// def test_sum() -> None:
    ///     assert 1 + 1 == 2
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run ruff check
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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint]
    /// select = ["S"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   lint:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uvx ruff check --select SIM,E9
    ///
    ///   security:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
    ///       - uses: astral-sh/setup-uv@c771a70e6277c0a99b617c7a806ffedaca235ff9 # v9.0.0
    ///       - run: uvx bandit -r src
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
    ///     steps:
    ///       - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
    ///       - uses: astral-sh/setup-uv@c771a70e6277c0a99b617c7a806ffedaca235ff9 # v9.0.0
    ///       - run: uvx bandit -r src
    /// ```
    /// ```yaml fixed .github/workflows/main.yml
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
                .requirement("9.1.1")
                .unsafe_fix(scan(&place));
        }
        return;
    }
    let has_other = automation::actions(&["github/codeql-action*", "semgrep/*", "returntocorp/*"])
        .iter()
        .any(|action| !action.triggers.is_empty())
        || automation::commands(&["semgrep"]).iter().any(Command::is_in_ci);
    let mut finding = report
        .finding(&place, "CI does not scan the code with Bandit")
        .help("run `bandit`, or add `S` to ruff's rules and run `ruff check` in CI")
        .unsafe_fix(scan(&place));
    if let Some(run) = runs.first() {
        finding = finding.related(&run.place, "CI does not reach this");
    }
    if has_other {
        finding.low();
    }
}

/// Ruff's security rules where CI runs it on changes, else a run of Bandit.
fn scan(place: &Place) -> Vec<Edit> {
    let ruff = automation::commands(&["ruff"]);
    let checks: Vec<Command> = ruff.into_iter().filter(|command| command.has_word(&["check"])).collect();
    let projects: Vec<Project> = project::projects().into_iter().filter(|project| project.has_source).collect();
    let root = projects.iter().find(|project| project.root.is_empty());
    let Some(project) = root.or(projects.first().filter(|_| projects.len() == 1)) else { return Vec::new() };
    if ruff_triggers(&checks).any(|trigger| CHANGES.contains(&trigger.as_str()))
        && let Some(edits) = selected(&project.root)
    {
        return edits;
    }
    bandit(project).map(|step| security_step(place, &step, Needs::Uv)).unwrap_or_default()
}

/// The security rules in Ruff's configuration of a folder, in the list that is there. Tests may assert.
fn selected(folder: &str) -> Option<Vec<Edit>> {
    let files: [(&str, &[&str]); 3] = [(".ruff.toml", &[]), ("ruff.toml", &[]), ("pyproject.toml", &["tool", "ruff"])];
    let (path, base, value) = files.into_iter().find_map(|(name, base)| {
        let path = join(folder, name);
        documents::read(&path, base).ok().map(|value| (path, base, value))
    })?;
    let table = Item::root(&value)?;
    let lists: [&[&str]; 4] = [&["lint", "extend-select"], &["lint", "select"], &["extend-select"], &["select"]];
    let keys = lists.iter().find(|keys| table.at(keys).is_some()).copied().unwrap_or(&["lint", "extend-select"]);
    let holders = [Some(table), table.get("lint")];
    let mut ignores = holders.into_iter().flatten().filter_map(|holder| holder.get("ignore"));
    if ignores.any(|ignore| ignore.strings().contains(&"S")) {
        return None;
    }
    let mut edits = vec![edit::append(&path, &[base, keys].concat(), "\"S\"")];
    let per_file = [keys.get(..keys.len() - 1).unwrap_or_default(), &["per-file-ignores"]].concat();
    let is_free = table.at(&per_file).into_iter().flat_map(Item::children).any(|files| {
        files.key().is_some_and(|glob| glob.contains("test"))
            && files.strings().iter().any(|code| matches!(*code, "S" | "S101" | "ALL"))
    });
    let has = |glob: &str| !repository::find(&[&format!("/{}", join(folder, glob))]).is_empty();
    let glob = ["tests/**/*.py", "**/tests/**/*.py"].into_iter().find(|glob| has(glob));
    if let Some(glob) = glob.filter(|_| !is_free) {
        edits.push(edit::append(&path, &[base, &per_file, &[glob]].concat(), "\"S101\""));
    }
    Some(edits)
}

/// A step that runs Bandit on the project's packages.
fn bandit(project: &Project) -> Option<String> {
    let source = project.source_roots.iter().find(|root| **root != project.root);
    let mut targets: Vec<&str> = match source {
        Some(source) => vec![source],
        None => project.packages.iter().map(|package| package.path.as_str()).collect(),
    };
    targets.sort_unstable();
    targets.dedup();
    let is_plain = |path: &&str| path.chars().all(|char| char.is_alphanumeric() || "/_-.".contains(char));
    if targets.is_empty() || !targets.iter().all(is_plain) {
        return None;
    }
    let settings = join(&project.root, "pyproject.toml");
    let has_settings = documents::read(&settings, &["tool", "bandit"]).is_ok();
    let options = if has_settings { format!(" -c {settings}") } else { String::new() };
    let runner = if project::dependencies(&["bandit"]).is_empty() { "uvx" } else { "uv run" };
    Some(format!("run: {runner} bandit{options} -r {}", targets.join(" ")))
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
