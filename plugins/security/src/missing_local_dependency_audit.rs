//! Task runners without a way to scan dependencies.

use plimsoll_sdk::paths::{file_name, parent, start};
use plimsoll_sdk::prelude::*;

use crate::audit_command::audit;
use crate::gates::{DEPENDENCY_AUDITS, has_runtime_dependencies};

/// Commands that documentation may name instead.
const DOCUMENTED: &[&str] =
    &[r"\b(?:pip-audit|osv-scanner|safety (?:check|scan)|uv audit|trivy (?:fs|repo)|snyk test)\b"];
const PAGES: &[&str] = &["CONTRIBUTING*", "RELEASING*", "DEVELOPMENT*", "/docs/**/*.md", "/docs/**/*.rst"];

rule! {
    /// No task scans the dependencies on a developer's machine.
    ///
    /// Before a release one wants the answer now, not from CI. Add a recipe that runs the scan.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad Justfile
    /// test:
    ///     uv run pytest
    /// ```
    /// ```text expect
    /// Justfile:1: no recipe scans the dependencies
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```text fixed Justfile
    /// test:
    ///     uv run pytest
    ///
    /// security:
    ///     uvx pip-audit .
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good Justfile
    /// security:
    ///     uv run pip-audit
    /// ```
    ///
    /// The makefile of the documentation is no task runner of the project.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good docs/Makefile
    /// html:
    /// 	sphinx-build . _build
    /// ```
    ///
    /// The recipe belongs where most of the tasks are.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    ///
    /// [tool.poe.tasks]
    /// lint = "ruff check"
    /// test = "pytest"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```json bad devbox.json
    /// {"shell": {"scripts": {"test": ["poe test"]}}}
    /// ```
    /// ```text expect
    /// pyproject.toml:1: no recipe scans the dependencies
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    ///
    /// [tool.poe.tasks]
    /// lint = "ruff check"
    /// test = "pytest"
    /// security = "uvx pip-audit ."
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```json fixed devbox.json
    /// {"shell": {"scripts": {"test": ["poe test"]}}}
    /// ```
    pub(crate) static MISSING_LOCAL_DEPENDENCY_AUDIT = {
        id: "missing-local-dependency-audit",
        requirements: ["9.2.3"],
        check: Check::Repository(missing_local_dependency_audit),
        wants: [Want::Search(DOCUMENTED, PAGES)],
    }
}

fn missing_local_dependency_audit(report: &mut Report) {
    // Only the task files of a project are asked; the scripts of a front end are another language's, and the makefile
    // of the documentation builds the documentation.
    let roots: Vec<String> = project::projects().into_iter().filter(|it| it.has_source).map(|it| it.root).collect();
    let is_asked = |task: &Task| {
        let path = &task.place.path;
        file_name(path) != "package.json" && roots.iter().any(|root| root == parent(path))
    };
    let tasks = automation::tasks();
    let asked: Vec<&Task> = tasks.iter().filter(|task| is_asked(task)).collect();
    let count = |path: &str| asked.iter().filter(|task| task.place.path == path).count();
    // tox and nox multiply their environments.
    let is_runner = |task: &Task| !matches!(task.runner.as_str(), "tox" | "nox");
    let most = asked.iter().rev().max_by_key(|task| (is_runner(task), count(&task.place.path)));
    let Some(most) = most.filter(|_| has_runtime_dependencies()) else {
        return report.not_applicable("9.2.3", "no task runner, or no dependencies");
    };
    let is_local = |command: &Command| !matches!(command.source.as_str(), "github" | "gitlab" | "dockerfile");
    if DEPENDENCY_AUDITS.commands().iter().any(is_local)
        || !automation::hooks(DEPENDENCY_AUDITS.hooks).is_empty()
        || !repository::search(DOCUMENTED, PAGES).is_empty()
    {
        return;
    }
    report
        .finding(&start(&most.place.path), "no recipe scans the dependencies")
        .help("add a recipe `security` that runs `pip-audit`")
        .unsafe_fix(recipe(most, &tasks));
}

const PURPOSE: &str = "Scan the dependencies for known vulnerabilities";

/// A recipe that scans, where the task is and in its runner's language.
fn recipe(task: &Task, tasks: &[Task]) -> Option<Edit> {
    let path = &task.place.path;
    let audit = audit().filter(|audit| audit.folder == parent(path))?;
    let is_free = |name: &&&str| !tasks.iter().any(|task| task.place.path == *path && task.name == **name);
    let name = ["security", "audit"].iter().find(is_free)?;
    let command = audit.command;
    match task.runner.as_str() {
        "just" => {
            let text = repository::read(path).ok()?;
            let indent = text.lines().find_map(|line| {
                line.split(|char: char| !char.is_whitespace())
                    .next()
                    .filter(|it| !it.is_empty() && !line.trim().is_empty())
            });
            let recipe = [format!("{name}:"), format!("{}{command}", indent.unwrap_or("    "))];
            let is_commented = text.lines().any(|line| line.starts_with("# "));
            let comment = is_commented.then(|| format!("# {PURPOSE}"));
            let lines: Vec<String> = [String::new()].into_iter().chain(comment).chain(recipe).collect();
            edit::append_lines(path, &lines.iter().map(String::as_str).collect::<Vec<_>>())
        }
        "make" => {
            // Targets that explain themselves are listed by `make help`.
            let is_explained = repository::read(path).ok()?.lines().filter(|line| line.contains(": ##")).count() > 1;
            let comment = if is_explained { format!(" ## {PURPOSE}") } else { String::new() };
            let lines = ["", &format!(".PHONY: {name}"), &format!("{name}:{comment}"), &format!("\t{command}")];
            edit::append_lines(path, &lines)
        }
        "poe" => Some(edit::set(path, &["tool", "poe", "tasks", name], format!("\"{command}\""))),
        "taskipy" => Some(edit::set(path, &["tool", "taskipy", "tasks", name], format!("\"{command}\""))),
        "pdm" => Some(edit::set(path, &["tool", "pdm", "scripts", name], format!("\"{command}\""))),
        _ => None,
    }
}
