//! Builds without an ignore file.

use plimsoll_sdk::paths::{join, parent, start, upwards};
use plimsoll_sdk::prelude::*;

use crate::image;

rule! {
    /// A build copies from its context without an ignore file.
    ///
    /// Everything that lies around is sent to the builder and may end up in the image: the history, local
    /// environments, secrets. Add a `.dockerignore` to the folder that is the build context; in another folder, beside
    /// the Dockerfile for instance, the build does not read it.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY . .  # error: the build context has no `.dockerignore`
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad files.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY app.py entrypoint.sh /app/  # error: the build context has no `.dockerignore`
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY . .
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed files.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY app.py entrypoint.sh /app/
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text fixed .dockerignore
    /// .git/
    /// .github/
    /// .gitlab-ci.yml
    /// .idea/
    /// .vscode/
    /// .venv/
    /// venv/
    /// **/__pycache__/
    /// **/*.py[cod]
    /// **/*.egg-info/
    /// .pytest_cache/
    /// .ruff_cache/
    /// .mypy_cache/
    /// .coverage
    /// htmlcov/
    /// .nox/
    /// .tox/
    /// docs/
    /// tests/
    /// .env*
    /// !.env.example
    /// **/*.pem
    /// **/*.key
    /// secrets/
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad docker/Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY pyproject.toml .
    /// COPY src ./src
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text bad docker/.dockerignore
    /// .git
    /// ```
    /// ```python bad src/app.py
    /// ```
    /// ```text expect
    /// docker/.dockerignore:1: `docker/.dockerignore` has no effect: it is not in the build context
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY . .
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text good .dockerignore
    /// *
    /// !src
    /// ```
    pub(crate) static MISSING_DOCKERIGNORE = {
        id: "missing-dockerignore",
        requirements: ["4.5.8", "13.7.1"],
        check: Check::Dockerfiles(missing_dockerignore),
    }
}

fn missing_dockerignore(report: &mut Report, dockerfile: &Dockerfile) {
    if !image::is_judged(dockerfile) || dockerfile.ignore_file.is_some() {
        return;
    }
    let copies: Vec<&Instruction> = dockerfile
        .stages
        .iter()
        .filter(|stage| stage.needed)
        .flat_map(|stage| &stage.instructions)
        .filter(|item| is_from_context(item))
        .collect();
    let folder = copies.iter().find(|copy| copy.words.iter().rev().skip(1).any(|source| !is_file(source)));
    let Some(copy) = folder.or(copies.first()) else { return };
    let context = match dockerfile.context.as_str() {
        "" => "the build context".to_owned(),
        folder => format!("the build context `{folder}`"),
    };
    if let Some(misplaced) = misplaced(dockerfile) {
        report
            .finding(&start(&misplaced), format!("`{misplaced}` has no effect: it is not in {context}"))
            .related(&copy.place, "the build copies from its context here")
            .help("move it to the folder that is the build context, or name it after the Dockerfile");
        return;
    }
    let finding = report
        .finding(&copy.place, format!("{context} has no `.dockerignore`"))
        .help("add one that leaves out the history, environments, caches, tests and secrets")
        .safe_fix([edit::create(join(&dockerfile.context, ".dockerignore"), content(&copies))]);
    if folder.is_none() {
        // Single files by name: nothing else gets into the image.
        drop(finding.low());
    }
}

/// What no image needs.
const CONTENT: &[&str] = &[
    ".git/",
    ".github/",
    ".gitlab-ci.yml",
    ".idea/",
    ".vscode/",
    ".venv/",
    "venv/",
    "**/__pycache__/",
    "**/*.py[cod]",
    "**/*.egg-info/",
    ".pytest_cache/",
    ".ruff_cache/",
    ".mypy_cache/",
    ".coverage",
    "htmlcov/",
    ".nox/",
    ".tox/",
    "docs/",
    "tests/",
    ".env*",
    "!.env.example",
    "**/*.pem",
    "**/*.key",
    "secrets/",
];

/// An ignore file that leaves out nothing that the build copies by name.
fn content(copies: &[&Instruction]) -> String {
    let is_copied = |line: &str| {
        let name = line.trim_end_matches('/');
        let mut words = copies.iter().flat_map(|copy| &copy.words).map(|word| word.trim_start_matches("./"));
        words.any(|word| word == name || word.strip_prefix(name).is_some_and(|rest| rest.starts_with('/')))
    };
    CONTENT.iter().filter(|line| !is_copied(line)).map(|line| format!("{line}\n")).collect()
}

/// An ignore file beside the Dockerfile, or between it and the context, that the build does not read.
fn misplaced(dockerfile: &Dockerfile) -> Option<String> {
    let between = upwards(parent(&dockerfile.path)).into_iter().take_while(|folder| *folder != dockerfile.context);
    let mut paths = between.filter(|folder| !folder.is_empty()).map(|folder| join(folder, ".dockerignore"));
    paths.find(|path| repository::exists(path))
}

/// Whether a source of a COPY names one file.
fn is_file(source: &str) -> bool {
    let name = source.rsplit('/').next().unwrap_or(source);
    !name.contains('*') && name.trim_start_matches('.').contains('.')
        || matches!(name, "Makefile" | "Justfile" | "Pipfile" | "LICENSE" | "README")
}

/// Whether an instruction copies files from the build context.
pub(crate) fn is_from_context(item: &Instruction) -> bool {
    let is_copy = matches!(item.keyword.as_str(), "COPY" | "ADD") && !item.flags.iter().any(|(key, _)| key == "from");
    is_copy && !item.text.contains("<<") && !item.words.first().is_some_and(|word| word.contains("://"))
}
