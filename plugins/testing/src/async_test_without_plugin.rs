//! Asynchronous tests that pytest does not run.

use std::collections::BTreeSet;

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::settings::{PYTEST, Settings};
use plimsoll_sdk::text::plural;
use plimsoll_sdk::texts::Texts;

use crate::suite::{CONFIGURATION, MODULES, is_for_tests, is_named, matches_in_tests};

rule! {
    /// An asynchronous test needs a plug-in that is not there.
    ///
    /// pytest does not await a test by itself: it fails or skips it. Add pytest-asyncio and set `asyncio_mode` to
    /// `auto`, or mark each test.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// async def answer():
    ///     return 42
    /// ```
    /// ```python bad tests/test_app.py
    /// from app import answer
    ///
    /// async def test_answer():  # error: no plug-in runs asynchronous tests
    ///     assert await answer() == 42
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest", "pytest-asyncio"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// async def answer():
    ///     return 42
    /// ```
    /// ```python bad tests/test_app.py
    /// from app import answer
    ///
    /// async def test_answer():  # error: asynchronous tests of 1 module have no mark `asyncio`
    ///     assert await answer() == 42
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest", "pytest-asyncio"]
    ///
    /// [tool.pytest.ini_options]
    /// asyncio_mode = "auto"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// async def answer():
    ///     return 42
    /// ```
    /// ```python fixed tests/test_app.py
    /// from app import answer
    ///
    /// async def test_answer():
    ///     assert await answer() == 42
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [dependency-groups]
    /// dev = ["pytest", "pytest-asyncio"]
    ///
    /// [tool.pytest.ini_options]
    /// asyncio_mode = "auto"
    /// ```
    /// ```python good src/app/__init__.py
    /// async def answer():
    ///     return 42
    /// ```
    /// ```python good tests/test_app.py
    /// from app import answer
    ///
    /// async def test_answer():
    ///     assert await answer() == 42
    /// ```
    pub(crate) static ASYNC_TEST_WITHOUT_PLUGIN = {
        id: "async-test-without-plugin",
        requirements: ["3.2.2"],
        check: Check::Repository(async_test_without_plugin),
        wants: [
            Want::Search(ASYNC_TESTS, MODULES),
            Want::Search(PLUGINS, CONFIGURATION),
            Want::Search(AUTOMATIC, CONFIGURATION),
        ],
    }
}

/// Functions of a module: the methods of `IsolatedAsyncioTestCase` run without a plug-in.
const ASYNC_TESTS: &[&str] = &[r"(?m)^async[ \t]+def[ \t]+(test_\w+)"];
const PLUGINS: &[&str] = &[concat!(
    r"(?:pytest[-_](?:asyncio|trio|tornasync|tornado|twisted|aiohttp|sanic|anyio|async|curio|homeassistant)",
    r"|anyio|pytest_pyfunc_call|alt-pytest|asyncio_mode|\.asyncio)"
)];
/// Settings and hooks that spare the marks.
const AUTOMATIC: &[&str] = &[concat!(
    r"(?:asyncio[-_]mode[\x22']?[ ]*[=:][ ]*[\x22']?auto|anyio_mode|pytest_pyfunc_call|trio_mode",
    r"|pytest_collection_modifyitems|pytest_pycollect_makeitem|pytest[-_](?:aiohttp|tornasync|twisted|sanic)|alt-pytest)"
)];
const HELP: &str = "add `pytest-asyncio` to the development dependencies and set `asyncio_mode = \"auto\"`";

fn async_test_without_plugin(report: &mut Report) {
    for dependency in project::dependencies(&["asynctest", "aiounittest"]) {
        if is_for_tests(&dependency) {
            let message = format!("`{}` is abandoned", dependency.name);
            report.finding(&dependency.place, message).help("use `pytest-asyncio`").medium();
        }
    }
    let tests = matches_in_tests(ASYNC_TESTS);
    let Some(first) = tests.first() else {
        return report.not_applicable("3.2.2", "no asynchronous tests");
    };
    if !is_named(PLUGINS) {
        let is_locked = ["pytest-asyncio", "anyio", "pytest-trio"].iter().any(|name| project::locked(name).is_some());
        if !is_locked {
            report.finding(&first.place, "no plug-in runs asynchronous tests").help(HELP).medium();
        }
        return;
    }
    let is_asyncio = !project::dependencies(&["pytest-asyncio"]).is_empty();
    let mode =
        Settings::of(&PYTEST, "").setting(&["asyncio_mode"]).and_then(|mode| mode.value.string().map(str::to_owned));
    if !is_asyncio || mode.as_deref() == Some("auto") || is_named(AUTOMATIC) {
        return;
    }
    let mut texts = Texts::default();
    let unmarked: Vec<&Match> = tests.iter().filter(|test| !is_marked(texts.of(&test.place.path))).collect();
    let modules: BTreeSet<&str> = unmarked.iter().map(|test| test.place.path.as_str()).collect();
    if let Some(first) = unmarked.first() {
        let count = modules.len();
        let message = format!("asynchronous tests of {count} {} have no mark `asyncio`", plural(count, "module"));
        let settings = Settings::of(&PYTEST, "");
        // Marks of some tests may differ in what they say.
        let is_there = settings.layers.first().is_none_or(|layer| layer.path == "pyproject.toml");
        let is_settled = settings.setting(&["asyncio_mode"]).is_some() || unmarked.len() < tests.len();
        let can_be_set = is_there && !is_settled && repository::exists("pyproject.toml");
        let keys = ["tool", "pytest", "ini_options", "asyncio_mode"];
        report
            .finding(&first.place, message)
            .help("set `asyncio_mode = \"auto\"`, or mark them")
            .safe_fix(can_be_set.then(|| edit::set("pyproject.toml", &keys, "\"auto\"")))
            .medium();
    }
}

/// Whether a module marks tests for a plug-in, or wraps them in something of its own.
fn is_marked(text: &str) -> bool {
    ["asyncio(", "mark.asyncio", "mark.anyio", "mark.trio", "pytestmark", "gen_test", "_async", "async_"]
        .iter()
        .any(|word| text.contains(word))
}
