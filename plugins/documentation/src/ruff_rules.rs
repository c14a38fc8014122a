//! What the project's linter already decides about docstrings.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::ruff::Settings;

/// Whether a project is code of the product; says for the requirements when it is not.
pub(crate) fn is_judged(report: &mut Report, project: &Project, requirements: &[&str]) -> bool {
    let is_judged = is_product(project);
    if !is_judged {
        requirements.iter().for_each(|requirement| report.not_applicable(requirement, "no code of the product"));
    }
    is_judged
}

/// Whether Ruff reports what this rule would: then its settings, exceptions and suppressions count.
pub(crate) fn is_on(project: &Project, code: &str) -> bool {
    Settings::of(&project.root).rules().is_on(code)
}

/// Whether a project turned a rule of Ruff off by name, beside others that it has on: a decision on record.
pub(crate) fn is_declined(project: &Project, code: &str) -> bool {
    Settings::of(&project.root).ignores().iter().any(|ignored| !ignored.is_empty() && code.starts_with(ignored))
}

/// The production modules of a project.
pub(crate) fn modules() -> Vec<File> {
    let mut files = repository::find(&["*.py"]);
    files.retain(|file| file.role == Role::Source && !file.empty);
    files
}

/// Whether a file lies in a folder beside the packages that measures how fast the product is, and is not shipped.
pub(crate) fn is_measurement(project: &Project, path: &str) -> bool {
    let below = path.strip_prefix(project.root.as_str()).unwrap_or(path).trim_start_matches('/');
    let folder = below.split_once('/').map_or("", |(folder, _)| folder);
    let is_shipped = || project.packages.iter().any(|package| package.path == project.path(folder));
    matches!(folder, "performance" | "perf" | "bench" | "benches" | "benchmark" | "benchmarks" | "asv_bench")
        && !is_shipped()
}
