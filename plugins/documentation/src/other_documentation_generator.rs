//! Documentation that another tool than MkDocs builds, or none.

use plimsoll_sdk::paths::{parent, start};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::{is_beside, is_monorepo, main_project};

use crate::mkdocs::site;
use crate::site_edits::{MATERIAL, MKDOCSTRINGS, declare, mkdocstrings, reference_page};

rule! {
    /// Documentation is built with another generator than MkDocs, or not at all.
    ///
    /// Pages in Markdown are written by everyone who writes code, and one theme makes all sites alike. Build them with
    /// MkDocs. A project without documentation is not told to have some.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad docs/conf.py
    /// extensions = ["sphinx.ext.autodoc"]
    /// ```
    /// ```text bad docs/index.rst
    /// ```
    /// ```text expect
    /// docs/conf.py:1: Sphinx builds the documentation
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad docs/a.md
    /// ```
    /// ```text bad docs/b.md
    /// ```
    /// ```text bad docs/c.md
    /// ```
    /// ```text expect
    /// docs/a.md:1: nothing builds the 3 pages of `docs`
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// docs = ["mkdocs-material>=9.5", "mkdocstrings[python]>=0.26"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```text fixed docs/a.md
    /// ```
    /// ```text fixed docs/b.md
    /// ```
    /// ```text fixed docs/c.md
    /// ```
    /// ```yaml fixed mkdocs.yml
    /// site_name: app
    /// theme:
    ///   name: material
    /// plugins:
    ///   - search
    ///   - mkdocstrings:
    ///       handlers:
    ///         python:
    ///           paths: [src]
    ///           options:
    ///             docstring_style: google
    /// ```
    /// ```markdown fixed docs/reference.md
    /// # Reference
    ///
    /// ::: app
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good mkdocs.yml
    /// site_name: App
    /// ```
    /// ```text good docs/a.md
    /// ```
    /// ```text good docs/b.md
    /// ```
    /// ```text good docs/c.md
    /// ```
    ///
    /// Pages that a tool of another language builds are built:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```json good package.json
    /// {"devDependencies": {"vitepress": "2.0.0"}, "scripts": {"docs": "vitepress build docs"}}
    /// ```
    /// ```text good docs/a.md
    /// ```
    /// ```text good docs/b.md
    /// ```
    /// ```text good docs/c.md
    /// ```
    pub(crate) static OTHER_DOCUMENTATION_GENERATOR = {
        id: "other-documentation-generator",
        requirements: ["3.3.1", "4.5.11", "10.3.6", "10.4.1"],
        check: Check::Repository(other_documentation_generator),
        wants: [Want::Search(SPHINX, &["conf.py"])],
    }
}

/// What Sphinx reads.
const SPHINX: &[&str] = &[r"(?m)^(extensions\s*[+:=]|html_theme\s*=|import sphinx|from sphinx|project\s*=)"];
/// Generators of other languages.
const FOREIGN: &[&str] = &[
    "docusaurus.config.*",
    "**/.vitepress/**",
    "mint.json",
    "docs.json",
    "book.toml",
    "_config.yml",
    "antora.yml",
    "astro.config.*",
    "myst.yml",
    "conf.toml",
];
/// The programs of such generators that scripts run.
const FOREIGN_COMMANDS: &[&str] = &["vitepress", "vuepress", "docusaurus", "mdbook", "hugo", "jekyll", "docsify"];
/// So many pages want to be built.
const SEVERAL: usize = 3;

fn other_documentation_generator(report: &mut Report) {
    let not = |report: &mut Report, reason: &str| {
        OTHER_DOCUMENTATION_GENERATOR
            .requirements
            .iter()
            .for_each(|requirement| report.not_applicable(requirement, reason));
    };
    if main_project().is_none() {
        return not(report, "no Python code of its own");
    }
    if site().is_some() || !repository::find(&["zensical.toml"]).is_empty() {
        return;
    }
    let conf = repository::search(SPHINX, &["conf.py"]);
    let is_docs = |path: &str| {
        path.split('/').any(|part| matches!(part, "docs" | "doc" | "documentation" | "sphinx")) && !is_beside(path)
    };
    if let Some(found) = conf.iter().find(|found| is_docs(&found.place.path)) {
        let finding = report
            .finding(&start(&found.place.path), "Sphinx builds the documentation")
            .help("move the pages to MkDocs with mkdocs-material and mkdocstrings");
        ["3.3.1", "10.4.1"].iter().fold(finding, |finding, requirement| finding.requirement(requirement)).medium();
        return;
    }
    let other = project::dependencies(&["pdoc", "pdoc3", "pydoctor"]).into_iter().find(|one| one.kind != "constraint");
    if let Some(other) = other.filter(|other| !automation::commands(&[&other.name]).is_empty()) {
        report
            .finding(&other.place, format!("`{}` builds the documentation", other.name))
            .help("use MkDocs with mkdocs-material and mkdocstrings")
            .requirement("3.3.1")
            .requirement("10.4.1")
            .medium();
        return;
    }
    let pages = repository::find(&["/docs/**/*.md", "/docs/**/*.rst", "/doc/**/*.md", "/doc/**/*.rst"]);
    let is_page = |file: &&File| {
        !file.path.split('/').any(|part| part.contains("adr") || part == "decisions" || part.starts_with('_'))
    };
    let pages: Vec<&File> = pages.iter().filter(is_page).collect();
    let is_foreign = !repository::find(FOREIGN).is_empty() || !automation::commands(FOREIGN_COMMANDS).is_empty();
    if let Some(first) = pages.first().filter(|_| pages.len() >= SEVERAL && !is_foreign) {
        let folder = first.path.split('/').next().unwrap_or_else(|| parent(&first.path));
        let finding = report
            .finding(&start(&first.path), format!("nothing builds the {} pages of `{folder}`", pages.len()))
            .help(
                "add `mkdocs.yml` with the theme `material`, `mkdocs-material` and `mkdocstrings` to the group `docs`",
            )
            .unsafe_fix(new_site(folder, &pages).into_iter().flatten());
        ["4.5.11", "10.3.6"].iter().fold(finding, |finding, requirement| finding.requirement(requirement)).low();
    }
}

/// A minimal site with a reference; nothing where some pages are no Markdown, or the project is not at the root.
fn new_site(folder: &str, pages: &[&File]) -> Option<Vec<Edit>> {
    let project = main_project().filter(|project| project.root.is_empty())?;
    let name = project.name.as_deref()?;
    let [package] = &project.packages[..] else { return None };
    if is_monorepo() || !pages.iter().all(|page| page.path.ends_with(".md")) {
        return None;
    }
    let docs = if folder == "docs" { String::new() } else { format!("docs_dir: {folder}\n") };
    let plugin = mkdocstrings(package).replace('\n', "\n    ");
    let text = format!("site_name: {name}\n{docs}theme:\n  name: material\nplugins:\n  - search\n  - {plugin}\n");
    let edits = [edit::create("mkdocs.yml", text), reference_page(folder, package)?];
    Some(edits.into_iter().chain(declare(&[MATERIAL, MKDOCSTRINGS])?).collect())
}
