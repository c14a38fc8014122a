//! Loops of the application's own that nothing ends when the application stops.

use plimsoll_sdk::prelude::*;

use crate::{assigned, image, signals};

rule! {
    /// A loop that runs for ever is not ended when the application stops.
    ///
    /// A server stops its own work on SIGTERM and knows nothing of the tasks that the application started besides:
    /// they are torn down somewhere in their work when the event loop closes. Keep the task, and cancel and await it
    /// after the `yield` of the lifespan. A program whose main loop has no handler for SIGTERM never hears of it in a
    /// container, where it is process 1, and is killed after the grace period.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad src/app/main.py
    /// import asyncio
    /// from contextlib import asynccontextmanager
    /// from fastapi import FastAPI
    /// from app.jobs import clean, poll
    ///
    /// @asynccontextmanager
    /// async def lifespan(app):
    ///     asyncio.create_task(poll())  # error: `poll` runs for ever in a task that nothing cancels
    ///     cleaner = asyncio.create_task(clean())  # error: `clean` runs for ever in a task that nothing cancels
    ///     Watcher().start()
    ///     yield
    ///
    /// class Watcher:
    ///     def start(self):
    ///         asyncio.ensure_future(self.watch())  # error: `watch` runs for ever in a task that nothing cancels
    ///
    ///     async def watch(self):
    ///         while True:
    ///             await asyncio.sleep(1)
    ///
    /// app = FastAPI(lifespan=lifespan)
    /// ```
    /// ```python bad src/app/jobs.py
    /// import asyncio
    ///
    /// async def poll():
    ///     while True:
    ///         await asyncio.sleep(60)
    ///
    /// async def clean(rounds=None):
    ///     round = 0
    ///     while rounds is None or round < rounds:
    ///         await asyncio.sleep(3600)
    /// ```
    /// ```python bad src/app/worker.py
    /// import time
    ///
    /// def main():
    ///     while True:  # error: SIGTERM does not end this loop
    ///         time.sleep(10)
    ///
    /// if __name__ == "__main__":
    ///     main()
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app.worker"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python good src/app/main.py
    /// import asyncio
    /// from contextlib import asynccontextmanager
    /// from fastapi import FastAPI
    ///
    /// async def poll():
    ///     while True:
    ///         await asyncio.sleep(60)
    ///
    /// async def watch():
    ///     while True:
    ///         try:
    ///             await asyncio.sleep(60)
    ///         except asyncio.CancelledError:
    ///             return
    ///
    /// async def once():
    ///     await asyncio.sleep(60)
    ///
    /// @asynccontextmanager
    /// async def lifespan(app):
    ///     asyncio.create_task(once())
    ///     asyncio.create_task(watch())
    ///     poller = asyncio.create_task(poll())
    ///     yield
    ///     poller.cancel()
    ///
    /// app = FastAPI(lifespan=lifespan)
    /// ```
    /// ```python good src/app/worker.py
    /// import signal
    /// import sys
    /// import time
    ///
    /// def main():
    ///     signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    ///     while True:
    ///         time.sleep(10)
    ///
    /// if __name__ == "__main__":
    ///     main()
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app.worker"]
    /// ```
    pub(crate) static ORPHANED_TASK = {
        id: "orphaned-task",
        requirements: ["13.8.8"],
        check: Check::Project(orphaned_task),
        roles: [Role::Source],
        wants: [
            Want::Calls(TASKS),
            Want::Calls(WAITS),
            Want::Calls(signals::REGISTRATIONS),
            Want::Calls(LISTENERS),
            Want::Handlers(&["asyncio.CancelledError"]),
            Want::Statements(&["while", "main-guard"]),
            Want::Search(ENDS, &["*.py"]),
        ],
    }
}

const TASKS: &[&str] = &[
    "asyncio.create_task",
    "asyncio.ensure_future",
    "asyncio.get_event_loop().create_task",
    "asyncio.get_running_loop().create_task",
];
const WAITS: &[&str] =
    &["time.sleep", "asyncio.sleep", "*.poll", "*.blpop", "*.brpop", "*.receive_message", "*.receive_messages"];
/// Calls that wait for signals, or start something that does.
const LISTENERS: &[&str] = &[
    "signal.sigwait",
    "signal.pause",
    "signal.sigtimedwait",
    "signal.set_wakeup_fd",
    "uvicorn.run",
    "uvicorn.Config",
    "uvicorn.Server",
    "hypercorn.asyncio.serve",
    "aiohttp.web.run_app",
];
/// What ends a task, by the name it is called on or the names it is given.
const ENDS: &[&str] = &[
    r"(\w+)(?:\(\))?\.cancel\b",
    r"(?:gather|wait|wait_for|cancel\w*|push_\w*callback)\(([^)]*)\)",
    r"await\s+(?:\w+\.)*(\w+)\s*(?:\n|$)",
];

fn orphaned_task(report: &mut Report, project: &Project) {
    if !project.has_profile("application") {
        return report.not_applicable("13.8.8", "no application");
    }
    let loops: Vec<Statement> = python::statements(&["while"]).into_iter().filter(is_endless).collect();
    tasks(report, &loops);
    if python::calls(LISTENERS).is_empty() && signals::registrations().is_empty() {
        main_loops(report, project, &loops);
    }
}

/// Whether a loop has no condition that somebody could change, and waits within.
fn is_endless(one: &Statement) -> bool {
    let Some(test) = one.value.as_deref().and_then(Item::root) else { return false };
    let is_true = test.boolean() == Some(true) || test.integer() == Some(1);
    let is_told = test.descendants().any(|item| {
        let text = item.text().rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        let is_attribute = item.text().starts_with("self.") || item.text().starts_with("cls.");
        let words =
            ["self.", "cls.", "stop", "run", "shut", "is_set", "clos", "done", "alive", "exit", "quit", "active"];
        (is_attribute || words.iter().any(|word| text.contains(word))) && !matches!(item.kind(), NodeKind::Operator)
    });
    // `while n < limit` counts to something unless the limit may be missing.
    let may_lack = test.descendants().any(|item| item.kind() == NodeKind::Null);
    is_true || may_lack && !is_told
}

fn tasks(report: &mut Report, loops: &[Statement]) {
    let (waits, cancelled) = (python::calls(WAITS), python::handlers(&["asyncio.CancelledError"]));
    let ends = repository::search(ENDS, &["*.py"]);
    for call in &python::calls(TASKS) {
        let coroutine = Item::root(&call.value).and_then(|root| root.argument(0, "coro"));
        let Some(coroutine) = coroutine.filter(|value| value.kind() == NodeKind::Call) else { continue };
        let Some((module, name)) = coroutine.text().rsplit_once('.') else { continue };
        // A nested function has the functions around it in its name.
        let is_it = |site: &Site| {
            let is_own = module == "self" && site.class == call.site.class && site.place.path == call.site.place.path;
            let rest = module.strip_prefix(&site.module).map(|rest| rest.trim_start_matches('.'));
            let is_there = match &site.class {
                Some(class) => is_own || rest.is_some_and(|rest| rest.trim_end_matches("()") == class),
                None => rest.is_some(),
            };
            site.function.as_deref() == Some(name) && is_there
        };
        let waits_in_loop =
            waits.iter().any(|wait| is_it(&wait.site) && wait.site.surroundings.contains(Surroundings::LOOP));
        let handles_end = cancelled.iter().any(|handler| is_it(&handler.site));
        if !loops.iter().any(|one| is_it(&one.site)) || !waits_in_loop || handles_end {
            continue;
        }
        let is_dropped = call.site.surroundings.contains(Surroundings::STATEMENT);
        let is_kept = || {
            let target = assigned::target(call).filter(|_| assigned::is_at_startup(&call.site));
            target.is_none_or(|target| {
                let is_name = |text: &str| {
                    text.split(|letter: char| !letter.is_alphanumeric() && letter != '_').any(|word| word == target)
                };
                ends.iter().any(|end| is_name(&end.text))
            })
        };
        if is_dropped || !is_kept() {
            report
                .finding(&call.site.place, format!("`{name}` runs for ever in a task that nothing cancels"))
                .help("keep the task; cancel and await it when the application stops")
                .medium();
        }
    }
}

/// Main loops of the programs that images start.
fn main_loops(report: &mut Report, project: &Project, loops: &[Statement]) {
    let waits = python::calls(WAITS);
    let guards = python::statements(&["main-guard"]);
    let starts: Vec<Vec<String>> = containers::dockerfiles()
        .iter()
        .filter(|dockerfile| image::is_judged(dockerfile))
        .map(|dockerfile| image::starts(dockerfile).iter().flat_map(|start| start.words.clone()).collect())
        .collect();
    for one in loops {
        let site = &one.site;
        let file = site.place.path.rsplit('/').next().unwrap_or_default();
        let is_started = starts.iter().flatten().flat_map(|word| word.split_whitespace()).any(|word| {
            word.rsplit('/').next() == Some(file)
                || word == site.module
                || site.module.strip_suffix(".__main__") == Some(word)
                || script(project, word).as_deref() == Some(&site.module)
        });
        let has_guard = guards.iter().any(|guard| guard.site.place.path == site.place.path);
        let waits_here = waits.iter().any(|wait| {
            wait.site.place.path == site.place.path
                && wait.site.function == site.function
                && wait.site.surroundings.contains(Surroundings::LOOP)
        });
        // Threads and tasks beside the main loop end with it.
        let is_main = site.surroundings.contains(Surroundings::MAIN_GUARD)
            || site.function.as_ref().is_some_and(|name| ["main", "run", "start", "serve"].contains(&name.as_str()));
        let is_script = has_guard
            || site.module.ends_with("__main__")
            || starts.iter().flatten().any(|word| script(project, word).is_some());
        if is_started && waits_here && is_main && is_script {
            report
                .finding(&site.place, "SIGTERM does not end this loop")
                .help("register a handler for SIGTERM that ends it, with an `Event` for instance")
                .medium();
        }
    }
}

/// The module of an installed command.
fn script(project: &Project, name: &str) -> Option<String> {
    let path = project.path("pyproject.toml");
    let target = documents::read(&path, &["project", "scripts", name]).ok()?;
    Item::root(&target)?.string()?.split(':').next().map(str::to_owned)
}
