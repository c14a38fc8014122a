//! Libraries of validation beside Pydantic.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;

rule! {
    /// Data is validated by another library than Pydantic.
    ///
    /// Models are the types of the code, the documentation of the API and the check of the input at once. A second
    /// library means each model twice. dataclasses, attrs, msgspec, serializers of Django REST framework and Pandera are
    /// fine.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["marshmallow"]  # error: `marshmallow` validates data
    /// ```
    /// ```python bad src/app/__init__.py
    /// import marshmallow
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["pydantic", "attrs"]
    /// optional-dependencies = { marshmallow = ["marshmallow"] }
    /// ```
    /// ```python good src/app/__init__.py
    /// import attrs
    /// import pydantic
    /// ```
    pub(crate) static OTHER_VALIDATION_LIBRARY = {
        id: "other-validation-library",
        requirements: ["2.1.8.1", "3.4.2"],
        check: Check::Project(other_validation_library),
        roles: [Role::Source],
        wants: [Want::Imports(MODULES)],
    }
}

/// Distributions and what they are imported as.
const LIBRARIES: &[(&str, &str)] = &[
    ("marshmallow", "marshmallow"),
    ("marshmallow-sqlalchemy", "marshmallow_sqlalchemy"),
    ("marshmallow-dataclass", "marshmallow_dataclass"),
    ("flask-marshmallow", "flask_marshmallow"),
    ("cerberus", "cerberus"),
    ("voluptuous", "voluptuous"),
    ("schematics", "schematics"),
    ("colander", "colander"),
    ("trafaret", "trafaret"),
    ("schema", "schema"),
    ("valideer", "valideer"),
    ("dataclasses-json", "dataclasses_json"),
    ("desert", "desert"),
    ("typesystem", "typesystem"),
];
const MODULES: &[&str] = &[
    "marshmallow",
    "marshmallow.*",
    "marshmallow_sqlalchemy",
    "marshmallow_sqlalchemy.*",
    "marshmallow_dataclass",
    "marshmallow_dataclass.*",
    "flask_marshmallow",
    "flask_marshmallow.*",
    "cerberus",
    "cerberus.*",
    "voluptuous",
    "voluptuous.*",
    "schematics",
    "schematics.*",
    "colander",
    "colander.*",
    "trafaret",
    "trafaret.*",
    "schema",
    "schema.*",
    "valideer",
    "valideer.*",
    "dataclasses_json",
    "dataclasses_json.*",
    "desert",
    "desert.*",
    "typesystem",
    "typesystem.*",
];

fn other_validation_library(report: &mut Report, project: &Project) {
    if !is_product(project) {
        return;
    }
    let imports = python::imports(MODULES);
    for (distribution, module) in LIBRARIES {
        let declared = project::dependencies(&[distribution]).into_iter().find(|one| one.kind == "runtime");
        // An adapter that is tried and may be missing does not validate the project's data.
        let is_its = |import: &&Import| {
            import.name.split('.').next() == Some(module) && !import.site.surroundings.contains(Surroundings::TRY)
        };
        if let (Some(dependency), Some(used)) = (declared, imports.iter().find(is_its)) {
            report
                .finding(&dependency.place, format!("`{distribution}` validates data"))
                .help("declare the data as Pydantic models")
                .related(&used.site.place, "it is used here")
                .medium();
        }
    }
}
