//! Tools of developers among the dependencies of production.

use plimsoll_sdk::paths::nearest;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::requirements;
use plimsoll_sdk::text::listed;

use crate::groups::{is_beside_product, is_in_requirements, is_tool};

rule! {
    /// A tool of developers is installed in production.
    ///
    /// It makes images larger, brings vulnerabilities of code that never runs, and its constraints limit the product's.
    /// Move it to the group `dev`: `uv add --dev pytest`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "requests>=2",
    ///   "pytest>=8",  # error: `pytest` and `ruff` are installed in production
    ///   "ruff",
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = [
    ///   "requests>=2",
    /// ]
    ///
    /// [dependency-groups]
    /// dev = ["pytest>=8", "ruff"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    ///
    /// Where there is a group `dev`, it gets them:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["pytest>=8", "requests>=2", 'ruff; python_version >= "3.12"']  # error: `pytest` and `ruff` are installed in production
    ///
    /// [dependency-groups]
    /// dev = [
    ///   # checks
    ///   "pyright>=1.1",
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2"]
    ///
    /// [dependency-groups]
    /// dev = [
    ///   # checks
    ///   "pyright>=1.1",
    ///   "pytest>=8",
    ///   'ruff; python_version >= "3.12"',
    /// ]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml fixed uv.lock
    /// version = 1
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests>=2", "black>=25"]
    /// [dependency-groups]
    /// dev = ["pytest>=8"]
    /// ```
    /// ```python good src/app/__init__.py
    /// import black
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "pytest-acme"
    /// dependencies = ["pytest>=8"]
    /// entry-points.pytest11.acme = "pytest_acme"
    /// ```
    /// ```python good src/pytest_acme.py
    /// ```
    ///
    /// Files of requirements are for whoever names them:
    ///
    /// ```text good .gitpod_requirements.in
    /// pre-commit==4.5.1
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static TOOL_IN_PRODUCTION_DEPENDENCIES = {
        id: "tool-in-production-dependencies",
        requirements: ["5.1.3"],
        check: Check::Project(tool_in_production_dependencies),
        roles: [Role::Source],
        wants: [Want::Imports(MODULES)],
    }
}

/// What the tools are imported as: code of the product that imports one needs it.
const MODULES: &[&str] = &[
    "pytest",
    "pytest.*",
    "_pytest.*",
    "black",
    "black.*",
    "isort",
    "isort.*",
    "flake8.*",
    "pylint.*",
    "mypy",
    "mypy.*",
    "nox",
    "nox.*",
    "tox",
    "tox.*",
    "coverage",
    "coverage.*",
    "hypothesis",
    "hypothesis.*",
    "IPython",
    "IPython.*",
    "jupyter*",
    "notebook*",
    "mkdocs",
    "mkdocs.*",
    "mkdocstrings*",
    "sphinx",
    "sphinx.*",
    "twine.*",
    "build",
    "build.*",
    "responses",
    "responses.*",
    "respx",
    "respx.*",
    "freezegun",
    "freezegun.*",
    "testcontainers*",
    "factory",
    "factory.*",
    "vcr",
    "vcr.*",
    "ipdb",
    "ruff",
    "bandit*",
    "pre_commit*",
    "docutils*",
    "requests_mock*",
    "time_machine*",
    "pip_audit*",
];
/// Words in names of projects and groups of entry points that are about such a tool.
const SUBJECTS: &[&str] = &[
    "pytest",
    "mkdocs",
    "flake8",
    "tox",
    "nox",
    "sphinx",
    "hypothesis",
    "ipython",
    "jupyter",
    "pylint",
    "mypy",
    "lint",
    "test",
];

fn tool_in_production_dependencies(report: &mut Report, project: &Project) {
    let name = project.name.as_deref().unwrap_or_default().to_ascii_lowercase();
    let is_subject = SUBJECTS.iter().any(|subject| name.contains(subject));
    let entry_points =
        documents::read(&project.path("pyproject.toml"), &["project", "entry-points"]).unwrap_or_default();
    let has_plugins = Item::root(&entry_points).is_some_and(|groups| {
        groups.children().filter_map(Item::key).any(|group| SUBJECTS.iter().any(|subject| group.contains(subject)))
    });
    if is_beside_product(project) || is_subject || has_plugins {
        return report.not_applicable("5.1.3", "tools of developers are its subject, or it is no product");
    }
    let imports = python::imports(MODULES);
    let is_imported = |tool: &str| {
        let module = tool.replace('-', "_");
        let names = [
            module.as_str(),
            if tool == "factory-boy" { "factory" } else { tool },
            if tool == "vcrpy" { "vcr" } else { tool },
        ];
        let is_it =
            |name: &str| names.iter().any(|wanted| name.to_ascii_lowercase().split('.').next() == Some(*wanted));
        imports.iter().any(|import| is_it(&import.name))
    };
    let mut tools = project::dependencies(&["*"]);
    // Requirements files are not told apart by name alone; they have a rule of their own.
    tools.retain(|one| {
        one.kind == "runtime" && is_tool(&one.name) && !is_in_requirements(one) && !is_imported(&one.name)
    });
    if let Some(first) = tools.first() {
        let names: Vec<&str> = tools.iter().map(|tool| tool.name.as_str()).collect();
        let verb = if names.len() == 1 { "is" } else { "are" };
        let finding = report
            .finding(&first.place, format!("{} {verb} installed in production", listed(&names)))
            .help("move them to the group `dev`: `uv add --dev NAME`; `uv lock` takes an edit over")
            .medium();
        let edits = moved(project, &tools).into_iter().flatten();
        // A lock file does not fit any more.
        match nearest(&project.root, &["uv.lock"]) {
            None => finding.safe_fix(edits),
            Some(_) => finding.unsafe_fix(edits),
        };
    }
}

/// Moves tools to what is installed for development; those that are there already only leave.
fn moved(project: &Project, tools: &[Dependency]) -> Option<Vec<Edit>> {
    let path = project.path("pyproject.toml");
    let tools: Vec<&Dependency> = tools.iter().collect();
    if tools.iter().any(|tool| tool.place.path != path) {
        return None;
    }
    let there = project::dependencies(&["*"]);
    let is_there = |tool: &&&Dependency| {
        there.iter().any(|other| other.group.as_deref() == Some("dev") && other.name == tool.name)
    };
    let missing = tools.iter().filter(|tool| !is_there(tool));
    let literals: Option<Vec<String>> = missing.map(|tool| Some(requirements::find(tool)?.literal)).collect();
    let mut edits = requirements::remove(&tools)?;
    edits.extend(requirements::add_for_development(project, &literals?)?);
    Some(edits)
}
