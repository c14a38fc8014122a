//! CI that does not scan dependencies for known vulnerabilities.

use plimsoll_sdk::prelude::*;

use crate::audit_command::audit;
use crate::gates::{DEPENDENCY_AUDITS, has_runtime_dependencies, place_of_absence};
use crate::workflow_edits::{Needs, security_step};

rule! {
    /// CI does not scan the dependencies for known vulnerabilities.
    ///
    /// Most vulnerable code in a program is not its own. `pip-audit`, Safety, `uv audit`, osv-scanner, Trivy, Grype or
    /// Snyk counts, and GitHub's dependency review. A scan whose result is thrown away is none.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI does not scan the dependencies
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
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
    ///       - run: uvx pip-audit .
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: uv run pip-audit || true  # error: the result of `pip-audit` is ignored
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: pypa/gh-action-pip-audit@v1
    /// ```
    ///
    /// Trivy on the image sees what the image installs; on the configuration it sees no dependency.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI does not scan the dependencies
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           scan-type: config
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           scan-type: config
    ///
    ///   security:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1
    ///       - uses: astral-sh/setup-uv@c771a70e6277c0a99b617c7a806ffedaca235ff9 # v9.0.0
    ///       - run: uvx pip-audit .
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: docker run --rm aquasec/trivy:0.58.0 image app
    /// ```
    pub(crate) static MISSING_DEPENDENCY_AUDIT = {
        id: "missing-dependency-audit",
        requirements: ["3.1.3", "3.1.4", "9.2.2", "12.5.2"],
        check: Check::Repository(missing_dependency_audit),
    }
}

fn missing_dependency_audit(report: &mut Report) {
    let requirements = ["3.1.3", "9.2.2", "12.5.2"];
    if !has_runtime_dependencies() {
        for requirement in requirements {
            report.not_applicable(requirement, "no dependencies");
        }
        return;
    }
    let runs = DEPENDENCY_AUDITS.runs_in_ci();
    match runs.first() {
        Some(run) if runs.iter().all(|run| run.tolerated && !run.is_kept) => {
            cite(report.finding(&run.place, format!("the result of `{}` is ignored", run.name)))
                .help("let the step fail, or upload its report");
        }
        Some(_) => {}
        None => {
            let Some(place) = place_of_absence(report, &requirements) else { return };
            cite(report.finding(&place, "CI does not scan the dependencies"))
                .help("run `pip-audit` on the locked dependencies")
                .unsafe_fix(step().map(|step| security_step(&place, &step, Needs::Uv)).into_iter().flatten());
        }
    }
}

fn step() -> Option<String> {
    let audit = audit()?;
    let folder = if audit.folder.is_empty() { String::new() } else { format!("\nworking-directory: {}", audit.folder) };
    Some(format!("run: {}{folder}", audit.command))
}

fn cite(finding: plimsoll_sdk::Finding) -> plimsoll_sdk::Finding {
    finding.requirement("3.1.3").requirement("9.2.2").requirement("12.5.2")
}
