//! Finds the projects: folders that declare one, in the order of their paths.

use std::collections::BTreeSet;

use super::{Place, Project, Role, document, inside, is_requirements, setup_py, start_of};
use crate::facts::Facts;
use crate::facts::value::View;
use crate::repository::{file_name, parent};

/// What is known of a project from one of its files.
#[derive(Default)]
struct Declared {
    name: Option<String>,
    place: Option<Place>,
    backend: Option<String>,
    requires_python: Option<(String, Place)>,
}

/// Finds all projects, sorted by root.
pub(super) fn projects(facts: &Facts, rules: &super::roles::Rules) -> Vec<Project> {
    let files = facts.repository().files();
    let is_code = |path: &str| {
        !matches!(rules.role(path), Role::Test | Role::Example | Role::Documentation | Role::Vendored | Role::Template)
    };
    let mut roots: BTreeSet<&str> = BTreeSet::new();
    for file in files {
        let name = file_name(&file.path);
        if matches!(name, "pyproject.toml" | "setup.py" | "setup.cfg")
            && is_code(&file.path)
            && declares(facts, &file.path)
        {
            roots.insert(parent(&file.path));
        }
    }
    // Requirements make a project only where nothing better does.
    let mut by_requirements: BTreeSet<&str> = BTreeSet::new();
    for file in files.iter().filter(|file| is_requirements(&file.path) || file_name(&file.path) == "Pipfile") {
        let mut folder = parent(&file.path);
        if file_name(folder) == "requirements" {
            folder = parent(folder);
        }
        let has_python = files.iter().any(|other| {
            other.path.ends_with(".py")
                && parent(&other.path).starts_with(folder)
                && rules.role(&other.path) == Role::Source
        });
        if is_code(&file.path) && has_python && !has_ancestor(&roots, folder) {
            by_requirements.insert(folder);
        }
    }
    let outermost: Vec<&str> = by_requirements
        .iter()
        .copied()
        .filter(|root| !by_requirements.iter().any(|other| other != root && is_below(other, root)))
        .collect();
    roots.extend(outermost);
    if roots.is_empty() {
        let first = files.iter().find(|file| file.path.ends_with(".py") && rules.role(&file.path) == Role::Source);
        return first.map(|file| bare("", start_of(&file.path))).into_iter().collect();
    }
    roots.into_iter().map(|root| project(facts, root)).collect()
}

fn has_ancestor(roots: &BTreeSet<&str>, folder: &str) -> bool {
    roots.iter().any(|root| *root == folder || is_below(root, folder))
}

fn is_below(root: &str, folder: &str) -> bool {
    root.is_empty() && !folder.is_empty() || folder.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'))
}

/// Whether a file declares a project: a `pyproject.toml` may only configure tools.
fn declares(facts: &Facts, path: &str) -> bool {
    match file_name(path) {
        "setup.py" => facts.repository().read(path).is_ok_and(|text| text.contains("setup(")),
        "setup.cfg" => document(facts, path)
            .is_some_and(|nodes| View::root(&nodes).is_some_and(|root| root.get("metadata").is_some())),
        _ => match document(facts, path) {
            Some(nodes) => View::root(&nodes)
                .is_some_and(|root| root.get("project").is_some() || root.at(&["tool", "poetry"]).is_some()),
            // A broken one most likely does; the host reports it.
            None => facts
                .repository()
                .read(path)
                .is_ok_and(|text| text.contains("[project]") || text.contains("[tool.poetry]")),
        },
    }
}

fn bare(root: &str, place: Place) -> Project {
    Project {
        root: root.to_owned(),
        name: None,
        place,
        backend: None,
        requires_python: None,
        requires_python_place: None,
        source_roots: Vec::new(),
        packages: Vec::new(),
        managers: Vec::new(),
        profiles: Vec::new(),
        has_source: false,
    }
}

fn project(facts: &Facts, root: &str) -> Project {
    let mut declared = Declared::default();
    pyproject(facts, &inside(root, "pyproject.toml"), &mut declared);
    setup_cfg(facts, &inside(root, "setup.cfg"), &mut declared);
    setup_call(facts, &inside(root, "setup.py"), &mut declared);
    let fallback = || {
        let files = || facts.repository().below(root);
        let file = files()
            .find(|file| is_requirements(&file.path))
            .or_else(|| files().find(|file| file_name(&file.path) == "Pipfile"));
        start_of(file.map_or("pyproject.toml", |file| &file.path))
    };
    let (requires_python, requires_python_place) = declared.requires_python.unzip();
    Project {
        name: declared.name,
        backend: declared.backend,
        requires_python,
        requires_python_place,
        ..bare(root, declared.place.unwrap_or_else(fallback))
    }
}

fn pyproject(facts: &Facts, path: &str, declared: &mut Declared) {
    if facts.repository().file(path).is_none() {
        return;
    }
    declared.place = Some(start_of(path));
    // Loaded for good: a `pyproject.toml` that does not parse is a finding of the host.
    let Ok(document) = facts.documents().load(facts, path) else { return };
    let Some(root) = View::root(&document) else { return };
    declared.backend = root.at(&["build-system", "build-backend"]).and_then(View::string).map(str::to_owned);
    for keys in [&["project"][..], &["tool", "poetry"]] {
        let Some(table) = root.at(keys) else { continue };
        if declared.place.as_ref().is_some_and(|place| place.span.end == 0) {
            declared.place = Some(table.place(path));
        }
        declared.name = declared.name.take().or_else(|| table.get("name").and_then(View::string).map(str::to_owned));
        let version = table.get("requires-python").or_else(|| table.at(&["dependencies", "python"]));
        if let Some((view, text)) = version.and_then(|view| Some((view, view.string()?))) {
            declared.requires_python.get_or_insert_with(|| (text.to_owned(), view.place(path)));
        }
    }
}

fn setup_cfg(facts: &Facts, path: &str, declared: &mut Declared) {
    let Some(document) = document(facts, path) else { return };
    let Some(root) = View::root(&document) else { return };
    if let Some(metadata) = root.get("metadata") {
        declared.place.get_or_insert_with(|| metadata.place(path));
        declared.name = declared.name.take().or_else(|| metadata.get("name").map(|name| name.text().to_owned()));
    }
    if let Some(version) = root.at(&["options", "python_requires"]) {
        declared.requires_python.get_or_insert_with(|| (version.text().to_owned(), version.place(path)));
    }
}

fn setup_call(facts: &Facts, path: &str, declared: &mut Declared) {
    let Some(setup) = setup_py::read(facts, path) else { return };
    declared.place.get_or_insert_with(|| setup.place.clone());
    if declared.backend.is_none() {
        declared.backend = Some("setuptools.build_meta".to_owned());
    }
    declared.name = declared.name.take().or(setup.name);
    if let Some(version) = setup.requires_python {
        declared.requires_python.get_or_insert(version);
    }
}
