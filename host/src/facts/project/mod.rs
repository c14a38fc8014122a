//! The projects of a repository: where they are, what they ship, what they depend on, what each file is there for.
//!
//! A project is a folder with a `pyproject.toml` that declares one, a `setup.py`, a `setup.cfg` with metadata, or
//! requirements beside Python code. A file belongs to the nearest project upwards.
//!
//! What code does is not looked at here, but for the profiles, which are made when someone first asks for them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::OnceLock;

use super::{Facts, Target};
use crate::parallel;
use crate::plugin::wit::project::{Dependency, Profile, Project};
use crate::plugin::wit::{Place, Role, Span};
use crate::repository::{File, file_name, inside_folder, parent};

mod dependencies;
mod discovery;
mod locks;
mod managers;
mod manifest;
mod packages;
mod profiles;
mod requirement;
mod requirements;
mod roles;
mod setup_py;
mod workloads;

pub(crate) use profiles::telling_calls;

/// Files that a thread looks at before it takes the next.
const FILES_AT_ONCE: usize = 256;
/// Bytes of stack of a thread that does.
const THREAD_STACK: usize = 1 << 20;

/// What a file is there for, and which of the projects it belongs to.
#[derive(Clone, Copy)]
struct Placed {
    role: Role,
    project: Option<usize>,
}

/// All projects of a repository.
pub(crate) struct Projects {
    /// Sorted by root; profiles are not filled in.
    all: Vec<Project>,
    /// How many Python files of production code each of them has.
    source_files: Vec<u32>,
    roles: HashMap<String, Role, foldhash::fast::RandomState>,
    /// Of each file of the repository, by its index.
    placed: Vec<Placed>,
    rules: roles::Rules,
    dependencies: BTreeMap<String, Vec<Dependency>>,
    profiles: OnceLock<BTreeMap<String, Vec<Profile>>>,
    locks: locks::Locks,
}

impl Projects {
    pub(crate) fn build(facts: &Facts) -> Self {
        let mut rules = roles::Rules::new(facts);
        let (manifests, mut all): (Vec<_>, Vec<_>) = discovery::projects(facts, &rules).into_iter().unzip();
        let roots: BTreeSet<&str> = manifests.iter().map(|manifest| manifest.root.as_str()).collect();
        let mut dependencies = BTreeMap::new();
        for manifest in &manifests {
            let declared = dependencies::dependencies(facts, &rules, manifest, &roots);
            rules.learn(manifest, declared.iter().any(|dependency| dependency.name == "invoke"));
            dependencies.insert(manifest.root.clone(), declared);
        }
        for (manifest, project) in manifests.iter().zip(&mut all) {
            project.packages = packages::packages(facts, &rules, manifest, project, &roots);
            project.source_roots = packages::source_roots(project);
            project.managers = managers::managers(facts, manifest);
        }
        // What the build backend ships is code, whatever its folder is called.
        rules.shipped = all.iter().flat_map(|project| &project.packages).map(|package| package.path.clone()).collect();
        let files = facts.repository().files();
        let pieces: Vec<&[File]> = files.chunks(FILES_AT_ONCE).collect();
        let place = |(): &mut (), files: &&[File]| -> Vec<Placed> {
            let place = |file: &File| Placed { role: rules.role(&file.path), project: index_of(&all, &file.path) };
            files.iter().map(place).collect()
        };
        let placed: Vec<Placed> = parallel::map(&pieces, THREAD_STACK, || (), place).into_iter().flatten().collect();
        let mut source_files = vec![0; all.len()];
        for (file, placed) in files.iter().zip(&placed) {
            if let Some(project) = placed.project
                && placed.role == Role::Source
                && file.path.ends_with(".py")
            {
                all[project].has_source = true;
                source_files[project] += 1;
            }
        }
        let roles = files.iter().zip(&placed).map(|(file, placed)| (file.path.clone(), placed.role)).collect();
        Self {
            all,
            source_files,
            roles,
            placed,
            rules,
            dependencies,
            profiles: OnceLock::new(),
            locks: locks::Locks::default(),
        }
    }

    /// The role of a file of the repository, and the root of its project, by the file's index.
    pub(crate) fn place(&self, index: usize) -> Option<(Role, &str)> {
        let Placed { role, project } = *self.placed.get(index)?;
        Some((role, project.map_or("", |project| &self.all[project].root)))
    }

    /// All projects, sorted by root, without their profiles.
    pub(crate) fn all(&self) -> &[Project] {
        &self.all
    }

    /// Root of the project that a path belongs to; empty for the repository's root.
    pub(crate) fn root_of(&self, path: &str) -> &str {
        self.project_of(path).map_or("", |project| &project.root)
    }

    fn project_of(&self, path: &str) -> Option<&Project> {
        index_of(&self.all, path).map(|index| &self.all[index])
    }

    /// What a file is there for.
    pub(crate) fn role_of(&self, path: &str) -> Role {
        self.roles.get(path).copied().unwrap_or_else(|| self.rules.role(path))
    }

    /// The dotted path of a module from its source root; of a file outside them from the project's folder.
    pub(crate) fn module_of(&self, path: &str) -> String {
        let below = |folder: &str| match folder {
            "" => Some(path),
            folder => path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
        };
        let project = self.project_of(path);
        let roots = project.into_iter().flat_map(|project| project.source_roots.iter().chain([&project.root]));
        let relative = roots.filter_map(|root| below(root)).min_by_key(|relative| relative.len()).unwrap_or(path);
        let stem = relative.strip_suffix(".py").or_else(|| relative.strip_suffix(".pyi")).unwrap_or(relative);
        let stem = stem.strip_suffix("/__init__").unwrap_or(stem);
        stem.replace('/', ".")
    }

    /// How many Python files of production code the project of a target with this root has.
    pub(crate) fn source_files(&self, target: &Target, root: &str) -> u32 {
        let is_of_target = *target == Target::Repository || *target == Target::Project(root.to_owned());
        let mut projects = self.all.iter().zip(&self.source_files);
        projects.find(|(project, _)| is_of_target && project.root == root).map_or(0, |(_, count)| *count)
    }

    /// The profiles of the projects, by root.
    pub(crate) fn profiles(&self, facts: &Facts) -> &BTreeMap<String, Vec<Profile>> {
        self.profiles.get_or_init(|| {
            let of = |project: &Project| match facts.set_profiles(&project.root) {
                Some(set) => set.iter().map(|id| manifest_profile(id)).collect(),
                None => profiles::profiles(facts, self, project),
            };
            self.all.iter().map(|project| (project.root.clone(), of(project))).collect()
        })
    }

    /// Takes profiles for those of the projects.
    pub(super) fn recall(&self, profiles: BTreeMap<String, Vec<Profile>>) {
        // Where someone has asked before they are known, and are these.
        let _ = self.profiles.set(profiles);
    }

    /// The projects of a target with their profiles.
    pub(crate) fn projects(&self, facts: &Facts, target: &Target) -> Vec<Project> {
        let profiles = self.profiles(facts);
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
    pub(crate) fn dependencies(&self, facts: &Facts, target: &Target, names: &[String]) -> Vec<Dependency> {
        let patterns = facts.patterns().set(names.iter().map(String::as_str));
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

    /// The declared dependencies of one project.
    fn declared(&self, root: &str) -> &[Dependency] {
        self.dependencies.get(root).map_or(&[], Vec::as_slice)
    }

    /// The version of a package in the nearest lock file upwards.
    pub(crate) fn locked(&self, facts: &Facts, target: &Target, name: &str) -> Option<String> {
        let folder = match target {
            Target::Repository => "",
            Target::Project(root) => root.as_str(),
        };
        self.locks.version(facts, folder, name)
    }
}

/// The nearest project upwards, of some that are sorted by root.
fn index_of(projects: &[Project], path: &str) -> Option<usize> {
    if let [only] = projects {
        return inside_folder(path, &only.root).then_some(0);
    }
    upwards(parent(path)).find_map(|folder| projects.binary_search_by(|project| project.root.as_str().cmp(folder)).ok())
}

fn manifest_profile(id: &str) -> Profile {
    Profile { id: id.to_owned(), evidence: "the manifest says so".to_owned(), place: None }
}

/// A folder and all that it lies in, innermost first; the last one is the root, the empty path.
fn upwards(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |folder| (!folder.is_empty()).then(|| parent(folder)))
}

/// The nearest of some folders that a file lies in.
fn nearest<'a>(roots: &BTreeSet<&'a str>, path: &str) -> Option<&'a str> {
    upwards(parent(path)).find_map(|folder| roots.get(folder).copied())
}

/// Joins a project's root and a path in it.
fn inside(root: &str, path: &str) -> String {
    match (root, path) {
        ("", path) => path.to_owned(),
        (root, "") => root.to_owned(),
        (root, path) => format!("{root}/{path}"),
    }
}

fn start_of(path: &str) -> Place {
    place(path, 0, 0)
}

fn place(path: &str, start: usize, length: usize) -> Place {
    Place { path: path.to_owned(), span: Span { start: start as u32, end: (start + length) as u32 } }
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
            result.push(letter.to_ascii_lowercase());
        }
    }
    result
}

/// Whether a file is a requirements file.
fn is_requirements(path: &str) -> bool {
    let name = file_name(path);
    (name.ends_with(".txt") || name.ends_with(".in"))
        && (name.contains("requirements")
            || name.starts_with("constraints")
            || file_name(parent(path)) == "requirements")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Interest, git::Git};
    use crate::repository::Repository;

    /// The facts of a repository of these files.
    pub(super) fn sample(files: &[(&str, &str)]) -> Facts {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        Facts::new(Repository::from_files(files), Git::default(), Interest::default())
    }

    /// The dependencies, one a line, with what stands at their place.
    pub(super) fn dependencies(facts: &Facts) -> Vec<String> {
        let all = facts.projects().dependencies(facts, &Target::Repository, &["*".to_owned()]);
        all.iter().map(|one| dependency(facts, one)).collect()
    }

    fn dependency(facts: &Facts, one: &Dependency) -> String {
        let text = facts.repository().read(&one.place.path).expect("a place in a file");
        let extras = if one.extras.is_empty() { String::new() } else { format!("[{}]", one.extras.join(",")) };
        let marker = one.marker.as_ref().map(|marker| format!("; {marker}"));
        let group = one.group.as_ref().map_or_else(String::new, |group| format!("/{group}"));
        let written = &text[one.place.span.start as usize..one.place.span.end as usize];
        let words = [
            format!("{}{extras}", one.name),
            one.specifier.clone(),
            marker.unwrap_or_default(),
            format!("{}{group}", one.kind),
            format!("<{written}>"),
        ];
        words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The packages, one a line.
    pub(super) fn packages(facts: &Facts) -> Vec<String> {
        let all = facts.projects().all().iter().flat_map(|project| &project.packages);
        all.map(|package| format!("{} = {}", package.name, package.path)).collect()
    }

    /// Compares all that is known of the projects, line by line.
    pub(super) fn check(facts: &Facts, shown: &str) {
        let mut found = Vec::new();
        for project in facts.projects().all() {
            let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
            let quoted = |text: &String| if text.is_empty() { "\"\"".to_owned() } else { text.clone() };
            let roots: Vec<String> = project.source_roots.iter().map(quoted).collect();
            found.push(format!(
                "project {} {} {} {} roots [{}] managers [{}]",
                quoted(&project.root),
                or_none(&project.name),
                or_none(&project.backend),
                or_none(&project.requires_python),
                roots.join(", "),
                project.managers.join(", ")
            ));
            found.extend(project.packages.iter().map(|package| format!("package {} = {}", package.name, package.path)));
            let declared = facts.projects().declared(&project.root);
            found.extend(declared.iter().map(|one| dependency(facts, one)));
        }
        let expected: Vec<&str> = shown.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn paths_belong_to_projects_and_modules_have_names() {
        let facts = sample(&[
            ("backend/pyproject.toml", "[project]\nname = \"a\"\n"),
            ("backend/src/app/__init__.py", ""),
            ("backend/tests/test_app.py", ""),
            ("backend/plugin/setup.py", "setup(name='b')"),
            ("frontend/package.json", "{}"),
        ]);
        let projects = facts.projects();
        for (path, root, module) in [
            ("backend/src/app/__init__.py", "backend", "app"),
            ("backend/src/app/api/main.py", "backend", "app.api.main"),
            ("backend/tests/test_app.py", "backend", "tests.test_app"),
            ("backend/plugin/b.pyi", "backend/plugin", "b"),
            ("frontend/x.py", "", "frontend.x"),
            ("backendx/x.py", "", "backendx.x"),
        ] {
            assert_eq!((projects.root_of(path), projects.module_of(path).as_str()), (root, module));
        }
        assert!(projects.all()[0].has_source && !projects.all()[1].has_source);
        let count = |target: &str, root: &str| projects.source_files(&Target::Project(target.to_owned()), root);
        assert_eq!(projects.source_files(&Target::Repository, &projects.all()[0].root), 1);
        assert_eq!((count("backend/plugin", "backend/plugin"), count("backend/plugin", "backend")), (0, 0));
        assert_eq!(projects.role_of("backend/tests/other.py"), Role::Test);
        assert_eq!(projects.projects(&facts, &Target::Project("backend/plugin".to_owned())).len(), 1);
    }

    #[test]
    fn names_are_normalised() {
        for (name, shown) in [("Zope.Interface", "zope-interface"), (" a_-_b ", "a-b"), ("É", "É")] {
            assert_eq!(normalised(name), shown);
        }
    }
}
