//! INI files with the meaning that Python's `configparser` gives them: `=` or `:` after the key, comments on lines of
//! their own, values that go on over indented lines, keys in lower case. A value over several lines is the stripped
//! lines joined by line feeds, comment lines left out. Interpolation is left alone, and repeated sections and keys are
//! all kept.

use super::{Invalid, span};
use crate::facts::value::Builder;
use crate::plugin::wit::{Node, NodeKind};

/// Whose INI it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    ConfigParser,
    /// Keys may stand before the first section, indentation has no meaning, and what is not understood is skipped.
    EditorConfig,
}

/// A key whose value may go on.
struct Entry {
    /// In lower case.
    key: String,
    key_range: std::ops::Range<usize>,
    /// Width of the white space before the key; lines of the value have more.
    indent: usize,
    lines: Vec<String>,
    /// Where the value stands.
    start: usize,
    end: usize,
}

/// Whether the first line that says anything is a section header.
pub(super) fn has_section_first(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .find(|line| !line.is_empty() && !is_comment(line))
        .is_some_and(|line| line.starts_with('['))
}

pub(super) fn parse(text: &str, dialect: Dialect) -> Result<Vec<Node>, Invalid> {
    let (mut builder, root) = Builder::with_root();
    let mut section: Option<u32> = None;
    let mut entry: Option<Entry> = None;
    let mut line_start = 0;
    for raw in text.split_inclusive('\n') {
        let line = raw.trim();
        let indent = raw.len() - raw.trim_start().len();
        let start = line_start + indent;
        line_start += raw.len();
        if line.is_empty() {
            if let Some(entry) = &mut entry {
                entry.lines.push(String::new());
            }
            continue;
        }
        if is_comment(line) {
            continue;
        }
        if let Some(entry) = entry.as_mut().filter(|entry| dialect == Dialect::ConfigParser && indent > entry.indent) {
            entry.extend(line, start);
            continue;
        }
        if let Some(entry) = entry.take() {
            entry.add(&mut builder, section.unwrap_or(root));
        }
        if let Some(name) = header(line) {
            let key = (name.to_owned(), span(start + 1..start + 1 + name.len()));
            let own = span(start..start + name.len() + 2);
            section = Some(builder.push(root, Some(key), NodeKind::Table, "", own));
            continue;
        }
        if dialect == Dialect::ConfigParser && section.is_none() {
            return Err(Invalid::new(text, start, start + line.len(), "a key before the first section header"));
        }
        match line.find(['=', ':']) {
            Some(0) | None if dialect == Dialect::EditorConfig => {}
            Some(0) => return Err(Invalid::new(text, start, start + line.len(), "a value without a key")),
            None => {
                return Err(Invalid::new(
                    text,
                    start,
                    start + line.len(),
                    "neither a section header nor `key = value`",
                ));
            }
            Some(delimiter) => entry = Some(Entry::new(line, start, delimiter, indent)),
        }
    }
    if let Some(entry) = entry.take() {
        entry.add(&mut builder, section.unwrap_or(root));
    }
    Ok(builder.finish())
}

fn is_comment(line: &str) -> bool {
    line.starts_with(['#', ';'])
}

/// The name in a section header. Names may hold brackets: `[*.{py,pyi}]`, `[a[b]]`.
fn header(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('[')?;
    let end = rest.rfind(']')?;
    (end > 0).then(|| &rest[..end])
}

impl Entry {
    fn new(line: &str, start: usize, delimiter: usize, indent: usize) -> Self {
        let key = line[..delimiter].trim_end();
        let value = line[delimiter + 1..].trim_start();
        let value_start = start + line.len() - value.len();
        Self {
            key: key.to_lowercase(),
            key_range: start..start + key.len(),
            indent,
            lines: vec![value.to_owned()],
            start: value_start,
            end: start + line.len(),
        }
    }

    fn extend(&mut self, line: &str, start: usize) {
        if self.lines.iter().all(String::is_empty) {
            self.start = start;
        }
        self.lines.push(line.to_owned());
        self.end = start + line.len();
    }

    fn add(self, builder: &mut Builder, parent: u32) {
        let text = self.lines.join("\n");
        let key = (self.key, span(self.key_range));
        builder.push(parent, Some(key), NodeKind::Text, text.trim_end(), span(self.start..self.end));
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, check_refused};

    #[test]
    fn spans_of_sections_and_values() {
        check(
            "setup.cfg",
            "# c\r\n[metadata]\r\nName = demo ; kept\r\nempty =\r\n\r\n[tool:pytest]  # c\r\naddopts=\r\n    -q = 1\r\n\r\n    # c\r\n  -é\r\n\r\nx : y: z\r\n\t[no]\r\n",
            r#"$ table "" <>
            $.metadata table "" <[metadata]>
            $.metadata.Name text "demo ; kept" <demo ; kept>
            $.metadata.empty text "" <>
            $.tool:pytest table "" <[tool:pytest]>
            $.tool:pytest.addopts text "\n-q = 1\n\n-é" <-q = 1␍
            ␍
            # c␍
            -é>
            $.tool:pytest.x text "y: z\n[no]" <y: z␍
            [no]>"#
                .replace("            ␍\n", "␍\n")
                .as_str(),
        );
    }

    #[test]
    fn editorconfig() {
        check(
            ".editorconfig",
            "root = true\n\n[*.{py,pyi}]\nIndent_Size = 4\n  tab_width = 8\nnonsense\n[*]\n",
            r#"$ table "" <>
            $.root text "true" <true>
            $.*.{py,pyi} table "" <[*.{py,pyi}]>
            $.*.{py,pyi}.Indent_Size text "4" <4>
            $.*.{py,pyi}.tab_width text "8" <8>
            $.* table "" <[*]>"#,
        );
    }

    #[test]
    fn errors_have_a_place() {
        check("tox.ini", "a = 1", "invalid at 0 <a = 1>: a key before the first section header");
        check("tox.ini", "[a]\n\nnonsense \n", "invalid at 5 <nonsense>: neither a section header nor `key = value`");
        check("tox.ini", "[a]\n= 1", "invalid at 4 <= 1>: a value without a key");
        check("tox.ini", "[]", "invalid at 0 <[]>: a key before the first section header");
    }

    #[test]
    fn hostile_input_ends() {
        check_refused("a.ini", &"[".repeat(1_000_000), "");
        check_refused("a.ini", &format!("[a]\nb=\n{}x\n", " x\n".repeat(1_000_000)), "neither");
    }
}
