//! CI that does not scan for secrets.

use plimsoll_sdk::prelude::*;

use crate::gates::{SECRET_SCANS, place_of_absence};
use crate::workflow_edits::{Needs, security_step};

rule! {
    /// CI does not scan for secrets.
    ///
    /// Hooks can be skipped; CI can't. Run gitleaks, detect-secrets, TruffleHog or ggshield, as a command, an action or
    /// the hook. Scanning by the hosting service is a setting of its server and can't be seen here.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: pull_request
    /// jobs:  # error: CI does not scan for secrets
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
    ///         with:
    ///           fetch-depth: 0
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
    ///       - uses: gitleaks/gitleaks-action@v2
    /// ```
    pub(crate) static MISSING_SECRET_SCAN = {
        id: "missing-secret-scan",
        requirements: ["3.1.6", "12.5.3"],
        check: Check::Repository(missing_secret_scan),
    }
}

fn missing_secret_scan(report: &mut Report) {
    if !SECRET_SCANS.runs_in_ci().is_empty() {
        return;
    }
    if let Some(place) = place_of_absence(report, &["3.1.6", "12.5.3"]) {
        report
            .finding(&place, "CI does not scan for secrets")
            .help("run gitleaks, for instance with `gitleaks/gitleaks-action`; organizations need a license for it")
            .unsafe_fix(security_step(&place, GITLEAKS, Needs::History));
    }
}

const GITLEAKS: &str = "uses: gitleaks/gitleaks-action@v2\nenv:\n  GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}";
