//! Repositories without a README.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// The repository has no `README.md`.
    ///
    /// The README is the first thing that anyone sees; without it nobody knows what the project is and how to start.
    /// Write what it does, how to install it and how to run it.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `README.md`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// readme = "README.rst"  # error: `README.rst` does not exist, so the build fails
    /// [build-system]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```markdown bad README.md
    /// # App
    /// ```
    /// ```text expect
    /// README.md:1: README of 1 line
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```rst bad README.rst
    /// App
    /// ```
    /// ```rst bad README.dialects.rst
    /// Dialects
    /// ```
    /// ```text expect
    /// README.rst:1: `README.rst` instead of `README.md`
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// readme = "README.md"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```markdown good README.md
    /// # App
    ///
    /// Counts things.
    ///
    /// Run it with `uv run app`.
    /// ```
    pub(crate) static MISSING_README = {
        id: "missing-readme",
        requirements: ["4.4.6"],
        check: Check::Repository(missing_readme),
    }
}

fn missing_readme(report: &mut Report) {
    let Some(main) = layout::main_project() else { return };
    for project in project::projects().iter().filter(|project| layout::is_product(project)) {
        dangling(report, project);
    }
    let readmes = repository::find(&["[Rr][Ee][Aa][Dd][Mm][Ee]*"]);
    let at = |folder: &str| {
        let mut paths = readmes.iter().map(|file| file.path.as_str());
        paths.find(|path| layout::parent(path) == folder && layout::file_name(path).matches('.').count() < 2)
    };
    let help = "write what the project does, how to install it and how to run it";
    let markdown = readmes.iter().find(|file| !file.path.contains('/') && file.path.eq_ignore_ascii_case("readme.md"));
    if let Some(file) = markdown {
        let Ok(text) = repository::read(&file.path) else { return };
        let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
        if lines < 3 && !text.trim_start().starts_with("../") && !text.contains(".md") {
            let plural = if lines == 1 { "" } else { "s" };
            report.finding(&layout::start(&file.path), format!("README of {lines} line{plural}")).help(help);
        }
    } else if let Some(other) = at("").filter(|path| !path.to_ascii_lowercase().ends_with("readme.md")) {
        report
            .finding(&layout::start(other), format!("`{other}` instead of `README.md`"))
            .help("rewrite it as Markdown")
            .low();
    } else if !readmes.iter().any(|file| layout::parent(&file.path) == ".github")
        && at("docs").is_none()
        && !repository::exists("README.md")
    {
        report.finding(&main.place, "no `README.md`").help(help);
    }
}

/// A README that the metadata names and that is not there.
fn dangling(report: &mut Report, project: &Project) {
    let path = project.path("pyproject.toml");
    let Ok(readme) = documents::read(&path, &["project", "readme"]) else { return };
    let Some(readme) = Item::root(&readme) else { return };
    let Some(name) = readme.string().or_else(|| readme.get("file")?.string()) else { return };
    let place = readme.place(&path);
    if !name.starts_with("..") && !repository::exists(&project.path(name)) {
        let built = project.backend.is_some();
        let consequence = if built { ", so the build fails" } else { "" };
        let finding =
            report.finding(&place, format!("`{name}` does not exist{consequence}")).help("name the file that exists");
        if !built {
            drop(finding.low());
        }
    }
}
