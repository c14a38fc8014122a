//! From byte offsets to the lines and columns that people count. The only module where lines and columns arise.
//!
//! A line ends at `\n`, `\r\n` or a lone `\r`, as for Python. Columns count characters (Unicode code points); a byte
//! order mark at the start of the file is none.

use std::ops::Range;

use crate::finding::{Location, Position};

/// Distance in bytes of the places where the number of characters so far is kept.
const STEP: usize = 1024;
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Where the lines of a text begin. Answers in about constant time, also for a file of one huge line.
pub(crate) struct LineIndex {
    /// First byte of each line; never empty.
    starts: Vec<u32>,
    /// Characters before each multiple of [`STEP`]; empty if the text is ASCII.
    characters: Vec<u32>,
}

impl LineIndex {
    pub(crate) fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for offset in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[offset] == b'\n' || bytes.get(offset + 1) != Some(&b'\n') {
                starts.push(as_offset(offset + 1));
            }
        }
        let mut characters = Vec::new();
        if !text.is_ascii() {
            let mut before = 0;
            for block in bytes.chunks(STEP) {
                characters.push(before);
                before += as_offset(count_characters(block));
            }
            characters.push(before);
        }
        Self { starts, characters }
    }

    /// The position of a byte offset. An offset past the end or inside a character counts as the boundary before.
    pub(crate) fn position(&self, text: &str, offset: u32) -> Position {
        let offset = floor(text, offset);
        let line = self.line_of(offset);
        let start = self.starts[line] as usize;
        let mut column = self.characters_before(text, offset) - self.characters_before(text, start);
        if line == 0 && column > 0 && text.starts_with(BYTE_ORDER_MARK) {
            column -= 1;
        }
        Position { line: as_offset(line + 1), column: as_offset(column + 1) }
    }

    /// A location from a span, clamped to the text.
    pub(crate) fn location(&self, path: &str, text: &str, span: (u32, u32)) -> Location {
        let start = as_offset(floor(text, span.0));
        let end = as_offset(floor(text, span.1)).max(start);
        Location {
            path: path.to_owned(),
            span: (start, end),
            start: self.position(text, start),
            end: self.position(text, end),
        }
    }

    /// Index of the line that holds a byte, from 0.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start as usize <= offset).saturating_sub(1)
    }

    /// The bytes of a line, counted from 0, without its end and without a byte order mark.
    pub(crate) fn line(&self, text: &str, line: usize) -> Range<usize> {
        let start = self.starts.get(line).map_or(text.len(), |&start| start as usize);
        let end = self.starts.get(line + 1).map_or(text.len(), |&next| next as usize);
        let content = text.get(start..end).unwrap_or_default();
        let end = start + content.trim_end_matches(['\r', '\n']).len();
        let mark = if content.starts_with(BYTE_ORDER_MARK) && line == 0 { BYTE_ORDER_MARK.len() } else { 0 };
        start + mark..end.max(start + mark)
    }

    fn characters_before(&self, text: &str, offset: usize) -> usize {
        if self.characters.is_empty() {
            return offset;
        }
        let block = offset / STEP;
        self.characters[block] as usize + count_characters(&text.as_bytes()[block * STEP..offset])
    }
}

/// The character boundary at or before an offset, within the text.
pub(super) fn floor(text: &str, offset: u32) -> usize {
    text.floor_char_boundary(offset as usize)
}

fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0b1100_0000 != 0b1000_0000).count()
}

/// Files of 4 GiB and more are never read.
fn as_offset(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::{LineIndex, STEP};
    use crate::finding::Position;

    fn check(text: &str, offset: u32, line: u32, column: u32) {
        assert_eq!(LineIndex::new(text).position(text, offset), Position { line, column }, "{offset} in {text:?}");
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        check("", 0, 1, 1);
        check("a\nb", 2, 2, 1);
        check("a\r\nb", 3, 2, 1);
        check("a\rb", 2, 2, 1);
        check("a\n\rb", 3, 3, 1);
        check("a\r\n", 2, 1, 3);
        check("a\n", 2, 2, 1);
        check("a\u{2028}b\u{c}c", 6, 1, 5);
    }

    #[test]
    fn columns_are_characters_without_the_byte_order_mark() {
        check("äö = 1", 4, 1, 3);
        check("\u{feff}ab\nab", 3, 1, 1);
        check("\u{feff}ab\nab", 4, 1, 2);
        check("\u{feff}ab\nab", 7, 2, 2);
        check("\u{feff}ab", 0, 1, 1);
    }

    #[test]
    fn offsets_are_clamped_to_the_boundary_before() {
        check("äb", 1, 1, 1);
        check("ab", 999, 1, 3);
        check("ä", u32::MAX, 1, 2);
        let location = LineIndex::new("äb").location("a.py", "äb", (3, 1));
        assert_eq!((location.span, location.end.column), ((3, 3), 3));
    }

    #[test]
    fn long_lines_agree_with_counting() {
        let text = format!("x\n{}", "aé漢".repeat(STEP));
        let lines = LineIndex::new(&text);
        for offset in (2..text.len()).step_by(509).chain([text.len()]) {
            let offset = text.floor_char_boundary(offset);
            let position = lines.position(&text, offset as u32);
            assert_eq!(position.column as usize, text[2..offset].chars().count() + 1);
        }
    }

    #[test]
    fn a_line_is_its_content() {
        let text = "\u{feff}one\r\ntwo\n\nlast";
        let lines = LineIndex::new(text);
        let contents: Vec<&str> = (0..5).map(|line| &text[lines.line(text, line)]).collect();
        assert_eq!(contents, ["one", "two", "", "last", ""]);
    }
}
