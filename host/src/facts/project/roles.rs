//! What a file is there for, judged from its path: the names of its folders, of itself, and what the repository says of
//! them in `.gitattributes` and in the configuration of project generators. A build backend's word beats the name of a
//! folder: what it ships is source, whatever it is called.
//!
//! What only the content tells (a header that says a generator wrote it) is left to whoever reads the content.

use std::borrow::Cow;
use std::collections::HashSet;

use ignore::gitignore::Gitignore;

use super::manifest::Manifest;
use crate::facts::Facts;
use crate::facts::documents;
use crate::facts::value::View;
use crate::plugin::wit::Role;
use crate::repository::{file_name, ignore_rules, join, parent};

/// Looked into for each folder of each file.
type Paths = HashSet<String, foldhash::fast::RandomState>;

/// Folders that hold the input of a project generator when a manifest of a project lies in them.
const TEMPLATE_FOLDERS: &[&str] = &[
    "template",
    "templates",
    "project_template",
    "project-template",
    "project_templates",
    "app_template",
    "skeleton",
    "scaffold",
    "scaffolds",
    "scaffolding",
];

/// What decides about roles besides a file's own path.
pub(crate) struct Rules {
    /// Folders that a project generator takes its templates from.
    templates: Paths,
    /// The marks of each `.gitattributes`, by its folder.
    attributes: Vec<Attributes>,
    /// Paths that a build backend ships.
    pub(super) shipped: Paths,
    /// Files that tools write when the version changes.
    versions: Paths,
    /// `tasks.py` of projects that use invoke.
    tasks: Paths,
    /// Folders called `migrations`, or `…_migrations`, that do hold migrations of a database.
    migrations: Paths,
}

struct Attributes {
    folder: String,
    generated: Gitignore,
    vendored: Gitignore,
}

/// What the name of a folder says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Folder {
    Vendored,
    Test,
    Example,
    Documentation,
    Script,
}

impl Rules {
    pub(super) fn new(facts: &Facts) -> Self {
        let repository = facts.repository();
        let attributes = repository
            .files()
            .iter()
            .filter(|file| file_name(&file.path) == ".gitattributes")
            .filter_map(|file| Attributes::read(parent(&file.path), &repository.read(&file.path).ok()?))
            .collect();
        Self {
            templates: templates(facts),
            attributes,
            shipped: Paths::default(),
            versions: Paths::default(),
            tasks: Paths::default(),
            migrations: migrations(facts),
        }
    }

    /// Takes in what the manifest of a project says of single files.
    pub(super) fn learn(&mut self, manifest: &Manifest, uses_invoke: bool) {
        let keys: [&[&str]; 6] = [
            &["tool", "setuptools_scm", "write_to"],
            &["tool", "setuptools_scm", "version_file"],
            &["tool", "hatch", "build", "hooks", "vcs", "version-file"],
            &["tool", "pdm", "version", "write_to"],
            &["tool", "versioneer", "versionfile_source"],
            &["tool", "scikit-build", "generate"],
        ];
        let in_pyproject = keys.iter().filter_map(|keys| manifest.pyproject.at(keys)?.string());
        let in_setup_cfg = manifest.setup_cfg.at(&["versioneer", "versionfile_source"]).map(View::text);
        for path in in_pyproject.chain(in_setup_cfg) {
            self.versions.extend(join(&manifest.root, path));
        }
        if uses_invoke {
            self.tasks.insert(super::inside(&manifest.root, "tasks.py"));
        }
    }

    /// What a file is there for.
    pub(crate) fn role(&self, path: &str) -> Role {
        if self.is_template(path) {
            return Role::Template;
        }
        let shipped = ends(path).filter(|&end| self.shipped.contains(&path[..end])).last();
        // Only what lies below the shipped package can still say that it is something else.
        self.judge(path, shipped.map_or(path, |end| path[end..].trim_start_matches('/')), shipped.is_some())
    }

    /// What a file of a project is there for, as if the project were alone in the repository: its own folder may be
    /// called `tools`.
    pub(super) fn role_below(&self, root: &str, path: &str) -> Role {
        if self.is_template(path) {
            return Role::Template;
        }
        self.judge(path, path.strip_prefix(root).unwrap_or(path).trim_start_matches('/'), false)
    }

    fn judge(&self, path: &str, judged: &str, is_shipped: bool) -> Role {
        let name = file_name(path);
        let mut kinds: Vec<Folder> = Vec::new();
        let mut is_hidden = false;
        for part in parent(judged).split('/').filter(|part| !part.is_empty()) {
            kinds.extend(folder(part));
            is_hidden |= part.starts_with('.');
        }
        let has = |kind: Folder| kinds.contains(&kind);
        // The outer folder decides: examples in the documentation, or the documentation of an example.
        let shown = kinds.iter().find(|kind| matches!(kind, Folder::Example | Folder::Documentation));
        if has(Folder::Vendored) || self.is_marked(path, |one| &one.vendored) {
            return Role::Vendored;
        }
        let is_protobuf =
            ["_pb2.py", "_pb2_grpc.py", "_pb2.pyi", "_pb2_grpc.pyi"].iter().any(|end| name.ends_with(end));
        if is_protobuf
            || matches!(name, "versioneer.py" | "ez_setup.py")
            || self.versions.contains(path)
            || self.is_marked(path, |one| &one.generated)
        {
            return Role::Generated;
        }
        if is_shipped {
            // Tests inside a package are tests; other names are the package's own business.
            let is_test = parent(judged).split('/').any(|part| {
                matches!(part, "tests" | "test" | "testdata" | "test_data" | "unittests" | "integration_tests")
            });
            return match () {
                () if is_test || is_test_module(name) => Role::Test,
                () if self.is_migration(path) => Role::Migration,
                () if is_prose(name) => Role::Documentation,
                () => Role::Source,
            };
        }
        let is_program = matches!(
            extension(name),
            "py" | "sh" | "bash" | "zsh" | "fish" | "ps1" | "pl" | "rb" | "js" | "mjs" | "ts"
        ) || !name.contains('.')
            && !matches!(name, "Dockerfile" | "Makefile" | "Justfile" | "justfile" | "Containerfile");
        let is_tool = matches!(
            name,
            "noxfile.py" | "toxfile.py" | "setup.py" | "fabfile.py" | "hatch_build.py" | "build.py" | "pavement.py"
        );
        match () {
            () if has(Folder::Test) || is_test_module(name) => Role::Test,
            () if self.is_migration(path) => Role::Migration,
            () if shown == Some(&Folder::Example) => Role::Example,
            () if shown.is_some() || is_prose(name) => Role::Documentation,
            () if is_tool || self.tasks.contains(path) => Role::Script,
            () if (has(Folder::Script) || is_hidden) && is_program => Role::Script,
            () => Role::Source,
        }
    }

    fn is_migration(&self, path: &str) -> bool {
        let (name, folder) = (file_name(path), parent(path));
        // The single module that some projects keep them in.
        if name == "migrations.py" {
            return true;
        }
        let is_kept = |folder: &str| self.migrations.contains(folder);
        let parts = || folder.split('/');
        let is_alembic =
            parts().zip(parts().skip(1)).any(|pair| matches!(pair, ("alembic" | "migrations", "versions")))
                || parts().skip_while(|part| *part != "revisions").any(|part| part == "versions");
        let is_environment = name == "env.py" && matches!(file_name(folder), "alembic" | "migrations");
        is_alembic || is_environment || name.ends_with(".py") && (is_kept(folder) || is_kept(parent(folder)))
    }

    fn is_template(&self, path: &str) -> bool {
        path.contains("{{")
            || path.contains("{%")
            || matches!(extension(path), "jinja" | "j2" | "jinja2")
            || path.ends_with("-tpl")
            || !self.templates.is_empty() && ends(path).any(|end| self.templates.contains(&path[..end]))
    }

    fn is_marked(&self, path: &str, rules: impl Fn(&Attributes) -> &Gitignore) -> bool {
        let mut is_marked = false;
        for one in &self.attributes {
            let relative = match one.folder.as_str() {
                "" => Some(path),
                folder => path.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')),
            };
            match relative.map(|relative| rules(one).matched_path_or_any_parents(relative, false)) {
                Some(ignore::Match::Ignore(_)) => is_marked = true,
                Some(ignore::Match::Whitelist(_)) => is_marked = false,
                _ => {}
            }
        }
        is_marked
    }
}

impl Attributes {
    fn read(folder: &str, text: &str) -> Option<Self> {
        let marked = |mark: &str| {
            let mut patterns = String::new();
            for line in text.lines() {
                let mut words = line.split_whitespace();
                let Some(pattern) = words.next().filter(|pattern| !pattern.starts_with(['#', '!'])) else { continue };
                for word in words {
                    let (name, value) = word.split_once('=').unwrap_or((word, "true"));
                    let is_off = name.starts_with(['-', '!']) || value == "false";
                    if name.trim_start_matches(['-', '!']) == mark {
                        patterns.push_str(if is_off { "!" } else { "" });
                        patterns.push_str(pattern);
                        patterns.push('\n');
                    }
                }
            }
            ignore_rules(&patterns)
        };
        let (generated, vendored) = (marked("linguist-generated"), marked("linguist-vendored"));
        let says_anything = !generated.is_empty() || !vendored.is_empty();
        says_anything.then(|| Self { folder: folder.to_owned(), generated, vendored })
    }
}

/// The ends of all folders of a path, outermost first, and of the path itself.
fn ends(path: &str) -> impl Iterator<Item = usize> {
    path.match_indices('/').map(|(end, _)| end).chain([path.len()])
}

fn extension(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// What the name of a folder says of the files below it.
fn folder(name: &str) -> Option<Folder> {
    let lower = match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    };
    Some(match &*lower {
        "vendor" | "_vendor" | "vendored" | "_vendored" | "third_party" | "third-party" | "thirdparty"
        | "node_modules" | "site-packages" | "bower_components" => Folder::Vendored,
        "tests" | "test" | "testing" | "testdata" | "test_data" | "testing_data" | "fixtures" | "__tests__"
        | "unittests" | "e2e" | "functional_tests" => Folder::Test,
        "examples" | "example" | "samples" | "sample" | "demo" | "demos" | "benchmarks" | "benchmark" | "bench"
        | "tutorials" | "tutorial" | "notebooks" | "cookbook" | "cookbooks" | "playground" => Folder::Example,
        "docs" | "doc" | "documentation" | "docs_src" | "doc_src" => Folder::Documentation,
        "scripts" | "script" | "tools" | "tool" | "bin" | "dev" | "hack" | "ci" | "devtools" | "dev_tools" => {
            Folder::Script
        }
        name if ["tests_", "tests-", "test_", "test-"].iter().any(|start| name.starts_with(start)) => Folder::Test,
        name if ["-examples", "-example", "_examples", "_example"].iter().any(|end| name.ends_with(end)) => {
            Folder::Example
        }
        name if ["example-", "examples-"].iter().any(|start| name.starts_with(start)) => Folder::Example,
        name if ["_tests", "-tests", "_test", "-test"].iter().any(|end| name.ends_with(end)) => Folder::Test,
        _ => return None,
    })
}

/// Whether a Python file is a test by its own name.
fn is_test_module(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(".py") else { return false };
    stem.starts_with("test_")
        || stem.ends_with("_test")
        || stem.ends_with("_tests")
        || matches!(stem, "conftest" | "tests")
}

fn is_prose(name: &str) -> bool {
    matches!(extension(name), "md" | "rst" | "mdx")
}

/// The folders called `migrations`, or `…_migrations`, with files that are numbered or dated, or with what Alembic puts
/// there. Others hold code that migrates something else.
fn migrations(facts: &Facts) -> Paths {
    let is_called_so = |folder: &str| {
        let name = file_name(folder);
        name == "migrations" || name.ends_with("_migrations")
    };
    let mut folders = Paths::default();
    for file in facts.repository().files().iter().filter(|file| file.path.ends_with(".py")) {
        let name = file_name(&file.path);
        let folder = parent(&file.path);
        let is_evidence = name == "env.py" || name.starts_with(|first: char| first.is_ascii_digit());
        let found = [folder, parent(folder)].into_iter().find(|folder| is_called_so(folder));
        folders.extend(found.filter(|_| is_evidence || file_name(folder) == "versions").map(str::to_owned));
    }
    folders
}

/// The folders that project generators make projects from.
fn templates(facts: &Facts) -> Paths {
    let repository = facts.repository();
    let mut folders = Paths::default();
    for file in repository.files() {
        let folder = parent(&file.path);
        match file_name(&file.path) {
            // The template is the folder whose name holds a variable; hooks belong to it too.
            "cookiecutter.json" => {
                folders.insert(super::inside(folder, "hooks"));
            }
            "copier.yml" | "copier.yaml" => {
                let Ok(text) = repository.read(&file.path) else { continue };
                let Ok(nodes) = documents::parse(&file.path, &text) else { continue };
                let below = View::root(&nodes).and_then(|root| root.get("_subdirectory")).and_then(View::string);
                let below = below.filter(|below| !below.contains("{{")).and_then(|below| join(folder, below));
                folders.extend(below.filter(|below| !below.is_empty() && below != folder));
            }
            "pyproject.toml" | "setup.py" | "manage.py" => {
                let named = ends(&file.path).find(|&end| TEMPLATE_FOLDERS.contains(&file_name(&file.path[..end])));
                folders.extend(named.map(|end| file.path[..end].to_owned()));
            }
            _ => {}
        }
    }
    folders
}

#[cfg(test)]
mod tests {
    use super::super::tests::sample;

    fn check(files: &[&str], shown: &str) {
        let facts = sample(&files.iter().map(|path| (*path, content(path))).collect::<Vec<_>>());
        let roles: Vec<String> = files
            .iter()
            .map(|path| format!("{path} {:?}", facts.projects().role_of(path)).replace("Role::", ""))
            .collect();
        let expected: Vec<&str> = shown.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(roles, expected);
    }

    fn content(path: &str) -> &'static str {
        match path {
            "pyproject.toml" => {
                "[project]\nname='x'\ndependencies=['invoke']\n[tool.hatch.build.targets.wheel]\npackages=['tools/x']\n[tool.setuptools_scm]\nwrite_to='tools/x/_version.py'\n"
            }
            ".gitattributes" => "gen/** linguist-generated\n/lib/* linguist-vendored=true\n",
            "lib/.gitattributes" => "own.py -linguist-vendored\n",
            "copier.yml" => "_subdirectory: blueprint\n",
            _ => "",
        }
    }

    #[test]
    fn names_tell_and_the_backend_beats_them() {
        check(
            &[
                "pyproject.toml",
                "tools/x/__init__.py",
                "tools/x/_version.py",
                "tools/x/dev/run.py",
                "tools/x/tests/data.json",
                "tools/x/migrations/0001_initial.py",
                "tools/x/migrations/__init__.py",
                "tools/x/importers/migrations/recipes.py",
                "tools/x/db_migrations/0001_initial.py",
                "tools/x/db_migrations/merge_names.py",
                "tools/x/data_migrations/recipes.py",
                "tools/release.py",
                "tools/settings.yaml",
                "tasks.py",
                "tests/migrations/0001_initial.py",
                "app/api_pb2_grpc.py",
                "docs/conf.py",
                "README.md",
                "alembic/env.py",
                "migrations/versions/abc.py",
                "benchmarks/run.py",
                ".github/scripts/check.py",
                "vendor/a/tests/b.py",
                "conftest.py",
                "noxfile.py",
            ],
            "pyproject.toml Source
             tools/x/__init__.py Source
             tools/x/_version.py Generated
             tools/x/dev/run.py Source
             tools/x/tests/data.json Test
             tools/x/migrations/0001_initial.py Migration
             tools/x/migrations/__init__.py Migration
             tools/x/importers/migrations/recipes.py Source
             tools/x/db_migrations/0001_initial.py Migration
             tools/x/db_migrations/merge_names.py Migration
             tools/x/data_migrations/recipes.py Source
             tools/release.py Script
             tools/settings.yaml Source
             tasks.py Script
             tests/migrations/0001_initial.py Test
             app/api_pb2_grpc.py Generated
             docs/conf.py Documentation
             README.md Documentation
             alembic/env.py Migration
             migrations/versions/abc.py Migration
             benchmarks/run.py Example
             .github/scripts/check.py Script
             vendor/a/tests/b.py Vendored
             conftest.py Test
             noxfile.py Script",
        );
    }

    #[test]
    fn templates_and_attributes() {
        check(
            &[
                "copier.yml",
                "blueprint/main.py",
                "cli/templates/basic/pyproject.toml",
                "cli/templates/basic/src/a.py",
                "web/templates/a.html",
                "{{cookiecutter.name}}/setup.py",
                ".gitattributes",
                "gen/client/api.py",
                "lib/other.py",
                "lib/own.py",
                "lib/.gitattributes",
            ],
            "copier.yml Source
             blueprint/main.py Template
             cli/templates/basic/pyproject.toml Template
             cli/templates/basic/src/a.py Template
             web/templates/a.html Source
             {{cookiecutter.name}}/setup.py Template
             .gitattributes Source
             gen/client/api.py Generated
             lib/other.py Vendored
             lib/own.py Source
             lib/.gitattributes Vendored",
        );
    }
}
