//! Regular expressions of which it is only asked whether one matches. Names and paths are short and most expressions meet
//! few of them, so what finds places quickly in long texts (prefilters, automata for the way back) is left out: it takes
//! several times as long to make.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::OnceLock;

use globset::Glob;
use regex::{RegexSet, bytes};
use regex_automata::hybrid::dfa::{Cache, Config, DFA};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::pool::Pool;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input};

use super::premade::Premade;

/// The most bytes that the compiled expressions of one matcher may take.
const LARGEST: usize = 10 << 20;

/// Expressions that are asked together.
#[derive(Debug)]
pub(crate) struct Matcher(Kind);

#[derive(Debug)]
enum Kind {
    Quick(Quick),
    /// For names that are ASCII, which says the same there as the expressions do; these are compiled for the first other
    /// name.
    Ascii {
        quick: Quick,
        expressions: Vec<String>,
        set: OnceLock<Option<RegexSet>>,
    },
    /// What no automaton of the quick kind can do, word boundaries of Unicode above all.
    Names(RegexSet),
    Texts(bytes::RegexSet),
}

#[derive(Debug)]
enum Quick {
    /// Made when plimsoll was built; asked one after the other.
    Premade(Vec<Premade>),
    Automaton(Box<Automaton>),
}

impl Quick {
    fn is_match(&self, text: &[u8]) -> bool {
        match self {
            Self::Premade(premade) => premade.iter().any(|expression| expression.is_in(text, 0..text.len())),
            // It neither stops at any byte nor gives up as it is configured.
            Self::Automaton(automaton) => automaton.is_match(text).unwrap_or(false),
        }
    }
}

type NewCache = Box<dyn Fn() -> Cache + Send + Sync + UnwindSafe + RefUnwindSafe>;

#[derive(Debug)]
struct Automaton {
    automaton: DFA,
    caches: Pool<Cache, NewCache>,
}

impl Automaton {
    fn new<T: AsRef<str>>(expressions: &[T], syntax: syntax::Config) -> Option<Self> {
        let thompson = thompson::Config::new()
            .which_captures(WhichCaptures::None)
            .utf8(syntax.get_utf8())
            .nfa_size_limit(Some(LARGEST));
        let automaton = DFA::builder()
            .syntax(syntax)
            .thompson(thompson)
            .configure(Config::new().skip_cache_capacity_check(true))
            .build_many(expressions)
            .ok()?;
        let caches = {
            let automaton = automaton.clone();
            Pool::new(Box::new(move || automaton.create_cache()) as NewCache)
        };
        Some(Self { automaton, caches })
    }

    fn is_match(&self, text: &[u8]) -> Option<bool> {
        let input = Input::new(text).anchored(Anchored::No).earliest(true);
        self.automaton.try_search_fwd(&mut self.caches.get(), &input).ok().map(|found| found.is_some())
    }
}

impl Matcher {
    /// For names and other text. Classes are those of ASCII where that is enough: names are ASCII but for the rarest, and
    /// the tables of Unicode are what takes the time.
    ///
    /// # Errors
    /// What is wrong with one of the expressions.
    pub(crate) fn of_names<T: AsRef<str>>(expressions: &[T]) -> Result<Self, String> {
        let premade = |find: fn(&str) -> Option<Premade>| expressions.iter().map(|text| find(text.as_ref())).collect();
        if let Some(premade) = premade(Premade::of_names) {
            return Ok(Self(Kind::Quick(Quick::Premade(premade))));
        }
        let for_ascii = |quick| {
            let expressions = expressions.iter().map(|text| text.as_ref().to_owned()).collect();
            Ok(Self(Kind::Ascii { quick, expressions, set: OnceLock::new() }))
        };
        if let Some(premade) = premade(Premade::of_ascii_names) {
            return for_ascii(Quick::Premade(premade));
        }
        let ascii = syntax::Config::new().unicode(false).utf8(true);
        if let Some(automaton) = Automaton::new(expressions, ascii) {
            return Ok(Self(Kind::Quick(Quick::Automaton(automaton.into()))));
        }
        // What matches one character may match a part of one that is not ASCII.
        if let Some(automaton) = Automaton::new(expressions, syntax::Config::new().unicode(false).utf8(false)) {
            return for_ascii(Quick::Automaton(automaton.into()));
        }
        if let Some(automaton) = Automaton::new(expressions, syntax::Config::new()) {
            return Ok(Self(Kind::Quick(Quick::Automaton(automaton.into()))));
        }
        RegexSet::new(expressions).map(|set| Self(Kind::Names(set))).map_err(|error| error.to_string())
    }

    /// For texts, whose characters outside ASCII are looked at byte by byte.
    ///
    /// # Errors
    /// What is wrong with one of the expressions.
    pub(crate) fn of_texts<T: AsRef<str>>(expressions: &[T]) -> Result<Self, String> {
        Self::of_bytes(expressions, false)
    }

    /// For paths that some globs name; a path may hold the end of a line.
    ///
    /// # Errors
    /// When the globs are too much for one matcher.
    pub(crate) fn of_paths(globs: &[Glob]) -> Result<Self, String> {
        let expressions: Vec<&str> = globs.iter().map(Glob::regex).collect();
        Self::of_bytes(&expressions, true)
    }

    fn of_bytes<T: AsRef<str>>(expressions: &[T], dot_matches_new_line: bool) -> Result<Self, String> {
        let syntax = syntax::Config::new().unicode(false).utf8(false).dot_matches_new_line(dot_matches_new_line);
        if let Some(automaton) = Automaton::new(expressions, syntax) {
            return Ok(Self(Kind::Quick(Quick::Automaton(automaton.into()))));
        }
        let mut set = bytes::RegexSetBuilder::new(expressions.iter().map(AsRef::as_ref));
        let set = set.unicode(false).dot_matches_new_line(dot_matches_new_line).build();
        set.map(|set| Self(Kind::Texts(set))).map_err(|error| error.to_string())
    }

    /// Whether one of the expressions matches somewhere.
    pub(crate) fn is_match(&self, text: impl AsRef<[u8]>) -> bool {
        let text = text.as_ref();
        match &self.0 {
            Kind::Quick(quick) => quick.is_match(text),
            Kind::Ascii { quick, .. } if text.is_ascii() => quick.is_match(text),
            Kind::Ascii { expressions, set, .. } => {
                let set = set.get_or_init(|| RegexSet::new(expressions).ok());
                set.as_ref().is_some_and(|set| std::str::from_utf8(text).is_ok_and(|text| set.is_match(text)))
            }
            Kind::Names(set) => std::str::from_utf8(text).is_ok_and(|text| set.is_match(text)),
            Kind::Texts(set) => set.is_match(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expressions: &[&str], present: &[&str], absent: &[&str]) {
        for matcher in [Matcher::of_names(expressions).unwrap(), Matcher::of_texts(expressions).unwrap()] {
            present.iter().for_each(|text| assert!(matcher.is_match(text), "{expressions:?} in {text}"));
            absent.iter().for_each(|text| assert!(!matcher.is_match(text), "{expressions:?} in {text}"));
        }
    }

    #[test]
    fn says_whether_one_matches() {
        check(&["^a.c$", "(?i)pytest"], &["abc", "PyTest-cov", "xpytest"], &["abcd", "", "py.test"]);
        check(&[r"\bword\b", r"^[^x]+$"], &["a word", "äöü"], &["sword x"]);
        check(&[], &[], &["", "a"]);
        check(&[""], &["", "a"], &[]);
        let one = Matcher::of_names(&[r"^[^x]$", r"^\w{2}$"]).unwrap();
        assert!(one.is_match("a") && one.is_match("ä") && one.is_match("äö") && one.is_match("ab"));
        assert!(!one.is_match("x") && !one.is_match("a-") && !one.is_match("ä-"));
        let greek = Matcher::of_names(&[r"\b\p{Greek}+$"]).unwrap();
        assert!(greek.is_match("aus α") && !greek.is_match("a"));
    }

    #[test]
    fn what_is_no_expression_is_refused() {
        assert!(Matcher::of_names(&["["]).is_err() && Matcher::of_texts(&["a", "("]).is_err());
    }
}
