//! Logs, spans and metrics that are lost when the process ends.

use plimsoll_sdk::prelude::*;

use crate::signals::{self, Action};

rule! {
    /// What was logged or measured last is lost at the end of the process.
    ///
    /// Exporters collect and send in batches, and the last batch says why the process ended. OpenTelemetry, Sentry and
    /// `logging` flush when Python exits; who switches that off, or leaves with `os._exit`, has to flush first. A
    /// `QueueListener` and loguru's queue have to be stopped. Code that sleeps before it leaves may leave the exporters the
    /// time that they need; the finding is a guess then.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/telemetry.py
    /// import os
    /// import sentry_sdk
    /// import time
    /// from fastapi import FastAPI
    /// from logging.handlers import QueueListener
    /// from loguru import logger
    /// from opentelemetry.sdk.trace import TracerProvider
    ///
    /// app = FastAPI()
    ///
    /// def configure(queue, handler):
    ///     provider = TracerProvider(shutdown_on_exit=False)  # error: `TracerProvider` does not flush at exit, and nothing shuts it down
    ///     listener = QueueListener(queue, handler)  # error: the `QueueListener` is never stopped
    ///     listener.start()
    ///     logger.add("app.log", enqueue=True)  # error: nothing waits for the queue of loguru
    ///     sentry_sdk.init(shutdown_timeout=0)  # error: `shutdown_timeout=0` drops pending events
    ///
    /// def leave():
    ///     os._exit(1)  # error: `os._exit` skips everything that flushes at exit
    ///
    /// def leave_late():
    ///     time.sleep(3)
    ///     os._exit(1)  # error: `os._exit` skips everything that flushes at exit
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/telemetry.py
    /// import atexit
    /// import logging
    /// import os
    /// import sentry_sdk
    /// from fastapi import FastAPI
    /// from logging.handlers import QueueListener
    /// from opentelemetry.sdk.metrics import MeterProvider
    /// from opentelemetry.sdk.trace import TracerProvider
    ///
    /// app = FastAPI()
    ///
    /// def configure(queue, handler):
    ///     provider = TracerProvider()
    ///     meters = MeterProvider(shutdown_on_exit=False)
    ///     atexit.register(meters.shutdown)
    ///     listener = QueueListener(queue, handler)
    ///     listener.start()
    ///     atexit.register(listener.stop)
    ///     sentry_sdk.init(traces_sample_rate=0.1)
    ///
    /// def leave():
    ///     logging.shutdown()
    ///     os._exit(1)
    /// ```
    /// ```python good src/app/daemon.py
    /// import os
    ///
    /// def start():
    ///     if os.fork() > 0:
    ///         os._exit(0)
    /// ```
    pub(crate) static UNFLUSHED_TELEMETRY = {
        id: "unflushed-telemetry",
        requirements: ["13.8.5"],
        check: Check::Project(unflushed_telemetry),
        roles: [Role::Source],
        wants: [
            Want::Calls(PROVIDERS),
            Want::Calls(QUEUES),
            Want::Calls(EXITS),
            Want::Calls(FORKS),
            Want::Calls(FLUSHES),
            Want::Calls(PAUSES),
            Want::Calls(signals::REGISTRATIONS),
            Want::Search(ENDS, &["*.py"]),
        ],
    }
}

const PROVIDERS: &[&str] = &[
    "opentelemetry.sdk.trace.TracerProvider",
    "opentelemetry.sdk.metrics.MeterProvider",
    "opentelemetry.sdk._logs.LoggerProvider",
];
const QUEUES: &[&str] = &["logging.handlers.QueueListener", "loguru.logger.add", "sentry_sdk.init"];
const EXITS: &[&str] = &["os._exit"];
const FORKS: &[&str] = &["os.fork", "os.forkpty", "pty.fork", "*.Process"];
const FLUSHES: &[&str] = &["logging.shutdown", "*.flush", "*.force_flush", "*.shutdown", "*.complete"];
const PAUSES: &[&str] = &["time.sleep"];
/// So many bytes before the end of a process a pause is made for it.
const NEAR: u32 = 200;
/// What ends a provider, a listener, loguru's queue.
const ENDS: &[&str] =
    &[r"\.(?:shutdown|force_flush)\b", r"\w*listener\w*\.stop\b|\.listener\.stop\b", r"logger\.(?:complete|remove)\b"];

fn unflushed_telemetry(report: &mut Report, project: &Project) {
    if !project.has_profile("application") {
        return report.not_applicable("13.8.5", "no application");
    }
    let ends = repository::search(ENDS, &["*.py"]);
    let is_ended = |pattern: u32| ends.iter().any(|found| found.pattern == pattern && found.role == Role::Source);
    for call in in_source(PROVIDERS) {
        let at_exit = Item::root(&call.value).and_then(|root| root.get("shutdown_on_exit"));
        if at_exit.is_some_and(|value| value.resolved().boolean() == Some(false)) && !is_ended(0) {
            let name = call.name.rsplit('.').next().unwrap_or_default();
            report
                .finding(&call.site.place, format!("`{name}` does not flush at exit, and nothing shuts it down"))
                .help("leave `shutdown_on_exit` out, or call `shutdown()` when the application stops");
        }
    }
    for call in in_source(QUEUES) {
        let Some(root) = Item::root(&call.value) else { continue };
        let argument = |name: &str| root.get(name).map(Item::resolved);
        match call.name.as_str() {
            "logging.handlers.QueueListener" if !is_ended(1) && !stops_nearby(&call) => {
                report
                    .finding(&call.site.place, "the `QueueListener` is never stopped")
                    .help("call its `stop()` when the application stops, with `atexit.register` for instance")
                    .medium();
            }
            "loguru.logger.add" if argument("enqueue").and_then(Item::boolean) == Some(true) && !is_ended(2) => {
                report
                    .finding(&call.site.place, "nothing waits for the queue of loguru")
                    .help("call `logger.complete()` when the application stops")
                    .low();
            }
            "sentry_sdk.init" => {
                if let Some(limit) = root.get("shutdown_timeout").filter(|value| value.resolved().number() == Some(0.0))
                {
                    report
                        .finding(&limit.key_place(&call.site.place.path), "`shutdown_timeout=0` drops pending events")
                        .help("leave it out: the default is two seconds");
                }
            }
            _ => {}
        }
    }
    let (forks, flushes) = (python::calls(FORKS), python::calls(FLUSHES));
    let pauses = python::calls(PAUSES);
    let registrations = signals::registrations();
    for call in in_source(EXITS) {
        let place = &call.site.place;
        let is_here = |other: &Call| other.site.place.path == place.path;
        // A child that was forked must not run what its parent registered.
        let is_child = forks.iter().any(is_here);
        let is_flushed = flushes.iter().any(|flush| is_here(flush) && flush.site.function == call.site.function);
        // In a handler it cuts requests as well, and is reported for that.
        let is_handler = registrations
            .iter()
            .any(|one| call.site.function.as_ref().is_some_and(|name| one.action == Action::Function(name.clone())));
        if !is_child && !is_flushed && !is_handler {
            let finding = report
                .finding(place, "`os._exit` skips everything that flushes at exit")
                .help("leave with `sys.exit`, or flush before: `logging.shutdown()`");
            let is_before = |pause: &Call| {
                let end = pause.site.place.span.end;
                end < place.span.start && place.span.start - end < NEAR && pause.site.function == call.site.function
            };
            if pauses.iter().any(|pause| is_here(pause) && is_before(pause)) {
                finding.low();
            } else {
                finding.medium();
            }
        }
    }
}

fn in_source(names: &[&str]) -> Vec<Call> {
    python::calls(names)
}

/// Whether the module stops something that it started.
fn stops_nearby(call: &Call) -> bool {
    repository::read(&call.site.place.path).is_ok_and(|text| text.contains(".stop)") || text.contains(".stop()"))
}
