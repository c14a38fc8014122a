//! Libraries that try only one Python.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::version::{Version, admits};

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
    pub(crate) static MISSING_NOX = {
        id: "missing-nox",
        requirements: ["2.1.9.1", "3.2.10", "4.5.10", "27.3.1", "27.9.11"],
        check: Check::Project(missing_nox),
    }
}

/// Pythons that are released.
const RELEASED: &[&str] = &["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];

fn missing_nox(report: &mut Report, project: &Project) {
    let not = |report: &mut Report, reason: &str| {
        MISSING_NOX.requirements.iter().for_each(|requirement| report.not_applicable(requirement, reason));
    };
    if !project.has_profile("library") || project.has_profile("api") || !is_product(project) {
        return not(report, "no library");
    }
    let requires = project.requires_python.as_deref().unwrap_or(">=3.9");
    let supported = RELEASED.iter().filter(|it| Version::parse(it).is_some_and(|version| admits(requires, version)));
    if supported.count() < 2 {
        return not(report, "one supported Python");
    }
    let has = |name: &str| repository::exists(&project.path(name)) || repository::exists(name);
    let has_tox_table = || documents::read(&project.path("pyproject.toml"), &["tool", "tox"]).is_ok();
    if has("noxfile.py") || has("tox.ini") || has("tox.toml") || has_tox_table() {
        return;
    }
    let place = project.requires_python_place.as_ref().unwrap_or(&project.place);
    let matrix = ["hatch", "envs"];
    let has_hatch_matrix = || {
        let value =
            documents::read(&project.path("pyproject.toml"), &["tool", matrix[0], matrix[1]]).unwrap_or_default();
        Item::root(&value).is_some_and(|envs| envs.children().any(|env| env.get("matrix").is_some()))
    };
    let is_tested = tests_several_versions() || has_hatch_matrix();
    let message =
        if is_tested { "no noxfile tests the supported Pythons" } else { "nothing tests the supported Pythons" };
    let finding = report.finding(place, message).help("write a `noxfile.py` with `@nox.session(python=[…])`");
    if is_tested {
        finding.low()
    } else {
        finding.medium()
    };
}
