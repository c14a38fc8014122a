//! Builds the sections under `plugins/` and hands them to the host as components. Runs again only when a plugin, the
//! SDK or the interface changes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context;

#[path = "src/package/componentize.rs"]
mod componentize;

fn main() {
    if let Err(error) = run() {
        println!("cargo::error={}", format!("{error:#}").replace('\n', "\\n"));
    }
}

fn run() -> anyhow::Result<()> {
    let output = PathBuf::from(env::var_os("OUT_DIR").context("OUT_DIR is not set")?);
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("CARGO_MANIFEST_DIR is not set")?)
        .parent()
        .context("the host has no parent folder")?
        .to_owned();
    for watched in ["plugins", "sdk", "wit", "Cargo.toml", "host/src/package/componentize.rs"] {
        println!("cargo::rerun-if-changed={}", root.join(watched).display());
    }

    let mut sections: Vec<String> = fs::read_dir(root.join("plugins"))?
        .filter_map(Result::ok)
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    sections.sort();
    let packages: Vec<String> = sections.iter().map(|section| format!("plimsoll-{section}")).collect();
    let modules = componentize::build_modules(&root.join("Cargo.toml"), &packages, &output.join("plugins"))?;

    let mut table = String::from("/// The built-in sections: name, component, and the examples beside the sources.\n");
    table.push_str("#[expect(clippy::type_complexity, reason = \"written by the build script\")]\n");
    table.push_str("pub(crate) static BUILT_IN: &[(&str, &[u8], &[(&str, &str)])] = &[\n");
    for (section, module) in sections.iter().zip(&modules) {
        let component = componentize::componentize(&fs::read(module)?).with_context(|| format!("plugins/{section}"))?;
        let path = output.join(format!("{section}.wasm"));
        write_if_changed(&path, &component)?;
        writeln!(table, "    ({section:?}, include_bytes!({:?}), &[", path.display().to_string())?;
        for example in examples(&root.join("plugins").join(section).join("tests"))? {
            let name = example.file_name().unwrap_or_default().display().to_string();
            writeln!(table, "        ({name:?}, include_str!({:?})),", example.display().to_string())?;
        }
        table.push_str("    ]),\n");
    }
    table.push_str("];\n");
    write_if_changed(&output.join("built_in.rs"), table.as_bytes())
}

/// The Markdown files in a folder, sorted; none without the folder.
fn examples(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    let mut examples: Vec<PathBuf> =
        paths.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect();
    examples.sort();
    Ok(examples)
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
