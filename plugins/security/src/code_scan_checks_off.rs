//! Security linters whose essential checks are switched off.

use plimsoll_sdk::prelude::*;

use crate::gates::SECRET_SCANS;
use crate::missing_code_scan::is_security;

rule! {
    /// An essential check of the security linter is switched off for the whole project.
    ///
    /// A project-wide skip hides every later fault of its kind. Suppress single lines with a reason instead.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["sqlalchemy"]
    /// [tool.bandit]
    /// skips = [
    ///     "B101",
    ///     "B307",  # error: `B307` switches off the check for dangerous functions
    ///     "B608",  # error: `B608` switches off the check for SQL injection
    ///     "B105",  # error: `B105` switches off the check for hardcoded secrets
    ///     "B324",  # error: `B324` switches off the check for weak cryptography
    /// ]
    /// [tool.ruff.lint]
    /// select = ["S"]
    /// ignore = ["S301"]  # error: `S301` switches off the check for insecure deserialization
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["sqlalchemy"]
    /// [tool.bandit]
    /// skips = [
    ///     "B101",
    /// ]
    /// [tool.ruff.lint]
    /// select = ["S"]
    /// ignore = []
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.bandit]
    /// skips = ["B101", "B403"]
    /// [tool.ruff.lint]
    /// select = ["E", "S"]
    /// ignore = ["S101", "S608"]
    /// [tool.ruff.lint.per-file-ignores]
    /// "tests/**" = ["S105"]
    /// ```
    ///
    /// A list of the only tests leaves out all others, and a prefix takes off all checks that begin so.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint]
    /// select = ["ALL"]
    /// ignore = ["S3", "SIM108"]
    /// ```
    /// ```text bad .bandit
    /// [bandit]
    /// tests = B102,B105,B324
    /// ```
    /// ```text expect
    /// .bandit:2: `tests` leaves out the check for insecure deserialization
    /// pyproject.toml:5: `S3` switches off the check for several kinds of faults
    /// ```
    ///
    /// Ruff's list says nothing about a check that Ruff does not run.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff.lint]
    /// select = ["SIM", "SLF"]
    /// ignore = ["S307"]
    /// ```
    pub(crate) static CODE_SCAN_CHECKS_OFF = {
        id: "code-scan-checks-off",
        requirements: ["9.1.3", "9.1.4", "9.1.5", "9.1.6", "9.1.7"],
        check: Check::Documents(&["pyproject.toml", "ruff.toml", ".ruff.toml", "bandit.yaml", "bandit.yml", ".bandit"], code_scan_checks_off),
        wants: [Want::Imports(&["sqlite3"])],
    }
}

/// What a check is about, its requirement and its numbers.
struct Subject {
    requirement: &'static str,
    what: &'static str,
    numbers: &'static [&'static str],
}

const SUBJECTS: &[Subject] = &[
    Subject { requirement: "9.1.3", what: "dangerous functions", numbers: &["102", "307"] },
    Subject { requirement: "9.1.4", what: "SQL injection", numbers: &["608", "610", "611"] },
    Subject { requirement: "9.1.5", what: "hardcoded secrets", numbers: &["105", "106", "107"] },
    Subject { requirement: "9.1.6", what: "weak cryptography", numbers: &["303", "304", "305", "324", "505"] },
    Subject { requirement: "9.1.7", what: "insecure deserialization", numbers: &["301", "302", "506", "614"] },
];

fn code_scan_checks_off(report: &mut Report, document: &Document) {
    if document.file.role != Role::Source {
        return;
    }
    let is_pyproject = document.path().ends_with("pyproject.toml");
    let subjects: Vec<&Subject> = SUBJECTS.iter().filter(|subject| matters(subject)).collect();
    let bandit: &[&[&str]] = match (is_pyproject, document.path().contains("ruff")) {
        (true, _) => &[&["tool", "bandit"]],
        (false, true) => &[],
        (false, false) => &[&[], &["bandit"]],
    };
    for table in bandit.iter().filter_map(|keys| document.at(keys)) {
        for (item, code) in table.get("skips").map_or_else(Vec::new, codes) {
            check_code(report, document, &subjects, item, code, 'B');
        }
        check_tests(report, document, &subjects, table);
    }
    let ruff: &[&[&str]] =
        if is_pyproject { &[&["tool", "ruff", "lint"], &["tool", "ruff"]] } else { &[&["lint"], &[]] };
    let tables: Vec<Item<'_>> = ruff.iter().filter_map(|keys| document.at(keys)).collect();
    let lists = |keys: [&str; 2]| -> Vec<Item<'_>> {
        tables.iter().flat_map(|table| keys.map(|key| table.get(key))).flatten().flat_map(Item::children).collect()
    };
    if lists(["select", "extend-select"]).iter().any(|item| is_security(item.text())) {
        for item in lists(["ignore", "extend-ignore"]) {
            check_code(report, document, &subjects, item, item.text(), 'S');
        }
    }
}

/// Whether the project has anything to lose by the skip.
fn matters(subject: &Subject) -> bool {
    const LIBRARIES: &[&str] = &[
        "sqlalchemy",
        "sqlmodel",
        "django",
        "psycopg",
        "psycopg2*",
        "asyncpg",
        "aiosqlite",
        "pymysql",
        "mysqlclient",
        "peewee",
    ];
    match subject.requirement {
        "9.1.4" => !project::dependencies(LIBRARIES).is_empty() || !python::imports(&["sqlite3"]).is_empty(),
        // Secrets are looked for by the scanner of secrets.
        "9.1.5" => automation::hooks(SECRET_SCANS.hooks).is_empty(),
        _ => true,
    }
}

/// The codes of a list, or of a text with commas in an INI file.
fn codes(list: Item<'_>) -> Vec<(Item<'_>, &str)> {
    match list.string() {
        Some(text) => text.split(',').map(|code| (list, code.trim())).collect(),
        None => list.children().map(|item| (item, item.text())).collect(),
    }
}

/// Reports a code, or a prefix of codes, that switches checks off.
fn check_code(
    report: &mut Report,
    document: &Document,
    subjects: &[&Subject],
    item: Item<'_>,
    code: &str,
    letter: char,
) {
    let Some(number) = code.strip_prefix(letter) else { return };
    let is_number = number.chars().all(|digit| digit.is_ascii_digit());
    // Bandit knows no prefixes, and the import checks of the 4xx may go.
    let is_hit = |wanted: &&str| if letter == 'S' { wanted.starts_with(number) } else { *wanted == number };
    let hits: Vec<&&Subject> = subjects.iter().filter(|it| is_number && it.numbers.iter().any(is_hit)).collect();
    let Some(first) = hits.first() else { return };
    let what = if hits.len() > 1 { "several kinds of faults" } else { first.what };
    let finding = report
        .finding(&item.place(document.path()), format!("`{code}` switches off the check for {what}"))
        .help("delete it from the list; suppress single lines with a reason");
    let is_item = item.key().is_none() && item.text() == code;
    let keys = is_item.then(|| keys_of(document, item)).flatten();
    let finding = finding.safe_fix(keys.map(|keys| {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        edit::remove(document.path(), &keys)
    }));
    hits.iter().fold(finding, |finding, subject| finding.requirement(subject.requirement));
}

/// The key path of an item of a list.
fn keys_of(document: &Document, item: Item<'_>) -> Option<Vec<String>> {
    fn search(at: Item<'_>, wanted: Span, keys: &mut Vec<String>) -> bool {
        for (index, child) in at.children().enumerate() {
            keys.push(child.key().map_or_else(|| index.to_string(), str::to_owned));
            if child.key().is_none() && child.span() == wanted || search(child, wanted, keys) {
                return true;
            }
            keys.pop();
        }
        false
    }
    let mut keys = Vec::new();
    search(document.root()?, item.span(), &mut keys).then_some(keys)
}

/// Reports subjects of which a list of the only tests of Bandit has none.
fn check_tests(report: &mut Report, document: &Document, subjects: &[&Subject], table: Item<'_>) {
    let Some(tests) = table.get("tests") else { return };
    let codes: Vec<&str> = codes(tests).into_iter().map(|(_, code)| code).filter(|code| !code.is_empty()).collect();
    let is_listed = |number: &&str| codes.iter().any(|code| code.strip_prefix('B') == Some(number));
    for subject in subjects.iter().filter(|it| !codes.is_empty() && !it.numbers.iter().any(&is_listed)) {
        report
            .finding(&tests.key_place(document.path()), format!("`tests` leaves out the check for {}", subject.what))
            .help("delete `tests`, so that all of Bandit's checks run")
            .requirement(subject.requirement);
    }
}
