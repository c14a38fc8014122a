//! `plimsoll test`: runs the examples of a plugin's rules in the real host: those in their documentation, and those in
//! `tests/<rule>.md` beside the sources.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;

use self::order::Orders;
use self::update::Updates;
use super::build::build;
use super::watch::watch;
use super::{CLEAN, FINDINGS};
use crate::check::{Options, Order, Outcome, full_id};
use crate::example::{Example, Expectation, Kind, examples};
use crate::facts::Facts;
use crate::finding::Report;
use crate::output::text::printable_lines;
use crate::package::manifest::{Manifest, selects};
use crate::package::resolve::read_at;
use crate::package::{beside, built_in};
use crate::plugin::description::{Description, Requirement, Rule, Strength};
use crate::plugin::load::{Loaded, Loader};
use crate::plugin::run::docs;
use crate::plugin::source::Source;
use crate::repository::{Changes, Repository};
use crate::setup::{Selection, default_options};
use crate::verdict::{self, Judge, SourceTexts};

mod fixes;
mod order;
mod sources;
mod update;

/// Run the examples of a plugin's rules
#[derive(Args)]
pub(super) struct Arguments {
    /// A component, or the folder of a plugin, which is built first [default: the built-in sections]
    plugin: Option<PathBuf>,

    /// Only these rules or sections
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,

    /// Show every example
    #[arg(short, long)]
    verbose: bool,

    /// Write what the rules report into the markers of the bad examples, where they stand in the plugin's folder
    #[arg(long, requires = "plugin")]
    update: bool,

    /// Run again after each change in the plugin's folder
    #[arg(long, requires = "plugin", conflicts_with = "update")]
    watch: bool,
}

/// A plugin, and the examples beside its sources: a file's name, which is a rule's with `.md`, and its text.
struct Subject {
    source: Source,
    beside: Vec<(String, String)>,
}

/// An example, and what to call the place where it stands.
struct Case<'a> {
    place: String,
    example: Example,
    /// The text that it stands in.
    text: &'a str,
    /// The file beside the sources that has the text; none for a rule's documentation.
    beside: Option<&'a str>,
}

/// What came of an example.
struct Tried {
    problems: Vec<String>,
    /// What the rule found, sorted, if it did its work and its markers say something else.
    differing: Option<Vec<Expectation>>,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let folder = arguments.plugin.as_deref().filter(|_| arguments.update || arguments.watch);
    if let Some(path) = folder.filter(|path| !path.is_dir()) {
        bail!("{} is no folder: --update and --watch need a plugin's sources", path.display());
    }
    match folder {
        Some(folder) if arguments.watch => watch(folder, || sources::watched(folder), || test(arguments)),
        _ => test(arguments),
    }
}

/// Runs all examples once.
fn test(arguments: &Arguments) -> anyhow::Result<u8> {
    let loader = Loader::new()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut passed, mut failed, mut updated) = (0, 0, 0);
    // Before anything is built: what is written then must fit what the plugin was built from.
    let mut updates = arguments.plugin.as_deref().filter(|_| arguments.update).map(Updates::new);
    for Subject { source, beside } in &subjects(arguments.plugin.as_deref())? {
        let description = &source.description;
        let (plugin, _) = loader.load(source, &mut Vec::new()).with_context(|| description.label())?;
        let mut without_example = cited_by_nothing(description);
        let mut orders = Orders::new(&plugin);
        for name in beside.iter().map(|(name, _)| name).filter(|name| !description.rules.iter().any(is_named(name))) {
            writeln!(out, "{}: tests/{name}: there is no rule of this name", description.label())?;
            failed += 1;
        }
        for rule in &description.rules {
            let id = full_id(description, rule);
            let selected =
                arguments.select.is_empty() || arguments.select.iter().any(|selector| selects(selector, &id));
            if !selected {
                without_example.retain(|requirement| !rule.requirements.contains(requirement));
                continue;
            }
            let text = docs(&plugin, rule).map_err(|error| anyhow::anyhow!("{id}: {}", error.message))?;
            let mut cases = cases(&text, None).map_err(|message| anyhow::anyhow!("{id}: {message}"))?;
            let mut problems = missing_kinds(&cases);
            for (name, text) in beside.iter().filter(|(name, _)| is_named(name)(rule)) {
                let further = self::cases(text, Some(name));
                cases.extend(further.map_err(|message| anyhow::anyhow!("{id}: {message}"))?);
            }
            failed += problems.len();
            // One example a rule shows state as well as all of them do, in a tenth of the time.
            let shown = cases.iter().position(|case| case.example.kind == Kind::Bad).unwrap_or(0);
            for (index, case) in cases.iter().enumerate() {
                let orders = (index == shown).then_some(&mut orders);
                // What it is mended to stands behind it, before the next bad example.
                let behind = cases[index + 1..].iter().take_while(|case| case.example.kind != Kind::Bad);
                let mended = behind.into_iter().find(|case| case.example.kind == Kind::Fixed);
                let tried = run_example(&plugin, source, rule, case, mended, orders, &mut without_example);
                let complaint = complaint(case);
                let marked = match (&mut updates, tried.differing) {
                    (Some(updates), Some(found)) if case.example.kind == Kind::Bad => Some(updates.mark(case, &found)),
                    _ => None,
                };
                let is_updated = matches!(marked, Some(Ok(())));
                let verdict = match tried.problems.is_empty() {
                    _ if is_updated => "updated",
                    true => "ok",
                    false => "FAILED",
                };
                if arguments.verbose {
                    writeln!(out, "{id}: {} example, {}: {verdict}", case.example.kind.word(), case.place)?;
                }
                if is_updated {
                    updated += 1;
                    continue;
                }
                if tried.problems.is_empty() {
                    passed += 1
                } else {
                    failed += 1
                }
                failed += usize::from(complaint.is_some());
                problems.extend(complaint);
                problems.extend(tried.problems);
                if let Some(Err(reason)) = marked {
                    problems.push(format!("{}: not updated: {reason}", case.place));
                }
            }
            for problem in &problems {
                writeln!(out, "{id}: {}", printable_lines(problem))?;
            }
        }
        for problem in orders.problems() {
            writeln!(out, "{}", printable_lines(problem))?;
            failed += 1;
        }
        for requirement in &without_example {
            writeln!(out, "{}: no bad example breaks requirement {requirement}", description.label())?;
            failed += 1;
        }
    }
    for (path, markers) in updates.iter().map(Updates::write).collect::<anyhow::Result<Vec<_>>>()?.iter().flatten() {
        let plural = if *markers == 1 { "" } else { "s" };
        writeln!(out, "updated {path}: {markers} marker{plural}")?;
    }
    let updated = if updated > 0 { format!("{updated} updated, ") } else { String::new() };
    writeln!(out, "{passed} passed, {updated}{failed} failed")?;
    out.flush()?;
    Ok(if failed == 0 { CLEAN } else { FINDINGS })
}

/// What is tested. A component has nothing beside it.
fn subjects(plugin: Option<&Path>) -> anyhow::Result<Vec<Subject>> {
    let Some(path) = plugin else {
        let beside = |source: &Source| built_in::examples_beside(&source.description.name);
        return Ok(built_in::sections()?
            .into_iter()
            .map(|source| Subject { beside: beside(&source), source })
            .collect());
    };
    if path.is_dir() {
        return Ok(vec![Subject { source: build(path)?, beside: examples_beside(&path.join("tests"))? }]);
    }
    let source = read_at(path, &path.display().to_string(), &mut Vec::new())?;
    Ok(vec![Subject { source, beside: Vec::new() }])
}

/// The texts of the examples in a folder, by file name.
fn examples_beside(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().display().to_string();
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok((name, text))
    };
    beside::examples(folder)?.into_iter().map(read).collect()
}

fn is_named(file: &str) -> impl Fn(&Arc<Rule>) -> bool {
    let name = file.strip_suffix(".md").unwrap_or(file).to_owned();
    move |rule| rule.id == name
}

/// The examples of a text; the places of those beside the sources begin with the file that they are in.
fn cases<'a>(text: &'a str, beside: Option<&'a str>) -> Result<Vec<Case<'a>>, String> {
    let file = beside.map_or_else(String::new, |name| format!("tests/{name}, "));
    let examples = examples(text).map_err(|message| format!("{file}{message}"))?;
    let case = |example: Example| Case { place: format!("{file}line {}", example.line), example, text, beside };
    Ok(examples.into_iter().map(case).collect())
}

/// The requirements that some rule serves and that a bad example has to break: all but the permissions.
fn cited_by_nothing(description: &Description) -> BTreeSet<String> {
    let served: BTreeSet<&String> = description.rules.iter().flat_map(|rule| &rule.requirements).collect();
    let is_owed = |one: &&Requirement| one.level != Strength::May && served.contains(&one.id);
    description.requirements.iter().filter(is_owed).map(|one| one.id.clone()).collect()
}

/// What a rule's documentation does not show.
fn missing_kinds(cases: &[Case<'_>]) -> Vec<String> {
    let mut problems = Vec::new();
    if !cases.iter().any(|case| case.example.kind == Kind::Bad) {
        problems.push("no bad example".to_owned());
    }
    if !cases.iter().any(|case| case.example.kind != Kind::Bad) {
        problems.push("no good or fixed example".to_owned());
    }
    problems
}

/// What is wrong with an example itself.
fn complaint(case: &Case<'_>) -> Option<String> {
    let Case { place, example, .. } = case;
    match example.kind {
        Kind::Bad if example.expected.is_empty() => Some(format!("{place}: a bad example without an expected finding")),
        Kind::Good | Kind::Fixed if !example.expected.is_empty() => {
            Some(format!("{place}: a {} example expects a finding", example.kind.word()))
        }
        _ => None,
    }
}

/// Runs one rule alone on one example and compares, where `orders` are given also with all rules in either order; takes
/// the requirements that were broken off the list.
fn run_example(
    plugin: &Loaded,
    source: &Source,
    rule: &Rule,
    case: &Case<'_>,
    mended: Option<&Case<'_>>,
    orders: Option<&mut Orders<'_>>,
    without_example: &mut BTreeSet<String>,
) -> Tried {
    let Case { place, example, .. } = case;
    let bench = Bench::new(plugin, source, full_id(&source.description, rule));
    let (facts, outcomes) = bench.run(example, &Changes::new());
    if let Some(orders) = orders {
        orders.compare(&bench.id, case, &bench.options, &outcomes);
    }
    let report = bench.report(&facts, outcomes);

    let failed =
        |error: &crate::finding::Failure| format!("{place}: the rule failed ({}): {}", error.kind, error.message);
    let mut problems: Vec<String> = report.errors.iter().map(failed).collect();
    let mut found: Vec<Expectation> = report
        .findings
        .iter()
        .map(|finding| (finding.location.path.clone(), finding.location.start.line, finding.message.clone()))
        .collect();
    found.sort();
    let is_verdict = report.errors.is_empty() && !found.is_empty();
    let differing = (is_verdict && found != example.expected).then(|| found.clone());
    let mut missing = example.expected.clone();
    let kind = example.kind.word();
    for finding in &found {
        match missing.iter().position(|expected| expected == finding) {
            Some(index) => {
                missing.remove(index);
            }
            None => {
                let (path, line, message) = finding;
                problems.push(format!("{place}: {kind} example: unexpected: {path}:{line}: {message}"));
            }
        }
    }
    for (path, line, message) in missing {
        problems.push(format!("{place}: {kind} example: missing: {path}:{line}: {message}"));
    }
    if example.kind == Kind::Bad {
        for requirement in report.findings.iter().flat_map(|finding| &finding.requirements) {
            without_example.remove(requirement);
        }
    }
    if example.kind == Kind::Bad && report.errors.is_empty() {
        problems.extend(fixes::compare(&bench, case, mended, &report));
    }
    Tried { problems, differing }
}

/// One rule of a plugin, which runs alone.
struct Bench<'a> {
    plugin: &'a Loaded,
    source: &'a Source,
    /// `section/rule`.
    id: String,
    manifest: Manifest,
    options: Options,
}

impl<'a> Bench<'a> {
    fn new(plugin: &'a Loaded, source: &'a Source, id: String) -> Self {
        let manifest = Manifest::default();
        let options = default_options(std::slice::from_ref(&source.description), &manifest);
        Self { plugin, source, id, manifest, options }
    }

    /// Runs the rule on an example as it is with some changes.
    fn run(&self, example: &Example, changes: &Changes) -> (Arc<Facts>, Vec<Outcome>) {
        let is_active = |candidate: &str| candidate == self.id;
        let interest = crate::check::interest(std::iter::once(self.source.description.as_ref()), &is_active);
        let (files, git) = example.parts();
        let repository = Repository::from_files(files).with_changes(changes);
        let facts = Arc::new(Facts::new(repository, git, interest));
        let plugins = std::slice::from_ref(self.plugin);
        let outcomes = crate::check::run(&facts, plugins, &is_active, &self.options, &[], Order::Declared, None);
        (facts, outcomes)
    }

    fn report(&self, facts: &Facts, outcomes: Vec<Outcome>) -> Report {
        let selection = Selection { select: vec![self.id.clone()], ..Selection::default() };
        let (manifest, selection, nothing) = (&self.manifest, &selection, &BTreeSet::new());
        let judge =
            Judge { manifest, selection, pedantic: true, paths: &[], known: nothing, today: None, unseen: nothing };
        verdict::report(facts, std::slice::from_ref(self.plugin), outcomes, &judge, SourceTexts::new())
    }
}
