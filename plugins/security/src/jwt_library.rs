//! Libraries for JSON Web Tokens other than the standard's.

use plimsoll_sdk::prelude::*;

rule! {
    /// Tokens are made with another library than PyJWT.
    ///
    /// PyJWT is small and maintained. python-jose is right where JWE, JWS or JWK are needed; for plain tokens it brings
    /// more than they want.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["python-jwt>=4", "python-jose"]  # error: `python-jwt` makes tokens # error: `python-jose` is used for plain tokens only
    /// ```
    /// ```python bad src/app/tokens.py
    /// import python_jwt
    /// from jose import jwt
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["pyjwt", "python-jose"]
    /// ```
    /// ```python good src/app/tokens.py
    /// from jose import jwe, jwt
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["python-jose"]
    /// ```
    /// ```python good src/app/keys.py
    /// from jose import jwt
    /// from jose.exceptions import JWKError
    /// ```
    pub(crate) static JWT_LIBRARY = {
        id: "jwt-library",
        requirements: ["3.18.1", "3.18.2", "27.9.13"],
        check: Check::Dependencies(&["jwt", "python-jwt", "jwcrypto", "python-jose"], jwt_library),
        roles: [Role::Source],
        wants: [Want::Imports(&["jose.*", "jose", "jwt.*", "jwt", "python_jwt", "python_jwt.*", "jwcrypto.*"])],
    }
}

fn jwt_library(report: &mut Report, dependency: &Dependency) {
    if dependency.kind != "runtime" {
        return;
    }
    let imports = python::imports(&["jose.*", "jose", "jwt.*", "jwt", "python_jwt", "python_jwt.*", "jwcrypto.*"]);
    let ours: Vec<&str> = imports.iter().map(|import| import.name.as_str()).collect();
    let place = &dependency.place;
    if dependency.name == "python-jose" {
        let is_more = |name: &&str| {
            ["jose.jwe", "jose.jws", "jose.jwk"].iter().any(|part| name.starts_with(part))
                || ["JWKError", "JWEError", "JWSError"].iter().any(|error| name.ends_with(error))
        };
        let is_plain = ours.iter().any(|name| name.starts_with("jose")) && !ours.iter().any(is_more);
        if is_plain {
            report
                .finding(place, "`python-jose` is used for plain tokens only")
                .help("use PyJWT")
                .requirement("3.18.1")
                .requirement("27.9.13")
                .low();
        }
        return;
    }
    let module = dependency.name.replace('-', "_");
    if ours.iter().any(|name| *name == module || name.starts_with(&format!("{module}."))) {
        report
            .finding(place, format!("`{}` makes tokens", dependency.name))
            .help("use PyJWT")
            .requirement("3.18.1")
            .requirement("27.9.13")
            .medium();
    }
}
