//! Patterns for dotted names, programs and ids: exact, `prefix*`, `*suffix`, `*`, or a `/regular expression/`.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use regex::{Regex, RegexBuilder};

use super::matcher::Matcher;

/// One parsed pattern.
#[derive(Debug)]
pub(crate) enum Pattern {
    Exact(String),
    Prefix(String),
    Suffix(String),
    Any,
    Expression(Expression),
}

/// A regular expression that is compiled when the first name is asked about: most patterns meet none.
#[derive(Debug)]
pub(crate) struct Expression {
    text: String,
    compiled: OnceLock<Option<Matcher>>,
}

impl Expression {
    fn is_match(&self, name: &str) -> bool {
        // A broken one matches nothing: descriptions are checked when a plugin is loaded.
        let compiled = self.compiled.get_or_init(|| Matcher::of_names(&[&self.text]).ok());
        compiled.as_ref().is_some_and(|expression| expression.is_match(name))
    }
}

/// Says what is wrong with a pattern.
///
/// # Errors
/// What is wrong with the regular expression, or that a `*` stands in the middle.
pub(crate) fn check(text: &str) -> Result<(), String> {
    match Shape::of(text)? {
        Shape::Expression(expression) => {
            let ascii = RegexBuilder::new(expression).unicode(false).build();
            ascii.or_else(|_| Regex::new(expression)).map(drop).map_err(|error| error.to_string())
        }
        _ => Ok(()),
    }
}

/// What a pattern is, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape<'a> {
    Exact(&'a str),
    Prefix(&'a str),
    Suffix(&'a str),
    Any,
    Expression(&'a str),
}

impl<'a> Shape<'a> {
    /// Looks at a pattern; a regular expression is not compiled.
    ///
    /// # Errors
    /// When a `*` stands in the middle.
    pub(crate) fn of(text: &'a str) -> Result<Self, String> {
        if let Some(expression) = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/')) {
            return Ok(Self::Expression(expression));
        }
        match (text.strip_prefix('*'), text.strip_suffix('*')) {
            _ if text == "*" => Ok(Self::Any),
            (Some(suffix), None) if !suffix.contains('*') => Ok(Self::Suffix(suffix)),
            (None, Some(prefix)) if !prefix.contains('*') => Ok(Self::Prefix(prefix)),
            _ if !text.contains('*') => Ok(Self::Exact(text)),
            _ => Err(format!("`{text}`: `*` may stand at one end only; write a regular expression between slashes")),
        }
    }
}

impl Pattern {
    /// Parses a pattern. A regular expression is not compiled, so that a broken one matches nothing.
    ///
    /// # Errors
    /// When a `*` stands in the middle.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        Ok(match Shape::of(text)? {
            Shape::Exact(exact) => Self::Exact(exact.to_owned()),
            Shape::Prefix(prefix) => Self::Prefix(prefix.to_owned()),
            Shape::Suffix(suffix) => Self::Suffix(suffix.to_owned()),
            Shape::Any => Self::Any,
            Shape::Expression(text) => {
                Self::Expression(Expression { text: text.to_owned(), compiled: OnceLock::new() })
            }
        })
    }

    pub(crate) fn matches(&self, name: &str) -> bool {
        match self {
            Self::Exact(exact) => exact == name,
            Self::Prefix(prefix) => name.starts_with(prefix.as_str()),
            Self::Suffix(suffix) => name.ends_with(suffix.as_str()),
            Self::Any => true,
            Self::Expression(expression) => expression.is_match(name),
        }
    }
}

/// Regular expressions that are matched at once, compiled when the first text is asked about.
#[derive(Debug)]
pub(crate) struct ExpressionSet {
    texts: Vec<String>,
    of_names: OnceLock<Option<Matcher>>,
    of_texts: OnceLock<Option<Matcher>>,
}

impl ExpressionSet {
    /// Whether one of them matches a name; none does when one is broken.
    pub(crate) fn is_match(&self, name: &str) -> bool {
        self.of_names.get_or_init(|| Matcher::of_names(&self.texts).ok()).as_ref().is_some_and(|set| set.is_match(name))
    }

    /// Whether one of them may match in a text, whose characters outside ASCII are looked at byte by byte; when one is
    /// broken all may.
    pub(crate) fn may_match_in(&self, text: &[u8]) -> bool {
        self.of_texts.get_or_init(|| Matcher::of_texts(&self.texts).ok()).as_ref().is_none_or(|set| set.is_match(text))
    }
}

/// Sets of regular expressions, each compiled once however many ask for it.
#[derive(Debug, Default)]
pub(crate) struct ExpressionSets(HashMap<Vec<String>, Arc<ExpressionSet>>);

impl ExpressionSets {
    /// The set of some expressions; none of none.
    pub(crate) fn set(&mut self, texts: Vec<String>) -> Option<Arc<ExpressionSet>> {
        if texts.is_empty() {
            return None;
        }
        let new = |texts: &Vec<String>| {
            let (of_names, of_texts) = (OnceLock::new(), OnceLock::new());
            Arc::new(ExpressionSet { texts: texts.clone(), of_names, of_texts })
        };
        Some(Arc::clone(self.0.entry(texts).or_insert_with_key(new)))
    }
}

/// The scope that a pattern of assignments is limited to, and the pattern: `module:/^[a-z]/`.
pub(crate) fn scoped(text: &str) -> (Option<&str>, &str) {
    const SCOPES: &[&str] = &["module", "class", "function", "attribute", "parameter"];
    match text.split_once(':') {
        Some((scope, pattern)) if SCOPES.contains(&scope) => (Some(scope), pattern),
        _ => (None, text),
    }
}

/// Regular expressions that are kept of those that nobody declared: a hostile plugin may ask with ever new ones.
const MOST_UNDECLARED: usize = 32;

/// The patterns that were asked for, parsed: rules ask with few different ones, many times.
#[derive(Debug, Default)]
pub(crate) struct Patterns {
    declared: Parsed,
    undeclared: Parsed,
}

/// Patterns by their text; none of a broken one.
type Parsed = Mutex<HashMap<String, Option<Arc<Pattern>>>>;

impl Patterns {
    /// A pattern that a rule declared. None for a broken one, which matches nothing: descriptions are checked when a
    /// plugin is loaded.
    pub(crate) fn declared(&self, text: &str) -> Option<Arc<Pattern>> {
        parsed(&self.declared, text, usize::MAX)
    }

    /// Some patterns together, which need not be declared; broken ones match nothing.
    pub(crate) fn set<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> PatternSet<'a> {
        let mut set = PatternSet::default();
        for text in texts {
            match Shape::of(text) {
                Ok(Shape::Exact(exact)) => drop(set.exact.insert(exact)),
                Ok(Shape::Expression(_)) => set.others.extend(parsed(&self.undeclared, text, MOST_UNDECLARED)),
                _ => set.others.extend(Pattern::parse(text).map(Arc::new)),
            }
        }
        set
    }
}

/// The pattern of a text, which is kept unless so many are.
fn parsed(known: &Parsed, text: &str, most: usize) -> Option<Arc<Pattern>> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pattern) = known.get(text) {
        return pattern.clone();
    }
    let pattern = Pattern::parse(text).ok().map(Arc::new);
    if known.len() < most {
        known.insert(text.to_owned(), pattern.clone());
    }
    pattern
}

/// Many patterns, matched at once. Exact ones cost one look-up.
#[derive(Debug, Default)]
pub(crate) struct PatternSet<'a> {
    exact: HashSet<&'a str, foldhash::fast::RandomState>,
    others: Vec<Arc<Pattern>>,
}

impl PatternSet<'_> {
    /// Whether any pattern matches.
    pub(crate) fn is_match(&self, name: &str) -> bool {
        self.exact.contains(name) || self.others.iter().any(|pattern| pattern.matches(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_expressions_that_nobody_declared_are_kept() {
        let patterns = Patterns::default();
        for number in 0..2 * MOST_UNDECLARED {
            let text = format!("/^a{number}$/");
            let set = patterns.set([&*text, "b", "c*", "*d", "/[/", "e*f"]);
            let names = ["b", "cc", "dd", "e*f", "a"];
            assert_eq!(names.map(|name| set.is_match(name)), [true, true, true, false, false]);
            assert!(set.is_match(&format!("a{number}")) && patterns.declared(&text).is_some());
        }
        assert_eq!(patterns.undeclared.lock().unwrap().len(), MOST_UNDECLARED);
    }
}
