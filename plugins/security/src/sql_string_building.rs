//! SQL that is put together from strings.

use plimsoll_sdk::prelude::*;

use crate::origin::is_constant;

rule! {
    /// An SQL statement is put together from strings.
    ///
    /// A value that becomes part of the statement can change it. Pass values as parameters, and quote identifiers with
    /// the driver's own tool (`psycopg.sql`, SQLAlchemy's `quoted_name`).
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/ships.py
    /// import sqlite3
    /// from sqlalchemy import text
    /// from sqlalchemy.orm import Session
    ///
    /// def find(name: str, session: Session):
    ///     connection = sqlite3.connect("x.db")
    ///     connection.execute(f"SELECT * FROM ship WHERE name = '{name}'")  # error: SQL is built from strings
    ///     query = "DELETE FROM ship WHERE name = '%s'" % name
    ///     connection.execute(query)  # error: SQL is built from strings
    ///     session.execute(text("SELECT * FROM ship WHERE name = " + name))  # error: SQL is built from strings
    ///     order = "ORDER BY " + name
    ///     connection.execute("SELECT * FROM ship " + (order if name else ""))  # error: SQL is built from strings
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/ships.py
    /// import sqlite3
    /// from sqlalchemy import text
    /// from rich.text import text as rich_text
    ///
    /// TABLE = "ship"
    ///
    /// def find(name: str, ids: list[int], shell, meta):
    ///     connection = sqlite3.connect("x.db")
    ///     connection.execute(f'SELECT * FROM "{meta.db_table}" WHERE "{meta.pk.column}" = ?', (ids[0],))
    ///     connection.execute("SELECT * FROM ship WHERE name = ?", (name,))
    ///     connection.execute(f"SELECT * FROM {TABLE} WHERE name = ?", (name,))
    ///     placeholders = ",".join("?" for _ in ids)
    ///     connection.execute(f"SELECT * FROM ship WHERE id IN ({placeholders})", ids)
    ///     connection.execute("CREATE TABLE v (e float[" + str(int(ids[0])) + "])")
    ///     connection.execute("SELECT * FROM ship WHERE id = ?" + (" AND name = ?" if name else ""), (ids[0], name))
    ///     text("SELECT 1 WHERE name = :name")
    ///     shell.execute(f"run {name}")
    ///     rich_text(f"SELECT {name}")
    /// ```
    ///
    /// A loop over constants gives constants.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/versions.py
    /// import sqlite3
    /// from app.names import FUNCTIONS
    ///
    /// def versions(connection: sqlite3.Connection):
    ///     for function in FUNCTIONS:
    ///         connection.execute("select {}()".format(function))
    ///     for kind in ("fts5", "fts4"):
    ///         connection.execute(f"CREATE VIRTUAL TABLE v{kind} USING {kind} (data)")
    ///     for name, column in [
    ///         ("ship", "berth"),
    ///         ("crew", "ship"),
    ///     ]:
    ///         connection.execute(f"ALTER TABLE a_{name} ADD COLUMN {column}")
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/versions.py
    /// import sqlite3
    ///
    /// def drop(connection: sqlite3.Connection, names: list[str]):
    ///     for name in names:
    ///         connection.execute(f"DROP VIEW {name}")  # error: SQL is built from strings
    ///     for kind in ("view", names[0]):
    ///         connection.execute(f"DROP {kind}")  # error: SQL is built from strings
    /// ```
    pub(crate) static SQL_STRING_BUILDING = {
        id: "sql-string-building",
        requirements: ["9.6.3"],
        check: Check::Calls(
            &[
                "sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "sqlmodel.text",
                "sqlalchemy.literal_column", "*.execute", "*.executemany", "*.executescript", "*.exec_driver_sql",
                "*.fetchrow", "*.fetchval", "*.raw", "django.db.models.expressions.RawSQL",
            ],
            sql_string_building,
        ),
        roles: [Role::Source],
        accepts: ["S608", "B608"],
    }
}

const DRIVERS: &[&str] = &[
    "sqlite3",
    "aiosqlite",
    "psycopg",
    "psycopg2",
    "psycopg_pool",
    "asyncpg",
    "sqlalchemy",
    "sqlmodel",
    "django.db",
    "pymysql",
    "MySQLdb",
    "mysql",
    "duckdb",
    "pyodbc",
    "oracledb",
    "databases",
    "aiomysql",
    "aiopg",
];

fn sql_string_building(report: &mut Report, call: &Call) {
    let Some(argument) = Item::root(&call.value).and_then(|call| call.positional().next()) else { return };
    let statement = argument.resolved();
    let Some(parts) = built_from(statement) else { return };
    let is_statement = parts.iter().find_map(|part| leading_text(*part)).is_some_and(starts_statement);
    let open: Vec<Item<'_>> = parts.into_iter().filter(|part| !is_harmless(*part)).collect();
    if !is_statement || open.is_empty() || open.iter().all(|part| runs_over_constants(*part, &call.site.place)) {
        return;
    }
    let known =
        DRIVERS.iter().any(|driver| call.name.strip_prefix(driver).is_some_and(|rest| rest.starts_with(['.', '('])));
    let is_raw = call.name.ends_with(".raw") && !known;
    if is_raw {
        return;
    }
    let finding = report
        .finding(&call.site.place, "SQL is built from strings")
        .help("pass values as parameters; quote identifiers with the driver's own tool");
    if !known {
        // The receiver is not known to be a database, but the text is SQL.
        finding.medium();
    }
}

/// The parts of a text that is put together; none for one that is whole.
fn built_from(statement: Item<'_>) -> Option<Vec<Item<'_>>> {
    match statement.kind() {
        NodeKind::Template => Some(statement.children().collect()),
        NodeKind::Operator if matches!(statement.text(), "+" | "%") => {
            let mut parts = Vec::new();
            for operand in statement.children() {
                match built_from(operand) {
                    Some(inner) => parts.extend(inner),
                    None => parts.push(operand),
                }
            }
            Some(parts)
        }
        NodeKind::Call if statement.text().ends_with("str.format") => Some(statement.children().collect()),
        _ => None,
    }
}

fn leading_text(part: Item<'_>) -> Option<&str> {
    let text = part.resolved().string()?;
    (!text.trim().is_empty()).then_some(text)
}

fn starts_statement(text: &str) -> bool {
    const VERBS: &[&str] = &[
        "SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "CREATE", "ALTER", "DROP", "TRUNCATE", "GRANT", "CALL",
    ];
    let text = text.trim_start().trim_start_matches('(').trim_start();
    let word: String = text.chars().take_while(char::is_ascii_alphabetic).collect();
    let rest = &text[word.len()..];
    VERBS.contains(&word.to_ascii_uppercase().as_str()) && rest.starts_with(char::is_whitespace)
}

/// Parts that can't carry a value from outside: constants, table names of models, numbers, quoted identifiers,
/// placeholders.
fn is_harmless(part: Item<'_>) -> bool {
    if is_constant(part) {
        return true;
    }
    let name = part.text();
    let last = name.trim_end_matches("()").rsplit('.').next().unwrap_or(name);
    let is_upper = !last.is_empty()
        && last.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_');
    let lower = last.to_ascii_lowercase();
    match part.kind() {
        NodeKind::Name | NodeKind::Parameter | NodeKind::Call | NodeKind::Subscript => {
            is_upper
                || matches!(last, "__tablename__" | "int" | "len" | "table" | "db_table")
                || matches!(last, "name" | "column" | "attname") && name.contains('.')
                || [
                    "placeholder",
                    "quote",
                    "escape",
                    "identifier",
                    "sql",
                    "clause",
                    "columns",
                    "cols",
                    "fields",
                    "table",
                    "where",
                    "query",
                ]
                .iter()
                .any(|word| lower.contains(word))
                || last == "str" && part.positional().next().is_some_and(is_harmless)
                || part.get("value").is_some_and(is_harmless)
                || is_placeholder_join(part)
        }
        NodeKind::Tuple => part.children().all(is_harmless),
        NodeKind::Other => part.children().next().is_some_and(is_harmless),
        _ => false,
    }
}

/// `", ".join("?" for …)`
fn is_placeholder_join(part: Item<'_>) -> bool {
    part.text().ends_with("str.join")
        && part.descendants().any(|item| item.string().is_some_and(|text| text.contains('?') || text.contains("%s")))
}

/// Whether a name is the variable of a loop over constants: `for name in NAMES:`, `for name in ("a", "b"):`.
fn runs_over_constants(part: Item<'_>, place: &Place) -> bool {
    if part.kind() != NodeKind::Name || part.text().contains('.') {
        return false;
    }
    let text = repository::read(&place.path).unwrap_or_default();
    let before = text.get(..place.span.start as usize).unwrap_or_default();
    // A loop of another function has variables of its own.
    let function = before.rfind("def ").and_then(|start| before.get(start..)).unwrap_or(before);
    let over = function.rmatch_indices("for ").find_map(|(start, _)| {
        let (targets, rest) = function.get(start..)?.strip_prefix("for ")?.split_once(" in ")?;
        let is_own = targets.split([',', ' ', '(', ')']).any(|target| target == part.text());
        (is_own && !targets.contains(['\n', ':'])).then_some(rest)
    });
    over.is_some_and(is_of_constants)
}

/// Whether what a loop runs over is a constant by its name, or a literal without any name.
fn is_of_constants(rest: &str) -> bool {
    let rest = rest.trim_start();
    if !rest.starts_with(['(', '[', '{']) {
        let name = rest.split(':').next().unwrap_or_default().trim().rsplit('.').next().unwrap_or_default();
        return name.contains(|letter: char| letter.is_ascii_uppercase())
            && name.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_');
    }
    let mut depth = 0_u32;
    let mut quote = None;
    for letter in rest.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth = depth.saturating_sub(1),
            (None, ':') if depth == 0 => return true,
            (None, _) if letter.is_alphabetic() || letter == '_' => return false,
            (None, _) => {}
        }
    }
    false
}
