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
    ///
    /// A digest that a slow hash takes is not what is stored.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/hashers.py
    /// import base64
    /// import hashlib
    ///
    /// import bcrypt
    /// from django.contrib.auth.hashers import PBKDF2PasswordHasher
    ///
    /// class OldPasswordHasher(PBKDF2PasswordHasher):
    ///     def encode(self, password, salt, iterations=None):
    ///         digest = hashlib.sha512(password.encode()).digest()
    ///         return super().encode(base64.b64encode(digest).decode(), salt, iterations)
    ///
    /// def hashed(password: str) -> bytes:
    ///     return bcrypt.hashpw(base64.b64encode(hashlib.sha256(password.encode()).digest()), bcrypt.gensalt())
    ///
    /// def hashed_in_steps(password: str, salt: bytes) -> bytes:
    ///     digest = hashlib.sha256(password.encode()).digest()
    ///     return hashlib.pbkdf2_hmac("sha256", digest, salt, 600_000)
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/hashers.py
    /// import hashlib
    ///
    /// from django.contrib.auth.hashers import BasePasswordHasher
    ///
    /// class OldPasswordHasher(BasePasswordHasher):
    ///     def encode(self, password, salt):
    ///         return hashlib.sha512((salt + password).encode()).hexdigest()  # error: `hashlib.sha512` of `password`
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
        wants: [Want::Calls(SLOW), Want::Lineages],
        accepts: ["S324", "B324"],
    }
}

const NAMES: &[&str] = &["password", "passwd", "pwd", "passphrase", "raw_password", "plain_password", "user_password"];
/// Words in the names of hashes that are slow by design.
const SLOW_WORDS: &[&str] = &["pbkdf2", "bcrypt", "scrypt", "argon2"];
/// Calls that hash a password slowly.
const SLOW: &[&str] = &["/(?i)pbkdf2|bcrypt|scrypt|argon2/"];
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
    if let Some(password) = password.filter(|_| !goes_on(&call.site)) {
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

/// Whether the digest goes on into a slow hash: one that the same function calls, or the one that the class is made of.
fn goes_on(site: &Site) -> bool {
    let is_slow = |name: &str| SLOW_WORDS.iter().any(|word| name.to_ascii_lowercase().contains(word));
    let is_same = |other: &Call| {
        other.site.place.path == site.place.path
            && other.site.function == site.function
            && other.site.class == site.class
            && other.site.place.span != site.place.span
    };
    let lineages = || python::lineages(&site.class_name().into_iter().collect::<Vec<_>>());
    python::calls(SLOW).iter().any(is_same)
        || lineages().into_iter().flatten().any(|lineage| lineage.ancestors.iter().any(|one| is_slow(&one.name)))
}
