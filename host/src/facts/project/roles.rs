//! What a file is there for, judged from its path. A build backend's word beats the name of a folder.

use std::collections::BTreeSet;

use ignore::gitignore::Gitignore;

use crate::facts::Facts;
use crate::facts::documents;
use crate::facts::value::View;
use crate::plugin::wit::Role;
use crate::repository::{file_name, ignore_rules, inside_folder, parent};

/// What decides about roles besides a file's own path.
pub(crate) struct Rules {
    /// Folders that a project generator takes its templates from.
    templates: Vec<String>,
    generated: Gitignore,
    vendored: Gitignore,
    has_invoke: bool,
    /// Paths that a build backend ships.
    pub(super) shipped: BTreeSet<String>,
}

impl Rules {
    pub(super) fn new(facts: &Facts) -> Self {
        let repository = facts.repository();
        let attributes = repository.read(".gitattributes").unwrap_or_default();
        let marked = |mark: &str| {
            let lines = attributes.lines().filter(|line| {
                line.split_whitespace().skip(1).any(|word| word == mark || word == format!("{mark}=true"))
            });
            let patterns: Vec<&str> = lines.filter_map(|line| line.split_whitespace().next()).collect();
            ignore_rules(&patterns.join("\n"))
        };
        let has_invoke = ["pyproject.toml", "requirements.txt", "requirements-dev.txt", "setup.py"]
            .iter()
            .any(|path| repository.read(path).is_ok_and(|text| text.contains("invoke")));
        Self {
            templates: templates(facts),
            generated: marked("linguist-generated"),
            vendored: marked("linguist-vendored"),
            has_invoke,
            shipped: BTreeSet::new(),
        }
    }

    /// What a file is there for.
    pub(crate) fn role(&self, path: &str) -> Role {
        if path.contains("{{")
            || path.contains("{%")
            || path.ends_with(".jinja")
            || path.ends_with(".j2")
            || path.ends_with(".jinja2")
        {
            return Role::Template;
        }
        if self.templates.iter().any(|folder| inside_folder(path, folder)) {
            return Role::Template;
        }
        let shipped = self.shipped.iter().filter(|package| inside_folder(path, package)).map(String::len).max();
        // Only what lies below the shipped package can still say that it is something else.
        let judged = shipped.map_or(path, |length| path[length..].trim_start_matches('/'));
        let name = file_name(path);
        let folders: Vec<&str> = parent(judged).split('/').filter(|part| !part.is_empty()).collect();
        let has = |names: &[&str]| folders.iter().any(|folder| names.contains(&folder.to_lowercase().as_str()));
        let marked =
            |rules: &Gitignore| !rules.is_empty() && rules.matched_path_or_any_parents(path, false).is_ignore();

        if has(&[
            "vendor",
            "_vendor",
            "vendored",
            "_vendored",
            "third_party",
            "thirdparty",
            "node_modules",
            "site-packages",
        ]) || marked(&self.vendored)
        {
            return Role::Vendored;
        }
        if name.ends_with("_pb2.py")
            || name.ends_with("_pb2_grpc.py")
            || name.ends_with("_pb2.pyi")
            || name == "_version.py" && shipped.is_some()
            || marked(&self.generated)
        {
            return Role::Generated;
        }
        if is_migration(path) {
            return Role::Migration;
        }
        if shipped.is_some() && path.ends_with(".py") {
            // Tests inside a package are tests; other names are the package's own business.
            let is_test = has(&["tests", "test"]) || is_test_name(name);
            return if is_test { Role::Test } else { Role::Source };
        }
        if has(&[
            "tests",
            "test",
            "testdata",
            "test_data",
            "fixtures",
            "testing_data",
            "__tests__",
            "integration_tests",
            "unit_tests",
            "e2e",
        ]) || is_test_name(name)
        {
            return Role::Test;
        }
        if has(&[
            "examples",
            "example",
            "samples",
            "sample",
            "demo",
            "demos",
            "benchmarks",
            "benchmark",
            "bench",
            "tutorials",
            "tutorial",
            "notebooks",
            "cookbook",
            "cookbooks",
            "playground",
        ]) {
            return Role::Example;
        }
        if has(&["docs", "doc", "documentation", "docs_src", "doc_src"])
            || name.ends_with(".md")
            || name.ends_with(".rst")
        {
            return Role::Documentation;
        }
        let is_tasks = name == "tasks.py" && self.has_invoke && !path.contains('/');
        if has(&["scripts", "script", "tools", "tool", "bin", "dev", "hack", "ci", ".ci", "utils_dev", "devtools"])
            || folders.iter().any(|folder| folder.starts_with('.'))
            || matches!(
                name,
                "noxfile.py" | "setup.py" | "fabfile.py" | "conftest.py" | "hatch_build.py" | "build.py" | "toxfile.py"
            )
            || is_tasks
        {
            return if path.ends_with(".py") || path.ends_with(".sh") { Role::Script } else { Role::Source };
        }
        Role::Source
    }
}

fn is_test_name(name: &str) -> bool {
    name.starts_with("test_") && name.ends_with(".py")
        || name.ends_with("_test.py")
        || name.ends_with("_tests.py")
        || matches!(name, "conftest.py" | "tests.py")
}

fn is_migration(path: &str) -> bool {
    let parts: Vec<&str> = path.split('/').collect();
    let pairs =
        parts.windows(2).any(|pair| matches!(pair, ["alembic" | "migrations", "versions"] | ["alembic", "env.py"]));
    let revisions =
        parts.iter().position(|part| *part == "revisions").is_some_and(|at| parts[at..].contains(&"versions"));
    let numbered = parts.windows(2).any(|pair| {
        pair[0] == "migrations" && pair[1].len() > 5 && pair[1].bytes().take(4).all(|byte| byte.is_ascii_digit())
    });
    // Whatever stands in a folder of migrations, and the single module that some projects keep them in.
    let in_folder =
        parts.windows(2).any(|pair| pair[0] == "migrations" && pair[1].ends_with(".py") && pair[1] != "__init__.py");
    let is_module = matches!(parts.last(), Some(&"migrations.py"));
    let environment = parts.windows(2).any(|pair| pair == ["migrations", "env.py"]);
    pairs || revisions || numbered || environment || in_folder || is_module
}

/// The folders that cookiecutter or copier make projects from.
fn templates(facts: &Facts) -> Vec<String> {
    let mut folders = Vec::new();
    for file in facts.repository().files() {
        let folder = parent(&file.path);
        match file_name(&file.path) {
            "cookiecutter.json" => {
                // The template is the folder whose name holds a variable; hooks belong to it too.
                folders.push(if folder.is_empty() { "hooks".to_owned() } else { format!("{folder}/hooks") });
            }
            "copier.yml" | "copier.yaml" => {
                let Ok(text) = facts.repository().read(&file.path) else { continue };
                let Ok(nodes) = documents::parse(&file.path, &text) else { continue };
                let below = View::root(&nodes).and_then(|root| root.get("_subdirectory")).and_then(View::string);
                if let Some(below) = below.filter(|below| !below.contains("{{")) {
                    folders.push(if folder.is_empty() { below.to_owned() } else { format!("{folder}/{below}") });
                }
            }
            _ => {}
        }
    }
    folders
}
