//! Plugins in Rust: cargo, then `wit-component`.

use std::path::Path;

use anyhow::{Context, bail};

use crate::package::componentize::{build_modules, componentize};
use crate::plugin::source::Source;

/// Builds a crate.
///
/// # Errors
/// When it does not build, or needs more than a plugin may import: then with what it needs.
pub(super) fn build(folder: &Path, work: &Path) -> anyhow::Result<Source> {
    let manifest = folder.join("Cargo.toml");
    let text = std::fs::read_to_string(&manifest).with_context(|| manifest.display().to_string())?;
    let table: toml::Table = text.parse().with_context(|| manifest.display().to_string())?;
    let Some(package) = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str)
    else {
        bail!("{} has no package name", manifest.display());
    };
    let modules = build_modules(&manifest, &[package.to_owned()], work)?;
    let module = modules.first().context("cargo built nothing")?;
    let module = std::fs::read(module).with_context(|| module.display().to_string())?;
    if let Some(import) = foreign_import(&module)? {
        bail!(
            "{package} imports `{import}`, and a plugin may import nothing but `plimsoll:plugin`: {}",
            origin(&import)
        );
    }
    Source::new(componentize(&module)?.into()).with_context(|| format!("{package} is no plugin for this plimsoll"))
}

/// The first import of a module that is not the host's.
fn foreign_import(module: &[u8]) -> anyhow::Result<Option<String>> {
    for payload in wasmparser::Parser::new(0).parse_all(module) {
        if let wasmparser::Payload::ImportSection(imports) = payload? {
            for import in imports.into_imports() {
                let import = import?;
                if !import.module.starts_with("plimsoll:plugin/") {
                    return Ok(Some(format!("{}.{}", import.module, import.name)));
                }
            }
        }
    }
    Ok(None)
}

/// Where an import that is not the host's likely comes from.
fn origin(import: &str) -> &'static str {
    if import.starts_with("__wbindgen") {
        "it likely comes from a dependency that is meant for browsers; `cargo tree --target wasm32-unknown-unknown \
         --invert wasm-bindgen` shows which"
    } else if import.starts_with("wasi") {
        "it likely comes from a dependency that calls the operating system through WASI; look for a feature that turns \
         that off"
    } else {
        "it likely comes from C code, or from an `extern` function that nothing defines"
    }
}
