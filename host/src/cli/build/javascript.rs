//! Plugins in JavaScript and TypeScript: `componentize-qjs` puts QuickJS, the SDK and the plugin into one component.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};
use serde::Deserialize;

use super::beside::{Beside, quoted};
use super::tools::{Tool, failure};
use crate::package::beside::examples;

const COMPONENTIZE: Tool = Tool {
    program: "componentize-qjs",
    environments: &["node_modules/.bin"],
    active: None,
    install: "`npm install --save-dev componentize-qjs`",
};
const TYPESCRIPT: Tool = Tool {
    program: "tsc",
    environments: &["node_modules/.bin"],
    active: None,
    install: "`npm install --save-dev typescript`",
};
/// The imports that a plugin has.
const INTERFACES: &[&str] =
    &["automation", "containers", "documents", "git", "log", "project", "python", "report", "repository"];

/// What `package.json` says.
#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    /// The module whose default export is the plugin.
    #[serde(default = "default_main")]
    main: String,
}

fn default_main() -> String {
    "src/plugin.js".to_owned()
}

/// Builds a package.
///
/// # Errors
/// When something is missing, or the plugin's modules can't be loaded or compiled.
pub(super) fn build(folder: &Path, work: &Path, beside: &Beside) -> anyhow::Result<Vec<u8>> {
    let manifest = folder.join("package.json");
    let text = std::fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    let package: Package = serde_json::from_str(&text).with_context(|| manifest.display().to_string())?;
    let main = Path::new(&package.main);
    let is_inside =
        main.components().all(|part| matches!(part, std::path::Component::Normal(_) | std::path::Component::CurDir));
    if !is_inside || !folder.join(main).is_file() {
        bail!("{}: `main` names {}, which is no file of the plugin", manifest.display(), package.main);
    }
    let program = COMPONENTIZE.find(folder)?;

    // Where the modules are, seen from the entry.
    let (root, sources, main) = if main.extension().is_some_and(|extension| extension == "ts") {
        compile(folder, work)?;
        (work, "./javascript", main.with_extension("js"))
    } else {
        (folder, "../../..", main.to_owned())
    };
    let entry = work.join("entry.js");
    std::fs::write(&entry, entry_text(&package, sources, &main, &docs(folder)?, beside))?;
    let output = work.join("component.wasm");
    let mut command = Command::new(program);
    command
        .current_dir(work)
        .args(["--wit", "wit", "--world", "plugin", "--js", "entry.js", "--module-root"])
        .arg(root);
    command.args(["--stub-wasi", "--sync", "--minify", "--output"]).arg(&output);
    if let Some(text) = failure(&mut command)? {
        bail!("the plugin does not build:\n{text}");
    }
    std::fs::read(&output).with_context(|| output.display().to_string())
}

/// Compiles TypeScript into the folder `javascript`.
fn compile(folder: &Path, work: &Path) -> anyhow::Result<()> {
    let mut command = Command::new(TYPESCRIPT.find(folder)?);
    command.current_dir(folder).args(["--project", ".", "--noEmit", "false", "--declaration", "false"]);
    command.args(["--pretty", "false", "--rootDir", ".", "--outDir"]).arg(work.join("javascript"));
    match failure(&mut command)? {
        Some(text) => bail!("the plugin does not compile:\n{text}"),
        None => Ok(()),
    }
}

/// The documentation of the rules, by rule.
fn docs(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let read = |path: PathBuf| {
        let rule = path.file_stem().unwrap_or_default().display().to_string();
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        Ok((rule, text))
    };
    examples(&folder.join("docs").join("rules"))?.into_iter().map(read).collect()
}

fn entry_text(
    package: &Package,
    sources: &str,
    main: &Path,
    docs: &BTreeMap<String, String>,
    beside: &Beside,
) -> String {
    let imports: String =
        INTERFACES.iter().map(|name| format!("import {name} from \"plimsoll:plugin/{name}\";\n")).collect();
    let docs: Vec<String> = docs.iter().map(|(rule, text)| format!("{}: {}", quoted(rule), quoted(text))).collect();
    format!(
        "{imports}import {{ guest }} from \"{sources}/plimsoll-sdk/src/index.js\";\nimport plugin from {};\n\n\
         export const rules = guest(\n  plugin,\n  {{ name: {}, version: {}, requirements: {}, preset: {}, docs: {{ {} }} }},\n  \
         {{ {} }},\n);\n",
        quoted(&format!("{sources}/{}", main.display())),
        quoted(&package.name),
        quoted(&package.version),
        quoted(&beside.requirements),
        quoted(&beside.preset),
        docs.join(", "),
        INTERFACES.join(", ")
    )
}
