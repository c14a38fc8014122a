//! What a rule says: findings, and what does not apply or can't be decided.

use crate::bindings::plimsoll::plugin::report::{self as host, Applicability, Edit, Fix, Related};
use crate::bindings::plimsoll::plugin::types::{Node, Place};
use crate::plugin::option;
use crate::value::Item;

pub use crate::bindings::plimsoll::plugin::report::Confidence;

/// Takes what a rule has to say and gives it the options of the manifest.
pub struct Report {
    options: Vec<Node>,
}

impl Report {
    pub(crate) fn new(options: Vec<Node>) -> Self {
        Self { options }
    }

    /// Reports that something is wrong at a place: what, as a fragment in lower case with code in backticks. The
    /// finding is sent when the returned value is dropped, so details are added by chaining.
    pub fn finding(&mut self, place: &Place, message: impl Into<String>) -> Finding {
        Finding {
            finding: Some(host::Finding {
                requirements: Vec::new(),
                place: place.clone(),
                message: message.into(),
                help: None,
                confidence: Confidence::High,
                related: Vec::new(),
                fix: None,
            }),
        }
    }

    /// Says that a requirement does not apply here, and why.
    pub fn not_applicable(&mut self, requirement: &str, reason: &str) {
        host::not_applicable(requirement, reason);
    }

    /// Says that a requirement can't be decided here, why, and where to look.
    pub fn unknown(&mut self, requirement: &str, place: Option<&Place>, reason: &str) {
        host::unknown(requirement, place, reason);
    }

    /// The value of an option: the manifest's, else the default.
    pub fn option(&self, name: &str) -> Option<Item<'_>> {
        option(&self.options, name)
    }
}

/// A finding on its way to the host.
pub struct Finding {
    finding: Option<host::Finding>,
}

impl Finding {
    fn with(mut self, change: impl FnOnce(&mut host::Finding)) -> Self {
        if let Some(finding) = &mut self.finding {
            change(finding);
        }
        self
    }

    /// What to do about it, in one line.
    pub fn help(self, help: impl Into<String>) -> Self {
        self.with(|finding| finding.help = Some(help.into()))
    }

    /// Names the requirement that is broken, where it is not all of the rule's; may be repeated.
    pub fn requirement(self, id: &str) -> Self {
        self.with(|finding| finding.requirements.push(id.to_owned()))
    }

    /// The evidence is likely, not certain: the finding warns at most.
    pub fn medium(self) -> Self {
        self.with(|finding| finding.confidence = Confidence::Medium)
    }

    /// The evidence is a guess: the finding shows only on request.
    pub fn low(self) -> Self {
        self.with(|finding| finding.confidence = Confidence::Low)
    }

    /// Another place that explains it.
    pub fn related(self, place: &Place, message: impl Into<String>) -> Self {
        let related = Related { place: place.clone(), message: message.into() };
        self.with(|finding| finding.related.push(related))
    }

    /// Changes that mend it and keep the meaning, applied together; without any there is no fix.
    pub fn safe_fix(self, edits: impl IntoIterator<Item = Edit>) -> Self {
        self.fix_if_any(Applicability::Safe, edits.into_iter().collect())
    }

    /// Changes that mend it and may change what the program does, applied together; without any there is no fix.
    pub fn unsafe_fix(self, edits: impl IntoIterator<Item = Edit>) -> Self {
        self.fix_if_any(Applicability::Unsafe, edits.into_iter().collect())
    }

    fn fix_if_any(self, applicability: Applicability, edits: Vec<Edit>) -> Self {
        if edits.is_empty() { self } else { self.fix(applicability, edits) }
    }

    /// Changes that mend it, applied together.
    pub fn fix(self, applicability: Applicability, edits: Vec<Edit>) -> Self {
        self.with(|finding| finding.fix = Some(Fix { applicability, edits }))
    }
}

impl Drop for Finding {
    fn drop(&mut self) {
        if let Some(finding) = self.finding.take() {
            host::emit(&finding);
        }
    }
}
