//! The kinds of facts that are found in single files.

/// Some kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds(u16);

/// How many kinds are found in Python code; they come first.
pub(super) const PYTHON_KINDS: usize = 8;
/// How many there are.
pub(super) const KINDS: usize = 9;

impl Kinds {
    pub(super) const IMPORTS: Self = Self(1);
    pub(super) const CALLS: Self = Self(1 << 1);
    pub(super) const DEFINITIONS: Self = Self(1 << 2);
    pub(super) const OUTLINES: Self = Self(1 << 3);
    pub(super) const HANDLERS: Self = Self(1 << 4);
    pub(super) const ASSIGNMENTS: Self = Self(1 << 5);
    pub(super) const STATEMENTS: Self = Self(1 << 6);
    pub(super) const CLASSES: Self = Self(1 << 7);
    /// Of regular expressions.
    pub(super) const MATCHES: Self = Self(1 << 8);
    pub(super) const ALL: Self = Self((1 << KINDS) - 1);
    /// Those of Python code that rules ask for by names.
    pub(super) const NAMED: [Self; 7] = [
        Self::IMPORTS,
        Self::CALLS,
        Self::DEFINITIONS,
        Self::OUTLINES,
        Self::HANDLERS,
        Self::ASSIGNMENTS,
        Self::STATEMENTS,
    ];

    /// The place of one kind among all.
    pub(super) fn place(self) -> usize {
        self.0.trailing_zeros() as usize
    }

    pub(super) fn contains(self, kind: Self) -> bool {
        self.0 & kind.0 == kind.0
    }

    /// The kinds of both.
    pub(super) fn and(self, more: Self) -> Self {
        Self(self.0 | more.0)
    }
}
