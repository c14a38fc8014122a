//! Which of the declared patterns are looked for in which file. Expressions are compiled when the first file holds what
//! they need: most never are.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use globset::GlobSet;
use regex::bytes::{Regex, RegexBuilder};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::Hir;

use super::super::pattern;
use super::super::python::is_python;
use super::super::role_set::RoleSet;
use super::super::trigrams::{Literal, Trigrams};
use super::gate::gates;
use crate::plugin::wit::Role;

/// The most bytes that one compiled pattern, and its cache, may take.
const LARGEST_EXPRESSION: usize = 10 << 20;

/// A pattern that is looked for. What it needs is found out for the first file that it is looked for in.
struct Expression {
    pattern: String,
    needs: OnceLock<Option<Needs>>,
    compiled: OnceLock<Option<Regex>>,
}

/// What an expression needs of a text, and of its compiler.
struct Needs {
    is_unicode: bool,
    /// What a text must have: of each gate at least one literal.
    gates: Vec<Vec<Literal>>,
}

impl Expression {
    /// None for a broken pattern: descriptions are checked when a plugin is loaded, what got through matches nothing.
    fn needs(&self) -> Option<&Needs> {
        let find = || {
            let (parsed, is_unicode) = parse(&self.pattern)?;
            let gates = gates(&parsed);
            let literals = |gate: &Vec<Vec<u8>>| gate.iter().map(|text| Literal::new(text)).collect();
            Some(Needs { is_unicode, gates: gates.iter().map(literals).collect() })
        };
        self.needs.get_or_init(find).as_ref()
    }

    fn compiled(&self, is_unicode: bool) -> Option<&Regex> {
        let build = || {
            let mut builder = RegexBuilder::new(&self.pattern);
            builder.unicode(is_unicode).size_limit(LARGEST_EXPRESSION).dfa_size_limit(LARGEST_EXPRESSION);
            builder.build().ok()
        };
        self.compiled.get_or_init(build).as_ref()
    }
}

/// The declared patterns, ready to be looked for.
#[derive(Default)]
pub(crate) struct Plan {
    globs: GlobSet,
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
                plan.expressions.push(Expression {
                    pattern: pattern.clone(),
                    needs: OnceLock::new(),
                    compiled: OnceLock::new(),
                });
            }
            by_glob.entry(glob).or_default().push((plan.expressions.len() - 1, *roles));
        }
        let names: Vec<String> = by_glob.keys().map(|&glob| glob.to_owned()).collect();
        plan.globs = pattern::globs(&names);
        plan.by_glob = by_glob.into_values().collect();
        plan
    }

    /// The patterns, in the order of their numbers.
    pub(super) fn patterns(&self) -> impl Iterator<Item = &str> {
        self.expressions.iter().map(|expression| expression.pattern.as_str())
    }

    /// What is looked for in a file, whatever it holds.
    pub(crate) fn wanted(&self, path: &str, role: Role) -> Wanted {
        let mut wanted = vec![false; self.expressions.len()];
        let is_python = is_python(path);
        for (index, roles) in self.globs.matches(path).into_iter().flat_map(|glob| &self.by_glob[glob]) {
            wanted[*index] |= !is_python || roles.contains(role);
        }
        Wanted(wanted)
    }

    /// The wanted expressions that the text, whose sequences were noted, may match: it has what they need.
    pub(super) fn present<'p>(
        &'p self,
        wanted: &'p Wanted,
        text: &'p [u8],
        trigrams: &'p Trigrams,
    ) -> impl Iterator<Item = (usize, &'p Regex)> {
        wanted.iter().filter_map(move |index| {
            let expression = &self.expressions[index];
            let needs = expression.needs()?;
            let is_open = |gate: &Vec<Literal>| gate.iter().any(|literal| literal.is_in(text, trigrams));
            let compiled = needs.gates.iter().all(is_open).then(|| expression.compiled(needs.is_unicode));
            compiled.flatten().map(|compiled| (index, compiled))
        })
    }
}

/// Parses a pattern, and tells whether it needs the tables of Unicode. Classes are those of ASCII, whose tables are
/// small; a pattern that names others gets them.
fn parse(pattern: &str) -> Option<(Hir, bool)> {
    let parse = |is_unicode| ParserBuilder::new().unicode(is_unicode).utf8(false).build().parse(pattern).ok();
    let is_plain = pattern.is_ascii() && !["\\p", "\\P", "\\u", "\\x"].iter().any(|name| pattern.contains(name));
    let plain = parse(false).filter(|_| is_plain).map(|parsed| (parsed, false));
    plain.or_else(|| Some((parse(true)?, true)))
}
