//! What a check did without finding anything (`-v`): what each project was taken for, and why; what did not apply; what
//! could not be decided; what is fixed of the baseline.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Result, Write};

use crate::finding::Report;

use super::style::{BOLD, FAINT, Paint, level_word};
use super::text::{count, printable, project, wrap};

/// Rules that share a reason, with the requirements that they name.
type Rules<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

pub(super) fn write(report: &Report, width: usize, paint: Paint, out: &mut dyn Write) -> Result<()> {
    write_projects(report, paint, out)?;
    write_levels(report, paint, out)?;
    write_not_applicable(report, width, paint, out)?;
    write_unknown(report, width, paint, out)?;
    write_fixed(report, paint, out)
}

/// What is fixed of the baseline.
fn write_fixed(report: &Report, paint: Paint, out: &mut dyn Write) -> Result<()> {
    if report.fixed.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.paint(BOLD, "Fixed of the baseline"))?;
    for fixed in &report.fixed {
        writeln!(out, "  {}", crate::baseline::line(fixed))?;
    }
    writeln!(out)
}

fn write_projects(report: &Report, paint: Paint, out: &mut dyn Write) -> Result<()> {
    for seen in &report.projects {
        let name = seen.name.as_deref().map(|name| format!(" {}", printable(name))).unwrap_or_default();
        writeln!(out, "{}{name}", paint.paint(BOLD, &format!("Project {}", project(&seen.root))))?;
        if seen.profiles.is_empty() {
            writeln!(out, "  no profile")?;
        }
        for profile in &seen.profiles {
            let evidence = paint.paint(FAINT, &printable(&profile.evidence));
            writeln!(out, "  {}: {evidence}", printable(&profile.id))?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Levels that someone set, and where; without any, each finding has that of its requirements.
fn write_levels(report: &Report, paint: Paint, out: &mut dyn Write) -> Result<()> {
    if report.levels.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}", paint.paint(BOLD, "Levels"))?;
    for set in &report.levels {
        let from = paint.paint(FAINT, &printable(&set.from));
        writeln!(out, "  {} = {}: {from}", printable(&set.selector), level_word(set.level))?;
    }
    writeln!(out)
}

/// Reasons with the rules and requirements that share them.
fn write_not_applicable(report: &Report, width: usize, paint: Paint, out: &mut dyn Write) -> Result<()> {
    if report.not_applicable.is_empty() {
        return Ok(());
    }
    let mut by_reason: BTreeMap<(&str, &str), Rules<'_>> = BTreeMap::new();
    for row in &report.not_applicable {
        let requirements = by_reason.entry((&row.project, &row.reason)).or_default().entry(&row.rule).or_default();
        if !row.requirement.is_empty() {
            requirements.insert(&row.requirement);
        }
    }
    writeln!(out, "{}", paint.paint(BOLD, "Not applicable"))?;
    for ((root, reason), rules) in by_reason {
        let place = if report.projects.len() > 1 { format!(" in {}", project(root)) } else { String::new() };
        writeln!(out, "  {}{place}: {}", printable(reason), paint.paint(FAINT, &count(rules.len(), "rule")))?;
        let rules: Vec<String> =
            rules.iter().map(|(rule, requirements)| with_requirements(rule, requirements)).collect();
        write_indented(&rules.join(", "), width, out)?;
    }
    writeln!(out)
}

fn write_unknown(report: &Report, width: usize, paint: Paint, out: &mut dyn Write) -> Result<()> {
    if report.unknown.is_empty() {
        return Ok(());
    }
    let mut by_reason: BTreeMap<(Option<&str>, &str), Rules<'_>> = BTreeMap::new();
    for row in &report.unknown {
        let reason = (row.path.as_deref(), row.reason.as_str());
        by_reason.entry(reason).or_default().entry(&row.rule).or_default().insert(&row.requirement);
    }
    writeln!(out, "{}", paint.paint(BOLD, "Undecided"))?;
    for ((path, reason), rules) in by_reason {
        let path = path.map(|path| format!("{}: ", printable(path))).unwrap_or_default();
        writeln!(out, "  {path}{}", printable(reason))?;
        let rules: Vec<String> =
            rules.iter().map(|(rule, requirements)| with_requirements(rule, requirements)).collect();
        write_indented(&rules.join(", "), width, out)?;
    }
    writeln!(out)
}

/// `security/weak-hash (9.4.1 9.4.2)`.
fn with_requirements(rule: &str, requirements: &BTreeSet<&str>) -> String {
    let ids: Vec<&str> = requirements.iter().copied().filter(|id| !id.is_empty()).collect();
    if ids.is_empty() {
        printable(rule).into_owned()
    } else {
        format!("{} ({})", printable(rule), printable(&ids.join(" ")))
    }
}

fn write_indented(text: &str, width: usize, out: &mut dyn Write) -> Result<()> {
    for line in wrap(text, width.saturating_sub(4).max(20)).lines() {
        writeln!(out, "    {line}")?;
    }
    Ok(())
}
