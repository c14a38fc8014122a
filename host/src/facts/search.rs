//! Where regular expressions match in text files, looked for when a rule first asks; large files, binaries and what is
//! not UTF-8 are left out.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use globset::GlobSet;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use regex::bytes::{Regex, RegexBuilder};

use super::{Facts, Target, pattern};
use crate::plugin::wit::repository::Match;
use crate::plugin::wit::{Place, Span};

/// Files larger than this are not searched.
const LARGEST_FILE: u64 = 1 << 20;
/// A NUL byte among the first so many makes a file a binary.
const BINARY_PROBE: usize = 8 << 10;
/// The most bytes of texts that are kept for the next search.
const MOST_KEPT: usize = 96 << 20;
/// Matches of one pattern kept of one file.
const MOST_MATCHES: usize = 200;
/// The most bytes of a match and of its line that are handed on.
const LONGEST_TEXT: usize = 1_024;
/// The most bytes that one compiled pattern, and its cache, may take.
const LARGEST_EXPRESSION: usize = 10 << 20;

/// The matches of the patterns that were asked for.
#[derive(Default)]
pub(crate) struct Search {
    /// By pattern; sorted by path and span.
    matches: Mutex<BTreeMap<String, Arc<Vec<Match>>>>,
    texts: Texts,
}

/// The texts of files that were searched: most files are searched for several rules.
#[derive(Default)]
struct Texts {
    known: Mutex<HashMap<String, Option<Arc<str>>>>,
    bytes: AtomicUsize,
}

impl Texts {
    /// The text of a file; none of what is no text, or too large.
    fn of(&self, facts: &Facts, path: &str) -> Option<Arc<str>> {
        let known = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(text) = known().get(path) {
            return text.clone();
        }
        let text = facts.repository().read(path).ok().filter(|text| {
            !text.as_bytes()[..text.len().min(BINARY_PROBE)].contains(&0) && text.len() as u64 <= LARGEST_FILE
        });
        let text: Option<Arc<str>> = text.map(Arc::from);
        let size = text.as_ref().map_or(0, |text| text.len());
        if self.bytes.fetch_add(size, Ordering::Relaxed) + size <= MOST_KEPT {
            known().insert(path.to_owned(), text.clone());
        }
        text
    }
}

/// The declared patterns, ready to be looked for.
struct Plan {
    globs: GlobSet,
    /// For each glob, which of the expressions.
    wanted: Vec<Vec<usize>>,
    expressions: Vec<Regex>,
}

impl Search {
    /// The matches of the patterns in the target's files that one of the globs names, sorted by path, span and
    /// pattern. Patterns are numbered as in the call.
    pub(crate) fn search(&self, facts: &Facts, target: &Target, patterns: &[String], globs: &[String]) -> Vec<Match> {
        let globs = pattern::globs(globs);
        let mut result = Vec::new();
        for (index, all) in self.all(facts, patterns).iter().enumerate() {
            let mut last: Option<(&str, bool)> = None;
            for found in all.iter() {
                let path = found.place.path.as_str();
                let is_wanted = match last {
                    Some((last, is_wanted)) if last == path => is_wanted,
                    _ => globs.is_match(path) && target.contains(facts, path),
                };
                last = Some((path, is_wanted));
                if is_wanted {
                    result.push(Match { pattern: index as u32, ..found.clone() });
                }
            }
        }
        result.sort_by(|left, right| sort_key(left).cmp(&sort_key(right)));
        result
    }

    /// All matches of each pattern, in all files that some rule declared it for. The patterns that nobody asked for
    /// before are looked for in one pass over the files.
    fn all(&self, facts: &Facts, patterns: &[String]) -> Vec<Arc<Vec<Match>>> {
        let mut known = self.matches.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = |(pattern, _): &&(String, String)| patterns.contains(pattern) && !known.contains_key(pattern);
        let new: BTreeSet<(String, String)> = facts.interest().search.iter().filter(is_new).cloned().collect();
        if !new.is_empty() {
            let (names, plan) = plan(&new);
            let files = facts.repository().files();
            let found: Vec<Vec<(usize, Match)>> =
                files.par_iter().map(|file| search_file(facts, &self.texts, &plan, file)).collect();
            let mut matches: Vec<Vec<Match>> = names.iter().map(|_| Vec::new()).collect();
            found.into_iter().flatten().for_each(|(pattern, found)| matches[pattern].push(found));
            known.extend(names.into_iter().zip(matches.into_iter().map(Arc::new)));
        }
        patterns.iter().map(|pattern| known.get(pattern).cloned().unwrap_or_default()).collect()
    }
}

fn sort_key(found: &Match) -> (&str, u32, u32, u32) {
    (&found.place.path, found.place.span.start, found.place.span.end, found.pattern)
}

/// The distinct patterns that are valid, and how to look for them.
fn plan(wanted: &BTreeSet<(String, String)>) -> (Vec<String>, Plan) {
    let mut patterns: Vec<String> = Vec::new();
    let mut expressions: Vec<Regex> = Vec::new();
    let mut by_glob: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    // Sorted, so that equal patterns are neighbours.
    for (pattern, glob) in wanted {
        if patterns.last() != Some(pattern) {
            // Descriptions are checked when a plugin is loaded; what got through and is broken matches nothing.
            let Some(expression) = expression(pattern) else { continue };
            patterns.push(pattern.clone());
            expressions.push(expression);
        }
        by_glob.entry(glob).or_default().push(patterns.len() - 1);
    }
    let names: Vec<String> = by_glob.keys().map(|&glob| glob.to_owned()).collect();
    let plan = Plan { globs: pattern::globs(&names), wanted: by_glob.into_values().collect(), expressions };
    (patterns, plan)
}

/// Compiles a pattern. Classes are those of ASCII, whose tables are small; a pattern that names others gets them.
fn expression(pattern: &str) -> Option<Regex> {
    let build = |is_unicode: bool| {
        let mut builder = RegexBuilder::new(pattern);
        builder.unicode(is_unicode).size_limit(LARGEST_EXPRESSION).dfa_size_limit(LARGEST_EXPRESSION).build()
    };
    let is_plain = pattern.is_ascii() && !["\\p", "\\P", "\\u", "\\x"].iter().any(|name| pattern.contains(name));
    if is_plain { build(false).or_else(|_| build(true)).ok() } else { build(true).ok() }
}

fn search_file(facts: &Facts, texts: &Texts, plan: &Plan, file: &crate::repository::File) -> Vec<(usize, Match)> {
    let globs = plan.globs.matches(&file.path);
    if globs.is_empty() || file.size > LARGEST_FILE {
        return Vec::new();
    }
    let role = facts.projects().role_of(&file.path);
    let Some(text) = texts.of(facts, &file.path) else { return Vec::new() };
    // Positions are those of the file, patterns need not know of the byte order mark.
    let base = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    // One expression after the other: each has literals to look for first, which a set of all of them has not.
    let present: BTreeSet<usize> = globs.into_iter().flat_map(|glob| plan.wanted[glob].iter().copied()).collect();
    let mut result = Vec::new();
    for index in present {
        let spans = plan.expressions[index].captures_iter(&text.as_bytes()[base..]).filter_map(|captures| {
            let found = captures.iter().skip(1).flatten().next().or_else(|| captures.get(0))?;
            // A match may begin or end inside a character; it then takes the whole of it.
            let (start, end) =
                (text.floor_char_boundary(base + found.start()), text.ceil_char_boundary(base + found.end()));
            (!found.is_empty()).then_some((start, end))
        });
        result.extend(spans.take(MOST_MATCHES).map(|(start, end)| {
            let place = Place { path: file.path.clone(), span: Span { start: start as u32, end: end as u32 } };
            let (shown, line) = (shorten(&text[start..end]), line_around(&text, start, end));
            (index, Match { pattern: 0, place, text: shown.to_owned(), line: line.to_owned(), role })
        }));
    }
    result
}

fn shorten(text: &str) -> &str {
    &text[..text.floor_char_boundary(LONGEST_TEXT)]
}

/// The line of a match; of a long line the part around it.
fn line_around(text: &str, start: usize, end: usize) -> &str {
    let line_start = text[..start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    let mut from = line_start;
    if line_end - line_start > LONGEST_TEXT {
        let before = LONGEST_TEXT.saturating_sub(end.min(line_end) - start) / 2;
        from = text.ceil_char_boundary(start.saturating_sub(before).max(line_start));
    }
    let line = &text[from.min(start)..line_end];
    shorten(line.trim_start_matches('\u{feff}')).trim_end_matches('\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Interest, git::Git};
    use crate::repository::Repository;

    fn check(files: &[(&str, &[u8])], patterns: &[&str], globs: &[&str], expected: &[(u32, &str, u32, &str)]) {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let (patterns, globs) = (owned(patterns), owned(globs));
        let pairs = patterns.iter().flat_map(|pattern| globs.iter().map(move |glob| (pattern.clone(), glob.clone())));
        let interest = Interest { search: pairs.collect(), ..Interest::default() };
        let files = files.iter().map(|&(path, bytes)| (path.to_owned(), bytes.to_vec())).collect();
        let facts = Facts::new(Repository::from_files(files), Git::default(), interest);
        let found = facts.search().search(&facts, &Target::Repository, &patterns, &globs);
        let found: Vec<_> = found
            .iter()
            .map(|found| (found.pattern, found.place.path.as_str(), found.place.span.start, found.text.as_str()))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_groups_and_whole_matches() {
        check(
            &[("b/x.py", b"key = 'abc'\nkey = 'd'\n"), ("a.py", "\u{feff}key = 1".as_bytes()), ("c.txt", b"key = 1")],
            &["(?m)^key", "key = '([a-z]+)'", "["],
            &["*.py"],
            &[
                (0, "a.py", 3, "key"),
                (0, "b/x.py", 0, "key"),
                (1, "b/x.py", 7, "abc"),
                (0, "b/x.py", 12, "key"),
                (1, "b/x.py", 19, "d"),
            ],
        );
    }

    #[test]
    fn takes_each_match_once_although_globs_overlap() {
        check(&[("a.py", b"x")], &["x"], &["*.py", "a.*"], &[(0, "a.py", 0, "x")]);
    }

    #[test]
    fn leaves_binaries_out() {
        check(&[("a", b"x\0"), ("b", b"x\xff"), ("c", &vec![b'x'; 2 << 20])], &["x"], &["*"], &[]);
    }

    #[test]
    fn bounds_lines() {
        let long = format!("{}ä{}", "é".repeat(3_000), "ö".repeat(3_000));
        let start = long.find('ä').unwrap_or_default();
        let line = line_around(&long, start, start + 2);
        assert!(line.len() <= LONGEST_TEXT && line.contains('ä') && line.contains('é') && line.contains('ö'));
        assert_eq!(line_around("a\nb c\r\nd", 4, 5), "b c");
    }
}
