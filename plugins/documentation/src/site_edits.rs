//! Edits that give a site of MkDocs what it lacks: packages in the group that builds it, a plug-in, a page.

use plimsoll_sdk::paths::{join, parent};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::mkdocs::Site;

/// The theme, and the plug-in with its handler of Python, each with what to require.
pub(crate) const MATERIAL: (&str, &str) = ("mkdocs-material", "mkdocs-material>=9.5");
pub(crate) const MKDOCSTRINGS: (&str, &str) = ("mkdocstrings", "mkdocstrings[python]>=0.26");

/// Declares packages beside MkDocs, or in the group `docs`; no edits where they are declared. None where the place of
/// declarations is not known.
pub(crate) fn declare(packages: &[(&str, &str)]) -> Option<Vec<Edit>> {
    let missing: Vec<&str> = packages
        .iter()
        .filter(|(name, _)| project::dependencies(&[*name]).iter().all(|one| one.kind == "constraint"))
        .map(|(_, requirement)| *requirement)
        .collect();
    if missing.is_empty() {
        return Some(Vec::new());
    }
    let builders = project::dependencies(&["mkdocs", "mkdocs-material", "mkdocstrings", "mkdocs-*"]);
    let beside = builders.iter().find(|one| matches!(one.kind.as_str(), "development" | "optional"));
    let (path, keys) = match beside.map(|one| (one, one.group.as_deref())) {
        Some((one, _)) if one.place.path.ends_with(".txt") => {
            return Some(vec![edit::append_lines(&one.place.path, &missing)?]);
        }
        Some((one, Some(group))) => {
            let table: &[&str] =
                if one.kind == "optional" { &["project", "optional-dependencies"] } else { &["dependency-groups"] };
            (one.place.path.clone(), [table, &[group]].concat())
        }
        Some((_, None)) => return None,
        None => (main_project()?.path("pyproject.toml"), vec!["dependency-groups", "docs"]),
    };
    let is_list = documents::read(&path, &keys).is_ok();
    let is_standard = documents::read(&path, &["project", "name"]).is_ok();
    if !(is_list || beside.is_none() && is_standard) {
        return None;
    }
    Some(missing.iter().map(|requirement| edit::append(&path, &keys, format!("\"{requirement}\""))).collect())
}

/// The settings of mkdocstrings, as an item of the plugins.
pub(crate) fn mkdocstrings(package: &Package) -> String {
    let paths = if package.path.starts_with("src/") { "      paths: [src]\n" } else { "" };
    format!("mkdocstrings:\n  handlers:\n    python:\n{paths}      options:\n        docstring_style: google")
}

/// A page that mkdocstrings fills, in a folder of pages.
pub(crate) fn reference_page(folder: &str, package: &Package) -> Option<Edit> {
    let path = join(folder, "reference.md");
    (!repository::exists(&path)).then(|| edit::create(path, format!("# Reference\n\n::: {}\n", package.name)))
}

/// Adds the plug-in, a page, and the page to the navigation if there is one.
pub(crate) fn add_reference(site: &Site, package: &Package) -> Option<Vec<Edit>> {
    let root = site.root()?;
    let folder = root.get("docs_dir").map_or("docs", Item::text);
    let mut edits = vec![reference_page(&join(parent(&site.path), folder), package)?];
    let item = mkdocstrings(package);
    let text = repository::read(&site.path).ok()?;
    let is_bracketed =
        |item: Item<'_>| text.get(item.span().start as usize..).is_some_and(|it| it.starts_with(['[', '{']));
    edits.push(match root.get("plugins") {
        // The search is there as long as no plugins are named.
        None => edit::set(&site.path, &["plugins"], format!("- search\n- {}", item.replace('\n', "\n  "))),
        Some(plugins) if is_bracketed(plugins) && plugins.kind() == NodeKind::List => {
            let names: Vec<&str> = plugins.children().map(Item::string).collect::<Option<_>>()?;
            let list: String = names.iter().map(|name| format!("- {name}\n")).collect();
            edit::set(&site.path, &["plugins"], format!("{list}- {}", item.replace('\n', "\n  ")))
        }
        Some(plugins) if is_bracketed(plugins) => return None,
        Some(plugins) if plugins.kind() == NodeKind::List => edit::append(&site.path, &["plugins"], item),
        Some(plugins) if plugins.kind() == NodeKind::Table => {
            let (_, settings) = item.split_once('\n')?;
            let settings: Vec<&str> = settings.lines().map(|line| line.get(2..).unwrap_or(line)).collect();
            edit::set(&site.path, &["plugins", "mkdocstrings"], settings.join("\n"))
        }
        Some(_) => return None,
    });
    match root.get("nav") {
        Some(nav) if nav.kind() == NodeKind::List && !is_bracketed(nav) => {
            edits.push(edit::append(&site.path, &["nav"], "Reference: reference.md"));
        }
        Some(_) => return None,
        None => {}
    }
    Some(edits)
}
