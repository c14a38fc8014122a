//! The text of Python modules, for what the facts do not tell: where code is, and what belongs to a function.

use std::collections::HashMap;

use plimsoll_sdk::texts::Texts;

/// Larger modules are written by programs and for programs; they have no code here.
const LARGEST_MODULE: usize = 400_000;
/// How far the closing bracket is looked for.
const LONGEST_BRACKET: usize = 8_000;

/// Modules with their strings and comments blanked, each read once.
#[derive(Default)]
pub(crate) struct Modules {
    texts: Texts,
    code: HashMap<String, String>,
}

impl Modules {
    /// The text as written.
    pub(crate) fn text(&mut self, path: &str) -> &str {
        self.texts.of(path)
    }

    /// The code alone, and the text as written.
    pub(crate) fn both(&mut self, path: &str) -> (&str, &str) {
        self.code(path);
        (self.code.get(path).map_or("", String::as_str), self.texts.of(path))
    }

    /// The code alone: as long as the text, with spaces for comments and for what strings hold. The quotes of strings
    /// on one line stay.
    pub(crate) fn code(&mut self, path: &str) -> &str {
        if !self.code.contains_key(path) {
            let text = self.texts.of(path);
            let code = if text.len() > LARGEST_MODULE { String::new() } else { blanked(text) };
            self.code.insert(path.to_owned(), code);
        }
        self.code.get(path).map_or("", String::as_str)
    }
}

/// A text with spaces for comments and for what strings hold; line ends stay.
pub(crate) fn blanked(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while let Some(start) = position(bytes, at, |byte| matches!(byte, b'#' | b'"' | b'\'')) {
        let blank = match bytes.get(start) {
            Some(b'#') => {
                at = position(bytes, start, |byte| byte == b'\n').unwrap_or(bytes.len());
                start..at
            }
            _ => {
                let is_triple = is_triple(bytes, start);
                at = end_of_string(bytes, start, is_triple);
                // Where a string is not closed in its line, there is no second quote.
                let is_closed = at > start + 1 && bytes.get(at - 1) == bytes.get(start);
                if is_triple { start..at } else { start + 1..at - usize::from(is_closed) }
            }
        };
        for byte in code.get_mut(blank).unwrap_or_default().iter_mut().filter(|byte| **byte != b'\n') {
            *byte = b' ';
        }
    }
    String::from_utf8(code).unwrap_or_default()
}

/// The first byte from here on that is one of those.
fn position(bytes: &[u8], from: usize, is_wanted: impl Fn(u8) -> bool) -> Option<usize> {
    Some(from + bytes.get(from..)?.iter().position(|byte| is_wanted(*byte))?)
}

/// Whether three quotes stand here.
fn is_triple(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 3), Some([one, two, three]) if one == two && two == three)
}

/// Where the string that begins with a quote ends: behind its last quote, or before the end of a line that leaves it
/// open.
fn end_of_string(bytes: &[u8], start: usize, is_long: bool) -> usize {
    let quote = bytes.get(start);
    let width = if is_long { 3 } else { 1 };
    let mut at = start + width;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\n' if !is_long => return at,
            _ if Some(byte) == quote && (!is_long || is_triple(bytes, at)) => return at + width,
            _ => at += 1,
        }
    }
    bytes.len()
}

/// The line that holds a byte.
pub(crate) fn line_at(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default()
}

/// The text up to the bracket that closes the one it begins with, both included.
pub(crate) fn bracketed(code: &str) -> Option<&str> {
    let mut depth = 0_u32;
    for (at, byte) in code.bytes().enumerate().take(LONGEST_BRACKET) {
        match byte {
            b'[' | b'(' | b'{' => depth += 1,
            b']' | b')' | b'}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return code.get(..=at);
                }
            }
            _ if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// How far a line is indented; none for an empty one.
pub(crate) fn indent(line: &str) -> Option<usize> {
    let code = line.trim_start();
    (!code.is_empty()).then(|| line.len() - code.len())
}

/// Start and end of the block below a header: `at` is within the header's first line. The block ends before the first
/// line of code that is indented no deeper.
pub(crate) fn block(code: &str, at: usize) -> Option<(usize, usize)> {
    let header = indent(line_at(code, at))?;
    let open = code.get(at..)?.find('(').map(|open| at + open)?;
    let signature = bracketed(code.get(open..)?)?;
    let colon = open + signature.len() + code.get(open + signature.len()..)?.find(':')?;
    let start = colon + code.get(colon..)?.find('\n')? + 1;
    let mut end = start;
    for line in code.get(start..)?.split_inclusive('\n') {
        if indent(line.trim_end_matches(['\n', '\r'])).is_some_and(|own| own <= header && !line.trim().is_empty()) {
            break;
        }
        end += line.len();
    }
    Some((start, end))
}

/// Where the line of the function begins that a byte is in.
pub(crate) fn enclosing_function(code: &str, at: usize) -> Option<usize> {
    let start = at - line_start(code, at);
    let mut deepest = indent(line_at(code, at))?;
    let mut position = at - start;
    while let Some(end) = position.checked_sub(1) {
        position = line_start(code, end);
        let line = code.get(position..end)?;
        // The last line of a long signature stands no deeper than its first.
        let Some(own) = indent(line).filter(|own| *own < deepest && !line.trim_start().starts_with(')')) else {
            continue;
        };
        let words = line.trim_start();
        if words.starts_with("def ") || words.starts_with("async def ") {
            return Some(position);
        }
        if words.starts_with("class ") {
            return None;
        }
        deepest = own;
    }
    None
}

/// Where the line of a byte begins.
pub(crate) fn line_start(code: &str, at: usize) -> usize {
    code.get(..at).and_then(|before| before.rfind('\n')).map_or(0, |newline| newline + 1)
}

/// Whether a decorator stands above the line of a byte that makes the function more than a method.
pub(crate) fn is_decorated(code: &str, at: usize) -> bool {
    const PLAIN: &[&str] = &["@staticmethod", "@classmethod", "@property", "@cached_property", "@functools.cache"];
    let Some(end) = line_start(code, at).checked_sub(1) else { return false };
    let above = code.get(line_start(code, end)..end).unwrap_or_default().trim();
    above.starts_with([')', '@']) && !PLAIN.contains(&above)
}

#[cfg(test)]
mod tests {
    use super::{blanked, block};

    #[test]
    fn strings_and_comments_are_blank() {
        let cases = [
            ("x = 'a[b'  # c[", "x = '   '      "),
            ("\"\"\"List[\n\"\"\"\ny", "        \n   \ny"),
            ("'\\'' + y", "'  ' + y"),
            ("'open\ny", "'    \ny"),
            ("f('', \"ä\") # ä", "f('', \"  \")     "),
            ("'a\\\nb' # c", "'  \n '    "),
            ("'a\\", "'  "),
            ("'", "'"),
            ("x y", "       ' y"),
            ("\"\"\"open", "       "),
        ];
        for (text, expected) in cases {
            assert_eq!(blanked(text), expected, "{text}");
        }
    }

    #[test]
    fn a_block_ends_where_the_indentation_does() {
        let code = "def f(\n    a,\n) -> int:\n    x = 1\n\n    return x\ny = 2\n";
        assert_eq!(block(code, 0).and_then(|(start, end)| code.get(start..end)), Some("    x = 1\n\n    return x\n"));
    }
}
