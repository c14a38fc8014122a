//! The checklist of the standard: boxes, each decided by requirements, with the findings that keep it open.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ProjectState, Row, State};
use crate::finding::{Confidence, Report};
use crate::plugin::description::Strength;

/// The section of the standard whose requirements the boxes are.
pub(crate) const SECTION: &str = "checklist";

/// Whether a box is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mark {
    /// Everything that decides it is met, as far as it applies.
    Ticked,
    /// Something that decides it is broken, or can't be decided here.
    Open,
    /// Nothing of it applies to this repository.
    NotApplicable,
    /// The rules that decide it are still to come.
    NoRuleYet,
}

/// A box of the checklist, with its state in this repository.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Checked {
    pub(crate) id: String,
    pub(crate) group: String,
    pub(crate) statement: String,
    pub(crate) mark: Mark,
    /// The requirements that decide it.
    pub(crate) requirements: Vec<String>,
    /// Findings and open questions that keep it open: `path:line: message (rule)`.
    pub(crate) open: Vec<String>,
}

#[derive(Deserialize)]
struct Raw {
    r#box: Vec<RawBox>,
}

#[derive(Deserialize)]
struct RawBox {
    id: String,
    group: String,
    #[serde(default = "must")]
    level: Strength,
    statement: String,
    requirements: Vec<String>,
}

fn must() -> Strength {
    Strength::Must
}

impl RawBox {
    fn deciding<'r>(&self, rows: &'r [Row]) -> Vec<&'r Row> {
        rows.iter().filter(|row| self.requirements.contains(&row.id)).collect()
    }
}

fn raw_boxes() -> Vec<RawBox> {
    // A test reads the file, so that it can't be broken here.
    toml::from_str(include_str!("checklist.toml")).map_or(Vec::new(), |raw: Raw| raw.r#box)
}

/// The boxes of the checklist in their order.
pub(crate) fn boxes(rows: &[Row], report: &Report) -> Vec<Checked> {
    raw_boxes().into_iter().map(|raw| checked(raw, rows, report)).collect()
}

/// The boxes as requirements, each in the worst state of those that decide it.
pub(crate) fn rows(rows: &[Row]) -> Vec<Row> {
    raw_boxes().into_iter().map(|raw| row(raw, rows)).collect()
}

fn row(raw: RawBox, rows: &[Row]) -> Row {
    let deciding = raw.deciding(rows);
    let rules: BTreeSet<&String> = deciding.iter().flat_map(|row| &row.rules).collect();
    let reason = |id: &str, reason: &Option<String>| reason.as_ref().map(|reason| format!("{id}: {reason}"));
    let worst = deciding.iter().min_by_key(|row| row.state);
    let mut projects: BTreeMap<&str, ProjectState> = BTreeMap::new();
    for (row, project) in deciding.iter().flat_map(|row| row.projects.iter().map(move |project| (row, project))) {
        let known = projects.get(project.project.as_str());
        if known.is_none_or(|known| project.state < known.state) {
            let reason = reason(&row.id, &project.reason);
            projects.insert(&project.project, ProjectState { reason, ..project.clone() });
        }
    }
    Row {
        section: SECTION.to_owned(),
        level: raw.level,
        rules: rules.into_iter().cloned().collect(),
        state: worst.map_or(State::NoRuleYet, |row| row.state),
        reason: worst.and_then(|row| reason(&row.id, &row.reason)),
        projects: projects.into_values().collect(),
        id: raw.id,
        statement: raw.statement,
    }
}

fn checked(raw: RawBox, rows: &[Row], report: &Report) -> Checked {
    let deciding = raw.deciding(rows);
    let has = |state: State| deciding.iter().any(|row| row.state == state);
    let mark = if has(State::Broken) || has(State::Unknown) {
        Mark::Open
    } else if has(State::Met) || has(State::Waived) {
        Mark::Ticked
    } else if has(State::NoRuleYet) || deciding.is_empty() {
        Mark::NoRuleYet
    } else {
        Mark::NotApplicable
    };
    let cites = |ids: &[String]| ids.iter().any(|id| raw.requirements.contains(id));
    let certain = report.findings.iter().filter(|finding| finding.confidence > Confidence::Low);
    let mut open: Vec<String> = certain
        .filter(|finding| cites(&finding.requirements))
        .map(|finding| {
            let location = &finding.location;
            format!("{}:{}: {} ({})", location.path, location.start.line, finding.message, finding.rule)
        })
        .collect();
    for row in deciding.iter().filter(|row| row.state == State::Unknown) {
        open.push(format!("{} can't be decided: {}", row.id, row.reason.as_deref().unwrap_or("no reason given")));
    }
    open.dedup();
    Checked { id: raw.id, group: raw.group, statement: raw.statement, mark, requirements: raw.requirements, open }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_box_is_decided_by_known_requirements() {
        let boxes = boxes(&[], &Report::default());
        assert_eq!(boxes.len(), 44);
        assert!(boxes.iter().all(|one| !one.requirements.is_empty() && one.mark == Mark::NoRuleYet));
    }
}
