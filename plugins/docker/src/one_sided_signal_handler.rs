//! Programs that shut down on one of the two signals and not on the other.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;

use crate::image;
use crate::signals::{self, Action, Registration};

rule! {
    /// A program handles one of SIGTERM and SIGINT and leaves the other to its fate.
    ///
    /// Containers are stopped with SIGTERM, people press Ctrl+C for SIGINT; both mean the same. A program that handles
    /// SIGINT only is killed in the middle of its work in production, and one that handles SIGTERM only behaves
    /// differently on the developer's machine. Register the same handler for both.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app.worker"]
    /// ```
    /// ```python bad src/app/worker.py
    /// import signal
    /// from threading import Event
    ///
    /// stopping = Event()
    ///
    /// def stop(number, frame):
    ///     stopping.set()
    ///
    /// def main():
    ///     signal.signal(signal.SIGTERM, stop)  # error: SIGTERM is handled and SIGINT is not
    /// ```
    /// ```python bad src/app/consumer.py
    /// import asyncio
    /// import signal
    ///
    /// async def main():
    ///     stopping = asyncio.Event()
    ///     loop = asyncio.get_running_loop()
    ///     loop.add_signal_handler(signal.SIGINT, stopping.set)  # error: SIGINT is handled and SIGTERM is not
    /// ```
    /// ```python bad src/app/runner.py
    /// import signal
    /// import sys
    ///
    /// class Runner:
    ///     def interrupt(self, number, frame):
    ///         self.receiver.stop()
    ///         sys.exit(0)
    ///
    ///     def run(self):
    ///         signal.signal(signal.SIGINT, self.interrupt)  # error: SIGINT is handled and SIGTERM is not
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app.worker"]
    /// ```
    /// ```python fixed src/app/worker.py
    /// import signal
    /// from threading import Event
    ///
    /// stopping = Event()
    ///
    /// def stop(number, frame):
    ///     stopping.set()
    ///
    /// def main():
    ///     signal.signal(signal.SIGTERM, stop)
    ///     signal.signal(signal.SIGINT, stop)
    /// ```
    /// ```python fixed src/app/consumer.py
    /// import asyncio
    /// import signal
    ///
    /// async def main():
    ///     stopping = asyncio.Event()
    ///     loop = asyncio.get_running_loop()
    ///     loop.add_signal_handler(signal.SIGINT, stopping.set)
    ///     loop.add_signal_handler(signal.SIGTERM, stopping.set)
    /// ```
    /// ```python fixed src/app/runner.py
    /// import signal
    /// import sys
    ///
    /// class Runner:
    ///     def interrupt(self, number, frame):
    ///         self.receiver.stop()
    ///         sys.exit(0)
    ///
    ///     def run(self):
    ///         signal.signal(signal.SIGINT, self.interrupt)
    ///         signal.signal(signal.SIGTERM, self.interrupt)
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app.worker"]
    /// ```
    /// ```python good src/app/worker.py
    /// import signal
    ///
    /// def stop(number, frame): ...
    ///
    /// def main():
    ///     for number in (signal.SIGINT, signal.SIGTERM):
    ///         signal.signal(number, stop)
    /// ```
    /// ```python good src/app/like_interrupt.py
    /// import signal
    /// import sys
    ///
    /// def stop(number, frame):
    ///     sys.exit(0)
    ///
    /// def main():
    ///     signal.signal(signal.SIGTERM, stop)
    /// ```
    /// ```python good src/app/temporary.py
    /// import signal
    ///
    /// def work(child):
    ///     before = signal.signal(signal.SIGTERM, child.send_signal)
    ///     child.wait()
    ///     signal.signal(signal.SIGTERM, before)
    ///     original = signal.signal(signal.SIGTERM, child.send_signal)
    ///     signal.signal(signal.SIGTERM, original)
    /// ```
    /// ```python good src/app/passed_on.py
    /// import os
    /// import signal
    ///
    /// def interrupt(number, frame):
    ///     os.kill(os.getpid(), signal.SIGTERM)
    ///
    /// def interrupt_tree(number, frame):
    ///     try:
    ///         process = psutil.Process(os.getpid())
    ///         process.terminate()
    ///     finally:
    ///         cleanup()
    ///         sys.exit(1)
    ///
    /// def main():
    ///     signal.signal(signal.SIGINT, interrupt)
    ///     signal.signal(signal.SIGINT, interrupt_tree)
    /// ```
    /// ```python good src/app/elsewhere.py
    /// import signal
    /// from app.pool import initialize
    ///
    /// def main():
    ///     signal.signal(signal.SIGINT, initialize)
    /// ```
    /// ```python good src/app/pool.py
    /// import signal
    ///
    /// def stop(number, frame): ...
    ///
    /// def start_child():
    ///     signal.signal(signal.SIGINT, signal.SIG_IGN)
    ///     signal.signal(signal.SIGTERM, stop)
    /// ```
    pub(crate) static ONE_SIDED_SIGNAL_HANDLER = {
        id: "one-sided-signal-handler",
        requirements: ["13.8.2"],
        check: Check::Project(one_sided_signal_handler),
        roles: [Role::Source],
        wants: [
            Want::Calls(signals::REGISTRATIONS),
            Want::Calls(REMOVALS),
            Want::Handlers(INTERRUPT),
        ],
    }
}

const REMOVALS: &[&str] = &["*.remove_signal_handler"];
const INTERRUPT: &[&str] = &["builtins.KeyboardInterrupt"];

fn one_sided_signal_handler(report: &mut Report, project: &Project) {
    if !project.has_profile("application") {
        return report.not_applicable("13.8.2", "no application");
    }
    let registrations = signals::registrations();
    // A program that is started by hand only never gets a SIGTERM to speak of.
    let is_stopped = ["containerized", "api", "worker"].iter().any(|id| project.has_profile(id));
    let is_stopped_with_interrupt = containers::dockerfiles().iter().any(|dockerfile| {
        let signals = image::instructions(dockerfile, "STOPSIGNAL");
        signals.iter().any(|signal| matches!(signal.text.trim(), "SIGINT" | "INT" | "2"))
    });
    let interrupts = python::handlers(INTERRUPT);
    let removals = python::calls(REMOVALS);
    let mut texts = Texts::default();
    let mut paths: Vec<&str> = registrations.iter().map(path).collect();
    paths.dedup();
    for path_here in paths {
        let text = texts.of(path_here);
        let here: Vec<&Registration> = registrations.iter().filter(|one| path(one) == path_here).collect();
        // A handler for the time of one piece of work is no way to shut down.
        let is_temporary = here.iter().any(|one| one.action == Action::Restored)
            || removals.iter().any(|call| call.site.place.path == path_here);
        if is_temporary || here.iter().any(|one| one.signal.is_none()) {
            continue;
        }
        let handles = |name: &str| here.iter().any(|one| one.signal.as_deref() == Some(name));
        let own = |name: &str| {
            here.iter().find(|one| {
                one.signal.as_deref() == Some(name)
                    && is_known(one, text)
                    && (!unwinds(one, text) || ends_work(one, text))
                    && !passes_on(one, text)
            })
        };
        let own_interrupt = own("SIGINT");
        let own = |name: &str| own(name).filter(|one| !unwinds(one, text));
        let is_caught = interrupts.iter().any(|handler| handler.site.place.path == path_here);
        if let Some(one) = own("SIGTERM").filter(|_| !handles("SIGINT") && !is_caught) {
            report
                .finding(&one.call.site.place, "SIGTERM is handled and SIGINT is not")
                .help("register the same handler for SIGINT")
                .unsafe_fix(registered_for_both(&one.call.site.place, text, "SIGTERM", "SIGINT"))
                .medium();
        }
        if let Some(one) = own_interrupt.filter(|_| !handles("SIGTERM") && is_stopped && !is_stopped_with_interrupt) {
            report
                .finding(&one.call.site.place, "SIGINT is handled and SIGTERM is not")
                .help("register the same handler for SIGTERM: it is what stops a container")
                .unsafe_fix(registered_for_both(&one.call.site.place, text, "SIGINT", "SIGTERM"))
                .medium();
        }
    }
}

/// Repeats a registration that is a statement of its own for another signal of the same module.
fn registered_for_both(place: &Place, text: &str, signal: &str, other: &str) -> Option<Edit> {
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let indent = text.get(..start)?.rsplit('\n').next()?;
    let rest = text.get(end..)?.lines().next().unwrap_or_default().trim();
    let call = text.get(start..end)?.replace('\r', "");
    let name = format!(".{signal}");
    // A signal that is imported by itself would need an import, too.
    let is_statement = indent.trim().is_empty() && (rest.is_empty() || rest.starts_with('#'));
    let is_whole = call.matches(signal).count() == call.matches(&name).count() && call.contains(&name);
    let repeated = format!("{indent}{}", call.replace(&name, &format!(".{other}")));
    (is_statement && is_whole).then(|| edit::lines_after(place, &repeated)).flatten()
}

/// Whether a handler is the program's own and one can see what it does.
fn is_known(one: &Registration, text: &str) -> bool {
    const METHODS: &[&str] = &["set", "cancel", "stop", "shutdown", "close"];
    match &one.action {
        Action::Function(name) => METHODS.contains(&name.as_str()) || signals::function(text, name).is_some(),
        Action::Expression => true,
        Action::Ignored | Action::Restored => false,
    }
}

/// Whether a handler raises an exception, as SIGINT does by itself: nothing else happens then.
fn unwinds(one: &Registration, text: &str) -> bool {
    const EXITS: &[&str] = &["exit(", "quit(", "raise"];
    let code = match &one.action {
        Action::Function(name) => signals::function(text, name),
        _ => text.get(one.call.site.place.span.start as usize..one.call.site.place.span.end as usize),
    };
    let words =
        code.unwrap_or_default().split(|letter: char| !letter.is_ascii_alphanumeric() && !"_(".contains(letter));
    words.flat_map(|word| word.split_inclusive('(')).any(|word| EXITS.contains(&word) || word == "_exit(")
}

/// Whether a handler sends a signal to its own process: that one then does what there is to do for both.
fn passes_on(one: &Registration, text: &str) -> bool {
    const OWN: &[&str] = &["getpid()", "psutil.Process()", "raise_signal("];
    const SENT: &[&str] = &["os.kill(", ".terminate()", ".send_signal(", "raise_signal("];
    let Action::Function(name) = &one.action else { return false };
    let has = |code: &str, words: &[&str]| words.iter().any(|word| code.contains(word));
    signals::function(text, name).is_some_and(|code| has(code, OWN) && has(code, SENT))
}

/// Whether the function of a handler ends something before it leaves.
fn ends_work(one: &Registration, text: &str) -> bool {
    const WORDS: &[&str] = &["stop", "shutdown", "close", "drain", "cancel", "flush", "cleanup", "commit"];
    let Action::Function(name) = &one.action else { return false };
    signals::function(text, name).is_some_and(|code| signals::calls_any(code, WORDS))
}

fn path(one: &Registration) -> &str {
    &one.call.site.place.path
}
