//! The projects of a repository: where they are, what they ship, what they depend on, what each file is there for.
//!
//! A project is a folder with a `pyproject.toml` that declares one, a `setup.py`, a `setup.cfg` with metadata, or
//! requirements beside Python code. A file belongs to the nearest project upwards.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::pattern::PatternSet;
use super::value::View;
use super::{Facts, Target};
use crate::plugin::wit::project::{Dependency, Profile, Project};
use crate::plugin::wit::{Node, Place, Role, Span};
use crate::repository::{file_name, parent};

mod dependencies;
mod discovery;
mod packages;
mod profiles;
mod requirements;
mod roles;
mod setup_py;

pub(crate) use profiles::telling_calls;

/// All projects of a repository.
pub(crate) struct Projects {
    /// Sorted by root; profiles are not filled in.
    all: Vec<Project>,
    roles: HashMap<String, Role>,
    rules: roles::Rules,
    dependencies: BTreeMap<String, Vec<Dependency>>,
    profiles: OnceLock<BTreeMap<String, Vec<Profile>>>,
    locks: Mutex<HashMap<String, Arc<HashMap<String, String>>>>,
}

impl Projects {
    pub(crate) fn build(facts: &Facts) -> Self {
        let mut rules = roles::Rules::new(facts);
        let mut all = discovery::projects(facts, &rules);
        for project in &mut all {
            project.packages = packages::packages(facts, project, &rules);
            project.source_roots = packages::source_roots(project);
        }
        // What the build backend ships is code, whatever its folder is called.
        rules.shipped =
            all.iter().flat_map(|project| project.packages.iter().map(|package| package.path.clone())).collect();
        let roles: HashMap<String, Role> =
            facts.repository().files().iter().map(|file| (file.path.clone(), rules.role(&file.path))).collect();
        let mut dependencies = BTreeMap::new();
        let roots: BTreeSet<String> = all.iter().map(|project| project.root.clone()).collect();
        for project in &mut all {
            dependencies.insert(project.root.clone(), dependencies::dependencies(facts, project));
            project.managers = dependencies::managers(facts, &project.root);
            project.has_source = facts.repository().below(&project.root).any(|file| {
                file.path.ends_with(".py")
                    && roles.get(&file.path) == Some(&Role::Source)
                    && nearest(&roots, &file.path) == project.root
            });
        }
        Self { all, roles, rules, dependencies, profiles: OnceLock::new(), locks: Mutex::default() }
    }

    /// All projects, sorted by root, without their profiles.
    pub(crate) fn all(&self) -> &[Project] {
        &self.all
    }

    /// Root of the project that a path belongs to; empty for the repository's root.
    pub(crate) fn root_of(&self, path: &str) -> &str {
        let mut folder = parent(path);
        loop {
            if let Ok(index) = self.all.binary_search_by(|project| project.root.as_str().cmp(folder)) {
                return &self.all[index].root;
            }
            if folder.is_empty() {
                return "";
            }
            folder = parent(folder);
        }
    }

    /// What a file is there for.
    pub(crate) fn role_of(&self, path: &str) -> Role {
        self.roles.get(path).copied().unwrap_or_else(|| self.rules.role(path))
    }

    /// The dotted path of a module from its source root.
    pub(crate) fn module_of(&self, path: &str) -> String {
        let root = self.root_of(path);
        let roots =
            self.all.iter().find(|project| project.root == root).map_or(&[][..], |project| &project.source_roots);
        let inside = |source: &String| match source.as_str() {
            "" => Some(path),
            source => path.strip_prefix(source).and_then(|rest| rest.strip_prefix('/')),
        };
        let relative = roots.iter().filter_map(inside).min_by_key(|relative| relative.len()).unwrap_or(path);
        let stem = relative.strip_suffix(".py").or_else(|| relative.strip_suffix(".pyi")).unwrap_or(relative);
        let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
        stem.replace('/', ".")
    }

    /// The projects of a target with their profiles.
    pub(crate) fn projects(&self, facts: &Facts, target: &Target) -> Vec<Project> {
        let profiles = self.profiles.get_or_init(|| {
            let of = |project: &Project| match facts.set_profiles(&project.root) {
                Some(set) => set.iter().map(|id| manifest_profile(id)).collect(),
                None => profiles::profiles(facts, self, project),
            };
            self.all.iter().map(|project| (project.root.clone(), of(project))).collect()
        });
        let wanted = |project: &&Project| match target {
            Target::Repository => true,
            Target::Project(root) => project.root == *root,
        };
        let with_profiles = |project: &Project| Project {
            profiles: profiles.get(&project.root).cloned().unwrap_or_default(),
            ..project.clone()
        };
        self.all.iter().filter(wanted).map(with_profiles).collect()
    }

    /// The declared dependencies of a target whose name matches one of the patterns.
    pub(crate) fn dependencies(&self, _facts: &Facts, target: &Target, names: &[String]) -> Vec<Dependency> {
        let patterns = PatternSet::new(names.iter().map(String::as_str));
        let of = |root: &String| match target {
            Target::Repository => true,
            Target::Project(wanted) => root == wanted,
        };
        self.dependencies
            .iter()
            .filter(|(root, _)| of(root))
            .flat_map(|(_, dependencies)| dependencies)
            .filter(|dependency| patterns.is_match(&dependency.name))
            .cloned()
            .collect()
    }

    /// The version of a package in the nearest lock file upwards.
    pub(crate) fn locked(&self, facts: &Facts, target: &Target, name: &str) -> Option<String> {
        let mut folder = match target {
            Target::Repository => "",
            Target::Project(root) => root.as_str(),
        };
        loop {
            for file in ["uv.lock", "poetry.lock", "pdm.lock"] {
                let path = if folder.is_empty() { file.to_owned() } else { format!("{folder}/{file}") };
                if facts.repository().file(&path).is_some() {
                    return self.lock(facts, &path).get(name).cloned();
                }
            }
            if folder.is_empty() {
                return None;
            }
            folder = parent(folder);
        }
    }

    fn lock(&self, facts: &Facts, path: &str) -> Arc<HashMap<String, String>> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = locks.entry(path.to_owned()).or_insert_with(|| {
            let Some(document) = document(facts, path) else { return Arc::default() };
            let packages = View::root(&document).and_then(|root| root.get("package"));
            let entry = |package: View<'_>| {
                Some((normalised(package.get("name")?.string()?), package.get("version")?.string()?.to_owned()))
            };
            Arc::new(packages.into_iter().flat_map(View::children).filter_map(entry).collect())
        });
        Arc::clone(lock)
    }
}

fn manifest_profile(id: &str) -> Profile {
    Profile { id: id.to_owned(), evidence: "the manifest says so".to_owned(), place: None }
}

fn nearest<'a>(roots: &'a BTreeSet<String>, path: &str) -> &'a str {
    let mut folder = parent(path);
    loop {
        if let Some(root) = roots.get(folder) {
            return root;
        }
        if folder.is_empty() {
            return "";
        }
        folder = parent(folder);
    }
}

/// A document that is there and parses. Roles are not known yet while projects are found, so a broken file is not
/// reported here but when a rule asks for it.
fn document(facts: &Facts, path: &str) -> Option<Vec<Node>> {
    let text = facts.repository().read(path).ok()?;
    super::documents::parse(path, &text).ok()
}

/// Joins a project's root and a path in it.
fn inside(root: &str, path: &str) -> String {
    if root.is_empty() { path.to_owned() } else { format!("{root}/{path}") }
}

fn start_of(path: &str) -> Place {
    Place { path: path.to_owned(), span: Span { start: 0, end: 0 } }
}

/// A distribution's name in the form of PEP 503.
pub(crate) fn normalised(name: &str) -> String {
    let mut result = String::with_capacity(name.len());
    for letter in name.trim().chars() {
        if matches!(letter, '-' | '_' | '.') {
            if !result.ends_with('-') {
                result.push('-');
            }
        } else {
            result.extend(letter.to_lowercase());
        }
    }
    result
}

/// Whether a file is a requirements file.
fn is_requirements(path: &str) -> bool {
    let name = file_name(path);
    let in_folder = file_name(parent(path)) == "requirements";
    (name.ends_with(".txt") || name.ends_with(".in"))
        && (name.starts_with("requirements") || name.contains("requirements") || in_folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Interest, git::Git};
    use crate::repository::Repository;

    fn facts(files: &[(&str, &str)]) -> Facts {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        Facts::new(Repository::from_files(files), Git::default(), Interest::default())
    }

    #[test]
    fn projects_are_found_with_their_packages() {
        let facts = facts(&[
            (
                "backend/pyproject.toml",
                "[project]\nname = \"a\"\ndependencies = [\"FastAPI[all]>=1 ; python_version>'3'\"]\n",
            ),
            ("backend/src/app/__init__.py", ""),
            ("backend/tests/test_app.py", ""),
            ("frontend/package.json", "{}"),
            ("docs/conf.py", ""),
        ]);
        let projects = facts.projects();
        let shown: Vec<_> = projects
            .all()
            .iter()
            .map(|one| format!("{} {:?} {:?} {}", one.root, one.source_roots, one.packages[0].path, one.has_source))
            .collect();
        assert_eq!(shown, [r#"backend ["backend", "backend/src"] "backend/src/app" true"#]);
        assert_eq!(projects.root_of("backend/src/app/x.py"), "backend");
        assert_eq!(projects.module_of("backend/src/app/__init__.py"), "app");
        assert_eq!(projects.role_of("backend/tests/test_app.py"), Role::Test);
        let dependency = &projects.dependencies(&facts, &Target::Repository, &["*".to_owned()])[0];
        assert_eq!((dependency.name.as_str(), dependency.specifier.as_str()), ("fastapi", ">=1"));
        assert_eq!(dependency.extras, ["all"]);
    }

    #[test]
    fn requirements_files_refer_to_each_other() {
        let facts = facts(&[
            ("requirements.txt", "-r requirements/base.txt\nflask==1 # web\n"),
            ("requirements/base.txt", "-r ../requirements.txt\nrequests\n"),
            ("requirements-dev.txt", "pytest\n"),
            ("app.py", "x = 1\n"),
        ]);
        let dependencies = facts.projects().dependencies(&facts, &Target::Repository, &["*".to_owned()]);
        let shown: Vec<_> =
            dependencies.iter().map(|one| format!("{} {} {}", one.name, one.kind, one.place.path)).collect();
        assert_eq!(
            shown,
            [
                "pytest development requirements-dev.txt",
                "flask runtime requirements.txt",
                "requests runtime requirements/base.txt"
            ]
        );
    }

    #[test]
    fn setup_py_is_read_without_being_run() {
        let facts = facts(&[
            (
                "setup.py",
                "from setuptools import setup\nREQS = ['a>=1']\nsetup(name='x', install_requires=REQS, python_requires='>=3.8', extras_require={'dev': ['b']})\n",
            ),
            ("x/__init__.py", ""),
        ]);
        let project = &facts.projects().all()[0];
        assert_eq!((project.name.as_deref(), project.requires_python.as_deref()), (Some("x"), Some(">=3.8")));
        let dependencies = facts.projects().dependencies(&facts, &Target::Repository, &["*".to_owned()]);
        let shown: Vec<_> = dependencies.iter().map(|one| format!("{} {}", one.name, one.kind)).collect();
        assert_eq!(shown, ["a runtime", "b optional"]);
    }
}
