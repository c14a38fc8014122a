//! JSON Web Tokens that are signed with a shared secret, or not at all.

use plimsoll_sdk::prelude::*;

use crate::jwt::{DECODE, ENCODE};

rule! {
    /// Tokens are signed with a shared secret, or accepted without a signature.
    ///
    /// With HS256 everyone who can check a token can also make one. Sign with RS256 or ES256, whose public key checks
    /// and signs nothing. A list with both kinds lets an attacker pass the public key off as the secret.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/tokens.py
    /// import jwt
    ///
    /// ALGORITHM = "HS256"
    ///
    /// def create_access_token(payload: dict, key: str) -> str:
    ///     return jwt.encode(payload, key, algorithm=ALGORITHM)  # error: tokens are signed with `HS256`, a shared secret
    ///
    /// def read(token: str, key: str) -> dict:
    ///     return jwt.decode(token, key, algorithms=["none", "RS256"])  # error: tokens without a signature are accepted
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/tokens.py
    /// import jwt
    ///
    /// def create_access_token(payload: dict, key: str) -> str:
    ///     return jwt.encode(payload, key, algorithm="ES256")
    ///
    /// def read(token: str, key: str) -> dict:
    ///     return jwt.decode(token, key, algorithms=["ES256"], audience="a", issuer="b")
    /// ```
    ///
    /// A client that names its key as the issuer and no subject signs requests to another service, which dictates how.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/client.py
    /// import time
    /// import jwt
    ///
    /// def headers(key: str, secret: str) -> dict:
    ///     claims = {"iss": key, "exp": int(time.time()) + 60}
    ///     return {"Authorization": "Bearer " + jwt.encode(claims, secret, algorithm="HS256")}
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/tokens.py
    /// import jwt
    ///
    /// def token(issuer: str, user: str, secret: str) -> str:
    ///     return jwt.encode({"iss": issuer, "sub": user}, secret, algorithm="HS256")  # error: tokens are signed with `HS256`, a shared secret
    /// ```
    pub(crate) static JWT_ALGORITHM = {
        id: "jwt-algorithm",
        requirements: ["3.18.12", "3.18.13"],
        check: Check::Project(jwt_algorithm),
        roles: [Role::Source],
        wants: [Want::Calls(ENCODE), Want::Calls(DECODE)],
    }
}

fn jwt_algorithm(report: &mut Report, _: &Project) {
    for call in &python::calls(DECODE) {
        let Some(list) = Item::root(&call.value).and_then(|root| root.argument(2, "algorithms")) else { continue };
        let names: Vec<&str> = list.resolved().descendants().filter_map(Item::string).collect();
        let has = |prefixes: &[&str]| names.iter().any(|name| prefixes.iter().any(|prefix| name.starts_with(prefix)));
        if names.iter().any(|name| name.eq_ignore_ascii_case("none")) {
            report
                .finding(&call.site.place, "tokens without a signature are accepted")
                .help("take `none` off the list of algorithms")
                .requirement("3.18.13");
        } else if has(&["HS"]) && has(&["RS", "ES", "PS"]) {
            report
                .finding(&call.site.place, "shared secrets and public keys are accepted for the same token")
                .help("accept one kind of algorithm: with both, the public key passes for the secret")
                .requirement("3.18.13");
        }
    }
    let calls = python::calls(ENCODE);
    let signed = calls.iter().find_map(|call| {
        let root = Item::root(&call.value)?;
        let algorithm = root.argument(2, "algorithm")?.resolved().string()?;
        (algorithm.starts_with("HS") && !is_for_another_service(root)).then_some((call, algorithm))
    });
    if let Some((call, algorithm)) = signed {
        let function = call.site.function.as_deref().unwrap_or_default().to_ascii_lowercase();
        let is_session = ["access", "refresh", "login", "user", "auth"].iter().any(|word| function.contains(word));
        let finding = report
            .finding(&call.site.place, format!("tokens are signed with `{algorithm}`, a shared secret"))
            .help("sign with RS256 or ES256");
        if is_session {
            finding.medium()
        } else {
            finding.low()
        };
    }
}

/// Whether a token stands for no one but the key that signs it, with both handed in: the credentials of an API's client.
fn is_for_another_service(call: Item<'_>) -> bool {
    const CLAIMS: &[&str] = &["iss", "exp", "iat", "nbf", "aud", "jti"];
    let claims = call.argument(0, "payload").map(Item::resolved).filter(|claims| claims.kind() == NodeKind::Table);
    let is_given = |item: Option<Item<'_>>| item.is_some_and(|item| item.kind() == NodeKind::Parameter);
    claims.is_some_and(|claims| {
        claims.children().all(|claim| claim.key().is_some_and(|key| CLAIMS.contains(&key)))
            && is_given(claims.get("iss"))
            && is_given(call.argument(1, "key"))
    })
}
