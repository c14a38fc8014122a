//! How an automaton is written down: the class of each byte; how many entries a state has; where it starts after each
//! byte, and at the start of the text; then the entries of all states. An entry is where to go on with a byte of a class,
//! or at the end of the text. All but the classes are numbers of two bytes.

/// Bytes that have a class.
pub(crate) const CLASSES: usize = 256;
/// Places to start at: after each byte, and at the start of a text.
pub(crate) const STARTS: usize = 257;
/// The state from which there is no match any more.
pub(crate) const DEAD: usize = 0;
/// The state of all that match.
pub(crate) const MATCH: usize = 1;
