//! Shell text with the way back to its file.
//!
//! What a shell reads is rarely what the file says: YAML takes indentation off, recipes lose their prefix, variables of
//! a runner are filled in. A [`Script`] remembers for each part where it came from, exactly where that is possible and
//! as a line or a whole value elsewhere.

use std::ops::Range;

use crate::facts::value::View;
use crate::plugin::wit::{Place, Span};

/// After so many parts that are not found, the search for parts is given up.
const MOST_MISSES: usize = 40;

/// Text for a shell.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub(super) path: String,
    pub(super) text: String,
    whole: Span,
    segments: Vec<Segment>,
}

/// A part of the text and its place in the file.
#[derive(Clone, Debug)]
struct Segment {
    text: Range<usize>,
    file: Range<usize>,
}

impl Segment {
    fn is_exact(&self) -> bool {
        self.text.len() == self.file.len()
    }
}

pub(super) fn span(range: Range<usize>) -> Span {
    Span { start: range.start as u32, end: range.end.max(range.start) as u32 }
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..(span.end as usize).max(span.start as usize)
}

impl Script {
    /// The text of a scalar in a document. `file` is the document's text.
    pub(super) fn of_scalar(path: &str, file: &str, scalar: View<'_>) -> Self {
        Self::of_value(path, file, scalar.text(), scalar.span())
    }

    /// A text that stands somewhere in `whole`, in parts: lines without their indentation, words of folded lines.
    pub(super) fn of_value(path: &str, file: &str, text: &str, whole: Span) -> Self {
        let mut script = Self { path: path.to_owned(), text: text.to_owned(), whole, segments: Vec::new() };
        let Some(block) = file.get(range(whole)) else { return script };
        let base = whole.start as usize;
        let (mut cursor, mut misses, mut start) = (0, 0, 0);
        for line in text.split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            let trimmed = content.trim();
            if !trimmed.is_empty() && misses < MOST_MISSES {
                let offset = start + (content.len() - content.trim_start().len());
                if let Some(found) = block[cursor..].find(trimmed) {
                    script.push(offset, trimmed.len(), base + cursor + found);
                    cursor += found + trimmed.len();
                } else {
                    misses += 1;
                    script.find_words(block, base, &mut cursor, &mut misses, trimmed, offset);
                }
            }
            start += line.len();
        }
        script
    }

    fn find_words(
        &mut self,
        block: &str,
        base: usize,
        cursor: &mut usize,
        misses: &mut usize,
        line: &str,
        offset: usize,
    ) {
        for word in line.split_ascii_whitespace() {
            if *misses >= MOST_MISSES {
                return;
            }
            // Words are slices of the line, so that their distance is their offset.
            let within = word.as_ptr() as usize - line.as_ptr() as usize;
            match block[*cursor..].find(word) {
                Some(found) => {
                    self.push(offset + within, word.len(), base + *cursor + found);
                    *cursor += found + word.len();
                }
                None => *misses += 1,
            }
        }
    }

    fn push(&mut self, text: usize, length: usize, file: usize) {
        self.segments.push(Segment { text: text..text + length, file: file..file + length });
    }

    /// A part of a file as it stands there.
    pub(super) fn of_range(path: &str, file: &str, place: Range<usize>) -> Self {
        let text = file.get(place.clone()).unwrap_or_default().to_owned();
        let segments = vec![Segment { text: 0..text.len(), file: place.start..place.start + text.len() }];
        Self { path: path.to_owned(), text, whole: span(place), segments }
    }

    /// Lines, each with the place that it was made of; a line of the same length as its place stands there as it is.
    pub(super) fn of_lines(path: &str, lines: impl IntoIterator<Item = (String, Range<usize>)>) -> Self {
        let mut text = String::new();
        let mut segments: Vec<Segment> = Vec::new();
        for (line, file) in lines {
            let start = text.len();
            text.push_str(&line);
            segments.push(Segment { text: start..text.len(), file });
            text.push('\n');
        }
        let start = segments.first().map_or(0, |segment| segment.file.start);
        let end = segments.last().map_or(start, |segment| segment.file.end);
        Self { path: path.to_owned(), text, whole: span(start..end), segments }
    }

    /// The same text with another one in place of a range of it.
    pub(super) fn replaced(&self, place: Range<usize>, new: &str) -> Self {
        let mut text = String::with_capacity(self.text.len() + new.len());
        text.push_str(&self.text[..place.start]);
        text.push_str(new);
        text.push_str(&self.text[place.end..]);
        let shift = |position: usize| position + new.len() - place.len();
        let mut segments = Vec::with_capacity(self.segments.len() + 2);
        for segment in &self.segments {
            if segment.text.end <= place.start {
                segments.push(segment.clone());
            } else if segment.text.start >= place.end {
                let moved = shift(segment.text.start)..shift(segment.text.end);
                segments.push(Segment { text: moved, file: segment.file.clone() });
            } else if segment.is_exact() && segment.text.start <= place.start && segment.text.end >= place.end {
                let (before, after) = (place.start - segment.text.start, segment.text.end - place.end);
                let (start, end) = (segment.file.start + before, segment.file.end - after);
                segments.push(Segment { text: segment.text.start..place.start, file: segment.file.start..start });
                segments.push(Segment { text: place.start..place.start + new.len(), file: start..end });
                segments.push(Segment { text: shift(place.end)..shift(segment.text.end), file: end..segment.file.end });
            } else {
                let text = segment.text.start.min(place.start)..shift(segment.text.end.max(place.end));
                segments.push(Segment { text, file: segment.file.clone() });
            }
        }
        segments.retain(|segment| !segment.text.is_empty());
        Self { path: self.path.clone(), text, whole: self.whole, segments }
    }

    /// Where a range of the text stands in the file; the whole when that is not known.
    pub(super) fn place(&self, part: Range<usize>) -> Place {
        let found = self.start(part.start).zip(self.end(part.end)).filter(|(start, end)| start <= end);
        let span = found.map_or(self.whole, |(start, end)| span(start..end));
        Place { path: self.path.clone(), span }
    }

    fn segment(&self, position: usize) -> Option<&Segment> {
        let index = self.segments.partition_point(|segment| segment.text.end <= position);
        self.segments.get(index).filter(|segment| segment.text.contains(&position))
    }

    fn start(&self, position: usize) -> Option<usize> {
        let segment = self.segment(position)?;
        let within = if segment.is_exact() { position - segment.text.start } else { 0 };
        Some(segment.file.start + within)
    }

    fn end(&self, position: usize) -> Option<usize> {
        let segment = self.segment(position.checked_sub(1)?)?;
        let within = if segment.is_exact() { segment.text.end - position } else { 0 };
        Some(segment.file.end - within)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(file: &str, text: &str, part: &str, expected: &str) {
        let script = Script::of_value("f", file, text, span(0..file.len()));
        let start = text.find(part).expect("part");
        let place = script.place(start..start + part.len());
        assert_eq!(&file[place.span.start as usize..place.span.end as usize], expected);
    }

    #[test]
    fn places() {
        check("  a b\n  c d\n", "a b\nc d\n", "c d", "c d");
        check("  a b\n    c d\n", "a b c d\n", "b c", "b\n    c");
        check("a\\tb c", "a\tb c", "a\tb c", "a\\tb c");
    }

    #[test]
    fn replacements() {
        let file = "run $X now; then";
        let script = Script::of_range("f", file, 0..file.len()).replaced(4..6, "much longer");
        assert_eq!(script.text, "run much longer now; then");
        let place = script.place(0..19);
        assert_eq!(&file[place.span.start as usize..place.span.end as usize], "run $X now");
    }
}
