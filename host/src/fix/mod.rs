//! Makes the edits that rules hand over with their findings.
//!
//! A fix is applied whole or not at all. In a round every fix is tried on the repository as it stands; those that change
//! lines of one already taken wait for the next round, which begins with a new check. Nothing is written here: what is
//! to be written is looked at as if it were, until no fix is left.
//!
//! - [`proposal`] makes new texts of the edits of one fix, [`document`] those at key paths.
//! - [`lines`] keeps line ends and byte order marks; [`hunk`] tells whether two fixes meet, and shows the difference.

mod document;
mod hunk;
mod lines;
mod proposal;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::facts::Facts;
use crate::finding::{Finding, Level, Report};
use crate::repository::{Changes, Repository};

pub(crate) use hunk::unified_diff;
pub(crate) use proposal::{Proposal, text_after};

use hunk::Draft;

/// So often is checked again what fixes made of the repository.
const MOST_ROUNDS: usize = 10;

/// Which fixes are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Safe,
    /// Also those that may change what the program does.
    Unsafe,
}

impl Scope {
    /// Whether the fix of a finding is one of them.
    pub(crate) fn covers(self, finding: &Finding) -> bool {
        let applicability = finding.fix.as_ref().map(|fix| fix.applicability);
        applicability == Some("safe") || (applicability == Some("unsafe") && self == Self::Unsafe)
    }
}

/// What tells findings apart whose places move: rule, project, path, message.
type Key = (String, String, String, String);

fn key(finding: &Finding) -> Key {
    (finding.rule.clone(), finding.project.clone(), finding.location.path.clone(), finding.message.clone())
}

/// A fix that was not applied, or in vain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Failed {
    pub(crate) path: String,
    pub(crate) rule: String,
    pub(crate) reason: String,
}

/// What fixes made of a repository.
pub(crate) struct Fixed {
    pub(crate) changes: Changes,
    /// What the changed files held before; nothing for those that were not there.
    pub(crate) originals: Changes,
    /// The findings whose fixes were applied and that are gone.
    pub(crate) mended: Vec<Finding>,
    pub(crate) failed: BTreeSet<Failed>,
    /// What a check says afterwards.
    pub(crate) report: Report,
}

/// What a check says, and the facts that it came from.
pub(crate) type Checked = (Report, Arc<Facts>);

/// Applies fixes until none is left. `check` says what is wrong with the repository as it is with some changes; `wants`
/// is asked about each fix that could be applied.
///
/// # Errors
/// Those of `check` and `wants`.
pub(crate) fn run(
    scope: Scope,
    check: &mut dyn FnMut(&Changes) -> anyhow::Result<Checked>,
    wants: &mut dyn FnMut(&Finding, &Proposal) -> anyhow::Result<bool>,
) -> anyhow::Result<Fixed> {
    let (mut changes, mut originals) = (Changes::new(), Changes::new());
    let mut failed = BTreeSet::new();
    let mut mended: Vec<Finding> = Vec::new();
    let mut useless: BTreeSet<Key> = BTreeSet::new();
    let mut refused: BTreeSet<(Key, Proposal)> = BTreeSet::new();
    let (mut report, mut facts) = check(&changes)?;
    for _ in 0..MOST_ROUNDS {
        let open: Vec<&Finding> = report
            .findings
            .iter()
            .filter(|finding| {
                finding.level != Level::Allow && scope.covers(finding) && !useless.contains(&key(finding))
            })
            .collect();
        let applied =
            round(facts.repository(), &open, &mut changes, &mut originals, &mut failed, &mut |finding, proposal| {
                let one = (key(finding), proposal.clone());
                let is_wanted = !refused.contains(&one) && wants(finding, proposal)?;
                if !is_wanted {
                    refused.insert(one);
                }
                Ok(is_wanted)
            })?;
        if applied.is_empty() {
            return Ok(Fixed { changes, originals, mended, failed, report });
        }
        let before = tally(&report.findings);
        (report, facts) = check(&changes)?;
        let after = tally(&report.findings);
        for finding in applied {
            let key = key(&finding);
            if after.get(&key).copied().unwrap_or(0) >= before.get(&key).copied().unwrap_or(0) {
                let reason = "the fix was applied and does not silence the finding".to_owned();
                failed.insert(Failed { path: finding.location.path.clone(), rule: finding.rule.clone(), reason });
                useless.insert(key);
            } else {
                mended.push(finding);
            }
        }
    }
    for finding in report.findings.iter().filter(|finding| scope.covers(finding) && !useless.contains(&key(finding))) {
        let reason = format!("left after {MOST_ROUNDS} rounds of fixes; run it again");
        failed.insert(Failed { path: finding.location.path.clone(), rule: finding.rule.clone(), reason });
    }
    Ok(Fixed { changes, originals, mended, failed, report })
}

fn tally(findings: &[Finding]) -> BTreeMap<Key, usize> {
    let mut tally = BTreeMap::new();
    for finding in findings {
        *tally.entry(key(finding)).or_default() += 1;
    }
    tally
}

/// Applies the fixes of some findings that do not meet, the first by place first. Says whose were applied.
fn round(
    repository: &Repository,
    findings: &[&Finding],
    changes: &mut Changes,
    originals: &mut Changes,
    failed: &mut BTreeSet<Failed>,
    wants: &mut dyn FnMut(&Finding, &Proposal) -> anyhow::Result<bool>,
) -> anyhow::Result<Vec<Finding>> {
    // All files are read before the first question: whoever takes time to answer may edit them meanwhile.
    let mut proposals = Vec::new();
    for finding in findings {
        let Some(fix) = &finding.fix else { continue };
        match Proposal::new(repository, &fix.edits) {
            Ok(proposal) => proposals.push((*finding, proposal)),
            Err(reason) => {
                let (path, rule) = (finding.location.path.clone(), finding.rule.clone());
                failed.insert(Failed { path, rule, reason: format!("the fix can't be applied: {reason}") });
            }
        }
    }
    let mut draft = Draft::default();
    let mut applied = Vec::new();
    for (finding, proposal) in proposals {
        // What meets another fix is asked about when its turn comes.
        if let Some(next) = draft.with(&proposal)
            && wants(finding, &proposal)?
        {
            draft = next;
            applied.push(finding.clone());
            for (path, file) in proposal.files {
                if !changes.contains_key(&path) {
                    originals.entry(path).or_insert(file.old);
                }
            }
        }
    }
    changes.extend(draft.texts());
    Ok(applied)
}

#[cfg(test)]
mod tests;
