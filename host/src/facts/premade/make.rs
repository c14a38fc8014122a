//! Makes the automaton of an expression, in the form that [`super::Premade`] runs. Part of this crate's build script.
//!
//! The library makes its automata step by step, as texts need them. Here every step is taken at once.

use std::collections::HashMap;

use regex_automata::hybrid::LazyStateID;
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::start;
use regex_automata::util::syntax;

use super::form::{CLASSES, DEAD, MATCH, STARTS};

/// Entries of the largest table: larger ones are left to the library.
const LARGEST: usize = 1 << 16;

/// What matches are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Matched {
    /// Whole characters.
    Text,
    Bytes,
}

/// The automaton that tells whether an expression matches somewhere. Classes are those of ASCII. None of what can't be
/// told so, and of what would be large.
pub(crate) fn automaton(expression: &str, matched: Matched) -> Option<Vec<u8>> {
    let is_utf8 = matched == Matched::Text;
    let thompson = thompson::Config::new().which_captures(WhichCaptures::None).utf8(is_utf8);
    let lazy = DFA::builder()
        .configure(Config::new().cache_capacity(LARGEST << 8))
        .thompson(thompson)
        .syntax(syntax::Config::new().unicode(false).utf8(is_utf8))
        .build(expression)
        .ok()?;
    if is_utf8 && lazy.get_nfa().has_empty() {
        // The library leaves out what is between the bytes of a character.
        return None;
    }
    Maker { cache: lazy.create_cache(), lazy, known: HashMap::new(), met: Vec::new() }.make()
}

struct Maker {
    lazy: DFA,
    cache: Cache,
    /// The numbers of the states that were met.
    known: HashMap<LazyStateID, usize>,
    /// The states in the order of their numbers.
    met: Vec<LazyStateID>,
}

impl Maker {
    fn make(mut self) -> Option<Vec<u8>> {
        let classes = *self.lazy.byte_classes();
        // One more for the end of the text.
        let width = classes.alphabet_len();
        let representatives: Vec<u8> = classes.representatives(..).filter_map(|unit| unit.as_u8()).collect();
        let mut bytes: Vec<u8> = (0..=u8::MAX).map(|byte| classes.get(byte)).collect();
        debug_assert_eq!(bytes.len(), CLASSES);
        put(&mut bytes, width)?;
        for before in (0..STARTS).map(|before| u8::try_from(before).ok()) {
            let start = start::Config::new().look_behind(before);
            let start = self.lazy.start_state(&mut self.cache, &start).ok()?;
            let start = self.number(start);
            put(&mut bytes, start * width)?;
        }
        // What stays where it is: without a match, and with one.
        for state in [DEAD, MATCH] {
            (0..width).try_for_each(|_| put(&mut bytes, state * width))?;
        }
        let mut done = 0;
        while let Some(state) = self.met.get(done).copied() {
            for byte in &representatives {
                let next = self.lazy.next_state(&mut self.cache, state, *byte).ok()?;
                let next = self.number(next);
                put(&mut bytes, next * width)?;
            }
            let next = self.lazy.next_eoi_state(&mut self.cache, state).ok()?;
            let next = self.number(next);
            put(&mut bytes, next * width)?;
            done += 1;
            if self.met.len() * width > LARGEST {
                return None;
            }
        }
        // Had the library forgotten states, their numbers would mean others now.
        (self.cache.clear_count() == 0).then_some(bytes)
    }

    /// The number of a state. All that are a match are one, and so are all that never will be.
    fn number(&mut self, state: LazyStateID) -> usize {
        if state.is_match() {
            return MATCH;
        }
        if state.is_dead() {
            return DEAD;
        }
        let next = MATCH + 1 + self.known.len();
        *self.known.entry(state).or_insert_with(|| {
            self.met.push(state);
            next
        })
    }
}

/// Writes a number; none where it is too large.
fn put(bytes: &mut Vec<u8>, number: usize) -> Option<()> {
    bytes.extend(u16::try_from(number).ok()?.to_le_bytes());
    Some(())
}
