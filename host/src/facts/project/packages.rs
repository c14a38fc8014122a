//! The import packages that a project ships, and its source roots.

use std::collections::BTreeSet;

use super::{Place, Project, Role, document, inside, setup_py};
use crate::facts::Facts;
use crate::facts::value::View;
use crate::plugin::wit::project::Package;
use crate::repository::parent;

/// Top-level folders that are no package of the product unless a build backend says so.
const NOT_PRODUCT: &[Role] =
    &[Role::Test, Role::Example, Role::Documentation, Role::Vendored, Role::Template, Role::Script];

/// The packages, sorted by path: what the build backend names, else what the folders show.
pub(super) fn packages(facts: &Facts, project: &Project, rules: &super::roles::Rules) -> Vec<Package> {
    let mut packages = declared(facts, project);
    // A backend that looks for packages in the project's own folder does not mean its tests and documentation.
    packages.retain(|package| {
        let is_top = parent(&package.path) == project.root
            && package
                .declared
                .as_ref()
                .is_none_or(|place| place.path.ends_with(".py") || !names(facts, place, &package.name));
        !is_top || !NOT_PRODUCT.contains(&rules.role(&inside(&package.path, "__init__.py")))
    });
    if packages.is_empty() {
        packages = found(facts, project, rules);
    }
    packages.sort_by(|left, right| left.path.cmp(&right.path));
    packages.dedup_by(|left, right| left.path == right.path);
    packages
}

/// Whether a setting names a package itself, rather than the folder that it lies in.
fn names(facts: &Facts, place: &Place, package: &str) -> bool {
    let text = facts.repository().read(&place.path).unwrap_or_default();
    text.get(place.span.start as usize..place.span.end as usize).is_some_and(|setting| setting.contains(package))
}

/// The folders that the packages are imported from.
pub(super) fn source_roots(project: &Project) -> Vec<String> {
    let mut roots: BTreeSet<String> = project
        .packages
        .iter()
        .map(|package| {
            let levels = package.name.matches('.').count() + 1;
            (0..levels).fold(package.path.as_str(), |path, _| parent(path)).to_owned()
        })
        .collect();
    roots.insert(project.root.clone());
    roots.into_iter().collect()
}

fn package(facts: &Facts, path: String, name: Option<&str>, place: Option<Place>) -> Option<Package> {
    let path = path.trim_end_matches('/').trim_start_matches("./").to_owned();
    let has_python =
        facts.repository().below(&path).any(|file| file.path.ends_with(".py") || file.path.ends_with(".pyi"));
    let is_module = facts.repository().file(&path).is_some() && path.ends_with(".py");
    let last = path.rsplit('/').next().unwrap_or(&path).trim_end_matches(".py").to_owned();
    (has_python || is_module).then(|| Package { name: name.map_or(last, str::to_owned), path, declared: place })
}

fn declared(facts: &Facts, project: &Project) -> Vec<Package> {
    let path = inside(&project.root, "pyproject.toml");
    let mut packages = Vec::new();
    let nodes = document(facts, &path);
    let root = nodes.as_ref().and_then(|nodes| View::root(nodes));
    if let Some(root) = root {
        let tool = |keys: &[&str]| root.get("tool").and_then(|tool| tool.at(keys));
        let add = |below: &str, place: View<'_>, packages: &mut Vec<Package>| {
            packages.extend(package(facts, inside(&project.root, below), None, Some(place.place(&path))));
        };
        for keys in [
            &["hatch", "build", "targets", "wheel", "packages"][..],
            &["hatch", "build", "packages"],
            &["scikit-build", "wheel", "packages"],
            &["setuptools", "packages"],
        ] {
            for item in tool(keys).into_iter().flat_map(View::children) {
                if let Some(text) = item.string() {
                    let folder = if keys[0] == "setuptools" { text.replace('.', "/") } else { text.to_owned() };
                    let sources = tool(&["setuptools", "package-dir", ""])
                        .and_then(View::string)
                        .filter(|_| keys[0] == "setuptools");
                    let folder = sources.map_or(folder.clone(), |source| format!("{source}/{folder}"));
                    // Only the top-level package counts.
                    if !(keys[0] == "setuptools" && text.contains('.')) {
                        add(&folder, item, &mut packages);
                    }
                }
            }
        }
        for item in tool(&["poetry", "packages"]).into_iter().flat_map(View::children) {
            if let Some(include) = item.get("include").and_then(View::string) {
                let include = include.split(['*', '/']).next().unwrap_or(include);
                let from = item.get("from").and_then(View::string);
                add(&from.map_or(include.to_owned(), |from| format!("{from}/{include}")), item, &mut packages);
            }
        }
        for item in tool(&["setuptools", "py-modules"]).into_iter().flat_map(View::children) {
            if let Some(text) = item.string() {
                add(&format!("{text}.py"), item, &mut packages);
            }
        }
        let uv_names = tool(&["uv", "build-backend", "module-name"]);
        if let Some(names) = uv_names {
            let module_root = tool(&["uv", "build-backend", "module-root"]).and_then(View::string).unwrap_or("src");
            for name in names.strings() {
                let name = name.replace('.', "/");
                let folder = if module_root.is_empty() { name } else { format!("{module_root}/{name}") };
                add(&folder, names, &mut packages);
            }
        }
        if let Some(name) = tool(&["flit", "module", "name"]).and_then(|view| Some((view, view.string()?))) {
            for folder in [name.1.to_owned(), format!("src/{}", name.1)] {
                add(&folder, name.0, &mut packages);
            }
        }
        for keys in [
            &["setuptools", "packages", "find", "where"][..],
            &["setuptools", "package-dir", ""],
            &["maturin", "python-source"],
        ] {
            if let Some(view) = tool(keys) {
                for folder in view.strings() {
                    packages.extend(children(facts, &inside(&project.root, folder), Some(view.place(&path))));
                }
            }
        }
    }
    if packages.is_empty()
        && let Some(setup) = setup_py::read(facts, &inside(&project.root, "setup.py"))
    {
        if let Some(folder) = &setup.package_folder {
            packages.extend(children(facts, &inside(&project.root, folder), Some(setup.place.clone())));
        }
        for (name, place) in setup.packages.iter().filter(|(name, _)| !name.contains('.')) {
            packages.extend(package(facts, inside(&project.root, name), None, Some(place.clone())));
        }
        for (name, place) in &setup.modules {
            packages.extend(package(facts, inside(&project.root, &format!("{name}.py")), None, Some(place.clone())));
        }
    }
    if packages.is_empty() {
        let path = inside(&project.root, "setup.cfg");
        if let Some(nodes) = document(facts, &path)
            && let Some(folder) = View::root(&nodes).and_then(|root| root.at(&["options.packages.find", "where"]))
        {
            packages.extend(children(facts, &inside(&project.root, folder.text()), Some(folder.place(&path))));
        }
    }
    packages
}

/// The folders with Python right below a folder.
fn children(facts: &Facts, folder: &str, place: Option<Place>) -> Vec<Package> {
    let folder = folder.trim_end_matches('/').trim_start_matches("./").trim_end_matches("/.");
    let folder = if folder == "." { "" } else { folder };
    let names: BTreeSet<String> = facts
        .repository()
        .below(folder)
        .filter(|file| file.path.ends_with(".py"))
        .filter_map(|file| {
            let relative = if folder.is_empty() { &file.path } else { file.path.get(folder.len() + 1..)? };
            let (name, rest) = relative.split_once('/')?;
            let is_package = rest == "__init__.py"
                || !rest.contains('/')
                || facts.repository().exists(&inside(&inside(folder, name), "__init__.py"));
            (is_package && is_identifier(name)).then(|| name.to_owned())
        })
        .collect();
    names.into_iter().filter_map(|name| package(facts, inside(folder, &name), None, place.clone())).collect()
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty()
        && name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        && !name.starts_with(|first: char| first.is_ascii_digit())
}

fn found(facts: &Facts, project: &Project, rules: &super::roles::Rules) -> Vec<Package> {
    let source = inside(&project.root, "src");
    let has_init = facts.repository().file(&inside(&source, "__init__.py")).is_some();
    let below = children(facts, &source, None);
    if !below.is_empty() && !has_init {
        return below;
    }
    let packages: Vec<Package> = children(facts, &project.root, None)
        .into_iter()
        .filter(|package| {
            facts.repository().file(&inside(&package.path, "__init__.py")).is_some()
                || names_project(project, &package.name)
        })
        .filter(|package| !NOT_PRODUCT.contains(&rules.role(&inside(&package.path, "__init__.py"))))
        .collect();
    if !packages.is_empty() {
        return packages;
    }
    let modules = facts
        .repository()
        .below(&project.root)
        .filter(|file| parent(&file.path) == project.root && file.path.ends_with(".py"));
    modules
        .filter(|file| rules.role(&file.path) == Role::Source)
        .filter_map(|file| package(facts, file.path.clone(), None, None))
        .collect()
}

fn names_project(project: &Project, package: &str) -> bool {
    project.name.as_deref().is_some_and(|name| super::normalised(name) == super::normalised(package))
}
