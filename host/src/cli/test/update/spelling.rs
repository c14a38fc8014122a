//! How a line of the documentation stands in a source: behind a prefix, and in the spelling of the source's language.

use std::path::Path;

use super::changes::{Change, NewLine};

/// How a source spells the text of the documentation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Plain,
    /// Python, in quotes that know escapes.
    Docstring,
    /// JavaScript, between backticks.
    Template,
}

impl Spelling {
    /// The text that a line of the source stands for.
    pub(super) fn read(self, line: &str) -> String {
        if self == Self::Plain {
            return line.to_owned();
        }
        let mut text = String::new();
        let mut letters = line.chars().peekable();
        while let Some(letter) = letters.next() {
            let escaped = letters.next_if(|next| letter == '\\' && matches!(next, '\\' | '`' | '$' | '"' | '\''));
            text.push(escaped.unwrap_or(letter));
        }
        text
    }

    /// How the source has to spell a text.
    pub(super) fn write(self, text: &str) -> String {
        match self {
            Self::Plain => text.to_owned(),
            Self::Docstring => text.replace('\\', "\\\\").replace("\"\"\"", "\\\"\"\"").replace("'''", "\\'''"),
            Self::Template => text.replace('\\', "\\\\").replace('`', "\\`").replace("${", "\\${"),
        }
    }
}

/// The prefix and the spelling of a line, if it may open the example that `fence` opens in the documentation.
pub(super) fn opening(path: &Path, raw: &[&str], line: usize, fence: &str) -> Option<(String, Spelling)> {
    // Few lines end like that, and a path is spelled the same everywhere.
    let file = fence.split_whitespace().last().unwrap_or(fence);
    if !raw[line].trim_end().ends_with(file) {
        return None;
    }
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let spelling = match extension {
        "py" | "pyi" => {
            let quotes =
                raw[..=line].iter().rev().find_map(|line| Some((line, line.find("\"\"\"").or(line.find("'''"))?)));
            let is_raw = quotes.is_some_and(|(line, at)| line[..at].ends_with(['r', 'R']));
            if is_raw { Spelling::Plain } else { Spelling::Docstring }
        }
        "js" | "mjs" | "cjs" | "jsx" | "ts" | "mts" | "cts" | "tsx"
            if !raw[line].trim_start().starts_with(['*', '/']) =>
        {
            Spelling::Template
        }
        _ => Spelling::Plain,
    };
    let text = spelling.read(raw[line]);
    let prefix = text.trim_end().strip_suffix(fence.trim_end())?;
    (!prefix.contains(char::is_alphanumeric)).then(|| (prefix.to_owned(), spelling))
}

/// What becomes of a line of a source.
#[derive(PartialEq)]
pub(super) struct Line {
    pub(super) change: Change,
    pub(super) prefix: String,
    pub(super) spelling: Spelling,
}

impl Line {
    /// The line as it will be in the source, from what it is.
    pub(super) fn rewritten(&self, raw: &str) -> String {
        let line = raw.trim_end_matches(['\n', '\r']);
        let end = &raw[line.len()..];
        let between = if end == "\r\n" { end } else { "\n" };
        let with_prefix = |text: String| match text.as_str() {
            "" => self.prefix.trim_end().to_owned(),
            _ => format!("{}{text}", self.prefix),
        };
        // A line without text may lack the prefix, or the space at its end.
        let content = line.strip_prefix(&self.prefix).unwrap_or("");
        let own = match self.change.line {
            NewLine::Same => Some(line.to_owned()),
            _ => self.change.own(content, self.spelling).map(with_prefix),
        };
        let after = self.change.after.iter().map(|text| with_prefix(self.spelling.write(text)));
        let lines: Vec<String> = own.into_iter().chain(after).collect();
        if lines.is_empty() { String::new() } else { lines.join(between) + end }
    }
}
