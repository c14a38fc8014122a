//! What rules said in an earlier run, in the user's own cache. Where some files changed since, none of which decides
//! about others, a rule is not called again that would be shown the same: it would say the same.
//!
//! What a rule is shown of a single file is what it declared to look for in texts and in Python code, the files that it
//! read as text, the classes that it was told of, and which files are empty of those that it searched by their names. All
//! else comes of files that are read for facts about the whole; where one of these changed, or the list of files, or the
//! history, all rules are called.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::cache_entry::CacheEntry;
use crate::check::{Outcome, RuleResult};
use crate::facts::git::Git;
use crate::facts::globs::Globs;
use crate::facts::{Changed, Facts, Interest, Kept, Known, Overlay, Renewed, Target, is_python};
use crate::plugin::description::Rule;
use crate::plugin::limits::fuel;
use crate::plugin::run::{Answer, Usage};
use crate::plugin::said::{Asked, Said};
use crate::plugin::source::Source;
use crate::repository::{Digest, File, Purpose, Reading, Repository, Stamp};

/// Of the entries.
const VERSION: &str = "2";
/// So many are kept of one repository: for other options, rules or paths.
const MOST_ENTRIES: usize = 4;
/// Where more files changed, most rules have something new to look at.
const MOST_CHANGED: usize = 50;

/// Bytes of the least file that someone who looks for scripts, manifests or builds passes over.
const SMALLEST_LIMIT: u64 = 64 << 10;

/// Where is kept what rules said of one repository when one thing was asked.
pub(crate) struct Outcomes {
    place: CacheEntry,
    /// When this run began, in nanoseconds since 1970.
    begun: i64,
}

/// What came before the answers, in the same entry.
#[derive(Serialize, Deserialize)]
struct Head {
    /// Digest of the list of files, without their sizes.
    names: Digest,
    history: Digest,
    begun: i64,
    /// Of all files.
    sizes: Vec<u64>,
    reads: Vec<KeptReading>,
    known: Known,
    /// When the run began that wrote down what was found in texts.
    base: i64,
    /// What replaces that.
    overlay: Overlay,
}

/// What rules said in an earlier run, and all that it hangs on.
pub(crate) struct Entry {
    head: Head,
    outcomes: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
struct KeptReading {
    index: usize,
    stamp: Stamp,
    reading: Reading,
    /// Whether what was found in the file is kept.
    has_extract: bool,
}

#[derive(Serialize, Deserialize)]
struct KeptOutcome<'a> {
    plugin: usize,
    rule: usize,
    target: Cow<'a, Target>,
    result: KeptResult<'a>,
}

#[derive(Serialize, Deserialize)]
enum KeptResult<'a> {
    Said { said: Cow<'a, Said>, fuel: u64 },
    NoEvidence(Cow<'a, str>),
}

/// By plugin, rule and target.
type Results = HashMap<(usize, usize, Target), RuleResult>;

/// What rules would say again, and what it came of.
pub(crate) struct Earlier {
    reads: BTreeMap<usize, Reading>,
    results: Mutex<Results>,
    /// The plugins with rules that are called.
    called: BTreeSet<usize>,
    /// The files that the results speak of.
    paths: BTreeSet<String>,
}

impl Earlier {
    /// The files in which rules would find something again.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter().map(String::as_str)
    }

    /// Whether rules of a plugin are to be called.
    pub(crate) fn calls(&self, plugin: usize) -> bool {
        self.called.contains(&plugin)
    }

    /// What a rule would say of a target. It is handed out once.
    pub(crate) fn take(&self, plugin: usize, rule: usize, target: &Target) -> Option<RuleResult> {
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        results.remove(&(plugin, rule, target.clone()))
    }
}

/// What rules said, in the form to be kept; none where one of them failed, which it may not do again.
pub(crate) fn encode(outcomes: &[Outcome]) -> Option<Vec<u8>> {
    let kept = outcomes.iter().map(|outcome| {
        let result = match &outcome.result {
            RuleResult::NoEvidence(reason) => KeptResult::NoEvidence(Cow::Borrowed(reason)),
            RuleResult::Called(answer) if answer.error.is_none() => {
                KeptResult::Said { said: Cow::Borrowed(&answer.said), fuel: answer.usage.fuel }
            }
            RuleResult::Called(_) => return None,
        };
        let target = Cow::Borrowed(&outcome.target);
        Some(KeptOutcome { plugin: outcome.plugin, rule: outcome.rule, target, result })
    });
    postcard::to_allocvec(&kept.collect::<Option<Vec<_>>>()?).ok()
}

/// What was read for a report, now and before by those who were not called again.
pub(crate) fn reads(repository: &Repository, earlier: Option<Earlier>) -> BTreeMap<usize, Reading> {
    let mut reads = earlier.map(|earlier| earlier.reads).unwrap_or_default();
    for (index, reading) in repository.reads() {
        let known = reads.entry(index).or_insert(reading);
        *known = known.and(reading);
    }
    reads
}

impl Outcomes {
    /// The place for a question to the repository at a root: see [`crate::results::Results::open`].
    pub(crate) fn open(root: &Path, question: &[&str], begun: i64) -> Option<Self> {
        let place = CacheEntry::open("outcomes", root, &[&[VERSION], question].concat(), MOST_ENTRIES)?;
        Some(Self { place, begun })
    }

    /// Keeps what rules said, with what was read for it.
    pub(crate) fn store(&self, facts: &Facts, reads: &BTreeMap<usize, Reading>, outcomes: &[u8]) {
        if let Some(body) = put_together(facts, self.begun, reads, outcomes) {
            self.place.write(&body);
        }
    }

    /// What was written down last.
    pub(crate) fn read(&self) -> Option<Entry> {
        Entry::decode(self.place.read()?)
    }
}

/// An entry.
fn put_together(facts: &Facts, begun: i64, reads: &BTreeMap<usize, Reading>, outcomes: &[u8]) -> Option<Vec<u8>> {
    let files = facts.repository().files();
    let (base, overlay) = facts.overlay().unwrap_or((begun, Overlay::default()));
    let reading = |(index, reading): (&usize, &Reading)| {
        let (index, reading, stamp) = (*index, *reading, files.get(*index)?.stamp);
        Some(KeptReading { index, stamp, reading, has_extract: facts.keeps(index) })
    };
    let head = Head {
        names: facts.repository().names(),
        history: facts.git().state(),
        begun,
        sizes: files.iter().map(|file| file.size).collect(),
        reads: reads.iter().filter_map(reading).collect(),
        known: facts.known(),
        base,
        overlay,
    };
    let mut body = postcard::to_allocvec(&head).ok()?;
    body.extend_from_slice(outcomes);
    Some(body)
}

impl Entry {
    fn decode(mut body: Vec<u8>) -> Option<Self> {
        let (head, outcomes) = postcard::take_from_bytes::<Head>(&body).ok()?;
        let length = body.len() - outcomes.len();
        body.drain(..length);
        Some(Self { head, outcomes: body })
    }

    /// Adds what was found in files since it was written down what was found in all of them.
    pub(crate) fn complete(&mut self, kept: &mut Kept) {
        if kept.begun() == self.head.base {
            kept.replace(std::mem::take(&mut self.head.overlay));
        }
    }

    /// What rules would say again, for plugins in the order in which they are called. From then on the facts know what
    /// the earlier run knew. None where all of them are to be called.
    pub(crate) fn recall(self, facts: &Facts, plugins: &[&Source]) -> Option<Earlier> {
        let Self { head, outcomes } = self;
        let repository = facts.repository();
        // What was found in files must be there too, for those who are called.
        let is_there = |read: &KeptReading| facts.keeps_of(read.index, read.reading.digest);
        let is_whole = head.reads.iter().all(|read| !read.has_extract || is_there(read));
        if !is_whole || !head.holds(repository, facts.git()) {
            return None;
        }
        let changes = Changes::since(&head, repository)?;
        let outcomes: Vec<KeptOutcome<'_>> = postcard::from_bytes(&outcomes).ok()?;
        let changed = Changed::new(facts, &changes.renewed)?;
        let judge = Judge { facts, plugins, changes: &changes, changed: &changed };
        let (results, called, wanted) = judge.still_true(outcomes);
        let mut reads: BTreeMap<usize, Reading> = head.reads.iter().map(|read| (read.index, read.reading)).collect();
        reads.retain(|index, _| !changes.renewed.iter().any(|one| one.index == *index));
        facts.recall(head.known, head.base, changed, wanted);
        let answers = results.values().filter_map(RuleResult::answer);
        let paths = answers.flat_map(|answer| answer.said.paths()).map(str::to_owned).collect();
        Some(Earlier { reads, results: Mutex::new(results), called, paths })
    }
}

impl Head {
    /// Whether the files are the same but for what is in them, and what is known does not hang on what rules asked for.
    fn holds(&self, repository: &Repository, git: &Git) -> bool {
        self.names == repository.names()
            && self.history == git.state()
            && self.sizes.len() == repository.files().len()
            && self.reads.iter().all(|read| read.reading.is_certain())
            && self.known.problems.iter().all(|problem| is_python(&problem.path))
    }
}

/// What changed since an earlier run.
struct Changes {
    /// The files that were read and are not what they were.
    renewed: Vec<Renewed>,
    /// The paths of files that were empty and are not, or the other way round.
    emptied: Vec<String>,
    /// The paths of the files that were read.
    paths: BTreeSet<String>,
}

impl Changes {
    /// None where a file changed that may decide about others, or too many did.
    fn since(head: &Head, repository: &Repository) -> Option<Self> {
        let files = repository.files();
        let (_, renewed) = repository.compare(
            &head.reads,
            |read| (read.index, read.reading.digest),
            |read, file| {
                file.stamp == read.stamp && file.size == head.sizes[read.index] && read.stamp.is_settled(head.begun)
            },
        );
        if renewed.len() > MOST_CHANGED || renewed.iter().any(|read| read.reading.purpose == Purpose::Basis) {
            return None;
        }
        let is_renewed = |index: usize| renewed.iter().any(|read| read.index == index);
        let mut resized = files.iter().zip(&head.sizes).enumerate().filter(|(_, (file, before))| file.size != **before);
        // A file that was passed over because it was large may be of use now, and decide about others.
        let was_passed_over = |file: &File, before: u64| before > SMALLEST_LIMIT && !is_python(&file.path);
        if resized.any(|(index, (file, before))| !is_renewed(index) || was_passed_over(file, *before)) {
            return None;
        }
        let path = |read: &&KeptReading| files.get(read.index).map(|file| file.path.clone());
        let is_other = |(file, before): &(&File, &u64)| (file.size == 0) != (**before == 0);
        Some(Self {
            emptied: files.iter().zip(&head.sizes).filter(is_other).map(|(file, _)| file.path.clone()).collect(),
            paths: renewed.iter().filter_map(path).collect(),
            renewed: renewed
                .into_iter()
                .map(|read| Renewed { index: read.index, digest: read.reading.digest, was_kept: read.has_extract })
                .collect(),
        })
    }
}

/// Decides who would say the same again.
struct Judge<'a> {
    facts: &'a Facts,
    plugins: &'a [&'a Source],
    changes: &'a Changes,
    changed: &'a Changed,
}

impl Judge<'_> {
    /// What is still true, the plugins with rules of which it isn't, and what these rules want.
    fn still_true(&self, outcomes: Vec<KeptOutcome<'_>>) -> (Results, BTreeSet<usize>, Interest) {
        let most_fuel = fuel(self.facts);
        let (mut interests, mut globs) = (HashMap::new(), HashMap::new());
        let mut results = HashMap::with_capacity(outcomes.len());
        // Plugins that may carry something over from one call to the next are called for all or for nothing. Built-in ones
        // carry over what decides about all their rules alike, projects and whole documents: see `Asked`.
        let mut spoilt: BTreeSet<(usize, Target)> = BTreeSet::new();
        let (mut called, mut wanted) = (BTreeSet::new(), Interest::default());
        for KeptOutcome { plugin, rule, target, result } in outcomes {
            let Some(source) = self.plugins.get(plugin) else { continue };
            let Some(description) = source.description.rules.get(rule) else { continue };
            let target = target.into_owned();
            let interest = interests.entry((plugin, rule)).or_insert_with(|| interest(description));
            let result = match result {
                KeptResult::NoEvidence(reason) => Some(RuleResult::NoEvidence(reason.into_owned())),
                KeptResult::Said { said, fuel } => {
                    let is_same = fuel <= most_fuel
                        && !self.changed.concerns(self.facts, interest, &target)
                        && !self.was_shown(&said.asked, &target, &mut globs);
                    is_same.then(|| RuleResult::Called(Box::new(answer(said.into_owned(), fuel))))
                }
            };
            match result {
                Some(result) => {
                    results.insert((plugin, rule, target), result);
                }
                None => {
                    called.insert(plugin);
                    if source.is_built_in {
                        description.add_interest(&mut wanted);
                    } else {
                        spoilt.insert((plugin, target));
                        source.description.rules.iter().for_each(|rule| rule.add_interest(&mut wanted));
                    }
                }
            }
        }
        results.retain(|(plugin, _, target), _| !spoilt.contains(&(*plugin, target.clone())));
        (results, called, wanted)
    }

    /// Whether a rule was shown the text of a file that changed, where a class that changed comes from, or that a file is
    /// empty that is not now, or the other way round.
    fn was_shown(&self, asked: &Asked, target: &Target, known: &mut HashMap<Vec<String>, Vec<usize>>) -> bool {
        let emptied = &self.changes.emptied;
        let is_named = !emptied.is_empty()
            && asked.globs.iter().any(|globs| {
                let named = known.entry(globs.clone()).or_insert_with(|| {
                    let globs = Globs::new(globs);
                    (0..emptied.len()).filter(|index| globs.is_match(&emptied[*index])).collect()
                });
                named.iter().any(|index| target.contains(self.facts, &emptied[*index]))
            });
        is_named || !asked.paths.is_disjoint(&self.changes.paths) || self.changed.concerns_classes(&asked.classes)
    }
}

fn interest(rule: &Rule) -> Interest {
    let mut interest = Interest::default();
    rule.add_interest(&mut interest);
    interest
}

fn answer(said: Said, fuel: u64) -> Answer {
    let usage = Usage { fuel, ..Usage::default() };
    Answer { said, error: None, guest: Duration::ZERO, usage }
}

#[cfg(test)]
mod tests;
