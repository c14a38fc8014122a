//! Image builds whose Dockerfile does not exist.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// A build names a Dockerfile that does not exist.
    ///
    /// Nobody can build the image from the repository, and what it holds is written nowhere. Add the Dockerfile, or
    /// correct the path.
    ///
    /// ```yaml bad compose.yaml
    /// services:
    ///   app:
    ///     build: .  # error: no `Dockerfile`
    ///   worker:
    ///     build:
    ///       context: .
    ///       dockerfile: docker/worker.Dockerfile  # error: no `docker/worker.Dockerfile`
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// ```yaml good compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///   other:
    ///     build: https://github.com/acme/other.git
    ///   another:
    ///     build: {context: ., dockerfile: $DOCKERFILE}
    ///   database:
    ///     image: postgres:17
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.13-slim
    /// ```
    ///
    /// A file that is laid over another one says a part of the build only, and its paths begin where the first one lies.
    ///
    /// ```yaml good compose.yaml
    /// services:
    ///   app:
    ///     build:
    ///       context: .
    ///       dockerfile: app.Dockerfile
    /// ```
    /// ```yaml good compose.override.yaml
    /// services:
    ///   app:
    ///     build:
    ///       target: development
    /// ```
    /// ```yaml good docker/compose.ci.yaml
    /// services:
    ///   test:
    ///     build:
    ///       context: .
    ///       dockerfile: app.Dockerfile
    /// ```
    /// ```dockerfile good app.Dockerfile
    /// FROM python:3.13-slim AS development
    /// ```
    pub(crate) static MISSING_DOCKERFILE = {
        id: "missing-dockerfile",
        requirements: ["4.5.7"],
        check: Check::Repository(missing_dockerfile),
    }
}

const COMPOSE: &[&str] = &["compose*.yaml", "compose*.yml", "docker-compose*.yaml", "docker-compose*.yml"];

fn missing_dockerfile(report: &mut Report) {
    let files = repository::find(COMPOSE);
    for file in files.iter().filter(|file| file.role == Role::Source) {
        let Ok(services) = documents::read(&file.path, &["services"]) else { continue };
        for service in Item::root(&services).into_iter().flat_map(Item::children) {
            if let Some(build) = service.get("build") {
                compose_build(report, &file.path, build);
            }
        }
    }
    for action in automation::actions(&["docker/build-push-action"]) {
        action_build(report, &action);
    }
    for command in automation::commands(&["gcloud", "pack"]) {
        let builds =
            command.has_word(&["run", "build"]) && command.words.iter().any(|word| word.starts_with("--source"));
        if builds && command.has_word(&["deploy"]) && repository::find(&["Dockerfile*"]).is_empty() {
            report
                .finding(&command.place, "an image built by buildpacks")
                .help("define the image in a `Dockerfile`")
                .low();
        }
    }
}

fn compose_build(report: &mut Report, path: &str, build: Item<'_>) {
    let context = build.string().or_else(|| build.get("context")?.string()).unwrap_or(".");
    let named = build.get("dockerfile").and_then(Item::string);
    let is_part = build.string().is_none() && build.get("context").is_none() && named.is_none();
    let name = named.unwrap_or("Dockerfile");
    let folder = layout::parent(path);
    // It may be laid over a file further up.
    let is_above = || {
        let in_folder = |folder: &str| resolved(&resolved(folder, context)?, name);
        layout::upwards(folder).into_iter().skip(1).filter_map(in_folder).any(|path| repository::exists(&path))
    };
    if build.get("dockerfile_inline").is_some() || is_part || is_above() {
        return;
    }
    let place = build.get("dockerfile").unwrap_or(build).place(path);
    missing(report, &place, folder, context, name);
}

fn action_build(report: &mut Report, action: &Action) {
    let inputs = Item::root(&action.inputs);
    let input = |key: &str| inputs.and_then(|inputs| inputs.get(key)).and_then(Item::string);
    let checked_out = input("context").is_some_and(|context| !context.contains("://"));
    if let Some(file) = input("file") {
        missing(report, &action.place, "", "", file);
    } else if checked_out {
        missing(report, &action.place, "", input("context").unwrap_or("."), "Dockerfile");
    }
}

/// Reports a Dockerfile that is not in its context; the context itself must be there, so that a submodule is not
/// taken for a mistake.
fn missing(report: &mut Report, place: &Place, folder: &str, context: &str, name: &str) {
    if [context, name].iter().any(|text| text.contains(['$', '{', ':', '~']) || text.starts_with('/')) {
        return;
    }
    let Some(context) = resolved(folder, context) else { return };
    let Some(path) = resolved(&context, name) else { return };
    let alternatives = [path.clone(), layout::join(&context, "Containerfile")];
    let generated = repository::ignored(&[&path]).contains(&true);
    let there = context.is_empty() || repository::exists(&context);
    if there && !generated && !alternatives.iter().any(|path| repository::exists(path)) {
        report.finding(place, format!("no `{path}`")).help("add the Dockerfile or correct the path");
    }
}

/// A relative path from a folder, without `.` and `..`; none when it leaves the repository.
fn resolved(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}
