//! Section 4 of the standard, with the file rows of sections 2 and 3.

mod bases;
mod class_name_case;
mod constant_name_case;
mod flat_layout;
mod foreign_private_name;
mod function_name_case;
mod justfile_template;
mod layout;
mod misplaced_docs;
mod misplaced_infrastructure;
mod misplaced_scripts;
mod misplaced_tests;
mod missing_codeowners;
mod missing_compose_file;
mod missing_dockerfile;
mod missing_editorconfig;
mod missing_gitignore;
mod missing_justfile;
mod missing_license;
mod missing_pre_commit_config;
mod missing_py_typed;
mod missing_pyproject;
mod missing_python_version_file;
mod missing_readme;
mod missing_uv_lock;
mod module_name_case;
mod moved_settings;
mod ruff;
mod scattered_tool_config;
mod tracked_build_output;
mod type_alias_name_case;
mod variable_name_case;

plimsoll_sdk::plugin! {
    name: "structure",
    title: "Project structure",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &missing_pyproject::MISSING_PYPROJECT,
        &missing_uv_lock::MISSING_UV_LOCK,
        &missing_python_version_file::MISSING_PYTHON_VERSION_FILE,
        &missing_justfile::MISSING_JUSTFILE,
        &missing_pre_commit_config::MISSING_PRE_COMMIT_CONFIG,
        &missing_gitignore::MISSING_GITIGNORE,
        &tracked_build_output::TRACKED_BUILD_OUTPUT,
        &missing_readme::MISSING_README,
        &missing_py_typed::MISSING_PY_TYPED,
        &scattered_tool_config::SCATTERED_TOOL_CONFIG,
        &flat_layout::FLAT_LAYOUT,
        &misplaced_tests::MISPLACED_TESTS,
        &misplaced_docs::MISPLACED_DOCS,
        &misplaced_scripts::MISPLACED_SCRIPTS,
        &misplaced_infrastructure::MISPLACED_INFRASTRUCTURE,
        &missing_editorconfig::MISSING_EDITORCONFIG,
        &missing_license::MISSING_LICENSE,
        &missing_codeowners::MISSING_CODEOWNERS,
        &missing_dockerfile::MISSING_DOCKERFILE,
        &missing_compose_file::MISSING_COMPOSE_FILE,
        &module_name_case::MODULE_NAME_CASE,
        &class_name_case::CLASS_NAME_CASE,
        &function_name_case::FUNCTION_NAME_CASE,
        &variable_name_case::VARIABLE_NAME_CASE,
        &constant_name_case::CONSTANT_NAME_CASE,
        &type_alias_name_case::TYPE_ALIAS_NAME_CASE,
        &foreign_private_name::FOREIGN_PRIVATE_NAME,
    ],
}
