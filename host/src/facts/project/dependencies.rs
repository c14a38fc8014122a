//! What a project declares to depend on, wherever it does.

use std::collections::BTreeSet;
use std::str::FromStr;

use pep508_rs::{Requirement, VerbatimUrl};

use super::{Project, document, inside, is_requirements, normalised, requirements, setup_py};
use crate::facts::Facts;
use crate::facts::value::View;
use crate::plugin::wit::project::Dependency;
use crate::plugin::wit::{NodeKind, Place};
use crate::repository::{file_name, parent};

pub(super) type Found = Dependency;

/// All dependencies that a project declares, by place.
pub(super) fn dependencies(facts: &Facts, project: &Project) -> Vec<Dependency> {
    let mut found = Vec::new();
    let path = inside(&project.root, "pyproject.toml");
    if let Some(nodes) = document(facts, &path)
        && let Some(root) = View::root(&nodes)
    {
        pyproject(root, &path, &mut found);
    }
    setup_cfg(facts, &inside(&project.root, "setup.cfg"), &mut found);
    if let Some(setup) = setup_py::read(facts, &inside(&project.root, "setup.py")) {
        found.extend(
            setup.install_requires.into_iter().filter_map(|(text, place)| requirement(&text, "runtime", None, place)),
        );
        found.extend(
            setup
                .extras
                .into_iter()
                .filter_map(|(extra, text, place)| requirement(&text, "optional", Some(&extra), place)),
        );
    }
    let mut seen = BTreeSet::new();
    for file in facts.repository().below(&project.root) {
        let folder = parent(&file.path);
        let own = folder == project.root || folder == inside(&project.root, "requirements");
        if own && is_requirements(&file.path) {
            found.extend(requirements::requirements(facts, &file.path, &mut seen));
        }
    }
    pipfile(facts, &inside(&project.root, "Pipfile"), &mut found);
    let key = |one: &Dependency| (one.place.path.clone(), one.place.span.start, one.name.clone(), one.group.clone());
    found.sort_by_key(key);
    found.dedup_by_key(|one| key(one));
    found
}

/// The dependency managers that a project shows evidence of, sorted.
pub(super) fn managers(facts: &Facts, root: &str) -> Vec<String> {
    let repository = facts.repository();
    let pyproject = document(facts, &inside(root, "pyproject.toml"));
    let has_table = |keys: &[&str]| {
        pyproject.as_ref().and_then(|nodes| View::root(nodes)).is_some_and(|view| view.at(keys).is_some())
    };
    let mut folder = root;
    let mut upwards = vec![root];
    while !folder.is_empty() {
        folder = parent(folder);
        upwards.push(folder);
    }
    let has = |name: &str| upwards.iter().any(|folder| repository.file(&inside(folder, name)).is_some());
    let own = |name: &str| repository.file(&inside(root, name)).is_some();
    let mut managers = BTreeSet::new();
    let mut add = |name: &str, evidence: bool| {
        if evidence {
            managers.insert(name.to_owned());
        }
    };
    add("uv", has("uv.lock") || has_table(&["tool", "uv"]));
    add("poetry", has_table(&["tool", "poetry"]) || own("poetry.lock"));
    add("pdm", has_table(&["tool", "pdm"]) || own("pdm.lock"));
    add("pipenv", own("Pipfile") || own("Pipfile.lock"));
    add("conda", own("environment.yml") || own("environment.yaml"));
    add("pip-tools", own("requirements.in"));
    add("pip", repository.below(root).any(|file| parent(&file.path) == root && is_requirements(&file.path)));
    managers.into_iter().collect()
}

fn pyproject(root: View<'_>, path: &str, found: &mut Vec<Dependency>) {
    let list = |view: Option<View<'_>>, kind: &'static str, group: Option<&str>, found: &mut Vec<Dependency>| {
        for item in view.into_iter().flat_map(View::children) {
            if let Some(text) = item.string() {
                found.extend(requirement(text, kind, group, item.place(path)));
            }
        }
    };
    list(root.at(&["project", "dependencies"]), "runtime", None, found);
    list(root.at(&["build-system", "requires"]), "build", None, found);
    list(root.at(&["tool", "uv", "dev-dependencies"]), "development", Some("dev"), found);
    for (keys, kind) in [
        (&["project", "optional-dependencies"][..], "optional"),
        (&["dependency-groups"], "development"),
        (&["tool", "pdm", "dev-dependencies"], "development"),
    ] {
        for group in root.at(keys).into_iter().flat_map(View::children) {
            list(Some(group), kind, group.key(), found);
        }
    }
    for environment in root.at(&["tool", "hatch", "envs"]).into_iter().flat_map(View::children) {
        list(environment.get("dependencies"), "development", environment.key(), found);
        list(environment.get("extra-dependencies"), "development", environment.key(), found);
    }
    let poetry = root.at(&["tool", "poetry"]);
    let table = |view: Option<View<'_>>, kind: &'static str, group: Option<&str>, found: &mut Vec<Dependency>| {
        for entry in view.into_iter().flat_map(View::children) {
            let Some(name) = entry.key().filter(|name| *name != "python") else { continue };
            let place = Place { path: path.to_owned(), span: entry.key_span() };
            let optional = entry.get("optional").is_some_and(|value| value.text() == "true");
            let specifier = match entry.kind() {
                NodeKind::Text => entry.text(),
                _ => entry.get("version").map_or("", View::text),
            };
            let extras = entry.get("extras").map_or_else(Vec::new, View::strings);
            found.push(Dependency {
                name: normalised(name),
                extras: sorted(extras.into_iter().map(normalised)),
                specifier: specifier.to_owned(),
                marker: entry.get("markers").and_then(View::string).map(str::to_owned),
                kind: if optional { "optional" } else { kind }.to_owned(),
                group: group.map(str::to_owned),
                place,
            });
        }
    };
    table(poetry.and_then(|poetry| poetry.get("dependencies")), "runtime", None, found);
    table(poetry.and_then(|poetry| poetry.get("dev-dependencies")), "development", Some("dev"), found);
    for group in poetry.and_then(|poetry| poetry.get("group")).into_iter().flat_map(View::children) {
        table(group.get("dependencies"), "development", group.key(), found);
    }
}

fn setup_cfg(facts: &Facts, path: &str, found: &mut Vec<Dependency>) {
    let Some(nodes) = document(facts, path) else { return };
    let Some(root) = View::root(&nodes) else { return };
    let mut lines = |view: Option<View<'_>>, kind: &'static str, group: Option<&str>| {
        let Some(view) = view else { return };
        for line in view.text().lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
            found.extend(requirement(line, kind, group, view.place(path)));
        }
    };
    lines(root.at(&["options", "install_requires"]), "runtime", None);
    for extra in root.get("options.extras_require").into_iter().flat_map(View::children) {
        lines(Some(extra), "optional", extra.key());
    }
}

fn pipfile(facts: &Facts, path: &str, found: &mut Vec<Dependency>) {
    let Some(nodes) = document(facts, path) else { return };
    for (table, kind) in [("packages", "runtime"), ("dev-packages", "development")] {
        for entry in View::root(&nodes).and_then(|root| root.get(table)).into_iter().flat_map(View::children) {
            let Some(name) = entry.key() else { continue };
            found.push(Dependency {
                name: normalised(name),
                extras: Vec::new(),
                specifier: entry.string().unwrap_or_default().to_owned(),
                marker: None,
                kind: kind.to_owned(),
                group: Some(file_name(path).to_owned()),
                place: Place { path: path.to_owned(), span: entry.key_span() },
            });
        }
    }
}

/// Reads one requirement. What PEP 508 refuses keeps at least its name; a bare path or address has none.
pub(super) fn requirement(text: &str, kind: &str, group: Option<&str>, place: Place) -> Option<Dependency> {
    let dependency = |name: String, extras: Vec<String>, specifier: String, marker: Option<String>| Dependency {
        name,
        extras,
        specifier,
        marker,
        kind: kind.to_owned(),
        group: group.map(str::to_owned),
        place,
    };
    if let Ok(parsed) = Requirement::<VerbatimUrl>::from_str(text) {
        let specifier = match &parsed.version_or_url {
            Some(pep508_rs::VersionOrUrl::VersionSpecifier(version)) => version.to_string(),
            Some(pep508_rs::VersionOrUrl::Url(url)) => format!("@ {url}"),
            None => String::new(),
        };
        let marker = parsed.marker.try_to_string();
        let extras = sorted(parsed.extras.iter().map(|extra| normalised(extra.as_ref())));
        return Some(dependency(normalised(parsed.name.as_ref()), extras, specifier, marker));
    }
    let end =
        text.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter))).unwrap_or(text.len());
    let name = &text[..end];
    if name.is_empty() || name.starts_with('.') || text.contains("://") && !text.contains(" @ ") {
        return None;
    }
    Some(dependency(normalised(name), Vec::new(), text[end..].trim().to_owned(), None))
}

fn sorted(names: impl Iterator<Item = String>) -> Vec<String> {
    names.collect::<BTreeSet<_>>().into_iter().collect()
}
