//! The one pass over the texts of the repository: each file is read once, searched for the declared patterns and, when
//! it is Python, parsed while it is at hand. Texts and trees are dropped with the file.

use std::collections::BTreeMap;

use super::kept::{self, Extract};
use super::kinds::Kinds;
use super::partial::Partial;
use super::python::{self, FileFacts, Python};
use super::search::{self, Search};
use super::trigrams::{Literal, Trigrams};
use super::{Changed, Facts, Kept};
use crate::parallel::{self, Work};
use crate::plugin::wit::Role;
use crate::repository::{File, Purpose, ReadError};
use crate::suppression::{MARK, has_comments};

/// Bytes of a file that takes as long as some dozen others.
const LONG_FILE: u64 = 32 << 10;
/// Bytes of stack of a thread that takes facts out of the cache.
const TAKER_STACK: usize = 1 << 20;

/// What was found in the texts.
pub(crate) struct Texts {
    pub(crate) python: Python,
    pub(crate) search: Search,
    /// The files in which comments may speak to plimsoll.
    pub(super) marked: Vec<String>,
    /// What was found, by the file's index, where it is kept.
    pub(super) extracts: Vec<(usize, Extract)>,
    /// The names of all classes, with the index of the file that defines them, where what was found is kept.
    pub(super) classes: Vec<(String, usize)>,
    /// What is known of classes where only some facts were taken out of the cache.
    pub(super) partial: Option<Partial>,
}

/// What is looked for.
pub(super) struct Plans {
    python: python::Plan,
    pub(super) search: search::Plan,
    mark: Literal,
}

impl Plans {
    /// Plans for some files.
    pub(super) fn new<'f>(facts: &Facts, files: impl Iterator<Item = &'f File> + Clone + Sync) -> Self {
        let parsed = files.map(|file| source(facts, file)).filter(|source| source.is_parsed).map(|source| source.role);
        let python = || python::Plan::new(facts, parsed.clone());
        let (python, search) = parallel::both(python, || search::Plan::new(&facts.interest().search));
        Self { python, search, mark: Literal::new(MARK.as_bytes()) }
    }
}

/// A file, and whether it is parsed.
pub(super) struct Source<'f> {
    pub(super) file: &'f File,
    pub(super) role: Role,
    pub(super) is_parsed: bool,
}

/// What was found in a file, and that in the form to be kept.
type FoundAndKept = (Found, Option<Extract>);

/// Texts that are being read. What is done for one needs what is known of the repository's files and projects, and never
/// what is found in other texts.
pub(super) struct Reading {
    plans: Plans,
    /// The files by their index. What takes long comes first, so that no thread is left with it at the end.
    order: Vec<usize>,
    work: Work<FoundAndKept>,
}

impl Reading {
    /// Plans to read what the interest needs.
    pub(super) fn new(facts: &Facts) -> Self {
        let files = facts.repository().files();
        let plans = Plans::new(facts, files.iter());
        let mut order: Vec<usize> = (0..files.len()).collect();
        order.sort_by_key(|index| files[*index].size < LONG_FILE);
        let work = Work::new(order.len());
        Self { plans, order, work }
    }

    /// Reads what no other thread reads.
    pub(super) fn take_part(&self, facts: &Facts) {
        // Noting sequences takes a large table, which nobody needs who reads nothing.
        self.work.take_part(
            python::STACK,
            || None,
            |trigrams: &mut Option<Trigrams>, place| {
                let source = source(facts, &facts.repository().files()[self.order[place]]);
                let Some(kept) = &facts.kept else {
                    let trigrams = trigrams.get_or_insert_default();
                    return (read(facts, &self.plans, &source, trigrams).unwrap_or_default(), None);
                };
                if let Some((found, extract)) = kept.find(facts, &source) {
                    return (found, Some(extract));
                }
                read_and_keep(facts, &self.plans, &source, trigrams.get_or_insert_default())
            },
        );
    }

    /// What was found, by the file's index; for the first who asks.
    fn finish(&self) -> Vec<(usize, FoundAndKept)> {
        let found = self.work.finish().into_iter();
        let mut found: Vec<_> = found.map(|(place, found)| (self.order[place], found)).collect();
        found.sort_unstable_by_key(|(index, _)| *index);
        found
    }
}

impl Texts {
    /// Reads what the interest needs, or what others have left of it.
    pub(crate) fn build(facts: &Facts) -> Self {
        let reading = facts.reading();
        reading.take_part(facts);
        let all = facts.repository().files();
        let (mut files, mut matches) = (Vec::with_capacity(all.len()), Vec::new());
        let (mut marked, mut extracts, mut classes) = (Vec::new(), Vec::new(), Vec::new());
        for (index, (found, extract)) in reading.finish() {
            let path = &all[index].path;
            if is_marked(facts, path, &found) {
                marked.push(path.clone());
            }
            if facts.kept.is_some() {
                let defined = found.file.iter().flat_map(|file| &file.classes);
                classes.extend(defined.map(|class| (class.name.clone(), index)));
            }
            extracts.extend(extract.map(|extract| (index, extract)));
            files.extend(found.file);
            matches.extend(found.matches);
        }
        let python = Python::new(facts, files);
        let search = Search::new(reading.plans.search.patterns(), matches);
        Self { python, search, marked, extracts, classes, partial: None }
    }

    /// Takes out of the cache what is wanted; no file is read. None where the cache is damaged.
    pub(crate) fn part(
        facts: &Facts,
        kept: &Kept,
        wanted: &BTreeMap<String, Kinds>,
        changed: &Changed,
    ) -> Option<Self> {
        let mut parts: BTreeMap<&str, Part> = BTreeMap::new();
        parts.extend(wanted.iter().map(|(path, kinds)| (path.as_str(), Part::Kept(*kinds))));
        for (index, extract) in changed.extracts() {
            let file = facts.repository().files().get(*index);
            parts.extend(file.map(|file| (file.path.as_str(), Part::Changed(extract.as_ref()))));
        }
        let parts: Vec<(&str, Part)> = parts.into_iter().collect();
        let take = |(): &mut (), (path, part): &(&str, Part<'_>)| match part {
            Part::Kept(kinds) => kept.part(path, *kinds),
            Part::Changed(Some(extract)) => extract.decode(path),
            Part::Changed(None) => Some(Found::default()),
        };
        let found = parallel::map(&parts, TAKER_STACK, || (), take);
        let (mut files, mut matches, mut partial) = (Vec::with_capacity(parts.len()), Vec::new(), Partial::default());
        for ((path, part), found) in parts.iter().zip(found) {
            let mut found = found?;
            if part.is_whole() {
                partial.add(path, found.file.as_mut());
            }
            files.extend(found.file);
            matches.extend(found.matches);
        }
        let mut patterns: Vec<&str> = facts.interest().search.keys().map(|(pattern, _)| pattern.as_str()).collect();
        patterns.dedup();
        Some(Self {
            python: Python::new(facts, files),
            search: Search::new(patterns.into_iter(), matches),
            marked: Vec::new(),
            extracts: Vec::new(),
            classes: Vec::new(),
            partial: Some(partial),
        })
    }
}

/// Of what was found in a file, what is taken.
enum Part<'a> {
    Kept(Kinds),
    /// What is found now, if the file is of any use.
    Changed(Option<&'a Extract>),
}

impl Part<'_> {
    /// Whether it is all that was found.
    fn is_whole(&self) -> bool {
        match self {
            Self::Kept(kinds) => *kinds == Kinds::ALL,
            Self::Changed(_) => true,
        }
    }
}

/// Reads one file as it is now: what is found in it, and that in the form to be kept.
fn read_and_keep(
    facts: &Facts,
    plans: &Plans,
    source: &Source<'_>,
    trigrams: &mut Trigrams,
) -> (Found, Option<Extract>) {
    let mut found = read(facts, plans, source, trigrams);
    let extract = found.as_mut().and_then(|found| kept::extract(facts, source, found));
    (found.unwrap_or_default(), extract)
}

/// Reads some files as they are now.
pub(super) fn of_files(facts: &Facts, plans: &Plans, files: &[&File]) -> Vec<(Found, Option<Extract>)> {
    let read = |trigrams: &mut Trigrams, file: &&File| read_and_keep(facts, plans, &source(facts, file), trigrams);
    parallel::map(files, python::STACK, Trigrams::default, read)
}

/// Whether comments in what was found may speak to plimsoll.
pub(super) fn is_marked(facts: &Facts, path: &str, found: &Found) -> bool {
    found.is_marked && facts.projects().role_of(path) != Role::Vendored
}

pub(super) fn source<'f>(facts: &Facts, file: &'f File) -> Source<'f> {
    let role = facts.projects().role_of(&file.path);
    Source { file, role, is_parsed: python::is_parsed(&file.path, role) }
}

/// What was found in one file.
#[derive(Default)]
pub(super) struct Found {
    pub(super) file: Option<FileFacts>,
    pub(super) matches: Vec<search::Found>,
    pub(super) is_marked: bool,
}

/// Reads one file; none when it is of no use, or when no one wants it and nothing in it can speak to plimsoll.
fn read(facts: &Facts, plans: &Plans, source: &Source<'_>, trigrams: &mut Trigrams) -> Option<Found> {
    let Plans { python, search, mark } = plans;
    let (path, role) = (source.file.path.as_str(), source.role);
    let is_searchable = source.file.size <= search::LARGEST_FILE as u64;
    let wanted = is_searchable.then(|| search.wanted(path, role)).filter(|wanted| !wanted.is_empty());
    if wanted.is_none() && !source.is_parsed {
        let is_read = is_searchable && role != Role::Vendored && has_comments(path);
        let text = is_read.then(|| facts.repository().read_bytes_for(path, Purpose::Alone).ok()).flatten()?;
        return Some(Found { is_marked: mark.is_anywhere_in(&text), ..Found::default() });
    }
    let text = if source.file.size > python::LARGEST_FILE as u64 {
        Err(ReadError::TooLarge { size: source.file.size })
    } else {
        // It may have grown since it was listed.
        facts.repository().read_for(path, Purpose::Alone).and_then(|text| match text.len() {
            0..=python::LARGEST_FILE => Ok(text),
            size => Err(ReadError::TooLarge { size: size as u64 }),
        })
    };
    trigrams.note(text.as_ref().map_or(&[], String::as_bytes));
    let parsed = source.is_parsed.then(|| python.read(facts, path, role, text.as_deref(), trigrams));
    let text = text.ok()?;
    let matches = match wanted {
        Some(wanted) => search::search_text(search, &wanted, path, role, &text, trigrams),
        None => Vec::new(),
    };
    Some(Found { file: parsed.flatten(), matches, is_marked: mark.is_in(text.as_bytes(), trigrams) })
}
