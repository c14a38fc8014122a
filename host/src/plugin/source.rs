//! A plugin as it was read: checked, and not compiled yet.

use std::borrow::Cow;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::component::{ComponentError, INTERFACE_VERSION, Inspected, inspect};
use super::description::Description;

/// A plugin that was read and checked; not compiled yet.
pub(crate) struct Source {
    pub(crate) description: Arc<Description>,
    /// SHA-256 of the component in hexadecimal.
    pub(crate) digest: String,
    pub(crate) wasm: Cow<'static, [u8]>,
    /// Its compiled form, where this program carries it; else nothing.
    pub(crate) code: &'static [u8],
    /// Whether it was built and tested together with this host.
    pub(crate) is_built_in: bool,
    /// The version of the interface that it was built for.
    pub(crate) interface: semver::Version,
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Source {
    /// Reads a component.
    ///
    /// # Errors
    /// When it is no plugin for this host.
    pub(crate) fn new(wasm: Cow<'static, [u8]>) -> Result<Self, ComponentError> {
        let Inspected { description, interface, .. } = inspect(&wasm)?;
        description.check_patterns().map_err(ComponentError::Description)?;
        Ok(Self {
            description: Arc::new(description),
            digest: sha256(&wasm),
            wasm,
            code: &[],
            is_built_in: false,
            interface,
        })
    }

    /// Takes a component that was built and tested together with this host, its compiled form, its description and its
    /// digest.
    ///
    /// # Errors
    /// When the description can't be read, which a build with matching sources can't be.
    pub(crate) fn built_in(
        wasm: &'static [u8],
        code: &'static [u8],
        description: &[u8],
        digest: &str,
    ) -> Result<Self, ComponentError> {
        let description = Arc::new(Description::parse(description)?);
        Ok(Self {
            description,
            digest: digest.to_owned(),
            wasm: wasm.into(),
            code,
            is_built_in: true,
            interface: INTERFACE_VERSION,
        })
    }
}
