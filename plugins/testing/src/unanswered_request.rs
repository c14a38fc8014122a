//! Tests that talk to services on the internet.

use std::collections::BTreeSet;

use plimsoll_sdk::prelude::*;

use crate::network::{Answers, REQUESTS, is_meant, public_host};

rule! {
    /// A test sends a request to a service on the internet.
    ///
    /// It fails when the service is down, changes its answer, or when there is no network, and none of that is a fault of
    /// the code. Mock external APIs (responses, respx), or mark the test so that it can be left out. Databases may be
    /// real.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad tests/integration/test_app.py
    /// import requests
    ///
    /// def test_ships():
    ///     assert requests.get("https://api.ships.com/v1", timeout=5).ok  # error: a test sends a request to `api.ships.com`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good tests/integration/test_app.py
    /// import requests
    /// import responses
    ///
    /// @responses.activate
    /// def test_ships():
    ///     assert requests.get("https://api.ships.com/v1", timeout=5).ok
    /// ```
    /// ```python good tests/integration/test_server.py
    /// import httpx
    ///
    /// def test_server():
    ///     assert httpx.get("http://localhost:8000/").is_success
    /// ```
    pub(crate) static UNANSWERED_REQUEST = {
        id: "unanswered-request",
        requirements: ["8.1.4"],
        check: Check::Repository(unanswered_request),
        confidence: Low,
        roles: [Role::Test],
        wants: [Want::Calls(REQUESTS)],
    }
}

/// Whether a path lies among examples, whose folders called `testing` are no tests.
fn is_example(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "example" | "examples" | "samples" | "demo" | "demos"))
}

fn unanswered_request(report: &mut Report) {
    let mut answers = Answers::default();
    let mut reported = BTreeSet::new();
    for call in python::calls(REQUESTS) {
        let path = &call.site.place.path;
        // Unit tests are the matter of `unit-test-with-io`.
        if reported.contains(path)
            || is_meant(path)
            || is_example(path)
            || path.split('/').any(|part| part.starts_with("unit"))
        {
            continue;
        }
        let Some(host) = public_host(&call) else { continue };
        if call.site.function.is_none() || answers.of(path) {
            continue;
        }
        reported.insert(path.clone());
        report
            .finding(&call.site.place, format!("a test sends a request to `{host}`"))
            .help("mock it with responses or respx, or mark the test so that it can be left out");
    }
}
