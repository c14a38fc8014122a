//! The sections that every plimsoll carries, as components.

use crate::plugin::component::ComponentError;
use crate::plugin::run::Source;

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

/// Reads the built-in sections, sorted by name.
///
/// # Errors
/// When one of them is no plugin for this host, which a build with matching sources can't be.
pub(crate) fn sections() -> Result<Vec<Source>, ComponentError> {
    BUILT_IN.iter().map(|(_, wasm)| Source::new((*wasm).into())).collect()
}
