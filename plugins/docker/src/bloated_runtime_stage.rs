//! Runtime stages that carry more than the application needs.

use plimsoll_sdk::prelude::*;

use crate::{image, shell};

rule! {
    /// The stage that is shipped carries what only the build needs.
    ///
    /// A builder stage is of use only if the runtime stage takes the result and nothing else: compilers, header files
    /// and a second installation make the image large and give an attacker tools. Copy the virtual environment and
    /// the code; install runtime libraries (`libpq5`), not the packages to build against them (`libpq-dev`).
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm AS builder
    /// RUN apt-get update && apt-get install --yes gcc
    /// RUN uv sync --locked --no-dev
    ///
    /// FROM python:3.12-slim-bookworm
    /// RUN apt-get update && apt-get install --yes gcc libpq-dev curl  # error: `gcc`, `libpq-dev` in the stage that is shipped
    /// COPY --from=builder /app/.venv /app/.venv
    /// RUN pip install -r requirements.txt  # error: installs again what comes with the virtual environment
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad whole.Dockerfile
    /// FROM python:3.12-bookworm AS builder
    /// RUN pip install uvicorn
    ///
    /// FROM python:3.12-slim-bookworm
    /// COPY --from=builder /usr /usr  # error: `/usr` of the stage `builder` is copied as a whole
    /// COPY . .  # error: the whole build context is copied, with `tests/`
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad frontend.Dockerfile
    /// FROM node:24 AS frontend
    /// RUN npm run build
    ///
    /// FROM python:3.12-slim-bookworm
    /// RUN uv sync --locked --no-dev  # error: dependencies are installed in the stage that is shipped
    /// COPY --from=frontend /dist /app/static
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```python bad tests/test_app.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm AS builder
    /// RUN apt-get update && apt-get install --yes build-essential
    /// RUN uv sync --locked --no-dev
    ///
    /// FROM python:3.12-slim-bookworm
    /// RUN apt-get update && apt-get install --yes libpq5 gcc \
    ///     && apt-get purge --yes --auto-remove gcc
    /// COPY --from=builder /app/.venv /app/.venv
    /// COPY . .
    /// RUN python -m compileall src
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text good .dockerignore
    /// .git
    /// tests
    /// ```
    /// ```python good tests/test_app.py
    /// ```
    pub(crate) static BLOATED_RUNTIME_STAGE = {
        id: "bloated-runtime-stage",
        requirements: ["13.2.3"],
        check: Check::Dockerfiles(bloated_runtime_stage),
    }
}

fn bloated_runtime_stage(report: &mut Report, dockerfile: &Dockerfile) {
    // Without a builder the one stage has to build: that is another rule's finding.
    if !image::is_judged(dockerfile) || !image::has_builder(dockerfile) {
        return;
    }
    let copies = image::instructions(dockerfile, "COPY");
    let has_environment = copies.iter().any(|copy| from_stage(dockerfile, copy).is_some() && is_environment(copy));
    let mut installs_alone = false;
    for run in image::instructions(dockerfile, "RUN") {
        let commands = shell::commands(&run.text);
        let tools = build_packages(&commands);
        if !tools.is_empty() && !is_removed(&run.text) {
            let is_compiler = tools.iter().any(|tool| COMPILERS.contains(&tool.as_str()));
            let names: Vec<String> = tools.iter().map(|tool| format!("`{tool}`")).collect();
            let finding = report
                .finding(&run.place, format!("{} in the stage that is shipped", names.join(", ")))
                .help("install it in the builder stage, or remove it in the same `RUN`");
            if !is_compiler {
                drop(finding.medium());
            }
        }
        if commands.iter().any(|words| installs_project(words)) {
            if has_environment {
                report
                    .finding(&run.place, "installs again what comes with the virtual environment")
                    .help("install everything in the builder stage")
                    .medium();
            } else if !std::mem::replace(&mut installs_alone, true) {
                // A builder of something else, the frontend for instance.
                report
                    .finding(&run.place, "dependencies are installed in the stage that is shipped")
                    .help("install them in a builder stage and copy the virtual environment")
                    .low();
            }
        }
    }
    for copy in copies {
        let sources = &copy.words[..copy.words.len().saturating_sub(1)];
        if let Some(stage) = from_stage(dockerfile, copy) {
            let whole = sources.iter().find(|source| matches!(source.trim_end_matches('/'), "" | "/usr"));
            // `FROM scratch` with one COPY of everything squashes the layers of a finished stage.
            let is_squash = dockerfile.built_stage().is_some_and(|stage| stage.image.as_deref() == Some("scratch"));
            if let Some(source) = whole.filter(|_| !is_squash) {
                report
                    .finding(&copy.place, format!("`{source}` of the stage `{stage}` is copied as a whole"))
                    .help("copy the virtual environment only");
            }
        } else if copy.flags.iter().all(|(key, _)| key != "from")
            && sources.iter().any(|source| matches!(source.as_str(), "." | "./"))
        {
            let taken = taken(dockerfile);
            if !taken.is_empty() {
                report
                    .finding(&copy.place, format!("the whole build context is copied, with {}", taken.join(", ")))
                    .help("copy the folders that the application needs, or name the rest in `.dockerignore`")
                    .medium();
            }
        }
    }
}

const COMPILERS: &[&str] = &[
    "build-essential",
    "gcc",
    "g++",
    "clang",
    "cmake",
    "cargo",
    "rustc",
    "rust",
    "build-base",
    "musl-dev",
    "gfortran",
    "python3-dev",
];

/// The packages among those that some commands install that only a build needs.
fn build_packages(commands: &[Vec<String>]) -> Vec<String> {
    const INSTALLERS: &[&str] = &["apt-get", "apt", "apk", "dnf", "microdnf", "yum", "aptitude"];
    let installs = commands.iter().filter(|words| {
        INSTALLERS.contains(&words[0].as_str()) && words.iter().any(|word| matches!(word.as_str(), "install" | "add"))
    });
    let names = installs.flatten().map(|word| word.split(['=', ':']).next().unwrap_or(word));
    let is_build = |name: &&str| {
        COMPILERS.contains(name)
            || matches!(*name, "make" | "autoconf" | "automake" | "pkg-config" | "pkgconf")
            || (name.ends_with("-dev") || name.ends_with("-devel")) && !name.starts_with('-')
    };
    names.filter(is_build).map(str::to_owned).collect()
}

fn is_removed(text: &str) -> bool {
    ["purge", "autoremove", "auto-remove", "apt-get remove", "apt remove", "apk del"]
        .iter()
        .any(|word| text.contains(word))
}

/// The name of the local stage that an instruction copies from.
fn from_stage<'a>(dockerfile: &'a Dockerfile, copy: &'a Instruction) -> Option<&'a str> {
    let from = copy.flags.iter().find(|(key, _)| key == "from").map(|(_, value)| value.as_str())?;
    let is_name = |stage: &Stage| stage.name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(from));
    let index = from.parse::<usize>().ok();
    let stage = dockerfile.stages.iter().enumerate().find(|(place, stage)| index == Some(*place) || is_name(stage));
    stage.filter(|(_, stage)| image::builds(stage)).map(|_| from)
}

/// Whether an instruction copies an installed environment.
fn is_environment(copy: &Instruction) -> bool {
    copy.words.iter().any(|word| word.contains("venv") || word.contains("site-packages"))
}

/// Whether a command installs the project or its dependencies with an installer of Python.
fn installs_project(words: &[String]) -> bool {
    let has = |names: &[&str]| words.iter().any(|word| names.contains(&word.as_str()));
    match words[0].rsplit('/').next().unwrap_or_default() {
        "uv" => words.get(1).is_some_and(|word| word == "sync") && !has(&["--no-deps"]),
        "poetry" | "pdm" | "pipenv" => has(&["install", "sync"]),
        "pip" | "pip3" => has(&["install"]) && has(&["-r", "--requirement"]),
        _ => false,
    }
}

/// What a COPY of the whole context takes that no runtime needs.
fn taken(dockerfile: &Dockerfile) -> Vec<&'static str> {
    let context = &dockerfile.context;
    let tests = if context.is_empty() { "tests".to_owned() } else { format!("{context}/tests") };
    let ignored = containers::ignored(&dockerfile.path, &["tests/test_x.py", ".git/HEAD"]);
    let is_taken = |index: usize| ignored.get(index) == Some(&false);
    let has_git = context.is_empty() && dockerfile.ignore_file.is_some();
    [("`tests/`", is_taken(0) && repository::exists(&tests)), ("`.git/`", is_taken(1) && has_git)]
        .into_iter()
        .filter_map(|(name, is_there)| is_there.then_some(name))
        .collect()
}
