//! Requests and connections that leave the machine, and what keeps them from leaving it in tests.

use std::collections::BTreeMap;

use plimsoll_sdk::paths::{join, parent, upwards};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::texts::Texts;

/// Calls that send an HTTP request.
pub(crate) const REQUESTS: &[&str] = &[
    "/^(requests|httpx)\\.(get|post|put|patch|delete|head|options|request|stream)$/",
    "urllib.request.urlopen",
    "urllib.request.urlretrieve",
    "/^(requests\\.Session|httpx\\.Client|httpx\\.AsyncClient|aiohttp\\.ClientSession)\\(\\)\\.(get|post|put|patch|delete|head|request)$/",
];

/// Words of a module that answer requests in place of the network, or say that the network is meant.
const ANSWERED: &[&str] = &[
    "respx",
    "responses",
    "requests_mock",
    "requests-mock",
    "httpx_mock",
    "pytest_httpx",
    "vcr",
    "cassette",
    "moto",
    "httpretty",
    "aioresponses",
    "aresponses",
    "pook",
    "mocket",
    "patch(",
    "patch.object",
    "mocker",
    "monkeypatch",
    "disable_socket",
    "transport=",
    "MockTransport",
    "Mock(",
    "mark.network",
    "mark.live",
    "mark.external",
    "mark.online",
    "mark.slow",
    "mark.e2e",
    "skipif",
    "os.environ",
    "getenv",
    "betamax",
    "pytest_socket",
    "httpserver",
    "requires_network",
    "raises(",
];

/// The host of a request that goes to the network, when its address is written down.
pub(crate) fn public_host(call: &Call) -> Option<String> {
    let arguments = Item::root(&call.value)?;
    let position = usize::from(call.name.ends_with(".request") || call.name.ends_with(".stream"));
    let address = arguments.argument(position, "url")?.resolved();
    let text = match address.kind() {
        NodeKind::Template => address.children().next()?.string()?,
        _ => address.string()?,
    };
    let (_, rest) = text.split_once("://").filter(|(scheme, _)| matches!(*scheme, "http" | "https"))?;
    let end = rest.find(['/', '?', '#', ':']).unwrap_or(rest.len());
    // A template's first part may break off inside the host.
    if address.kind() == NodeKind::Template && end == rest.len() {
        return None;
    }
    let host = rest.get(..end)?.rsplit('@').next()?.to_ascii_lowercase();
    is_public(&host).then_some(host)
}

/// Whether a host is no name for this machine, for tests or for documentation.
pub(crate) fn is_public(host: &str) -> bool {
    const PRIVATE: &[&str] =
        &["localhost", "testserver", "test", "local", "invalid", "internal", "example", "localtest"];
    let is_number = host.chars().all(|letter| letter.is_ascii_digit() || letter == '.');
    let is_example = host.split('.').any(|part| matches!(part, "example" | "mock" | "fake" | "dummy"));
    let top = host.rsplit('.').next().unwrap_or(host);
    host.contains('.') && !is_number && !is_example && !PRIVATE.contains(&top)
}

/// Which modules answer requests themselves, or say that they are meant; each is read once.
#[derive(Default)]
pub(crate) struct Answers {
    texts: Texts,
    known: BTreeMap<String, bool>,
}

impl Answers {
    /// Whether a module, or a `conftest.py` above it, answers requests itself or says that they are meant.
    pub(crate) fn of(&mut self, path: &str) -> bool {
        let conftests = upwards(parent(path)).into_iter().map(|folder| join(folder, "conftest.py"));
        conftests.chain([path.to_owned()]).any(|path| self.has_word(path))
    }

    fn has_word(&mut self, path: String) -> bool {
        let text = self.texts.of(&path);
        *self.known.entry(path).or_insert_with(|| ANSWERED.iter().any(|word| text.contains(word)))
    }
}

/// Whether a path names the kind of test that talks to the world.
pub(crate) fn is_meant(path: &str) -> bool {
    const MEANT: &[&str] = &[
        "e2e",
        "end_to_end",
        "live",
        "contract",
        "smoke",
        "acceptance",
        "network",
        "online",
        "external",
        "manual",
        "benchmark",
    ];
    path.split(['/', '_', '.']).any(|part| MEANT.contains(&part) || part.starts_with("e2e"))
}
