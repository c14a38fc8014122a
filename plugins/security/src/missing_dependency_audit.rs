//! CI that does not scan dependencies for known vulnerabilities.

use plimsoll_sdk::prelude::*;

use crate::gates::{DEPENDENCY_AUDITS, has_runtime_dependencies, place_of_absence};

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
                .help("run `pip-audit` on the locked dependencies");
        }
    }
}

fn cite(finding: plimsoll_sdk::Finding) -> plimsoll_sdk::Finding {
    finding.requirement("3.1.3").requirement("9.2.2").requirement("12.5.2")
}
