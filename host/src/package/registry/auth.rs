//! Logins: what a registry asks for, what Docker's configuration has, and the requests for tokens.

use std::path::PathBuf;

use base64::Engine;
use docker_credential::{CredentialRetrievalError, DockerCredential};
use serde::Deserialize;

/// What a registry wants to see: a scheme and its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Challenge {
    /// In lower case.
    pub(super) scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Reads `Bearer realm="…",service="…"`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, mut rest) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let mut parameters = Vec::new();
        while let Some((name, after)) = rest.split_once('=') {
            let name = name.trim_start_matches([',', ' ']).trim().to_ascii_lowercase();
            let (value, after) = match after.strip_prefix('"') {
                Some(after) => after.split_once('"')?,
                None => after.split_once(',').unwrap_or((after, "")),
            };
            parameters.push((name, value.to_owned()));
            rest = after;
        }
        (!scheme.is_empty()).then(|| Self { scheme: scheme.to_ascii_lowercase(), parameters })
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// A login.
pub(super) enum Credentials {
    Password { user: String, password: String },
    IdentityToken(String),
}

impl Credentials {
    /// The login that Docker's configuration, or its credential helper, has for a registry.
    ///
    /// # Errors
    /// When the configuration or the helper is broken, which is not the same as having no login.
    pub(super) fn of(registry: &str) -> Result<Option<Self>, String> {
        // The library tells a file that is not there and one that can't be read the same way.
        if !configuration().is_some_and(|path| path.exists()) {
            return Ok(None);
        }
        match docker_credential::get_credential(registry) {
            Ok(DockerCredential::UsernamePassword(user, password)) => Ok(Some(Self::Password { user, password })),
            Ok(DockerCredential::IdentityToken(token)) => Ok(Some(Self::IdentityToken(token))),
            Err(CredentialRetrievalError::NoCredentialConfigured | CredentialRetrievalError::ConfigNotFound) => {
                Ok(None)
            }
            // Helpers end this way when they know no login.
            Err(CredentialRetrievalError::HelperFailure { stdout, .. }) if stdout.contains("not found") => Ok(None),
            // What a helper prints may hold secrets.
            Err(CredentialRetrievalError::HelperFailure { helper, .. }) => {
                Err(format!("Docker's credential helper `{helper}` failed for {registry}"))
            }
            Err(CredentialRetrievalError::HelperCommunicationError) => Err(format!(
                "Docker's credential helper for {registry} can't be run: the one that `credHelpers` or `credsStore` names \
                 has to be in PATH as `docker-credential-NAME`"
            )),
            Err(error) => Err(format!("Docker's configuration has no usable login for {registry}: {error}")),
        }
    }

    /// The header for registries that take the login itself.
    pub(super) fn basic(&self) -> Option<String> {
        match self {
            Self::Password { user, password } => {
                let text = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
                Some(format!("Basic {text}"))
            }
            Self::IdentityToken(_) => None,
        }
    }
}

/// Docker's configuration file.
fn configuration() -> Option<PathBuf> {
    let home = || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".docker"));
    std::env::var_os("DOCKER_CONFIG").map(PathBuf::from).or_else(home).map(|folder| folder.join("config.json"))
}

/// A request for a token.
pub(super) struct TokenRequest {
    pub(super) url: String,
    pub(super) authorization: Option<String>,
    /// The body of a request that trades an identity token.
    pub(super) form: Option<String>,
}

/// How a token is asked for.
pub(super) fn token_request(
    realm: &str,
    service: Option<&str>,
    scope: &str,
    credentials: Option<&Credentials>,
) -> TokenRequest {
    let mut pairs = vec![("scope", scope)];
    pairs.extend(service.map(|service| ("service", service)));
    if let Some(Credentials::IdentityToken(token)) = credentials {
        pairs.extend([("grant_type", "refresh_token"), ("client_id", "plimsoll"), ("refresh_token", token)]);
        return TokenRequest { url: realm.to_owned(), authorization: None, form: Some(encoded(&pairs)) };
    }
    let separator = if realm.contains('?') { '&' } else { '?' };
    TokenRequest {
        url: format!("{realm}{separator}{}", encoded(&pairs)),
        authorization: credentials.and_then(Credentials::basic),
        form: None,
    }
}

fn encoded(pairs: &[(&str, &str)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
                byte => format!("%{byte:02X}"),
            })
            .collect()
    };
    pairs.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// The answer to a request for a token.
#[derive(Deserialize)]
pub(super) struct Token {
    token: Option<String>,
    access_token: Option<String>,
}

impl Token {
    pub(super) fn text(&self) -> Option<&str> {
        let text = self.token.as_deref().or(self.access_token.as_deref())?;
        (!text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())).then_some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn challenges() {
        let challenge = Challenge::parse(
            "Bearer realm=\"https://auth.example/token\",service=\"r.example\",scope=\"repository:a:pull,push\"",
        )
        .expect("a challenge");
        assert_eq!(challenge.scheme, "bearer");
        assert_eq!(challenge.get("realm"), Some("https://auth.example/token"));
        assert_eq!(challenge.get("scope"), Some("repository:a:pull,push"));
        let basic = Challenge::parse("Basic realm=x").expect("a challenge");
        assert_eq!((basic.scheme.as_str(), basic.get("realm")), ("basic", Some("x")));
        assert_eq!(Challenge::parse("Bearer realm=\"open"), None);
        assert_eq!(Challenge::parse(""), None);
    }

    #[test]
    fn requests_for_tokens() {
        let request = token_request("https://a.example/t?x=1", Some("r"), "repository:a/b:pull", None);
        assert_eq!(request.url, "https://a.example/t?x=1&scope=repository%3Aa%2Fb%3Apull&service=r");
        let identity = Credentials::IdentityToken("s p".to_owned());
        let request = token_request("https://a.example/t", None, "s", Some(&identity));
        assert_eq!(request.url, "https://a.example/t");
        assert!(request.form.is_some_and(|form| form.ends_with("refresh_token=s%20p")));
    }
}
