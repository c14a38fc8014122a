//! Section 13 of the standard: container images, compose files, health checks and shutdown.

mod abrupt_exit;
mod assigned;
mod bloated_runtime_stage;
mod cached_health_check;
mod compose;
mod constant_readiness;
mod data_without_volume;
mod dockerfile_edits;
mod external_check_in_liveness;
mod health;
mod image;
mod installation_without_uv;
mod missing_compose_service;
mod missing_dockerignore;
mod missing_health_endpoints;
mod missing_healthcheck;
mod missing_python_variables;
mod needless_build_context;
mod old_compose_file_name;
mod old_compose_format;
mod one_sided_signal_handler;
mod orphaned_task;
mod root_user;
mod service_without_healthcheck;
mod shell;
mod signals;
mod signals_not_forwarded;
mod single_stage_build;
mod startup_without_waiting;
mod unclosed_pool;
mod unflushed_telemetry;
mod unlimited_service;
mod unlimited_shutdown;
mod unowned_runtime_files;
mod unsuitable_base_image;

plimsoll_sdk::plugin! {
    name: "docker",
    title: "Docker and containers",
    requirements: include_str!("../requirements.toml"),
    rules: [
        &abrupt_exit::ABRUPT_EXIT,
        &bloated_runtime_stage::BLOATED_RUNTIME_STAGE,
        &cached_health_check::CACHED_HEALTH_CHECK,
        &constant_readiness::CONSTANT_READINESS,
        &data_without_volume::DATA_WITHOUT_VOLUME,
        &external_check_in_liveness::EXTERNAL_CHECK_IN_LIVENESS,
        &installation_without_uv::INSTALLATION_WITHOUT_UV,
        &missing_compose_service::MISSING_COMPOSE_SERVICE,
        &missing_dockerignore::MISSING_DOCKERIGNORE,
        &missing_health_endpoints::MISSING_HEALTH_ENDPOINTS,
        &missing_healthcheck::MISSING_HEALTHCHECK,
        &missing_python_variables::MISSING_PYTHON_VARIABLES,
        &needless_build_context::NEEDLESS_BUILD_CONTEXT,
        &old_compose_file_name::OLD_COMPOSE_FILE_NAME,
        &old_compose_format::OLD_COMPOSE_FORMAT,
        &one_sided_signal_handler::ONE_SIDED_SIGNAL_HANDLER,
        &orphaned_task::ORPHANED_TASK,
        &root_user::ROOT_USER,
        &service_without_healthcheck::SERVICE_WITHOUT_HEALTHCHECK,
        &signals_not_forwarded::SIGNALS_NOT_FORWARDED,
        &single_stage_build::SINGLE_STAGE_BUILD,
        &startup_without_waiting::STARTUP_WITHOUT_WAITING,
        &unclosed_pool::UNCLOSED_POOL,
        &unflushed_telemetry::UNFLUSHED_TELEMETRY,
        &unlimited_service::UNLIMITED_SERVICE,
        &unlimited_shutdown::UNLIMITED_SHUTDOWN,
        &unowned_runtime_files::UNOWNED_RUNTIME_FILES,
        &unsuitable_base_image::UNSUITABLE_BASE_IMAGE,
    ],
}
