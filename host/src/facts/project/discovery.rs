//! Finds the projects: folders with a manifest that declares one; where there is no manifest up to the root, folders
//! with requirements beside Python; in a repository without either, its root.
//!
//! Templates, tests and their fixtures, documentation, examples and vendored code hold no projects, whatever they hold.

use std::collections::{BTreeMap, BTreeSet};

use super::manifest::Manifest;
use super::{Project, Role, inside, is_requirements, nearest, start_of};
use crate::facts::Facts;
use crate::repository::{file_name, inside_folder, parent};

/// Finds all projects, sorted by root, with the files that declare them.
pub(super) fn projects(facts: &Facts, rules: &super::roles::Rules) -> Vec<(Manifest, Project)> {
    let files = facts.repository().files();
    let mut folders: BTreeSet<&str> = BTreeSet::new();
    let mut with_requirements: BTreeSet<&str> = BTreeSet::new();
    for file in files {
        let name = file_name(&file.path);
        let folder = parent(&file.path);
        if matches!(name, "pyproject.toml" | "setup.py" | "setup.cfg") {
            folders.insert(folder);
        } else if name == "Pipfile" || is_requirements(&file.path) {
            with_requirements.insert(if file_name(folder) == "requirements" { parent(folder) } else { folder });
        }
    }
    let may_hold_project = |folder: &&str| {
        let role = rules.role(&inside(folder, "pyproject.toml"));
        matches!(role, Role::Source | Role::Generated) && !folder.split('/').any(|part| part.starts_with('.'))
    };
    let mut manifests: BTreeMap<String, Manifest> = folders
        .into_iter()
        .filter(may_hold_project)
        .map(|folder| Manifest::load(facts, folder))
        .filter(|manifest| manifest.declares(facts))
        .map(|manifest| (manifest.root.clone(), manifest))
        .collect();
    let declared: BTreeSet<String> = manifests.keys().cloned().collect();
    let is_free = |folder: &&str| !declared.iter().any(|root| inside_folder(folder, root));
    let candidates: BTreeSet<String> = with_requirements
        .into_iter()
        .filter(is_free)
        .filter(may_hold_project)
        // Requirements above projects, in a folder of their own, are those of the tools.
        .filter(|folder| {
            let is_direct =
                |path: &str| parent(path) == *folder && (is_requirements(path) || file_name(path) == "Pipfile");
            let is_above = declared.iter().any(|root| inside_folder(root, folder));
            !is_above || files.iter().any(|file| is_direct(&file.path))
        })
        .filter(|folder| folder.is_empty() || facts.repository().file(&inside(folder, "__init__.py")).is_none())
        .map(str::to_owned)
        .collect();
    if !candidates.is_empty() {
        for root in beside_python(facts, rules, &candidates, &declared) {
            manifests.insert(root.clone(), Manifest::load(facts, &root));
        }
    }
    if manifests.is_empty() {
        let first = files.iter().find(|file| is_source(rules, &file.path));
        let root = |file: &crate::repository::File| (Manifest::load(facts, ""), bare("", start_of(&file.path)));
        return first.map(root).into_iter().collect();
    }
    manifests.into_values().map(|manifest| project(facts, manifest)).collect()
}

/// The folders among the candidates that are the nearest upwards of some code of the product or its tests.
fn beside_python(
    facts: &Facts,
    rules: &super::roles::Rules,
    candidates: &BTreeSet<String>,
    declared: &BTreeSet<String>,
) -> BTreeSet<String> {
    let all: BTreeSet<&str> = candidates.iter().chain(declared).map(String::as_str).collect();
    let is_code = |path: &str| path.ends_with(".py") && matches!(rules.role(path), Role::Source | Role::Test);
    let code = facts.repository().files().iter().filter(|file| is_code(&file.path));
    code.filter_map(|file| candidates.get(nearest(&all, &file.path)?)).cloned().collect()
}

fn is_source(rules: &super::roles::Rules, path: &str) -> bool {
    path.ends_with(".py") && rules.role(path) == Role::Source
}

fn bare(root: &str, place: super::Place) -> Project {
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

fn project(facts: &Facts, manifest: Manifest) -> (Manifest, Project) {
    let place = manifest.place(facts).unwrap_or_else(|| {
        if facts.repository().file(&manifest.pyproject.path).is_some() {
            return start_of(&manifest.pyproject.path);
        }
        // Only requirements make it a project: the plainest of these files stands for it.
        let is_its = |path: &str| {
            let folder = parent(path);
            (folder == manifest.root || folder == inside(&manifest.root, "requirements"))
                && (is_requirements(path) || file_name(path) == "Pipfile")
        };
        let files = facts.repository().below(&manifest.root).filter(|file| is_its(&file.path));
        let plainest = files.min_by_key(|file| (file.path.matches('/').count(), file.path.len()));
        start_of(plainest.map_or(&manifest.pyproject.path, |file| &file.path))
    });
    let (requires_python, requires_python_place) = manifest.requires_python().unzip();
    let project = Project {
        name: manifest.name(),
        backend: manifest.backend(),
        requires_python,
        requires_python_place,
        ..bare(&manifest.root, place)
    };
    (manifest, project)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, sample};

    #[test]
    fn a_workspace_and_its_neighbours() {
        check(
            &sample(&[
                ("pyproject.toml", "[tool.uv.workspace]\nmembers = ['libs/*']\n"),
                ("uv.lock", ""),
                ("backend/pyproject.toml", "[project]\nname = 'api'\nrequires-python = '>=3.12'\n"),
                ("backend/app/__init__.py", ""),
                ("frontend/package.json", "{}"),
                ("libs/a/pyproject.toml", "[project]\nname = 'a'\n[build-system]\nbuild-backend = 'uv_build'\n"),
                ("libs/a/src/a/__init__.py", ""),
                ("libs/b/setup.cfg", "[metadata]\nname = b\n"),
                ("libs/b/b.py", ""),
                ("libs/c/setup.cfg", "[flake8]\n"),
                ("worker/requirements.txt", "arq\n"),
                ("worker/main.py", ""),
                ("docs/pyproject.toml", "[project]\nname = 'docs'\n"),
                ("tests/fixtures/x/pyproject.toml", "[project]\nname = 'x'\n"),
                ("{{name}}/pyproject.toml", "[project]\nname = 'y'\n"),
                ("broken/pyproject.toml", "[project]\nname = \n"),
            ]),
            r#"project backend api - >=3.12 roots [backend] managers [uv]
              package app = backend/app
              project broken - - - roots [broken] managers [uv]
              project libs/a a uv_build - roots [libs/a/src] managers [uv]
              package a = libs/a/src/a
              project libs/b b setuptools.build_meta - roots [libs/b] managers [uv]
              package b = libs/b/b.py
              project worker - - - roots [worker] managers [pip, uv]
              package main = worker/main.py
              arq runtime/requirements.txt <arq>"#,
        );
    }

    #[test]
    fn python_without_a_manifest_is_one_project_and_no_python_is_none() {
        check(
            &sample(&[("app/main.py", ""), ("README.md", "")]),
            "project \"\" - - - roots [\"\"] managers []\npackage app = app",
        );
        check(&sample(&[("README.md", ""), ("requirements.txt", "a"), ("scripts/x.py", "")]), "");
    }
}
