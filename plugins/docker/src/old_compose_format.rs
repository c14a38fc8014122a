//! Compose files of the formats before the Compose Specification.

use plimsoll_sdk::prelude::*;

rule! {
    /// A compose file is in an old format, or the old program reads it.
    ///
    /// `version` means nothing any more and makes Compose warn, and the program `docker-compose` has been given up.
    /// Delete the key and call `docker compose`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad compose.yaml
    /// version: "3.8"  # error: `version` is obsolete
    /// services:
    ///   app:
    ///     build: .
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   app:
    ///     build: .
    /// ```
    pub(crate) static OLD_COMPOSE_FORMAT = {
        id: "old-compose-format",
        requirements: ["13.6.2"],
        check: Check::Repository(old_compose_format),
    }
}

fn old_compose_format(report: &mut Report) {
    let commands = automation::commands(&["docker", "docker-compose"]);
    let is_swarm = commands.iter().any(|command| command.has_word(&["stack"]));
    for file in containers::compose_files() {
        let Some(root) = Item::root(&file.value) else { continue };
        if let Some(version) = root.get("version").filter(|_| !is_swarm) {
            report.finding(&version.key_place(&file.path), "`version` is obsolete").help("delete the key");
        }
    }
    for command in commands.iter().filter(|command| command.program() == "docker-compose") {
        report
            .finding(&command.place, "`docker-compose` is the program before version 2")
            .help("call `docker compose`");
    }
}
