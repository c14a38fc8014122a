//! Security linters whose essential checks are switched off.

use plimsoll_sdk::prelude::*;

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
    pub(crate) static CODE_SCAN_CHECKS_OFF = {
        id: "code-scan-checks-off",
        requirements: ["9.1.3", "9.1.4", "9.1.5", "9.1.6", "9.1.7"],
        check: Check::Documents(&["pyproject.toml", "ruff.toml", ".ruff.toml", "bandit.yaml", "bandit.yml", ".bandit"], code_scan_checks_off),
        wants: [Want::Imports(&["sqlite3"])],
    }
}

/// Requirement, what it is about, and the numbers of its checks.
const CHECKS: &[(&str, &str, &[&str])] = &[
    ("9.1.3", "dangerous functions", &["102", "307"]),
    ("9.1.4", "SQL injection", &["608"]),
    ("9.1.5", "hardcoded secrets", &["105", "106", "107"]),
    ("9.1.6", "weak cryptography", &["303", "304", "305", "324", "505"]),
    ("9.1.7", "insecure deserialization", &["301", "302", "506", "614"]),
];

fn code_scan_checks_off(report: &mut Report, document: &Document) {
    if document.file.role != Role::Source {
        return;
    }
    let is_pyproject = document.path().ends_with("pyproject.toml");
    let bandit: &[&[&str]] =
        if is_pyproject { &[&["tool", "bandit", "skips"]] } else { &[&["skips"], &["bandit", "skips"]] };
    let ruff: &[&[&str]] = if is_pyproject {
        &[&["tool", "ruff", "lint", "ignore"], &["tool", "ruff", "lint", "extend-ignore"], &["tool", "ruff", "ignore"]]
    } else {
        &[&["lint", "ignore"], &["lint", "extend-ignore"], &["ignore"]]
    };
    let selected: &[&[&str]] = if is_pyproject {
        &[&["tool", "ruff", "lint", "select"], &["tool", "ruff", "lint", "extend-select"], &["tool", "ruff", "select"]]
    } else {
        &[&["lint", "select"], &["lint", "extend-select"], &["select"]]
    };
    let scans = selected
        .iter()
        .filter_map(|keys| document.at(keys))
        .flat_map(Item::strings)
        .any(|code| code == "ALL" || code.starts_with('S') && !code.starts_with("SIM") && !code.starts_with("SLF"));
    let has_sql =
        !project::dependencies(&["sqlalchemy", "sqlmodel", "django", "psycopg*", "asyncpg", "aiosqlite", "pymysql"])
            .is_empty()
            || !python::imports(&["sqlite3"]).is_empty();
    for (letter, lists) in [('B', bandit), ('S', if scans { ruff } else { &[] })] {
        for item in lists.iter().filter_map(|keys| document.at(keys)).flat_map(Item::children) {
            let Some(code) = item.string() else { continue };
            let Some(number) = code.strip_prefix(letter) else { continue };
            for (requirement, what, numbers) in CHECKS {
                let is_hit = numbers.contains(&number) && (*requirement != "9.1.4" || has_sql);
                let is_noisy = *requirement == "9.1.5" && !automation::hooks(crate::gates::SECRETS.hooks).is_empty();
                if is_hit && !is_noisy {
                    report
                        .finding(&item.place(document.path()), format!("`{code}` switches off the check for {what}"))
                        .help("delete it from the list; suppress single lines with a reason")
                        .requirement(requirement);
                }
            }
        }
    }
}
