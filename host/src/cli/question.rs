//! Asks a repository what is wrong with it: what an earlier run found is taken where nothing changed, and the rules are
//! called for the rest.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::progress::Progress;
use super::{load_called, say};
use crate::baseline::{Baseline, Looked};
use crate::check::{Order, full_id};
use crate::extracts::Extracts;
use crate::facts::git::Since;
use crate::facts::{Facts, Interest};
use crate::finding::{Report, Timing};
use crate::outcomes::{self, Outcomes};
use crate::parallel;
use crate::plugin::description::Description;
use crate::plugin::load::Loaded;
use crate::plugin::source::Source;
use crate::results::Results;
use crate::setup::{Selection, Setup, rule_ids};
use crate::suppression::Date;
use crate::verdict::{self, Judge, SourceTexts};

/// A report, with the facts and the plugins that it came from.
pub(super) struct Checked {
    pub(super) report: Report,
    pub(super) facts: Arc<Facts>,
    /// None where an earlier report still holds.
    pub(super) plugins: Vec<Loaded>,
}

/// What is asked of a repository.
#[derive(Clone, Copy)]
pub(super) struct Question<'a> {
    pub(super) selection: &'a Selection,
    /// Findings of low confidence are wanted too.
    pub(super) pedantic: bool,
    /// Only findings below these paths are wanted; all when empty.
    pub(super) paths: &'a [String],
    /// What `until` of suppressions is compared with; none for HEAD's day.
    pub(super) today: Option<Date>,
    pub(super) caching: Caching,
    pub(super) unseen: Unseen,
}

/// What becomes of rules whose findings nobody would see.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Unseen {
    /// They are called: what does not apply and what is undecided shows too.
    Call,
    Skip,
}

/// Whether the report of an earlier run is taken where nothing changed since.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Caching {
    On,
    Off,
}

impl Question<'_> {
    /// Where the report that answers this is kept. What is not written yet is not kept.
    fn results(&self, setup: &Setup) -> Option<Results> {
        if self.caching == Caching::Off || !setup.changes.is_empty() {
            return None;
        }
        let asked = self.text(setup);
        Results::open(&setup.root, &asked.each_ref().map(String::as_str))
    }

    /// Where is kept what rules said when this was asked, by a run that begins at this moment.
    fn outcomes(&self, setup: &Setup, begun: i64) -> Option<Outcomes> {
        let asked = self.text(setup);
        Outcomes::open(&setup.root, &asked.each_ref().map(String::as_str), begun)
    }

    /// All that decides about the answer besides the repository.
    fn text(&self, setup: &Setup) -> [String; 4] {
        let Self { selection, pedantic, paths, today, caching: _, unseen } = self;
        let asked = format!("{selection:?} {pedantic} {paths:?} {today:?} {unseen:?}");
        let plugins = setup.plugins.iter();
        let plugins: Vec<String> = plugins.map(|it| format!("{} {}", it.description.label(), it.digest)).collect();
        [asked, setup.manifest.path.clone(), setup.manifest.text.clone(), plugins.join("\n")]
    }
}

impl Checked {
    /// What was looked at.
    pub(super) fn looked<'a>(&'a self, selection: &'a Selection, paths: &'a [String]) -> Looked<'a> {
        looked(&self.facts, &self.report, selection, paths)
    }

    /// Takes out of the report what the baseline accepts.
    pub(super) fn accept(&mut self, baseline: Option<&Baseline>, selection: &Selection, paths: &[String]) {
        if let Some(baseline) = baseline {
            let looked = looked(&self.facts, &self.report, selection, paths);
            baseline.apply(&mut self.report, &looked);
        }
    }

    /// Takes out of the report what is where nothing changed.
    pub(super) fn keep_changed(&mut self, since: &Since, plugins: &[Source]) {
        let wholes: BTreeSet<String> = plugins
            .iter()
            .flat_map(|plugin| plugin.description.rules.iter().map(|rule| (&plugin.description, rule)))
            .filter(|(_, rule)| matches!(rule.trigger.kind.as_str(), "project" | "repository"))
            .map(|(description, rule)| full_id(description, rule))
            .collect();
        let findings = std::mem::take(&mut self.report.findings);
        let before = findings.len();
        let is_whole = |rule: &str| wholes.contains(rule);
        self.report.findings = since.retain(findings, self.facts.repository(), &is_whole);
        self.report.unchanged = before - self.report.findings.len();
    }
}

fn looked<'a>(facts: &'a Facts, report: &Report, selection: &'a Selection, paths: &'a [String]) -> Looked<'a> {
    Looked { repository: facts.repository(), selection, paths, broken: report.broken.clone() }
}

/// Checks a repository.
pub(super) fn check(setup: &Setup, question: &Question<'_>, progress: &Progress) -> anyhow::Result<Checked> {
    // What fixes made of the repository is checked again; everything has been said by then.
    answer(setup, question, progress, setup.changes.is_empty())
}

/// Answers a question. Only the first time warnings are printed.
fn answer(setup: &Setup, question: &Question<'_>, progress: &Progress, is_first: bool) -> anyhow::Result<Checked> {
    let Question { selection, pedantic, paths, today, unseen, .. } = *question;
    selection.validate(&setup.plugins)?;
    for warning in setup.warnings.iter().filter(|_| is_first) {
        say(&format!("warning: {warning}"));
    }
    let start = Instant::now();
    let (known, nothing) = (rule_ids(&setup.plugins), BTreeSet::new());
    let judge = Judge { manifest: &setup.manifest, selection, pedantic, paths, known: &known, today, unseen: &nothing };
    let unseen = match unseen {
        Unseen::Call => BTreeSet::new(),
        Unseen::Skip => judge.unseen(setup.plugins.iter().map(|plugin| plugin.description.as_ref())),
    };
    let judge = Judge { unseen: &unseen, ..judge };
    let is_active = |rule: &str| selection.is_active(rule) && !unseen.contains(rule);
    let is_needed =
        |description: &Description| description.rules.iter().any(|rule| is_active(&full_id(description, rule)));
    progress.step("listing files");
    let (repository, git) = setup.open()?;
    for mistake in setup.manifest.unmatched(&repository).into_iter().filter(|_| is_first) {
        say(&format!("warning: {mistake}"));
    }
    let results = question.results(setup);
    if let Some(report) = results.as_ref().and_then(|results| results.load(&repository, &git)) {
        if report.misses_unseen {
            return answer(setup, &Question { unseen: Unseen::Call, ..*question }, progress, false);
        }
        let facts = Arc::new(Facts::new(repository, git, Interest::default()));
        return Ok(Checked { report, facts, plugins: Vec::new() });
    }
    let repository = if results.is_some() {
        // As it is before it is read: what changes meanwhile counts as changed next time.
        git.state();
        repository.noting_reads()
    } else {
        repository
    };
    let listed = start.elapsed();
    progress.step("loading plugins");
    let descriptions = setup.plugins.iter().map(|plugin| plugin.description.as_ref());
    let interest = crate::check::interest(descriptions, &is_active);
    let extracts = results.as_ref().and_then(|results| Extracts::open(&setup.root, &interest, results.begun()));
    // What rules said is compared with what was found in files, and worth nothing without.
    let outcomes = extracts.as_ref().zip(results.as_ref());
    let outcomes = outcomes.and_then(|(_, results)| question.outcomes(setup, results.begun()));
    let facts = Facts::new(repository, git, interest).with_profiles(setup.profiles());
    let load = || {
        let (mut kept, mut entry) = (extracts.as_ref()?.load(), outcomes.as_ref()?.read());
        entry.iter_mut().for_each(|entry| entry.complete(&mut kept));
        Some((kept, entry))
    };
    let (kept, entry) = match extracts {
        // What was kept is put to use once it is known where in which project each file lies.
        Some(_) => parallel::both(load, || facts.projects()).0.unzip(),
        None => (None, None),
    };
    let entry = entry.flatten();
    let facts = Arc::new(facts.with_kept(kept));
    let active: Vec<&Source> = setup.plugins.iter().filter(|plugin| is_needed(&plugin.description)).collect();
    let earlier = entry.and_then(|entry| entry.recall(&facts, &active));
    let ignored: Vec<String> =
        setup.manifest.projects.iter().filter(|project| project.ignore).map(|project| project.path.clone()).collect();
    let mut loaded = listed;
    let (plugins, answers, sources) = std::thread::scope(|scope| -> anyhow::Result<_> {
        let sources = match &earlier {
            Some(earlier) => parallel::spawn(scope, crate::check::STACK, || {
                verdict::read_ahead(&facts, &setup.manifest, earlier.paths())
            }),
            None => {
                crate::check::prepare(&facts);
                None
            }
        };
        let plugins = load_called(&active, &|plugin| earlier.as_ref().is_none_or(|earlier| earlier.calls(plugin)))?;
        loaded = start.elapsed();
        progress.step("checking");
        let options = setup.options();
        let (order, earlier) = (Order::Declared, earlier.as_ref());
        let answers = crate::check::run(&facts, &plugins, &is_active, &options, &ignored, order, earlier);
        // What could not be read ahead is read when it is wanted.
        let sources = sources.map_or_else(SourceTexts::new, parallel::join);
        Ok((plugins, answers, sources))
    })?;
    let ran = start.elapsed();
    let kept = outcomes.as_ref().and_then(|_| outcomes::encode(&answers));
    let mut report = verdict::report(&facts, &plugins, answers, &judge, sources);
    // What fails may not fail again.
    if let Some(results) = results.filter(|_| report.errors.is_empty()) {
        let reads = outcomes::reads(facts.repository(), earlier);
        let store_outcomes = || {
            if let (Some(outcomes), Some(kept)) = (&outcomes, &kept) {
                outcomes.store(&facts, &reads, kept);
            }
        };
        let store_results = || results.store(facts.repository(), facts.git(), &reads, &report);
        let store_extracts = || extracts.iter().for_each(|extracts| extracts.store(&facts));
        parallel::both(store_results, || parallel::both(store_outcomes, store_extracts));
    } else if let Some(extracts) = extracts {
        extracts.store(&facts);
    }
    if report.misses_unseen {
        drop(facts);
        return answer(setup, &Question { unseen: Unseen::Call, ..*question }, progress, false);
    }
    let part = |what: &str, time: std::time::Duration| Timing {
        what: what.to_owned(),
        milliseconds: time.as_secs_f64() * 1000.0,
        guest: 0.0,
    };
    report.timings.splice(
        0..0,
        [
            part("list files", listed),
            part("load plugins", loaded.saturating_sub(listed)),
            part("facts and rules", ran.saturating_sub(loaded)),
            part("report", start.elapsed().saturating_sub(ran)),
        ],
    );
    Ok(Checked { report, facts, plugins })
}
