//! The comments of a text, told apart from strings that look like them. What a kind of file calls a comment is known by
//! the file's name; in a file of no known kind only lines of their own count.

use std::ops::Range;

use super::python;
use super::shell::{self, shell_lines};
use crate::repository::file_name;

/// How a file writes comments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Python,
    Toml,
    Yaml,
    Dockerfile,
    /// justfile and Makefile.
    Recipes,
    Shell,
    /// Comments stand on lines of their own.
    Ini,
    /// `#` at the start of a line or after a blank.
    Hash,
    Markdown,
    /// HTML and XML.
    Markup,
    /// reStructuredText: `.. ` on a line of its own.
    Structured,
    /// `//` and `/* … */`, and where the flag says so `#`.
    Slash(bool),
    /// `--` at the start of a line or after a blank.
    Dash,
    /// Any opener on a line of its own.
    Other,
    /// There are no comments.
    None,
}

impl Kind {
    pub(super) fn of(path: &str) -> Self {
        let name = file_name(path);
        let lower = name.to_ascii_lowercase();
        let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
        match lower.as_str() {
            "pipfile" | "uv.lock" | "poetry.lock" | "cargo.lock" | "pdm.lock" => return Self::Toml,
            "justfile" | ".justfile" | "makefile" | "gnumakefile" => return Self::Recipes,
            ".editorconfig" | ".flake8" | ".coveragerc" | ".pylintrc" => return Self::Ini,
            ".clang-format" | ".yamllint" => return Self::Yaml,
            "jenkinsfile" => return Self::Slash(false),
            "codeowners" | ".env" | ".envrc" => return Self::Hash,
            _ => {}
        }
        let is_container = |stem: &str| {
            lower == stem || lower.starts_with(&format!("{stem}.")) || lower.ends_with(&format!(".{stem}"))
        };
        if is_container("dockerfile") || is_container("containerfile") {
            return Self::Dockerfile;
        }
        match extension {
            "py" | "pyi" | "pyw" => Self::Python,
            "toml" => Self::Toml,
            "yaml" | "yml" => Self::Yaml,
            "just" | "mk" => Self::Recipes,
            "sh" | "bash" | "zsh" | "fish" => Self::Shell,
            "ini" | "cfg" | "properties" => Self::Ini,
            "txt" if lower.contains("requirements") || lower.contains("constraints") => Self::Hash,
            "in" if lower.contains("requirements") => Self::Hash,
            "rb" | "conf" => Self::Hash,
            "md" | "markdown" | "mdx" => Self::Markdown,
            "html" | "htm" | "xml" | "svg" | "vue" => Self::Markup,
            "rst" => Self::Structured,
            "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "tsx" | "css" | "scss" | "go" | "rs" | "java" | "kt"
            | "proto" | "jsonc" | "json5" | "c" | "h" | "cpp" => Self::Slash(false),
            "tf" | "hcl" | "tfvars" => Self::Slash(true),
            "sql" => Self::Dash,
            "json" | "ipynb" | "csv" | "tsv" | "pem" => Self::None,
            _ => Self::Other,
        }
    }
}

/// A comment, from its first byte to the one after its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Comment {
    pub(super) span: Range<usize>,
    /// What it says.
    pub(super) content: Range<usize>,
    /// Nothing but the comment stands on its lines.
    pub(super) is_alone: bool,
}

/// A line of a text, without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    pub(super) start: usize,
    pub(super) text: &'t str,
}

impl Line<'_> {
    pub(super) fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    /// The comment of the line that begins at a byte of it with an opener of so many bytes.
    pub(super) fn comment(&self, at: usize, opener: usize) -> Comment {
        let start = self.start + at;
        let end = self.start + self.text.trim_end().len();
        Comment {
            span: start..end,
            content: (start + opener).min(end)..end,
            is_alone: self.text[..at].trim_start_matches('\u{feff}').trim().is_empty(),
        }
    }
}

/// The lines of a text.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let here = Line { start, text: line.trim_end_matches(['\n', '\r']) };
        start += line.len();
        here
    })
}

/// The comments of a text, in order.
pub(super) fn comments(kind: Kind, text: &str) -> Vec<Comment> {
    match kind {
        Kind::Python => python::scan(text).comments,
        Kind::Toml => toml(text),
        Kind::Yaml => yaml(text),
        Kind::Dockerfile => shell::dockerfile(text),
        Kind::Recipes => lines(text).filter_map(|line| shell::in_line(line, Some('\\'))).collect(),
        Kind::Hash => lines(text).filter_map(|line| shell::in_line(line, None)).collect(),
        Kind::Shell => shell_lines(lines(text)),
        Kind::Ini => at_starts(text, &["#", ";"]),
        Kind::Structured => at_starts(text, &[".. "]),
        Kind::Dash => lines(text).filter_map(|line| after_blank(line, "--")).collect(),
        Kind::Other => at_starts(text, &["#", "//", ";", "--", "%", "<!--"]),
        Kind::Markdown => markdown(text),
        Kind::Markup => between(text, 0, "<!--", "-->").collect(),
        Kind::Slash(has_hashes) => slashes(text, has_hashes),
        Kind::None => Vec::new(),
    }
}

/// Comments on lines of their own.
fn at_starts(text: &str, openers: &[&str]) -> Vec<Comment> {
    let comment = |line: Line<'_>| {
        let indent = line.indent();
        let opener = openers.iter().find(|opener| line.text[indent..].starts_with(**opener))?;
        let mut comment = line.comment(indent, opener.len());
        if *opener == "<!--" && text[comment.content.clone()].ends_with("-->") {
            comment.content.end -= 3;
        }
        Some(comment)
    };
    lines(text).filter_map(comment).collect()
}

fn after_blank(line: Line<'_>, opener: &str) -> Option<Comment> {
    let is_opener = |at: usize| at == 0 || line.text[..at].ends_with([' ', '\t']);
    let at = line.text.match_indices(opener).map(|(at, _)| at).find(|at| is_opener(*at))?;
    let is_even = line.text[..at].matches('\'').count().is_multiple_of(2);
    is_even.then(|| line.comment(at, opener.len()))
}

/// Comments with an end, which may span lines.
fn between<'t>(
    text: &'t str,
    from: usize,
    opener: &'static str,
    closer: &'static str,
) -> impl Iterator<Item = Comment> + use<'t> {
    let mut at = from;
    std::iter::from_fn(move || {
        let start = at + text.get(at..)?.find(opener)?;
        let content = start + opener.len();
        let length = text.get(content..)?.find(closer)?;
        let end = content + length + closer.len();
        at = end;
        let before = text[..start].trim_end_matches([' ', '\t', '\u{feff}']);
        let after = text[end..].trim_start_matches([' ', '\t', '\r']);
        let is_alone = (before.is_empty() || before.ends_with('\n')) && (after.is_empty() || after.starts_with('\n'));
        Some(Comment { span: start..end, content: content..content + length, is_alone })
    })
}

fn toml(text: &str) -> Vec<Comment> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'') => {
                let triple = [quote; 3];
                let is_long = bytes[at..].starts_with(&triple);
                let delimiter = if is_long { &triple[..] } else { &triple[..1] };
                at += delimiter.len();
                while at < bytes.len() && !bytes[at..].starts_with(delimiter) && (is_long || bytes[at] != b'\n') {
                    at += if quote == b'"' && bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += delimiter.len();
            }
            b'#' => {
                let comment = line_at(text, at).comment(at - line_start(text, at), 1);
                at = comment.span.end.max(at + 1);
                found.push(comment);
            }
            _ => at += 1,
        }
    }
    found
}

pub(super) fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |newline| newline + 1)
}

/// The line that a byte is in.
pub(super) fn line_at(text: &str, at: usize) -> Line<'_> {
    let start = line_start(text, at);
    let end = text[at..].find('\n').map_or(text.len(), |length| at + length);
    Line { start, text: text[start..end].trim_end_matches('\r') }
}

/// The keys whose block scalars are shell scripts: a comment in those is one.
const SCRIPTS: &[&str] = &[
    "run",
    "script",
    "scripts",
    "before_script",
    "after_script",
    "command",
    "commands",
    "cmd",
    "cmds",
    "entry",
    "args",
    "bash",
    "inlineScript",
];

fn yaml(text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut quote = None;
    // The last key without a value of its own: that of the items below it.
    let mut owner = String::new();
    let all: Vec<Line<'_>> = lines(text).collect();
    let mut index = 0;
    while let Some(line) = all.get(index).copied() {
        index += 1;
        let comment = yaml_comment(line, &mut quote);
        let end = comment.as_ref().map_or(line.text.len(), |comment| comment.span.start - line.start);
        let code = line.text[..end].trim();
        found.extend(comment);
        if quote.is_some() || code.is_empty() {
            continue;
        }
        let entry = code.trim_start_matches(['-', ' ']);
        let key = entry.split_once(':').map_or("", |(key, _)| key).trim_matches(['"', '\'']);
        if entry.ends_with(':') {
            owner = key.to_owned();
        }
        let header = code.trim_end_matches(|letter: char| letter.is_ascii_digit() || matches!(letter, '+' | '-'));
        let is_scalar =
            header.ends_with(['|', '>']) && (header.len() == 1 || header[..header.len() - 1].ends_with([' ', '\t']));
        if !is_scalar {
            continue;
        }
        let first = all[index..].iter().find(|line| !line.text.trim().is_empty());
        let Some(indent) = first.map(Line::indent).filter(|indent| *indent > line.indent()) else { continue };
        let rest = all[index..].iter();
        let length = rest.take_while(|line| line.text.trim().is_empty() || line.indent() >= indent).count();
        if SCRIPTS.contains(&key) || (key.is_empty() && SCRIPTS.contains(&owner.as_str())) {
            found.extend(shell_lines(all[index..index + length].iter().copied()));
        }
        index += length;
    }
    found
}

/// The comment of a line of YAML. `quote` is that of a string that goes on over lines.
fn yaml_comment(line: Line<'_>, quote: &mut Option<u8>) -> Option<Comment> {
    let bytes = line.text.as_bytes();
    let mut before = b':';
    let mut at = 0;
    while at < bytes.len() {
        let byte = bytes[at];
        match *quote {
            Some(b'"') if byte == b'\\' => at += 1,
            Some(open) if byte == open => {
                if open == b'\'' && bytes.get(at + 1) == Some(&b'\'') {
                    at += 1;
                } else {
                    *quote = None;
                    before = b'"';
                }
            }
            Some(_) => {}
            None => {
                let is_after_blank = at == 0 || matches!(bytes[at - 1], b' ' | b'\t');
                if byte == b'#' && is_after_blank {
                    return Some(line.comment(at, 1));
                }
                // Elsewhere a quote is a letter of a plain scalar.
                let is_start = matches!(before, b':' | b'-' | b',' | b'[' | b'{' | b'?');
                if matches!(byte, b'"' | b'\'') && is_start {
                    *quote = Some(byte);
                } else if !byte.is_ascii_whitespace() {
                    before = byte;
                }
            }
        }
        at += 1;
    }
    None
}

fn markdown(text: &str) -> Vec<Comment> {
    let mut found: Vec<Comment> = Vec::new();
    let mut fence: Option<&str> = None;
    let (mut is_list, mut is_after_blank) = (false, true);
    let last_end = text.rfind("-->").unwrap_or(0);
    for line in lines(text) {
        if found.last().is_some_and(|last| line.start < last.span.end) {
            continue;
        }
        let code = line.text.trim_start();
        if let Some(open) = fence {
            if code.starts_with(open) && code.trim_end().bytes().all(|byte| byte == open.as_bytes()[0]) {
                fence = None;
            }
            continue;
        }
        fence = fence_of(code);
        let is_code = line.indent() >= 4 && is_after_blank && !is_list;
        if line.indent() < 2 && !code.is_empty() {
            is_list = code.starts_with(['-', '*', '+']) || code.starts_with(|letter: char| letter.is_ascii_digit());
        }
        is_after_blank = code.is_empty() || is_code;
        if fence.is_some() || is_code {
            continue;
        }
        let Some(at) = line.text.find("<!--").filter(|at| line.start + at < last_end) else { continue };
        if line.text[..at].matches('`').count().is_multiple_of(2) {
            let inside = |comment: &Comment| comment.span.start < line.start + line.text.len();
            found.extend(between(text, line.start + at, "<!--", "-->").take_while(inside));
        }
    }
    found
}

/// What opens a fence of code, if the line does.
pub(super) fn fence_of(line: &str) -> Option<&str> {
    let letter = line.chars().next().filter(|letter| matches!(letter, '`' | '~'))?;
    let length = line.len() - line.trim_start_matches(letter).len();
    (length >= 3).then(|| &line[..length])
}

fn slashes(text: &str, has_hashes: bool) -> Vec<Comment> {
    let bytes = text.as_bytes();
    let (mut found, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        match bytes[at] {
            quote @ (b'"' | b'\'' | b'`') => {
                at += 1;
                while at < bytes.len() && bytes[at] != quote && (quote == b'`' || bytes[at] != b'\n') {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at += 1;
            }
            b'/' if bytes[at..].starts_with(b"/*") => {
                let Some(comment) = between(text, at, "/*", "*/").next() else { break };
                at = comment.span.end;
                found.push(comment);
            }
            byte @ (b'/' | b'#') => {
                let is_double = bytes[at..].starts_with(b"//") && (at == 0 || bytes[at - 1] != b':');
                if is_double || (byte == b'#' && has_hashes) {
                    let opener = if byte == b'/' { 2 } else { 1 };
                    let comment = line_at(text, at).comment(at - line_start(text, at), opener);
                    at = comment.span.end.max(at + 1);
                    found.push(comment);
                } else {
                    at += 1;
                }
            }
            _ => at += 1,
        }
    }
    found
}
