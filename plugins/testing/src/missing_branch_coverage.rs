//! Coverage that counts lines only.

use plimsoll_sdk::prelude::*;

use crate::coverage::coverage;

rule! {
    /// Coverage counts lines and leaves out branches.
    ///
    /// A line with a condition counts as covered when only one of its outcomes was ever taken. Set `branch = true` in
    /// `[tool.coverage.run]`; the threshold then holds for lines and branches together.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.run]  # error: branches are not measured
    /// source = ["src"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.coverage.run]
    /// source = ["src"]
    /// branch = true
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pytest.ini_options]
    /// addopts = "--cov=src --cov-branch"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static MISSING_BRANCH_COVERAGE = {
        id: "missing-branch-coverage",
        requirements: ["8.4.2"],
        check: Check::Repository(missing_branch_coverage),
    }
}

fn missing_branch_coverage(report: &mut Report) {
    let Some(coverage) = coverage() else {
        return report.not_applicable("8.4.2", "nothing measures coverage");
    };
    let branch = coverage.settings.setting(&["run", "branch"]);
    let is_on = branch.as_ref().is_some_and(|setting| {
        setting.value.boolean().unwrap_or_else(|| {
            matches!(setting.value.text().trim().to_ascii_lowercase().as_str(), "true" | "1" | "yes" | "on")
        })
    });
    let has_option = ["--cov-branch", "--branch"].iter().any(|name| coverage.flags(name).next().is_some());
    if is_on || has_option || coverage.has_strict_defaults() {
        return;
    }
    let place = branch.as_ref().map_or_else(|| coverage.place("run"), |setting| setting.place.clone());
    let finding = report.finding(&place, "branches are not measured").help("set `branch = true` in the section `run`");
    let file = coverage.settings.layers.first().map(|layer| layer.path.clone());
    if let Some(path) = file.filter(|path| path.ends_with("pyproject.toml")) {
        let keys = ["tool", "coverage", "run", "branch"].map(str::to_owned).to_vec();
        finding.fix(Applicability::Safe, vec![Edit::SetKey((KeyPath { path, keys }, "true".to_owned()))]);
    }
}
