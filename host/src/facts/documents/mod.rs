//! Configuration files as trees with byte spans: TOML, YAML, JSON (with comments) and INI.
//!
//! Every language gives the same kind of value, see [`crate::facts::value`]. What a span covers:
//! - a scalar: the value as written, quotes included; a block scalar of YAML: its content, without the `|` line;
//! - a table or list in brackets or by indentation: from its first to its last character;
//! - a table with a header (TOML, INI): the header; a table that only dotted keys imply: the key that first names it;
//! - the root of TOML and INI files: the empty place at the start of the file.
//!
//! What the files mean to the tools that read them is not known here.

mod ini;
mod json;
mod toml;
mod yaml;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::value::View;
use super::{Facts, Trouble};
use crate::plugin::wit::{Absence, Node, Span};
use crate::repository::{ReadError, file_name};

/// Values nested deeper than this are refused, in every language. People stay below twenty.
const DEEPEST: usize = 500;
/// Documents of more values than this are refused: they are data, and would fill the memory. A lock file of 5 MB has a
/// quarter of it.
const MOST_NODES: usize = 1_000_000;
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The documents read so far.
#[derive(Default)]
pub(crate) struct Documents {
    parsed: Mutex<HashMap<String, Arc<OnceLock<Parsed>>>>,
}

type Parsed = Result<Arc<Vec<Node>>, Absence>;

/// A language of configuration files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Toml,
    Yaml,
    /// JSON with comments and trailing commas.
    Json,
    /// JSON5: also bare keys, single quotes and more ways to write numbers.
    Json5,
    /// As Python's `configparser` reads it.
    Ini,
    /// `.editorconfig`: INI with keys before the first section and without values over several lines.
    EditorConfig,
    /// `.bandit`: INI or YAML, as the content says.
    IniOrYaml,
}

/// Where and how a document breaks its language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// A fragment in lower case.
    pub(crate) message: String,
}

impl Documents {
    /// The whole document of a file, parsed once. A file that can't be used is noted as a problem, except a broken
    /// one that is the input of a template engine and so no document yet.
    ///
    /// # Errors
    /// `Missing` without such a file, `Unreadable` when it is no text or in no language known here, `Invalid` when its
    /// syntax is broken.
    pub(crate) fn load(&self, facts: &Facts, path: &str) -> Result<Arc<Vec<Node>>, Absence> {
        facts.repository().file(path).ok_or(Absence::Missing)?;
        let parsed = {
            let mut all = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
            match all.get(path) {
                Some(parsed) => Arc::clone(parsed),
                None => Arc::clone(all.entry(path.to_owned()).or_default()),
            }
        };
        parsed.get_or_init(|| load(facts, path).map(Arc::new)).clone()
    }

    /// The value at a key path in a file; see [`View::pick`].
    ///
    /// # Errors
    /// As [`Documents::load`], and `Missing` without such a key.
    pub(crate) fn read(&self, facts: &Facts, path: &str, keys: &[String]) -> Result<Vec<Node>, Absence> {
        let document = self.load(facts, path)?;
        View::root(&document).and_then(|root| root.pick(keys)).ok_or(Absence::Missing)
    }
}

fn load(facts: &Facts, path: &str) -> Result<Vec<Node>, Absence> {
    if language(path).is_none() {
        return Err(Absence::Unreadable);
    }
    let text = facts.repository().read(path).map_err(|error| {
        let offset = match error {
            ReadError::Missing => return Absence::Missing,
            ReadError::NotText { offset } => offset as u32,
            _ => 0,
        };
        facts.problem(Trouble::Unreadable, path, Span { start: offset, end: offset }, error.to_string());
        Absence::Unreadable
    })?;
    parse(path, &text).map_err(|invalid| {
        if !is_template(path) && !is_template(&text) {
            let span = Span { start: invalid.start, end: invalid.end };
            facts.problem(Trouble::Invalid, path, span, invalid.message);
        }
        Absence::Invalid
    })
}

/// Whether a path or a text holds what template engines replace. GitHub's `${{ }}` is plain text to YAML.
fn is_template(text: &str) -> bool {
    text.contains("{%") || text.match_indices("{{").any(|(index, _)| !text[..index].ends_with('$'))
}

/// The language of a file, from its name.
pub(crate) fn language(path: &str) -> Option<Language> {
    let name = file_name(path).to_ascii_lowercase();
    Some(match name.as_str() {
        "pipfile" | "uv.lock" | "poetry.lock" | "pdm.lock" | "cargo.lock" => Language::Toml,
        "citation.cff" | "pixi.lock" | ".yamllint" | ".ansible-lint" | ".prettierrc" | ".releaserc"
        | ".stylelintrc" => Language::Yaml,
        "pipfile.lock"
        | "deno.lock"
        | "bun.lock"
        | "flake.lock"
        | ".renovaterc"
        | ".secrets.baseline"
        | ".eslintrc"
        | ".babelrc"
        | ".markdownlintrc"
        | ".czrc"
        | ".all-contributorsrc" => Language::Json,
        ".coveragerc" | ".flake8" | ".pylintrc" | "pylintrc" | ".pycodestyle" | ".pep8" | ".pydocstyle"
        | ".codespellrc" | ".sqlfluff" | ".style.yapf" | ".pypirc" | "pip.conf" => Language::Ini,
        ".editorconfig" => Language::EditorConfig,
        ".bandit" => Language::IniOrYaml,
        name => match name.rsplit_once('.')?.1 {
            "toml" => Language::Toml,
            "yaml" | "yml" => Language::Yaml,
            "json" | "jsonc" | "code-workspace" | "ipynb" | "webmanifest" => Language::Json,
            "json5" => Language::Json5,
            "ini" | "cfg" => Language::Ini,
            _ => return None,
        },
    })
}

/// Whether a text in [`Language::IniOrYaml`] is INI.
pub(crate) fn is_ini(text: &str) -> bool {
    ini::has_section_first(text)
}

/// Parses a document in the language that its file name says. Spans are those of the text as given, with its byte
/// order mark.
pub(crate) fn parse(path: &str, text: &str) -> Result<Vec<Node>, Invalid> {
    let Some(language) = language(path) else {
        return Err(Invalid::new(text, 0, 0, "not in a language that is known here"));
    };
    if u32::try_from(text.len()).is_err() {
        return Err(Invalid::new("", 0, 0, "larger than 4 GiB"));
    }
    if let Some(index) = text.find('\0') {
        return Err(Invalid::new(text, index, index + 1, "a NUL character"));
    }
    match text.strip_prefix(BYTE_ORDER_MARK) {
        None => parse_as(language, text),
        Some(rest) => {
            let shift = BYTE_ORDER_MARK.len() as u32;
            let moved = |span: Span| Span { start: span.start + shift, end: span.end + shift };
            parse_as(language, rest)
                .map(|mut nodes| {
                    for node in &mut nodes {
                        node.span = moved(node.span);
                        node.key_span = moved(node.key_span);
                    }
                    nodes
                })
                .map_err(|invalid| Invalid { start: invalid.start + shift, end: invalid.end + shift, ..invalid })
        }
    }
}

fn parse_as(language: Language, text: &str) -> Result<Vec<Node>, Invalid> {
    match language {
        Language::Toml => toml::parse(text),
        Language::Yaml => yaml::parse(text),
        Language::Json => json::parse(text, json::Dialect::WithComments),
        Language::Json5 => json::parse(text, json::Dialect::Json5),
        Language::Ini => ini::parse(text, ini::Dialect::ConfigParser),
        Language::EditorConfig => ini::parse(text, ini::Dialect::EditorConfig),
        Language::IniOrYaml if ini::has_section_first(text) => ini::parse(text, ini::Dialect::ConfigParser),
        Language::IniOrYaml => yaml::parse(text),
    }
}

impl Invalid {
    /// Brings what a parser says into the form of our messages, and its place onto the characters of the text.
    fn new(text: &str, start: usize, end: usize, message: &str) -> Self {
        let start = text.floor_char_boundary(start);
        let end = text.ceil_char_boundary(end).max(start);
        let mut rest = message.trim().trim_end_matches('.').chars();
        let first = rest.next().map(|first| {
            let is_word = rest.clone().next().is_none_or(|second| !second.is_uppercase());
            if is_word { first.to_ascii_lowercase() } else { first }
        });
        let message = first.into_iter().chain(rest.map(|c| if c.is_control() { ' ' } else { c })).collect();
        Self { start: start as u32, end: end as u32, message }
    }
}

/// Refuses a value that is nested too deep or comes after too many others.
fn check_size(text: &str, start: usize, depth: usize, nodes: usize) -> Result<(), Invalid> {
    match () {
        () if depth > DEEPEST => Err(Invalid::new(text, start, start, &format!("nested deeper than {DEEPEST} levels"))),
        () if nodes >= MOST_NODES => Err(Invalid::new(text, start, start, &format!("more than {MOST_NODES} values"))),
        () => Ok(()),
    }
}

fn span(range: std::ops::Range<usize>) -> Span {
    Span { start: range.start as u32, end: range.end as u32 }
}

#[cfg(test)]
mod tests;
