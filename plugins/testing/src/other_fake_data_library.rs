//! Libraries for fake data beside Faker.

use plimsoll_sdk::prelude::*;

use crate::suite::is_for_tests;

rule! {
    /// Tests make fake data with a library other than Faker.
    ///
    /// One generator in all suites means one set of providers to know, and factory-boy brings Faker along anyway.
    /// `fake-factory` is Faker's old name and no longer released.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "fake-factory",  # error: tests make fake data with `fake-factory`
    /// ]
    /// ```
    /// ```python bad tests/test_app.py
    /// from faker import Factory
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["faker"]
    /// ```
    /// ```python good tests/test_app.py
    /// from faker import Faker
    /// ```
    pub(crate) static OTHER_FAKE_DATA_LIBRARY = {
        id: "other-fake-data-library",
        requirements: ["3.2.7", "8.6.1"],
        check: Check::Dependencies(&["mimesis", "fake-factory", "fauxfactory", "names"], other_fake_data_library),
        roles: [Role::Test],
        wants: [Want::Imports(IMPORTED)],
    }
}

const IMPORTED: &[&str] =
    &["mimesis", "mimesis.*", "faker", "faker.*", "fauxfactory", "fauxfactory.*", "names", "names.*"];

fn other_fake_data_library(report: &mut Report, dependency: &Dependency) {
    let is_dead = dependency.name == "fake-factory";
    let module = if is_dead { "faker" } else { dependency.name.as_str() };
    let is_its = |import: &Import| import.name.split('.').next() == Some(module);
    if !is_for_tests(dependency) || !python::imports(IMPORTED).iter().any(is_its) {
        return;
    }
    let finding = report
        .finding(&dependency.place, format!("tests make fake data with `{}`", dependency.name))
        .help("use `faker`");
    if is_dead {
        finding.medium();
    } else {
        finding.low();
    }
}
