//! Services without limits of CPU and memory.

use plimsoll_sdk::prelude::*;

use crate::compose;

rule! {
    /// Services may take all CPU and memory of the machine.
    ///
    /// One leak then stops the developer's machine, and nobody sees what the service needs in production. Set
    /// `deploy.resources.limits` with `cpus` and `memory`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad compose.yaml
    /// services:  # error: no limit of CPU and memory for `app`, `cache`
    ///   app:
    ///     build: .
    ///   cache:
    ///     image: redis:8
    ///     mem_limit: 256m
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     deploy:
    ///       resources:
    ///         limits:
    ///           cpus: "1"
    ///           memory: 512M
    ///   migrate:
    ///     build: .
    ///   admin:
    ///     image: dpage/pgadmin4
    ///     profiles: [tools]
    /// ```
    pub(crate) static UNLIMITED_SERVICE = {
        id: "unlimited-service",
        requirements: ["13.6.7"],
        check: Check::ComposeFiles(unlimited_service),
    }
}

fn unlimited_service(report: &mut Report, file: &ComposeFile) {
    let Some(services) = compose::services(file).filter(|_| file.purpose == "base") else { return };
    let has = |service: Item<'_>, key: &str, old: &str| {
        service.at(&["deploy", "resources", "limits", key]).or(service.get(old)).is_some()
    };
    let names: Vec<String> = services
        .children()
        .filter(|service| compose::is_lasting(services, *service))
        .filter(|service| !has(*service, "cpus", "cpus") || !has(*service, "memory", "mem_limit"))
        .filter_map(|service| Some(format!("`{}`", service.key()?)))
        .collect();
    if !names.is_empty() {
        report
            .finding(&services.key_place(&file.path), format!("no limit of CPU and memory for {}", names.join(", ")))
            .help("set `cpus` and `memory` under `deploy.resources.limits`")
            .low();
    }
}
