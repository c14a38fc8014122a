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
    /// ```toml fixed .gitleaks.toml
    /// [[rules]]
    /// id = "ours"
    ///
    /// [extend]
    /// useDefault = true
    /// ```
    /// ```json fixed .secrets.baseline
    /// {
    ///   "plugins_used": [
    ///     {"name": "AWSKeyDetector"},
    ///     {"name": "GitHubTokenDetector"},
    ///     {"name": "JwtTokenDetector"},
    ///     {"name": "SlackDetector"},
    ///     {"name": "GitLabTokenDetector"},
    ///     {"name": "BasicAuthDetector"},
    ///     {"name": "KeywordDetector"},
    ///     {"name": "PrivateKeyDetector"}
    ///   ]
    /// }
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
    /// ```toml fixed .gitleaks.toml
    /// [extend]
    /// useDefault = true
    /// disabledRules = [
    ///     "sumologic-access-id",
    /// ]
    /// [[allowlists]]
    /// paths = [
    ///     '^docs/keys\.md$',
    /// ]
    /// ```
    /// ```json fixed .secrets.baseline
    /// {
    ///   "plugins_used": [
    ///     {"name": "Base64HighEntropyString"}, {"name": "PrivateKeyDetector"}, {"name": "BasicAuthDetector"},
    ///     {"name": "KeywordDetector"}
    ///   ],
    ///   "filters_used": []
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
            .help("set `[extend] useDefault = true`")
            .unsafe_fix([edit::set(path, &["extend", "useDefault"], "true")]);
        cite(finding, &["9.3.2", "9.3.3", "9.3.4", "9.3.5"]);
    }
    let disabled = document.at(&["extend", "disabledRules"]).into_iter().flat_map(Item::children);
    for (index, item) in disabled.enumerate() {
        let is_hit = |name: &str| item.text() == name || name.ends_with('-') && item.text().starts_with(name);
        if let Some((_, requirements)) = RULES.iter().find(|(name, _)| is_hit(name)) {
            let finding = report
                .finding(&item.place(path), format!("the rule `{}` is switched off", item.text()))
                .help("enable it; allow single findings by their fingerprint")
                .unsafe_fix([edit::remove(path, &["extend", "disabledRules", &index.to_string()])]);
            cite(finding, requirements);
        }
    }
    if let Some(list) = document.at(&["allowlist"]) {
        allowed(report, path, list, &["allowlist"]);
    }
    for (index, list) in document.at(&["allowlists"]).into_iter().flat_map(Item::children).enumerate() {
        allowed(report, path, list, &["allowlists", &index.to_string()]);
    }
}

/// Reports the patterns of an allowlist that allow everything.
fn allowed(report: &mut Report, path: &str, list: Item<'_>, keys: &[&str]) {
    for key in ["paths", "regexes"] {
        let patterns: Vec<Item<'_>> = list.get(key).into_iter().flat_map(Item::children).collect();
        for (index, pattern) in patterns.iter().enumerate().filter(|(_, pattern)| is_everything(pattern.text())) {
            // gitleaks refuses an allowlist that is left with nothing.
            let others = patterns.iter().any(|other| !is_everything(other.text()));
            let place = pattern.place(path);
            let without = others.then(|| edit::remove(path, &[keys, &[key, &index.to_string()]].concat()));
            let finding = report
                .finding(&place, "everything is allowed")
                .help("allow single paths or fingerprints")
                .unsafe_fix(without);
            cite(finding, &["9.3.2", "9.3.3", "9.3.4", "9.3.5"]);
        }
    }
}

fn is_everything(pattern: &str) -> bool {
    let core = pattern.trim_start_matches("(?i)").trim_start_matches('^').trim_end_matches('$');
    matches!(core, "" | ".*" | ".+" | "(.*)" | "(.*?)" | ".*?" | r".*\.py" | r"\.py")
}

fn detect_secrets(report: &mut Report, document: &Document) {
    let path = document.path();
    let filters = document.at(&["filters_used"]).into_iter().flat_map(Item::children);
    for (index, filter) in filters.enumerate() {
        let name = filter.get("path").filter(|name| name.text().ends_with("should_exclude_file"));
        let pattern = name.and_then(|_| filter.get("pattern"));
        let patterns: Vec<Item<'_>> =
            pattern.into_iter().flat_map(Item::descendants).filter(|it| it.string().is_some()).collect();
        for (at, pattern) in patterns.iter().enumerate().filter(|(_, pattern)| is_everything(pattern.text())) {
            let (index, at) = (index.to_string(), at.to_string());
            let without = match patterns.len() {
                1 => edit::remove(path, &["filters_used", &index]),
                _ => edit::remove(path, &["filters_used", &index, "pattern", &at]),
            };
            let finding = report
                .finding(&pattern.place(path), "every Python file is left out")
                .help("leave out single files")
                .unsafe_fix([without]);
            cite(finding, &["9.3.2", "9.3.3", "9.3.4", "9.3.5", "9.3.6"]);
        }
    }
    let Some(used) = document.at(&["plugins_used"]) else { return };
    let names: Vec<&str> = used.children().filter_map(|plugin| plugin.get("name")).map(Item::text).collect();
    let has = |wanted: &[&str]| wanted.iter().any(|name| names.contains(name));
    let has_keywords = has(&["KeywordDetector"]);
    let has_private = has(&["PrivateKeyDetector"]) || !automation::hooks(&["detect-private-key"]).is_empty();
    const KEYWORDS: &[&str] = &["KeywordDetector"];
    let missing: [(bool, &str, &[&str], &[&str]); 5] = [
        (!has_keywords && !has(ENTROPY), "passwords and API keys", &["9.3.2", "9.3.3"], KEYWORDS),
        (!has_keywords && has(ENTROPY), "passwords", &["9.3.3"], KEYWORDS),
        (!has(TOKENS) && !has(ENTROPY), "access tokens", &["9.3.4"], TOKENS),
        (!has_private, "private keys", &["9.3.5"], &["PrivateKeyDetector"]),
        (!has(&["BasicAuthDetector"]), "connection strings", &["9.3.6"], &["BasicAuthDetector"]),
    ];
    for (_, what, requirements, detectors) in missing.iter().filter(|(is_missing, ..)| *is_missing) {
        let added =
            detectors.iter().map(|name| edit::append(path, &["plugins_used"], format!(r#"{{"name": "{name}"}}"#)));
        let finding = report
            .finding(&used.key_place(path), format!("no detector for {what}"))
            .help("make the baseline anew with all detectors: `detect-secrets scan --baseline .secrets.baseline`")
            .unsafe_fix(added);
        cite(finding, requirements);
    }
}

fn cite(finding: plimsoll_sdk::Finding, requirements: &[&str]) {
    requirements.iter().fold(finding, |finding, requirement| finding.requirement(requirement));
}
