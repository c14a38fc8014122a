//! The programs that make components, found where a project keeps its own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

/// A program that a build needs.
pub(super) struct Tool {
    pub(super) program: &'static str,
    /// Folders of an environment, relative to the plugin's folder or one above.
    pub(super) environments: &'static [&'static str],
    /// The variable that names an active environment.
    pub(super) active: Option<&'static str>,
    /// What to type when it is missing.
    pub(super) install: &'static str,
}

impl Tool {
    /// Looks in the environments of the plugin's folder and of those above it, then in the active one, then on the PATH.
    ///
    /// # Errors
    /// When it is nowhere, with what to type.
    pub(super) fn find(&self, folder: &Path) -> anyhow::Result<PathBuf> {
        let own = folder.ancestors().flat_map(|folder| self.environments.iter().map(|place| folder.join(place)));
        let active = self.active.and_then(std::env::var_os).map(|environment| Path::new(&environment).join("bin"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut places = own.chain(active).chain(std::env::split_paths(&path));
        match places.find_map(|place| Some(place.join(self.program)).filter(|file| file.is_file())) {
            Some(found) => Ok(found),
            None => bail!("{} is not installed: run {} in {}", self.program, self.install, folder.display()),
        }
    }
}

/// Runs a program and gives what it said on both outputs if it failed.
///
/// # Errors
/// When it can't be started.
pub(super) fn failure(command: &mut Command) -> anyhow::Result<Option<String>> {
    let program = command.get_program().display().to_string();
    let output = command.env("RUST_BACKTRACE", "0").output().with_context(|| format!("{program} can't be run"))?;
    if output.status.success() {
        return Ok(None);
    }
    let text = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).trim().to_owned());
    Ok(Some(text.iter().filter(|text| !text.is_empty()).cloned().collect::<Vec<_>>().join("\n")))
}
