//! What keeps a server from finishing the requests that it has begun.

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;

use crate::signals::{self, Action};

rule! {
    /// A server is stopped without time for the requests that it has begun.
    ///
    /// Servers drain by themselves when they get SIGTERM: they stop listening, finish, and exit. A signal handler that
    /// leaves the process at once, or a grace period of nothing, cuts every open request. Let the handler set a flag or
    /// stop the server, and leave the time limits at some 30 seconds.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/server.py
    /// import os
    /// import signal
    /// import sys
    /// from concurrent import futures
    /// import grpc
    /// import uvicorn
    /// from fastapi import FastAPI
    ///
    /// app = FastAPI()
    ///
    /// def stop(number, frame):
    ///     os._exit(0)  # error: `os._exit` in the handler of SIGTERM cuts open requests
    ///
    /// def leave(number, frame):
    ///     sys.exit(0)  # error: `sys.exit` in the handler of SIGINT cuts open requests
    ///
    /// def main():
    ///     server = grpc.server(futures.ThreadPoolExecutor())
    ///     signal.signal(signal.SIGTERM, stop)
    ///     signal.signal(signal.SIGINT, leave)
    ///     server.wait_for_termination()
    ///     uvicorn.run(app, timeout_graceful_shutdown=0)  # error: no time to finish open requests
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["gunicorn", "--graceful-timeout", "0", "app:app"]  # error: no time to finish open requests
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     stop_grace_period: 1s  # error: `app` is killed after `1s`
    ///   worker:
    ///     build: .
    ///     stop_signal: SIGKILL  # error: `worker` is stopped with SIGKILL
    /// ```
    /// ```yaml bad deploy/app.yaml
    /// spec:
    ///   terminationGracePeriodSeconds: 0  # error: pods are killed after 0 seconds
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/server.py
    /// import signal
    /// import sys
    /// from concurrent import futures
    /// import grpc
    ///
    /// def main():
    ///     server = grpc.server(futures.ThreadPoolExecutor())
    ///
    ///     def stop(number, frame):
    ///         server.stop(30).wait()
    ///         sys.exit(0)
    ///
    ///     signal.signal(signal.SIGTERM, stop)
    ///     server.wait_for_termination()
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["gunicorn", "--graceful-timeout", "30", "app:app"]
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     stop_grace_period: 1m
    ///   db:
    ///     image: postgres:17
    ///     stop_signal: SIGINT
    /// ```
    /// ```yaml good deploy/app.yaml
    /// spec:
    ///   terminationGracePeriodSeconds: 60
    /// ```
    pub(crate) static ABRUPT_EXIT = {
        id: "abrupt-exit",
        requirements: ["13.8.3"],
        check: Check::Project(abrupt_exit),
        roles: [Role::Source],
        wants: [
            Want::Calls(signals::REGISTRATIONS),
            Want::Calls(SERVERS),
            Want::Calls(LAUNCHES),
            Want::Statements(&["exit"]),
            Want::Search(GRACE, MANIFESTS),
        ],
    }
}

/// Calls that serve requests or take jobs until the process ends, and leave the signals to the program. uvicorn and
/// aiohttp put their own handlers in the place of others.
const SERVERS: &[&str] = &[
    "grpc.server",
    "grpc.aio.server",
    "*.serve_forever",
    "*.start_consuming",
    "*.wait_for_termination",
    "asyncio.start_server",
    "*.run_forever",
];
/// What lets the server finish what it has begun.
const FINISHING: &[&str] = &["stop", "shutdown", "close", "drain", "wait", "join", "cancel", "terminate", "finish"];
const LAUNCHES: &[&str] = &["uvicorn.run", "uvicorn.Config"];
const GRACE: &[&str] = &[r"(?m)^[ \t]*terminationGracePeriodSeconds:[ \t]*([01])[ \t]*(?:#.*)?$"];
const MANIFESTS: &[&str] = &["*.yaml", "*.yml"];

fn abrupt_exit(report: &mut Report, project: &Project) {
    if !project.has_profile("application") {
        return report.not_applicable("13.8.3", "no application");
    }
    exits_in_handlers(report);
    for call in &python::calls(LAUNCHES) {
        let limit = Item::root(&call.value).and_then(|root| root.get("timeout_graceful_shutdown"));
        if let Some(limit) = limit.filter(|limit| limit.resolved().integer() == Some(0)) {
            no_time(report, &limit.key_place(&call.site.place.path));
        }
    }
    for command in automation::commands(&["gunicorn", "uvicorn"]) {
        let is_run = matches!(command.source.as_str(), "dockerfile" | "compose" | "procfile" | "shell");
        let flags = ["--graceful-timeout", "--timeout-graceful-shutdown"];
        let is_zero = flags.iter().any(|flag| {
            let apart = command.words.windows(2).any(|pair| pair[0] == *flag && pair[1] == "0");
            apart || command.words.contains(&format!("{flag}=0"))
        });
        if is_run && is_zero {
            no_time(report, &command.place);
        }
    }
    for file in containers::compose_files().iter().filter(|file| file.purpose != "test") {
        services(report, file);
    }
    for found in repository::search(GRACE, MANIFESTS) {
        if found.role == Role::Source {
            report
                .finding(&found.place, format!("pods are killed after {} seconds", found.text))
                .help("the default of 30 seconds suits most servers");
        }
    }
}

fn no_time(report: &mut Report, place: &Place) {
    report.finding(place, "no time to finish open requests").help("30 seconds suit most servers");
}

fn exits_in_handlers(report: &mut Report) {
    let registrations = signals::registrations();
    let servers = python::calls(SERVERS);
    if registrations.is_empty() || servers.is_empty() {
        return;
    }
    let exits = python::statements(&["exit"]);
    let mut texts = Texts::default();
    let mut reported: Vec<&Place> = Vec::new();
    for one in registrations.iter().filter(|one| matches!(one.signal.as_deref(), Some("SIGTERM" | "SIGINT"))) {
        let path = &one.call.site.place.path;
        let Action::Function(name) = &one.action else { continue };
        let serves = servers.iter().any(|call| call.site.place.path == *path);
        let Some(handler) = signals::function(texts.of(path), name) else { continue };
        let finishes = signals::calls_any(handler, FINISHING);
        let is_exit = |exit: &&Statement| exit.site.place.path == *path && exit.site.function.as_ref() == Some(name);
        let Some(exit) = exits.iter().find(is_exit).filter(|_| serves && !finishes) else { continue };
        if reported.contains(&&exit.site.place) {
            continue;
        }
        reported.push(&exit.site.place);
        let signal = one.signal.as_deref().unwrap_or_default();
        let how = how(&exit.site.place);
        let finding = report
            .finding(&exit.site.place, format!("`{how}` in the handler of {signal} cuts open requests"))
            .help("stop the server in the handler and let it finish");
        if how != "os._exit" {
            drop(finding.medium());
        }
    }
}

/// How an exit is written.
pub(crate) fn how(place: &Place) -> String {
    let text = repository::read(&place.path).unwrap_or_default();
    let written = text.get(place.span.start as usize..place.span.end as usize).unwrap_or_default();
    written.split('(').next().unwrap_or_default().trim().to_owned()
}

fn services(report: &mut Report, file: &ComposeFile) {
    let services = Item::root(&file.value).and_then(|root| root.get("services"));
    for service in services.into_iter().flat_map(Item::children) {
        let (Some(name), true) = (service.key(), service.get("build").is_some()) else { continue };
        if let Some(period) = service.get("stop_grace_period").filter(|period| is_nothing(period.text())) {
            report
                .finding(&period.place(&file.path), format!("`{name}` is killed after `{}`", period.text()))
                .help("leave the key out, or set it to some 30 seconds");
        }
        if let Some(signal) =
            service.get("stop_signal").filter(|signal| matches!(signal.text(), "SIGKILL" | "KILL" | "9"))
        {
            report
                .finding(&signal.place(&file.path), format!("`{name}` is stopped with SIGKILL"))
                .help("leave the key out: SIGTERM is the default");
        }
    }
}

/// Whether a duration of a compose file is at most a second.
fn is_nothing(duration: &str) -> bool {
    matches!(duration, "0" | "0s" | "1s" | "0m") || duration.ends_with("ms") && duration.len() < 6
}
