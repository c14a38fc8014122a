//! Images that are built and run in one stage.

use plimsoll_sdk::prelude::*;

use crate::{image, shell};

/// Programs that install packages.
const INSTALLERS: &[&str] = &["pip", "pip3", "uv", "poetry", "pdm", "pipenv", "python", "python3"];

rule! {
    /// An image installs its dependencies in the only stage that it has.
    ///
    /// The installer, its cache and every compiler end up in the image that is shipped. Install into a virtual
    /// environment in a builder stage and copy that into the final stage.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm  # error: dependencies are installed in the only build stage
    /// COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/
    /// RUN uv sync --locked --no-dev
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad named.Dockerfile
    /// FROM ghcr.io/astral-sh/uv:0.9 AS uv
    ///
    /// FROM python:3.12-slim-bookworm  # error: dependencies are installed in the only build stage
    /// COPY --from=uv /uv /bin/
    /// RUN uv sync --locked --no-dev
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim AS builder
    /// RUN uv sync --locked --no-dev
    ///
    /// FROM python:3.12-slim-bookworm
    /// COPY --from=builder /app/.venv /app/.venv
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile good copied.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// COPY app.py .
    /// CMD ["python", "app.py"]
    /// ```
    pub(crate) static SINGLE_STAGE_BUILD = {
        id: "single-stage-build",
        requirements: ["13.2.1"],
        check: Check::Dockerfiles(single_stage_build),
    }
}

fn single_stage_build(report: &mut Report, dockerfile: &Dockerfile) {
    if !image::is_judged(dockerfile) || !image::has_plain_base(dockerfile) {
        return;
    }
    if image::has_builder(dockerfile) {
        return;
    }
    let chain = dockerfile.built_chain();
    let installs = chain.iter().find(|stage| {
        let runs = stage.instructions.iter().filter(|item| item.keyword == "RUN");
        runs.flat_map(|run| shell::commands(&run.text)).any(|words| is_installation(&words))
    });
    if let Some(stage) = installs {
        report
            .finding(&stage.place, "dependencies are installed in the only build stage")
            .help("install into a virtual environment in a builder stage and copy it with `COPY --from`");
    }
}

/// Whether a command installs packages: `pip install`, `uv sync`, `poetry install`, ….
fn is_installation(words: &[String]) -> bool {
    let program = words[0].rsplit('/').next().unwrap_or_default();
    INSTALLERS.contains(&program) && words.iter().any(|word| matches!(word.as_str(), "install" | "sync"))
}
