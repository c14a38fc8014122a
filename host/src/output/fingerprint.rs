//! A finding's name across runs: it stays when lines above it come and go.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use crate::finding::Finding;

use super::sources::Sources;

/// Gives fingerprints to the findings of one report, in their order.
#[derive(Default)]
pub(crate) struct Fingerprints {
    seen: HashMap<[u8; 32], usize>,
}

impl Fingerprints {
    /// The digest of rule, path, message and the text of the finding's first line, which is trimmed; and a number that
    /// tells equal ones apart in the order of the report.
    pub(crate) fn fingerprint(&mut self, finding: &Finding, line: &str) -> String {
        let mut hasher = Sha256::new();
        for part in [&finding.rule, &finding.location.path, &finding.message, line.trim()] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        let digest: [u8; 32] = hasher.finalize().into();
        let occurrence = self.seen.entry(digest).or_default();
        *occurrence += 1;
        let hexadecimal: String = digest[..16].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{hexadecimal}:{occurrence}")
    }

    /// As [`Fingerprints::fingerprint`], with the line read from its file.
    pub(super) fn of(&mut self, finding: &Finding, sources: &mut Sources<'_>) -> String {
        let source = sources.source(&finding.location.path);
        let line = source.as_deref().map_or("", |source| {
            let offset = super::lines::floor(&source.text, finding.location.span.0);
            &source.text[source.lines.line(&source.text, source.lines.line_of(offset))]
        });
        self.fingerprint(finding, line)
    }
}
