//! Section 24 of the standard: the environment and the commands of local development.

mod incomplete_check_recipe;
mod incomplete_devcontainer;
mod incomplete_install_recipe;
mod justfile;
mod missing_devcontainer;
mod missing_just_recipe;

plimsoll_sdk::plugin! {
    name: "local-dev",
    title: "Local development",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &missing_devcontainer::MISSING_DEVCONTAINER,
        &incomplete_devcontainer::INCOMPLETE_DEVCONTAINER,
        &missing_just_recipe::MISSING_JUST_RECIPE,
        &incomplete_install_recipe::INCOMPLETE_INSTALL_RECIPE,
        &incomplete_check_recipe::INCOMPLETE_CHECK_RECIPE,
    ],
}
