//! Sections 14 and 3.12 of the standard, with the rows of 2.1.8, 3.15, 25.3 and 27.1 about configuration: configuration.

mod configuration_from_file;
mod debug_on_by_default;
mod default_at_use;
mod direct_environment_read;
mod env_example;
mod env_file_in_production;
mod environment_switched_values;
mod examples;
mod feature_flag_constant;
mod late_settings;
mod manual_environment_parsing;
mod missing_development_default;
mod missing_env_example;
mod other_dotenv_loader;
mod replaced_settings_library;
mod required_value_with_default;
mod secret_with_default;
mod settings;
mod tracked_env_file;
mod undocumented_settings;
mod unignored_env_file;
mod unvalidated_setting;

plimsoll_sdk::plugin! {
    name: "configuration",
    title: "Configuration",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &configuration_from_file::CONFIGURATION_FROM_FILE,
        &debug_on_by_default::DEBUG_ON_BY_DEFAULT,
        &default_at_use::DEFAULT_AT_USE,
        &direct_environment_read::DIRECT_ENVIRONMENT_READ,
        &env_file_in_production::ENV_FILE_IN_PRODUCTION,
        &environment_switched_values::ENVIRONMENT_SWITCHED_VALUES,
        &feature_flag_constant::FEATURE_FLAG_CONSTANT,
        &late_settings::LATE_SETTINGS,
        &manual_environment_parsing::MANUAL_ENVIRONMENT_PARSING,
        &missing_development_default::MISSING_DEVELOPMENT_DEFAULT,
        &missing_env_example::MISSING_ENV_EXAMPLE,
        &other_dotenv_loader::OTHER_DOTENV_LOADER,
        &replaced_settings_library::REPLACED_SETTINGS_LIBRARY,
        &required_value_with_default::REQUIRED_VALUE_WITH_DEFAULT,
        &secret_with_default::SECRET_WITH_DEFAULT,
        &tracked_env_file::TRACKED_ENV_FILE,
        &undocumented_settings::UNDOCUMENTED_SETTINGS,
        &unignored_env_file::UNIGNORED_ENV_FILE,
        &unvalidated_setting::UNVALIDATED_SETTING,
    ],
}
