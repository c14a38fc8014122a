//! `plimsoll bench`: what each rule of a plugin costs on a repository.
//!
//! All rules run on one thread, in their order, in a fresh instance for each target, as they do in a check. The first
//! pass builds the facts, the second counts what crosses, and the further ones are timed. Fuel has to be the same in
//! all of them. The preset of a plugin is not used; what the repository's manifest sets is.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::json;

use super::build::build;
use super::{CLEAN, PLUGIN_FAILED, say};
use crate::check::{Outcome, RuleResult, full_id, interest, run_in_turn};
use crate::facts::Facts;
use crate::output::plain_table;
use crate::output::text::printable;
use crate::package::resolve::read_at;
use crate::plugin::crossing::Crossed;
use crate::plugin::description::Description;
use crate::plugin::load::{Loaded, Loader};
use crate::plugin::run::Counting;
use crate::plugin::source::Source;
use crate::repository::Changes;
use crate::setup::{Setup, default_options, read_manifest};

/// Measure what the rules of a plugin cost
///
/// Fuel counts the operators of WebAssembly that a rule runs: the same plugin, repository and plimsoll give the same
/// number everywhere. Guest time is the time in the plugin with the crossing of values, host time that of the host's
/// answers from facts that are built already; both are medians. Bytes in are the rule's options and the host's answers,
/// bytes out what the rule asks with and reports, each as large as the interface copies it into the other side's memory.
/// What an instance is told once, its projects and whole documents, counts for the first rule that asks.
#[derive(Args)]
pub(super) struct Arguments {
    /// A component, or the folder of a plugin, which is built first
    plugin: PathBuf,

    /// The root of the repository that the rules run on
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    repository: PathBuf,

    /// How often everything is timed
    #[arg(long, value_name = "NUMBER", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    runs: u16,

    #[arg(long, value_enum, default_value = "text")]
    format: Format,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// What all was measured.
struct Bench {
    /// Absolute path of the repository.
    root: PathBuf,
    files: usize,
    runs: u16,
    compiled: Duration,
    /// From the cache; none where there is no cache.
    loaded: Option<Duration>,
    /// Median of all instances; none where no rule was called.
    instantiated: Option<Duration>,
    /// Time in the host's answers when the facts were not there yet.
    facts: Duration,
    rules: Vec<RuleCost>,
}

/// What one rule costs, over all targets.
struct RuleCost {
    id: String,
    /// For how many targets it was called.
    targets: usize,
    fuel: u64,
    /// The lowest and the highest sum of all passes, if they differ.
    fuel_range: Option<(u64, u64)>,
    guest: Duration,
    host: Duration,
    calls: u64,
    crossed: Crossed,
    findings: usize,
    /// Why it was called for no target.
    not_called: Option<String>,
    errors: Vec<String>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let path = &arguments.plugin;
    let source =
        if path.is_dir() { build(path)? } else { read_at(path, &path.display().to_string(), &mut Vec::new())? };
    let bench = measure(&source, &arguments.repository, arguments.runs)?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    match arguments.format {
        Format::Text => write_text(&bench, &source, &mut out)?,
        Format::Json => write_json(&bench, &source, &mut out)?,
    }
    out.flush()?;
    for rule in &bench.rules {
        if let Some((lowest, highest)) = rule.fuel_range {
            say(&format!("warning: {}: its fuel is not always the same: {lowest} to {highest}", rule.id));
        }
        for error in &rule.errors {
            say(&format!("error: {} failed {error}", rule.id));
        }
    }
    Ok(if bench.rules.iter().all(|rule| rule.errors.is_empty()) { CLEAN } else { PLUGIN_FAILED })
}

fn measure(source: &Source, repository: &Path, runs: u16) -> anyhow::Result<Bench> {
    let label = || source.description.label();
    let root = repository.canonicalize().with_context(|| repository.display().to_string())?;
    if !root.is_dir() {
        bail!("{} is no folder", repository.display());
    }
    let loader = Loader::new()?;
    let compiled = loader.compile_time(source).with_context(label)?;
    let (plugin, kept) = loader.load(source, &mut Vec::new()).with_context(label)?;
    let mut loaded = None;
    if loader.warning().is_none() && kept.is_none() {
        let start = Instant::now();
        loader.load(source, &mut Vec::new()).with_context(label)?;
        loaded = Some(start.elapsed());
    }

    let manifest = read_manifest(&root)?;
    let setup = Setup { root, manifest, plugins: Vec::new(), warnings: Vec::new(), changes: Changes::new() };
    let (repository, git) = setup.open()?;
    let files = repository.files().len();
    let description = &source.description;
    let interest = interest(std::iter::once(description.as_ref()), &|_| true);
    let facts = Arc::new(Facts::new(repository, git, interest).with_profiles(setup.profiles()));
    let options = default_options(std::slice::from_ref(description), &setup.manifest);
    let ignored: Vec<String> =
        setup.manifest.projects.iter().filter(|project| project.ignore).map(|project| project.path.clone()).collect();
    let pass = |counting| run_in_turn(&facts, &plugin, &options, &ignored, counting);

    let first = pass(Counting::Off);
    let counted = pass(Counting::On);
    let timed: Vec<Vec<Outcome>> = (0..runs).map(|_| pass(Counting::Off)).collect();
    let instantiations = timed.iter().flatten().filter_map(|outcome| {
        outcome.result.answer().map(|answer| answer.usage.instantiation).filter(|time| !time.is_zero())
    });
    let rules = (0..description.rules.len()).map(|rule| cost(&plugin, rule, &first, &counted, &timed)).collect();
    Ok(Bench {
        root: setup.root,
        files,
        runs,
        compiled,
        loaded,
        instantiated: median(instantiations.collect()),
        facts: Times::of(&first, None).host,
        rules,
    })
}

/// What a rule cost in the passes.
fn cost(plugin: &Loaded, rule: usize, first: &[Outcome], counted: &[Outcome], timed: &[Vec<Outcome>]) -> RuleCost {
    let mut cost = RuleCost {
        id: full_id(&plugin.description, &plugin.description.rules[rule]),
        targets: 0,
        fuel: 0,
        fuel_range: None,
        guest: Duration::ZERO,
        host: Duration::ZERO,
        calls: 0,
        crossed: Crossed::default(),
        findings: 0,
        not_called: None,
        errors: Vec::new(),
    };
    for outcome in counted.iter().filter(|outcome| outcome.rule == rule) {
        let answer = match &outcome.result {
            RuleResult::Called(answer) => answer,
            RuleResult::NoEvidence(reason) => {
                cost.not_called.get_or_insert_with(|| reason.clone());
                continue;
            }
        };
        let crossed = answer.usage.crossed.unwrap_or_default();
        cost.targets += 1;
        cost.calls += answer.usage.calls;
        cost.crossed.to_plugin += crossed.to_plugin;
        cost.crossed.from_plugin += crossed.from_plugin;
        cost.findings += answer.said.findings.len();
        cost.errors.extend(answer.error.as_ref().map(|error| format!("({}): {}", error.kind, error.message)));
    }
    if cost.targets > 0 {
        cost.not_called = None;
    }
    let all = timed.iter().map(Vec::as_slice).chain([first, counted]);
    let fuels: Vec<u64> = all.map(|pass| Times::of(pass, Some(rule)).fuel).collect();
    cost.fuel = fuels[0];
    if let (Some(lowest), Some(highest)) = (fuels.iter().min(), fuels.iter().max())
        && lowest != highest
    {
        cost.fuel_range = Some((*lowest, *highest));
    }
    let times: Vec<Times> = timed.iter().map(|pass| Times::of(pass, Some(rule))).collect();
    cost.guest = median(times.iter().map(|times| times.guest).collect()).unwrap_or_default();
    cost.host = median(times.iter().map(|times| times.host).collect()).unwrap_or_default();
    cost
}

/// Sums over the targets of one pass.
#[derive(Default)]
struct Times {
    fuel: u64,
    guest: Duration,
    host: Duration,
}

impl Times {
    /// Of one rule, or of all.
    fn of(pass: &[Outcome], rule: Option<usize>) -> Self {
        let mut times = Self::default();
        for outcome in pass.iter().filter(|outcome| rule.is_none_or(|rule| outcome.rule == rule)) {
            if let RuleResult::Called(answer) = &outcome.result {
                times.fuel += answer.usage.fuel;
                times.guest += answer.guest.saturating_sub(answer.usage.instantiation);
                times.host += answer.usage.host;
            }
        }
        times
    }
}

/// The middle one; of an even number the upper of the two.
fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort();
    times.get(times.len() / 2).copied()
}

fn write_text(bench: &Bench, source: &Source, out: &mut dyn Write) -> std::io::Result<()> {
    let description: &Description = &source.description;
    writeln!(
        out,
        "{} on {}, {} files; {} timed runs",
        description.label(),
        bench.root.display(),
        bench.files,
        bench.runs
    )?;
    let milliseconds = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    write!(out, "{} bytes, compiled in {}", source.wasm.len(), milliseconds(bench.compiled))?;
    match bench.loaded {
        Some(loaded) => write!(out, ", loaded from the cache in {}", milliseconds(loaded))?,
        None => write!(out, ", not kept in a cache")?,
    }
    match bench.instantiated {
        Some(instantiated) => writeln!(out, ", instantiated in {} µs", instantiated.as_micros())?,
        None => writeln!(out)?,
    }
    writeln!(out, "facts built in {}\n", milliseconds(bench.facts))?;
    let rows: Vec<Vec<String>> = bench.rules.iter().filter(|rule| rule.not_called.is_none()).map(row).collect();
    let head = ["rule", "fuel", "guest µs", "host µs", "calls", "bytes in", "bytes out", "findings"];
    write!(out, "{}", plain_table(&head, &rows))?;
    for rule in &bench.rules {
        if let Some(reason) = &rule.not_called {
            writeln!(out, "  {}: not called: {}", rule.id, printable(reason))?;
        }
    }
    Ok(())
}

fn row(rule: &RuleCost) -> Vec<String> {
    let numbers = [
        u128::from(rule.fuel),
        rule.guest.as_micros(),
        rule.host.as_micros(),
        u128::from(rule.calls),
        u128::from(rule.crossed.to_plugin),
        u128::from(rule.crossed.from_plugin),
        rule.findings as u128,
    ];
    std::iter::once(rule.id.clone()).chain(numbers.iter().map(u128::to_string)).collect()
}

fn write_json(bench: &Bench, source: &Source, out: &mut dyn Write) -> anyhow::Result<()> {
    let microseconds = |time: Duration| time.as_micros() as u64;
    let rules: Vec<_> = bench
        .rules
        .iter()
        .map(|rule| {
            json!({
                "rule": rule.id, "targets": rule.targets, "fuel": rule.fuel,
                "fuel_is_stable": rule.fuel_range.is_none(), "guest_us": microseconds(rule.guest),
                "host_us": microseconds(rule.host), "host_calls": rule.calls, "bytes_in": rule.crossed.to_plugin,
                "bytes_out": rule.crossed.from_plugin, "findings": rule.findings, "not_called": rule.not_called,
                "errors": rule.errors,
            })
        })
        .collect();
    let description = &source.description;
    let all = json!({
        "plugin": description.name, "version": description.version.to_string(),
        "digest": format!("sha256:{}", source.digest), "size": source.wasm.len(),
        "repository": bench.root.display().to_string(), "files": bench.files, "runs": bench.runs,
        "compile_us": microseconds(bench.compiled), "load_us": bench.loaded.map(microseconds),
        "instantiate_us": bench.instantiated.map(microseconds), "facts_us": microseconds(bench.facts), "rules": rules,
    });
    serde_json::to_writer_pretty(&mut *out, &all)?;
    writeln!(out)?;
    Ok(())
}
