//! Secret scanners whose detectors are switched off.

use plimsoll_sdk::prelude::*;

rule! {
    /// The secret scanner does not look for some kinds of secrets.
    ///
    /// A configuration with rules of its own replaces gitleaks' own rules unless it extends them; a baseline of
    /// detect-secrets lists the detectors that it was made with.
    ///
    /// ```toml bad .gitleaks.toml
    /// [[rules]]  # error: the default rules of gitleaks are not in use
    /// id = "ours"
    /// ```
    /// ```json bad .secrets.baseline
    /// {
    ///   "plugins_used": [
    ///     {"name": "AWSKeyDetector"}
    ///   ]
    /// }
    /// ```
    /// ```text expect
    /// .secrets.baseline:2: no detector for passwords and API keys
    /// .secrets.baseline:2: no detector for access tokens
    /// .secrets.baseline:2: no detector for private keys
    /// .secrets.baseline:2: no detector for connection strings
    /// ```
    /// ```toml good .gitleaks.toml
    /// [extend]
    /// useDefault = true
    /// [[rules]]
    /// id = "ours"
    /// ```
    pub(crate) static SECRET_DETECTORS_OFF = {
        id: "secret-detectors-off",
        requirements: ["9.3.2", "9.3.3", "9.3.4", "9.3.5", "9.3.6"],
        check: Check::Documents(&["/.gitleaks.toml", "/gitleaks.toml", "/.secrets.baseline"], secret_detectors_off),
    }
}

const ENTROPY: &[&str] = &["Base64HighEntropyString", "HexHighEntropyString"];
const TOKENS: &[&str] = &["GitHubTokenDetector", "JwtTokenDetector", "SlackDetector", "GitLabTokenDetector"];

fn secret_detectors_off(report: &mut Report, document: &Document) {
    if document.path().ends_with(".toml") {
        let rules = document.at(&["rules"]).and_then(|rules| rules.children().next());
        let is_extended = document.at(&["extend", "useDefault"]).and_then(Item::boolean) == Some(true)
            || document.at(&["extend", "path"]).is_some();
        if let Some(rules) = rules.filter(|_| !is_extended) {
            report
                .finding(&rules.place(document.path()), "the default rules of gitleaks are not in use")
                .help("set `[extend] useDefault = true`")
                .requirement("9.3.2")
                .requirement("9.3.3")
                .requirement("9.3.4")
                .requirement("9.3.5");
        }
        return;
    }
    let Some(used) = document.at(&["plugins_used"]) else { return };
    let names: Vec<&str> = used.children().filter_map(|plugin| plugin.get("name")).map(Item::text).collect();
    let has = |wanted: &[&str]| wanted.iter().any(|name| names.contains(name));
    let place = used.key_place(document.path());
    let mut missing = |is_missing: bool, what: &str, requirements: &[&str]| {
        if is_missing {
            let finding = report
                .finding(&place, format!("no detector for {what}"))
                .help("make the baseline anew with all detectors");
            requirements.iter().fold(finding, |finding, requirement| finding.requirement(requirement));
        }
    };
    missing(!has(&["KeywordDetector"]) && !has(ENTROPY), "passwords and API keys", &["9.3.2", "9.3.3"]);
    missing(!has(TOKENS) && !has(ENTROPY), "access tokens", &["9.3.4"]);
    missing(
        !has(&["PrivateKeyDetector"]) && automation::hooks(&["detect-private-key"]).is_empty(),
        "private keys",
        &["9.3.5"],
    );
    missing(!has(&["BasicAuthDetector"]), "connection strings", &["9.3.6"]);
}
