//! Sections 5 and 3.17 of the standard, with the row of 27 about the same: dependencies.

mod broken_lock_file;
mod dependency_outside_pyproject;
mod development_packages_in_image;
mod groups;
mod hatchling;
mod ignored_lock_file;
mod loose_or_exact_version;
mod missing_dev_group;
mod missing_docs_group;
mod other_build_backend;
mod outdated_lock_file;
mod specifier_edits;
mod tool_in_production_dependencies;
mod undeclared_import;

plimsoll_sdk::plugin! {
    name: "dependencies",
    title: "Dependencies",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &broken_lock_file::BROKEN_LOCK_FILE,
        &dependency_outside_pyproject::DEPENDENCY_OUTSIDE_PYPROJECT,
        &development_packages_in_image::DEVELOPMENT_PACKAGES_IN_IMAGE,
        &ignored_lock_file::IGNORED_LOCK_FILE,
        &loose_or_exact_version::LOOSE_OR_EXACT_VERSION,
        &missing_dev_group::MISSING_DEV_GROUP,
        &missing_docs_group::MISSING_DOCS_GROUP,
        &other_build_backend::OTHER_BUILD_BACKEND,
        &outdated_lock_file::OUTDATED_LOCK_FILE,
        &tool_in_production_dependencies::TOOL_IN_PRODUCTION_DEPENDENCIES,
        &undeclared_import::UNDECLARED_IMPORT,
    ],
}
