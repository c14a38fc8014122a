//! A second try for lines inside brackets or quotes that stand further left than the grammar of YAML allows, such as a
//! `]` below the key that its list belongs to. The grammar is strict there; PyYAML, GitHub and pre-commit are not, so
//! such files work. The lines are moved to the right in a copy, and the spans brought back afterwards.

use std::collections::BTreeMap;

use super::{parse_strictly, scalar};
use crate::facts::documents::Invalid;
use crate::plugin::wit::{Node, Span};

const MOST_TRIES: usize = 100;
/// Bytes that all tries together may read.
const MOST_BYTES: usize = 32 << 20;

/// Parses a text that was refused.
pub(super) fn parse(text: &str, refusal: Invalid) -> Result<Vec<Node>, Invalid> {
    let mut copy = Copy { text, spaces: BTreeMap::new() };
    let mut invalid = refusal;
    for _ in 0..MOST_TRIES.min(MOST_BYTES / text.len().max(1)) {
        if !copy.indent(&invalid) {
            break;
        }
        let Some((indented, moves)) = copy.build() else { break };
        match parse_strictly(&indented) {
            Ok(mut nodes) => {
                for node in &mut nodes {
                    node.span = moves.original(node.span);
                    node.key_span = moves.original(node.key_span);
                }
                return Ok(nodes);
            }
            Err(Invalid { start, end, message }) => {
                let Span { start, end } = moves.original(Span { start, end });
                invalid = Invalid { start, end, message };
            }
        }
    }
    Err(invalid)
}

/// A text with more spaces.
struct Copy<'a> {
    text: &'a str,
    /// How many spaces stand before a byte that do not in the original.
    spaces: BTreeMap<usize, usize>,
}

impl Copy<'_> {
    /// Moves what was refused to the right; `false` when it was not refused for standing too far left.
    fn indent(&mut self, invalid: &Invalid) -> bool {
        let start = invalid.start as usize;
        let line_start = self.text[..start].rfind('\n').map_or(0, |newline| newline + 1);
        match invalid.message.as_str() {
            "invalid indentation" | "invalid indentation in flow construct" => {
                let spaces = self.spaces.entry(start).or_default();
                *spaces = (*spaces * 2).max(1);
                self.text[line_start..start].trim().is_empty()
            }
            "invalid indentation in quoted scalar" => {
                let end = scalar::quoted_end(self.text, start, self.text.len());
                let before = self.spaces.len();
                for (newline, _) in self.text[start..end].match_indices('\n') {
                    self.spaces.insert(start + newline + 1, start - line_start);
                }
                self.spaces.len() > before
            }
            _ => false,
        }
    }

    /// The indented text and what it is moved by, unless it would be much longer.
    fn build(&self) -> Option<(String, Moves)> {
        let length = self.text.len() + self.spaces.values().sum::<usize>();
        if length > 2 * self.text.len() + 4096 {
            return None;
        }
        let mut indented = String::with_capacity(length);
        let mut moves = Vec::with_capacity(self.spaces.len());
        let mut done = 0;
        for (&at, &spaces) in &self.spaces {
            indented.push_str(&self.text[done..at]);
            moves.push((indented.len(), spaces, at));
            indented.extend(std::iter::repeat_n(' ', spaces));
            done = at;
        }
        indented.push_str(&self.text[done..]);
        Some((indented, Moves(moves)))
    }
}

/// Where spaces were added: the place in the indented text, how many, and the place in the original.
struct Moves(Vec<(usize, usize, usize)>);

impl Moves {
    fn original(&self, span: Span) -> Span {
        let byte = |byte: u32| {
            let index = self.0.partition_point(|(indented, _, _)| *indented <= byte as usize);
            match index.checked_sub(1).and_then(|index| self.0.get(index)) {
                Some((indented, spaces, at)) => (at + (byte as usize - indented).saturating_sub(*spaces)) as u32,
                None => byte,
            }
        };
        Span { start: byte(span.start), end: byte(span.end) }
    }
}
