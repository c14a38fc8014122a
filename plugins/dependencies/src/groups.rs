//! Where dependencies stand, and which of them serve development.

use plimsoll_sdk::prelude::*;

/// Names and beginnings of names of distributions that only developers need.
const TOOLS: &[&str] = &[
    "pytest",
    "pytest-*",
    "ruff",
    "black",
    "isort",
    "flake8",
    "flake8-*",
    "pylint",
    "pylint-*",
    "mypy",
    "pyright",
    "basedpyright",
    "ty",
    "bandit",
    "pip-audit",
    "safety",
    "pre-commit",
    "prek",
    "nox",
    "tox",
    "tox-*",
    "coverage",
    "codecov",
    "hypothesis",
    "factory-boy",
    "model-bakery",
    "testcontainers",
    "freezegun",
    "time-machine",
    "responses",
    "respx",
    "requests-mock",
    "vcrpy",
    "ipdb",
    "ipython",
    "jupyter",
    "jupyterlab",
    "notebook",
    "mkdocs",
    "mkdocs-*",
    "mkdocstrings*",
    "sphinx",
    "sphinx-*",
    "twine",
    "build",
    "bump2version",
    "bumpversion",
    "autoflake",
    "pyupgrade",
];

/// Tools of documentation.
const DOCUMENTATION: &[&str] =
    &["mkdocs", "mkdocs-*", "mkdocstrings*", "sphinx", "sphinx-*", "furo", "pdoc", "zensical"];

/// Whether a distribution is a tool of developers.
pub(crate) fn is_tool(name: &str) -> bool {
    TOOLS.iter().any(|tool| matches(tool, name))
}

/// Whether a distribution is a tool of documentation.
pub(crate) fn is_for_documentation(name: &str) -> bool {
    DOCUMENTATION.iter().any(|tool| matches(tool, name))
}

fn matches(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix('*').map_or(pattern == name, |start| name.starts_with(start))
}

/// Whether a dependency is of development: in a group, or in an extra whose name says so.
pub(crate) fn is_of_development(dependency: &Dependency) -> bool {
    const WORDS: &[&str] =
        &["dev", "develop", "development", "test", "tests", "testing", "lint", "linting", "doc", "docs", "typing"];
    dependency.is_of_development(WORDS)
}

/// Whether a dependency is declared in a `pyproject.toml`.
pub(crate) fn is_in_pyproject(dependency: &Dependency) -> bool {
    dependency.place.path.ends_with("pyproject.toml")
}

/// Whether a dependency is declared in a file of requirements.
pub(crate) fn is_in_requirements(dependency: &Dependency) -> bool {
    dependency.place.path.ends_with(".txt") || dependency.place.path.ends_with(".in")
}

/// Whether a dependency of a project stands in what uv installs and locks: the project's own lists and groups, and not
/// in the environments of some other tool.
pub(crate) fn is_locked(project: &Project, dependency: &Dependency) -> bool {
    let path = project.path("pyproject.toml");
    let Some(group) = dependency.group.as_deref().filter(|_| dependency.kind == "development") else { return true };
    let has = |keys: &[&str]| documents::read(&path, keys).is_ok();
    has(&["dependency-groups", group]) || group == "dev" && has(&["tool", "uv", "dev-dependencies"])
}

/// Whether a project is one of tools, documentation or other things beside the product.
pub(crate) fn is_beside_product(project: &Project) -> bool {
    const FOLDERS: &[&str] = &["tools", "tooling", "scripts", "docs", "doc", ".github", "benchmarks", "ci"];
    project.root.split('/').any(|part| FOLDERS.contains(&part)) || !plimsoll_sdk::product::is_product(project)
}

/// The sources that `tool.uv.sources` of a project names, normalised.
pub(crate) fn sources(project: &Project) -> Vec<String> {
    let of = |path: &str| -> Vec<String> {
        let value = documents::read(path, &["tool", "uv", "sources"]).unwrap_or_default();
        let names = Item::root(&value).into_iter().flat_map(Item::children).filter_map(Item::key);
        names.map(|name| name.to_ascii_lowercase().replace(['_', '.'], "-")).collect()
    };
    [of(&project.path("pyproject.toml")), of("pyproject.toml")].concat()
}
