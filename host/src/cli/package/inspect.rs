//! `plimsoll inspect`: what a plugin is, without running it.

use std::io::{BufWriter, Write};
use std::path::Path;

use anyhow::{Context, bail};
use clap::Args;

use super::PackageArguments;
use crate::cli::{CLEAN, default_level};
use crate::output::text::printable;
use crate::package::manifest::hint;
use crate::package::reference::Repository;
use crate::package::registry::{Client, tag_of, version_of};
use crate::package::resolve::{Strictness, read_at, resolve};
use crate::plugin::component::inspect;
use crate::plugin::source::Source;

/// Show a plugin's version, digest, interface, requirements and rules
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,

    /// A component, a plugin's folder, the name of a plugin of this repository, or `REGISTRY/REPOSITORY[:VERSION]`
    plugin: String,

    #[arg(long)]
    json: bool,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let source = find(arguments)?;
    let inspected = inspect(&source.wasm)?;
    let description = &source.description;
    let mut out = BufWriter::new(std::io::stdout().lock());
    if arguments.json {
        let rules: Vec<_> = description
            .rules
            .iter()
            .map(|rule| {
                serde_json::json!({
                    "id": rule.id, "title": rule.title, "level": default_level(description, rule),
                    "requirements": rule.requirements,
                })
            })
            .collect();
        let requirements: Vec<_> = description
            .requirements
            .iter()
            .map(|it| serde_json::json!({"id": it.id, "level": it.level, "statement": it.statement}))
            .collect();
        let all = serde_json::json!({
            "name": description.name, "version": description.version.to_string(), "title": description.title,
            "digest": format!("sha256:{}", source.digest), "size": source.wasm.len(),
            "interface": inspected.interface.to_string(), "imports": inspected.imports, "exports": inspected.exports,
            "requirements": requirements, "rules": rules,
        });
        serde_json::to_writer_pretty(&mut out, &all)?;
        writeln!(out)?;
        out.flush()?;
        return Ok(CLEAN);
    }
    writeln!(out, "{} {}: {}", description.name, description.version, printable(&description.title))?;
    writeln!(out, "digest     sha256:{}", source.digest)?;
    writeln!(out, "size       {} bytes", source.wasm.len())?;
    writeln!(out, "interface  plimsoll:plugin {}", inspected.interface)?;
    writeln!(out, "imports    {}", inspected.imports.join("\n           "))?;
    writeln!(out, "exports    {}", inspected.exports.join("\n           "))?;
    writeln!(out, "\n{} requirements", description.requirements.len())?;
    for requirement in &description.requirements {
        let (id, level) = (&requirement.id, requirement.level.word());
        writeln!(out, "  {id:<10} {level:<6} {}", printable(&requirement.statement))?;
    }
    writeln!(out, "\n{} rules", description.rules.len())?;
    for rule in &description.rules {
        writeln!(out, "  {:<4}  {:<40}  {}", default_level(description, rule), rule.id, printable(&rule.title))?;
    }
    out.flush()?;
    Ok(CLEAN)
}

fn find(arguments: &Arguments) -> anyhow::Result<Source> {
    let name = &arguments.plugin;
    let path = Path::new(name);
    if path.exists() {
        return read_at(path, name, &mut Vec::new());
    }
    if name.contains('/') && name.split('/').next().is_some_and(|host| host.contains(['.', ':']) || host == "localhost")
    {
        return from_registry(arguments);
    }
    let package = arguments.package.open()?;
    let plugins = resolve(&package.root, package.manifest.clone(), Strictness::default())?.plugins;
    let names: Vec<String> = plugins.iter().map(|plugin| plugin.description.name.clone()).collect();
    match plugins.into_iter().find(|plugin| plugin.description.name == *name) {
        Some(plugin) => Ok(plugin),
        None => {
            let hint = hint(name, names.iter().map(String::as_str));
            bail!("`{name}` is no file, no folder and no plugin of this repository{hint}")
        }
    }
}

/// A plugin from `REGISTRY/REPOSITORY[:VERSION]`; the newest without a version.
fn from_registry(arguments: &Arguments) -> anyhow::Result<Source> {
    if arguments.package.offline {
        bail!("a plugin of a registry needs the network: run without --offline");
    }
    let text = &arguments.plugin;
    let (repository, version) = match text.rsplit_once(':').filter(|(_, version)| !version.contains('/')) {
        Some((repository, version)) => (repository, Some(version)),
        None => (text.as_str(), None),
    };
    let repository = Repository::parse(repository).map_err(|error| anyhow::anyhow!(error))?;
    let registries = arguments.package.open().map(|package| package.manifest.registries).unwrap_or_default();
    let client = Client::new(registries);
    let tag = match version {
        Some(version) => version.replace('+', "_"),
        None => {
            let newest = client.tags(&repository)?.iter().filter_map(|tag| version_of(tag)).max();
            tag_of(&newest.with_context(|| format!("{repository} has no version"))?)
        }
    };
    let artifact = client.artifact(&repository, &tag)?;
    let wasm = client.component(&repository, &artifact.digest)?;
    Source::new(wasm.into()).with_context(|| format!("{repository}:{tag}"))
}
