//! JUnit XML, as GitLab, Jenkins and others show test results: a suite for each section, and in it a test for each rule
//! and file. A test keeps its name when lines move, so that readers can say what fails newly.
//!
//! Findings at `deny` and `forbid` are failures, warnings are the output of a test that passes. A rule without findings
//! is one test: passed, or skipped where it does not apply or can't be decided. A plugin that failed is an error.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Result, Write};

use crate::finding::{Failure, Finding, Level, Report};

use super::RuleInfo;
use super::markup::escape;
use super::summary::section_of;
use super::text::{count, printable, printable_lines};

/// What became of a test.
enum Outcome {
    Passed,
    /// Findings by level: failures, and what only warns.
    Found(Vec<String>, Vec<String>),
    Skipped(String),
    /// The kind of the first failure, and what all say.
    Failed(String, String),
}

struct Case {
    name: String,
    file: Option<String>,
    outcome: Outcome,
}

/// `rules` are those that were to be run.
pub(super) fn write(report: &Report, rules: &[RuleInfo], out: &mut dyn Write) -> Result<()> {
    let suites = suites(report, rules);
    let cases = || suites.values().flatten();
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<testsuites name=\"plimsoll\" {}>", totals(cases()))?;
    for (section, cases) in &suites {
        writeln!(out, "  <testsuite name=\"{}\" {}>", attribute(section), totals(cases.iter()))?;
        for case in cases {
            write_case(section, case, out)?;
        }
        writeln!(out, "  </testsuite>")?;
    }
    writeln!(out, "</testsuites>")
}

fn suites<'a>(report: &'a Report, rules: &'a [RuleInfo]) -> BTreeMap<&'a str, Vec<Case>> {
    let mut suites: BTreeMap<&str, Vec<Case>> = BTreeMap::new();
    for error in &report.errors {
        let section = error.rule.as_deref().map_or_else(|| plugin_of(error), section_of);
        let cases = suites.entry(section).or_default();
        let name = error.rule.clone().unwrap_or_else(|| format!("plugin {}", error.plugin));
        // One test for all that went wrong in a rule: no two have one name.
        let known = cases.iter_mut().find(|case| case.name == name).map(|case| &mut case.outcome);
        match known {
            Some(Outcome::Failed(_, messages)) => messages.push_str(&format!("\n{}: {}", error.kind, error.message)),
            _ => {
                let outcome = Outcome::Failed(error.kind.clone(), format!("{}: {}", error.plugin, error.message));
                cases.push(Case { name, file: None, outcome });
            }
        }
    }
    let mut found: BTreeMap<(&str, &str), Vec<&Finding>> = BTreeMap::new();
    for finding in &report.findings {
        found.entry((&finding.rule, &finding.location.path)).or_default().push(finding);
    }
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    let with_findings: BTreeSet<&str> = found.keys().map(|(rule, _)| *rule).collect();
    for rule in ids.difference(&with_findings) {
        if !report.errors.iter().any(|error| error.rule.as_deref() == Some(rule)) {
            let case = Case { name: (*rule).to_owned(), file: None, outcome: without_findings(rule, report) };
            suites.entry(section_of(rule)).or_default().push(case);
        }
    }
    for ((rule, path), findings) in found {
        let lines = |fails: bool| {
            let of = findings.iter().filter(move |finding| (finding.level >= Level::Deny) == fails);
            of.map(|finding| line(finding)).collect::<Vec<_>>()
        };
        suites.entry(section_of(rule)).or_default().push(Case {
            name: format!("{rule}: {path}"),
            file: Some(path.to_owned()),
            outcome: Outcome::Found(lines(true), lines(false)),
        });
    }
    for cases in suites.values_mut() {
        cases.sort_by(|left, right| left.name.cmp(&right.name));
    }
    suites
}

/// The name of the plugin, which is its section.
fn plugin_of(error: &Failure) -> &str {
    error.plugin.split_once('@').map_or(error.plugin.as_str(), |(name, _)| name)
}

/// A rule that found nothing has passed, unless its plugin failed or there was nothing that it could judge.
fn without_findings(rule: &str, report: &Report) -> Outcome {
    let whole = |error: &&Failure| error.rule.is_none() && plugin_of(error) == section_of(rule);
    if report.errors.iter().any(|error| whole(&error)) {
        return Outcome::Skipped("not run: its plugin failed".to_owned());
    }
    if let Some(unknown) = report.unknown.iter().find(|row| row.rule == rule) {
        let place = unknown.path.as_deref().map_or(String::new(), |path| format!("{path}: "));
        return Outcome::Skipped(format!("undecided: {place}{}", unknown.reason));
    }
    let rows: Vec<_> = report.not_applicable.iter().filter(|row| row.rule == rule).collect();
    let spared: BTreeSet<&str> = rows.iter().map(|row| row.project.as_str()).collect();
    let judged_once = spared.len() == 1 && spared.contains("");
    match rows.first() {
        Some(first) if judged_once || report.projects.iter().all(|one| spared.contains(one.root.as_str())) => {
            Outcome::Skipped(format!("not applicable: {}", first.reason))
        }
        _ => Outcome::Passed,
    }
}

fn line(finding: &Finding) -> String {
    let start = finding.location.start;
    let requirements = match finding.requirements.as_slice() {
        [] => String::new(),
        ids => format!(" [{}]", ids.join(", ")),
    };
    let place = format!("{}:{}:{}", finding.location.path, start.line, start.column);
    let mut line = printable(&format!("{place}: {}{requirements}", finding.message)).into_owned();
    if let Some(help) = &finding.help {
        line.push_str("\n    help: ");
        line.push_str(&printable_lines(help).replace('\n', "\n          "));
    }
    line
}

fn totals<'a>(cases: impl Iterator<Item = &'a Case>) -> String {
    let (mut tests, mut failures, mut errors, mut skipped) = (0, 0, 0, 0);
    for case in cases {
        tests += 1;
        match &case.outcome {
            Outcome::Found(failing, _) if !failing.is_empty() => failures += 1,
            Outcome::Passed | Outcome::Found(..) => {}
            Outcome::Skipped(_) => skipped += 1,
            Outcome::Failed(..) => errors += 1,
        }
    }
    format!("tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\"")
}

fn write_case(section: &str, case: &Case, out: &mut dyn Write) -> Result<()> {
    let file = case.file.as_deref().filter(|file| !file.is_empty());
    let file = file.map_or(String::new(), |file| format!(" file=\"{}\"", attribute(file)));
    let head = format!("    <testcase classname=\"{}\" name=\"{}\"{file}", attribute(section), attribute(&case.name));
    match &case.outcome {
        Outcome::Passed => return writeln!(out, "{head}/>"),
        Outcome::Skipped(reason) => writeln!(out, "{head}>\n      <skipped message=\"{}\"/>", attribute(reason))?,
        Outcome::Failed(kind, message) => {
            let (kind, text) = (attribute(kind), escape(&printable_lines(message)));
            writeln!(out, "{head}>\n      <error type=\"{kind}\" message=\"the plugin failed\">{text}</error>")?;
        }
        Outcome::Found(failing, warning) => {
            writeln!(out, "{head}>")?;
            if let [first, rest @ ..] = failing.as_slice() {
                let first = first.lines().next().unwrap_or_default();
                let first = if rest.is_empty() { first.to_owned() } else { count(failing.len(), "finding") };
                let text = escape(&failing.join("\n"));
                writeln!(out, "      <failure type=\"deny\" message=\"{}\">{text}</failure>", attribute(&first))?;
            }
            if !warning.is_empty() {
                let text = escape(&warning.join("\n"));
                writeln!(out, "      <system-out>{text}</system-out>")?;
            }
        }
    }
    writeln!(out, "    </testcase>")
}

/// Text on one line, for an attribute.
fn attribute(text: &str) -> String {
    escape(&printable(text))
}
