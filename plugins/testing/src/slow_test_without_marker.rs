//! Tests that wait for a second or more and do not say so.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;

use crate::network::is_meant;

rule! {
    /// A test sleeps for a second or more and is not marked `slow`.
    ///
    /// Slow tests that can't be left out make people run none. Wait for the event instead of the time, or mark the test
    /// `@pytest.mark.slow`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad tests/test_app.py
    /// import time
    ///
    /// def test_job():
    ///     time.sleep(2)  # error: `test_job` sleeps for 2 s and is not marked `slow`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good tests/test_app.py
    /// import asyncio
    /// import time
    /// import pytest
    ///
    /// @pytest.mark.slow
    /// def test_job():
    ///     time.sleep(2)
    ///
    /// def test_server():
    ///     async def serve():
    ///         await asyncio.sleep(60)
    ///     time.sleep(0.1)
    ///
    /// def test_timeout():
    ///     with pytest.raises(TimeoutError):
    ///         asyncio.sleep(10)
    /// ```
    pub(crate) static SLOW_TEST_WITHOUT_MARKER = {
        id: "slow-test-without-marker",
        requirements: ["8.3.5"],
        check: Check::Repository(slow_test_without_marker),
        roles: [Role::Test],
        wants: [Want::Calls(SLEEPS)],
    }
}

const SLEEPS: &[&str] = &["time.sleep", "asyncio.sleep", "anyio.sleep", "trio.sleep"];
/// More would not be read.
const MOST: usize = 10;
/// Words of a module that replaces the clock, runs what sleeps for a shorter time, or marks its tests.
const CALMED: &[&str] = &[
    "freeze_time",
    "freezegun",
    "time_machine",
    "\"time.sleep",
    "'time.sleep",
    "asyncio.sleep\"",
    "asyncio.sleep'",
    "time, \"sleep\"",
    "time, 'sleep'",
    ".sleep\"",
    ".sleep'",
    "autojump_clock",
    "MockClock",
    "patch.object(time",
    "pytestmark",
    "benchmark",
];
/// Words of a test that stop the sleeping.
const STOPPED: &[&str] = &["raises(", "cancel", "wait_for", "timeout", "Timeout", "create_task", "Thread(", "gather("];

fn slow_test_without_marker(report: &mut Report) {
    let mut texts = Texts::default();
    let mut calm = BTreeMap::new();
    let mut reported = BTreeSet::new();
    for call in python::calls(SLEEPS) {
        let site = &call.site;
        let seconds = Item::root(&call.value).and_then(|call| call.argument(0, "delay")).and_then(Item::number);
        let Some(seconds) = seconds.filter(|seconds| (1.0..1e6).contains(seconds)) else { continue };
        let is_test = |name: &&String| name.starts_with("test_");
        let Some(function) = site.function.as_ref().filter(is_test) else { continue };
        if !site.decorators.iter().all(|name| is_plain(name)) || site.surroundings.contains(Surroundings::CONDITIONAL) {
            continue;
        }
        // An asynchronous sleep takes time where it is awaited.
        let is_waited = call.name == "time.sleep" || site.surroundings.contains(Surroundings::AWAITED);
        let path = &site.place.path;
        if !is_waited || reported.contains(path) || is_meant(path) {
            continue;
        }
        let text = texts.of(path);
        let is_calm = *calm.entry(path.clone()).or_insert_with(|| CALMED.iter().any(|word| text.contains(word)));
        if is_calm {
            continue;
        }
        if body_of(text, function).is_some_and(|body| STOPPED.iter().any(|word| body.contains(word))) {
            continue;
        }
        if reported.len() == MOST {
            break;
        }
        reported.insert(site.place.path.clone());
        report
            .finding(&site.place, format!("`{function}` sleeps for {seconds} s and is not marked `slow`"))
            .help("wait for the event, or add `@pytest.mark.slow`")
            .low();
    }
}

/// Whether a decorator neither marks the test as slow nor skips it.
fn is_plain(name: &str) -> bool {
    !["slow", "e2e", "benchmark", "skip", "integration", "patch", "retry", "stress", "performance", "network"]
        .iter()
        .any(|word| name.contains(word))
}

/// The text of a function: from its definition to the next one of the same depth.
fn body_of<'a>(text: &'a str, function: &str) -> Option<&'a str> {
    let (_, body) = text.split_once(&format!("def {function}("))?;
    let end = ["\ndef ", "\nasync def ", "\nclass ", "\n@", "\n    def test", "\n    async def test", "\n    @"];
    let end = end.iter().filter_map(|start| body.find(start)).min().unwrap_or(body.len());
    body.get(..end)
}
