//! `plimsoll test`: runs the examples of a plugin's rules in the real host.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;

use super::build::build;
use super::{CLEAN, FINDINGS};
use crate::check::full_id;
use crate::example::{Example, Kind, examples};
use crate::facts::{Facts, git::Git};
use crate::package::built_in;
use crate::package::manifest::{Manifest, selects};
use crate::plugin::description::{Description, Requirement, Rule, Strength};
use crate::plugin::run::{Loaded, Loader, Source, docs, read_plugin};
use crate::repository::Repository;
use crate::setup::{Selection, default_options};
use crate::verdict::{self, Judge};

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

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let sources = match &arguments.plugin {
        None => built_in::sections()?,
        Some(path) if path.is_dir() => vec![build(path)?],
        Some(path) => vec![read_plugin(path).with_context(|| path.display().to_string())?],
    };
    let loader = Loader::new()?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let (mut passed, mut failed) = (0, 0);
    for source in &sources {
        let (plugin, _) = loader.load(source).with_context(|| source.description.label())?;
        let mut without_example = cited_by_nothing(&source.description);
        for rule in &source.description.rules {
            let id = full_id(&source.description, rule);
            let selected =
                arguments.select.is_empty() || arguments.select.iter().any(|selector| selects(selector, &id));
            if !selected {
                without_example.retain(|requirement| !rule.requirements.contains(requirement));
                continue;
            }
            let text = docs(&plugin, rule).map_err(|error| anyhow::anyhow!("{id}: {}", error.message))?;
            let examples = examples(&text).map_err(|message| anyhow::anyhow!("{id}: {message}"))?;
            let mut problems = complaints(&examples);
            failed += problems.len();
            for example in &examples {
                let before = problems.len();
                problems.extend(run_example(&plugin, source, rule, example, &mut without_example));
                if arguments.verbose {
                    let verdict = if problems.len() == before { "ok" } else { "FAILED" };
                    writeln!(out, "{id}: {} example, line {}: {verdict}", example.kind.word(), example.line)?;
                }
                if problems.len() == before { passed += 1 } else { failed += 1 }
            }
            for problem in &problems {
                writeln!(out, "{id}: {problem}")?;
            }
        }
        for requirement in &without_example {
            writeln!(out, "{}: no bad example breaks requirement {requirement}", source.description.label())?;
            failed += 1;
        }
    }
    writeln!(out, "{passed} passed, {failed} failed")?;
    out.flush()?;
    Ok(if failed == 0 { CLEAN } else { FINDINGS })
}

/// The requirements that some rule serves and that a bad example has to break: all but the permissions.
fn cited_by_nothing(description: &Description) -> BTreeSet<String> {
    let served: BTreeSet<&String> = description.rules.iter().flat_map(|rule| &rule.requirements).collect();
    let is_owed = |one: &&Requirement| one.level != Strength::May && served.contains(&one.id);
    description.requirements.iter().filter(is_owed).map(|one| one.id.clone()).collect()
}

/// What is wrong with the set of examples itself.
fn complaints(examples: &[Example]) -> Vec<String> {
    let mut problems = Vec::new();
    if !examples.iter().any(|example| example.kind == Kind::Bad) {
        problems.push("no bad example".to_owned());
    }
    if !examples.iter().any(|example| example.kind != Kind::Bad) {
        problems.push("no good or fixed example".to_owned());
    }
    for example in examples {
        if example.kind == Kind::Bad && example.expected.is_empty() {
            problems.push(format!("line {}: a bad example without an expected finding", example.line));
        }
        if example.kind != Kind::Bad && !example.expected.is_empty() {
            problems.push(format!("line {}: a {} example expects a finding", example.line, example.kind.word()));
        }
    }
    problems
}

/// Runs one rule alone on one example and compares; takes the requirements that were broken off the list.
fn run_example(
    plugin: &Loaded,
    source: &Source,
    rule: &Rule,
    example: &Example,
    without_example: &mut BTreeSet<String>,
) -> Vec<String> {
    let id = full_id(&source.description, rule);
    let is_active = |candidate: &str| candidate == id;
    let interest = crate::check::interest(std::iter::once(source.description.as_ref()), &is_active);
    let repository = Repository::from_files(example.files.clone());
    let facts = Arc::new(Facts::new(repository, Git::default(), interest));
    let options = default_options(std::slice::from_ref(&source.description), &Manifest::default());
    let outcomes = crate::check::run(&facts, std::slice::from_ref(plugin), &is_active, &options, &[]);
    let selection = Selection { select: vec![id.clone()], ..Selection::default() };
    let manifest = Manifest::default();
    let judge = Judge { manifest: &manifest, selection: &selection, pedantic: true, paths: &[] };
    let report = verdict::report(&facts, std::slice::from_ref(plugin), outcomes, &judge);

    let mut problems: Vec<String> = report
        .errors
        .iter()
        .map(|error| format!("line {}: the rule failed ({}): {}", example.line, error.kind, error.message))
        .collect();
    let mut found: Vec<(String, u32, String)> = report
        .findings
        .iter()
        .map(|finding| (finding.location.path.clone(), finding.location.start.line, finding.message.clone()))
        .collect();
    found.sort();
    let mut missing = example.expected.clone();
    for finding in &found {
        match missing.iter().position(|expected| expected == finding) {
            Some(index) => {
                missing.remove(index);
            }
            None => {
                let (path, line, message) = finding;
                problems.push(format!(
                    "line {}: {} example: unexpected: {path}:{line}: {message}",
                    example.line,
                    example.kind.word()
                ));
            }
        }
    }
    for (path, line, message) in missing {
        problems.push(format!(
            "line {}: {} example: missing: {path}:{line}: {message}",
            example.line,
            example.kind.word()
        ));
    }
    if example.kind == Kind::Bad {
        for requirement in report.findings.iter().flat_map(|finding| &finding.requirements) {
            without_example.remove(requirement);
        }
    }
    problems
}
