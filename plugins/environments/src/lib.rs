//! Sections 25 and 3.15 of the standard: environments, promotion and feature flags.

mod debug_in_production;
mod file_per_environment;
mod image_per_environment;
mod nonstandard_environment_name;
mod other_flag_service;
mod secret_outside_secret_manager;

plimsoll_sdk::plugin! {
    name: "environments",
    title: "Environments",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &debug_in_production::DEBUG_IN_PRODUCTION,
        &file_per_environment::FILE_PER_ENVIRONMENT,
        &image_per_environment::IMAGE_PER_ENVIRONMENT,
        &nonstandard_environment_name::NONSTANDARD_ENVIRONMENT_NAME,
        &other_flag_service::OTHER_FLAG_SERVICE,
        &secret_outside_secret_manager::SECRET_OUTSIDE_SECRET_MANAGER,
    ],
}
