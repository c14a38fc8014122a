//! Configuration files as trees with places: TOML, YAML, JSON with comments, INI.
//!
//! Each file is read and parsed once. A file that does not parse is a problem that the host reports; whoever asked for
//! it learns that it is invalid and goes on.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Facts;
use crate::plugin::wit::{Absence, Node, NodeKind, Role, Span};
use crate::repository::{ReadError, file_name};

use super::value::Builder;

mod ini;
mod json;
mod toml;
mod yaml;

/// Documents nested deeper than this are refused.
const DEEPEST: usize = 500;
/// Documents with more nodes than this are refused.
const MOST_NODES: usize = 1_000_000;

/// The languages of configuration files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    Toml,
    Yaml,
    Json,
    Ini,
}

/// A document that can't be parsed: where and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Invalid {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) message: String,
}

impl Invalid {
    fn new(start: usize, end: usize, message: impl Into<String>) -> Self {
        Self { start: start as u32, end: end.max(start) as u32, message: message.into() }
    }
}

/// A node of a document while it is read: what becomes a value when it is complete.
#[derive(Clone, Debug)]
struct Tree {
    kind: NodeKind,
    text: String,
    span: Span,
    children: Vec<(Option<(String, Span)>, Tree)>,
}

impl Tree {
    fn new(kind: NodeKind, text: impl Into<String>, start: usize, end: usize) -> Self {
        let span = Span { start: start as u32, end: end.max(start) as u32 };
        Self { kind, text: text.into(), span, children: Vec::new() }
    }

    fn flatten(self, parent: u32, key: Option<(String, Span)>, builder: &mut Builder) {
        let index = builder.push(parent, key, self.kind, self.text, self.span);
        for (key, child) in self.children {
            child.flatten(index, key, builder);
        }
    }
}

/// All documents of a repository.
#[derive(Default)]
pub(crate) struct Documents {
    loaded: Mutex<HashMap<String, Result<Arc<Vec<Node>>, Absence>>>,
}

impl Documents {
    /// The whole document of a file, parsed once. A file that can't be read or parsed is noted as a problem.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn load(&self, facts: &Facts, path: &str) -> Result<Arc<Vec<Node>>, Absence> {
        if let Some(known) = self.loaded.lock().unwrap_or_else(PoisonError::into_inner).get(path) {
            return known.clone();
        }
        let result = read(facts, path, &|path| is_ours(facts, path)).map(Arc::new);
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.entry(path.to_owned()).or_insert(result).clone()
    }
}

impl Documents {
    /// As [`Documents::load`], while projects are still being found: roles are not known yet, so every broken file is
    /// a problem.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) fn load_early(&self, facts: &Facts, path: &str) -> Result<Arc<Vec<Node>>, Absence> {
        let result = read(facts, path, &|_| true).map(Arc::new);
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        loaded.entry(path.to_owned()).or_insert(result).clone()
    }
}

/// Whether a broken file matters: examples and fixtures may be broken on purpose.
fn is_ours(facts: &Facts, path: &str) -> bool {
    !matches!(facts.projects().role_of(path), Role::Test | Role::Template | Role::Example | Role::Vendored)
}

fn read(facts: &Facts, path: &str, is_reported: &dyn Fn(&str) -> bool) -> Result<Vec<Node>, Absence> {
    let nowhere = Span { start: 0, end: 0 };
    let text = match facts.repository().read(path) {
        Ok(text) => text,
        Err(ReadError::Missing) => return Err(Absence::Missing),
        Err(error) => {
            facts.problem("unreadable-file", path, nowhere, error.to_string());
            return Err(Absence::Unreadable);
        }
    };
    parse(path, &text).map_err(|invalid| {
        // What a generator or a chart fills in later is not a document yet.
        let unfinished = text.contains("{{") || text.contains("{%");
        if !unfinished && is_reported(path) {
            facts.problem("invalid-file", path, Span { start: invalid.start, end: invalid.end }, invalid.message);
        }
        Absence::Invalid
    })
}

/// Parses a document in the language that its path says.
///
/// # Errors
/// The first thing that is wrong.
pub(crate) fn parse(path: &str, text: &str) -> Result<Vec<Node>, Invalid> {
    let language = language(path).ok_or_else(|| Invalid::new(0, 0, "not a configuration file that plimsoll reads"))?;
    if let Some(at) = text.bytes().position(|byte| byte == 0) {
        return Err(Invalid::new(at, at + 1, "a NUL byte"));
    }
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let body = &text[mark..];
    let tree = match language {
        Language::Toml => toml::parse(body),
        Language::Yaml => yaml::parse(body),
        Language::Json => json::parse(body),
        Language::Ini => Ok(ini::parse(body)),
    };
    let tree = tree.map_err(|invalid| Invalid {
        start: invalid.start + mark as u32,
        end: invalid.end + mark as u32,
        ..invalid
    })?;
    let mut builder = Builder::default();
    tree.flatten(0, None, &mut builder);
    let mut nodes = builder.finish();
    for node in &mut nodes {
        for span in [&mut node.span, &mut node.key_span] {
            span.start += mark as u32;
            span.end += mark as u32;
        }
    }
    Ok(nodes)
}

/// The language of a file, by its name.
pub(crate) fn language(path: &str) -> Option<Language> {
    let name = file_name(path);
    let named = match name {
        "Pipfile" | "uv.lock" | "poetry.lock" | "pdm.lock" => Some(Language::Toml),
        "CITATION.cff" | ".clang-format" => Some(Language::Yaml),
        ".renovaterc" | ".secrets.baseline" | "Pipfile.lock" => Some(Language::Json),
        ".editorconfig" | ".coveragerc" | ".flake8" | ".pylintrc" | ".bandit" | ".codespellrc" => Some(Language::Ini),
        _ => None,
    };
    named.or_else(|| match name.rsplit_once('.')?.1 {
        "toml" => Some(Language::Toml),
        "yaml" | "yml" => Some(Language::Yaml),
        "json" | "jsonc" | "json5" | "code-workspace" => Some(Language::Json),
        "ini" | "cfg" => Some(Language::Ini),
        _ => None,
    })
}

/// Bounds the nesting of brackets before a parser that may recurse sees the text. Brackets in strings count too: no
/// document that people write has hundreds of them open.
fn check_nesting(text: &str) -> Result<(), Invalid> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' | b'{' => {
                depth += 1;
                if depth > DEEPEST {
                    return Err(Invalid::new(at, at + 1, format!("nested deeper than {DEEPEST} levels")));
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::value::View;

    /// The text that a node's span covers.
    fn at<'a>(path: &str, text: &'a str, keys: &[&str]) -> &'a str {
        let nodes = parse(path, text).unwrap();
        let span = View::root(&nodes).unwrap().at(keys).unwrap().span();
        &text[span.start as usize..span.end as usize]
    }

    #[test]
    fn spans_cover_the_value_in_every_language() {
        let toml = "[project]\nname = \"a\"\n[tool.ruff.lint]\nselect = [\"E\", 'F']\n[[x]]\ny = 1\n[[x]]\ny = 22\n";
        assert_eq!(at("a.toml", toml, &["project", "name"]), "\"a\"");
        assert_eq!(at("a.toml", toml, &["project"]), "[project]");
        assert_eq!(at("a.toml", toml, &["tool", "ruff", "lint", "select", "1"]), "'F'");
        assert_eq!(at("a.toml", toml, &["x", "1", "y"]), "22");
        let yaml = "on: push\nä: {b: [1, 'two']}\njobs:\n  test:\n    run: |\n      make\n      just check\n";
        assert_eq!(at("a.yml", yaml, &["ä", "b", "1"]), "'two'");
        assert_eq!(at("a.yml", yaml, &["on"]), "push");
        assert!(at("a.yml", yaml, &["jobs", "test", "run"]).contains("make\n      just check"));
        assert_eq!(at("a.json", "{\"a\": [1, \"b\"]} // c", &["a", "1"]), "\"b\"");
        assert_eq!(at("setup.cfg", "[metadata]\nname = x\n[a]\nb =\n  c\n  d\n", &["metadata", "name"]), "x");
        assert_eq!(at("a.toml", "\u{feff}a = 'b'", &["a"]), "'b'");
    }

    #[test]
    fn aliases_and_merges_are_resolved() {
        let yaml = "base: &b {image: x, user: y}\nweb:\n  <<: *b\n  user: z\n";
        let nodes = parse("a.yml", yaml).unwrap();
        let root = View::root(&nodes).unwrap();
        assert_eq!(root.at(&["web", "image"]).unwrap().text(), "x");
        assert_eq!(root.at(&["web", "user"]).unwrap().text(), "z");
        let nodes = parse("a.yml", "a: 1\n---\nb: 2\n").unwrap();
        assert_eq!(View::root(&nodes).unwrap().at(&["1", "b"]).unwrap().text(), "2");
    }

    #[test]
    fn what_is_broken_has_a_place() {
        let check =
            |path: &str, text: &str| parse(path, text).map(|_| ()).map_err(|invalid| (invalid.start, invalid.message));
        assert_eq!(check("a.toml", "a = \n").unwrap_err().0, 4);
        assert!(check("a.yml", "a: [1\nb: 2\n").is_err());
        assert!(check("a.json", "{\"a\": }").is_err());
        assert_eq!(check("a.json", "").map(|_| ()), Ok(()));
    }

    #[test]
    fn depth_and_bombs_are_refused() {
        for (path, open) in [("a.toml", "a = ["), ("a.json", "["), ("a.yml", "[")] {
            let text = format!("{open}{}", "[".repeat(100_000));
            assert!(parse(path, &text).unwrap_err().message.contains("nested"), "{path}");
        }
        assert!(parse("a.yml", &"- ".repeat(100_000)).is_err());
        assert!(parse("a.json", &"{\"a\":".repeat(100_000)).is_err());
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for level in 1..12 {
            let previous = format!("*a{}", level - 1);
            bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![previous; 10].join(", ")));
        }
        assert!(parse("a.yml", &bomb).unwrap_err().message.contains("aliases"));
    }
}
