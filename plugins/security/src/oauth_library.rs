//! OAuth and OpenID Connect with libraries that are gone or made for one framework.

use plimsoll_sdk::prelude::*;

rule! {
    /// An identity provider is integrated with another library than Authlib.
    ///
    /// Authlib speaks OAuth 2 and OpenID Connect for every framework and is maintained. `oauth2client` and its like are
    /// abandoned.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["oauth2client"]  # error: `oauth2client` is abandoned
    /// ```
    /// ```python bad src/app/login.py
    /// from oauth2client import client
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["authlib", "msal", "google-auth", "requests-oauthlib"]
    /// ```
    /// ```python good src/app/wiki.py
    /// from requests_oauthlib import OAuth1
    /// ```
    pub(crate) static OAUTH_LIBRARY = {
        id: "oauth-library",
        requirements: ["3.18.5"],
        check: Check::Dependencies(
            &["oauth2client", "oauth2", "python-oauth2", "rauth", "flask-oauthlib", "flask-dance", "oic", "aioauth", "requests-oauthlib"],
            oauth_library,
        ),
        roles: [Role::Source],
        wants: [Want::Imports(&[
            "oauth2client*", "oauth2*", "rauth*", "flask_oauthlib*", "flask_dance*", "oic*", "aioauth*", "requests_oauthlib*",
        ])],
    }
}

fn oauth_library(report: &mut Report, dependency: &Dependency) {
    let imports = python::imports(&[
        "oauth2client*",
        "oauth2*",
        "rauth*",
        "flask_oauthlib*",
        "flask_dance*",
        "oic*",
        "aioauth*",
        "requests_oauthlib*",
    ]);
    let module = dependency.name.trim_start_matches("python-").replace('-', "_");
    let is_used = imports.iter().any(|import| {
        let first = import.name.split('.').next().unwrap_or(&import.name);
        // OAuth 1 signs requests; it logs nobody in with an identity provider.
        first == module && !import.name.contains("OAuth1") && !import.name.contains("oauth1")
    });
    if dependency.kind != "runtime" || !is_used {
        return;
    }
    let is_abandoned = matches!(dependency.name.as_str(), "oauth2client" | "oauth2" | "rauth" | "flask-oauthlib");
    if is_abandoned {
        report.finding(&dependency.place, format!("`{}` is abandoned", dependency.name)).help("use Authlib").medium();
    } else {
        report
            .finding(&dependency.place, format!("`{}` instead of Authlib", dependency.name))
            .help("use Authlib")
            .low();
    }
}
