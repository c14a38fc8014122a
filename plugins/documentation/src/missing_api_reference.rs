//! Sites of libraries without a reference of their API.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::mkdocs::{Site, site};
use crate::site_edits::{MKDOCSTRINGS, add_reference, declare};

rule! {
    /// The documentation of a library has no API reference, or does not take it from the docstrings.
    ///
    /// What is written by hand is out of date with the next parameter. Add the plug-in `mkdocstrings`, and a page with
    /// `::: package`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```yaml bad mkdocs.yml
    /// site_name: Lib
    /// theme: material
    /// plugins: [search]  # error: no API reference is made of the docstrings
    /// ```
    /// ```text bad docs/index.md
    /// # Lib
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "lib"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    ///
    /// [dependency-groups]
    /// docs = ["mkdocstrings[python]>=0.26"]
    /// ```
    /// ```python fixed src/lib/__init__.py
    /// ```
    /// ```yaml fixed mkdocs.yml
    /// site_name: Lib
    /// theme: material
    /// plugins:
    ///   - search
    ///   - mkdocstrings:
    ///       handlers:
    ///         python:
    ///           paths: [src]
    ///           options:
    ///             docstring_style: google
    /// ```
    /// ```text fixed docs/index.md
    /// # Lib
    /// ```
    /// ```markdown fixed docs/reference.md
    /// # Reference
    ///
    /// ::: lib
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    /// ```yaml good mkdocs.yml
    /// site_name: Lib
    /// theme: material
    /// plugins:
    ///   - search
    ///   - mkdocstrings:
    ///       handlers: {}
    /// ```
    /// ```text good docs/api.md
    /// ::: lib
    /// ```
    pub(crate) static MISSING_API_REFERENCE = {
        id: "missing-api-reference",
        requirements: ["3.3.3", "10.3.7", "10.4.3"],
        check: Check::Repository(missing_api_reference),
        wants: [Want::Search(REFERENCES, PAGES)],
    }
}

/// Directives of mkdocstrings, and headings of references.
const REFERENCES: &[&str] = &[r"(?m)^:::[ \t]+[\w.]+", r"(?mi)^#+[ \t].*\b(?:api|reference)\b"];
const PAGES: &[&str] = &["*.md"];
/// Plug-ins that make a reference of the code.
const PLUGINS: &[&str] = &["mkdocstrings", "api-autonav", "mkdocs-autoapi", "autoapi", "gen-files", "griffe"];

fn missing_api_reference(report: &mut Report) {
    let not = |report: &mut Report, reason: &str| {
        MISSING_API_REFERENCE.requirements.iter().for_each(|requirement| report.not_applicable(requirement, reason));
    };
    let project = main_project();
    let is_library = project.as_ref().is_some_and(|project| project.has_profile("library"));
    let Some(site) = site().filter(|_| is_library) else { return not(report, "no library with a site of MkDocs") };
    let plugins = site.plugins();
    let has_plugin =
        plugins.iter().any(|plugin| PLUGINS.iter().any(|known| plugin.contains(known))) || site.has(&["INHERIT"]);
    let references = repository::search(REFERENCES, PAGES);
    let has_directive = references.iter().any(|found| found.pattern == 0);
    if has_plugin || has_directive {
        return;
    }
    let is_in_nav = site.root().and_then(|root| root.get("nav")).is_some_and(|nav| {
        nav.descendants().any(|item| {
            item.text().to_ascii_lowercase().contains("api")
                || item.text().to_ascii_lowercase().contains("reference")
                || item.key().is_some_and(|key| key.to_ascii_lowercase().contains("api"))
        })
    });
    let has_page = is_in_nav || references.iter().any(|found| found.pattern == 1);
    let finding = report
        .finding(&site.place("plugins"), "no API reference is made of the docstrings")
        .help("add the plug-in `mkdocstrings`, a page with `::: package`, and run `uv lock`")
        .requirement("3.3.3")
        .requirement("10.4.3")
        .unsafe_fix(project.and_then(|project| referenced(&site, &project)).into_iter().flatten());
    // A reference that is written by hand is one.
    if has_page {
        finding.low()
    } else {
        finding.requirement("10.3.7").medium()
    };
}

/// The plug-in, its package, and a page for the one import package of the project.
fn referenced(site: &Site, project: &Project) -> Option<Vec<Edit>> {
    let [package] = &project.packages[..] else { return None };
    let edits = add_reference(site, package)?;
    Some(edits.into_iter().chain(declare(&[MKDOCSTRINGS])?).collect())
}
