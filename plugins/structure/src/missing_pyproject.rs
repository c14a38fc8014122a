//! Projects that are declared elsewhere than in `pyproject.toml`.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// The project is not declared in `pyproject.toml`.
    ///
    /// Requirements files and `setup.py` say what to install and nothing of the supported Pythons, groups and tools; no
    /// tool can rely on them. Add a `pyproject.toml` with `[project]`, its dependencies and the tools' settings.
    ///
    /// ```text bad requirements.txt
    /// httpx==0.28.1
    /// ```
    /// ```python bad app/__init__.py
    /// ```
    /// ```text expect
    /// requirements.txt:1: no `pyproject.toml`
    /// ```
    ///
    /// A `pyproject.toml` for tools alone is not enough:
    ///
    /// ```toml bad pyproject.toml
    /// [tool.ruff]  # error: `pyproject.toml` declares no project; `requirements.txt` does
    /// line-length = 100
    /// ```
    /// ```text bad requirements.txt
    /// httpx==0.28.1
    /// ```
    /// ```python bad app/__init__.py
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static MISSING_PYPROJECT = {
        id: "missing-pyproject",
        requirements: ["4.4.1"],
        check: Check::Project(missing_pyproject),
    }
}

const DECLARING: &[&[&str]] =
    &[&["project"], &["tool", "poetry"], &["dependency-groups"], &["tool", "uv", "workspace"], &["tool", "flit"]];

const MANIFESTS: &[&str] = &["setup.py", "setup.cfg", "requirements.txt", "Pipfile", "environment.yml"];

fn missing_pyproject(report: &mut Report, project: &Project) {
    if !layout::is_product(project) {
        return;
    }
    let help = "declare the project and its dependencies in `[project]` of `pyproject.toml`";
    let Some(path) = layout::nearest(&project.root, &["pyproject.toml"]) else {
        report.finding(&project.place, "no `pyproject.toml`").help(help);
        return;
    };
    let declares = |keys: &&[&str]| !matches!(documents::read(&path, keys), Err(Absence::Missing));
    let manifest = MANIFESTS.iter().find(|name| repository::exists(&project.path(name)));
    if let Some(manifest) = manifest
        && layout::parent(&path) == project.root
        && !DECLARING.iter().any(declares)
    {
        let message = format!("`pyproject.toml` declares no project; `{manifest}` does");
        report.finding(&layout::start(&path), message).help(help).medium();
    }
}
