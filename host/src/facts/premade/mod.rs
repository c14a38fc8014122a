//! Automata of the regular expressions that the rules of the built-in sections declare. They are made when plimsoll is
//! built: to make one takes as long as to read some files, and most runs ask for dozens.

use std::ops::Range;

use self::form::{CLASSES, DEAD, MATCH, STARTS};

mod form;
#[cfg(test)]
mod make;

// `NAMES`, `ASCII_NAMES` and `TEXTS`: the expressions, sorted, with their automata.
include!(concat!(env!("OUT_DIR"), "/premade.rs"));

type Table = [(&'static str, &'static [u8])];

/// An expression of which it is only asked whether it matches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Premade {
    classes: &'static [u8; CLASSES],
    /// Entries of a state.
    width: usize,
    starts: &'static [[u8; 2]],
    entries: &'static [[u8; 2]],
}

impl Premade {
    /// An expression for names, whose classes are those of ASCII; none of one that needs the tables of Unicode, may match a
    /// part of a character, is large, or is declared by no built-in section.
    pub(super) fn of_names(expression: &str) -> Option<Self> {
        find(NAMES, expression)
    }

    /// An expression for names, which tells nothing of one that is not ASCII.
    pub(super) fn of_ascii_names(expression: &str) -> Option<Self> {
        Self::of_names(expression).or_else(|| find(ASCII_NAMES, expression))
    }

    /// A pattern that texts are searched for.
    pub(super) fn of_texts(pattern: &str) -> Option<Self> {
        find(TEXTS, pattern)
    }

    fn new(bytes: &'static [u8]) -> Option<Self> {
        let (classes, rest) = bytes.split_first_chunk()?;
        let (width, rest) = rest.split_first_chunk()?;
        let (starts, entries) = rest.as_chunks().0.split_at_checked(STARTS)?;
        Some(Self { classes, width: u16::from_le_bytes(*width).into(), starts, entries })
    }

    /// Whether there is a match in a range of a text. What surrounds the range counts for anchors and word boundaries.
    pub(super) fn is_in(&self, text: &[u8], range: Range<usize>) -> bool {
        let (dead, matched) = (DEAD * self.width, MATCH * self.width);
        let before = range.start.checked_sub(1).and_then(|before| text.get(before));
        let mut state = number(self.starts, before.map_or(STARTS - 1, |byte| usize::from(*byte)));
        let after = text.get(range.end).copied();
        for byte in text.get(range).unwrap_or_default() {
            state = self.next(state, *byte);
            if state <= matched {
                return state != dead;
            }
        }
        // A match is known one step after its last byte.
        let last = match after {
            Some(byte) => self.next(state, byte),
            None => number(self.entries, state + self.width - 1),
        };
        last == matched
    }

    fn next(&self, state: usize, byte: u8) -> usize {
        number(self.entries, state + usize::from(self.classes[usize::from(byte)]))
    }
}

/// A number of a table; of one that is too short the first state's.
fn number(table: &[[u8; 2]], index: usize) -> usize {
    table.get(index).map_or(DEAD, |number| u16::from_le_bytes(*number).into())
}

fn find(table: &Table, expression: &str) -> Option<Premade> {
    let index = table.binary_search_by(|(other, _)| (*other).cmp(expression)).ok()?;
    Premade::new(table[index].1)
}

#[cfg(test)]
mod tests {
    use regex_automata::Input;
    use regex_automata::meta::Regex;
    use regex_automata::util::syntax;

    use super::make::Matched;
    use super::*;
    use crate::package::built_in::examples_beside;

    /// One of the shortest texts that an automaton finds a match in.
    fn shortest_match(premade: &Premade) -> Vec<u8> {
        let (dead, matched) = (DEAD * premade.width, MATCH * premade.width);
        let mut paths = std::collections::VecDeque::from([(number(premade.starts, STARTS - 1), Vec::new())]);
        let mut seen = std::collections::BTreeSet::new();
        while let Some((state, path)) = paths.pop_front() {
            if state == matched || number(premade.entries, state + premade.width - 1) == matched {
                return path;
            }
            let steps = (0..=u8::MAX).map(|byte| (premade.next(state, byte), byte));
            for (next, byte) in steps.filter(|(next, _)| *next != dead && seen.insert(*next)) {
                paths.push_back((next, [path.as_slice(), &[byte]].concat()));
            }
        }
        panic!("nothing matches");
    }

    /// The automata of a table say what the expressions say, of words, and of the lines of longer texts.
    fn check_table(table: &Table, least: usize) {
        assert!(table.len() >= least && table.is_sorted_by_key(|(expression, _)| expression));
        let sections = crate::package::built_in::sections().unwrap();
        let texts: Vec<String> = sections.iter().map(|it| String::from_utf8_lossy(&it.wasm).into_owned()).collect();
        let examples = sections.iter().flat_map(|it| examples_beside(&it.description.name));
        let examples: Vec<String> = examples.map(|(_, text)| text).collect();
        let words = texts.iter().flat_map(|text| text.split([' ', '\n', '`', '\0'])).step_by(9);
        let blocks = texts.iter().flat_map(|text| text.split("\n\n")).filter(|block| block.len() < 600).step_by(5);
        let fences = examples.iter().flat_map(|text| text.split("```")).step_by(2);
        let mut samples: Vec<&str> = words.chain(blocks).chain(fences).chain([""]).collect();
        samples.extend(table.iter().map(|(expression, _)| *expression));
        for (expression, automaton) in table {
            let premade = Premade::new(automaton).unwrap();
            let syntax = syntax::Config::new().unicode(false).utf8(false);
            let regex = Regex::builder().syntax(syntax).build(expression).unwrap();
            let shortest = shortest_match(&premade);
            assert!(regex.is_match(Input::new(&shortest)), "{expression} in {shortest:?}");
            for sample in samples.iter().map(|sample| sample.as_bytes()).chain([shortest.as_slice()]) {
                let ends = memchr::memchr_iter(b'\n', sample).chain([sample.len()]);
                let lines = ends.scan(0, |start, end| Some(std::mem::replace(start, end + 1)..end));
                for range in lines.chain(std::iter::once(0..sample.len())) {
                    let expected = regex.is_match(Input::new(sample).range(range.clone()));
                    assert_eq!(premade.is_in(sample, range), expected, "{expression} in {sample:?}");
                }
            }
        }
    }

    #[test]
    fn automata_of_names_say_what_the_expressions_say() {
        check_table(NAMES, 20);
        check_table(ASCII_NAMES, 1);
    }

    #[test]
    fn automata_of_texts_say_what_the_patterns_say() {
        check_table(TEXTS, 90);
    }

    fn check(expression: &str, text: &str, range: Range<usize>, expected: bool) {
        let automaton: &'static [u8] = make::automaton(expression, Matched::Bytes).unwrap().leak();
        assert_eq!(
            Premade::new(automaton).unwrap().is_in(text.as_bytes(), range),
            expected,
            "{expression} in {text:?}"
        );
    }

    #[test]
    fn matches_are_found_in_a_range_of_a_text() {
        check("b+c", "abbbc", 0..5, true);
        check("b+c", "abbbc", 0..4, false);
        check("b+c", "abbbc", 3..5, true);
        check("b+c", "abbbc", 4..5, false);
        check("", "", 0..0, true);
        check("(?i)pytest", "a PyTest", 0..8, true);
        check("[^a]", "ä", 0..2, true);
    }

    #[test]
    fn what_surrounds_a_range_counts() {
        check(r"\bunit\b", "a unit", 2..6, true);
        check(r"\bunit\b", "aunit", 1..5, false);
        check(r"\bunit\b", "units", 0..4, false);
        check(r"\bunit\b", "unit", 0..4, true);
        check("(?m)^a$", "b\na\n", 2..3, true);
        check("(?m)^a$", "b\nab\n", 2..3, false);
        check("(?m)^a$", "ba\n", 1..2, false);
        check(r"\Aa\z", "a", 0..1, true);
        check(r"\Aa\z", "aa", 1..2, false);
        check(r"\Aa\z", "aa", 0..1, false);
    }

    #[test]
    fn what_can_not_be_told_has_no_automaton() {
        let has = |expression: &str, matched: Matched| make::automaton(expression, matched).is_some();
        assert!(!has("[", Matched::Bytes) && !has(r"\p{Greek}", Matched::Bytes));
        assert!(!has("[^a]", Matched::Text) && has("[^a]", Matched::Bytes));
        assert!(!has("a?", Matched::Text) && has("a?", Matched::Bytes));
        assert!(!has("(?:a|b)*a(?:a|b){14}", Matched::Bytes));
        assert!(Premade::of_texts("[").is_none() && Premade::of_names("surely not declared").is_none());
    }
}
