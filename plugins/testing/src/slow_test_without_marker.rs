//! Tests that wait for a second or more and do not say so.

use std::collections::{BTreeMap, BTreeSet};

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;

use crate::marker_edits::registered;
use crate::network::is_meant;
use crate::suite::uses_pytest;

rule! {
    /// A test sleeps for a second or more and is not marked `slow`.
    ///
    /// Slow tests that can't be left out make people run none. Wait for the event instead of the time, or mark the test
    /// `@pytest.mark.slow`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    /// ```
    /// ```python bad tests/test_app.py
    /// import time
    ///
    /// def test_job():
    ///     time.sleep(2)  # error: `test_job` sleeps for 2 s and is not marked `slow`
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    ///
    /// [tool.pytest.ini_options]
    /// markers = ["slow: takes more than a second"]
    /// ```
    /// ```python fixed tests/test_app.py
    /// import time
    ///
    /// import pytest
    ///
    /// @pytest.mark.slow
    /// def test_job():
    ///     time.sleep(2)
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
        confidence: Low,
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
            .safe_fix(marked(path, text, function).into_iter().flatten());
    }
}

/// Whether a decorator neither marks the test as slow nor skips it.
fn is_plain(name: &str) -> bool {
    !["slow", "e2e", "benchmark", "skip", "integration", "patch", "retry", "stress", "performance", "network"]
        .iter()
        .any(|word| name.contains(word))
}

/// Marks a test, imports pytest for that, and registers the marker; none where one of them is not certain.
fn marked(path: &str, text: &str, function: &str) -> Option<Vec<Edit>> {
    let definition = format!("def {function}(");
    let (before, _) = text.split_once(&definition).filter(|(_, rest)| !rest.contains(&definition))?;
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let indent = before.get(line..)?.trim_end_matches("async ");
    if !uses_pytest() || !indent.trim().is_empty() {
        return None;
    }
    let at = |start: usize| Place { path: path.to_owned(), span: Span { start: start as u32, end: start as u32 } };
    let mut edits = vec![edit::replace(&at(line), format!("{indent}@pytest.mark.slow\n"))];
    let mut lines = text.lines();
    if !lines.any(|line| line.split('#').next().is_some_and(|code| code.trim_end() == "import pytest")) {
        edits.push(imported(path, text)?);
    }
    edits.extend(registered(path, &[("slow", "takes more than a second")])?);
    Some(edits)
}

/// Imports pytest behind the group that imports the module with `sleep`; in front of the next one if that is its own.
fn imported(path: &str, text: &str) -> Option<Edit> {
    if text.contains("import pytest") || text.contains(" as pytest") {
        return None;
    }
    let is_plain = |line: &str| line.starts_with("import ") || line.starts_with("from ") && !line.contains(['(', '\\']);
    let (mut end, mut is_group) = (0, false);
    for line in text.split_inclusive('\n') {
        let is_import = is_plain(line);
        let module = line.split_whitespace().nth(1).unwrap_or_default();
        is_group |= is_import && matches!(module, "time" | "asyncio" | "anyio" | "trio");
        if is_group && !is_import {
            break;
        }
        end += line.len();
    }
    let rest = text.get(end..).filter(|_| is_group)?;
    let next = rest.trim_start_matches(['\n', '\r']);
    // A group follows: the statement belongs in front of its first `from` and what comes later in the alphabet.
    let later = |line: &str| !line.starts_with("import ") || line > "import pytest";
    let edit = if is_plain(next) && !next.starts_with("from .") {
        let skipped = next.split_inclusive('\n').take_while(|line| !later(line)).map(str::len).sum::<usize>();
        (end + rest.len() - next.len() + skipped, "import pytest\n")
    } else if rest.starts_with(['\n', '\r']) {
        (end, "\nimport pytest\n")
    } else {
        return None;
    };
    let start = edit.0 as u32;
    Some(edit::replace(&Place { path: path.to_owned(), span: Span { start, end: start } }, edit.1))
}

/// The text of a function: from its definition to the next one of the same depth.
fn body_of<'a>(text: &'a str, function: &str) -> Option<&'a str> {
    let (_, body) = text.split_once(&format!("def {function}("))?;
    let end = ["\ndef ", "\nasync def ", "\nclass ", "\n@", "\n    def test", "\n    async def test", "\n    @"];
    let end = end.iter().filter_map(|start| body.find(start)).min().unwrap_or(body.len());
    body.get(..end)
}
