//! Secrets in tracked files.

use plimsoll_sdk::prelude::*;

rule! {
    /// A secret stands in a tracked file.
    ///
    /// Whoever can read the repository has it, and history keeps it after it is deleted. Revoke it, and take secrets
    /// from the environment or a secret manager. The finding never shows the secret itself. The id of a temporary AWS key,
    /// `ASIA…`, without the secret beside it has expired within hours: it is a guess.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/settings.py
    /// TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"  # error: a GitHub token
    /// DATABASE = "postgresql://harbour:tr0ub4dor-3@db.example.net/harbour"  # error: a password in an address
    /// API_KEY = "q7Zp2VxT9bLm4Rk8Wd1N"  # error: `API_KEY` is a literal that looks like a secret
    /// ```
    ///
    /// A key of a provider is one wherever it stands:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad tests/test_app.py
    /// TOKEN = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"  # error: a GitHub token
    /// ```
    /// ```python bad scripts/clean.py
    /// KEY = "AKIAQ7ZP2VXT5BLM4RK6"  # error: an AWS access key
    /// ```
    /// ```python bad scripts/scrub.py
    /// IS_CLEAN = "ASIAQ7ZP2VXT5BLM4RK6" not in open("recording.yaml").read()  # error: an AWS access key
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/settings.py
    /// import os
    ///
    /// TOKEN = os.environ["TOKEN"]
    /// DATABASE = "postgresql://postgres:postgres@localhost/harbour"
    /// REMOTE = "postgresql://harbour:${PASSWORD}@db.example.net/harbour"
    /// PASSWORD_HEADER = "X-Password-Of-The-Day"
    /// api_key = "your-api-key-goes-here"
    /// token_url = "https://example.org/oauth/token"
    /// AWS = "AKIAIOSFODNN7EXAMPLE"
    /// ```
    pub(crate) static HARDCODED_SECRET = {
        id: "hardcoded-secret",
        requirements: ["9.6.6", "9.6.7", "14.2.5"],
        check: Check::Project(hardcoded_secret),
        roles: [Role::Source],
        wants: [Want::SearchEverywhere(PATTERNS, FILES), Want::Assignments(&[NAMES])],
        accepts: ["S105", "S106", "S107", "B105", "B106", "B107"],
    }
}

/// Formats of providers, with what each is.
const FORMATS: &[&str] = &[
    "an AWS access key",
    "a GitHub token",
    "a GitLab token",
    "a Slack token",
    "a Google API key",
    "a Stripe key",
    "an Anthropic or OpenAI key",
    "an npm token",
    "a PyPI token",
    "a SendGrid key",
    "a private key",
    "a password in an address",
];
const PATTERNS: &[&str] = &[
    r"(?-u:\b)((?:AKIA|ASIA)[A-Z2-7]{16})(?-u:\b)",
    r"(?-u:\b)(gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})(?-u:\b)",
    r"(?-u:\b)(glpat-[A-Za-z0-9_-]{20})(?-u:\b)",
    r"(?-u:\b)(xox[abprs]-[0-9]{8,}-[A-Za-z0-9-]{16,})(?-u:\b)",
    r"(?-u:\b)(AIza[A-Za-z0-9_-]{35})(?-u:\b)",
    r"(?-u:\b)([sr]k_live_[A-Za-z0-9]{20,})(?-u:\b)",
    r"(?-u:\b)(sk-(?:ant|proj)-[A-Za-z0-9_-]{32,})(?-u:\b)",
    r"(?-u:\b)(npm_[A-Za-z0-9]{36})(?-u:\b)",
    r"(?-u:\b)(pypi-AgEI[A-Za-z0-9_-]{50,})",
    r"(?-u:\b)(SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43})(?-u:\b)",
    r"(-----BEGIN (?:RSA |EC |OPENSSH |DSA )?PRIVATE KEY-----)\r?\n[A-Za-z0-9+/=]{40,}",
    r#"(?-u:\b)[a-z][a-z0-9+]{2,20}://[A-Za-z0-9_.-]{1,40}:([^\s:/@'"`<>{}$%*\[\]\\]{4,80})@[A-Za-z0-9_.-]+"#,
];
const FILES: &[&str] = &[
    "*.py",
    "*.toml",
    "*.yaml",
    "*.yml",
    "*.json",
    "*.ini",
    "*.cfg",
    "*.env",
    ".env*",
    "*.sh",
    "*.conf",
    "Dockerfile*",
    "*.tf",
    "*.properties",
    "*.pem",
    "*.key",
    "*.txt",
];
const NAMES: &str = r"/(?i)(password|passwd|secret|secret_key|auth_token|access_token|api_?key|private_?key)$/";
const PLACEHOLDERS: &[&str] = &[
    "example",
    "changeme",
    "change",
    "dummy",
    "your",
    "xxx",
    "test",
    "fake",
    "placeholder",
    "sample",
    "redacted",
    "insecure",
    "secret",
    "password",
    "passw",
    "00000",
    "12345",
    "abcdef",
    "todo",
    "none",
    "null",
    "default",
    "foo",
    "bar",
    "...",
];
const LOCAL_HOSTS: &[&str] = &[
    "localhost",
    "127.0.0.1",
    "0.0.0.0",
    "db",
    "postgres",
    "redis",
    "rabbitmq",
    "mongo",
    "mysql",
    "host",
    "example.",
    ".local",
    "database",
    "hostname",
    "server",
    "proxy",
];

fn hardcoded_secret(report: &mut Report, _: &Project) {
    const HELP: &str = "revoke it, and read it from the environment or a secret manager";
    let mut places: Vec<Place> = Vec::new();
    for found in repository::search(PATTERNS, FILES) {
        let index = found.pattern as usize;
        let Some(what) = FORMATS.get(index) else { continue };
        let is_address = index == FORMATS.len() - 1;
        let is_accepted = ["allowlist secret", "gitleaks:allow", "noqa: S105", "# nosec"]
            .iter()
            .any(|mark| found.line.contains(mark));
        let is_data = matches!(found.role, Role::Vendored | Role::Generated) || found.place.path.ends_with("lock.json");
        if is_accepted || is_data || is_placeholder(&found.text) {
            continue;
        }
        // An address with a password is at home in tests and documentation; a provider's key is not.
        if is_address && (found.role != Role::Source || !is_remote_secret(&found.text, &found.line)) {
            continue;
        }
        if index == FORMATS.len() - 2 && matches!(found.role, Role::Test | Role::Example | Role::Documentation) {
            continue;
        }
        let finding = report.finding(&found.place, *what).help(HELP).requirement("9.6.6").requirement("14.2.5");
        if found.text.starts_with("ASIA") && !has_secret_beside(&found.place) {
            finding.low();
        } else if is_address || found.role != Role::Source {
            finding.medium();
        }
        places.push(found.place);
    }
    for assignment in &python::assignments(&[NAMES]) {
        let Some(value) = assignment.value.as_deref().and_then(Item::root) else { continue };
        let Some(text) = value.string() else { continue };
        let place = value.place(&assignment.site.place.path);
        let is_known = places.iter().any(|known| {
            known.path == place.path && known.span.start >= place.span.start && known.span.end <= place.span.end
        });
        let is_public = assignment.target.to_ascii_lowercase().contains("public");
        if !is_known && !is_public && looks_secret(text) {
            report
                .finding(
                    &assignment.site.place,
                    format!("`{}` is a literal that looks like a secret", assignment.target),
                )
                .help(HELP)
                .medium();
        }
    }
}

/// Whether the secret of an AWS key, 40 letters and digits, stands within a few lines.
fn has_secret_beside(place: &Place) -> bool {
    const NEAR: usize = 400;
    const LENGTH: usize = 40;
    let text = repository::read(&place.path).unwrap_or_default();
    let (before, after) = (text.get(..place.span.start as usize), text.get(place.span.end as usize..));
    let before: String = before.unwrap_or_default().chars().rev().take(NEAR).collect();
    let after: String = after.unwrap_or_default().chars().take(NEAR).collect();
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '/' | '+');
    [before, after].iter().any(|near| near.split(|letter| !is_part(letter)).any(|word| word.len() == LENGTH))
}

fn is_placeholder(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    PLACEHOLDERS.iter().take(12).any(|word| lower.contains(word)) || is_uniform(text)
}

/// Whether nearly all characters are the same: `xxxxxxxx`.
fn is_uniform(text: &str) -> bool {
    let mut letters: Vec<char> = text.chars().collect();
    let length = letters.len();
    letters.sort_unstable();
    letters.dedup();
    letters.len() * 3 < length.min(24)
}

/// Whether the password of an address is one, and its host another machine.
fn is_remote_secret(password: &str, line: &str) -> bool {
    let Some(at) = line.find(&format!(":{password}@")) else { return false };
    let user = line[..at].rsplit("//").next().unwrap_or_default();
    let host = line[at + password.len() + 2..]
        .split(['/', ':', '"', '\'', '?', ' '])
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let lower = password.to_ascii_lowercase();
    let is_common = ["postgres", "guest", "root", "admin", "pass", "pwd", "token", "user", "key"]
        .iter()
        .any(|word| lower.starts_with(word));
    let is_local = LOCAL_HOSTS.iter().any(|name| host == *name || name.contains('.') && host.contains(name))
        || !host.contains('.');
    // `example.net` stands for a real host as well as any other; `example.com` is what documentation uses.
    let is_documentation = host.ends_with("example.com") || host.ends_with("example.org");
    !is_common
        && !is_documentation
        && !PLACEHOLDERS.iter().any(|word| lower.contains(word))
        && lower != user.to_ascii_lowercase()
        && (!is_local || host.ends_with("example.net"))
}

/// Long, varied, and no word, address or path.
fn looks_secret(text: &str) -> bool {
    let is_varied = entropy(text) > 3.5;
    let is_plain = text.contains(char::is_whitespace)
        || text.contains("://")
        || text.contains('/')
        || text.contains("${")
        || text.contains('{');
    let lower = text.to_ascii_lowercase();
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let is_dotted = text.split('.').count() > 1
        && text.split('.').all(|part| part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
    text.len() >= 12
        && is_varied
        && has_digit
        && !is_plain
        && !is_dotted
        && !PLACEHOLDERS.iter().any(|word| lower.contains(word))
}

/// Shannon's entropy in bits a character.
fn entropy(text: &str) -> f64 {
    let mut counts = [0u32; 256];
    for byte in text.bytes() {
        counts[byte as usize] += 1;
    }
    let length = text.len() as f64;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| f64::from(*count) / length)
        .map(|share| -share * share.log2())
        .sum()
}
