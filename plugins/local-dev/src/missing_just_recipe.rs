//! A justfile that lacks recipes with the names that everyone looks for.

use crate::justfile::{self, Justfile};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::{containers, product, text};

rule! {
    /// The justfile lacks a recipe of the common set.
    ///
    /// Who knows one repository should know the commands of all. Add the recipe, or an alias to the one that does
    /// its work: `alias typecheck := mypy`.
    ///
    /// ```just bad Justfile
    /// # error: no recipe `install`, `dev`, `lint`, `fix`, `typecheck`, `test-cov`, `security`, `check`, `build`, `up`, `down` and `docs`
    /// test:
    ///     uv run pytest
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.13
    /// COPY src src
    /// CMD ["python", "-m", "app.main"]
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   app:
    ///     build: .
    /// ```
    /// ```yaml bad mkdocs.yml
    /// site_name: app
    /// ```
    ///
    /// ```just bad Justfile
    /// install: # error: no recipe `test`
    ///     uv sync
    /// lint:
    ///     uv run ruff check
    /// fix:
    ///     uv run ruff check --fix
    /// typecheck:
    ///     uv run mypy .
    /// test_cov:
    ///     uv run pytest --cov
    /// security:
    ///     uv run bandit -r src
    /// check: lint typecheck
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    ///
    /// The fix is an alias, where one recipe does the work under another name.
    ///
    /// ```just bad Justfile
    /// install: # error: no recipe `typecheck`
    ///     uv sync
    /// lint:
    ///     uv run ruff check
    /// fix:
    ///     uv run ruff check --fix
    /// mypy:
    ///     uv run mypy .
    /// test:
    ///     uv run pytest
    /// test-cov:
    ///     uv run pytest --cov
    /// security:
    ///     uv run bandit -r src
    /// check: lint mypy test
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```just fixed Justfile
    /// install:
    ///     uv sync
    /// lint:
    ///     uv run ruff check
    /// fix:
    ///     uv run ruff check --fix
    /// mypy:
    ///     uv run mypy .
    /// test:
    ///     uv run pytest
    /// test-cov:
    ///     uv run pytest --cov
    /// security:
    ///     uv run bandit -r src
    /// check: lint mypy test
    ///
    /// alias typecheck := mypy
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```just good Justfile
    /// alias typecheck := mypy
    /// install:
    ///     uv sync
    /// lint:
    ///     uv run ruff check
    /// fix:
    ///     uv run ruff check --fix
    /// mypy:
    ///     uv run mypy .
    /// test:
    ///     uv run pytest
    /// test-cov:
    ///     uv run pytest --cov
    /// security:
    ///     uv run bandit -r src
    /// check: lint typecheck test
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    pub(crate) static MISSING_JUST_RECIPE = {
        id: "missing-just-recipe",
        requirements: [
            "24.2.1", "24.2.2", "24.2.3", "24.2.4", "24.2.5", "24.2.6", "24.2.7", "24.2.8", "24.2.9", "24.2.10",
            "24.2.11", "24.2.12", "24.3.4",
        ],
        check: Check::Repository(missing_just_recipe),
    }
}

const RECIPES: &[(&str, &[&str])] = &[
    ("install", &["24.2.1"]),
    ("dev", &["24.2.2", "24.3.4"]),
    ("lint", &["24.2.3"]),
    ("fix", &["24.2.4"]),
    ("typecheck", &["24.2.5"]),
    ("test", &["24.2.6"]),
    ("test-cov", &["24.2.7"]),
    ("security", &["24.2.8"]),
    ("check", &["24.2.9"]),
    ("build", &["24.2.10"]),
    ("up", &["24.2.11"]),
    ("down", &["24.2.11"]),
    ("docs", &["24.2.12"]),
];

fn missing_just_recipe(report: &mut Report) {
    if product::main_project().is_none() {
        return;
    }
    let Some(justfile) = justfile::at_root() else { return };
    let missing: Vec<_> = RECIPES.iter().filter(|(name, _)| is_missing(&justfile, name)).collect();
    if missing.is_empty() {
        return;
    }
    let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    let place = Place { path: justfile.path.clone(), span: Span { start: 0, end: 0 } };
    let mut finding =
        report.finding(&place, format!("no recipe {}", text::listed(&names))).help(match synonym(&justfile, &names) {
            Some((name, other)) => format!("add them, or aliases such as `alias {name} := {other}`"),
            None => "add them, or an `alias` for the recipe that does the work under another name".to_owned(),
        });
    let aliases: Vec<String> = names.iter().filter_map(|name| alias(&justfile, name)).collect();
    if !aliases.is_empty() {
        let lines: Vec<&str> = std::iter::once("").chain(aliases.iter().map(String::as_str)).collect();
        finding = finding.safe_fix(edit::append_lines(&justfile.path, &lines));
    }
    for id in missing.iter().flat_map(|(_, ids)| *ids) {
        finding = finding.requirement(id);
    }
}

fn is_missing(justfile: &Justfile, name: &str) -> bool {
    justfile.recipe(name).is_none() && is_wanted(name)
}

fn is_wanted(name: &str) -> bool {
    let is_root = |path: &str| !path.contains('/');
    match name {
        "build" | "dev" if product::main_project().is_some_and(|project| project.has_profile("library")) => false,
        "dev" => product::main_project().is_some_and(|project| project.has_profile("api")),
        "build" => {
            containers::dockerfiles().iter().any(|file| is_root(&file.path) && file.python && file.purpose == "image")
        }
        "up" | "down" => containers::compose_files().iter().any(|file| is_root(&file.path) && file.purpose == "base"),
        "docs" => ["mkdocs.yml", "mkdocs.yaml", "zensical.toml", "docs/conf.py"].iter().any(|p| repository::exists(p)),
        _ => true,
    }
}

/// Other names of the recipes, as justfiles have them.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("install", &["setup", "init", "sync", "bootstrap"]),
    ("dev", &["run", "serve", "start", "server"]),
    ("lint", &["linter", "ruff", "ruff-check"]),
    ("fix", &["format", "fmt", "lint-fix"]),
    ("typecheck", &["types", "type-check", "typing", "pyright", "mypy", "ty"]),
    ("test", &["tests", "pytest"]),
    ("test-cov", &["cov", "coverage", "test-coverage"]),
    ("security", &["audit", "scan", "bandit"]),
    ("check", &["ci", "verify", "checks", "static-analysis"]),
    ("docs", &["docs-serve", "serve-docs"]),
];

/// An alias for the one recipe that does the work of a missing one under another name.
fn alias(justfile: &Justfile, name: &str) -> Option<String> {
    let (_, others) = SYNONYMS.iter().find(|(known, _)| *known == name)?;
    let mut found = others.iter().filter(|other| justfile.recipe(other).is_some());
    let (other, further) = (found.next()?, found.next());
    further.is_none().then(|| format!("alias {name} := {other}"))
}

fn synonym<'a>(justfile: &Justfile, missing: &[&'a str]) -> Option<(&'a str, &'static str)> {
    missing.iter().find_map(|name| {
        let (_, others) = SYNONYMS.iter().find(|(known, _)| known == name)?;
        Some((*name, *others.iter().find(|other| justfile.recipe(other).is_some())?))
    })
}
