//! Builds plugins that are Rust crates: cargo for WebAssembly, then a component. Also part of this crate's build script,
//! which embeds the built-in sections.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, bail};

const TARGET: &str = "wasm32-unknown-unknown";
/// Plugins are small and compiled once more by the host: size beats local speed.
const PROFILE: &[&str] = &[
    "profile.plugin.inherits=\"release\"",
    "profile.plugin.opt-level=\"s\"",
    "profile.plugin.lto=true",
    "profile.plugin.codegen-units=1",
    "profile.plugin.panic=\"abort\"",
    "profile.plugin.strip=true",
];

/// Builds crates of one workspace and returns the paths of their WebAssembly modules, in order.
///
/// Paths of this machine are kept out of the modules, so that the same sources give the same bytes everywhere.
///
/// # Errors
/// When cargo can't be run or a crate does not build; a missing target is named with the command that adds it.
pub(crate) fn build_modules(manifest: &Path, packages: &[String], target: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let workspace = manifest.parent().unwrap_or(Path::new("."));
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cargo")));
    let mut flags = vec![format!("--remap-path-prefix={}=/plugin", workspace.display())];
    flags.extend(home.map(|home| format!("--remap-path-prefix={}=/cargo", home.display())));

    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What the caller's build is told is not for plugins.
    for (variable, _) in std::env::vars_os() {
        let name = variable.to_string_lossy();
        if name.starts_with("CARGO_PROFILE_") || name.starts_with("CARGO_TARGET_") {
            cargo.env_remove(&variable);
        }
    }
    for variable in ["RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "RUSTC", "CARGO_BUILD_TARGET", "RUSTDOC"]
    {
        cargo.env_remove(variable);
    }
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\u{1f}"));
    cargo.args(["build", "--profile", "plugin", "--target", TARGET, "--manifest-path"]).arg(manifest);
    cargo.arg("--target-dir").arg(target);
    cargo.args(PROFILE.iter().flat_map(|setting| ["--config", setting]));
    cargo.args(packages.iter().flat_map(|package| ["--package", package]));

    let output = cargo.output().context("cargo can't be run")?;
    if !output.status.success() {
        let messages = String::from_utf8_lossy(&output.stderr);
        if messages.contains("E0463") && messages.contains("can't find crate for `core`")
            || messages.contains("can't find crate for `std`")
        {
            bail!("the target {TARGET} is not installed: run `rustup target add {TARGET}`");
        }
        bail!("the plugins do not build:\n{messages}");
    }
    let folder = target.join(TARGET).join("plugin");
    Ok(packages.iter().map(|package| folder.join(format!("{}.wasm", package.replace('-', "_")))).collect())
}

/// Turns a WebAssembly module that carries its interface into a component.
///
/// # Errors
/// When the module is none, or was not built with an SDK of plimsoll.
pub(crate) fn componentize(module: &[u8]) -> anyhow::Result<Vec<u8>> {
    wit_component::ComponentEncoder::default()
        .validate(true)
        .module(module)
        .context("the module carries no interface: is `plimsoll_sdk::plugin!` in its lib.rs?")?
        .encode()
        .context("the module can't be made a component")
}
