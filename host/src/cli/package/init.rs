//! `plimsoll init`: a manifest with what was detected.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::PackageArguments;
use crate::cli::{CLEAN, say};
use crate::facts::{Facts, ProfileSettings, Target};
use crate::package::lock::{Guard, replace};
use crate::package::resolve::Strictness;
use crate::setup::Setup;

/// Write a plimsoll.toml with what was detected
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let root: PathBuf = arguments.package.root()?;
    let _guard = Guard::new(&root)?;
    let setup = Setup::new(&root, &[], Strictness::default())?;
    if !setup.manifest.path.is_empty() {
        bail!("{} is there already", setup.manifest.path);
    }
    let text = manifest(&setup)?;
    replace(&root.join("plimsoll.toml"), &text)?;
    say("plimsoll.toml is written: look it over, then run `plimsoll check`");
    Ok(CLEAN)
}

fn manifest(setup: &Setup) -> anyhow::Result<String> {
    let (repository, git) = setup.open()?;
    let descriptions = setup.plugins.iter().map(|plugin| plugin.description.as_ref());
    let interest = crate::check::interest(descriptions, &|_| true);
    let facts = Facts::new(repository, git, interest).with_profiles(ProfileSettings::default());
    let mut text = String::from("# Configuration of plimsoll. All keys: `plimsoll schema`.\n\n");
    text.push_str("standard = \"1.0\"\n\n");
    text.push_str(
        "# \"progressive\": what the standard demands warns until you turn it on, what it forbids is denied.\n",
    );
    text.push_str("adoption = \"full\"\n\n");
    let projects = facts.projects().projects(&facts, &Target::Repository);
    text.push_str("# What this repository is. It is detected; name the profiles to override that.\n");
    for project in &projects {
        let name = if project.root.is_empty() { "the root" } else { &project.root };
        let _ = writeln!(text, "# {name}:");
        for profile in &project.profiles {
            let evidence: String = profile.evidence.chars().filter(|char| !char.is_control()).collect();
            let _ = writeln!(text, "#   {}: {evidence}", profile.id);
        }
    }
    let ids: std::collections::BTreeSet<&str> =
        projects.iter().flat_map(|project| &project.profiles).map(|profile| profile.id.as_str()).collect();
    let list: Vec<String> = ids.iter().map(|id| format!("\"{id}\"")).collect();
    let _ = writeln!(text, "# profiles = [{}]\n", list.join(", "));
    text.push_str("# Paths that are not checked.\n# exclude = [\"legacy/**\"]\n\n");
    text.push_str("# None named: all sections that this plimsoll carries.\n# [plugins]\n");
    for plugin in &setup.plugins {
        let _ = writeln!(text, "# {} = \"{}\"", plugin.description.name, plugin.description.version);
    }
    text.push_str("\n# allow, warn, deny or forbid; for a section, or for one rule.\n# [rules]\n");
    text.push_str("# \"docker\" = \"warn\"\n# \"security/jwt-lifetime\" = \"deny\"\n");
    Ok(text)
}
