//! Example files of environment variables, and `.env` files themselves.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;

/// Names of files that show which variables there are.
pub(crate) const EXAMPLES: &[&str] = &[
    "*.env.example",
    ".env.example*",
    ".env.sample*",
    ".env.template*",
    ".env.dist*",
    ".env.tmpl",
    ".env-example",
    ".env-sample",
    ".env_example",
    ".env_sample",
    ".env.*.example",
    ".env.*.sample",
    ".env.*.template",
    "env.example*",
    "env.sample*",
    "env.template*",
    "example.env",
    "sample.env",
    "template.env",
    "dotenv.example",
    "*.env.sample",
    "*.env.template",
    "*.env.dist",
];

/// The example files of the target.
pub(crate) fn examples() -> Vec<File> {
    repository::find(EXAMPLES)
}

/// The variables that the example files name, commented ones too.
pub(crate) fn known_variables() -> Vec<String> {
    let texts = examples().into_iter().filter_map(|file| repository::read(&file.path).ok());
    texts.flat_map(|text| variables(&text)).map(|(name, _)| name).collect()
}

/// The variables of a `.env` file with their values; those behind a `#` too.
pub(crate) fn variables(text: &str) -> Vec<(String, String)> {
    let of_line = |line: &str| {
        let line = line.trim().trim_start_matches('#').trim_start();
        let (name, value) = line.strip_prefix("export ").unwrap_or(line).split_once('=')?;
        let name = name.trim();
        let is_name = !name.is_empty() && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
        is_name.then(|| (name.to_owned(), value.trim().trim_matches(['"', '\'']).to_owned()))
    };
    text.lines().filter_map(of_line).collect()
}

/// Whether a file is a `.env` file that is read, and no example of one.
pub(crate) fn is_dotenv(path: &str) -> bool {
    const STAGES: &[&str] = &["local", "dev", "development", "stage", "staging", "prod", "production", "live"];
    let name = file_name(path);
    let stage = name.strip_prefix(".env.").or_else(|| name.strip_suffix(".env"));
    name == ".env" || stage.is_some_and(|stage| STAGES.contains(&stage.trim_matches('.')))
}
