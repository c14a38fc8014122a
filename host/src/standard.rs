//! Traceability: of each requirement, its rules and its state in this repository.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::check::full_id;
use crate::finding::Report;
use crate::plugin::description::{Description, Strength};

pub(crate) mod checklist;

/// The state of a requirement; the first that holds, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// A finding cites it.
    Broken,
    /// The evidence can't be decided here.
    Unknown,
    /// All its findings are suppressed or in the baseline.
    Waived,
    /// No finding, and something was looked at.
    Met,
    /// There is nothing to look at.
    NotApplicable,
    /// All its rules are switched off.
    Off,
    /// A repository can't show it.
    NotVerifiable,
    /// No rule decides it yet.
    NoRuleYet,
}

impl State {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Broken => "broken",
            Self::Unknown => "unknown",
            Self::Waived => "waived",
            Self::Met => "met",
            Self::NotApplicable => "not-applicable",
            Self::Off => "off",
            Self::NotVerifiable => "not-verifiable",
            Self::NoRuleYet => "no-rule-yet",
        }
    }
}

/// One requirement with its rules and its state.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) id: String,
    pub(crate) section: String,
    pub(crate) level: Strength,
    pub(crate) statement: String,
    pub(crate) rules: Vec<String>,
    pub(crate) state: State,
    pub(crate) reason: Option<String>,
    pub(crate) projects: Vec<ProjectState>,
}

/// The state of a requirement in one project.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct ProjectState {
    /// Its root; empty for the repository's root and for what is judged once for all.
    pub(crate) project: String,
    pub(crate) state: State,
    pub(crate) reason: Option<String>,
}

/// One row for each requirement of the plugins, those still to come, and the checklist's boxes; in the standard's order.
pub(crate) fn rows<'a>(
    descriptions: impl Iterator<Item = &'a Description>,
    report: &Report,
    is_active: &dyn Fn(&str) -> bool,
) -> Vec<Row> {
    let mut rows = Vec::new();
    for description in descriptions {
        for requirement in &description.requirements {
            let serving = description.rules.iter().filter(|rule| rule.requirements.contains(&requirement.id));
            let rules: Vec<String> = serving.map(|rule| full_id(description, rule)).collect();
            let projects = project_states(&requirement.id, &rules, report);
            let (state, reason) = match (&requirement.reason, projects.iter().min_by_key(|project| project.state)) {
                (Some(reason), _) if rules.is_empty() => (State::NotVerifiable, Some(reason.clone())),
                _ if rules.is_empty() => (State::NoRuleYet, None),
                _ if !rules.iter().any(|rule| is_active(rule)) => (State::Off, None),
                (_, Some(worst)) => (worst.state, worst.reason.clone()),
                (_, None) => (State::NotApplicable, Some("no Python project".to_owned())),
            };
            rows.push(Row {
                id: requirement.id.clone(),
                section: description.name.clone(),
                level: requirement.level,
                statement: requirement.statement.clone(),
                rules,
                state,
                reason,
                projects,
            });
        }
    }
    rows.extend(to_come().filter(|row| !rows.iter().any(|known| known.id == row.id)).collect::<Vec<_>>());
    rows.extend(checklist::rows(&rows));
    rows.sort_by_key(|row| numbers(&row.id));
    rows
}

/// The names of all sections, also of those that have no plugin.
pub(crate) fn sections<'a>(descriptions: impl Iterator<Item = &'a Description>) -> BTreeSet<String> {
    let plugins = descriptions.map(|description| description.name.clone());
    plugins.chain(to_come().map(|row| row.section)).chain([checklist::SECTION.to_owned()]).collect()
}

/// The numbers of an id, to sort by.
fn numbers(id: &str) -> Vec<u32> {
    id.split('.').map(|part| part.parse().unwrap_or(u32::MAX)).collect()
}

/// The requirements of sections whose rules are still to come.
fn to_come() -> impl Iterator<Item = Row> {
    #[derive(serde::Deserialize)]
    struct Raw {
        requirement: Vec<RawRow>,
    }
    #[derive(serde::Deserialize)]
    struct RawRow {
        id: String,
        section: String,
        level: Strength,
        statement: String,
    }
    // A test reads the file, so that it can't be broken here.
    let raw: Raw = toml::from_str(include_str!("standard/to_come.toml")).unwrap_or(Raw { requirement: Vec::new() });
    raw.requirement.into_iter().map(|row| Row {
        id: row.id,
        section: row.section,
        level: row.level,
        statement: row.statement,
        rules: Vec::new(),
        state: State::NoRuleYet,
        reason: None,
        projects: Vec::new(),
    })
}

fn project_states(requirement: &str, rules: &[String], report: &Report) -> Vec<ProjectState> {
    let mut states: BTreeMap<&str, (State, Option<String>)> = BTreeMap::new();
    let note = |project: &'_ str,
                state: State,
                reason: Option<String>,
                states: &mut BTreeMap<&str, (State, Option<String>)>| {
        if let Some(entry) = states.get_mut(project)
            && state < entry.0
        {
            *entry = (state, reason);
        }
    };
    let roots: Vec<&str> = report.projects.iter().map(|project| project.root.as_str()).collect();
    let mentioned = report
        .findings
        .iter()
        .map(|finding| (&finding.rule, finding.project.as_str()))
        .chain(report.suppressed.iter().map(|one| (&one.finding.rule, one.finding.project.as_str())))
        .chain(report.not_applicable.iter().map(|entry| (&entry.rule, entry.project.as_str())))
        .chain(report.unknown.iter().map(|entry| (&entry.rule, entry.project.as_str())))
        .filter(|(rule, _)| rules.contains(rule))
        .map(|(_, project)| project);
    for project in roots.into_iter().chain(mentioned) {
        states.entry(project).or_insert((State::NoRuleYet, None));
    }
    // A rule that said nothing about the requirement looked and found nothing wrong.
    let projects: Vec<&str> = states.keys().copied().collect();
    for project in projects {
        let silent = rules.iter().any(|rule| {
            !report
                .not_applicable
                .iter()
                .any(|entry| entry.rule == *rule && entry.requirement == requirement && entry.project == project)
        });
        if silent {
            note(project, State::Met, None, &mut states);
        }
    }
    for entry in
        report.not_applicable.iter().filter(|entry| entry.requirement == requirement && rules.contains(&entry.rule))
    {
        note(&entry.project, State::NotApplicable, Some(entry.reason.clone()), &mut states);
    }
    for entry in report.unknown.iter().filter(|entry| entry.requirement == requirement && rules.contains(&entry.rule)) {
        note(&entry.project, State::Unknown, Some(entry.reason.clone()), &mut states);
    }
    for suppressed in report.suppressed.iter().filter(|one| one.finding.requirements.iter().any(|id| id == requirement))
    {
        let in_baseline =
            || (suppressed.by == crate::baseline::BY).then(|| "its findings are in the baseline".to_owned());
        let reason = suppressed.reason.clone().or_else(in_baseline);
        note(&suppressed.finding.project, State::Waived, reason, &mut states);
    }
    for finding in report.findings.iter().filter(|finding| finding.requirements.iter().any(|id| id == requirement)) {
        if finding.confidence > crate::finding::Confidence::Low {
            let location = &finding.location;
            let place = format!("{}:{}: {}", location.path, location.start.line, finding.message);
            note(&finding.project, State::Broken, Some(place), &mut states);
        }
    }
    states
        .into_iter()
        .map(|(project, (state, reason))| ProjectState { project: project.to_owned(), state, reason })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_the_standard_is_there() {
        let rows: Vec<Row> = to_come().collect();
        assert!(rows.len() > 400);
        assert!(rows.iter().all(|row| !row.section.is_empty() && !row.statement.is_empty()));
    }
}
