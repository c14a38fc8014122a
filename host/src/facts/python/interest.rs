//! What is looked for in Python files, made quick to ask: the patterns of the active rules and of the host itself.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use aho_corasick::AhoCorasick;
use regex::RegexSet;

use super::super::PythonInterest;
use super::super::pattern::{Pattern, scoped};
use super::super::project::telling_calls;
use super::module::Map;
use crate::plugin::wit::Role;

type Set<T> = HashSet<T, foldhash::fast::RandomState>;

/// Above this many words to look for, looking costs more than the parsing it spares.
const MOST_NEEDLES: usize = 500;

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
    expressions: Option<RegexSet>,
    /// Last segments of what exact patterns and suffixes match.
    last_segments: Set<String>,
}

impl Names {
    pub(super) fn new<'a>(patterns: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names = Self::default();
        let mut expressions = Vec::new();
        for text in patterns {
            match Pattern::parse(text) {
                Ok(Pattern::Any) => names.any = true,
                Ok(Pattern::Exact(exact)) => {
                    names.last_segments.insert(last_segment(&exact).to_owned());
                    names.exact.insert(exact);
                }
                Ok(Pattern::Suffix(suffix)) if suffix.contains('.') => {
                    let last = last_segment(&suffix).to_owned();
                    names.last_segments.insert(last.clone());
                    names.suffixes.entry(last).or_default().push(suffix);
                }
                Ok(Pattern::Prefix(prefix)) if prefix.contains('.') => {
                    names.prefixes.entry(first_segment(&prefix).to_owned()).or_default().push(prefix);
                }
                Ok(Pattern::Expression(expression)) => expressions.push(expression.as_str().to_owned()),
                Ok(other) => names.others.push(other),
                // Descriptions are checked when a plugin is loaded.
                Err(_) => {}
            }
        }
        if !expressions.is_empty() {
            names.expressions = RegexSet::new(expressions).ok();
        }
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

fn last_segment(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, last)| last)
}

fn first_segment(name: &str) -> &str {
    name.split_once('.').map_or(name, |(first, _)| first)
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
    pub(super) lineages: bool,
    needles: Option<AhoCorasick>,
}

impl Wanted {
    pub(super) fn new(interest: &PythonInterest, role: Role) -> Self {
        let mut by_kind: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (kind, pattern) in &interest.definitions {
            by_kind.entry(kind).or_default().push(pattern);
        }
        let mut by_scope: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for text in &interest.assignments {
            let (scope, pattern) = scoped(text);
            by_scope.entry(scope.unwrap_or_default()).or_default().push(pattern);
        }
        let names = |patterns: &BTreeSet<String>| Names::new(patterns.iter().map(String::as_str));
        Self {
            imports: names(&interest.imports),
            calls: Names::new(interest.calls.iter().map(String::as_str).chain(telling(role))),
            handlers: names(&interest.handlers),
            assignments: by_scope
                .into_iter()
                .map(|(scope, patterns)| (scope.to_owned(), Names::new(patterns)))
                .collect(),
            statements: names(&interest.statements),
            definitions: by_kind.into_iter().map(|(kind, patterns)| (kind.to_owned(), Names::new(patterns))).collect(),
            lineages: interest.lineages,
            needles: needles(interest, role)
                .filter(|needles| needles.len() <= MOST_NEEDLES)
                .and_then(|needles| AhoCorasick::new(needles).ok()),
        }
    }

    pub(super) fn wants_assignments(&self) -> bool {
        !self.assignments.is_empty()
    }

    pub(super) fn assignment(&self, scope: &str, name: &str) -> bool {
        [scope, ""].iter().any(|scope| self.assignments.get(*scope).is_some_and(|names| names.is_match(name)))
    }

    pub(super) fn definition(&self, kind: &str, name: &str) -> bool {
        [kind, "*"].iter().any(|kind| self.definitions.get(*kind).is_some_and(|names| names.is_match(name)))
    }

    /// Whether a module may hold anything that is looked for. Its own name counts: relative imports leave it out.
    pub(super) fn may_be_in(&self, text: &str, module: &str) -> bool {
        self.needles.as_ref().is_none_or(|needles| needles.is_match(text) || needles.is_match(module))
    }
}

/// The calls that tell what kind of project it is are looked for in the code of the product.
fn telling<'a>(role: Role) -> impl Iterator<Item = &'a str> {
    telling_calls().filter(move |_| role == Role::Source).map(|name| -> &'a str { name })
}

/// Words of which each file with something of interest has at least one; none when a pattern is too broad for that.
/// The last segment of a resolved name is always written out, at its use or at its import; the first one is too, or it
/// is the first one of the module's own name.
fn needles(interest: &PythonInterest, role: Role) -> Option<Vec<String>> {
    let mut needles: HashSet<String> = HashSet::new();
    needles.extend(telling(role).map(|name| first_segment(name).to_owned()));
    needles.extend(interest.lineages.then(|| "class".to_owned()));
    let named = interest.imports.iter().chain(&interest.calls).chain(&interest.handlers).chain(&interest.assignments);
    let defined = interest.definitions.iter().map(|(_, pattern)| pattern);
    for text in named.chain(defined) {
        let needle = match Pattern::parse(scoped(text).1) {
            Ok(Pattern::Exact(exact)) if exact == "bare" => "except".to_owned(),
            Ok(Pattern::Exact(exact)) => {
                let (first, last) = (first_segment(&exact), last_segment(&exact));
                let is_package = !matches!(first, "builtins" | "?");
                if is_package && first.len() > last.len() { first } else { last }.to_owned()
            }
            Ok(Pattern::Suffix(suffix)) => last_segment(&suffix).to_owned(),
            Ok(Pattern::Prefix(prefix)) => first_segment(&prefix).to_owned(),
            Ok(Pattern::Any | Pattern::Expression(_)) => return None,
            Err(_) => continue,
        };
        let is_word = needle.len() > 1 && needle.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        if !is_word || needle == "builtins" {
            return None;
        }
        needles.insert(needle);
    }
    for kind in &interest.statements {
        let words: &[&str] = match kind.as_str() {
            "assert" => &["assert"],
            "raise" => &["raise"],
            "while" => &["while"],
            "global" => &["global"],
            "test-assert" => &["assert"],
            "delete" => &["del"],
            "main-guard" => &["__main__"],
            "exit" => &["exit", "quit", "SystemExit"],
            _ => return None,
        };
        needles.extend(words.iter().map(ToString::to_string));
    }
    let mut needles: Vec<String> = needles.into_iter().collect();
    needles.sort();
    Some(needles)
}

#[cfg(test)]
mod tests {
    use super::{Names, PythonInterest, Role, Wanted};

    #[test]
    fn matches_as_single_patterns_do() {
        let names = Names::new(["time.sleep", "requests.*", "*.execute", "*able", "post*", "/^a.c$/"]);
        for name in ["time.sleep", "requests.get", "requests.a().b", "?.execute", "runnable", "postpone", "abc"] {
            assert!(names.is_match(name), "{name}");
        }
        for name in ["time.time", "requests", "execute", "?.execute2", "xpost", "abcd"] {
            assert!(!names.is_match(name), "{name}");
        }
    }

    #[test]
    fn skips_files_only_when_patterns_are_narrow() {
        let interest = |calls: &[&str]| PythonInterest {
            calls: calls.iter().map(ToString::to_string).collect(),
            ..PythonInterest::default()
        };
        let narrow = Wanted::new(&interest(&["time.sleep"]), Role::Source);
        assert!(narrow.may_be_in("from time import sleep as nap", "m"));
        assert!(!narrow.may_be_in("import os", "m"));
        for broad in ["*", "/x/", "builtins.*"] {
            assert!(Wanted::new(&interest(&[broad]), Role::Source).may_be_in("import os", "m"), "{broad}");
        }
    }
}
