//! What a project declares to depend on, wherever it does.

use std::collections::BTreeSet;

use super::manifest::{Document, Manifest};
use super::requirement::requirement;
use super::{inside, normalised, requirements};
use crate::facts::Facts;
use crate::facts::value::View;
use crate::plugin::wit::project::Dependency;
use crate::plugin::wit::{NodeKind, Place};
use crate::repository::file_name;

/// All dependencies that a project declares, by place.
pub(super) fn dependencies(
    facts: &Facts,
    rules: &super::roles::Rules,
    manifest: &Manifest,
    roots: &BTreeSet<&str>,
) -> Vec<Dependency> {
    let mut found = Vec::new();
    pyproject(manifest, &mut found);
    poetry(manifest, &mut found);
    setup_cfg(facts, &manifest.setup_cfg, &mut found);
    setup_py(manifest, &mut found);
    found.extend(requirements::requirements(facts, rules, manifest, roots));
    pipfile(facts, &inside(&manifest.root, "Pipfile"), &mut found);
    for name in ["environment.yml", "environment.yaml"] {
        conda(facts, &inside(&manifest.root, name), &mut found);
    }
    tox(facts, &inside(&manifest.root, "tox.ini"), &mut found);
    // An extra that gathers other extras depends on nothing new.
    let own = manifest.name().map(|name| normalised(&name));
    found.retain(|one| one.kind == "runtime" || own.as_ref() != Some(&one.name));
    let key = |one: &Dependency| (one.place.path.clone(), one.place.span.start, one.name.clone(), one.group.clone());
    found.sort_by_cached_key(key);
    found.dedup_by_key(|one| key(one));
    found
}

/// Adds the requirements of a list.
fn list(document: &Document, view: Option<View<'_>>, kind: &str, group: Option<&str>, found: &mut Vec<Dependency>) {
    for item in view.into_iter().flat_map(View::children) {
        if let Some(text) = item.string() {
            found.extend(requirement(text, kind, group, document.place(item)));
        }
    }
}

fn pyproject(manifest: &Manifest, found: &mut Vec<Dependency>) {
    let document = &manifest.pyproject;
    for (keys, kind, group) in [
        (&["project", "dependencies"][..], "runtime", None),
        (&["build-system", "requires"], "build", None),
        (&["tool", "flit", "metadata", "requires"], "runtime", None),
        (&["tool", "uv", "dev-dependencies"], "development", Some("dev")),
        (&["tool", "uv", "constraint-dependencies"], "constraint", None),
        (&["tool", "uv", "override-dependencies"], "constraint", None),
    ] {
        list(document, document.at(keys), kind, group, found);
    }
    for (keys, kind) in [
        (&["project", "optional-dependencies"][..], "optional"),
        (&["tool", "flit", "metadata", "requires-extra"], "optional"),
        // What a group includes is declared in the group that it comes from.
        (&["dependency-groups"], "development"),
        (&["tool", "pdm", "dev-dependencies"], "development"),
    ] {
        for group in document.entries(keys) {
            list(document, Some(group), kind, group.key(), found);
        }
    }
    for (document, keys) in [(document, &["tool", "hatch", "envs"][..]), (&manifest.hatch, &["envs"])] {
        for environment in document.entries(keys) {
            for key in ["dependencies", "extra-dependencies"] {
                list(document, environment.get(key), "development", environment.key(), found);
            }
        }
    }
    let base = document.at(&["tool", "tox", "env_run_base"]).into_iter();
    for environment in base.chain(document.entries(&["tool", "tox", "env"])) {
        list(document, environment.get("deps"), "development", environment.key(), found);
    }
}

fn poetry(manifest: &Manifest, found: &mut Vec<Dependency>) {
    let document = &manifest.pyproject;
    let Some(table) = document.at(&["tool", "poetry"]) else { return };
    // Beside [project] the table only says where known dependencies come from.
    let known: BTreeSet<String> = found.iter().map(|one| one.name.clone()).collect();
    let extras: Vec<(&str, Vec<String>)> = table
        .get("extras")
        .into_iter()
        .flat_map(View::children)
        .filter_map(|extra| Some((extra.key()?, extra.strings().into_iter().map(normalised).collect())))
        .collect();
    let mut add = |view: Option<View<'_>>, kind: &str, group: Option<&str>| {
        for entry in view.into_iter().flat_map(View::children) {
            let Some(name) = entry.key().map(normalised) else { continue };
            if name == "python" || kind == "runtime" && known.contains(&name) {
                continue;
            }
            // One dependency may have several versions for several environments.
            let versions = if entry.kind() == NodeKind::List { entry.children().collect() } else { vec![entry] };
            for version in versions {
                let is_optional = version.get("optional").is_some_and(|value| value.text() == "true");
                let extra = extras.iter().find(|(_, names)| names.contains(&name)).map(|(extra, _)| *extra);
                let (kind, group) = if is_optional { ("optional", extra) } else { (kind, group) };
                found.push(table_dependency(&name, version, kind, group, document.key_place(entry)));
            }
        }
    };
    add(table.get("dependencies"), "runtime", None);
    add(table.get("dev-dependencies"), "development", Some("dev"));
    for group in table.get("group").into_iter().flat_map(View::children) {
        add(group.get("dependencies"), "development", group.key());
    }
}

/// A dependency that a key declares, as Poetry and Pipenv write it: a version, or a table of what to install.
fn table_dependency(name: &str, value: View<'_>, kind: &str, group: Option<&str>, place: Place) -> Dependency {
    let source = ["git", "url", "path", "file"].iter().find_map(|key| value.get(key)?.string());
    let version =
        if value.kind() == NodeKind::Text { Some(value.text()) } else { value.get("version").map(View::text) };
    let extras: BTreeSet<String> =
        value.get("extras").map_or_else(Vec::new, View::strings).into_iter().map(normalised).collect();
    Dependency {
        name: normalised(name),
        extras: extras.into_iter().collect(),
        specifier: match (version, source) {
            (Some(version), _) => version.to_owned(),
            (None, Some(source)) => format!("@ {source}"),
            (None, None) => String::new(),
        },
        marker: value.get("markers").and_then(View::string).map(str::to_owned),
        kind: kind.to_owned(),
        group: group.map(str::to_owned),
        place,
    }
}

fn setup_cfg(facts: &Facts, document: &Document, found: &mut Vec<Dependency>) {
    let mut add = |view: Option<View<'_>>, kind: &str, group: Option<&str>| {
        for (line, place) in view.map_or_else(Vec::new, |view| document.lines(facts, view)) {
            found.extend(requirement(&line, kind, group, place));
        }
    };
    add(document.at(&["options", "install_requires"]), "runtime", None);
    add(document.at(&["options", "setup_requires"]), "build", None);
    add(document.at(&["options", "tests_require"]), "development", Some("tests_require"));
    for extra in document.entries(&["options.extras_require"]) {
        add(Some(extra), "optional", extra.key());
    }
}

fn setup_py(manifest: &Manifest, found: &mut Vec<Dependency>) {
    let Some(setup) = &manifest.setup_py else { return };
    for (requirements, kind, group) in [
        (&setup.install_requires, "runtime", None),
        (&setup.setup_requires, "build", None),
        (&setup.tests_require, "development", Some("tests_require")),
    ] {
        found.extend(requirements.iter().filter_map(|(text, place)| requirement(text, kind, group, place.clone())));
    }
    let extras = setup.extras.iter();
    found.extend(extras.filter_map(|(extra, text, place)| requirement(text, "optional", Some(extra), place.clone())));
}

fn pipfile(facts: &Facts, path: &str, found: &mut Vec<Dependency>) {
    let Ok(nodes) = facts.documents().load(facts, path) else { return };
    for table in View::root(&nodes).into_iter().flat_map(View::children) {
        let (kind, group) = match table.key() {
            Some("source" | "requires" | "scripts" | "pipenv" | "pipfile") | None => continue,
            Some("packages") => ("runtime", None),
            // Further tables are categories of their own.
            Some(category) => ("development", Some(category)),
        };
        for entry in table.children() {
            let Some(name) = entry.key() else { continue };
            let place = Place { path: path.to_owned(), span: entry.key_span() };
            let mut dependency = table_dependency(name, entry, kind, group, place);
            if dependency.specifier == "*" {
                dependency.specifier.clear();
            }
            found.push(dependency);
        }
    }
}

/// What conda hands on to pip; its own packages have other names.
fn conda(facts: &Facts, path: &str, found: &mut Vec<Dependency>) {
    let Ok(nodes) = facts.documents().load(facts, path) else { return };
    let Some(dependencies) = View::root(&nodes).and_then(|root| root.get("dependencies")) else { return };
    for item in dependencies.children().filter_map(|item| item.get("pip")).flat_map(View::children) {
        if let Some(text) = item.string().filter(|text| !text.starts_with('-')) {
            found.extend(requirement(text, "runtime", Some(file_name(path)), item.place(path)));
        }
    }
}

/// The packages that tox installs for its environments.
fn tox(facts: &Facts, path: &str, found: &mut Vec<Dependency>) {
    if facts.repository().file(path).is_none() {
        return;
    }
    let document = Document::load(facts, path.to_owned());
    for section in document.root().into_iter().flat_map(View::children) {
        let Some(environment) = section.key().and_then(|key| key.strip_prefix("testenv")) else { continue };
        let environment =
            Some(environment.trim_start_matches(':')).filter(|name| !name.is_empty()).unwrap_or("testenv");
        let Some(deps) = section.get("deps") else { continue };
        for (line, place) in document.lines(facts, deps) {
            // `py{38,39}-django: Django>=4`: the factor says for which environments.
            let text = match line.split_once(": ") {
                Some((_, rest)) => rest.trim(),
                None => line.as_str(),
            };
            if text.starts_with(['-', '{', '.']) || text.contains("{[") {
                continue;
            }
            let start = place.span.start as usize + (line.len() - text.len());
            let place = super::place(path, start, text.len());
            found.extend(requirement(text, "development", Some(environment), place));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{dependencies, sample};

    fn check(files: &[(&str, &str)], shown: &str) {
        let expected: Vec<&str> = shown.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(dependencies(&sample(files)), expected);
    }

    #[test]
    fn standard_tables() {
        check(
            &[(
                "pyproject.toml",
                "[project]\nname = 'Me'\ndependencies = ['FastAPI[all]>=1 ; python_version > \"3\"']\n[project.optional-dependencies]\nall = ['me[pg]']\npg = ['asyncpg']\n[dependency-groups]\ndev = [{include-group = 'test'}, 'ruff==1']\ntest = ['pytest']\n[build-system]\nrequires = ['hatchling']\n[tool.uv]\nconstraint-dependencies = ['x<2']\n[tool.hatch.envs.lint]\ndependencies = ['mypy']\n",
            )],
            r#"fastapi[all] >=1 ; python_version > "3" runtime <'FastAPI[all]>=1 ; python_version > "3"'>
            asyncpg optional/pg <'asyncpg'>
            ruff ==1 development/dev <'ruff==1'>
            pytest development/test <'pytest'>
            hatchling build <'hatchling'>
            x <2 constraint <'x<2'>
            mypy development/lint <'mypy'>"#,
        );
    }

    #[test]
    fn tables_of_poetry() {
        check(
            &[(
                "pyproject.toml",
                "[tool.poetry]\nname = 'x'\n[tool.poetry.dependencies]\npython = '^3'\nA_b = '^1'\nc = {version = '*', optional = true, extras = ['Z'], markers = 'm'}\nd = [{version = '1'}, {version = '2'}]\ne = {git = 'https://h/e'}\n[tool.poetry.extras]\nfull = ['c']\n[tool.poetry.group.docs.dependencies]\nf = '*'\n",
            )],
            "a-b ^1 runtime <A_b>
             c[z] * ; m optional/full <c>
             d 1 runtime <d>
             e @ https://h/e runtime <e>
             f * development/docs <f>",
        );
    }

    #[test]
    fn other_files() {
        check(
            &[
                (
                    "setup.cfg",
                    "[metadata]\nname = x\n[options]\ninstall_requires =\n    a>=1\n    # c\n    b; m\n[options.extras_require]\nt = c\n",
                ),
                ("Pipfile", "[[source]]\nurl = 'u'\n[packages]\nd = '*'\n[dev-packages]\ne = {version = '==1'}\n"),
                ("environment.yml", "dependencies:\n- python\n- pip:\n  - f==1\n  - -r x\n"),
                ("tox.ini", "[tox]\n[testenv]\ndeps =\n    py{38}: g>1\n    -r x\n[testenv:lint]\ndeps = h\n"),
            ],
            "d runtime <d>
             e ==1 development/dev-packages <e>
             f ==1 runtime/environment.yml <f==1>
             a >=1 runtime <a>=1>
             b ; m runtime <b; m>
             c optional/t <c>
             g >1 development/testenv <g>1>
             h development/lint <h>",
        );
    }
}
