//! pip in place of uv.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::command_edits::{has_uv, is_local, of_all, with_head};
use crate::legacy::{Origin, Trace, is_aside, report_traces};

rule! {
    /// pip installs packages.
    ///
    /// pip installs what is newest today into whatever environment is active. `uv sync` installs what the lock file
    /// says into the project's own, in a fraction of the time. What only bootstraps (`pip install -U pip uv`), what tries
    /// a built wheel, and builds of images are left alone.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: pip install -r requirements.txt  # error: pip installs packages
    /// ```
    ///
    /// The fix takes uv's own command for it, where uv is there:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml bad uv.lock
    /// version = 1
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: astral-sh/setup-uv@v7
    ///       - run: |
    ///           pip install -r requirements.txt  # error: pip installs packages
    ///           python -m pip install -U pytest "coverage[toml]>=7"
    /// ```
    /// ```make bad Makefile
    /// setup:
    /// 	pip3 install -e .
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml fixed uv.lock
    /// version = 1
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: astral-sh/setup-uv@v7
    ///       - run: |
    ///           uv pip install --system -r requirements.txt
    ///           uv pip install --system -U pytest "coverage[toml]>=7"
    /// ```
    /// ```make fixed Makefile
    /// setup:
    /// 	uv pip install -e .
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - run: python -m pip install --upgrade pip uv
    ///       - run: uv pip install build
    ///       - run: pip install dist/app-1.0-py3-none-any.whl
    ///       - run: pip list
    /// ```
    pub(crate) static PIP_IN_USE = {
        id: "pip-in-use",
        requirements: ["2.1.2.2", "2.2.3"],
        check: Check::Repository(pip_in_use),
    }
}

/// What only prepares the way for other tools.
const BOOTSTRAP: &[&str] = &[
    "pip",
    "uv",
    "setuptools",
    "wheel",
    "pipx",
    "poetry",
    "pdm",
    "hatch",
    "pipenv",
    "pip-tools",
    "tox",
    "nox",
    "virtualenv",
    "tox-gh-actions",
    "tox-uv",
];

fn pip_in_use(report: &mut Report) {
    let not = |report: &mut Report, reason: &str| {
        PIP_IN_USE.requirements.iter().for_each(|requirement| report.not_applicable(requirement, reason));
    };
    let Some(project) = main_project() else {
        return not(report, "no Python code of its own");
    };
    let others = ["poetry", "pipenv", "pip-tools", "conda"];
    if let Some(other) = project.managers.iter().find(|manager| others.contains(&manager.as_str())) {
        return not(report, &format!("{other} manages the dependencies"));
    }
    let commands = automation::commands(&["pip", "pip3"]);
    let commands: Vec<Command> =
        commands.into_iter().filter(|command| is_install(command) && !is_aside(&command.place.path)).collect();
    let traces: Vec<Trace> = commands
        .iter()
        .map(|command| Trace { place: command.place.clone(), what: "a command", is_run: true, origin: Origin::Other })
        .collect();
    let help = "use `uv sync`, and `uv run` or `uvx` for tools; `uv pip` takes the same words";
    if let Some(finding) = report_traces(report, "pip installs packages", help, &traces) {
        finding.unsafe_fix(of_all(&commands, installed_by_uv));
    }
}

/// The same command of uv. None with options that uv has not, and in pipelines without uv.
fn installed_by_uv(command: &Command) -> Option<Edit> {
    const OPTIONS: &[&str] =
        &["-r", "--requirement", "-e", "--editable", "-c", "--constraint", "-U", "--upgrade", "--no-deps", "-q"];
    let mut options = command.words.iter().skip(1).filter(|word| word.starts_with('-'));
    let subcommand = command.words.get(1).filter(|word| matches!(word.as_str(), "install" | "freeze"))?;
    if !options.all(|word| OPTIONS.contains(&word.as_str())) || !has_uv(command) {
        return None;
    }
    // Pipelines install into the interpreter that an action set up, unless something makes an environment.
    let is_beside = |other: &Command| other.place.path == command.place.path;
    let makes_environment = || {
        automation::commands(&["uv", "venv", "virtualenv"])
            .iter()
            .any(|other| is_beside(other) && other.has_word(&["venv", "virtualenv", "sync"]))
    };
    let system = if is_local(command) || makes_environment() { "" } else { " --system" };
    let heads = ["pip", "pip3", "python -m pip", "python3 -m pip"].map(|head| format!("{head} {subcommand}"));
    with_head(command, &heads.each_ref().map(String::as_str), &format!("uv pip {subcommand}{system}"))
}

fn is_install(command: &Command) -> bool {
    let subcommand = command.words.get(1).map_or("", String::as_str);
    let is_uv = command.launchers.iter().any(|launcher| launcher.contains("uv"));
    let is_in_container =
        command.launchers.iter().any(|launcher| launcher.contains("docker") || launcher.contains("podman"));
    if is_uv
        || is_in_container
        || is_nox_with_uv(command)
        || !matches!(subcommand, "install" | "download" | "wheel" | "freeze")
    {
        return false;
    }
    // Images are for the rules about Dockerfiles; scripts that install the product are for its users.
    let is_elsewhere = command.source == "dockerfile" || command.place.path.contains("install");
    let options = ["-r", "--requirement", "-c", "--constraint", "-e", "--editable"];
    let has_file = command.has_word(&options) || command.words.iter().any(|word| word.starts_with("-r"));
    let mut names = command.words.iter().skip(2).filter(|word| !word.starts_with('-'));
    let name =
        |word: &String| word.split(['=', '<', '>', '[', '~', '!']).next().unwrap_or_default().to_ascii_lowercase();
    let is_preparation = !has_file && names.clone().all(|word| BOOTSTRAP.contains(&name(word).as_str()));
    let is_artefact = names.any(|word| word.contains(".whl") || word.contains("dist/") || word.contains(".tar.gz"));
    let is_bootstrap = is_preparation && subcommand == "install";
    !(is_elsewhere || is_artefact || is_bootstrap)
}

/// Whether sessions of nox install with uv.
fn is_nox_with_uv(command: &Command) -> bool {
    let text = || repository::read(&command.place.path).unwrap_or_default();
    command.source == "nox" && text().lines().any(|line| line.contains("venv_backend") && line.contains("uv"))
}
