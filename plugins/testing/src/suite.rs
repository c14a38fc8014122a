//! The tests of a repository: which files hold them, what they say of themselves, and where a tool for them belongs.

use plimsoll_sdk::paths::{file_name, is_below};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product;
use plimsoll_sdk::settings::{PYTEST, Settings};

/// Definitions of test functions; the group is the name.
pub(crate) const TESTS: &[&str] = &[r"(?m)^[ \t]*(?:async[ \t]+)?def[ \t]+(test_\w+)"];

/// Names of the files that pytest collects.
pub(crate) const MODULES: &[&str] = &["test_*.py", "*_test.py"];

/// Files that declare, install, configure or run the tools of the tests.
pub(crate) const CONFIGURATION: &[&str] = &[
    "*.toml",
    "*.ini",
    "*.cfg",
    "noxfile.py",
    "setup.py",
    "conftest.py",
    "*requirements*.txt",
    "*requirements*.in",
    "/requirements/**",
    "Pipfile",
    "Makefile",
    "makefile",
    "*.mk",
    "justfile",
    "Justfile",
    "*.yml",
    "*.yaml",
    "*.sh",
    "Dockerfile*",
    ".coveragerc",
    "*.spec",
];

/// Whether a text search found anything at all.
pub(crate) fn is_named(patterns: &[&str]) -> bool {
    !repository::search(patterns, CONFIGURATION).is_empty()
}

/// The modules that hold test functions, with the first function and their number; see [`TESTS`].
pub(crate) fn test_modules() -> Vec<Tally> {
    let mut modules = repository::tallies(TESTS, MODULES);
    modules.retain(|module| is_own(&module.first));
    modules
}

/// How many test functions some modules hold.
pub(crate) fn number_of_tests<'a>(modules: impl IntoIterator<Item = &'a Tally>) -> usize {
    modules.into_iter().map(|module| module.count as usize).sum()
}

/// Where a pattern matches in the modules of tests.
pub(crate) fn matches_in_tests(patterns: &[&str]) -> Vec<Match> {
    let mut found = repository::search(patterns, MODULES);
    found.retain(is_own);
    found
}

/// Whether a match lies in the repository's own tests, outside of examples, fixtures and templates.
fn is_own(found: &Match) -> bool {
    found.role == Role::Test && !is_data(&found.place.path)
}

/// Whether a path lies in a folder of input for tests rather than of tests.
pub(crate) fn is_data(path: &str) -> bool {
    const DATA: &[&str] = &[
        "data",
        "fixtures",
        "testdata",
        "test_data",
        "resources",
        "samples",
        "examples",
        "snippets",
        "docs",
        "docs_src",
    ];
    path.split('/').any(|part| DATA.contains(&part) || part.contains("template") || part.contains("cookiecutter"))
}

/// Whether the repository runs its tests with pytest.
pub(crate) fn uses_pytest() -> bool {
    !project::dependencies(&["pytest"]).is_empty()
        || Settings::of(&PYTEST, "").exists()
        || !automation::commands(&["pytest", "py.test"]).is_empty()
}

/// Where a tool for the tests of a path is missing: beside pytest, else at the project that holds the path.
pub(crate) fn place_of_tools(path: &str) -> Option<Place> {
    let main = product::main_project()?;
    let mut projects = project::projects();
    projects.retain(|project| is_below(path, &project.root) && !product::is_beside(&project.root));
    let project = projects.into_iter().max_by_key(|project| project.root.len()).unwrap_or(main);
    let beside = |dependency: &Dependency| {
        let path = &dependency.place.path;
        dependency.kind != "constraint" && project.path(file_name(path)) == *path
    };
    let pytest = project::dependencies(&["pytest"]).into_iter().find(beside);
    Some(pytest.map_or(project.place.clone(), |pytest| pytest.place))
}

/// The folder of the project that holds a path.
pub(crate) fn project_of(projects: &[Project], path: &str) -> String {
    let holders = projects.iter().map(|project| &project.root).filter(|root| is_below(path, root));
    holders.max_by_key(|root| root.len()).cloned().unwrap_or_default()
}

/// Whether a dependency is there for tests: in a group or extra for development, not what users install.
pub(crate) fn is_for_tests(dependency: &Dependency) -> bool {
    let is_test_extra = || {
        let group = dependency.group.as_deref().unwrap_or_default().to_ascii_lowercase();
        group.contains("test") || group.contains("dev")
    };
    match dependency.kind.as_str() {
        "development" => true,
        "optional" | "runtime" => is_test_extra(),
        _ => false,
    }
}
