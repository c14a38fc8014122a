//! Import packages that do not lie under `src/`.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// A package lies outside `src/`.
    ///
    /// A package beside its tests is importable from the working directory, so the tests pass although the built wheel
    /// lacks a file. Move it to `src/<package>/`. A `src` that is itself the package defeats the purpose.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: package `app` outside `src/`
    /// name = "app"
    /// ```
    /// ```python bad app/__init__.py
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/__init__.py
    /// ```
    /// ```python bad src/main.py
    /// from src.settings import debug  # error: `src` is imported as a package
    /// ```
    /// ```python bad src/settings.py
    /// debug = False
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/__init__.py
    /// ```
    pub(crate) static FLAT_LAYOUT = {
        id: "flat-layout",
        requirements: ["4.1.1", "4.2.1"],
        check: Check::Project(flat_layout),
        roles: [Role::Source],
        wants: [Want::Imports(&["src", "src.*"])],
    }
}

fn flat_layout(report: &mut Report, project: &Project) {
    if !layout::is_product(project) || is_package_src(report, project) {
        return;
    }
    let source = format!("{}/", project.path("src"));
    let outside: Vec<&Package> = project.packages.iter().filter(|package| lies_outside(package, &source)).collect();
    if let Some(first) = outside.first() {
        let names: Vec<&str> = outside.iter().map(|package| package.name.as_str()).collect();
        let plural = if names.len() > 1 { "s" } else { "" };
        let place = first.declared.as_ref().unwrap_or(&project.place);
        let message = format!("package{plural} {} outside `src/`", layout::quoted(&names));
        let finding =
            report.finding(place, message).help("move it with `git mv` to `src/`, and tell the build backend").medium();
        let roots = ["python", "lib"].map(|root| format!("{}/", project.path(root)));
        let mixed = outside.iter().all(|package| roots.iter().any(|root| package.path.starts_with(root.as_str())));
        let is_meant = mixed || repository::exists(&project.path("manage.py"));
        let is_old = if is_meant { Some(true) } else { is_old() };
        if is_old != Some(false) {
            drop(finding.low());
        }
        if is_old.is_none() {
            FLAT_LAYOUT.requirements.iter().for_each(|requirement| report.unknown(requirement, None, "shallow clone"));
        }
    } else {
        loose_modules(report, project, &source);
    }
}

fn lies_outside(package: &Package, source: &str) -> bool {
    let marker = layout::join(&package.path, "__init__.py");
    let counted = layout::role(&marker).is_none_or(|role| role == Role::Source || package.declared.is_some());
    let tests = package.name.starts_with("test") || package.name.ends_with("tests");
    counted
        && !tests
        && !package.path.ends_with(".py")
        && !package.path.starts_with(source)
        && !package.path.starts_with("src/")
}

/// So many commits are a past.
const PAST: u32 = 200;

/// A move breaks every open branch, so a project with a past is told in a low voice. Nobody knows of a shallow clone.
fn is_old() -> Option<bool> {
    git::newest(PAST).map(|commits| commits.len() == PAST as usize)
}

fn is_package_src(report: &mut Report, project: &Project) -> bool {
    let source = format!("{}/", project.path("src"));
    let imports = python::imports(&["src", "src.*"]);
    let import = imports.iter().find(|import| {
        let place = &import.site.place;
        place.path.starts_with(&source) && names_source(place)
    });
    let marker = format!("{source}__init__.py");
    if let Some(import) = import {
        report
            .finding(&import.site.place, "`src` is imported as a package")
            .help("move the code to `src/<package>/` and import that package");
    } else if repository::exists(&marker) {
        report.finding(&layout::start(&marker), "`src` is itself a package").help("move the code to `src/<package>/`");
    } else {
        return false;
    }
    true
}

/// Whether the import's line says `src`: a relative import may resolve to it as well.
fn names_source(place: &Place) -> bool {
    let Ok(text) = repository::read(&place.path) else { return false };
    let before = text.get(..place.span.start as usize).unwrap_or_default();
    let line = text.lines().nth(before.matches('\n').count()).unwrap_or_default().trim_start();
    ["from src.", "from src ", "import src"].iter().any(|start| line.starts_with(start))
}

fn loose_modules(report: &mut Report, project: &Project, source: &str) {
    let pyproject = project.path("pyproject.toml");
    let installed = project.backend.is_some() || documents::read(&pyproject, &["project", "scripts"]).is_ok();
    let modules = repository::find(&[&format!("{source}*.py")]);
    let packages = repository::find(&[&format!("{source}*/**/*.py"), &format!("{source}*/*.py")]);
    if installed && packages.is_empty() && !modules.is_empty() {
        report
            .finding(&layout::start(&modules[0].path), "only loose modules in `src/`")
            .help("put them into a package: `src/<package>/`")
            .requirement("4.2.1")
            .low();
    }
}
