//! Where regular expressions match in text files; large files, binaries and what is not UTF-8 are left out.
//!
//! [`plan`] decides which expressions are run on a file, [`gate`] what a file must contain for that.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use regex_automata::Input;

pub(super) use self::plan::Plan;
use self::plan::Wanted;
use super::Facts;
use super::globs::Globs;
use super::postings::Names;
use super::python::{Scope, is_python};
use super::trigrams::Trigrams;
use crate::plugin::wit::repository::{Match, Tally};
use crate::plugin::wit::{Place, Role, Span};

mod gate;
mod plan;

/// Files larger than this are not searched.
pub(super) const LARGEST_FILE: usize = 1 << 20;
/// A NUL byte among the first so many makes a file a binary.
const BINARY_PROBE: usize = 8 << 10;
/// Matches of one pattern kept of one file.
const MOST_MATCHES: usize = 200;
/// The most bytes of a match and of its line that are handed on.
const LONGEST_TEXT: usize = 1_024;

/// The matches of all patterns that the active rules declare, by pattern; sorted by path and span.
#[derive(Default)]
pub(crate) struct Search {
    by_pattern: BTreeMap<String, Vec<Match>>,
    /// Globs that were asked for, ready to match.
    globs: Mutex<HashMap<Vec<String>, Arc<Globs>>>,
}

/// A match, and which of the plan's patterns it is of.
pub(super) type Found = (usize, Match);

impl Search {
    /// Sorts what was found, in the order of the files.
    pub(super) fn new<'p>(patterns: impl Iterator<Item = &'p str>, found: impl IntoIterator<Item = Found>) -> Self {
        let mut by_pattern: Vec<(String, Vec<Match>)> = patterns.map(|it| (it.to_owned(), Vec::new())).collect();
        for (pattern, found) in found {
            if let Some((_, matches)) = by_pattern.get_mut(pattern) {
                matches.push(found);
            }
        }
        let by_pattern = by_pattern.into_iter().collect();
        Self { by_pattern, globs: Mutex::default() }
    }

    /// All patterns that match, with the numbers of the files that they match in.
    pub(super) fn names(&self, number_of: &dyn Fn(&str) -> Option<u32>) -> Names<'_> {
        let of = |found: &Vec<Match>| found.iter().filter_map(|found| number_of(&found.place.path)).collect();
        self.by_pattern.iter().map(|(pattern, found)| (pattern.as_str(), of(found))).collect()
    }

    /// All matches of a pattern.
    pub(super) fn of(&self, pattern: &str) -> &[Match] {
        self.by_pattern.get(pattern).map_or(&[], Vec::as_slice)
    }

    /// The matches of the patterns in the files of the scope that one of the globs names, sorted by path, span and
    /// pattern. Patterns are numbered as in the call.
    pub(crate) fn search<'a>(
        &self,
        facts: &Facts,
        scope: impl Into<Scope<'a>>,
        patterns: &[String],
        globs: &[String],
    ) -> Vec<Match> {
        let mut result = Vec::new();
        self.each(facts, scope.into(), patterns, globs, |pattern, found| {
            result.push(Match { pattern, ..found.clone() });
        });
        if patterns.len() > 1 {
            result.sort_by(|left, right| sort_key(left).cmp(&sort_key(right)));
        }
        result
    }

    /// The first match of the patterns in each file of the scope that one of the globs names, and how many there are;
    /// sorted by path.
    pub(crate) fn tallies<'a>(
        &self,
        facts: &Facts,
        scope: impl Into<Scope<'a>>,
        patterns: &[String],
        globs: &[String],
    ) -> Vec<Tally> {
        let mut counted: Vec<Counted> = Vec::new();
        self.each(facts, scope.into(), patterns, globs, |pattern, first| match counted.last_mut() {
            Some(last) if last.pattern == pattern && last.first.place.path == first.place.path => last.count += 1,
            _ => counted.push(Counted { pattern, first, count: 1 }),
        });
        counted.sort_by(|left, right| sort_key(left.first).cmp(&sort_key(right.first)));
        counted.dedup_by(|later, earlier| {
            let is_same = later.first.place.path == earlier.first.place.path;
            earlier.count += if is_same { later.count } else { 0 };
            is_same
        });
        counted.into_iter().map(Counted::tally).collect()
    }

    /// Hands on the matches of the patterns, one pattern after the other, each sorted by path and span.
    fn each<'s>(
        &'s self,
        facts: &Facts,
        Scope { target, roles }: Scope<'_>,
        patterns: &[String],
        globs: &[String],
        mut action: impl FnMut(u32, &'s Match),
    ) {
        // Rules ask for few different ones, many times.
        let globs = {
            let mut known = self.globs.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(globs.to_vec()).or_insert_with_key(|globs| Arc::new(Globs::new(globs))))
        };
        for (index, pattern) in patterns.iter().enumerate() {
            let mut last: Option<(&str, bool)> = None;
            for found in self.by_pattern.get(pattern).into_iter().flatten() {
                let path = found.place.path.as_str();
                let is_wanted = match last {
                    Some((last, is_wanted)) if last == path => is_wanted,
                    _ => {
                        let is_in_scope = roles.contains(found.role) || !is_python(path);
                        is_in_scope && globs.is_match(path) && target.contains(facts, path)
                    }
                };
                last = Some((path, is_wanted));
                if is_wanted {
                    action(index as u32, found);
                }
            }
        }
    }
}

/// The matches of a pattern in a file.
struct Counted<'s> {
    pattern: u32,
    first: &'s Match,
    count: u32,
}

impl Counted<'_> {
    fn tally(self) -> Tally {
        Tally { first: Match { pattern: self.pattern, ..self.first.clone() }, count: self.count }
    }
}

fn sort_key(found: &Match) -> (&str, u32, u32, u32) {
    (&found.place.path, found.place.span.start, found.place.span.end, found.pattern)
}

/// Where the plan's patterns match in a text, whose sequences were noted; nothing in what is large or a binary.
pub(super) fn search_text(
    plan: &Plan,
    wanted: &Wanted,
    path: &str,
    role: Role,
    text: &str,
    trigrams: &Trigrams,
) -> Vec<Found> {
    if text.len() > LARGEST_FILE || text.as_bytes()[..text.len().min(BINARY_PROBE)].contains(&0) {
        return Vec::new();
    }
    // Positions are those of the file, patterns need not know of the byte order mark.
    let base = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let bytes = &text.as_bytes()[base..];
    let mut result = Vec::new();
    for (index, expression, ranges) in plan.present(wanted, bytes, trigrams) {
        let captures = ranges.into_iter().flat_map(|range| expression.captures_iter(Input::new(bytes).range(range)));
        let spans = captures.filter_map(|captures| {
            let found =
                captures.iter().skip(1).flatten().next().or_else(|| captures.get_match().map(|it| it.span()))?;
            // A match may begin or end inside a character; it then takes the whole of it.
            let (start, end) =
                (text.floor_char_boundary(base + found.start), text.ceil_char_boundary(base + found.end));
            (!found.is_empty()).then_some((start, end))
        });
        result.extend(spans.take(MOST_MATCHES).map(|(start, end)| {
            let place = Place { path: path.to_owned(), span: Span { start: start as u32, end: end as u32 } };
            let (shown, line) = (shorten(&text[start..end]), line_around(text, start, end));
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
    use crate::facts::role_set::RoleSet;
    use crate::facts::{Interest, Target, git::Git};
    use crate::repository::Repository;

    fn check(files: &[(&str, &[u8])], patterns: &[&str], globs: &[&str], expected: &[(u32, &str, u32, &str)]) {
        let owned = |texts: &[&str]| texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>();
        let (patterns, globs) = (owned(patterns), owned(globs));
        let pairs = patterns.iter().flat_map(|pattern| globs.iter().map(move |glob| (pattern.clone(), glob.clone())));
        let search = pairs.map(|pair| (pair, RoleSet::default())).collect();
        let interest = Interest { search, ..Interest::default() };
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
    fn tells_matches_in_brief() {
        let files = [("b.py", "y = x\nx"), ("a/c.py", "x"), ("d.txt", "x")];
        let patterns = ["x".to_owned(), "y".to_owned()];
        let search = patterns.iter().map(|it| ((it.clone(), "*.py".to_owned()), RoleSet::default())).collect();
        let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())).into();
        let interest = Interest { search, ..Interest::default() };
        let facts = Facts::new(Repository::from_files(files), Git::default(), interest);
        let tallies = facts.search().tallies(&facts, &Target::Repository, &patterns, &["*.py".to_owned()]);
        let shown: Vec<_> = tallies
            .iter()
            .map(|it| (it.first.place.path.as_str(), it.first.place.span.start, it.first.pattern, it.count))
            .collect();
        assert_eq!(shown, [("a/c.py", 0, 0, 1), ("b.py", 0, 1, 3)]);
    }

    #[test]
    fn takes_each_match_once_although_globs_overlap() {
        check(&[("a.py", b"x")], &["x"], &["*.py", "a.*"], &[(0, "a.py", 0, "x")]);
    }

    /// Lines that are near each other are searched at once; nothing more or less is found, and nothing across them.
    #[test]
    fn many_lines_say_what_few_say() {
        let mut text = String::new();
        let mut expected = Vec::new();
        for number in 0..180 {
            text.push_str("def other():\n    test_\n");
            expected.push((0, "a.py", (text.len() + "def ".len()) as u32, format!("test_{number}")));
            text.push_str(&format!("def test_{number}(): pass\n"));
            text.push_str(&"x = 1\n".repeat(number % 3 * 40));
        }
        let expected = expected.iter().map(|(pattern, path, at, text)| (*pattern, *path, *at, text.as_str()));
        check(&[("a.py", text.as_bytes())], &[r"(?m)^def[ \t]+(test_\w+)"], &["*"], &expected.collect::<Vec<_>>());
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
