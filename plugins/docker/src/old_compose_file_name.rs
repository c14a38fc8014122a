//! Compose files under an old name.

use plimsoll_sdk::paths::{file_name, join, parent, start};
use plimsoll_sdk::prelude::*;

rule! {
    /// The local stack is described under an old file name.
    ///
    /// `compose.yaml` is the name that the Compose Specification prefers; with two names around, people and tools look
    /// in the wrong file. Rename the file, and its variants with it.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml bad docker-compose.yml
    /// services:  # error: `docker-compose.yml` is not called `compose.yaml`
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
    pub(crate) static OLD_COMPOSE_FILE_NAME = {
        id: "old-compose-file-name",
        requirements: ["13.6.1"],
        check: Check::ComposeFiles(old_compose_file_name),
    }
}

fn old_compose_file_name(report: &mut Report, file: &ComposeFile) {
    let (folder, name) = (parent(&file.path), file_name(&file.path));
    let is_old = matches!(name, "docker-compose.yml" | "docker-compose.yaml" | "compose.yml");
    // Elsewhere it is a bundle for some other purpose.
    let is_main = folder.is_empty() || repository::exists(&join(folder, "Dockerfile"));
    if !is_old || !is_main || file.purpose != "base" || repository::exists(&join(folder, "compose.yaml")) {
        return;
    }
    let finding = report
        .finding(&start(&file.path), format!("`{name}` is not called `compose.yaml`"))
        .help("rename it with `git mv`, and the commands that name it with `-f`");
    if name == "compose.yml" {
        drop(finding.low());
    }
}
