//! Looks into a component without running it: is it one, what does it import, what does it say of itself.

use wasm_encoder::{ComponentSection as _, CustomSection};
use wasmparser::{Encoding, Parser, Payload};

use super::description::{Description, DescriptionError};

/// The largest component that is looked at.
pub(crate) const LARGEST_COMPONENT: usize = 64 << 20;
/// The interface package and the version that this host has.
const PACKAGE: &str = "plimsoll:plugin";
const INTERFACES: &[&str] =
    &["automation", "containers", "documents", "git", "log", "project", "python", "report", "repository", "types"];
/// The newest interface version that this host has.
pub(crate) const INTERFACE_VERSION: semver::Version = semver::Version::new(0, 1, 0);
const DESCRIPTION_SECTION: &str = "plimsoll:description";

/// Why a file is no plugin for this host.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub(crate) enum ComponentError {
    #[error("{0} bytes, more than the {LARGEST_COMPONENT} that a plugin may have")]
    TooLarge(usize),
    #[error("not WebAssembly, or cut off: {0}")]
    Malformed(String),
    #[error("a core module, not a component: build it with `plimsoll build`")]
    CoreModule,
    #[error("it imports `{0}`; a plugin may import nothing but `{PACKAGE}`: build it without WASI")]
    ForeignImport(String),
    #[error(
        "it wants `{PACKAGE}` {wanted}, and this plimsoll has up to {INTERFACE_VERSION}: update plimsoll, or pin an \
         older version of the plugin"
    )]
    FutureInterface { wanted: String },
    #[error("it imports `{0}`, which `{PACKAGE}` {INTERFACE_VERSION} does not have: update plimsoll")]
    UnknownInterface(String),
    #[error("it does not export `{PACKAGE}/rules`: it is no plimsoll plugin")]
    NoRules,
    #[error("it has no section `{DESCRIPTION_SECTION}`: build it with `plimsoll build`")]
    NoDescription,
    #[error("its description can't be read: {0}")]
    Description(#[from] DescriptionError),
}

/// What a component says of itself without being run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Inspected {
    pub(crate) description: Description,
    /// The newest version of the interface that it names.
    pub(crate) interface: semver::Version,
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
}

/// What a component consists of, as far as this host looks.
struct Parts<'a> {
    description: Option<&'a [u8]>,
    imports: Vec<String>,
    exports: Vec<String>,
}

/// Reads a component and checks that this host can run it.
///
/// # Errors
/// See [`ComponentError`].
pub(crate) fn inspect(wasm: &[u8]) -> Result<Inspected, ComponentError> {
    let Parts { description, mut imports, mut exports } = parts(wasm)?;
    let description = Description::parse(description.ok_or(ComponentError::NoDescription)?)?;
    let interface = interface_of(imports.iter().chain(&exports)).unwrap_or(INTERFACE_VERSION);
    imports.sort();
    exports.sort();
    Ok(Inspected { description, interface, imports, exports })
}

/// Checks that this host can run a component, whether or not it has a description yet.
///
/// # Errors
/// See [`ComponentError`].
pub(crate) fn check_interfaces(wasm: &[u8]) -> Result<(), ComponentError> {
    parts(wasm).map(|_| ())
}

/// Gives a component a description.
pub(crate) fn describe(component: &mut Vec<u8>, description: &str) {
    let section = CustomSection { name: DESCRIPTION_SECTION.into(), data: description.as_bytes().into() };
    section.append_to_component(component);
}

/// Looks for what concerns the host.
fn parts(wasm: &[u8]) -> Result<Parts<'_>, ComponentError> {
    if wasm.len() > LARGEST_COMPONENT {
        return Err(ComponentError::TooLarge(wasm.len()));
    }
    let malformed = |error: wasmparser::BinaryReaderError| ComponentError::Malformed(error.message().to_owned());
    let mut description = None;
    let mut has_rules = false;
    let (mut imported, mut exported): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut depth = 0usize;
    for payload in Parser::new(0).parse_all(wasm) {
        match payload.map_err(malformed)? {
            Payload::Version { encoding: Encoding::Module, .. } if depth == 0 => {
                return Err(ComponentError::CoreModule);
            }
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::ComponentImportSection(imports) if depth == 0 => {
                for import in imports {
                    let name = import.map_err(malformed)?.name.name;
                    check_import(name)?;
                    imported.push(name.to_owned());
                }
            }
            Payload::ComponentExportSection(exports) if depth == 0 => {
                for export in exports {
                    let name = export.map_err(malformed)?.name.name;
                    exported.push(name.to_owned());
                    if let Some(version) = name.strip_prefix("plimsoll:plugin/rules@") {
                        check_version(version)?;
                        has_rules = true;
                    }
                }
            }
            Payload::CustomSection(section) if section.name() == DESCRIPTION_SECTION => {
                description = Some(section.data());
            }
            _ => {}
        }
    }
    if !has_rules {
        return Err(ComponentError::NoRules);
    }
    Ok(Parts { description, imports: imported, exports: exported })
}

/// The newest version of the interface among names of imports and exports.
pub(crate) fn interface_of<'a>(names: impl IntoIterator<Item = &'a String>) -> Option<semver::Version> {
    let versions = names.into_iter().filter_map(|name| {
        let (path, version) = name.split_once('@')?;
        let is_own = path.strip_prefix(PACKAGE).is_some_and(|rest| rest.starts_with('/'));
        semver::Version::parse(version).ok().filter(|_| is_own)
    });
    versions.max()
}

/// Whether this host has what a component names, as far as the names show it.
pub(crate) fn supports(version: &semver::Version) -> bool {
    check_version(&version.to_string()).is_ok()
}

fn check_import(name: &str) -> Result<(), ComponentError> {
    let foreign = || ComponentError::ForeignImport(name.to_owned());
    let (path, version) = name.split_once('@').unwrap_or((name, ""));
    let (package, interface) = path.split_once('/').ok_or_else(foreign)?;
    if package != PACKAGE {
        return Err(foreign());
    }
    semver::Version::parse(version).map_err(|_| foreign())?;
    check_version(version)?;
    if INTERFACES.contains(&interface) { Ok(()) } else { Err(ComponentError::UnknownInterface(name.to_owned())) }
}

/// Whether this host has a version of the interface.
fn check_version(version: &str) -> Result<(), ComponentError> {
    let has = semver::Version::parse(version).is_ok_and(|wanted| {
        (wanted.major, wanted.minor) == (INTERFACE_VERSION.major, INTERFACE_VERSION.minor)
            && wanted <= INTERFACE_VERSION
    });
    if has { Ok(()) } else { Err(ComponentError::FutureInterface { wanted: version.to_owned() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_checked_before_anything_is_linked() {
        let check = |name: &str| check_import(name).map_err(|error| error.to_string());
        assert_eq!(check("plimsoll:plugin/python@0.1.0"), Ok(()));
        assert!(check("wasi:cli/environment@0.2.0").is_err_and(|text| text.contains("without WASI")));
        assert!(check("plimsoll:plugin/python@0.3.0").is_err_and(|text| text.contains("update plimsoll")));
        assert!(check("plimsoll:plugin/network@0.1.0").is_err_and(|text| text.contains("does not have")));
        assert!(check("nonsense").is_err());
    }

    #[test]
    fn what_is_no_component_is_refused() {
        assert!(matches!(inspect(b""), Err(ComponentError::Malformed(_))));
        assert!(matches!(inspect(b"hello, world"), Err(ComponentError::Malformed(_))));
        assert_eq!(inspect(b"\0asm\x01\0\0\0"), Err(ComponentError::CoreModule));
        assert_eq!(inspect(b"\0asm\x0d\0\x01\0"), Err(ComponentError::NoRules));
    }
}
