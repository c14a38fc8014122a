//! What was read of a repository, so that what came of it can be kept for as long as it holds.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::Digest;

/// Of a file that was not the same each time it was read: nothing has this digest, so that nothing that came of the file
/// is taken for true later.
const CHANGED: Digest = [0; blake3::OUT_LEN];

/// The digests of what reading gave, by the file's index.
#[derive(Default)]
pub(super) struct Reads(Mutex<BTreeMap<usize, Digest>>);

impl Reads {
    pub(super) fn note(&self, index: usize, digest: Digest) {
        let mut reads = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = reads.entry(index).or_insert(digest);
        if *known != digest {
            *known = CHANGED;
        }
    }

    pub(super) fn all(&self) -> BTreeMap<usize, Digest> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_between_two_reads_is_known_by_neither() {
        let (reads, one, two) = (Reads::default(), [1; blake3::OUT_LEN], [2; blake3::OUT_LEN]);
        let check = |digest: Digest, expected: Digest| {
            reads.note(7, digest);
            assert_eq!(reads.all(), BTreeMap::from([(7, expected)]));
        };
        check(one, one);
        check(one, one);
        check(two, CHANGED);
        check(one, CHANGED);
    }
}
