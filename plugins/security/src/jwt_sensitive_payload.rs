//! Sensitive data in the payload of a JSON Web Token.

use plimsoll_sdk::prelude::*;

use crate::jwt::ENCODE;

rule! {
    /// A token's payload holds sensitive data.
    ///
    /// The payload is signed, not encrypted: everyone who sees the token can read it. Put an identifier into it and
    /// look the rest up.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/tokens.py
    /// import jwt
    ///
    /// def create(user, key: str) -> str:
    ///     payload = {"sub": user.id, "exp": 1, "password": user.password}  # error: `password` in a token's payload
    ///     return jwt.encode(payload, key, algorithm="ES256")
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/tokens.py
    /// import jwt
    ///
    /// def create(user, key: str) -> str:
    ///     payload = {"sub": user.id, "email": user.email, "exp": 1, "password_changed": 3}
    ///     return jwt.encode(payload, key, algorithm="ES256")
    /// ```
    pub(crate) static JWT_SENSITIVE_PAYLOAD = {
        id: "jwt-sensitive-payload",
        requirements: ["3.18.17"],
        check: Check::Calls(ENCODE, jwt_sensitive_payload),
        roles: [Role::Source],
    }
}

const SENSITIVE: &[&str] = &[
    "password",
    "passwd",
    "hashed_password",
    "secret",
    "api_key",
    "private_key",
    "ssn",
    "social_security_number",
    "credit_card",
    "card_number",
    "cvv",
    "iban",
    "pin",
    "date_of_birth",
    "national_id",
];

fn jwt_sensitive_payload(report: &mut Report, call: &Call) {
    let Some(payload) = Item::root(&call.value).and_then(|root| root.argument(0, "payload")) else { return };
    for item in payload.resolved().children() {
        if let Some(key) = item.key().filter(|key| SENSITIVE.contains(&key.to_ascii_lowercase().as_str())) {
            report
                .finding(&item.key_place(&call.site.place.path), format!("`{key}` in a token's payload"))
                .help("put an identifier into the token and look the rest up");
        }
    }
}
