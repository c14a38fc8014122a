//! `plimsoll outdated`: which plugins have newer versions.

use std::io::Write;

use anyhow::Context;
use clap::Args;
use semver::Version;

use super::PackageArguments;
use crate::cli::CLEAN;
use crate::package::manifest::{PluginSetting, PluginSource};

/// Show which locked plugins have newer versions
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let package = arguments.package.open()?;
    let updater = package.updater(&package.manifest)?;
    let mut rows = Vec::new();
    for (name, locked) in &package.locked()?.plugins {
        let setting = package.manifest.plugins.as_ref().and_then(|plugins| plugins.get(name));
        let any = PluginSource::BuiltIn(semver::VersionReq::STAR);
        let source = setting.map_or(&any, |PluginSetting { source, .. }| source);
        let versions = updater.versions(name, source).with_context(|| format!("`{name}`"))?;
        let fitting = versions.iter().find(|version| match source {
            PluginSource::BuiltIn(requirement) | PluginSource::Oci(_, requirement) => requirement.matches(version),
            PluginSource::Path(_) => false,
        });
        let newest = versions.first();
        if newest.is_some_and(|newest| *newest > locked.version) {
            let shown = |version: Option<&Version>| version.map_or("-".to_owned(), Version::to_string);
            rows.push([name.clone(), locked.version.to_string(), shown(fitting), shown(newest)]);
        }
    }
    let mut out = std::io::stdout().lock();
    if rows.is_empty() {
        writeln!(out, "all plugins are at their newest versions")?;
        return Ok(CLEAN);
    }
    writeln!(out, "{:<24} {:<12} {:<12} newest", "plugin", "locked", "fitting")?;
    for [name, locked, fitting, newest] in rows {
        writeln!(out, "{name:<24} {locked:<12} {fitting:<12} {newest}")?;
    }
    Ok(CLEAN)
}
