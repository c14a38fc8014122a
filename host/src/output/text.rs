//! Text that is safe and pleasant to show: what a repository or a plugin wrote, without the characters that steer a
//! terminal or reorder a line, and wrapped where it is long. Knows nothing of findings.

use std::borrow::Cow;
use std::fmt::Write;

/// The text on one line, with every character that could steer a terminal, reorder the line or hide as a visible
/// escape: `\n`, `\u{1b}`, `\u{202e}`.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    escape(text, &[])
}

/// As [`printable`], keeping line ends and tabs.
pub(crate) fn printable_lines(text: &str) -> Cow<'_, str> {
    escape(text, &['\n', '\t'])
}

/// As [`printable`], keeping tabs: for a line of source.
pub(crate) fn printable_source(text: &str) -> Cow<'_, str> {
    escape(text, &['\t'])
}

/// Whether a character must not reach a terminal as it is.
pub(crate) fn is_unsafe(character: char) -> bool {
    match character {
        ' '..='~' => false,
        // Controls, old and new.
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        // Marks, embeddings, overrides and isolates of bidirectional text.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}' => true,
        // Line ends of Unicode.
        '\u{2028}' | '\u{2029}' => true,
        // Characters without a shape. The joiners U+200C and U+200D belong to words of several scripts and to emoji.
        '\u{ad}' | '\u{180e}' | '\u{200b}' | '\u{2060}'..='\u{2065}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{e0000}'..='\u{e007f}' => true,
        _ => false,
    }
}

/// The visible form of a character for which [`is_unsafe`] holds.
pub(crate) fn push_escape(character: char, into: &mut String) {
    match character {
        '\n' => into.push_str("\\n"),
        '\r' => into.push_str("\\r"),
        '\t' => into.push_str("\\t"),
        other => {
            // Writing to a string cannot fail.
            let _ = write!(into, "\\u{{{:x}}}", u32::from(other));
        }
    }
}

fn escape<'a>(text: &'a str, kept: &[char]) -> Cow<'a, str> {
    let must_go = |character: char| is_unsafe(character) && !kept.contains(&character);
    let Some(first) = text.find(must_go) else {
        return Cow::Borrowed(text);
    };
    let mut escaped = String::with_capacity(text.len() + 16);
    escaped.push_str(&text[..first]);
    for character in text[first..].chars() {
        if must_go(character) {
            push_escape(character, &mut escaped);
        } else {
            escaped.push(character);
        }
    }
    Cow::Owned(escaped)
}

/// Breaks text at spaces so that lines have at most `width` characters; longer words stay whole. Line ends in the text
/// stay, and so does the indentation of a line.
pub(crate) fn wrap(text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(text.len() + text.len() / 32);
    for (number, line) in text.lines().enumerate() {
        if number > 0 {
            wrapped.push('\n');
        }
        let indentation = &line[..line.len() - line.trim_start().len()];
        let mut column = 0;
        for word in line.split_whitespace() {
            let length = word.chars().count();
            if column == 0 {
                wrapped.push_str(indentation);
                column = indentation.chars().count();
            } else if column + 1 + length > width {
                wrapped.push('\n');
                wrapped.push_str(indentation);
                column = indentation.chars().count();
            } else {
                wrapped.push(' ');
                column += 1;
            }
            wrapped.push_str(word);
            column += length;
        }
    }
    wrapped
}

/// `1 file`, `2 files`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `a project` as people call it: its folder, or `the repository's root`.
pub(crate) fn project(root: &str) -> Cow<'_, str> {
    if root.is_empty() { Cow::Borrowed("(root)") } else { printable(root) }
}

#[cfg(test)]
mod tests {
    use super::{count, printable, printable_lines, wrap};

    fn check(text: &str, expected: &str) {
        assert_eq!(printable(text), expected);
    }

    #[test]
    fn what_steers_a_terminal_is_shown_as_an_escape() {
        check("plain, ünïcode, 漢字 and 👩‍💻", "plain, ünïcode, 漢字 and 👩‍💻");
        check("\u{1b}[31mred\u{7}", "\\u{1b}[31mred\\u{7}");
        check("access = \u{202e}\"user\u{2066}", "access = \\u{202e}\"user\\u{2066}");
        check("one\ntwo\r\n\tthree", "one\\ntwo\\r\\n\\tthree");
        check("\u{9b}2J\u{feff}\u{200b}\u{2028}\u{e0041}", "\\u{9b}2J\\u{feff}\\u{200b}\\u{2028}\\u{e0041}");
        assert_eq!(printable_lines("one\n\ttwo\u{1b}"), "one\n\ttwo\\u{1b}");
        assert!(matches!(printable("clean"), std::borrow::Cow::Borrowed(_)));
    }

    #[test]
    fn text_is_wrapped_at_words() {
        assert_eq!(wrap("one two three four", 9), "one two\nthree\nfour");
        assert_eq!(wrap("incomprehensibilities", 5), "incomprehensibilities");
        assert_eq!(wrap("  a b c\n\nd", 5), "  a b\n  c\n\nd");
    }

    #[test]
    fn numbers_agree_with_nouns() {
        assert_eq!((count(1, "file"), count(0, "file")), ("1 file".to_owned(), "0 files".to_owned()));
    }
}
