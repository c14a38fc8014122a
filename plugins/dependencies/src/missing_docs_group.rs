//! Packages of documentation that are in no group of their own.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::requirements;
use plimsoll_sdk::text::listed;

use crate::groups::{is_for_documentation, is_in_pyproject, is_locked};

rule! {
    /// Packages of documentation are mixed with those of development.
    ///
    /// Who only builds the documentation installs everything, and who only tests installs the documentation's tools.
    /// Put them into a group or an extra `docs`, and install it with `--group docs` or `--extra docs`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = [
    ///   "pytest>=8",
    ///   "mkdocs>=1.6",  # error: `mkdocs` is in the group `dev`
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = [
    ///   "pytest>=8",
    /// ]
    /// docs = ["mkdocs>=1.6"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    ///
    /// An extra stays an extra:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [project.optional-dependencies]
    /// dev = ["sphinx>=8", "pytest>=8", "furo"]  # error: `sphinx` and `furo` are in the group `dev`
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [project.optional-dependencies]
    /// dev = ["pytest>=8"]
    /// docs = ["sphinx>=8", "furo"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pytest>=8"]
    /// docs = ["mkdocs>=1.6"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static MISSING_DOCS_GROUP = {
        id: "missing-docs-group",
        requirements: ["5.3.5", "5.3.6"],
        check: Check::Project(missing_docs_group),
        confidence: Low,
    }
}

fn missing_docs_group(report: &mut Report, project: &Project) {
    let mut tools = project::dependencies(&["*"]);
    tools.retain(|one| {
        is_for_documentation(&one.name)
            && is_in_pyproject(one)
            && is_locked(project, one)
            && one.kind != "build"
            && one.kind != "constraint"
    });
    let is_docs = |group: &str| {
        group.to_ascii_lowercase().contains("doc") || group.contains("mkdocs") || group.contains("sphinx")
    };
    let name = project.name.as_deref().unwrap_or_default();
    let is_subject = ["mkdocs", "sphinx", "docs"].iter().any(|word| name.contains(word));
    if tools.is_empty() || is_subject || !is_product(project) {
        for requirement in MISSING_DOCS_GROUP.requirements {
            report.not_applicable(requirement, "no packages of documentation are declared");
        }
        return;
    }
    // Those in `project.dependencies` are for the rule about production.
    let wrong: Vec<&Dependency> =
        tools.iter().filter(|one| one.kind != "runtime" && !one.group.as_deref().is_some_and(is_docs)).collect();
    let has_docs = tools.iter().any(|one| one.group.as_deref().is_some_and(is_docs));
    if let Some(first) = wrong.first().filter(|_| !has_docs) {
        let mut names: Vec<&str> = wrong.iter().map(|one| one.name.as_str()).collect();
        names.dedup();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let group = first.group.as_deref().unwrap_or("dev");
        report
            .finding(&first.place, format!("{} {verb} in the group `{group}`", listed(&names)))
            .help("move them to a group `docs`, and run `uv lock`")
            .unsafe_fix(moved(project, &wrong).into_iter().flatten());
    }
}

/// Moves packages to a group or an extra `docs`. None where they come from lists of both kinds, or would leave an empty
/// one behind.
fn moved(project: &Project, tools: &[&Dependency]) -> Option<Vec<Edit>> {
    let path = project.path("pyproject.toml");
    let first = tools.first()?;
    let all = project::dependencies(&["*"]);
    let is_of_one_kind = tools.iter().all(|tool| tool.place.path == path && tool.kind == first.kind);
    let stays = |group: &Option<String>| {
        all.iter().any(|one| one.group == *group && !tools.iter().any(|tool| tool.place == one.place))
    };
    if !is_of_one_kind || !tools.iter().all(|tool| stays(&tool.group)) {
        return None;
    }
    let list: &[&str] = match first.kind.as_str() {
        "optional" => &["project", "optional-dependencies", "docs"],
        _ => &["dependency-groups", "docs"],
    };
    let mut edits = requirements::remove(tools)?;
    let mut names: Vec<&str> = Vec::new();
    for tool in tools {
        if !names.contains(&tool.name.as_str()) {
            names.push(&tool.name);
            edits.push(edit::append(&path, list, requirements::find(tool)?.literal));
        }
    }
    Some(edits)
}
