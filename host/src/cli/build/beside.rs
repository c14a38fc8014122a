//! What stands beside the sources of a plugin in Python or JavaScript: its requirements and its preset.

use std::path::Path;

use anyhow::Context;

/// The files that a plugin's description takes over as they are.
pub(super) struct Beside {
    pub(super) requirements: String,
    /// Empty without one.
    pub(super) preset: String,
}

impl Beside {
    /// Reads them.
    ///
    /// # Errors
    /// When there are no requirements, or one of the two is no TOML.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let read = |name: &str| {
            let path = folder.join(name);
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            text.parse::<toml::Table>().with_context(|| path.display().to_string())?;
            Ok::<_, anyhow::Error>(text)
        };
        let requirements = read("requirements.toml").context("a plugin says what its rules check")?;
        let preset = if folder.join("preset.toml").is_file() { read("preset.toml")? } else { String::new() };
        Ok(Self { requirements, preset })
    }
}

/// A text in quotes as Python and JavaScript both read it: JSON's, without what only JSON allows.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}
