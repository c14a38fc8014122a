//! The checklist of the standard: boxes, each decided by requirements, with the findings that keep it open.

use serde::{Deserialize, Serialize};

use super::{Row, State};
use crate::finding::{Confidence, Report};

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
    statement: String,
    requirements: Vec<String>,
}

/// The boxes of the checklist in their order.
pub(crate) fn boxes(rows: &[Row], report: &Report) -> Vec<Checked> {
    // A test reads the file, so that it can't be broken here.
    let raw: Raw = toml::from_str(include_str!("checklist.toml")).unwrap_or(Raw { r#box: Vec::new() });
    raw.r#box.into_iter().map(|raw| checked(raw, rows, report)).collect()
}

fn checked(raw: RawBox, rows: &[Row], report: &Report) -> Checked {
    let deciding: Vec<&Row> = rows.iter().filter(|row| raw.requirements.contains(&row.id)).collect();
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
