//! Which projects are the product, and which one speaks for the repository.

use crate::paths::{parent, role};
use crate::project::{self, Project};
use crate::repository::{self, File};

use crate::bindings::plimsoll::plugin::types::Role;

/// Words in the names of folders whose projects are no code of the product.
const BESIDE: &[&str] = &["example", "template", "fixture", "sample", "testdata", "benchmark", "tutorial"];

/// The project at which something is reported that the whole repository lacks: the one nearest to the root; of several,
/// one with a name before one without, then the largest. None where no project of the product holds Python code.
pub fn main_project() -> Option<Project> {
    let mut projects = project::projects();
    if !projects.iter().any(is_product) {
        return None;
    }
    projects.retain(|project| project.root.is_empty() || is_product(project));
    let depth = |project: &Project| project.root.split('/').filter(|part| !part.is_empty()).count();
    let rank = |project: &Project| (depth(project), project.name.is_none());
    let first = projects.iter().map(rank).min()?;
    projects.retain(|project| rank(project) == first);
    if projects.len() < 2 {
        return projects.pop();
    }
    projects.into_iter().rev().max_by_key(|project| project::source_files(&project.root))
}

/// Whether a project is code of the product: not an example, a fixture or a template.
pub fn is_product(project: &Project) -> bool {
    let manifest = &project.place.path;
    project.has_source
        && !is_beside(&project.root)
        && parent(manifest) == project.root
        && role(manifest).is_none_or(|role| matches!(role, Role::Source | Role::Script))
}

/// Whether a folder on the path holds examples, fixtures, tests or templates.
pub fn is_beside(path: &str) -> bool {
    path.split('/').any(|part| BESIDE.iter().any(|word| part.contains(word)) || part == "tests")
}

/// Whether the repository holds several projects of the product.
pub fn is_monorepo() -> bool {
    project::projects().iter().filter(|project| is_product(project)).count() > 1
}

const TEST_FILES: &[&str] = &["test_*.py", "*_test.py", "tests.py"];
/// Files that are only called like tests are few; more are not looked into.
const MOST_TEST_FILES: usize = 100;
/// A test function, a class of tests, or a step of a behaviour.
const TEST_SIGNS: &[&str] = &["def test", "def it_", "def should_", "TestCase", "class Test", "@scenario"];

/// The first file with a test. A file that is only called like one has none.
pub fn first_test() -> Option<File> {
    repository::find(TEST_FILES).into_iter().filter(|file| file.role == Role::Test).take(MOST_TEST_FILES).find(|file| {
        let text = repository::read(&file.path).unwrap_or_default();
        TEST_SIGNS.iter().any(|sign| text.contains(sign))
    })
}
