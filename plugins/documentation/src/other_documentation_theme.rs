//! Sites of MkDocs with another theme than Material.

use plimsoll_sdk::prelude::*;

use crate::mkdocs::{Site, site};
use crate::site_edits::{MATERIAL, declare};

rule! {
    /// A site of MkDocs has another theme than Material.
    ///
    /// Search, navigation and dark mode work there without further plug-ins, and readers know it from other projects.
    /// Set `theme: name: material`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad mkdocs.yml
    /// site_name: App
    /// theme: readthedocs  # error: the theme is `readthedocs`
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// docs = ["mkdocs-material>=9.5"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```yaml fixed mkdocs.yml
    /// site_name: App
    /// theme: material
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good mkdocs.yml
    /// site_name: App
    /// theme:
    ///   name: material
    /// ```
    ///
    /// A theme that is derived from Material is used with Material's own plugins:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good mkdocs.yml
    /// site_name: App
    /// theme:
    ///   name: ansible
    /// plugins:
    ///   - material/search
    /// ```
    pub(crate) static OTHER_DOCUMENTATION_THEME = {
        id: "other-documentation-theme",
        requirements: ["3.3.2", "10.4.2"],
        check: Check::Repository(other_documentation_theme),
    }
}

fn other_documentation_theme(report: &mut Report) {
    let Some(site) = site() else {
        return OTHER_DOCUMENTATION_THEME.requirements.iter().for_each(|requirement| {
            report.not_applicable(requirement, "no site of MkDocs");
        });
    };
    let theme = site.root().and_then(|root| root.get("theme"));
    let name = theme.and_then(|theme| theme.string().or_else(|| theme.get("name").and_then(Item::string)));
    if name == Some("material") || site.has(&["INHERIT"]) && theme.is_none() {
        return;
    }
    // Material's own plugins run only in a theme that is derived from it.
    if name.is_some() && site.plugins().iter().any(|plugin| plugin.starts_with("material/")) {
        return;
    }
    let message = match name {
        Some(name) => format!("the theme is `{name}`"),
        None => "the site has the default theme".to_owned(),
    };
    let finding = report
        .finding(&site.place("theme"), message)
        .help("set `theme: name: material`, add `mkdocs-material` to the group `docs`, and run `uv lock`");
    let declared = declare(&[MATERIAL]);
    let is_declared = declared.as_ref().is_some_and(Vec::is_empty);
    let edits = declared.and_then(|declared| Some([material(&site, theme)?].into_iter().chain(declared).collect()));
    let edits: Vec<Edit> = edits.unwrap_or_default();
    let finding = if is_declared { finding.safe_fix(edits) } else { finding.unsafe_fix(edits) };
    // A theme of the project's own is a decision.
    if theme.is_some_and(|theme| theme.get("custom_dir").is_some()) || name.is_none() {
        finding.low()
    } else {
        finding.medium()
    };
}

/// Names the theme; nothing where templates of the project's own build on another one.
fn material(site: &Site, theme: Option<Item<'_>>) -> Option<Edit> {
    match theme {
        None => Some(edit::set(&site.path, &["theme", "name"], "material")),
        Some(theme) if theme.string().is_some() => {
            Some(edit::replace_words(&theme.place(&site.path), theme.text(), "material")?)
        }
        Some(theme) if theme.kind() == NodeKind::Table && theme.get("custom_dir").is_none() => {
            Some(edit::set(&site.path, &["theme", "name"], "material"))
        }
        Some(_) => None,
    }
}
