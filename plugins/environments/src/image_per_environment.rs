//! Images that are built once for each environment.

use plimsoll_sdk::paths::{file_name, start};
use plimsoll_sdk::prelude::*;

rule! {
    /// Each environment gets an image of its own.
    ///
    /// What was tried in staging is not what runs in production: the second build may have other packages. Build one
    /// image, and let variables tell it where it runs.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```dockerfile bad Dockerfile.staging
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad Dockerfile.production
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text expect
    /// Dockerfile.staging:1: an image for `staging` beside the one for `production`
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ARG ENVIRONMENT
    /// RUN if [ "$ENVIRONMENT" = "staging" ]; then pip install debugpy; fi  # error: `ENVIRONMENT` decides what the image holds
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml bad .github/workflows/release.yml
    /// on: push
    /// jobs:
    ///   images:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: docker build --build-arg ENVIRONMENT=staging .  # error: the image is built for `staging`
    ///       - run: docker build --build-arg ENVIRONMENT=production .
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ARG VERSION
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile good Dockerfile.dev
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml good .github/workflows/release.yml
    /// on: push
    /// jobs:
    ///   images:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: docker build --build-arg VERSION=1 .
    /// ```
    pub(crate) static IMAGE_PER_ENVIRONMENT = {
        id: "image-per-environment",
        requirements: ["25.2.1"],
        check: Check::Repository(image_per_environment),
    }
}

const ARGUMENTS: &[&str] = &["ENV", "ENVIRONMENT", "APP_ENV", "DEPLOY_ENV", "BUILD_ENV", "STAGE", "DJANGO_ENV"];
const STAGES: &[&str] = &["staging", "stage", "production", "prod"];

fn image_per_environment(report: &mut Report) {
    let dockerfiles = containers::dockerfiles();
    if !dockerfiles.iter().any(|dockerfile| dockerfile.python) {
        return report.not_applicable("25.2.1", "no image that runs Python");
    }
    let images: Vec<&Dockerfile> = dockerfiles.iter().filter(|it| it.python && it.purpose == "image").collect();
    let stage_of = |dockerfile: &Dockerfile| {
        let name = file_name(&dockerfile.path).to_ascii_lowercase();
        STAGES.iter().find(|stage| name.split(['.', '-', '_']).any(|word| word == **stage)).copied()
    };
    let is_staging = |dockerfile: &&&Dockerfile| stage_of(dockerfile).is_some_and(|stage| stage.starts_with("stag"));
    let is_production = |dockerfile: &&&Dockerfile| stage_of(dockerfile).is_some_and(|stage| stage.starts_with("prod"));
    if let (Some(staging), Some(production)) = (images.iter().find(is_staging), images.iter().find(is_production)) {
        let (one, other) = (stage_of(staging).unwrap_or_default(), stage_of(production).unwrap_or_default());
        report
            .finding(&start(&staging.path), format!("an image for `{one}` beside the one for `{other}`"))
            .help("build one image, and let variables tell it where it runs")
            .medium();
    }
    for dockerfile in &images {
        let Some(stage) = dockerfile.stages.get(dockerfile.built as usize) else { continue };
        for run in stage.instructions.iter().filter(|it| it.keyword == "RUN") {
            let uses = |name: &&&str| {
                let text = run.words.join(" ");
                let is_read = text.contains(&format!("${name}")) || text.contains(&format!("${{{name}"));
                is_read && (text.contains("if ") || text.contains("[ ") || text.contains("case "))
            };
            let is_declared = |name: &&&str| {
                let is_it = |word: &String| word.split('=').next() == Some(**name);
                stage.instructions.iter().any(|it| it.keyword == "ARG" && it.words.iter().any(is_it))
            };
            if let Some(name) = ARGUMENTS.iter().filter(is_declared).find(uses) {
                report
                    .finding(&run.place, format!("`{name}` decides what the image holds"))
                    .help("install the same in all environments; a stage of its own may serve development")
                    .medium();
            }
        }
    }
    builds(report);
}

/// Builds in CI that are given the name of an environment, when there is more than one.
fn builds(report: &mut Report) {
    let commands = automation::commands(&["docker", "podman", "buildah"]);
    let stage = |command: &Command| {
        command.words.iter().find_map(|word| {
            let (name, value) = word.trim_start_matches("--build-arg=").split_once('=')?;
            (ARGUMENTS.contains(&name) && STAGES.contains(&value)).then(|| value.to_owned())
        })
    };
    let built: Vec<(&Command, String)> = commands
        .iter()
        .filter(|command| command.is_in_ci() && command.has_word(&["build", "bud", "buildx"]))
        .filter_map(|command| Some((command, stage(command)?)))
        .collect();
    if let Some(((first, stage), _)) =
        built.split_first().filter(|((_, stage), rest)| rest.iter().any(|(_, other)| other != stage))
    {
        report
            .finding(&first.place, format!("the image is built for `{stage}`"))
            .help("build it once, and deploy it everywhere by its digest")
            .medium();
    }
}
