//! Compose files of the formats before the Compose Specification.

use plimsoll_sdk::Finding;
use plimsoll_sdk::prelude::*;

use crate::image;

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
    /// ```yaml bad tests/compose.yaml
    /// version: "3"
    /// services:
    ///   app:
    ///     build: ..
    /// ```
    /// ```make bad Makefile
    /// up:
    /// 	docker-compose up  # error: `docker-compose` is the program before version 2
    /// down:
    /// 	docker-compose down
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   app:
    ///     build: .
    /// ```
    /// ```yaml fixed tests/compose.yaml
    /// services:
    ///   app:
    ///     build: ..
    /// ```
    /// ```make fixed Makefile
    /// up:
    /// 	docker compose up
    /// down:
    /// 	docker compose down
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
    let files = containers::compose_files();
    if files.is_empty() && commands.iter().all(|command| command.program() != "docker-compose") {
        return report.not_applicable("13.6.2", "no compose file");
    }
    let versions: Vec<(bool, Place)> = files
        .iter()
        .filter_map(|file| {
            let version = Item::root(&file.value)?.get("version")?;
            Some((file.purpose == "test" || image::is_beside(&file.path), version.key_place(&file.path)))
        })
        .filter(|_| !is_swarm)
        .collect();
    let (beside, own): (Vec<_>, Vec<_>) = versions.into_iter().partition(|(is_beside, _)| *is_beside);
    for (_, place) in &own {
        version(report, &[place]);
    }
    // Files for tests and tools follow the others; alone they are one thing to do.
    let beside: Vec<&Place> = beside.iter().map(|(_, place)| place).filter(|_| own.is_empty()).collect();
    version(report, &beside);
    let mut calls: Vec<&Place> =
        commands.iter().filter(|command| command.program() == "docker-compose").map(|command| &command.place).collect();
    while let Some(first) = calls.first().copied() {
        let (here, rest): (Vec<&Place>, Vec<&Place>) = calls.into_iter().partition(|place| place.path == first.path);
        if let Some(finding) = once(report, &here, "`docker-compose` is the program before version 2") {
            let edits: Option<Vec<Edit>> =
                here.iter().map(|place| edit::replace_words(place, "docker-compose", "docker compose")).collect();
            drop(finding.help("call `docker compose`").safe_fix(edits.into_iter().flatten()));
        }
        calls = rest;
    }
}

fn version(report: &mut Report, places: &[&Place]) {
    let edit = |place: &&Place| Edit::RemoveKey(KeyPath { path: place.path.clone(), keys: vec!["version".to_owned()] });
    if let Some(finding) = once(report, places, "`version` is obsolete") {
        drop(finding.help("delete the key").fix(Applicability::Safe, places.iter().map(edit).collect()));
    }
}

/// Reports the first of some places, and names a few of the others.
fn once(report: &mut Report, places: &[&Place], message: &str) -> Option<Finding> {
    const MOST_RELATED: usize = 5;
    let (first, others) = places.split_first()?;
    let mut finding = report.finding(first, message);
    for other in others.iter().take(MOST_RELATED) {
        finding = finding.related(other, "here as well");
    }
    Some(finding)
}
