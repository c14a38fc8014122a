//! JSON Web Tokens whose claims are not verified.

use plimsoll_sdk::prelude::*;

use crate::jwt::DECODE;

rule! {
    /// A token's signature or claims are not verified.
    ///
    /// A token that was made for another service, or that has expired, is as good as none. Verify signature, `exp`,
    /// `aud` and `iss`: the libraries check the last two only when they are told what to expect. A client that looks into
    /// a token which it was just issued accepts nothing by it, and the finding is a guess.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/tokens.py
    /// import jwt
    ///
    /// def read(token: str, key: str) -> dict:
    ///     return jwt.decode(token, key, algorithms=["ES256"], options={"verify_exp": False})  # error: `verify_exp` is switched off
    /// ```
    /// ```python bad src/app/sessions.py
    /// import jwt
    ///
    /// def session(token: str, key: str) -> dict:
    ///     return jwt.decode(token, key, algorithms=["ES256"])  # error: neither audience nor issuer of the token is verified
    /// ```
    /// ```python bad src/app/client.py
    /// import jwt
    ///
    /// def user(credential) -> str:
    ///     token = credential.get_token("port/.default").token
    ///     return jwt.decode(token, options={"verify_signature": False})["oid"]  # error: `verify_signature` is switched off
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/tokens.py
    /// import jwt
    ///
    /// def read(token: str, key: str, **options) -> dict:
    ///     jwt.decode(token, key, **options)
    ///     jwt.decode(token, key, algorithms=["ES256"], options={"require": ["exp", "iss", "aud"]})
    ///     return jwt.decode(token, key, algorithms=["ES256"], audience="harbour", issuer="port")
    /// ```
    pub(crate) static JWT_CLAIMS_UNVERIFIED = {
        id: "jwt-claims-unverified",
        requirements: ["3.18.16"],
        check: Check::Project(jwt_claims_unverified),
        roles: [Role::Source],
        wants: [Want::Calls(DECODE)],
    }
}

fn jwt_claims_unverified(report: &mut Report, _: &Project) {
    let calls = python::calls(DECODE);
    let mut is_said = false;
    for call in &calls {
        let Some(root) = Item::root(&call.value) else { continue };
        if root.children().any(|child| child.text() == "double-star") {
            continue;
        }
        let options = root.argument(3, "options").map(Item::resolved);
        let switched_off = options.into_iter().flat_map(Item::children).find(|option| {
            option.key().is_some_and(|key| key.starts_with("verify_")) && option.boolean() == Some(false)
        });
        let all_off = root.get("verify").filter(|verify| verify.boolean() == Some(false));
        if let Some(option) = switched_off.or(all_off) {
            let name = option.key().unwrap_or("verify");
            // A peek at the header or issuer before the real decoding is common.
            let has_verified = calls
                .iter()
                .any(|other| other.site.place != call.site.place && other.site.place.path == call.site.place.path);
            let finding = report
                .finding(&option.key_place(&call.site.place.path), format!("`{name}` is switched off"))
                .help("verify signature, `exp`, `aud` and `iss`");
            if root.positional().next().is_some_and(|token| is_issued(token, &call.site.place.path)) {
                finding.low();
            } else if has_verified {
                finding.medium();
            }
            continue;
        }
        let requires = options.and_then(|options| options.get("require")).map_or_else(Vec::new, Item::strings);
        let is_checked = root.get("audience").is_some()
            || root.get("issuer").is_some()
            || requires.iter().any(|claim| matches!(*claim, "aud" | "iss"));
        if !is_checked && !is_said {
            is_said = true;
            report
                .finding(&call.site.place, "neither audience nor issuer of the token is verified")
                .help("pass `audience=` and `issuer=`")
                .low();
        }
    }
}

/// Whether a token comes straight from whoever issues it, for the credentials of this program: `credential.get_token()`.
fn is_issued(token: Item<'_>, path: &str) -> bool {
    const VERBS: &[&str] = &["get", "fetch", "acquire"];
    let value = token.resolved();
    let calls = value.descendants().any(|item| {
        let name = item.text().to_ascii_lowercase();
        let mut parts = name.split('.').map(|part| part.trim_end_matches("()").trim_start_matches('_'));
        parts.any(|part| part.contains("token") && VERBS.iter().any(|verb| part.starts_with(verb)))
    });
    let (text, span) = (repository::read(path).unwrap_or_default(), value.span());
    calls && text.get(span.start as usize..span.end as usize).is_some_and(|code| code.contains("redential"))
}
