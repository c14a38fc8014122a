//! Access tokens that live too long, or for ever.

use plimsoll_sdk::prelude::*;

use crate::jwt::ENCODE;

rule! {
    /// An access token lives longer than an hour, or for ever.
    ///
    /// A stolen token works until it expires. Let access tokens expire after 15 to 60 minutes and renew them with
    /// refresh tokens.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/tokens.py
    /// import jwt
    ///
    /// ACCESS_TOKEN_EXPIRE_MINUTES = 60 * 24  # error: access tokens live 1440 minutes
    ///
    /// def create(user: int, key: str) -> str:
    ///     return jwt.encode({"sub": user}, key, algorithm="ES256")  # error: the token has no `exp`: it never expires
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/tokens.py
    /// import jwt
    ///
    /// ACCESS_TOKEN_EXPIRE_MINUTES = 30
    /// REFRESH_TOKEN_EXPIRE_DAYS = 7
    /// ACCESS_TOKEN_EXPIRE_SECONDS = 900
    ///
    /// def create(user: int, key: str, expires, claims: dict) -> str:
    ///     jwt.encode({**claims, "sub": user}, key)
    ///     jwt.encode(claims, key)
    ///     return jwt.encode({"sub": user, "exp": expires}, key, algorithm="ES256")
    /// ```
    ///
    /// What has the form of a token and opens nothing may last for ever.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/recording.py
    /// import jwt
    ///
    /// class FakeCredential:
    ///     def token(self, key: str) -> str:
    ///         return jwt.encode({"aud": "port"}, key, algorithm="ES256")
    ///
    /// def unsigned() -> str:
    ///     return jwt.encode({"aud": "port"}, key="")
    /// ```
    pub(crate) static JWT_LIFETIME = {
        id: "jwt-lifetime",
        requirements: ["3.18.14"],
        check: Check::Project(jwt_lifetime),
        roles: [Role::Source],
        wants: [Want::Calls(ENCODE), Want::Assignments(&[LIFETIME])],
    }
}

const LIFETIME: &str = "/(?i)^(jwt_)?access_token_.*(expire|ttl|lifetime)/";

fn jwt_lifetime(report: &mut Report, _: &Project) {
    for assignment in &python::assignments(&[LIFETIME]) {
        let name = assignment.target.to_ascii_uppercase();
        let Some(value) = assignment.value.as_deref().and_then(Item::root) else { continue };
        let minutes = if let Some(number) = number(value) {
            let unit = [("SECOND", 1.0 / 60.0), ("MINUTE", 1.0), ("HOUR", 60.0), ("DAY", 1440.0)];
            unit.iter().find(|(word, _)| name.contains(word)).map(|(_, factor)| number * factor)
        } else {
            delta_minutes(value)
        };
        if let Some(minutes) = minutes.filter(|minutes| *minutes > 60.0) {
            report
                .finding(&assignment.site.place, format!("access tokens live {minutes:.0} minutes"))
                .help("15 to 60 minutes; renew them with refresh tokens")
                .medium();
        }
    }
    for call in &python::calls(ENCODE) {
        let Some(root) = Item::root(&call.value) else { continue };
        let Some(payload) = root.argument(0, "payload") else { continue };
        if opens_nothing(root, &call.site) {
            continue;
        }
        // A payload in a variable may get its claims later.
        let is_whole = payload.kind() == NodeKind::Table && payload.children().all(|child| child.key().is_some());
        let is_other = ["type", "purpose", "state", "scope"].iter().any(|key| payload.get(key).is_some());
        if is_whole && payload.get("exp").is_none() && !is_other {
            report
                .finding(&call.site.place, "the token has no `exp`: it never expires")
                .help("add `exp` to the payload")
                .medium();
        }
    }
}

/// Whether a token is signed with nothing, or stands in for another one: a fake for recordings or demonstrations.
fn opens_nothing(call: Item<'_>, site: &Site) -> bool {
    const STANDS_IN: &[&str] = &["fake", "mock", "dummy", "stub"];
    let key = call.argument(1, "key").and_then(|key| key.resolved().string());
    let names = [&site.class, &site.function].into_iter().flatten().map(|name| name.to_ascii_lowercase());
    key == Some("") || names.into_iter().any(|name| STANDS_IN.iter().any(|word| name.contains(word)))
}

/// The value of constant arithmetic.
fn number(value: Item<'_>) -> Option<f64> {
    let value = value.resolved();
    match value.kind() {
        NodeKind::Operator if matches!(value.text(), "*" | "+") => {
            let mut operands = value.children();
            let (left, right) = (number(operands.next()?)?, number(operands.next()?)?);
            Some(if value.text() == "*" { left * right } else { left + right })
        }
        _ => value.number(),
    }
}

/// The length of a `timedelta` in minutes.
fn delta_minutes(value: Item<'_>) -> Option<f64> {
    let value = value.resolved();
    if value.kind() != NodeKind::Call || !value.text().ends_with("timedelta") {
        return None;
    }
    let units = [("seconds", 1.0 / 60.0), ("minutes", 1.0), ("hours", 60.0), ("days", 1440.0), ("weeks", 10080.0)];
    let parts: Option<Vec<f64>> = units
        .iter()
        .filter_map(|(unit, factor)| value.get(unit).map(|item| number(item).map(|number| number * factor)))
        .collect();
    parts.filter(|parts| !parts.is_empty()).map(|parts| parts.iter().sum())
}
