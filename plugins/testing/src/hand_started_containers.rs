//! Containers that tests start without testcontainers.

use plimsoll_sdk::prelude::*;

use crate::suite::is_for_tests;

rule! {
    /// Tests start containers by another way than testcontainers.
    ///
    /// testcontainers waits until the service answers, gives every run its own port and removes the container even
    /// when the run is killed. Services of CI or of a compose file, and local servers such as pytest-postgresql's, are
    /// accepted.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    /// ```
    /// ```python bad tests/conftest.py
    /// import docker
    ///
    /// def database():
    ///     client = docker.from_env()
    ///     return client.containers.run("postgres:17", detach=True)  # error: a test starts a container through `docker`
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "pytest-docker",  # error: `pytest-docker` starts containers for tests
    /// ]
    /// ```
    /// ```python bad tests/test_app.py
    /// def test_app(docker_services): ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest", "testcontainers"]
    /// ```
    /// ```python good tests/conftest.py
    /// from testcontainers.postgres import PostgresContainer
    ///
    /// def database():
    ///     with PostgresContainer("postgres:17") as postgres:
    ///         yield postgres
    /// ```
    pub(crate) static HAND_STARTED_CONTAINERS = {
        id: "hand-started-containers",
        requirements: ["3.2.9"],
        check: Check::Repository(hand_started_containers),
        confidence: Low,
        roles: [Role::Test],
        wants: [Want::Calls(STARTS)],
    }
}

const STARTS: &[&str] = &["/^docker\\..*containers\\.(run|create)$/"];
const PLUGINS: &[&str] =
    &["pytest-docker", "pytest-docker-compose", "lovely-pytest-docker", "pytest-docker-tools", "docker-services"];

fn hand_started_containers(report: &mut Report) {
    // Where production code needs Docker, containers are the subject of the tests.
    if project::dependencies(&["docker", "docker-py", "aiodocker", "podman"]).iter().any(|it| !is_for_tests(it)) {
        return report.not_applicable("3.2.9", "the project's own subject is containers");
    }
    const HELP: &str = "start it with testcontainers";
    for dependency in project::dependencies(PLUGINS) {
        let message = format!("`{}` starts containers for tests", dependency.name);
        report.finding(&dependency.place, message).help(HELP);
    }
    if let Some(call) = python::calls(STARTS).first() {
        report.finding(&call.site.place, "a test starts a container through `docker`").help(HELP);
    }
}
