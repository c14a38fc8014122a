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
use crate::facts::pattern::Globs;
use crate::facts::{Changed, Facts, Interest, Kept, Known, Overlay, Renewed, Target, is_python};
use crate::plugin::description::Rule;
use crate::plugin::host::{Asked, Said};
use crate::plugin::run::{Answer, Source, Usage, fuel};
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
    pub(crate) fn paths(&self) -> BTreeSet<&str> {
        self.paths.iter().map(String::as_str).collect()
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
        let answers = results.values().filter_map(|result| match result {
            RuleResult::Called(answer) => Some(answer),
            RuleResult::NoEvidence(_) => None,
        });
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
        // Plugins that may carry something over from one call to the next are called for all or for nothing.
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
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::check::{Order, full_id, interest, run};
    use crate::plugin::run::{Loaded, Loader};
    use crate::repository::Repository;

    /// Long after the files of an example were written, which is in 1970.
    const LATER: i64 = 1_000_000_000_000;

    fn facts(files: &[(&str, &str)], plugins: &[Source], kept: Kept) -> Arc<Facts> {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
        let interest = interest(plugins.iter().map(|plugin| plugin.description.as_ref()), &|_| true);
        Arc::new(
            Facts::new(Repository::from_files(files).noting_reads(), Git::default(), interest).with_kept(Some(kept)),
        )
    }

    fn sections() -> Vec<Source> {
        let mut sections = crate::package::built_in::sections().unwrap();
        sections.retain(|section| matches!(section.description.name.as_str(), "security" | "structure"));
        sections
    }

    fn call(facts: &Arc<Facts>, plugins: &[Loaded], earlier: Option<&Earlier>) -> Vec<Outcome> {
        run(facts, plugins, &|_| true, &BTreeMap::new(), &[], Order::Declared, earlier)
    }

    /// Which of these rules are called again when a repository becomes another one; none where all of all are.
    fn called(
        before: &[(&str, &str)],
        after: &[(&str, &str)],
        rules: &[&str],
        is_built_in: bool,
    ) -> Option<Vec<String>> {
        let mut sources = sections();
        sources.iter_mut().for_each(|source| source.is_built_in = is_built_in);
        let loader = Loader::new().unwrap();
        let load = |source: &Source| loader.load(source, &mut Vec::new()).unwrap().0;
        let plugins: Vec<Loaded> = sources.iter().map(load).collect();

        let first = facts(before, &sources, Kept::default());
        let kept = encode(&call(&first, &plugins, None)).unwrap();
        let body = put_together(&first, LATER, &reads(first.repository(), None), &kept).unwrap();

        let extracts = Kept::decode(first.to_keep(LATER).unwrap()).unwrap();
        let second = facts(after, &sources, extracts);
        let earlier = Entry::decode(body)?.recall(&second, &sources.iter().collect::<Vec<_>>())?;
        let id = |plugin: usize, rule: usize| {
            full_id(&sources[plugin].description, &sources[plugin].description.rules[rule])
        };
        let known: BTreeSet<String> =
            earlier.results.lock().unwrap().keys().map(|(plugin, rule, _)| id(*plugin, *rule)).collect();
        let called = rules.iter().filter(|rule| !known.contains(**rule)).map(|rule| (*rule).to_owned()).collect();

        // What is said is what is said by a run that calls everybody.
        let outcomes = call(&second, &plugins, Some(&earlier));
        let anew = facts(after, &sources, Kept::default());
        assert_eq!(said(&outcomes), said(&call(&anew, &plugins, None)));
        assert_eq!(second.problems(), anew.problems());
        assert_eq!(second.marked(), anew.marked());
        Some(called)
    }

    fn said(outcomes: &[Outcome]) -> Vec<String> {
        let of = |outcome: &Outcome| {
            let said = match &outcome.result {
                RuleResult::Called(answer) => format!("{:?}", serde_json::to_value(&answer.said).unwrap()),
                RuleResult::NoEvidence(reason) => reason.clone(),
            };
            format!("{} {} {:?} {said}", outcome.plugin, outcome.rule, outcome.target)
        };
        outcomes.iter().map(of).collect()
    }

    const PROJECT: (&str, &str) = ("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\n");
    const RULES: &[&str] =
        &["security/dynamic-code-execution", "structure/function-name-case", "structure/tracked-build-output"];

    fn check(before: &str, after: &str, expected: &[&str]) {
        let of =
            |text| [PROJECT, ("src/app/__init__.py", ""), ("src/app/a.py", text), ("src/app/b.py", "eval(input())\n")];
        assert_eq!(called(&of(before), &of(after), RULES, true).unwrap(), expected, "{before:?} to {after:?}");
    }

    #[test]
    fn rules_are_called_that_see_something_new() {
        check("x = 1\n", "x = 1\n", &[]);
        check("x = 1\n", "x = 2  # plimsoll: allow(security) -- no\n", &[]);
        check("x = 1\n", "x = 1\neval(input())\n", &["security/dynamic-code-execution"]);
        check("eval(input())\n", "x = 1\n", &["security/dynamic-code-execution"]);
        check("eval(input())\n", "eval(input())\n# More.\n", &[]);
        check("eval(input())\n", "\neval(input())\n", &["security/dynamic-code-execution"]);
        check("x = 1\n", "def aB(): ...\n", &["structure/function-name-case"]);
        // Its text was read.
        check("def aB(): ...\n", "def aB(): ...\nx = 'aB'\n", &["structure/function-name-case"]);
        // What is broken is complained of, and so is what was.
        check("x = 1\n", "def (:\n", &[]);
    }

    #[test]
    fn a_class_concerns_those_who_were_told_of_it() {
        let called = |base: &str, other: &str, base_now: &str, other_now: &str| {
            let child = "from app.base import Base\n\nclass Child(Base):\n    def aB(self): ...\n";
            let of = |base, other| {
                let files = [("src/app/base.py", base), ("src/app/child.py", child), ("src/app/other.py", other)];
                [&[PROJECT, ("src/app/__init__.py", "")][..], &files].concat()
            };
            called(&of(base, other), &of(base_now, other_now), &["structure/function-name-case"], true).unwrap()
        };
        let (base, other) = ("class Base: ...\n", "class Other: ...\n");
        let named = "class Base:\n    aB = 1\n";
        let told = ["structure/function-name-case"];
        assert_eq!(called(base, other, named, other), told);
        assert_eq!(called(named, other, base, other), told);
        assert_eq!(called(base, other, "", other), told);
        assert_eq!(called("", other, base, other), told);
        assert_eq!(called(base, other, base, "class Other:\n    aB = 1\n"), [""; 0]);
        assert_eq!(called(base, other, base, ""), [""; 0]);
        // Which one of a name is the last. In memory only another size tells another file.
        assert_eq!(called(&format!("{named}{base}"), other, &format!("{base}{named}\n"), other), told);
    }

    #[test]
    fn all_rules_are_called_where_more_than_one_file_may_count() {
        let is_all = |before: &[(&str, &str)], after: &[(&str, &str)]| called(before, after, RULES, true).is_none();
        let module = ("src/app/a.py", "x = 1\n");
        let renamed = ("pyproject.toml", "[project]\nname = \"other\"\nversion = \"1\"\n");
        assert!(is_all(&[PROJECT, module], &[renamed, module]));
        assert!(is_all(&[PROJECT, module], &[PROJECT, module, ("src/app/b.py", "")]));
        assert!(is_all(&[PROJECT, module], &[PROJECT]));
        // A script of this size is passed over.
        let (large, small) = ("# \n".repeat(100_000) + "ls\n", "# \n".repeat(20_000) + "ls\n");
        assert!(is_all(&[PROJECT, module, ("ci.sh", &large)], &[PROJECT, module, ("ci.sh", &small)]));
        // Profiles come of calls.
        let served = ("src/app/a.py", "import fastapi\napp = fastapi.FastAPI()\n");
        assert!(is_all(&[PROJECT, module], &[PROJECT, served]));
    }

    type State = BTreeMap<String, String>;

    /// Runs through states of a repository, each with what the run before kept, and tells which of them write down anew
    /// what was found in all files. What is said is what is said by runs that know nothing.
    fn run_through(states: impl IntoIterator<Item = State>) -> Vec<bool> {
        let sources = sections();
        let loader = Loader::new().unwrap();
        let plugins: Vec<Loaded> = sources.iter().map(|it| loader.load(it, &mut Vec::new()).unwrap().0).collect();
        let (mut extracts, mut entry): (Option<Vec<u8>>, Option<Vec<u8>>) = (None, None);
        let run = |(step, state): (usize, State)| {
            let files: Vec<(&str, &str)> = state.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
            let mut kept = extracts.clone().and_then(Kept::decode).unwrap_or_default();
            let mut earlier = entry.take().and_then(Entry::decode);
            earlier.iter_mut().for_each(|entry| entry.complete(&mut kept));
            let now = facts(&files, &sources, kept);
            let earlier = earlier.and_then(|entry| entry.recall(&now, &sources.iter().collect::<Vec<_>>()));
            assert_eq!(earlier.is_some(), step > 0, "step {step}");
            let outcomes = call(&now, &plugins, earlier.as_ref());
            let anew = facts(&files, &sources, Kept::default());
            assert_eq!(said(&outcomes), said(&call(&anew, &plugins, None)), "step {step}");
            assert_eq!(now.problems(), anew.problems(), "step {step}");
            let begun = LATER + step as i64;
            let written = now.to_keep(begun);
            let is_anew = written.is_some();
            extracts = written.or(extracts.take());
            let kept = encode(&outcomes).unwrap();
            entry = put_together(&now, begun, &reads(now.repository(), earlier), &kept);
            is_anew
        };
        states.into_iter().enumerate().map(run).collect()
    }

    /// The states that changes lead through.
    fn states<const N: usize>(first: &[(&str, &str)], changes: [Vec<(String, String)>; N]) -> Vec<State> {
        let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        let mut states: Vec<State> = vec![[PROJECT].iter().chain(first).map(owned).collect()];
        for change in changes {
            let mut next = states.last().unwrap().clone();
            next.extend(change);
            states.push(next);
        }
        states
    }

    #[test]
    fn one_change_after_the_other() {
        let base = "from app.root import Root\n\nclass Base(Root):\n    kept = 1\n";
        let child = "from app.base import Base\n\nclass Child(Base):\n    def aB(self): ...\n";
        let secret = "password = 'hunter2hunter2'  # nosec\n";
        let first = [
            ("src/app/__init__.py", ""),
            ("src/app/root.py", "class Root: ...\n"),
            ("src/app/base.py", base),
            ("src/app/child.py", child),
            ("src/app/calls.py", "eval(input())\n"),
            ("src/app/secret.py", secret),
        ];
        let to = |name: &str, text: &str| vec![(format!("src/app/{name}.py"), text.to_owned())];
        let changes = [
            to("calls", "\neval(input())\n"),
            // Broken, with something to be found all the same.
            to("secret", &format!("{secret}{secret}def (:\n")),
            to("calls", "\n\neval(input())\n"),
            to("root", "class Root:\n    aB = 1\n"),
            to("secret", &format!("{secret}{secret}{secret}")),
            to("child", &format!("\n{child}")),
            to("base", "class Other: ...\n"),
            to("child", &format!("\n\n{child}")),
        ];
        let written = run_through(states(&first, changes));
        assert_eq!(written.iter().position(|is_anew| !is_anew), Some(1));
        assert!(!written[1..].contains(&true));
    }

    #[test]
    fn after_many_changes_all_is_written_down_anew() {
        let names: Vec<String> = (0..60).map(|number| format!("src/app/m{number}.py")).collect();
        let first: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "eval(input())\n")).collect();
        let to = |some: &[String], text: &str| some.iter().map(|name| (name.clone(), text.to_owned())).collect();
        let changes = [
            to(&names[..30], "x = 1\neval(input())\n"),
            to(&names[30..], "x = 22\neval(input())\n"),
            to(&names[5..6], "x = 333\neval(input())\n"),
            to(&names[5..40], "eval(1)\n"),
        ];
        assert_eq!(run_through(states(&first, changes)), [true, false, true, false, false]);
    }

    #[test]
    fn plugins_that_may_remember_are_called_for_all_or_nothing() {
        let of = |text| [PROJECT, ("src/app/a.py", text)];
        let called = |after| called(&of("x = 1\n"), &of(after), RULES, false).unwrap();
        assert_eq!(called("x = 2\n"), [""; 0]);
        assert_eq!(called("def aB(): ...\n"), ["structure/function-name-case", "structure/tracked-build-output"]);
    }
}
