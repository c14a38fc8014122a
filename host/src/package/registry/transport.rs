//! Requests: with a login where the registry wants one, with limits in bytes and time, and again where that may help.

use std::sync::PoisonError;
use std::time::Duration;

use serde::Deserialize;
use ureq::http::{self, Method, StatusCode};

use super::auth::{self, Challenge, Credentials};
use super::{Client, LARGEST_DOCUMENT, RegistryError};
use crate::package::reference::Repository;

const MOST_TRIES: u32 = 4;
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// One request; it may be sent several times.
pub(super) struct Request<'a> {
    pub(super) method: Method,
    pub(super) url: String,
    pub(super) accept: &'static str,
    pub(super) body: Option<(&'static str, &'a [u8])>,
    pub(super) limit: u64,
    /// What is asked for, in messages.
    pub(super) what: String,
}

impl Request<'_> {
    /// A request that reads.
    pub(super) fn get(url: String, accept: &'static str, limit: u64, what: String) -> Self {
        Self { method: Method::GET, url, accept, body: None, limit, what }
    }
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: http::HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

impl Client {
    /// Sends a request that has to succeed.
    pub(super) fn expect(
        &self,
        repository: &Repository,
        request: &Request<'_>,
        verb: &'static str,
    ) -> Result<Answer, RegistryError> {
        let answer = self.send(repository, request, verb)?;
        let registry = || repository.registry.clone();
        match answer.status {
            status if status.is_success() => Ok(answer),
            StatusCode::FORBIDDEN => Err(RegistryError::Forbidden { repository: repository.to_string(), verb }),
            StatusCode::NOT_FOUND => Err(RegistryError::NotFound(request.what.clone())),
            StatusCode::TOO_MANY_REQUESTS => Err(RegistryError::TooMany(registry())),
            status => Err(RegistryError::Status {
                registry: registry(),
                status: status.as_u16(),
                detail: detail(&answer.body),
            }),
        }
    }

    /// Sends a request, with a login where the registry wants one, and again where that may help.
    pub(super) fn send(
        &self,
        repository: &Repository,
        request: &Request<'_>,
        verb: &'static str,
    ) -> Result<Answer, RegistryError> {
        let mut pause = FIRST_PAUSE;
        let mut tries = 0;
        loop {
            tries += 1;
            let result = self.send_authorized(repository, request, verb);
            let is_passing = match &result {
                Ok(answer) => answer.status == StatusCode::TOO_MANY_REQUESTS || answer.status.is_server_error(),
                Err(error) => error.is_passing(),
            };
            if !is_passing || tries >= MOST_TRIES {
                return result;
            }
            let wanted = result.ok().and_then(|answer| answer.header("retry-after")?.parse().ok());
            std::thread::sleep(wanted.map_or(pause, Duration::from_secs).min(LONGEST_PAUSE));
            pause *= 2;
        }
    }

    fn send_authorized(
        &self,
        repository: &Repository,
        request: &Request<'_>,
        verb: &'static str,
    ) -> Result<Answer, RegistryError> {
        let key = (repository.clone(), verb == "write");
        let known = self.authorizations.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        let answer = self.send_once(repository, request, known.as_deref())?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        let challenges: Vec<Challenge> = answer
            .headers
            .get_all("www-authenticate")
            .iter()
            .filter_map(|value| Challenge::parse(value.to_str().ok()?))
            .collect();
        let credentials = Credentials::of(&repository.registry).map_err(RegistryError::Credentials)?;
        let login = || match &credentials {
            Some(_) => RegistryError::Refused { registry: repository.registry.clone() },
            None => RegistryError::Login { registry: repository.registry.clone() },
        };
        let authorization = match challenges.iter().find(|challenge| challenge.scheme == "bearer") {
            Some(bearer) => self.token(repository, bearer, credentials.as_ref(), verb)?.ok_or_else(login)?,
            None => credentials.as_ref().and_then(Credentials::basic).ok_or_else(login)?,
        };
        let answer = self.send_once(repository, request, Some(&authorization))?;
        if answer.status == StatusCode::UNAUTHORIZED {
            return Err(login());
        }
        self.authorizations.lock().unwrap_or_else(PoisonError::into_inner).insert(key, authorization);
        Ok(answer)
    }

    /// Gets a token from where the registry sends us; none when the login is refused there.
    fn token(
        &self,
        repository: &Repository,
        challenge: &Challenge,
        credentials: Option<&Credentials>,
        verb: &'static str,
    ) -> Result<Option<String>, RegistryError> {
        let what = format!("the token for {repository}");
        let fail = |reason: &str| RegistryError::Malformed { what: what.clone(), reason: reason.to_owned() };
        let realm = challenge.get("realm").ok_or_else(|| fail("the registry says not where to get it"))?;
        // A login is never sent in the clear to another machine.
        if !(realm.starts_with("https://") || realm.starts_with("http://") && self.is_plain(repository)) {
            return Err(fail(&format!("`{realm}` is no address to send a login to")));
        }
        let actions = if verb == "write" { "pull,push" } else { "pull" };
        let scope = format!("repository:{}:{actions}", repository.path);
        let request = auth::token_request(realm, challenge.get("service"), &scope, credentials);
        let sent = Request {
            method: if request.form.is_some() { Method::POST } else { Method::GET },
            url: request.url,
            accept: "application/json",
            body: request.form.as_deref().map(|form| ("application/x-www-form-urlencoded", form.as_bytes())),
            limit: LARGEST_DOCUMENT,
            what: what.clone(),
        };
        let answer = self.send_once(repository, &sent, request.authorization.as_deref())?;
        if matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST) {
            return Ok(None);
        }
        let token: auth::Token = parse(&answer.body, &what)?;
        Ok(Some(format!("Bearer {}", token.text().ok_or_else(|| fail("the answer has none"))?)))
    }

    fn send_once(
        &self,
        repository: &Repository,
        request: &Request<'_>,
        authorization: Option<&str>,
    ) -> Result<Answer, RegistryError> {
        let failed = |reason: String| RegistryError::Connection { registry: repository.registry.clone(), reason };
        let mut builder =
            http::Request::builder().method(request.method.clone()).uri(&request.url).header("accept", request.accept);
        if let Some(authorization) = authorization {
            builder = builder.header("authorization", authorization);
        }
        if let Some((media_type, _)) = request.body {
            builder = builder.header("content-type", media_type);
        }
        let body = request.body.map_or(&b""[..], |(_, bytes)| bytes);
        let malformed =
            |error: http::Error| RegistryError::Malformed { what: request.what.clone(), reason: error.to_string() };
        let result = if request.body.is_some() {
            self.agent.run(builder.body(body).map_err(malformed)?)
        } else {
            self.agent.run(builder.body(()).map_err(malformed)?)
        };
        let slow = || RegistryError::Slow(repository.registry.clone());
        let response = result.map_err(|error| match error {
            ureq::Error::Timeout(_) => slow(),
            error => failed(error.to_string()),
        })?;
        let (parts, body) = response.into_parts();
        let read = body.into_with_config().limit(request.limit + 1).read_to_vec();
        let body = match read {
            Ok(body) if body.len() as u64 <= request.limit => body,
            Ok(_) | Err(ureq::Error::BodyExceedsLimit(_)) => {
                return Err(RegistryError::TooLarge { what: request.what.clone(), limit: request.limit });
            }
            Err(ureq::Error::Timeout(_)) => return Err(slow()),
            Err(error) => return Err(failed(format!("{} broke off: {error}", request.what))),
        };
        Ok(Answer { status: parts.status, headers: parts.headers, body })
    }
}

pub(super) fn parse<'a, T: Deserialize<'a>>(body: &'a [u8], what: &str) -> Result<T, RegistryError> {
    serde_json::from_slice(body)
        .map_err(|error| RegistryError::Malformed { what: what.to_owned(), reason: error.to_string() })
}

/// What a registry says of its error.
fn detail(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(300)]);
    let text = crate::output::text::printable(text.trim());
    if text.is_empty() { String::new() } else { format!(": {text}") }
}
