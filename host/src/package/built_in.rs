//! The sections that every plimsoll carries, as components.

use crate::plugin::component::ComponentError;
use crate::plugin::run::Source;

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// Reads the built-in sections, sorted by name.
///
/// # Errors
/// When one of them is no plugin for this host, which a build with matching sources can't be.
pub(crate) fn sections() -> Result<Vec<Source>, ComponentError> {
    BUILT_IN.iter().map(|(_, wasm, _)| Source::new((*wasm).into())).collect()
}

/// The examples beside the sources of a built-in section: the file's name, which is a rule's with `.md`, and its text.
pub(crate) fn examples_beside(section: &str) -> Vec<(String, String)> {
    let of = BUILT_IN.iter().filter(|(name, ..)| *name == section).flat_map(|(_, _, examples)| *examples);
    of.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}
