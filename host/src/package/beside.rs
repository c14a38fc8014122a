//! The examples beside a section's sources. The build script shares this file.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// The Markdown files in a folder, sorted; none without the folder.
///
/// # Errors
/// When the folder can't be listed.
pub(crate) fn examples(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let paths = entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    let is_markdown = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "md");
    let mut examples: Vec<PathBuf> = paths.into_iter().filter(is_markdown).collect();
    examples.sort();
    Ok(examples)
}
