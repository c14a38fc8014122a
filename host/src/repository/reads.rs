//! What was read of a repository, so that what came of it can be kept for as long as it holds.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

use super::Digest;

/// Of a file that was not the same each time it was read: nothing has this digest, so that nothing that came of the file
/// is taken for true later.
const CHANGED: Digest = [0; blake3::OUT_LEN];

/// What a file is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Purpose {
    /// What comes of it is known to come of this file: what is found in its text, the text itself for a rule that asked
    /// for it, the place of a finding.
    Alone,
    /// It may decide about anything.
    Basis,
}

/// What was read of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Reading {
    pub(crate) digest: Digest,
    pub(crate) purpose: Purpose,
}

/// What was read, by the file's index.
#[derive(Default)]
pub(super) struct Reads(Mutex<BTreeMap<usize, Reading>>);

impl Reading {
    /// What is known of a file that was read before, and now.
    pub(crate) fn and(self, now: Self) -> Self {
        let digest = if self.digest == now.digest { now.digest } else { CHANGED };
        Self { digest, purpose: self.purpose.max(now.purpose) }
    }

    /// Whether each time that the file was read gave the same.
    pub(crate) fn is_certain(self) -> bool {
        self.digest != CHANGED
    }
}

impl Reads {
    pub(super) fn note(&self, index: usize, digest: Digest, purpose: Purpose) {
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let reading = Reading { digest, purpose };
        let known = reads.entry(index).or_insert(reading);
        *known = known.and(reading);
    }

    pub(super) fn all(&self) -> BTreeMap<usize, Reading> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_between_two_reads_is_known_by_neither() {
        let (reads, one, two) = (Reads::default(), [1; blake3::OUT_LEN], [2; blake3::OUT_LEN]);
        let check = |digest: Digest, purpose: Purpose, expected: Reading| {
            reads.note(7, digest, purpose);
            assert_eq!(reads.all(), BTreeMap::from([(7, expected)]));
        };
        let read = |digest, purpose| Reading { digest, purpose };
        check(one, Purpose::Alone, read(one, Purpose::Alone));
        check(one, Purpose::Basis, read(one, Purpose::Basis));
        check(two, Purpose::Alone, read(CHANGED, Purpose::Basis));
        check(one, Purpose::Alone, read(CHANGED, Purpose::Basis));
    }
}
