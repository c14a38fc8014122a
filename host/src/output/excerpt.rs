//! Cuts the lines that a span covers out of a file and makes them fit for a terminal: long lines are cut around the
//! span, what steers a terminal is escaped, a span over many lines is shown by its first.

use std::ops::Range;

use super::lines::floor;
use super::sources::Source;
use super::text::{is_unsafe, printable_source, push_escape};

/// A span over more lines is shown by its first line.
const MOST_LINES: usize = 5;
/// Cuts are marked with it.
const ELLIPSIS: &str = "...";
/// Width of a tab, as `annotate-snippets` shows it.
const TAB: usize = 4;

/// Lines of source, ready to show.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Excerpt {
    pub(super) text: String,
    /// Number of the first line, from 1.
    pub(super) first_line: usize,
    /// The bytes of `text` to underline.
    pub(super) span: Range<usize>,
    /// The last line of the span, from 1, if it is not shown.
    pub(super) hidden_end: Option<usize>,
}

/// The excerpt for a span, in lines of at most about `width` columns. Nothing for a line that does not exist.
pub(super) fn excerpt(source: &Source, span: (u32, u32), width: usize) -> Option<Excerpt> {
    let text = source.text.as_str();
    if text.is_empty() {
        return None;
    }
    let start = floor(text, span.0);
    let end = floor(text, span.1).max(start);
    let first = source.lines.line_of(start);
    // A span that ends with a line's end does not reach into the next line.
    let last = source.lines.line_of(if end > start { end - 1 } else { end });
    let first_line = source.lines.line(text, first);
    let fits = |line: usize| columns(&text[source.lines.line(text, line)], width) <= width;
    if last > first && last - first < MOST_LINES && (first..=last).all(fits) {
        return Some(several_lines(source, first..last + 1, start..end));
    }
    let clamp = |offset: usize| offset.clamp(first_line.start, first_line.end) - first_line.start;
    let (text, span) = cut(&text[first_line.clone()], clamp(start)..clamp(end), width);
    Some(Excerpt { text, first_line: first + 1, span, hidden_end: (last > first).then_some(last + 1) })
}

fn several_lines(source: &Source, lines: Range<usize>, span: Range<usize>) -> Excerpt {
    let mut text = String::new();
    let mut shown = 0..0;
    for line in lines.clone() {
        let range = source.lines.line(&source.text, line);
        let content = &source.text[range.clone()];
        let before = |offset: usize| {
            let inside = offset.clamp(range.start, range.end) - range.start;
            printable_source(&content[..inside]).len()
        };
        if line == lines.start {
            shown.start = text.len() + before(span.start);
        }
        if line + 1 == lines.end {
            shown.end = text.len() + before(span.end);
        }
        text.push_str(&printable_source(content));
        text.push('\n');
    }
    Excerpt { text, first_line: lines.start + 1, span: shown, hidden_end: None }
}

/// Cuts a line to about `width` columns around a span and escapes it; gives the new line and the span in it.
fn cut(line: &str, span: Range<usize>, width: usize) -> (String, Range<usize>) {
    let mut from = 0;
    if columns(line, width) > width {
        // A quarter of the room is for what stands before the span.
        let mut room = width / 4;
        from = span.start;
        for (offset, character) in line[..span.start].char_indices().rev() {
            room = match room.checked_sub(character_columns(character)) {
                Some(room) => room,
                None => break,
            };
            from = offset;
        }
    }
    let mut text = String::new();
    if from > 0 {
        text.push_str(ELLIPSIS);
    }
    let mut used = text.len();
    let mut shown = text.len()..text.len();
    let mut is_cut = false;
    for (offset, character) in line[from..].char_indices() {
        let offset = from + offset;
        used += character_columns(character);
        if used > width && offset > span.start {
            is_cut = true;
            break;
        }
        if offset == span.start {
            shown.start = text.len();
        }
        if is_unsafe(character) && character != '\t' {
            push_escape(character, &mut text);
        } else {
            text.push(character);
        }
        if offset < span.end {
            shown.end = text.len();
        }
    }
    if span.start >= line.len() {
        shown.start = text.len();
    }
    shown.end = shown.end.max(shown.start);
    if is_cut {
        text.push_str(ELLIPSIS);
    }
    (text, shown)
}

/// The columns that a line takes, counted only until they are more than `enough`.
fn columns(line: &str, enough: usize) -> usize {
    let mut columns = 0;
    for character in line.chars() {
        columns += character_columns(character);
        if columns > enough {
            break;
        }
    }
    columns
}

/// The columns that a character takes when shown. An estimate that never cuts too little for text that is not meant to
/// deceive: scripts from Hangul on count double.
fn character_columns(character: char) -> usize {
    match character {
        ' '..='~' => 1,
        '\t' => TAB,
        _ if is_unsafe(character) => {
            let mut escape = String::new();
            push_escape(character, &mut escape);
            escape.len()
        }
        '\u{1100}'.. => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::{Excerpt, excerpt};
    use crate::output::lines::LineIndex;
    use crate::output::sources::Source;

    fn of(text: &str, span: (u32, u32)) -> Option<Excerpt> {
        let source = Source { text: text.to_owned(), lines: LineIndex::new(text) };
        excerpt(&source, span, 40)
    }

    /// Checks the shown lines and the underlined part.
    fn check(text: &str, span: (u32, u32), lines: &str, underlined: &str) {
        let excerpt = of(text, span).expect("an excerpt");
        assert_eq!((excerpt.text.as_str(), &excerpt.text[excerpt.span]), (lines, underlined));
    }

    #[test]
    fn the_line_of_the_span() {
        check("one\ntwo three\n", (8, 13), "two three", "three");
        check("one\ntwo three\n", (4, 14), "two three", "two three");
        check("\u{feff}one\r\ntwo", (3, 6), "one", "one");
        check("one\n", (4, 4), "", "");
        check("one", (999, 1000), "one", "");
        assert_eq!(of("", (0, 0)), None);
    }

    #[test]
    fn several_lines_or_only_the_first() {
        check("a(\n  b,\n)\nc", (0, 9), "a(\n  b,\n)\n", "a(\n  b,\n)");
        let text = "class A:\n".to_owned() + &"    pass\n".repeat(20);
        let excerpt = of(&text, (0, text.len() as u32)).expect("an excerpt");
        assert_eq!((excerpt.text.as_str(), excerpt.span, excerpt.hidden_end), ("class A:", 0..8, Some(21)));
    }

    #[test]
    fn long_lines_are_cut_around_the_span() {
        let text = format!("{}needle{}", "x".repeat(5000), "y".repeat(5000));
        check(&text, (5000, 5006), "...xxxxxxxxxxneedleyyyyyyyyyyyyyyyyyyyyy...", "needle");
        check(&text, (0, 10_000), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...", &"x".repeat(40));
        check(&text, (10_006, 10_006), "...yyyyyyyyyy", "");
    }

    #[test]
    fn what_steers_a_terminal_is_escaped_and_underlined_whole() {
        check("a = \u{202e}\u{1b}b\tc", (4, 9), "a = \\u{202e}\\u{1b}b\tc", "\\u{202e}\\u{1b}b");
        check("a(\n\u{1b}b)\n", (0, 6), "a(\n\\u{1b}b)\n", "a(\n\\u{1b}b)");
    }
}
