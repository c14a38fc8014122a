//! Processes that never hear SIGTERM.

use plimsoll_sdk::prelude::*;

use crate::image::{self, is_judged};
use crate::shell;

rule! {
    /// The shell stands between the container's signals and the program.
    ///
    /// A CMD in shell form runs `sh -c`, which does not pass SIGTERM on: the program is killed after the grace period
    /// instead of shutting down. Write the exec form, or begin with `exec`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```text bad Dockerfile
    /// FROM python:3.12-slim
    /// CMD uvicorn app:app --host 0.0.0.0
    /// ```
    /// ```text expect
    /// Dockerfile:2: `CMD` in shell form does not forward signals
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```text fixed Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["uvicorn", "app:app", "--host", "0.0.0.0"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```text good Dockerfile
    /// FROM python:3.12-slim
    /// ENTRYPOINT ["/entrypoint.sh"]
    /// CMD ["uvicorn", "app:app"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```text good Dockerfile
    /// FROM python:3.12-slim
    /// CMD exec uvicorn app:app --port $PORT
    /// ```
    ///
    /// The shell of Alpine, BusyBox's `ash`, replaces itself by the program when it is given a single command.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```text good Dockerfile
    /// FROM python:3.12-alpine
    /// CMD uvicorn app:app \
    ///     --port "${PORT:-8000}" 2>&1
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```text bad Dockerfile
    /// FROM python:3.12-alpine
    /// CMD alembic upgrade head && uvicorn app:app
    /// ```
    /// ```text expect
    /// Dockerfile:2: `CMD` in shell form does not forward signals
    /// ```
    pub(crate) static SIGNALS_NOT_FORWARDED = {
        id: "signals-not-forwarded",
        requirements: ["13.8.1"],
        check: Check::Dockerfiles(signals_not_forwarded),
    }
}

fn signals_not_forwarded(report: &mut Report, dockerfile: &Dockerfile) {
    if !is_judged(dockerfile) {
        return;
    }
    let instructions: Vec<&Instruction> =
        dockerfile.built_chain().into_iter().flat_map(|stage| &stage.instructions).collect();
    let last = |keyword: &str| instructions.iter().rev().find(|instruction| instruction.keyword == keyword).copied();
    if let Some(signal) =
        last("STOPSIGNAL").filter(|signal| matches!(signal.words.first().map(String::as_str), Some("SIGKILL" | "9")))
    {
        report
            .finding(&signal.place, "`SIGKILL` can't be handled")
            .help("leave STOPSIGNAL out: SIGTERM is the default");
    }
    // With an entrypoint in exec form, CMD gives it arguments.
    let started = last("ENTRYPOINT").or(last("CMD"));
    let Some(started) = started.filter(|started| !started.exec_form) else { return };
    let is_exec = started.text.trim_start().starts_with("exec ");
    let is_script = started.words.first().is_some_and(|word| word.ends_with(".sh"));
    let is_replaced = is_on_ash(dockerfile) && shell::commands(&started.text).len() == 1;
    if !is_exec && !is_script && !is_replaced {
        report
            .finding(&started.place, format!("`{}` in shell form does not forward signals", started.keyword))
            .help("write it as a JSON array, or begin with `exec`")
            .safe_fix(exec_form(started));
    }
}

/// The instruction as a JSON array, where no shell does anything for it.
fn exec_form(started: &Instruction) -> Option<Edit> {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || " -_./:=,@+".contains(character);
    let words: Vec<String> = started.text.split_whitespace().map(|word| format!("\"{word}\"")).collect();
    // An assignment in front, or a word of the shell itself, needs the shell.
    let first = started.text.split_whitespace().next()?;
    let is_program = !first.contains('=') && !matches!(first, "cd" | "export" | "source" | "." | "set" | "exec");
    let array = format!("[{}]", words.join(", "));
    (is_program && started.text.chars().all(is_plain))
        .then(|| edit::replace_words(&started.place, started.text.trim(), &array))
        .flatten()
}

/// Whether the shell of an image is BusyBox's `ash`: Alpine's, unless another one is set.
fn is_on_ash(dockerfile: &Dockerfile) -> bool {
    let is_alpine = |(_, name, tag): (&Stage, &str, &str)| {
        name.rsplit('/').next() == Some("alpine") || tag.split(['-', '.']).any(|part| part.starts_with("alpine"))
    };
    image::base(dockerfile).is_some_and(is_alpine) && image::instructions(dockerfile, "SHELL").is_empty()
}
