//! Libraries for factories of test objects beside factory-boy.

use plimsoll_sdk::prelude::*;

use crate::suite::is_for_tests;

rule! {
    /// Tests make objects with a factory library other than factory-boy.
    ///
    /// factory-boy describes relations, sequences and traits for every ORM in the same way. Write the factories with
    /// it; polyfactory is accepted for Pydantic and attrs, and so are factories written by hand.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "model-bakery",  # error: tests make objects with `model-bakery`
    /// ]
    /// ```
    /// ```python bad tests/test_app.py
    /// from model_bakery import baker
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["factory-boy", "polyfactory"]
    /// ```
    /// ```python good tests/test_app.py
    /// import factory
    /// ```
    pub(crate) static OTHER_FACTORY_LIBRARY = {
        id: "other-factory-library",
        requirements: ["3.2.8", "8.6.2"],
        check: Check::Dependencies(
            &["model-bakery", "model-mommy", "mixer", "django-dynamic-fixture"],
            other_factory_library,
        ),
        confidence: Low,
        roles: [Role::Test],
        wants: [Want::Imports(IMPORTED)],
    }
}

const IMPORTED: &[&str] = &[
    "model_bakery",
    "model_bakery.*",
    "model_mommy",
    "model_mommy.*",
    "mixer",
    "mixer.*",
    "django_dynamic_fixture",
    "django_dynamic_fixture.*",
];

fn other_factory_library(report: &mut Report, dependency: &Dependency) {
    let module = dependency.name.replace('-', "_");
    let is_its = |import: &Import| import.name.split('.').next() == Some(module.as_str());
    if is_for_tests(dependency) && python::imports(IMPORTED).iter().any(is_its) {
        report
            .finding(&dependency.place, format!("tests make objects with `{}`", dependency.name))
            .help("write factories with `factory-boy`");
    }
}
