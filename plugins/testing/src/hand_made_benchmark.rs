//! Tests that take the time themselves.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::prelude::*;

use crate::suite::{MODULES, matches_in_tests};

rule! {
    /// A test measures how long code takes and asserts a limit.
    ///
    /// The limit is too tight on a busy machine and too loose on a quick one, and one run says little. Use the fixture
    /// `benchmark` of pytest-benchmark, which repeats the call and compares with earlier runs.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad tests/test_app.py
    /// import time
    ///
    /// def test_speed():
    ///     start = time.perf_counter()
    ///     sorted(range(10_000))
    ///     elapsed = time.perf_counter() - start
    ///     assert elapsed < 0.5  # error: a test asserts how long code takes
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good tests/test_app.py
    /// import time
    ///
    /// def test_speed(benchmark):
    ///     benchmark(sorted, range(10_000))
    ///
    /// def test_timeout():
    ///     start = time.monotonic()
    ///     elapsed = time.monotonic() - start
    ///     assert elapsed < 5
    ///
    /// def test_actors_together(run):
    ///     def actor():
    ///         time.sleep(0.1)
    ///
    ///     start = time.monotonic()
    ///     run([actor, actor, actor])
    ///     assert time.monotonic() - start < 0.3
    /// ```
    pub(crate) static HAND_MADE_BENCHMARK = {
        id: "hand-made-benchmark",
        requirements: ["3.2.5", "8.8.1"],
        check: Check::Repository(hand_made_benchmark),
        confidence: Low,
        roles: [Role::Test],
        wants: [Want::Calls(CLOCKS), Want::Search(LIMITS, MODULES)],
    }
}

/// More would not be read.
const MOST: usize = 10;
const CLOCKS: &[&str] =
    &["time.perf_counter", "time.perf_counter_ns", "time.time", "time.monotonic", "time.process_time", "timeit.timeit"];
const LIMITS: &[&str] = &[concat!(
    r"(?m)^[ \t]+(assert[ \t]+\(?(?:\w*(?:elapsed|duration|took|runtime|time_taken|total_time|exec_time)\w*",
    r"|(?:time\.)?(?:perf_counter|time|monotonic|process_time)\(\)[ \t]*-[ \t]*\w+)\)?[ \t]*<=?[ \t]*(?:[0-4](?:\.[0-9]+)?|\.[0-9]+)(?:[^0-9.\n][^\n]*)?)$"
)];
/// Words of tests that are about waiting, where a limit only catches a hang.
const WAITING: &[&str] = &[
    "timeout",
    "retry",
    "retries",
    "delay",
    "ttl",
    "rate",
    "sleep",
    "wait",
    "limit",
    "slow",
    "benchmark",
    "perf",
    "concurren",
    "parallel",
    "async",
    "block",
    "cancel",
    "backoff",
    "hang",
    "expire",
    "interval",
    "throttl",
    "shutdown",
    "stop",
    "thread",
    "deadline",
    "kill",
    "poll",
    "lock",
    "term",
];

fn hand_made_benchmark(report: &mut Report) {
    let limits = matches_in_tests(LIMITS);
    if limits.is_empty() {
        return;
    }
    let mut clocks: BTreeMap<String, Vec<Call>> = BTreeMap::new();
    for call in python::calls(CLOCKS) {
        clocks.entry(call.site.place.path.clone()).or_default().push(call);
    }
    let mut reported = BTreeSet::new();
    for limit in limits {
        let path = &limit.place.path;
        if reported.len() == MOST || reported.contains(path) {
            continue;
        }
        let before = |call: &&Call| call.site.place.span.start < limit.place.span.end;
        let Some(clock) = clocks.get(path).and_then(|calls| calls.iter().rfind(before)) else { continue };
        let names = [Some(path), clock.site.function.as_ref(), clock.site.class.as_ref()];
        let is_about_waiting = names.into_iter().flatten().any(|name| {
            let name = name.to_ascii_lowercase();
            WAITING.iter().any(|word| name.contains(word))
        });
        if is_about_waiting
            || sleeps(path, limit.place.span.start)
            || clock.site.function.is_none()
            || !reported.insert(path.clone())
        {
            continue;
        }
        report
            .finding(&limit.place, "a test asserts how long code takes")
            .help("use the fixture `benchmark` of pytest-benchmark");
    }
}

/// Whether the test around a place sleeps: what it times is who waits for whom.
fn sleeps(path: &str, at: u32) -> bool {
    let text = repository::read(path).unwrap_or_default();
    let before = text.get(..at as usize).unwrap_or_default();
    before.rsplit("def test").next().is_some_and(|test| test.contains("sleep("))
}
