//! The import packages that a project ships, and its source roots: what the build backend is told, else what the
//! folders show.

use std::collections::{BTreeMap, BTreeSet};

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::manifest::Manifest;
use super::{Place, Project, Role, inside, nearest};
use crate::facts::Facts;
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;
use crate::plugin::wit::project::Package;
use crate::repository::{join, parent};

mod declared;

/// Namespaces nested deeper than this are not followed.
const DEEPEST_NAMESPACE: usize = 4;
/// Folders of a project that hold no package of the product unless the build backend says so.
const NOT_PACKAGES: &[&str] =
    &["build", "dist", "alembic", "migrations", "deploy", "deployment", "terraform", "htmlcov"];

/// Finds the packages of one project.
pub(super) struct Finder<'a> {
    facts: &'a Facts,
    rules: &'a super::roles::Rules,
    manifest: &'a Manifest,
    /// Roots of all projects: what belongs to another one is not shipped by this one.
    roots: &'a BTreeSet<&'a str>,
    name: Option<&'a str>,
}

/// The packages, sorted by path.
pub(super) fn packages(
    facts: &Facts,
    rules: &super::roles::Rules,
    manifest: &Manifest,
    project: &Project,
    roots: &BTreeSet<&str>,
) -> Vec<Package> {
    let finder = Finder { facts, rules, manifest, roots, name: project.name.as_deref() };
    let mut packages = finder.declared();
    if packages.is_empty() {
        packages = finder.found();
    }
    finder.add_scripts(&mut packages);
    // Of several reasons to ship a path the setting that names it counts.
    packages.sort_by(|left, right| (&left.path, left.declared.is_none()).cmp(&(&right.path, right.declared.is_none())));
    packages.dedup_by(|later, earlier| later.path == earlier.path);
    packages
}

/// The folders that the packages are imported from; the project's folder when there are none.
pub(super) fn source_roots(project: &Project) -> Vec<String> {
    let root_of = |package: &Package| {
        let levels = package.name.matches('.').count() + 1;
        (0..levels).fold(package.path.as_str(), |path, _| parent(path)).to_owned()
    };
    let roots: BTreeSet<String> = project.packages.iter().map(root_of).collect();
    if roots.is_empty() { vec![project.root.clone()] } else { roots.into_iter().collect() }
}

impl Finder<'_> {
    /// A path below the project's folder, as a setting writes it; none when it leaves the repository.
    fn path(&self, written: &str) -> Option<String> {
        join(&self.manifest.root, written.trim().trim_start_matches('/'))
    }

    /// A package of this path, if there is Python; without a name it is called like its folder.
    fn package(&self, path: &str, name: Option<&str>, declared: Option<Place>) -> Option<Package> {
        let repository = self.facts.repository();
        let is_python = |path: &str| path.ends_with(".py") || path.ends_with(".pyi");
        let path = match path {
            "" => return None,
            path if repository.file(path).is_some() && is_python(path) => path.to_owned(),
            path if repository.below(path).any(|file| is_python(&file.path)) => path.to_owned(),
            path => Some(format!("{path}.py")).filter(|module| repository.file(module).is_some())?,
        };
        let last = path.rsplit('/').next().unwrap_or(&path).trim_end_matches(".pyi").trim_end_matches(".py");
        Some(Package { name: name.unwrap_or(last).to_owned(), path, declared })
    }

    /// The Python files below a folder that belong to this project, relative to the folder.
    fn python<'f>(&'f self, folder: &str) -> impl Iterator<Item = &'f str> {
        let start = if folder.is_empty() { 0 } else { folder.len() + 1 };
        self.facts
            .repository()
            .below(folder)
            .filter(|file| file.path.ends_with(".py"))
            .filter(|file| nearest(self.roots, &file.path).is_none_or(|root| root == self.manifest.root))
            .filter_map(move |file| file.path.get(start..))
    }

    /// The packages right below a folder, namespaces followed down to what lies in them.
    fn children(&self, folder: &str, declared: Option<&Place>) -> Vec<Package> {
        let mut tops: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for path in self.python(folder) {
            let stem = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".py");
            if let Some((top, rest)) = path.split_once('/')
                && is_identifier(top)
                && is_identifier(stem)
            {
                tops.entry(top).or_default().push(rest);
            }
        }
        let mut packages = Vec::new();
        for (top, files) in tops {
            self.descend(&inside(folder, top), top, &files, declared, &mut packages);
        }
        packages
    }

    fn descend(&self, path: &str, name: &str, files: &[&str], declared: Option<&Place>, packages: &mut Vec<Package>) {
        if files.iter().any(|file| !file.contains('/')) {
            packages.push(Package { name: name.to_owned(), path: path.to_owned(), declared: declared.cloned() });
            return;
        }
        let mut below: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for file in files {
            if let Some((folder, rest)) = file.split_once('/')
                && is_identifier(folder)
            {
                below.entry(folder).or_default().push(rest);
            }
        }
        for (folder, files) in below {
            if name.matches('.').count() < DEEPEST_NAMESPACE {
                self.descend(&inside(path, folder), &format!("{name}.{folder}"), &files, declared, packages);
            }
        }
    }

    /// Whether a folder or module is the product's by its name, the project taken alone.
    fn is_product(&self, package: &Package) -> bool {
        let file =
            if package.path.ends_with(".py") { package.path.clone() } else { inside(&package.path, "__init__.py") };
        let top = package.name.split('.').next().unwrap_or(&package.name);
        self.rules.role_below(&self.manifest.root, &file) == Role::Source && !NOT_PACKAGES.contains(&top)
    }

    fn has_init(&self, package: &Package) -> bool {
        self.facts.repository().file(&inside(&package.path, "__init__.py")).is_some()
    }

    fn modules(&self, folder: &str) -> Vec<Package> {
        let direct = self.python(folder).filter(|path| !path.contains('/'));
        direct
            .filter_map(|path| self.package(&inside(folder, path), None, None))
            .filter(|module| is_identifier(&module.name) && self.is_product(module))
            .collect()
    }

    /// What the folders show: `src`, else packages beside the manifest, else loose modules.
    fn found(&self) -> Vec<Package> {
        let repository = self.facts.repository();
        let root = &self.manifest.root;
        let source = inside(root, "src");
        if repository.file(&inside(&source, "__init__.py")).is_none() {
            let mut packages = self.children(&source, None);
            packages.extend(self.modules(&source));
            packages.retain(|package| self.is_product(package));
            if !packages.is_empty() {
                return packages;
            }
        }
        let folders: Vec<Package> =
            self.children(root, None).into_iter().filter(|package| self.is_product(package)).collect();
        let mut packages: Vec<Package> = folders
            .iter()
            .filter(|package| (self.has_init(package) && !package.name.contains('.')) || self.names_project(package))
            .cloned()
            .collect();
        if packages.is_empty() {
            // Folders without `__init__.py` are packages as well, where nothing better is there.
            packages = folders.into_iter().filter(|package| !package.name.contains('.')).collect();
            packages.extend(self.modules(root));
        } else {
            packages.extend(self.modules(root).into_iter().filter(|module| self.names_project(module)));
        }
        packages
    }

    fn names_project(&self, package: &Package) -> bool {
        self.name.is_some_and(|name| super::normalised(name) == super::normalised(&package.name))
    }

    /// The modules that installed commands call are shipped.
    fn add_scripts(&self, packages: &mut Vec<Package>) {
        for (target, place) in self.manifest.scripts(self.facts) {
            let module = target.split(':').next().unwrap_or(&target).trim();
            let top = module.split('.').next().unwrap_or(module);
            let is_known = packages.iter().any(|package| package.name.split('.').next() == Some(top));
            if is_known || !is_identifier(top) {
                continue;
            }
            let is_there = |base: &String| {
                let path = inside(base, &module.replace('.', "/"));
                let is_file = |path: String| self.facts.repository().file(&path).is_some();
                is_file(format!("{path}.py")) || is_file(inside(&path, "__init__.py"))
            };
            let base = [self.path("src"), self.path("")].into_iter().flatten().find(is_there);
            packages.extend(base.and_then(|base| self.package(&inside(&base, top), None, Some(place))));
        }
    }
}

fn is_identifier(name: &str) -> bool {
    name.chars().all(|letter| letter.is_alphanumeric() || letter == '_')
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
}

/// Globs of dotted names, as `find_packages` takes them.
fn globs<'a>(patterns: impl IntoIterator<Item = &'a str>) -> GlobSet {
    let mut builder = GlobSetBuilder::new();
    for pattern in patterns {
        if let Ok(glob) = Glob::new(pattern.trim()) {
            builder.add(glob);
        }
    }
    builder.build().unwrap_or_else(|_| GlobSet::empty())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{packages, sample};

    fn check(pyproject: &str, files: &[&str], shown: &[&str]) {
        let mut all: Vec<(&str, &str)> = files.iter().map(|path| (*path, "")).collect();
        all.push(("pyproject.toml", pyproject));
        assert_eq!(packages(&sample(&all)), shown, "{pyproject}");
    }

    #[test]
    fn each_backend_names_packages_its_own_way() {
        let files = ["lib/a/__init__.py", "lib/b/c.py", "tools/__init__.py", "m.py", "tests/__init__.py"];
        let all = ["a = lib/a", "b = lib/b"];
        for (setting, shown) in [
            ("[tool.hatch.build.targets.wheel]\npackages = ['lib/a']", &["a = lib/a"][..]),
            ("[tool.hatch.build.targets.wheel]\nonly-include = ['lib']\nsources = ['lib']", &all),
            ("[tool.hatch.build.targets.wheel]\ninclude = ['/tools/**/*.py', '/tests-data']", &["tools = tools"]),
            ("[tool.setuptools]\npackages = ['a', 'a.x']\npackage-dir = {'' = 'lib'}", &["a = lib/a"]),
            ("[tool.setuptools]\npy-modules = ['m']", &["m = m.py"]),
            ("[tool.setuptools]\npackages = ['q']\npackage-dir = {q = 'lib/a'}", &["q = lib/a"]),
            ("[tool.setuptools.packages.find]\nwhere = ['lib']\nexclude = ['b*']", &["a = lib/a"]),
            ("[tool.setuptools.packages.find]\ninclude = ['tools*']", &["tools = tools"]),
            (
                "[tool.poetry]\npackages = [{include = 'a', from = 'lib'}, {include = 'm.py'}]",
                &["a = lib/a", "m = m.py"],
            ),
            ("[tool.uv.build-backend]\nmodule-root = 'lib'\nmodule-name = ['a', 'b']", &all),
            ("[tool.uv.build-backend]\nmodule-root = ''\nmodule-name = 'tools'", &["tools = tools"]),
            ("[tool.pdm.build]\nincludes = ['lib/a']", &["a = lib/a"]),
            ("[tool.pdm.build]\npackage-dir = 'lib'", &all),
            ("[tool.flit.module]\nname = 'm'", &["m = m.py"]),
            ("[tool.maturin]\npython-source = 'lib'", &all),
            ("[tool.scikit-build.wheel]\npackages = ['lib/b']", &["b = lib/b"]),
        ] {
            check(&format!("[project]\nname = 'x'\n{setting}\n"), &files, shown);
        }
        check("[project]\nname = 'x'\n[project.scripts]\nrun = 'm:main'\n", &files[3..], &["m = m.py"]);
    }

    #[test]
    fn folders_show_what_no_setting_says() {
        let project = "[project]\nname = 'my-app'\n";
        check(
            project,
            &["src/a/__init__.py", "src/n/s/x/__init__.py", "a/__init__.py"],
            &["a = src/a", "n.s.x = src/n/s/x"],
        );
        check(project, &["src/__init__.py", "src/a/__init__.py", "docs/__init__.py"], &["src = src"]);
        check(project, &["src/main.py"], &["main = src/main.py"]);
        check(
            project,
            &["my_app/main.py", "other/__init__.py", "x/y.py", "tests/a.py"],
            &["my_app = my_app", "other = other"],
        );
        check(project, &["app/main.py", "run.py", "setup.py", "scripts/x.py"], &["app = app", "run = run.py"]);
        check(project, &["README.md"], &[]);
        let namespace = "[project]\nname = 'x'\n[tool.hatch.build.targets.wheel]\ninclude = ['graph']\n";
        check(namespace, &["graph/store/base/__init__.py"], &["graph = graph"]);
    }
}
