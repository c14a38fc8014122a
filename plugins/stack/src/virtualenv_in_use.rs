//! `venv` and virtualenv in place of uv.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::command_edits::{has_uv, is_local, of_all, with_head};
use crate::legacy::{Origin, Trace, is_aside, report_traces};

rule! {
    /// `venv` or virtualenv makes the environments.
    ///
    /// `uv sync` makes the environment, fetches the right interpreter for it and fills it from the lock file in one
    /// step. Drop the commands that make one by hand.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// setup:
    /// 	python3 -m venv .venv  # error: environments are made by `venv`
    /// ```
    ///
    /// The fix keeps an environment that is there, as `venv` does, and puts pip in where the file goes on with it:
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
    /// ```make bad Makefile
    /// setup:
    /// 	python3 -m venv .venv
    /// ```
    /// ```shell bad scripts/try
    /// #!/bin/sh
    /// virtualenv --clear /var/try && . /var/try/bin/activate
    /// pip install -e .
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: astral-sh/setup-uv@v7
    ///       - run: python -m venv .venv  # error: environments are made by `venv`
    ///       - run: scripts/try
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
    /// ```make fixed Makefile
    /// setup:
    /// 	uv venv --allow-existing .venv
    /// ```
    /// ```shell fixed scripts/try
    /// #!/bin/sh
    /// uv venv --seed --clear /var/try && . /var/try/bin/activate
    /// pip install -e .
    /// ```
    /// ```yaml fixed .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   test:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: astral-sh/setup-uv@v7
    ///       - run: uv venv .venv
    ///       - run: scripts/try
    /// ```
    ///
    /// No fix where uv has not what is asked for, or is not there:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// setup:
    /// 	python3 -m venv --upgrade-deps .venv  # error: environments are made by `venv`
    /// ```
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
    ///       - run: python -m venv .venv  # error: environments are made by `venv`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```make good Makefile
    /// setup:
    /// 	uv venv
    /// 	uv sync
    /// ```
    pub(crate) static VIRTUALENV_IN_USE = {
        id: "virtualenv-in-use",
        requirements: ["2.1.2.7", "2.1.2.8"],
        check: Check::Repository(virtualenv_in_use),
    }
}

fn virtualenv_in_use(report: &mut Report) {
    if main_project().is_none() {
        for requirement in VIRTUALENV_IN_USE.requirements {
            report.not_applicable(requirement, "no Python code of its own");
        }
        return;
    }
    // Images are for the rules about Dockerfiles; a throw-away environment tries what was built.
    let is_ours = |command: &Command| {
        let is_thrown_away =
            command.words.iter().any(|word| ["RUNNER_TEMP", "mktemp", "/tmp"].iter().any(|it| word.contains(it)));
        let is_for_users = command.place.path.contains("install");
        let is_uv = command.launchers.iter().any(|launcher| launcher.contains("uv"));
        command.source != "dockerfile" && !is_thrown_away && !is_for_users && !is_uv && !is_aside(&command.place.path)
    };
    let commands: Vec<Command> =
        automation::commands(&["venv", "virtualenv", "mkvirtualenv"]).into_iter().filter(is_ours).collect();
    let Some(first) = commands.first() else { return };
    let message = format!("environments are made by `{}`", first.program());
    let traces: Vec<Trace> = commands
        .iter()
        .map(|command| Trace { place: command.place.clone(), what: "a command", is_run: true, origin: Origin::Other })
        .collect();
    if let Some(finding) =
        report_traces(report, &message, "use `uv sync`, which makes and fills the environment", &traces)
    {
        let edits = of_all(&commands, made_by_uv);
        // Pipelines that set up several Pythons mean the one on the path, and uv the one of that file.
        let is_pinned = repository::exists(".python-version");
        let is_same = |command: &Command| has_uv(command) && !needs_pip(command) && (is_local(command) || !is_pinned);
        let is_same = commands.iter().all(is_same);
        if is_same {
            finding.safe_fix(edits)
        } else {
            finding.unsafe_fix(edits)
        };
    }
}

/// The same environment, made by uv. None with options that uv has not, and in pipelines without uv.
fn made_by_uv(command: &Command) -> Option<Edit> {
    const OPTIONS: &[&str] = &["--clear", "--system-site-packages", "--prompt"];
    let mut options = command.words.iter().skip(1).filter(|word| word.starts_with('-'));
    if !options.all(|word| OPTIONS.contains(&word.as_str())) || !(is_local(command) || has_uv(command)) {
        return None;
    }
    let seed = if needs_pip(command) { " --seed" } else { "" };
    // A pipeline begins with none.
    let existing = if is_local(command) && !command.has_word(&["--clear"]) { " --allow-existing" } else { "" };
    let heads = ["python -m venv", "python3 -m venv", "virtualenv", "python -m virtualenv", "python3 -m virtualenv"];
    with_head(command, &heads, &format!("uv venv{seed}{existing}"))
}

/// Whether pip is called in the same file, which environments of uv are made without.
fn needs_pip(command: &Command) -> bool {
    let is_own = |pip: &Command| {
        pip.place.path == command.place.path && !pip.launchers.iter().any(|launcher| launcher.contains("uv"))
    };
    let text = repository::read(&command.place.path).unwrap_or_default();
    text.contains("/pip") || text.contains("-m pip") || automation::commands(&["pip", "pip3"]).iter().any(is_own)
}
