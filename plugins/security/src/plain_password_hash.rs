//! Passwords as plain digests.

use plimsoll_sdk::prelude::*;

rule! {
    /// A password is stored as a plain digest.
    ///
    /// MD5, SHA-1 and SHA-256 are fast, so a stolen table is cracked in hours. Hash passwords with Argon2id.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/passwords.py
    /// import hashlib
    ///
    /// def hashed(password: str, salt: str) -> str:
    ///     return hashlib.sha256((password + salt).encode()).hexdigest()  # error: `hashlib.sha256` of `password`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/passwords.py
    /// import hashlib
    ///
    /// def key(password: str, token: str, body: bytes) -> str:
    ///     hashlib.sha1(password.encode(), usedforsecurity=False)
    ///     hashlib.sha256(token.encode())
    ///     return hashlib.sha256(body).hexdigest()
    /// ```
    /// ```python good src/app/pwned.py
    /// import hashlib
    ///
    /// URL = "https://api.pwnedpasswords.com/range/"
    ///
    /// def is_pwned(password: str) -> bool:
    ///     return hashlib.sha1(password.encode()).hexdigest()[:5] in ()
    /// ```
    pub(crate) static PLAIN_PASSWORD_HASH = {
        id: "plain-password-hash",
        requirements: ["3.18.11"],
        check: Check::Calls(
            &[
                "hashlib.md5", "hashlib.sha1", "hashlib.sha224", "hashlib.sha256", "hashlib.sha384", "hashlib.sha512", "hashlib.new",
                "passlib.context.CryptContext",
            ],
            plain_password_hash,
        ),
        roles: [Role::Source],
        accepts: ["S324", "B324"],
    }
}

const NAMES: &[&str] = &["password", "passwd", "pwd", "passphrase", "raw_password", "plain_password", "user_password"];
const PLAIN_SCHEMES: &[&str] =
    &["hex_md5", "hex_sha1", "hex_sha256", "hex_sha512", "ldap_md5", "ldap_sha1", "md5_crypt", "plaintext"];

fn plain_password_hash(report: &mut Report, call: &Call) {
    let Some(root) = Item::root(&call.value) else { return };
    if call.name.ends_with("CryptContext") {
        let first = root.argument(0, "schemes").and_then(|schemes| schemes.resolved().children().next());
        if let Some(scheme) = first.filter(|scheme| PLAIN_SCHEMES.contains(&scheme.text())) {
            report
                .finding(&scheme.place(&call.site.place.path), format!("`{}` hashes new passwords", scheme.text()))
                .help("hash passwords with Argon2id");
        }
        return;
    }
    let is_harmless = root.get("usedforsecurity").is_some_and(|value| value.boolean() == Some(false));
    let place = &call.site.place.path;
    let words = ["pwned", "digest_auth", "ntlm", "mysql", "postgres", "apop"];
    if is_harmless
        || words
            .iter()
            .any(|word| place.contains(word) || call.site.function.as_deref().is_some_and(|name| name.contains(word)))
    {
        return;
    }
    let password = root.positional().flat_map(Item::descendants).find_map(|item| {
        let is_name = matches!(item.kind(), NodeKind::Parameter | NodeKind::Name | NodeKind::Call);
        let name = item.text().trim_end_matches(".encode").rsplit('.').next()?;
        (is_name && NAMES.contains(&name.to_ascii_lowercase().as_str())).then_some(name)
    });
    if let Some(password) = password {
        // The digest may be fed to a slow hash afterwards, which one function does not always show.
        let finding = report
            .finding(&call.site.place, format!("`{}` of `{password}`", call.name))
            .help("hash passwords with Argon2id");
        if call
            .site
            .function
            .as_deref()
            .is_some_and(|name| !name.contains("hash") && !name.contains("passw") && !name.contains("verify"))
        {
            finding.medium();
        }
    }
}
