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

use super::Facts;
use super::value::View;
use crate::plugin::wit::{Absence, Node, Span};
use crate::repository::{ReadError, file_name};

/// Values nested deeper than this are refused, in every language. People stay below twenty.
const DEEPEST: usize = 500;
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

    /// The value at a key path in a file; see [`View::at`].
    ///
    /// # Errors
    /// As [`Documents::load`], and `Missing` without such a key.
    pub(crate) fn read(&self, facts: &Facts, path: &str, keys: &[String]) -> Result<Vec<Node>, Absence> {
        let document = self.load(facts, path)?;
        let view = View::root(&document).and_then(|root| root.at(keys)).ok_or(Absence::Missing)?;
        Ok(view.to_value())
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
        facts.problem("unreadable-file", path, Span { start: offset, end: offset }, error.to_string());
        Absence::Unreadable
    })?;
    parse(path, &text).map_err(|invalid| {
        if !is_template(path) && !is_template(&text) {
            let span = Span { start: invalid.start, end: invalid.end };
            facts.problem("invalid-file", path, span, invalid.message);
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

    fn too_deep(text: &str, start: usize) -> Self {
        Self::new(text, start, start, &format!("nested deeper than {DEEPEST} levels"))
    }
}

fn span(range: std::ops::Range<usize>) -> Span {
    Span { start: range.start as u32, end: range.end as u32 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Instant;

    use super::*;
    use crate::facts::Interest;
    use crate::facts::git::Git;
    use crate::plugin::wit::NodeKind;
    use crate::repository::Repository;

    /// One line for each node: its keys, its kind, its text and, in brackets, what its span covers.
    pub(super) fn outline(path: &str, text: &str) -> String {
        let nodes = match parse(path, text) {
            Ok(nodes) => nodes,
            Err(invalid) => {
                let place = &text[invalid.start as usize..invalid.end as usize];
                return format!("invalid at {} <{place}>: {}", invalid.start, invalid.message);
            }
        };
        check_form(&nodes);
        let mut keys: Vec<String> = Vec::new();
        let mut lines: Vec<String> = Vec::new();
        for (index, node) in nodes.iter().enumerate() {
            let place = &text[node.span.start as usize..node.span.end as usize];
            let own = match &node.key {
                Some(_) => text[node.key_span.start as usize..node.key_span.end as usize].to_owned(),
                None => "-".to_owned(),
            };
            let parent = node.parent as usize;
            keys.push(if index == 0 {
                "$".to_owned()
            } else if node.key.is_some() {
                format!("{}.{own}", keys[parent])
            } else {
                format!("{}{own}", keys[parent])
            });
            let kind = format!("{:?}", node.kind).rsplit("::").next().unwrap_or_default().to_lowercase();
            lines.push(format!("{} {kind} {:?} <{place}>", keys[index], node.text));
        }
        lines.join("\n").replace('\r', "␍")
    }

    /// Asserts the order of nodes that values promise.
    fn check_form(nodes: &[Node]) {
        let mut open: Vec<u32> = vec![0];
        for (index, node) in nodes.iter().enumerate().skip(1) {
            while open.last() != Some(&node.parent) {
                assert!(open.pop().is_some(), "node {index} is not below its parent {}", node.parent);
            }
            open.push(index as u32);
        }
    }

    #[track_caller]
    pub(super) fn check(path: &str, text: &str, expected: &str) {
        let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let outline = outline(path, text);
        let found: Vec<&str> = outline.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        assert_eq!(found, expected, "\n{outline}\n");
    }

    /// Asserts that a hostile text is refused, with a message and quickly.
    #[track_caller]
    pub(super) fn check_refused(path: &str, text: &str, message: &str) {
        let start = Instant::now();
        let result = parse(path, text);
        assert!(start.elapsed().as_secs() < 5, "{path} of {} bytes took {:?}", text.len(), start.elapsed());
        match result {
            Ok(nodes) => panic!("{} nodes", nodes.len()),
            Err(invalid) => assert!(invalid.message.contains(message), "{}", invalid.message),
        }
    }

    fn facts(files: &[(&str, &[u8])]) -> Facts {
        let files: BTreeMap<String, Vec<u8>> =
            files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
        Facts::new(Repository::from_files(files), Git::default(), Interest::default())
    }

    #[test]
    fn languages_follow_names() {
        let check = |path: &str, expected: Option<Language>| assert_eq!(language(path), expected, "{path}");
        check("a/pyproject.toml", Some(Language::Toml));
        check("Pipfile", Some(Language::Toml));
        check("Pipfile.lock", Some(Language::Json));
        check("uv.lock", Some(Language::Toml));
        check(".pre-commit-config.yaml", Some(Language::Yaml));
        check("CITATION.cff", Some(Language::Yaml));
        check(".devcontainer/devcontainer.json", Some(Language::Json));
        check("x.code-workspace", Some(Language::Json));
        check("renovate.json5", Some(Language::Json5));
        check(".secrets.baseline", Some(Language::Json));
        check("setup.cfg", Some(Language::Ini));
        check(".isort.cfg", Some(Language::Ini));
        check(".editorconfig", Some(Language::EditorConfig));
        check(".clang-format", None);
        check("toml", None);
        check("README.md", None);
    }

    #[test]
    fn marks_and_nul() {
        check("a.toml", "\u{feff}a = 1", "$ table \"\" <>\n$.a integer \"1\" <1>");
        check("a.yaml", "\u{feff}a: é", "$ table \"\" <a: é>\n$.a text \"é\" <é>");
        check("a.json", "\u{feff}[1]", "$ list \"\" <[1]>\n$- integer \"1\" <1>");
        check("a.ini", "\u{feff}[s]\na=1", "$ table \"\" <>\n$.s table \"\" <[s]>\n$.s.a text \"1\" <1>");
        for path in ["a.toml", "a.yaml", "a.json", "a.ini"] {
            check(path, "a\0b", "invalid at 1 <\0>: a NUL character");
        }
        check("a.json", "\u{feff}[1", "invalid at 3 <[1>: unterminated array");
    }

    #[test]
    fn bandit_is_ini_or_yaml() {
        check(
            ".bandit",
            "# c\n[bandit]\nskips: B101",
            "$ table \"\" <>\n$.bandit table \"\" <[bandit]>\n$.bandit.skips text \"B101\" <B101>",
        );
        check(
            ".bandit",
            "skips: [B101]",
            "$ table \"\" <skips: [B101]>\n$.skips list \"\" <[B101]>\n$.skips- text \"B101\" <B101>",
        );
    }

    #[test]
    fn files_are_read_once_and_problems_noted() {
        let facts = facts(&[
            ("a.toml", b"[a]\nb = { c = 1 }"),
            ("broken.toml", b"a = "),
            ("latin.ini", b"[a]\nb = \xff"),
            ("template.yaml", b"a: {{ b }}: {{ c }}\n {% if %}"),
            ("{{name}}/a.json", b"{"),
            (".github/workflows/ci.yml", b"a: ${{ b }}\n]"),
            ("notes.txt", b"a"),
        ]);
        let documents = facts.documents();
        let first = documents.load(&facts, "a.toml").unwrap();
        assert!(Arc::ptr_eq(&first, &documents.load(&facts, "a.toml").unwrap()));

        let keys = ["a".to_owned(), "b".to_owned()];
        let value = documents.read(&facts, "a.toml", &keys).unwrap();
        assert_eq!((value.len(), value[0].kind, value[1].parent), (2, NodeKind::Table, 0));
        assert_eq!(documents.read(&facts, "a.toml", &["x".to_owned()]), Err(Absence::Missing));

        let check = |path: &str, expected: Absence| {
            for _ in 0..2 {
                assert_eq!(documents.load(&facts, path).unwrap_err(), expected, "{path}");
            }
        };
        check("none.toml", Absence::Missing);
        check("broken.toml", Absence::Invalid);
        check("latin.ini", Absence::Unreadable);
        check("template.yaml", Absence::Invalid);
        check("{{name}}/a.json", Absence::Invalid);
        check(".github/workflows/ci.yml", Absence::Invalid);
        check("notes.txt", Absence::Unreadable);
        let problems: Vec<_> = facts.problems().into_iter().map(|p| (p.path, p.rule, p.start)).collect();
        let expected = [
            (".github/workflows/ci.yml", "invalid-file", 12),
            ("broken.toml", "invalid-file", 4),
            ("latin.ini", "unreadable-file", 8),
        ];
        assert_eq!(problems, expected.map(|(path, rule, start)| (path.to_owned(), rule, start)));
    }
}
#[cfg(test)]
mod temporary {
    #[test]
    fn dump() {
        let Ok(list) = std::env::var("DUMP_LIST") else { return };
        let mut out = String::new();
        for path in std::fs::read_to_string(list).unwrap().lines() {
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            if text.len() > 8 << 20 {
                continue;
            }
            let start = std::time::Instant::now();
            let result = super::parse(path, &text);
            let took = start.elapsed().as_micros();
            let nodes = match &result {
                Ok(nodes) => serde_json::Value::Array(
                    nodes
                        .iter()
                        .map(|n| {
                            serde_json::json!([
                                n.parent,
                                n.key,
                                format!("{:?}", n.kind),
                                n.text,
                                n.span.start,
                                n.span.end,
                                n.key_span.start,
                                n.key_span.end
                            ])
                        })
                        .collect(),
                ),
                Err(e) => serde_json::json!({"start": e.start, "message": e.message}),
            };
            out.push_str(&serde_json::json!({"path": path, "took": took, "value": nodes}).to_string());
            out.push('\n');
        }
        std::fs::write(std::env::var("DUMP_OUT").unwrap(), out).unwrap();
    }
}
