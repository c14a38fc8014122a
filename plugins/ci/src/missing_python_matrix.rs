//! Libraries that CI tries with one Python.

use plimsoll_sdk::gates::Run;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::version::{Version, admits};

use crate::gates::{TESTS, is_on_code};
use crate::github::workflows;
use crate::workflow_edits::{lines_beside, step_at};

rule! {
    /// CI tests a library with one of the Pythons that it supports.
    ///
    /// Whoever uses another one finds the fault. Test all supported versions: a matrix in the workflow, or sessions of
    /// nox that CI runs.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// requires-python = ">=3.12"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest  # error: CI tests one Python, and the library supports several
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "lib"
    /// requires-python = ">=3.12"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python fixed src/lib/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     strategy:
    ///       matrix:
    ///         python-version: ["3.12", "3.13", "3.14"]
    ///     env:
    ///       UV_PYTHON: ${{ matrix.python-version }}
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// requires-python = ">=3.12"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     strategy:
    ///       matrix:
    ///         python: ["3.12", "3.13"]
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run --python ${{ matrix.python }} pytest
    /// ```
    pub(crate) static MISSING_PYTHON_MATRIX = {
        id: "missing-python-matrix",
        requirements: ["2.1.9.2", "2.1.9.4", "12.4.4"],
        check: Check::Project(missing_python_matrix),
        wants: [Want::Search(SEVERAL, FILES)],
    }
}

/// Pythons that are released.
const RELEASED: &[&str] = &["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];
/// Signs that some file lists or computes several Pythons.
const SEVERAL: &[&str] = &[
    r#"(?i)python(?:[-_]?versions?)?["']?\s*[:=]\s*\[[^\]]*3\.\d+[^\]]*,[^\]]*\]"#,
    r"(?i)fromJSON|strategy:\s*\$\{\{|py\{?3\d+,|env_?list\s*=.*py3\d+.*py3\d+|cibuildwheel|supported_python_classifiers|python_versions\(",
];
const FILES: &[&str] = &[
    "/.github/**/*.yml",
    "/.github/**/*.yaml",
    "/.gitlab-ci.yml",
    "/azure-pipelines.yml",
    "noxfile.py",
    "tox.ini",
    "tox.toml",
    "pyproject.toml",
];

fn missing_python_matrix(report: &mut Report, project: &Project) {
    let not = |report: &mut Report, reason: &str| {
        MISSING_PYTHON_MATRIX.requirements.iter().for_each(|requirement| report.not_applicable(requirement, reason));
    };
    if !project.has_profile("library") || !is_product(project) {
        return not(report, "no library");
    }
    let requires = project.requires_python.as_deref().unwrap_or(">=3.9");
    let is_supported = |it: &&&str| Version::parse(it).is_some_and(|version| admits(requires, version));
    let supported: Vec<&str> = RELEASED.iter().filter(is_supported).copied().collect();
    let runs: Vec<Run> = TESTS.runs_in_ci().into_iter().filter(is_on_code).collect();
    if supported.len() < 2 || runs.is_empty() {
        return not(report, "one supported Python, or CI runs no tests");
    }
    let mut versions: Vec<String> = Vec::new();
    for workflow in workflows() {
        for job in workflow.jobs() {
            let matrix = job.at(&["strategy", "matrix"]);
            if matrix.is_some_and(has_several) {
                return;
            }
            let steps = crate::github::steps(job);
            versions.extend(
                steps.iter().filter_map(|step| step.at(&["with", "python-version"])).map(|it| it.text().to_owned()),
            );
        }
    }
    versions.sort();
    versions.dedup();
    let by_session = runs.iter().any(|run| run.words.iter().any(|word| word == "nox" || word == "tox"));
    let tox = !automation::commands(&["nox", "tox", "hatch"]).iter().all(|command| command.triggers.is_empty());
    let has_several = !repository::search(SEVERAL, FILES).is_empty();
    if versions.len() > 1 || has_several || by_session && tox {
        return;
    }
    if let Some(run) = runs.first() {
        let finding = report
            .finding(&run.place, "CI tests one Python, and the library supports several")
            .help("add a matrix with all supported versions")
            .unsafe_fix(with_matrix(run, &supported).into_iter().flatten());
        // A service runs on the Python of its image, whatever its classifiers say.
        if project.has_profile("containerized") || project.has_profile("api") {
            finding.low()
        } else {
            finding.medium()
        };
    }
}

/// Whether a matrix has an axis with several Pythons, or one that can't be read.
fn has_several(matrix: Item<'_>) -> bool {
    let is_python = |item: &Item<'_>| {
        item.key().is_some_and(|key| {
            key.to_ascii_lowercase().contains("py")
                || key == "version"
                || key == "include"
                || key == "env"
                || key == "tox"
        })
    };
    matrix.string().is_some()
        || matrix.children().filter(is_python).any(|axis| axis.string().is_some() || axis.children().count() > 1)
}

/// A matrix for the job of the tests, with what installs Python in it; none where that is not seen.
fn with_matrix(run: &Run, versions: &[&str]) -> Option<Vec<Edit>> {
    const VERSION: &str = "${{ matrix.python-version }}";
    let workflow = workflows().into_iter().find(|workflow| workflow.path() == run.place.path)?;
    let (job, step, _) = step_at(&workflow, &run.place)?;
    let (path, id) = (workflow.path(), job.key()?);
    let steps = crate::github::steps(job);
    let is_plain = |version: Option<Item<'_>>| version.is_none_or(|version| !version.text().contains('$'));
    let sets_up = |action: &str| {
        let index =
            steps.iter().position(|step| step.get("uses").is_some_and(|uses| uses.text().starts_with(action)))?;
        is_plain(steps.get(index)?.at(&["with", "python-version"])).then_some(index)
    };
    let uses_uv = step.get("run").is_some_and(|run| run.text().contains("uv run"));
    let setup = if uses_uv { sets_up("astral-sh/setup-uv@") } else { sets_up("actions/setup-python@") };
    let list = format!("[{}]", versions.iter().map(|version| format!("\"{version}\"")).collect::<Vec<_>>().join(", "));
    let mut lines = vec!["strategy:".to_owned(), "  matrix:".to_owned(), format!("    python-version: {list}")];
    let mut edits = Vec::new();
    match setup.map(|index| index.to_string()) {
        Some(index) => edits.push(edit::set(path, &["jobs", id, "steps", &index, "with", "python-version"], VERSION)),
        None if uses_uv && job.get("env").is_some() => {
            edits.push(edit::set(path, &["jobs", id, "env", "UV_PYTHON"], VERSION));
        }
        None if uses_uv => lines.extend(["env:".to_owned(), format!("  UV_PYTHON: {VERSION}")]),
        None => return None,
    }
    match job.get("strategy").map(|strategy| strategy.get("matrix")) {
        None => edits.push(lines_beside(&job.get("runs-on")?.key_place(path), &lines)?),
        Some(Some(matrix))
            if matrix.kind() == NodeKind::Table && matrix.get("include").is_none() && lines.len() == 3 =>
        {
            edits.push(edit::set(path, &["jobs", id, "strategy", "matrix", "python-version"], list));
        }
        Some(_) => return None,
    }
    Some(edits)
}
