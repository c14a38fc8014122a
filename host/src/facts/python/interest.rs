//! What is looked for in Python files, made quick to ask: the patterns of the active rules and of the host itself.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::super::PythonInterest;
use super::super::pattern::{ExpressionSet, ExpressionSets, Pattern, Shape, scoped};
use super::super::project::telling_calls;
use super::super::trigrams::Trigrams;
use super::module::Map;
use super::needles::Needles;
use crate::plugin::wit::Role;

type Set<T> = HashSet<T, foldhash::fast::RandomState>;

/// Many patterns for dotted names. A name is asked about with a few look-ups, however many patterns there are.
#[derive(Default)]
pub(super) struct Names {
    any: bool,
    exact: Set<String>,
    /// Suffixes by their last segment, for those that start it whole.
    suffixes: Map<String, Vec<String>>,
    /// Prefixes by their first segment, for those that end it.
    prefixes: Map<String, Vec<String>>,
    /// Prefixes and suffixes of part of a segment.
    others: Vec<Pattern>,
    expressions: Option<Arc<ExpressionSet>>,
    /// Last segments of what exact patterns and suffixes match.
    last_segments: Set<String>,
}

impl Names {
    pub(super) fn new<'a>(patterns: impl IntoIterator<Item = &'a str>, sets: &mut ExpressionSets) -> Self {
        let mut names = Self::default();
        let mut expressions = Vec::new();
        for text in patterns {
            match Shape::of(text) {
                Ok(Shape::Any) => names.any = true,
                Ok(Shape::Exact(exact)) => {
                    names.last_segments.insert(last_segment(exact).to_owned());
                    names.exact.insert(exact.to_owned());
                }
                Ok(Shape::Suffix(suffix)) if suffix.contains('.') => {
                    let last = last_segment(suffix).to_owned();
                    names.last_segments.insert(last.clone());
                    names.suffixes.entry(last).or_default().push(suffix.to_owned());
                }
                Ok(Shape::Prefix(prefix)) if prefix.contains('.') => {
                    names.prefixes.entry(first_segment(prefix).to_owned()).or_default().push(prefix.to_owned());
                }
                Ok(Shape::Suffix(suffix)) => names.others.push(Pattern::Suffix(suffix.to_owned())),
                Ok(Shape::Prefix(prefix)) => names.others.push(Pattern::Prefix(prefix.to_owned())),
                Ok(Shape::Expression(expression)) => expressions.push(expression.to_owned()),
                // Descriptions are checked when a plugin is loaded.
                Err(_) => {}
            }
        }
        names.expressions = sets.set(expressions);
        names
    }

    pub(super) fn is_empty(&self) -> bool {
        !self.any && self.exact.is_empty() && self.suffixes.is_empty() && !self.is_open()
    }

    /// Whether names with any last segment may match.
    fn is_open(&self) -> bool {
        self.any || !self.prefixes.is_empty() || !self.others.is_empty() || self.expressions.is_some()
    }

    /// Whether a name that ends in this segment may match.
    pub(super) fn may_end_in(&self, segment: &str) -> bool {
        self.is_open() || self.last_segments.contains(segment)
    }

    pub(super) fn is_match(&self, name: &str) -> bool {
        if self.any || self.exact.contains(name) {
            return true;
        }
        let by_suffix = || {
            let suffixes = self.suffixes.get(last_segment(name));
            suffixes.is_some_and(|suffixes| suffixes.iter().any(|suffix| name.ends_with(suffix.as_str())))
        };
        let by_prefix = || {
            let prefixes = self.prefixes.get(first_segment(name));
            prefixes.is_some_and(|prefixes| prefixes.iter().any(|prefix| name.starts_with(prefix.as_str())))
        };
        by_suffix()
            || by_prefix()
            || self.others.iter().any(|pattern| pattern.matches(name))
            || self.expressions.as_ref().is_some_and(|expressions| expressions.is_match(name))
    }
}

pub(super) fn last_segment(name: &str) -> &str {
    memchr::memrchr(b'.', name.as_bytes()).map_or(name, |dot| &name[dot + 1..])
}

pub(super) fn first_segment(name: &str) -> &str {
    memchr::memchr(b'.', name.as_bytes()).map_or(name, |dot| &name[..dot])
}

/// All that is looked for.
pub(super) struct Wanted {
    pub(super) imports: Names,
    pub(super) calls: Names,
    pub(super) handlers: Names,
    /// By scope; the empty one stands for all.
    assignments: BTreeMap<String, Names>,
    pub(super) statements: Names,
    /// By kind; `*` stands for all kinds.
    definitions: BTreeMap<String, Names>,
    /// The same.
    outlines: BTreeMap<String, Names>,
    pub(super) lineages: bool,
    needles: Option<Needles>,
}

impl Wanted {
    pub(super) fn new(interest: &PythonInterest, role: Role, sets: &mut ExpressionSets) -> Self {
        let mut by_scope: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for text in &interest.assignments {
            let (scope, pattern) = scoped(text);
            by_scope.entry(scope.unwrap_or_default()).or_default().push(pattern);
        }
        let mut names = |patterns: &BTreeSet<String>| Names::new(patterns.iter().map(String::as_str), sets);
        Self {
            imports: names(&interest.imports),
            handlers: names(&interest.handlers),
            statements: names(&interest.statements),
            calls: Names::new(interest.calls.iter().map(String::as_str).chain(telling(role)), sets),
            assignments: by_scope
                .into_iter()
                .map(|(scope, patterns)| (scope.to_owned(), Names::new(patterns, sets)))
                .collect(),
            definitions: by_kind(&interest.definitions, sets),
            outlines: by_kind(&interest.outlines, sets),
            lineages: interest.lineages,
            needles: Needles::new(interest, telling(role), sets),
        }
    }

    pub(super) fn wants_assignments(&self) -> bool {
        !self.assignments.is_empty()
    }

    pub(super) fn assignment(&self, scope: &str, name: &str) -> bool {
        [scope, ""].iter().any(|scope| self.assignments.get(*scope).is_some_and(|names| names.is_match(name)))
    }

    pub(super) fn definition(&self, kind: &str, name: &str) -> bool {
        is_match(&self.definitions, kind, name)
    }

    pub(super) fn outline(&self, kind: &str, name: &str) -> bool {
        is_match(&self.outlines, kind, name)
    }

    /// Whether a module may hold anything that is looked for.
    pub(super) fn may_be_in(&self, text: &str, module: &str, trigrams: &Trigrams) -> bool {
        self.needles.as_ref().is_none_or(|needles| needles.may_be_in(text, module, trigrams))
    }
}

/// Patterns of names by their kind.
fn by_kind(wanted: &BTreeSet<(String, String)>, sets: &mut ExpressionSets) -> BTreeMap<String, Names> {
    let mut patterns: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (kind, pattern) in wanted {
        patterns.entry(kind).or_default().push(pattern);
    }
    patterns.into_iter().map(|(kind, patterns)| (kind.to_owned(), Names::new(patterns, sets))).collect()
}

fn is_match(by_kind: &BTreeMap<String, Names>, kind: &str, name: &str) -> bool {
    [kind, "*"].iter().any(|kind| by_kind.get(*kind).is_some_and(|names| names.is_match(name)))
}

/// The calls that tell what kind of project it is are looked for in the code of the product.
fn telling<'a>(role: Role) -> impl Iterator<Item = &'a str> {
    telling_calls().filter(move |_| role == Role::Source).map(|name| -> &'a str { name })
}

#[cfg(test)]
mod tests {
    use super::{ExpressionSets, Names};

    #[test]
    fn matches_as_single_patterns_do() {
        let patterns = ["time.sleep", "requests.*", "*.execute", "*able", "post*", "/^a.c$/"];
        let names = Names::new(patterns, &mut ExpressionSets::default());
        for name in ["time.sleep", "requests.get", "requests.a().b", "?.execute", "runnable", "postpone", "abc"] {
            assert!(names.is_match(name), "{name}");
        }
        for name in ["time.time", "requests", "execute", "?.execute2", "xpost", "abcd"] {
            assert!(!names.is_match(name), "{name}");
        }
    }
}
