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
    ///
    /// A module of one's own may have a client's name:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["httpx"]
    /// ```
    /// ```python good tests/test_app.py
    /// import app.integrations.httpx
    ///
    /// def test_missing(monkeypatch):
    ///     monkeypatch.setattr(app.integrations.httpx, "Instrumentor", None)
    ///     monkeypatch.setattr(app.integrations.httpx, "_httpx", None)
    ///     monkeypatch.setattr(app.integrations.httpx, "import_module", None)
    /// ```
    pub(crate) static OTHER_HTTP_MOCK = {
        id: "other-http-mock",
        requirements: ["8.7.3"],
        check: Check::Repository(other_http_mock),
        confidence: Low,
        roles: [Role::Test],
        wants: [Want::Search(PATCHES, PYTHON), Want::Imports(IMPORTED)],
    }
}

/// `patch("app.requests.get")`, `setattr(requests, "get", …)`: a text is the attribute, a name the object that has it. The
/// clients are those that responses and respx answer for. What another module calls by a client's name may be a module of its
/// own, so there it takes a client's function.
const PATCHES: &[&str] = &[concat!(
    r#"\b(?:patch|setattr)\(\s*(?:["'](?:\w+\.)*(?:requests|httpx)\.(?:\w+\.)*"#,
    r#"(?:get|post|put|delete|patch|head|request|send|stream|urlopen|urlretrieve)["']"#,
    r#"|(?:requests|httpx)(?:\.\w+)*\s*,|(?:\w+\.)+(?:requests|httpx)(?:\.\w+)*\s*,\s*"#,
    r#"["'](?:get|post|put|delete|patch|head|request|send|stream)["'])"#,
)];
const PYTHON: &[&str] = &["*.py"];
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
fn other_http_mock(report: &mut Report) {
    let imports = python::imports(IMPORTED);
    for dependency in project::dependencies(LIBRARIES) {
        let module = dependency.name.replace('-', "_");
        let is_its = |import: &Import| import.name.split('.').next() == Some(module.as_str());
        if is_for_tests(&dependency) && imports.iter().any(is_its) {
            report
                .finding(&dependency.place, format!("tests mock HTTP with `{}`", dependency.name))
                .help("use responses for requests, respx for httpx");
        }
    }
    let patches = repository::search(PATCHES, PYTHON);
    let Some(first) = patches.first().filter(|_| patches.len() >= 3) else { return };
    report
        .finding(&first.place, format!("{} patches of HTTP clients", patches.len()))
        .help("use responses for requests, respx for httpx");
}
