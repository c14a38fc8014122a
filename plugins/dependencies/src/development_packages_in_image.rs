//! Images that hold the packages of developers.

use plimsoll_sdk::prelude::*;

rule! {
    /// The image is built with the packages of developers.
    ///
    /// The standard's table says that plain `uv sync` installs the production set; since groups came, uv also installs
    /// `dev` then. What the table wants is meant here: production without development packages. Add `--no-dev`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pytest>=8"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm AS builder
    /// RUN uv sync --frozen  # error: the image gets the group `dev`
    /// FROM python:3.12-slim-bookworm
    /// COPY --from=builder /app/.venv /app/.venv
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pytest>=8"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm AS builder
    /// RUN uv sync --no-dev --frozen
    /// FROM python:3.12-slim-bookworm
    /// COPY --from=builder /app/.venv /app/.venv
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// dev = ["pytest>=8"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm AS dev
    /// RUN uv sync --frozen
    /// FROM python:3.12-slim-bookworm
    /// RUN uv sync --frozen --no-dev
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile good worker.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ARG UV_INSTALL_ARGS="--no-dev"
    /// RUN uv venv && uv sync ${UV_INSTALL_ARGS} --frozen
    /// CMD ["python", "-m", "app.worker"]
    /// ```
    pub(crate) static DEVELOPMENT_PACKAGES_IN_IMAGE = {
        id: "development-packages-in-image",
        requirements: ["5.3.2"],
        check: Check::Project(development_packages_in_image),
    }
}

/// Options that leave development out.
const WITHOUT: &[&str] = &["--no-dev", "--no-default-groups", "--only-group", "--only-dev", "--no-group"];
/// Names of stages that are for development or tests.
const STAGES: &[&str] = &["dev", "development", "test", "tests", "ci", "lint", "debug"];

fn development_packages_in_image(report: &mut Report, project: &Project) {
    let path = project.path("pyproject.toml");
    let has = |keys: &[&str]| documents::read(&path, keys).is_ok();
    let has_dev = has(&["dependency-groups", "dev"]) || has(&["tool", "uv", "dev-dependencies"]);
    let defaults = documents::read(&path, &["tool", "uv", "default-groups"]).unwrap_or_default();
    let is_default = Item::root(&defaults).is_none_or(|groups| groups.strings().contains(&"dev"));
    if !has_dev || !is_default {
        return report.not_applicable("5.3.2", "no group `dev` that uv installs by default");
    }
    let is_image = |dockerfile: &&Dockerfile| dockerfile.purpose == "image" && dockerfile.python;
    let dockerfiles = containers::dockerfiles();
    let commands = automation::commands(&["uv"]);
    for dockerfile in dockerfiles.iter().filter(is_image) {
        let is_set = dockerfile.stages.iter().flat_map(|stage| &stage.instructions).any(|instruction| {
            instruction
                .words
                .iter()
                .any(|word| word.starts_with("UV_NO_DEV") || word.starts_with("UV_NO_DEFAULT_GROUPS"))
        });
        if is_set {
            continue;
        }
        for stage in &dockerfile.stages {
            let name = stage.name.as_deref().unwrap_or_default().to_ascii_lowercase();
            if name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| STAGES.contains(&word)) {
                continue;
            }
            for run in stage.instructions.iter().filter(|instruction| instruction.keyword == "RUN") {
                let is_in = |place: &Place| {
                    place.path == run.place.path
                        && place.span.start >= run.place.span.start
                        && place.span.end <= run.place.span.end
                };
                let is_full = |command: &&Command| {
                    // What stands in an argument of the build is its own matter.
                    let is_open = command.words.iter().any(|word| word.contains('$'));
                    let is_sync = matches!(command.words.get(1).map(String::as_str), Some("sync" | "export"));
                    is_in(&command.place)
                        && is_sync
                        && !is_open
                        && !command.words.iter().any(|word| WITHOUT.iter().any(|it| word.starts_with(it)))
                };
                if let Some(command) = commands.iter().find(is_full) {
                    let written = command.words.get(..2).unwrap_or_default().join(" ");
                    report
                        .finding(&command.place, "the image gets the group `dev`")
                        .help("add `--no-dev`, or set `UV_NO_DEV=1`")
                        // Who runs the tests in the image has them no more.
                        .unsafe_fix(edit::insert_after(&command.place, &written, " --no-dev"))
                        .medium();
                }
            }
        }
    }
}
