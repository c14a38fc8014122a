//! HTTP requests that tests mock without responses or respx.

use plimsoll_sdk::prelude::*;

use crate::suite::is_for_tests;

rule! {
    /// Tests mock HTTP requests by another way than responses or respx.
    ///
    /// A patched `requests.get` checks neither address nor method nor headers, and breaks when the code calls
    /// `Session.get` instead. Use responses for requests and respx for httpx. pytest-httpx, aioresponses,
    /// pytest-httpserver, recorded cassettes and the transports of httpx itself are accepted.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests"]
    ///
    /// [dependency-groups]
    /// dev = [
    ///   "httpretty",  # error: tests mock HTTP with `httpretty`
    /// ]
    /// ```
    /// ```python bad src/app/__init__.py
    /// import requests
    ///
    /// def fetch():
    ///     return requests.get("https://example.org", timeout=5)
    /// ```
    /// ```python bad tests/test_app.py
    /// from unittest.mock import patch
    /// import httpretty
    ///
    /// def test_get():
    ///     with patch("requests.get"):  # error: 3 patches of HTTP clients
    ///         pass
    ///
    /// def test_post():
    ///     with patch("app.requests.post"), patch("httpx.Client.get"):
    ///         pass
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["requests"]
    ///
    /// [dependency-groups]
    /// dev = ["responses"]
    /// ```
    /// ```python good src/app/__init__.py
    /// import requests
    ///
    /// def fetch():
    ///     return requests.get("https://example.org", timeout=5)
    /// ```
    /// ```python good tests/test_app.py
    /// from unittest.mock import patch
    ///
    /// def test_client(client):
    ///     client.patch("/ships/1")
    ///     with patch("app.client.Client.get"):
    ///         pass
    ///
    /// def test_other_libraries():
    ///     with patch("urllib.request.urlopen"), patch("aiohttp.ClientSession.get"), patch("app.urllib.request.urlopen"):
    ///         pass
    /// ```
    pub(crate) static OTHER_HTTP_MOCK = {
        id: "other-http-mock",
        requirements: ["8.7.3"],
        check: Check::Repository(other_http_mock),
        roles: [Role::Test],
        wants: [Want::Calls(PATCHES), Want::Imports(IMPORTED)],
    }
}

const PATCHES: &[&str] = &["*.patch", "*.setattr"];
const LIBRARIES: &[&str] = &["httpretty", "mocket", "aresponses", "requests-mock", "pook"];
const IMPORTED: &[&str] = &[
    "httpretty",
    "httpretty.*",
    "mocket",
    "mocket.*",
    "aresponses",
    "aresponses.*",
    "requests_mock",
    "requests_mock.*",
    "pook",
    "pook.*",
];
/// The clients that responses and respx answer for.
const CLIENTS: &[&str] = &["requests", "httpx"];
const FUNCTIONS: &[&str] =
    &["get", "post", "put", "delete", "patch", "head", "request", "send", "stream", "urlopen", "urlretrieve"];

fn other_http_mock(report: &mut Report) {
    let imports = python::imports(IMPORTED);
    for dependency in project::dependencies(LIBRARIES) {
        let module = dependency.name.replace('-', "_");
        let is_its = |import: &Import| import.name.split('.').next() == Some(module.as_str());
        if is_for_tests(&dependency) && imports.iter().any(is_its) {
            report
                .finding(&dependency.place, format!("tests mock HTTP with `{}`", dependency.name))
                .help("use responses for requests, respx for httpx")
                .low();
        }
    }
    let patches: Vec<Call> = python::calls(PATCHES).into_iter().filter(patches_a_client).collect();
    let Some(first) = patches.first().filter(|_| patches.len() >= 3) else { return };
    report
        .finding(&first.site.place, format!("{} patches of HTTP clients", patches.len()))
        .help("use responses for requests, respx for httpx")
        .low();
}

/// `patch("app.requests.get")`, `setattr(requests, "get", …)`
fn patches_a_client(call: &Call) -> bool {
    let Some(target) = Item::root(&call.value).and_then(|call| call.positional().next()) else { return false };
    let parts: Vec<&str> = match target.kind() {
        NodeKind::Text | NodeKind::Name => target.text().split('.').collect(),
        _ => return false,
    };
    let Some((last, before)) = parts.split_last() else { return false };
    // A name is the object whose attribute is set; a text is the attribute itself.
    let owner = if target.kind() == NodeKind::Name { parts.as_slice() } else { before };
    let is_function = target.kind() == NodeKind::Name || FUNCTIONS.contains(last);
    is_function && owner.iter().any(|part| CLIENTS.contains(part))
}
