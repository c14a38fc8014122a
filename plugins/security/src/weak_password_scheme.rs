//! Password hashing schemes that are weaker than Argon2id.

use plimsoll_sdk::prelude::*;

rule! {
    /// New passwords are hashed with a weaker scheme than Argon2id.
    ///
    /// The first scheme of a list hashes new passwords; later ones only check old hashes. Argon2id costs an attacker
    /// memory as well as time. bcrypt and scrypt are accepted.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/passwords.py
    /// from argon2 import PasswordHasher, Type
    /// from passlib.context import CryptContext
    ///
    /// context = CryptContext(schemes=["pbkdf2_sha256", "bcrypt"])  # error: `pbkdf2_sha256` hashes new passwords
    /// hasher = PasswordHasher(type=Type.I)  # error: Argon2 without its `ID` variant
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/passwords.py
    /// from argon2 import PasswordHasher
    /// from passlib.context import CryptContext
    ///
    /// context = CryptContext(schemes=["argon2", "pbkdf2_sha256"], deprecated="auto")
    /// bcrypt = CryptContext(schemes=["bcrypt"])
    /// hasher = PasswordHasher()
    /// ```
    pub(crate) static WEAK_PASSWORD_SCHEME = {
        id: "weak-password-scheme",
        requirements: ["3.18.7", "3.18.8", "3.18.9", "3.18.10"],
        check: Check::Calls(
            &["passlib.context.CryptContext", "argon2.PasswordHasher", "werkzeug.security.generate_password_hash"],
            weak_password_scheme,
        ),
        roles: [Role::Source],
    }
}

fn weak_password_scheme(report: &mut Report, call: &Call) {
    if call.site.module.rsplit('.').next().is_some_and(|module| module.starts_with("test")) {
        return;
    }
    let Some(root) = Item::root(&call.value) else { return };
    let path = &call.site.place.path;
    if call.name == "argon2.PasswordHasher" {
        if let Some(kind) = root.get("type").filter(|kind| kind.text().ends_with(".D") || kind.text().ends_with(".I")) {
            report
                .finding(&kind.place(path), "Argon2 without its `ID` variant")
                .help("leave `type` out: Argon2id is the default")
                .requirement("3.18.7")
                .medium();
        }
        return;
    }
    let is_werkzeug = call.name.starts_with("werkzeug");
    let scheme = if is_werkzeug {
        root.argument(1, "method")
    } else {
        let default = root.get("default").filter(|default| default.string().is_some());
        default.or_else(|| root.argument(0, "schemes")?.resolved().children().next())
    };
    let Some((scheme, name)) = scheme.and_then(|scheme| Some((scheme, scheme.resolved().string()?))) else { return };
    let name = name.split(':').next().unwrap_or(name);
    if name.contains("pbkdf2") {
        report
            .finding(&scheme.place(path), format!("`{name}` hashes new passwords"))
            .help("put `argon2` first; keep the old scheme behind it to check old hashes")
            .requirement("3.18.10")
            .medium();
    }
}
