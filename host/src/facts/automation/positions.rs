//! Places of a parsed text's parts in the text that was given.

use std::ops::Range;

use brush_parser::SourceSpan;

use super::words::Substitution;

/// Where a text that is parsed stands in the text that was given.
pub(super) enum Origin {
    At(usize),
    /// All of it counts as standing here.
    Within(Range<usize>),
}

/// Byte positions of a text's characters; the parser counts characters.
pub(super) struct Positions<'a> {
    origin: &'a Origin,
    bytes: Option<Vec<usize>>,
}

impl<'a> Positions<'a> {
    pub(super) fn new(text: &str, origin: &'a Origin) -> Self {
        let bytes =
            (!text.is_ascii()).then(|| text.char_indices().map(|(index, _)| index).chain([text.len()]).collect());
        Self { origin, bytes }
    }

    fn byte(&self, character: usize) -> usize {
        match &self.bytes {
            None => character,
            Some(bytes) => bytes.get(character).or(bytes.last()).copied().unwrap_or_default(),
        }
    }

    pub(super) fn range(&self, span: &SourceSpan) -> Range<usize> {
        match self.origin {
            Origin::At(base) => base + self.byte(span.start.index)..base + self.byte(span.end.index),
            Origin::Within(range) => range.clone(),
        }
    }

    pub(super) fn within(&self, span: &SourceSpan, word: &str, part: &Substitution) -> Origin {
        let range = self.range(span);
        match self.origin {
            // A word with line continuations is longer than its value.
            Origin::At(_) if range.len() == word.len() => Origin::At(range.start + part.range.start),
            _ => Origin::Within(range),
        }
    }
}
