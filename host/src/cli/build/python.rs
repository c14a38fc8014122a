//! Plugins in Python: `componentize-py` puts CPython, the SDK and the plugin into one component.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::beside::{Beside, quoted};
use super::tools::{Tool, failure};

const COMPONENTIZE: Tool = Tool {
    program: "componentize-py",
    environments: &[".venv/bin", "venv/bin"],
    active: Some("VIRTUAL_ENV"),
    install: "`uv add --dev componentize-py`, or `pip install componentize-py` in its environment,",
};
/// The module of the interface; the SDK has a copy for tests and type checkers.
const INTERFACE_MODULE: &str = "plimsoll_wit";
const ENTRY: &str = "plimsoll_entry";

/// What `pyproject.toml` says.
#[derive(Deserialize)]
struct Pyproject {
    project: Project,
    #[serde(default)]
    tool: Tools,
}

#[derive(Deserialize)]
struct Project {
    name: String,
    version: String,
}

#[derive(Default, Deserialize)]
struct Tools {
    #[serde(default)]
    plimsoll: Settings,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// The module with `plugin`; else the one of the project's name.
    module: Option<String>,
}

/// Builds a project.
///
/// # Errors
/// When something is missing, or the plugin's modules can't be imported: then with Python's own words.
pub(super) fn build(folder: &Path, work: &Path, beside: &Beside) -> anyhow::Result<Vec<u8>> {
    let manifest = folder.join("pyproject.toml");
    let text = std::fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    let Pyproject { project: Project { name, version }, tool } =
        toml::from_str(&text).with_context(|| manifest.display().to_string())?;
    let module = tool.plimsoll.module.unwrap_or_else(|| name.replace(['-', '.'], "_"));
    if !module.split('.').all(|part| part.chars().all(|letter| letter == '_' || letter.is_alphanumeric())) {
        bail!("{}: `{module}` is no module of Python", manifest.display());
    }
    let program = COMPONENTIZE.find(folder)?;

    let entry = format!(
        "from plimsoll_sdk.plugin import Guest\n\nfrom {module} import plugin\n\nRules = Guest(plugin, {}, {}, {}, {})\n",
        quoted(&name),
        quoted(&version),
        quoted(&beside.requirements),
        quoted(&beside.preset)
    );
    std::fs::write(work.join(format!("{ENTRY}.py")), entry)?;
    let output = work.join("component.wasm");
    let paths = import_path(folder, work);
    let mut command = Command::new(program);
    command.current_dir(work).args(["--quiet", "--wit-path", "wit", "--world", "plugin"]);
    command.args(["--world-module", INTERFACE_MODULE, "componentize", ENTRY, "--stub-wasi", "--output"]).arg(&output);
    for path in &paths {
        command.arg("--python-path").arg(path);
    }
    if let Some(text) = failure(&mut command)? {
        bail!("the plugin does not build:\n{}", traceback(&text, &paths));
    }
    std::fs::read(&output).with_context(|| output.display().to_string())
}

/// Where Python looks for modules: the entry, the plugin's sources, the SDK that came with it. What else is installed in
/// the environment `componentize-py` finds itself.
fn import_path(folder: &Path, work: &Path) -> Vec<PathBuf> {
    let own = if folder.join("src").is_dir() { folder.join("src") } else { folder.to_owned() };
    let sdk = folder.join("plimsoll-sdk").join("src");
    [work.to_owned(), own, sdk].into_iter().filter(|path| path.is_dir()).collect()
}

/// What went wrong, in Python's words: paths are those of the files, and the compiler's own stack is left out.
fn traceback(text: &str, paths: &[PathBuf]) -> String {
    let text = text.find("Traceback (most recent call last):\n  File \"/").map_or(text, |start| &text[start..]);
    let text = text.split("\n\nCaused by:").next().unwrap_or(text);
    let text = text.split("\n\nStack backtrace:").next().unwrap_or(text);
    paths.iter().enumerate().fold(text.to_owned(), |text, (index, path)| {
        text.replace(&format!("File \"/{index}/"), &format!("File \"{}/", path.display()))
    })
}
