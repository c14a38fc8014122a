//! Libraries that try only one Python.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::version::{Version, admits};

use crate::legacy::is_foreign;
use crate::matrix::tests_several_versions;

rule! {
    /// A library supports several Pythons and has no noxfile that tests them.
    ///
    /// A matrix in CI can't be run before a push. Sessions of nox run on every machine, one for each version. The
    /// standard asks this of all projects in one place and of libraries in others; the narrow reading is taken. A matrix
    /// in CI alone makes it a guess, and where tox is in use the rule about tox speaks.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "lib"
    /// requires-python = ">=3.12"  # error: nothing tests the supported Pythons
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/lib/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// requires-python = ">=3.12"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// [tool.tox]
    /// env_list = ["py312", "py313"]
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "lib"
    /// requires-python = ">=3.12"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python good src/lib/__init__.py
    /// ```
    /// ```python good noxfile.py
    /// import nox
    ///
    /// @nox.session(python=["3.12", "3.13"])
    /// def tests(session):
    ///     session.run("pytest")
    /// ```
    ///
    /// One finding is enough for all libraries of a repository:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "all"
    /// [tool.uv.workspace]
    /// members = ["packages/*"]
    /// ```
    /// ```toml bad packages/one/pyproject.toml
    /// [project]
    /// name = "one"
    /// requires-python = ">=3.12"  # error: no noxfile tests the supported Pythons
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad packages/one/src/one/__init__.py
    /// ```
    /// ```toml bad packages/two/pyproject.toml
    /// [project]
    /// name = "two"
    /// requires-python = ">=3.12"
    /// classifiers = ["Topic :: Utilities"]
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad packages/two/src/two/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     strategy:
    ///       matrix:
    ///         python-version: ["3.12", "3.13"]
    ///     steps:
    ///       - run: uv run pytest
    /// ```
    pub(crate) static MISSING_NOX = {
        id: "missing-nox",
        requirements: ["2.1.9.1", "3.2.10", "4.5.10", "27.3.1", "27.9.11"],
        check: Check::Repository(missing_nox),
    }
}

/// Pythons that are released.
const RELEASED: &[&str] = &["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];

/// How many further projects are shown.
const MOST_PLACES: usize = 9;

fn missing_nox(report: &mut Report) {
    let mut libraries = project::projects();
    libraries.retain(|project| {
        let is_library = project.has_profile("library") && !project.has_profile("api");
        is_library && is_product(project) && supports_several(project) && !is_foreign(&project.path("pyproject.toml"))
    });
    if libraries.is_empty() {
        let not = |requirement: &&str| report.not_applicable(requirement, "no library for several Pythons");
        return MISSING_NOX.requirements.iter().for_each(not);
    }
    let is_tested = tests_several_versions() || libraries.iter().any(has_hatch_matrix);
    libraries.retain(|project| !has_runner(project));
    // What tests one library of a repository tests them all.
    let Some((first, others)) = libraries.split_first() else { return };
    let message =
        if is_tested { "no noxfile tests the supported Pythons" } else { "nothing tests the supported Pythons" };
    let finding = report.finding(place(first), message).help("write a `noxfile.py` with `@nox.session(python=[…])`");
    let others = others.iter().take(MOST_PLACES);
    let finding = others.fold(finding, |finding, other| finding.related(place(other), "this one neither"));
    if is_tested {
        finding.low()
    } else {
        finding.medium()
    };
}

fn place(project: &Project) -> &Place {
    project.requires_python_place.as_ref().unwrap_or(&project.place)
}

fn supports_several(project: &Project) -> bool {
    let requires = project.requires_python.as_deref().unwrap_or(">=3.9");
    let is_supported = |name: &&&str| Version::parse(name).is_some_and(|version| admits(requires, version));
    RELEASED.iter().filter(is_supported).count() > 1
}

/// Whether nox or tox has the project's sessions.
fn has_runner(project: &Project) -> bool {
    let has = |name: &str| repository::exists(&project.path(name)) || repository::exists(name);
    let has_tox_table = || documents::read(&project.path("pyproject.toml"), &["tool", "tox"]).is_ok();
    has("noxfile.py") || has("tox.ini") || has("tox.toml") || has_tox_table()
}

fn has_hatch_matrix(project: &Project) -> bool {
    let value = documents::read(&project.path("pyproject.toml"), &["tool", "hatch", "envs"]).unwrap_or_default();
    Item::root(&value).is_some_and(|envs| envs.children().any(|env| env.get("matrix").is_some()))
}
