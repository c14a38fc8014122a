//! Registries that speak OCI's distribution protocol, as far as plugins need it: list the versions of a repository, read
//! a version, fetch bytes by digest, publish. A version is a tag; a plugin is one manifest in the layout of WebAssembly
//! artifacts, so that `wkg` and `oras` read what is published here and the other way round.
//!
//! Nothing that a registry says is trusted: every answer has a limit in bytes and in time, what has a digest is hashed,
//! and a digest that does not fit is an error. Requests that may succeed later are repeated a few times.

mod artifact;
mod auth;
mod signatures;
mod transport;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::Duration;

use serde::Deserialize;
use ureq::http::Method;

use self::transport::{Request, parse};
use super::manifest::Registries;
use super::reference::Repository;
use crate::plugin::component::LARGEST_COMPONENT;
use crate::plugin::source::{Source, sha256};

pub(crate) use artifact::{Artifact, tag_of, version_of};

const LARGEST_DOCUMENT: u64 = 1 << 20;
const MOST_PAGES: usize = 200;
const MOST_TAGS: usize = 20_000;
/// How long a registry may take to begin an answer, unless [`TIMEOUT`] says another number of seconds. It may take a third
/// of it to be connected, and six times as long for the whole answer.
const ANSWER: Duration = Duration::from_secs(30);
const TIMEOUT: &str = "PLIMSOLL_HTTP_TIMEOUT";

/// Why a registry did not do what was asked of it.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RegistryError {
    #[error("{registry} wants a login: run `docker login {registry}`")]
    Login { registry: String },
    #[error("{registry} refuses the login that Docker's configuration has for it: run `docker login {registry}`")]
    Refused { registry: String },
    #[error("{repository}: the login may not {verb} it")]
    Forbidden { repository: String, verb: &'static str },
    #[error("{0} is not there, or the login does not show it")]
    NotFound(String),
    #[error("{0} answers too many requests (429): try again later")]
    TooMany(String),
    #[error("{registry} answers {status}{detail}")]
    Status { registry: String, status: u16, detail: String },
    #[error("{registry} can't be reached: {reason}")]
    Connection { registry: String, reason: String },
    #[error(
        "{0} is too slow: it took longer than it may; PLIMSOLL_HTTP_TIMEOUT sets how many seconds an answer may take"
    )]
    Slow(String),
    #[error("{what} is larger than {limit} bytes")]
    TooLarge { what: String, limit: u64 },
    #[error(
        "{what} should have the digest sha256:{expected} and has sha256:{actual}: the registry is damaged, or lies"
    )]
    Digest { what: String, expected: String, actual: String },
    #[error("{what}: {reason}")]
    Malformed { what: String, reason: String },
    #[error("{0} is not signed, and the manifest has a key for it: its publisher signs it with `cosign sign --key`")]
    Unsigned(String),
    #[error("{0} is signed, and not with the key that the manifest has for it")]
    WrongSignature(String),
    #[error("{0}")]
    Credentials(String),
}

impl RegistryError {
    /// Whether another registry, or the same one later, may do it.
    fn is_passing(&self) -> bool {
        match self {
            Self::TooMany(_) | Self::Connection { .. } => true,
            Self::Status { status, .. } => *status >= 500,
            _ => false,
        }
    }
}

/// Asks registries.
pub(crate) struct Client {
    agent: ureq::Agent,
    registries: Registries,
    /// Authorization headers by repository and whether they are for writing.
    authorizations: Mutex<BTreeMap<(Repository, bool), String>>,
}

#[derive(Deserialize)]
struct Tags {
    tags: Option<Vec<String>>,
}

impl Client {
    pub(crate) fn new(registries: Registries) -> Self {
        let set = std::env::var(TIMEOUT).ok().and_then(|seconds| seconds.parse().ok()).filter(|seconds| *seconds > 0);
        let answer = set.map_or(ANSWER, Duration::from_secs).min(Duration::from_secs(3_600));
        let tls = ureq::tls::TlsConfig::builder().root_certs(ureq::tls::RootCerts::PlatformVerifier).build();
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .tls_config(tls)
            .timeout_connect(Some(answer / 3))
            .timeout_recv_response(Some(answer))
            .timeout_recv_body(Some(answer * 6))
            .timeout_send_body(Some(answer * 6))
            .max_redirects(5)
            .user_agent(concat!("plimsoll/", env!("CARGO_PKG_VERSION")))
            .build();
        Self { agent: config.into(), registries, authorizations: Mutex::default() }
    }

    /// The tags of a repository, in the registry's order.
    ///
    /// # Errors
    /// When the registry does not list them.
    pub(crate) fn tags(&self, repository: &Repository) -> Result<Vec<String>, RegistryError> {
        self.with_mirror(repository, |repository| self.tags_of(repository))
    }

    fn tags_of(&self, repository: &Repository) -> Result<Vec<String>, RegistryError> {
        let mut tags = Vec::new();
        let mut next = Some(self.url(repository, "tags/list?n=1000"));
        for _ in 0..MOST_PAGES {
            let Some(url) = next.take() else { break };
            let what = format!("the list of versions of {repository}");
            let request = Request::get(url.clone(), "application/json", LARGEST_DOCUMENT, what.clone());
            let answer = self.expect(repository, &request, "read")?;
            let page: Tags = parse(&answer.body, &what)?;
            let page = page.tags.unwrap_or_default();
            let is_empty = page.is_empty();
            tags.extend(page);
            if tags.len() > MOST_TAGS {
                let reason = format!("more than {MOST_TAGS} versions");
                return Err(RegistryError::Malformed { what, reason });
            }
            next = answer.header("link").filter(|_| !is_empty).and_then(|link| next_page(&url, link));
        }
        Ok(tags)
    }

    /// What a version of a repository consists of.
    ///
    /// # Errors
    /// When there is no such version, or it is no plugin.
    pub(crate) fn artifact(&self, repository: &Repository, tag: &str) -> Result<Artifact, RegistryError> {
        self.with_mirror(repository, |repository| self.artifact_of(repository, tag))
    }

    fn artifact_of(&self, repository: &Repository, tag: &str) -> Result<Artifact, RegistryError> {
        let what = format!("{repository}:{tag}");
        let request = Request::get(
            self.url(repository, &format!("manifests/{tag}")),
            artifact::ACCEPTED,
            LARGEST_DOCUMENT,
            what.clone(),
        );
        let answer = self.expect(repository, &request, "read")?;
        let manifest: artifact::Manifest = parse(&answer.body, &what)?;
        let own = sha256(&answer.body);
        let layer = manifest.component().map_err(|reason| RegistryError::Malformed { what: what.clone(), reason })?;
        let config = match &manifest.config {
            Some(config) if config.media_type == artifact::CONFIG && config.size <= LARGEST_DOCUMENT => {
                let digest = config.sha256().map_err(|reason| RegistryError::Malformed { what, reason })?;
                let blob = self.blob_of(repository, digest, LARGEST_DOCUMENT)?;
                serde_json::from_slice(&blob).ok()
            }
            _ => None,
        };
        Ok(Artifact::new(layer, own, config))
    }

    /// The component of a digest.
    ///
    /// # Errors
    /// When the registry has none of this digest.
    pub(crate) fn component(&self, repository: &Repository, digest: &str) -> Result<Vec<u8>, RegistryError> {
        self.with_mirror(repository, |repository| self.blob_of(repository, digest, LARGEST_COMPONENT as u64))
    }

    fn blob_of(&self, repository: &Repository, digest: &str, limit: u64) -> Result<Vec<u8>, RegistryError> {
        let what = format!("{repository}@sha256:{digest}");
        let request = Request::get(
            self.url(repository, &format!("blobs/sha256:{digest}")),
            "application/octet-stream",
            limit,
            what.clone(),
        );
        let mut answer = self.expect(repository, &request, "read")?;
        let mut actual = sha256(&answer.body);
        if actual != digest {
            // A connection that broke off may look like an end.
            answer = self.expect(repository, &request, "read")?;
            actual = sha256(&answer.body);
        }
        if actual == digest {
            return Ok(answer.body);
        }
        Err(RegistryError::Digest { what, expected: digest.to_owned(), actual })
    }

    /// Publishes a component as a version. The caller has made sure that there is none yet.
    ///
    /// # Errors
    /// When the registry does not take it.
    pub(crate) fn publish(&self, repository: &Repository, source: &Source) -> Result<String, RegistryError> {
        let config = artifact::config_of(source);
        self.push_blob(repository, &source.wasm)?;
        self.push_blob(repository, config.as_bytes())?;
        let manifest = artifact::manifest_of(source, &config);
        let tag = artifact::tag_of(&source.description.version);
        let request = Request {
            method: Method::PUT,
            url: self.url(repository, &format!("manifests/{tag}")),
            accept: "*/*",
            body: Some((artifact::MANIFEST, manifest.as_bytes())),
            limit: LARGEST_DOCUMENT,
            what: format!("{repository}:{tag}"),
        };
        self.expect(repository, &request, "write")?;
        Ok(sha256(manifest.as_bytes()))
    }

    fn push_blob(&self, repository: &Repository, bytes: &[u8]) -> Result<(), RegistryError> {
        let digest = sha256(bytes);
        let what = format!("{repository}@sha256:{digest}");
        let ask = |method: Method, url: String, body| Request {
            method,
            url,
            accept: "*/*",
            body,
            limit: LARGEST_DOCUMENT,
            what: what.clone(),
        };
        let head = ask(Method::HEAD, self.url(repository, &format!("blobs/sha256:{digest}")), None);
        if self.send(repository, &head, "write").is_ok_and(|answer| answer.status.is_success()) {
            return Ok(());
        }
        let start = ask(Method::POST, self.url(repository, "blobs/uploads/"), Some(("application/octet-stream", b"")));
        let answer = self.expect(repository, &start, "write")?;
        let location = answer.header("location").and_then(|location| absolute(&start.url, location));
        // The login goes along, so that it must not be another machine.
        let Some(location) = location.filter(|location| host_of(location) == host_of(&start.url)) else {
            return Err(RegistryError::Malformed { what, reason: "the registry names no place for it".to_owned() });
        };
        let separator = if location.contains('?') { '&' } else { '?' };
        let put = ask(
            Method::PUT,
            format!("{location}{separator}digest=sha256:{digest}"),
            Some(("application/octet-stream", bytes)),
        );
        self.expect(repository, &put, "write").map(|_| ())
    }

    /// Asks the mirror of a repository first, where it has one.
    fn with_mirror<T>(
        &self,
        repository: &Repository,
        ask: impl Fn(&Repository) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let mirror = self.registries.of(repository).and_then(|registry| {
            let below = repository.below(&registry.url)?;
            Some(registry.mirror.as_ref()?.join(below))
        });
        match mirror.map(|mirror| ask(&mirror)) {
            Some(Ok(found)) => Ok(found),
            _ => ask(repository),
        }
    }

    fn is_plain(&self, repository: &Repository) -> bool {
        repository.is_loopback() || self.registries.of(repository).is_some_and(|registry| registry.plain_http)
    }

    fn url(&self, repository: &Repository, rest: &str) -> String {
        let scheme = if self.is_plain(repository) { "http" } else { "https" };
        format!("{scheme}://{}/v2/{}/{rest}", repository.registry, repository.path)
    }
}

/// The address of the next page: `</v2/x/tags/list?last=a>; rel="next"`.
fn next_page(url: &str, link: &str) -> Option<String> {
    let (target, rest) = link.trim().strip_prefix('<')?.split_once('>')?;
    let next = rest.contains("next").then(|| absolute(url, target)).flatten()?;
    (next != url && host_of(&next) == host_of(url)).then_some(next)
}

fn host_of(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split('/').next()
}

/// An address that may be written relative to another.
fn absolute(url: &str, target: &str) -> Option<String> {
    if target.starts_with("http://") || target.starts_with("https://") {
        return Some(target.to_owned());
    }
    let (scheme, rest) = url.split_once("://")?;
    let host = rest.split('/').next()?;
    if target.starts_with('/') {
        return Some(format!("{scheme}://{host}{target}"));
    }
    let path = rest.split('?').next()?;
    let folder = path.rsplit_once('/').map_or(path, |(folder, _)| folder);
    Some(format!("{scheme}://{folder}/{target}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let url = "https://r.example/v2/x/tags/list?n=2";
        assert_eq!(
            next_page(url, "</v2/x/tags/list?n=2&last=b>; rel=\"next\"").as_deref(),
            Some("https://r.example/v2/x/tags/list?n=2&last=b")
        );
        assert_eq!(next_page(url, "<https://evil.example/v2/x/tags/list>; rel=\"next\""), None);
        assert_eq!(next_page(url, "</v2/x/tags/list?n=2>; rel=\"next\""), None);
        assert_eq!(
            absolute("http://h:1/v2/x/blobs/uploads/", "abc?d=1").as_deref(),
            Some("http://h:1/v2/x/blobs/uploads/abc?d=1")
        );
        assert_eq!(absolute("http://h:1/v2", "http://o/x").as_deref(), Some("http://o/x"));
    }
}
