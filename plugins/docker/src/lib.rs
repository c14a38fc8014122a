//! Section 13 of the standard: container images, compose files, health checks and shutdown.

mod image;
mod missing_dockerignore;
mod missing_healthcheck;
mod missing_python_variables;
mod root_user;
mod shell;
mod single_stage_build;
mod unsuitable_base_image;

plimsoll_sdk::plugin! {
    name: "docker",
    title: "Docker and containers",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &missing_dockerignore::MISSING_DOCKERIGNORE,
        &missing_healthcheck::MISSING_HEALTHCHECK,
        &missing_python_variables::MISSING_PYTHON_VARIABLES,
        &root_user::ROOT_USER,
        &single_stage_build::SINGLE_STAGE_BUILD,
        &unsuitable_base_image::UNSUITABLE_BASE_IMAGE,
    ],
}
