//! Which of the declared patterns are looked for in which file. Expressions are compiled when the first file holds what
//! they need: most never are. One that stays in a line is run on the lines that have what it needs, and on nothing else.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use regex_automata::meta::{self, Regex};
use regex_automata::util::syntax;

use super::super::globs::GlobTable;
use super::super::premade::Premade;
use super::super::python::is_python;
use super::super::role_set::RoleSet;
use super::super::trigrams::{Literal, Trigrams};
use super::gate;
use crate::plugin::wit::Role;

/// The most bytes that one compiled pattern, and its cache, may take.
const LARGEST_EXPRESSION: usize = 10 << 20;
/// On fewer lines an automaton would not earn back what it takes to grow.
const MANY_LINES: usize = 64;
/// Bytes that an automaton reads in the time that it takes to be started once more.
const START: usize = 128;
/// Bytes that an automaton reads in the time that an expression takes to be compiled, which from then on looks for
/// literals first.
const COMPILED: usize = 32 << 10;

/// A pattern that is looked for. What it needs is found out for the first file that it is looked for in.
struct Expression {
    pattern: String,
    needs: OnceLock<Option<Needs>>,
    /// For those of the built-in sections.
    premade: OnceLock<Option<Premade>>,
    /// Bytes of texts that were asked about as a whole.
    asked: AtomicUsize,
    /// For few short texts: it keeps nothing of what it learns of them.
    plain: OnceLock<Option<Regex>>,
    /// For many or long ones.
    automaton: OnceLock<Option<Regex>>,
    /// Lines that it was run on.
    lines: AtomicUsize,
}

/// What is known of an expression before it is compiled.
struct Needs {
    is_unicode: bool,
    is_of_one_line: bool,
    /// What a text must have: of each gate at least one literal.
    gates: Vec<Vec<Literal>>,
    /// The same of the text in lower case.
    folded: Vec<Vec<Literal>>,
    /// What a line must have besides.
    marks: Cow<'static, [u8]>,
}

/// What was found out of a pattern when plimsoll was built.
struct Studied {
    pattern: &'static str,
    is_unicode: bool,
    is_of_one_line: bool,
    gates: &'static [&'static [&'static [u8]]],
    folded: &'static [&'static [&'static [u8]]],
    marks: &'static [u8],
}

// `STUDIED`: the patterns of the built-in sections, sorted.
include!(concat!(env!("OUT_DIR"), "/needs.rs"));

impl Expression {
    /// None for a broken pattern: descriptions are checked when a plugin is loaded, what got through matches nothing.
    fn needs(&self) -> Option<&Needs> {
        let find = || match STUDIED.binary_search_by(|studied| studied.pattern.cmp(&self.pattern)) {
            Ok(index) => {
                let Studied { is_unicode, is_of_one_line, gates, folded, marks, .. } = STUDIED[index];
                let (gates, folded) = (literals(gates), literals(folded));
                Some(Needs { is_unicode, is_of_one_line, gates, folded, marks: Cow::Borrowed(marks) })
            }
            Err(_) => {
                let gate::Needs { is_unicode, is_of_one_line, gates, folded, marks } = gate::needs(&self.pattern)?;
                let (gates, folded) = (literals(&gates), literals(&folded));
                Some(Needs { is_unicode, is_of_one_line, gates, folded, marks: Cow::Owned(marks) })
            }
        };
        self.needs.get_or_init(find).as_ref()
    }

    fn new(pattern: &str) -> Self {
        Self {
            pattern: pattern.to_owned(),
            needs: OnceLock::new(),
            premade: OnceLock::new(),
            asked: AtomicUsize::new(0),
            plain: OnceLock::new(),
            automaton: OnceLock::new(),
            lines: AtomicUsize::new(0),
        }
    }

    /// Leaves of the ranges of a text those that the pattern matches in, if that can be told before it is compiled.
    fn narrow(&self, needs: &Needs, text: &[u8], ranges: &mut Vec<Range<usize>>) {
        let Some(premade) = self.premade.get_or_init(|| Premade::of_texts(&self.pattern)) else { return };
        let is_quicker =
            needs.is_by_line() || self.asked.fetch_add(text.len(), Ordering::Relaxed) + text.len() < COMPILED;
        if is_quicker {
            ranges.retain(|range| premade.is_in(text, range.clone()));
        }
    }

    /// The expression to run on some ranges, which may be made fewer: between two lines that have what it needs nothing
    /// matches.
    fn compiled(&self, needs: &Needs, ranges: &mut Vec<Range<usize>>) -> Option<&Regex> {
        if !needs.is_by_line() {
            return self.automaton.get_or_init(|| compile(&self.pattern, needs, Effort::Prefilter)).as_ref();
        }
        let lines = ranges.len();
        if self.lines.fetch_add(lines, Ordering::Relaxed) + lines < MANY_LINES {
            return self.plain.get_or_init(|| compile(&self.pattern, needs, Effort::Least)).as_ref();
        }
        ranges.dedup_by(|next, last| {
            let is_near = next.start - last.end <= START;
            last.end = if is_near { next.end } else { last.end };
            is_near
        });
        self.automaton.get_or_init(|| compile(&self.pattern, needs, Effort::Automaton)).as_ref()
    }
}

/// The gates, ready to be looked for.
fn literals<G: AsRef<[L]>, L: AsRef<[u8]>>(gates: &[G]) -> Vec<Vec<Literal>> {
    let gate = |gate: &G| gate.as_ref().iter().map(|text| Literal::new(text.as_ref())).collect();
    gates.iter().map(gate).collect()
}

impl Needs {
    /// Whether matches are looked for in single lines.
    fn is_by_line(&self) -> bool {
        self.is_of_one_line && !self.gates.is_empty()
    }

    /// The ranges of a text, whose sequences were noted, that matches may be in; none when it has no match.
    fn ranges(&self, text: &[u8], trigrams: &Trigrams) -> Option<Vec<Range<usize>>> {
        let is_open = |gate: &Vec<Literal>| gate.iter().any(|literal| literal.is_in(text, trigrams));
        match self.gates.split_first() {
            Some((first, others)) if self.is_by_line() => {
                let has = |line: &[u8], gate: &Vec<Literal>| gate.iter().any(|literal| literal.is_anywhere_in(line));
                let mut lines = lines_with(first, text, trigrams);
                lines.retain(|line| {
                    let line = &text[line.clone()];
                    self.marks.iter().all(|mark| memchr::memchr(*mark, line).is_some())
                        && others.iter().all(|gate| has(line, gate))
                });
                (!lines.is_empty()).then_some(lines)
            }
            // One range, the whole text.
            _ => {
                let may_be_open = |gate: &Vec<Literal>| gate.iter().any(|literal| literal.may_be_in(trigrams));
                let is_worth_it = self.gates.iter().all(is_open) && self.folded.iter().all(may_be_open);
                is_worth_it.then(|| std::iter::once(0..text.len()).collect())
            }
        }
    }
}

/// The lines of a text that have one of the literals, without their ends.
fn lines_with(literals: &[Literal], text: &[u8], trigrams: &Trigrams) -> Vec<Range<usize>> {
    let mut places: Vec<usize> = literals.iter().flat_map(|literal| literal.find_in(text, trigrams)).collect();
    if literals.len() > 1 {
        places.sort_unstable();
    }
    let mut lines: Vec<Range<usize>> = Vec::new();
    for place in places {
        if lines.last().is_none_or(|last| place > last.end) {
            let start = memchr::memrchr(b'\n', &text[..place]).map_or(0, |newline| newline + 1);
            let end = memchr::memchr(b'\n', &text[place..]).map_or(text.len(), |newline| place + newline);
            lines.push(start..end);
        }
    }
    lines
}

/// How much is done to make an expression quick; each takes as long again to make.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Effort {
    Least,
    /// With an automaton that grows as it runs.
    Automaton,
    /// And with a search for literals that tells where to run it.
    Prefilter,
}

fn compile(pattern: &str, needs: &Needs, effort: Effort) -> Option<Regex> {
    let configuration = meta::Config::new()
        .utf8_empty(false)
        .nfa_size_limit(Some(LARGEST_EXPRESSION))
        .hybrid_cache_capacity(LARGEST_EXPRESSION)
        .onepass(false)
        .dfa(false)
        .hybrid(effort >= Effort::Automaton)
        .auto_prefilter(effort == Effort::Prefilter);
    let syntax = syntax::Config::new().unicode(needs.is_unicode).utf8(false);
    meta::Builder::new().configure(configuration).syntax(syntax).build(pattern).ok()
}

/// The declared patterns, ready to be looked for.
#[derive(Default)]
pub(crate) struct Plan {
    globs: GlobTable,
    /// For each glob, which of the expressions, and in Python files of which roles.
    by_glob: Vec<Vec<(usize, RoleSet)>>,
    /// Sorted by pattern.
    expressions: Vec<Expression>,
}

/// The expressions that are wanted in a file.
pub(crate) struct Wanted(Vec<bool>);

impl Wanted {
    pub(crate) fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }

    fn iter(&self) -> impl Iterator<Item = usize> {
        self.0.iter().enumerate().filter(|(_, is_wanted)| **is_wanted).map(|(index, _)| index)
    }
}

impl Plan {
    /// Plans for pairs of pattern and glob, with the roles of Python files.
    pub(crate) fn new(declared: &BTreeMap<(String, String), RoleSet>) -> Self {
        let mut plan = Self::default();
        let mut by_glob: BTreeMap<&str, Vec<(usize, RoleSet)>> = BTreeMap::new();
        for ((pattern, glob), roles) in declared {
            // Sorted, so that equal patterns are neighbours.
            if plan.expressions.last().is_none_or(|last| last.pattern != *pattern) {
                plan.expressions.push(Expression::new(pattern));
            }
            by_glob.entry(glob).or_default().push((plan.expressions.len() - 1, *roles));
        }
        plan.globs = GlobTable::new(by_glob.keys().copied());
        plan.by_glob = by_glob.into_values().collect();
        plan
    }

    /// The patterns, in the order of their numbers.
    pub(in crate::facts) fn patterns(&self) -> impl Iterator<Item = &str> {
        self.expressions.iter().map(|expression| expression.pattern.as_str())
    }

    /// What is looked for in a file, whatever it holds.
    pub(crate) fn wanted(&self, path: &str, role: Role) -> Wanted {
        let mut wanted = vec![false; self.expressions.len()];
        let is_python = is_python(path);
        for (index, roles) in self.globs.matches(path).flat_map(|glob| &self.by_glob[glob]) {
            wanted[*index] |= !is_python || roles.contains(role);
        }
        Wanted(wanted)
    }

    /// The wanted expressions that the text, whose sequences were noted, may match, and in which ranges: it has what they
    /// need there.
    pub(super) fn present<'p>(
        &'p self,
        wanted: &'p Wanted,
        text: &'p [u8],
        trigrams: &'p Trigrams,
    ) -> impl Iterator<Item = (usize, &'p Regex, Vec<Range<usize>>)> {
        wanted.iter().filter_map(move |index| {
            let expression = &self.expressions[index];
            let needs = expression.needs()?;
            let mut ranges = needs.ranges(text, trigrams)?;
            expression.narrow(needs, text, &mut ranges);
            if ranges.is_empty() {
                return None;
            }
            Some((index, expression.compiled(needs, &mut ranges)?, ranges))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_out_at_build_time_is_what_would_be_found_out_now() {
        assert!(STUDIED.len() > 50 && STUDIED.is_sorted_by_key(|studied| studied.pattern));
        for Studied { pattern, is_unicode, is_of_one_line, gates, folded, marks } in STUDIED {
            let owned = |gates: &[&[&[u8]]]| {
                gates.iter().map(|gate| gate.iter().map(|literal| literal.to_vec()).collect()).collect()
            };
            let (is_unicode, is_of_one_line) = (*is_unicode, *is_of_one_line);
            let (gates, folded, marks) = (owned(gates), owned(folded), marks.to_vec());
            let known = gate::Needs { is_unicode, is_of_one_line, gates, folded, marks };
            assert_eq!(gate::needs(pattern), Some(known), "{pattern}");
        }
    }

    #[test]
    fn lines_are_found_by_what_is_in_them() {
        let check = |text: &str, literals: &[&str], expected: &[&str]| {
            let mut trigrams = Trigrams::default();
            trigrams.note(text.as_bytes());
            let literals: Vec<Literal> = literals.iter().map(|literal| Literal::new(literal.as_bytes())).collect();
            let lines = lines_with(&literals, text.as_bytes(), &trigrams);
            assert_eq!(lines.into_iter().map(|line| &text[line]).collect::<Vec<_>>(), expected, "{text}");
        };
        check("abc\nx abc abc\nd\nabc", &["abc"], &["abc", "x abc abc", "abc"]);
        check("two one\n\none\r\ntwo", &["one", "two"], &["two one", "one\r", "two"]);
        check("one", &["two"], &[]);
        check("\none\n", &["one"], &["one"]);
    }
}
