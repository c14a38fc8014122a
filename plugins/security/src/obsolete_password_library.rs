//! Password hashing with libraries that are gone.

use plimsoll_sdk::prelude::*;

rule! {
    /// Passwords are hashed with a library that is obsolete.
    ///
    /// `crypt` was removed from Python 3.13; `py-bcrypt` and its like are abandoned. Use argon2-cffi, pwdlib, or passlib
    /// (or its maintained fork libpass).
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["py-bcrypt"]  # error: `py-bcrypt` is abandoned
    /// ```
    /// ```python bad src/app/passwords.py
    /// import crypt  # error: `crypt` was removed from Python 3.13
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["argon2-cffi", "passlib", "bcrypt"]
    /// ```
    /// ```python good src/app/passwords.py
    /// try:
    ///     import crypt
    /// except ImportError:
    ///     crypt = None
    /// ```
    pub(crate) static OBSOLETE_PASSWORD_LIBRARY = {
        id: "obsolete-password-library",
        requirements: ["3.18.3", "3.18.4"],
        check: Check::Project(obsolete_password_library),
        roles: [Role::Source],
        wants: [Want::Imports(&["crypt", "crypt.crypt"])],
    }
}

fn obsolete_password_library(report: &mut Report, _: &Project) {
    const HELP: &str = "use argon2-cffi, pwdlib or passlib";
    for dependency in project::dependencies(&["py-bcrypt", "bcryptor", "pbkdf2", "pysha3"]) {
        if dependency.kind == "runtime" {
            report.finding(&dependency.place, format!("`{}` is abandoned", dependency.name)).help(HELP).medium();
        }
    }
    for import in python::imports(&["crypt", "crypt.crypt"]) {
        // A guarded import reads `/etc/shadow` where it can.
        let is_guarded = import.site.surroundings.contains(Surroundings::TRY);
        if !is_guarded {
            report.finding(&import.site.place, "`crypt` was removed from Python 3.13").help(HELP);
        }
    }
}
