//! `venv` and virtualenv in place of uv.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

use crate::legacy::{Trace, is_aside, report_traces};

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
    let traces: Vec<Trace> =
        commands.into_iter().map(|command| Trace { place: command.place, what: "a command", is_run: true }).collect();
    report_traces(report, &message, "use `uv sync`, which makes and fills the environment", &traces);
}
