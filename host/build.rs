//! Builds the sections under `plugins/` and hands them to the host as components. Runs again only when a plugin, the
//! SDK or the interface changes.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context;
use sha2::{Digest, Sha256};

#[path = "src/package/beside.rs"]
mod beside;
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
    for watched in
        ["plugins", "sdk", "wit", "Cargo.toml", "host/src/package/beside.rs", "host/src/package/componentize.rs"]
    {
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

    let mut table = String::from("/// The built-in sections, sorted by name.\n");
    table.push_str("pub(crate) static BUILT_IN: &[BuiltIn] = &[\n");
    for (section, module) in sections.iter().zip(&modules) {
        let component = componentize::componentize(&fs::read(module)?).with_context(|| format!("plugins/{section}"))?;
        let path = output.join(format!("{section}.wasm"));
        write_if_changed(&path, &component)?;
        let digest = sha256(&component);
        writeln!(table, "    BuiltIn {{ name: {section:?}, digest: {digest:?},")?;
        writeln!(table, "        wasm: include_bytes!({:?}), examples: &[", path.display().to_string())?;
        for example in beside::examples(&root.join("plugins").join(section).join("tests"))? {
            let name = example.file_name().unwrap_or_default().display().to_string();
            writeln!(table, "        ({name:?}, include_str!({:?})),", example.display().to_string())?;
        }
        table.push_str("    ] },\n");
    }
    table.push_str("];\n");
    write_if_changed(&output.join("built_in.rs"), table.as_bytes())?;
    write_if_changed(&output.join("sdk.rs"), sdk(&root)?.as_bytes())
}

/// The SDK as new plugins get it: a package that stands alone.
fn sdk(root: &Path) -> anyhow::Result<String> {
    let workspace: toml::Table = fs::read_to_string(root.join("Cargo.toml"))?.parse()?;
    let package = workspace["workspace"]["package"].clone();
    let dependency = &workspace["workspace"]["dependencies"]["wit-bindgen"];
    let field = |name: &str| package.get(name).map(|value| format!("{name} = {value}\n")).unwrap_or_default();
    let manifest = format!(
        "[package]\nname = \"plimsoll-sdk\"\ndescription = \"Write plimsoll rules in Rust\"\n{}{}{}{}\n[dependencies]\n\
         wit-bindgen = {dependency}\n",
        field("version"),
        field("edition"),
        field("rust-version"),
        field("license")
    );
    let mut table =
        String::from("/// The files of the SDK for Rust, with their paths.\nstatic SDK: &[(&str, &str)] = &[\n");
    writeln!(table, "    (\"Cargo.toml\", {manifest:?}),")?;
    let (mut folders, mut files) = (vec![root.join("sdk").join("src")], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    for file in files {
        let shown = file.strip_prefix(root.join("sdk"))?.components().map(|part| part.as_os_str().to_string_lossy());
        let shown = shown.collect::<Vec<_>>().join("/");
        writeln!(table, "    ({shown:?}, include_str!({:?})),", file.display().to_string())?;
    }
    table.push_str("];\n");
    Ok(table)
}

/// SHA-256 in hexadecimal.
fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn write_if_changed(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    fs::write(path, bytes).with_context(|| path.display().to_string())
}
