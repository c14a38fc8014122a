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
    ///
    /// Rules may also be switched off by name, or drowned in an allowlist.
    ///
    /// ```toml bad .gitleaks.toml
    /// [extend]
    /// useDefault = true
    /// disabledRules = [
    ///     "github-pat",  # error: the rule `github-pat` is switched off
    ///     "sumologic-access-id",
    /// ]
    /// [[allowlists]]
    /// paths = [
    ///     '^docs/keys\.md$',
    ///     '.*',  # error: everything is allowed
    /// ]
    /// ```
    /// ```json bad .secrets.baseline
    /// {
    ///   "plugins_used": [  // error: no detector for passwords
    ///     {"name": "Base64HighEntropyString"}, {"name": "PrivateKeyDetector"}, {"name": "BasicAuthDetector"}
    ///   ],
    ///   "filters_used": [
    ///     {"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": [".*"]}  // error: every Python file is left out
    ///   ]
    /// }
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
    if document.path().ends_with(".toml") { gitleaks(report, document) } else { detect_secrets(report, document) }
}

/// Rules of gitleaks and the requirement that each of them serves; a prefix where it ends in `-`.
const RULES: &[(&str, &[&str])] = &[
    ("generic-api-key", &["9.3.2", "9.3.3"]),
    ("private-key", &["9.3.5"]),
    ("github-", &["9.3.4"]),
    ("gitlab-", &["9.3.4"]),
    ("slack-", &["9.3.4"]),
    ("jwt", &["9.3.4"]),
    ("gcp-api-key", &["9.3.2", "9.3.4"]),
    ("aws-access-token", &["9.3.2", "9.3.4"]),
];

fn gitleaks(report: &mut Report, document: &Document) {
    let path = document.path();
    let rules = document.at(&["rules"]).and_then(|rules| rules.children().next());
    let is_extended = document.at(&["extend", "useDefault"]).and_then(Item::boolean) == Some(true)
        || document.at(&["extend", "path"]).is_some();
    if let Some(rules) = rules.filter(|_| !is_extended) {
        let finding = report
            .finding(&rules.place(path), "the default rules of gitleaks are not in use")
            .help("set `[extend] useDefault = true`");
        cite(finding, &["9.3.2", "9.3.3", "9.3.4", "9.3.5"]);
    }
    let disabled = document.at(&["extend", "disabledRules"]).into_iter().flat_map(Item::children);
    for item in disabled {
        let is_hit = |name: &str| item.text() == name || name.ends_with('-') && item.text().starts_with(name);
        if let Some((_, requirements)) = RULES.iter().find(|(name, _)| is_hit(name)) {
            let finding = report
                .finding(&item.place(path), format!("the rule `{}` is switched off", item.text()))
                .help("enable it; allow single findings by their fingerprint");
            cite(finding, requirements);
        }
    }
    let lists = document.at(&["allowlist"]).into_iter();
    let lists = lists.chain(document.at(&["allowlists"]).into_iter().flat_map(Item::children));
    let patterns =
        lists.flat_map(|list| ["paths", "regexes"].map(|key| list.get(key))).flatten().flat_map(Item::children);
    for pattern in patterns.filter(|pattern| is_everything(pattern.text())) {
        let finding =
            report.finding(&pattern.place(path), "everything is allowed").help("allow single paths or fingerprints");
        cite(finding, &["9.3.2", "9.3.3", "9.3.4", "9.3.5"]);
    }
}

fn is_everything(pattern: &str) -> bool {
    let core = pattern.trim_start_matches("(?i)").trim_start_matches('^').trim_end_matches('$');
    matches!(core, "" | ".*" | ".+" | "(.*)" | "(.*?)" | ".*?" | r".*\.py" | r"\.py")
}

fn detect_secrets(report: &mut Report, document: &Document) {
    let path = document.path();
    let filters = document.at(&["filters_used"]).into_iter().flat_map(Item::children);
    let excluded = filters
        .filter(|filter| filter.get("path").is_some_and(|name| name.text().ends_with("should_exclude_file")))
        .filter_map(|filter| filter.get("pattern"))
        .flat_map(Item::descendants);
    for pattern in excluded.filter(|pattern| pattern.string().is_some_and(is_everything)) {
        let finding =
            report.finding(&pattern.place(path), "every Python file is left out").help("leave out single files");
        cite(finding, &["9.3.2", "9.3.3", "9.3.4", "9.3.5", "9.3.6"]);
    }
    let Some(used) = document.at(&["plugins_used"]) else { return };
    let names: Vec<&str> = used.children().filter_map(|plugin| plugin.get("name")).map(Item::text).collect();
    let has = |wanted: &[&str]| wanted.iter().any(|name| names.contains(name));
    let has_keywords = has(&["KeywordDetector"]);
    let has_private = has(&["PrivateKeyDetector"]) || !automation::hooks(&["detect-private-key"]).is_empty();
    let missing: [(bool, &str, &[&str]); 5] = [
        (!has_keywords && !has(ENTROPY), "passwords and API keys", &["9.3.2", "9.3.3"]),
        (!has_keywords && has(ENTROPY), "passwords", &["9.3.3"]),
        (!has(TOKENS) && !has(ENTROPY), "access tokens", &["9.3.4"]),
        (!has_private, "private keys", &["9.3.5"]),
        (!has(&["BasicAuthDetector"]), "connection strings", &["9.3.6"]),
    ];
    for (_, what, requirements) in missing.iter().filter(|(is_missing, _, _)| *is_missing) {
        let finding = report
            .finding(&used.key_place(path), format!("no detector for {what}"))
            .help("make the baseline anew with all detectors");
        cite(finding, requirements);
    }
}

fn cite(finding: plimsoll_sdk::Finding, requirements: &[&str]) {
    requirements.iter().fold(finding, |finding, requirement| finding.requirement(requirement));
}
