//! A finding's name across runs, for services that follow findings from one report to the next.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::finding::Finding;
use crate::fingerprint::fingerprint;

use super::lines::LineIndex;

/// Gives fingerprints to the findings of one report, in their order.
#[derive(Default)]
pub(crate) struct Fingerprints {
    seen: HashMap<[u8; 16], usize>,
}

impl Fingerprints {
    /// The digest of the path and of what the finding is known by, and a number that tells equal ones apart in order of
    /// the calls. Without the file's text the finding points at nothing.
    pub(crate) fn fingerprint(&mut self, finding: &Finding, source: Option<(&str, &LineIndex)>) -> String {
        let known_by = fingerprint(finding, source.map(|(text, _)| text));
        let whole = Sha256::digest(format!("{known_by} {}", finding.location.path));
        let mut digest = [0; 16];
        digest.copy_from_slice(&whole[..16]);
        let occurrence = self.seen.entry(digest).or_default();
        *occurrence += 1;
        let hexadecimal: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{hexadecimal}:{occurrence}")
    }
}
