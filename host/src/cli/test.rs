//! `plimsoll test`: runs the examples of a plugin's rules in the real host: those in their documentation, and those in
//! `tests/<rule>.md` beside the sources.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use self::order::Orders;
use super::build::build;
use super::{CLEAN, FINDINGS};
use crate::check::{Order, full_id};
use crate::example::{Example, Kind, examples};
use crate::facts::Facts;
use crate::output::text::printable;
use crate::package::manifest::{Manifest, selects};
use crate::package::resolve::read_at;
use crate::package::{beside, built_in};
use crate::plugin::description::{Description, Requirement, Rule, Strength};
use crate::plugin::run::{Loaded, Loader, Source, docs};
use crate::repository::Repository;
use crate::setup::{Selection, default_options};
use crate::verdict::{self, Judge};

mod order;

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
}

/// A plugin, and the examples beside its sources: a file's name, which is a rule's with `.md`, and its text.
struct Subject {
    source: Source,
    beside: Vec<(String, String)>,
}

/// An example, and what to call the place where it stands.
struct Case {
    place: String,
    example: Example,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let loader = Loader::new()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut passed, mut failed) = (0, 0);
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
            let mut cases = cases(&text, "").map_err(|message| anyhow::anyhow!("{id}: {message}"))?;
            let mut problems = missing_kinds(&cases);
            for (name, text) in beside.iter().filter(|(name, _)| is_named(name)(rule)) {
                let further = self::cases(text, &format!("tests/{name}, "));
                cases.extend(further.map_err(|message| anyhow::anyhow!("{id}: {message}"))?);
            }
            problems.extend(cases.iter().filter_map(complaint));
            failed += problems.len();
            // One example a rule shows state as well as all of them do, in a tenth of the time.
            let shown = cases.iter().position(|case| case.example.kind == Kind::Bad).unwrap_or(0);
            for (index, case) in cases.iter().enumerate() {
                let orders = (index == shown).then_some(&mut orders);
                let before = problems.len();
                problems.extend(run_example(&plugin, source, rule, case, orders, &mut without_example));
                if arguments.verbose {
                    let verdict = if problems.len() == before { "ok" } else { "FAILED" };
                    writeln!(out, "{id}: {} example, {}: {verdict}", case.example.kind.word(), case.place)?;
                }
                if problems.len() == before { passed += 1 } else { failed += 1 }
            }
            for problem in &problems {
                writeln!(out, "{id}: {}", printable(problem))?;
            }
        }
        for problem in orders.problems() {
            writeln!(out, "{}", printable(problem))?;
            failed += 1;
        }
        for requirement in &without_example {
            writeln!(out, "{}: no bad example breaks requirement {requirement}", description.label())?;
            failed += 1;
        }
    }
    writeln!(out, "{passed} passed, {failed} failed")?;
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

fn is_named(file: &str) -> impl Fn(&Rule) -> bool {
    let name = file.strip_suffix(".md").unwrap_or(file).to_owned();
    move |rule| rule.id == name
}

/// The examples of a text whose places begin with the file that it is in.
fn cases(text: &str, file: &str) -> Result<Vec<Case>, String> {
    let examples = examples(text).map_err(|message| format!("{file}{message}"))?;
    Ok(examples.into_iter().map(|example| Case { place: format!("{file}line {}", example.line), example }).collect())
}

/// The requirements that some rule serves and that a bad example has to break: all but the permissions.
fn cited_by_nothing(description: &Description) -> BTreeSet<String> {
    let served: BTreeSet<&String> = description.rules.iter().flat_map(|rule| &rule.requirements).collect();
    let is_owed = |one: &&Requirement| one.level != Strength::May && served.contains(&one.id);
    description.requirements.iter().filter(is_owed).map(|one| one.id.clone()).collect()
}

/// What a rule's documentation does not show.
fn missing_kinds(cases: &[Case]) -> Vec<String> {
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
fn complaint(case: &Case) -> Option<String> {
    let Case { place, example } = case;
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
    case: &Case,
    orders: Option<&mut Orders<'_>>,
    without_example: &mut BTreeSet<String>,
) -> Vec<String> {
    let Case { place, example } = case;
    let id = full_id(&source.description, rule);
    let is_active = |candidate: &str| candidate == id;
    let interest = crate::check::interest(std::iter::once(source.description.as_ref()), &is_active);
    let (files, git) = example.parts();
    let repository = Repository::from_files(files);
    let facts = Arc::new(Facts::new(repository, git, interest));
    let manifest = Manifest::default();
    let options = default_options(std::slice::from_ref(&source.description), &manifest);
    let plugins = std::slice::from_ref(plugin);
    let outcomes = crate::check::run(&facts, plugins, &is_active, &options, &[], Order::Declared);
    if let Some(orders) = orders {
        orders.compare(&id, case, &options, &outcomes);
    }
    let selection = Selection { select: vec![id.clone()], ..Selection::default() };
    let judge = Judge { manifest: &manifest, selection: &selection, pedantic: true, paths: &[] };
    let report = verdict::report(&facts, plugins, outcomes, &judge);

    let failed =
        |error: &crate::finding::Failure| format!("{place}: the rule failed ({}): {}", error.kind, error.message);
    let mut problems: Vec<String> = report.errors.iter().map(failed).collect();
    let mut found: Vec<(String, u32, String)> = report
        .findings
        .iter()
        .map(|finding| (finding.location.path.clone(), finding.location.start.line, finding.message.clone()))
        .collect();
    found.sort();
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
    problems
}
