//! What tells whether a file was written to, without reading it.

use cap_std::fs::{Metadata, MetadataExt};

/// A file that was touched less than this before a run began may have changed since without a trace: clocks of file
/// systems are coarse, those of networks late.
const MARGIN: i64 = 2_000_000_000;

/// What the file system says of a file besides its size; it differs when the file was written to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Stamp {
    /// When it was written to, in nanoseconds since 1970.
    modified: i64,
    /// When its metadata changed, which nobody can set, likewise.
    changed: i64,
    inode: u64,
}

impl Stamp {
    pub(super) fn of(metadata: &Metadata) -> Self {
        let nanoseconds = |seconds: i64, rest: i64| seconds.saturating_mul(1_000_000_000).saturating_add(rest);
        Self {
            modified: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            changed: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }

    /// Whether the file was left alone for some time before a moment, in nanoseconds since 1970.
    pub(crate) fn is_settled(&self, moment: i64) -> bool {
        self.modified.max(self.changed) < moment.saturating_sub(MARGIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_touched_just_before_is_not_settled() {
        let check = |modified: i64, changed: i64, expected: bool| {
            let stamp = Stamp { modified, changed, inode: 1 };
            assert_eq!(stamp.is_settled(10_000_000_000), expected, "{stamp:?}");
        };
        check(1_000_000_000, 7_000_000_000, true);
        check(1_000_000_000, 9_000_000_000, false);
        check(9_000_000_000, 1_000_000_000, false);
        // From the future: clocks differ.
        check(20_000_000_000, 1_000_000_000, false);
    }
}
