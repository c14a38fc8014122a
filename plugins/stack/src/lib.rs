//! Sections 1, 2 and 3.16 of the standard, with the rows of 3, 4 and 27 about the same tools: the tool stack.

mod autoflake_in_use;
mod autopep8_in_use;
mod black_in_use;
mod command_edits;
mod flake8_in_use;
mod hook_edits;
mod isort_in_use;
mod legacy;
mod low_python_floor;
mod makefile_in_use;
mod matrix;
mod missing_nox;
mod missing_pyright;
mod missing_pytest;
mod missing_ruff;
mod missing_uv;
mod old_python_pin;
mod other_localisation_library;
mod other_validation_library;
mod pip_in_use;
mod pip_tools_in_use;
mod pipenv_in_use;
mod poetry_in_use;
mod pydantic_1;
mod pydantic_edits;
mod pyenv_in_use;
mod pylint_in_use;
mod pyupgrade_in_use;
mod release_without_matrix;
mod retirement;
mod scattered_shell_scripts;
mod successor;
mod tox_in_use;
mod translations_outside_gettext;
mod virtualenv_in_use;
mod yapf_in_use;

plimsoll_sdk::plugin! {
    name: "stack",
    title: "Tool stack",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &autoflake_in_use::AUTOFLAKE_IN_USE,
        &autopep8_in_use::AUTOPEP8_IN_USE,
        &black_in_use::BLACK_IN_USE,
        &flake8_in_use::FLAKE8_IN_USE,
        &isort_in_use::ISORT_IN_USE,
        &low_python_floor::LOW_PYTHON_FLOOR,
        &makefile_in_use::MAKEFILE_IN_USE,
        &missing_nox::MISSING_NOX,
        &missing_pyright::MISSING_PYRIGHT,
        &missing_pytest::MISSING_PYTEST,
        &missing_ruff::MISSING_RUFF,
        &missing_uv::MISSING_UV,
        &old_python_pin::OLD_PYTHON_PIN,
        &other_localisation_library::OTHER_LOCALISATION_LIBRARY,
        &other_validation_library::OTHER_VALIDATION_LIBRARY,
        &pip_in_use::PIP_IN_USE,
        &pip_tools_in_use::PIP_TOOLS_IN_USE,
        &pipenv_in_use::PIPENV_IN_USE,
        &poetry_in_use::POETRY_IN_USE,
        &pydantic_1::PYDANTIC_1,
        &pyenv_in_use::PYENV_IN_USE,
        &pylint_in_use::PYLINT_IN_USE,
        &pyupgrade_in_use::PYUPGRADE_IN_USE,
        &release_without_matrix::RELEASE_WITHOUT_MATRIX,
        &scattered_shell_scripts::SCATTERED_SHELL_SCRIPTS,
        &tox_in_use::TOX_IN_USE,
        &translations_outside_gettext::TRANSLATIONS_OUTSIDE_GETTEXT,
        &virtualenv_in_use::VIRTUALENV_IN_USE,
        &yapf_in_use::YAPF_IN_USE,
    ],
}
