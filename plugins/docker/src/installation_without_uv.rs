//! Images whose dependencies are not installed with uv.

use plimsoll_sdk::prelude::*;

use crate::image::is_judged;

rule! {
    /// Dependencies are installed into the image without uv.
    ///
    /// `uv sync` installs what the lock file says, in a fraction of the time. Installing uv itself, or one command-line
    /// tool, with pip is fine.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```text bad Dockerfile
    /// FROM python:3.12-slim
    /// COPY requirements.txt .
    /// RUN pip install --no-cache-dir -r requirements.txt
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text expect
    /// Dockerfile:3: dependencies are installed with `pip`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```text good Dockerfile
    /// FROM python:3.12-slim
    /// RUN pip install --upgrade pip uv
    /// COPY pyproject.toml uv.lock ./
    /// RUN uv sync --locked --no-dev
    /// CMD ["python", "-m", "app"]
    /// ```
    pub(crate) static INSTALLATION_WITHOUT_UV = {
        id: "installation-without-uv",
        requirements: ["13.2.2"],
        check: Check::Dockerfiles(installation_without_uv),
    }
}

fn installation_without_uv(report: &mut Report, dockerfile: &Dockerfile) {
    if !is_judged(dockerfile) {
        return;
    }
    let runs = dockerfile.stages.iter().filter(|stage| stage.needed).flat_map(|stage| &stage.instructions);
    let commands = automation::commands(&["pip", "pip3", "poetry", "pipenv", "pdm", "easy_install", "pip-sync"]);
    for instruction in runs.filter(|instruction| instruction.keyword == "RUN") {
        let span = instruction.place.span;
        let installs = commands.iter().find(|command| {
            let is_here = command.place.path == dockerfile.path
                && command.place.span.start >= span.start
                && command.place.span.end <= span.end;
            is_here && installs_project(command)
        });
        if let Some(command) = installs {
            // One finding for an image: the others follow from the same decision.
            report
                .finding(&instruction.place, format!("dependencies are installed with `{}`", command.program()))
                .help("copy uv from its image and run `uv sync --locked --no-dev`");
            return;
        }
    }
}

/// Whether a command installs the project or its dependencies, and not a tool.
fn installs_project(command: &Command) -> bool {
    if command.launchers.iter().any(|launcher| launcher.starts_with("uv")) {
        return false;
    }
    match command.program() {
        "pip" | "pip3" => {
            let is_project = command.has_word(&["-r", "--requirement", ".", "-e", "./"])
                || command.words.iter().any(|word| word.starts_with("-r") || word.starts_with(".["));
            command.has_word(&["install"]) && is_project
        }
        "pip-sync" | "easy_install" => true,
        _ => command.has_word(&["install", "sync"]),
    }
}
