//! The sections that every plimsoll carries, as components.

use super::manifest::HOUSE;
use crate::parallel;
use crate::plugin::component::ComponentError;
use crate::plugin::embedded::Aligned;
use crate::plugin::source::Source;

/// A section as the build script hands it over.
pub(crate) struct BuiltIn {
    name: &'static str,
    /// SHA-256 of the component in hexadecimal.
    digest: &'static str,
    wasm: &'static [u8],
    /// Its compiled form; empty where the machine that built this program could not compile for it.
    code: &'static Aligned<[u8]>,
    /// What the component says of itself, quicker to read than there.
    description: &'static [u8],
    /// The examples beside the sources: the file's name, which is a rule's with `.md`, and its text.
    examples: &'static [(&'static str, &'static str)],
}

/// Bytes of stack of a thread that reads a description.
const THREAD_STACK: usize = 1 << 20;

include!(concat!(env!("OUT_DIR"), "/built_in.rs"));

impl BuiltIn {
    fn source(&self) -> Result<Source, ComponentError> {
        Source::built_in(self.wasm, &self.code.0, self.description, self.digest)
    }
}

/// Reads the built-in sections, sorted by name. Neither their components are looked into nor their patterns tried out:
/// the tests did that.
///
/// # Errors
/// When one of their descriptions can't be read, which a build with matching sources can't be.
pub(crate) fn sections() -> Result<Vec<Source>, ComponentError> {
    let sections: Vec<&BuiltIn> = BUILT_IN.iter().filter(|section| section.name != HOUSE).collect();
    parallel::map(&sections, THREAD_STACK, || (), |(), section| section.source()).into_iter().collect()
}

/// Makes the sections ready ahead, for a command that will soon run their rules.
pub(crate) fn prepare() {
    crate::plugin::load::prepare(
        BUILT_IN.iter().filter(|section| section.name != HOUSE).map(|section| &section.code.0),
    );
}

/// The component that house rules run in. It is no section of the standard.
///
/// # Errors
/// When it is no plugin for this host.
pub(crate) fn house() -> Result<Source, ComponentError> {
    let house = BUILT_IN.iter().find(|section| section.name == HOUSE).ok_or(ComponentError::NoRules)?;
    house.source()
}

/// Whether a section of plimsoll's own has this name.
pub(crate) fn is_name(name: &str) -> bool {
    BUILT_IN.iter().any(|section| section.name == name)
}

/// The examples beside the sources of a built-in section.
pub(crate) fn examples_beside(section: &str) -> Vec<(String, String)> {
    let of = BUILT_IN.iter().filter(|one| one.name == section).flat_map(|one| one.examples);
    of.map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_sections_pass_the_checks_of_all_plugins() {
        for section in BUILT_IN {
            let source = Source::new(section.wasm.into()).expect(section.name);
            assert_eq!(source.digest, section.digest, "{}", section.name);
            assert_eq!(source.description.name, section.name);
            let built_in = section.source().expect(section.name);
            assert_eq!(built_in.description, source.description, "{}", section.name);
            assert_eq!(built_in.interface, source.interface, "{}", section.name);
        }
    }
}
