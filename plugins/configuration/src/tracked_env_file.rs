//! `.env` files in the repository.

use plimsoll_sdk::paths::{join, parent, start};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_beside;

use crate::examples::{is_dotenv, variables};

rule! {
    /// A `.env` file is tracked.
    ///
    /// Sooner or later someone puts a real password into it, and history keeps it for ever. Take it out with
    /// `git rm --cached`, ignore it, and track a `.env.example` instead.
    ///
    /// ```text bad .env
    /// DATABASE_URL=postgresql://localhost/app
    /// ```
    /// ```text bad deploy/prod.env
    /// API_TOKEN=1c9d2f7a
    /// ```
    /// ```text expect
    /// .env:1: `.env` is tracked
    /// deploy/prod.env:1: `deploy/prod.env` is tracked
    /// ```
    ///
    /// A file without secrets becomes the example; one with secrets holds the only copy of them, and stays:
    ///
    /// ```text bad .env
    /// # For development
    /// DATABASE_URL=postgresql://localhost/app
    /// API_TOKEN=changeme
    /// ```
    /// ```text expect
    /// .env:1: `.env` is tracked
    /// ```
    /// ```text fixed .env.example
    /// # For development
    /// DATABASE_URL=postgresql://localhost/app
    /// API_TOKEN=changeme
    /// ```
    /// ```text good .env.example
    /// DATABASE_URL=
    /// ```
    /// ```text good frontend/.env
    /// VITE_TITLE=Shop
    /// ```
    /// ```json good frontend/package.json
    /// {"name": "shop"}
    /// ```
    /// ```text good .env
    /// # Versions of the tools
    /// COMPOSE_PROJECT_NAME=shop
    /// UV_PYTHON=3.12
    /// ```
    pub(crate) static TRACKED_ENV_FILE = {
        id: "tracked-env-file",
        requirements: ["14.4.2"],
        check: Check::Files(&[".env", ".env.*", "*.env"], tracked_env_file),
    }
}

/// What variables of tools begin with.
const TOOLS: &[&str] =
    &["TERM", "COLUMNS", "COMPOSE_", "DOCKER_", "UV_", "PYTHON", "PIP_", "PYTEST_", "BUILDKIT_", "MYPY", "RUFF_"];
/// What variables of front ends begin with: they are built into pages that everyone can read.
const PUBLIC: &[&str] = &["VITE_", "NEXT_PUBLIC_", "REACT_APP_", "PUBLIC_", "VUE_APP_", "NUXT_PUBLIC_"];

fn tracked_env_file(report: &mut Report, file: &File) {
    let is_ours = matches!(file.role, Role::Source | Role::Script);
    if !is_dotenv(&file.path) || is_beside(&file.path) || file.path.contains(".devcontainer/") || !is_ours {
        return;
    }
    let text = repository::read(&file.path).unwrap_or_default();
    let set: Vec<(String, String)> =
        text.lines().filter(|line| !line.trim_start().starts_with('#')).flat_map(variables).collect();
    let begins = |starts: &[&str]| set.iter().all(|(name, _)| starts.iter().any(|start| name.starts_with(start)));
    let is_front_end = repository::exists(&join(parent(&file.path), "package.json")) && begins(PUBLIC);
    if begins(TOOLS) || is_front_end {
        return;
    }
    let finding = report
        .finding(&start(&file.path), format!("`{}` is tracked", file.path))
        .help("take it out with `git rm --cached`, ignore it, and track a `.env.example`");
    if !set.iter().any(|(name, value)| is_secret(name, value)) {
        finding.unsafe_fix(renamed(&file.path, text).unwrap_or_default()).medium();
    }
}

/// Makes the example of a file: whoever needs the file copies it back.
fn renamed(path: &str, text: String) -> Option<Vec<Edit>> {
    let example = format!("{path}.example");
    let may_be_secret = |(name, value): (String, String)| crate::env_example::is_secret(&name) && is_long(&value);
    if repository::exists(&example) || variables(&text).into_iter().any(may_be_secret) {
        return None;
    }
    Some(vec![edit::create(example, text), Edit::DeleteFile(path.to_owned())])
}

/// Whether a value is too long for a word that people put in the place of a secret.
fn is_long(value: &str) -> bool {
    value.len() > 16
}

/// Whether a variable holds what looks like a secret, and no placeholder.
fn is_secret(name: &str, value: &str) -> bool {
    const WORDS: &[&str] = &["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "APIKEY", "PRIVATE_KEY"];
    const PLACEHOLDERS: &[&str] = &[
        "change", "example", "your", "xxx", "secret", "password", "postgres", "admin", "test", "dev", "local", "<", "$",
    ];
    let (name, value) = (name.to_ascii_uppercase(), value.to_ascii_lowercase());
    let is_named = WORDS.iter().any(|word| name.ends_with(word));
    is_named && value.len() >= 8 && !PLACEHOLDERS.iter().any(|word| value.contains(word))
}
