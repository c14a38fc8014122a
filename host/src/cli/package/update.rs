//! `plimsoll update`: newer versions into the lock file.

use std::collections::BTreeMap;
use std::sync::Arc;

use clap::Args;

use super::{PackageArguments, say_changes};
use crate::cli::{CLEAN, default_level, say};
use crate::package::lock::Lock;
use crate::package::update::{Updater, Wanted};
use crate::plugin::description::{Description, Rule};
use crate::plugin::source::Source;

/// Update plimsoll.lock, and show what the new versions change
#[derive(Args)]
pub(in crate::cli) struct Arguments {
    #[command(flatten)]
    package: PackageArguments,

    /// Only these plugins [default: all]
    plugins: Vec<String>,

    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(in crate::cli) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let (package, _guard) = arguments.package.open_to_change()?;
    let wanted = if arguments.plugins.is_empty() { Wanted::All } else { Wanted::Named(&arguments.plugins) };
    let (old, new) = (package.old(), package.relocked(&package.manifest, wanted)?);
    if say_changes(&old, &new) {
        say_rules(&package.updater(&package.manifest)?, &old, &new);
    } else {
        say("nothing to update");
    }
    if arguments.dry_run {
        say("nothing is written: --dry-run");
    } else {
        new.write(&package.root)?;
    }
    Ok(CLEAN)
}

/// Says how rules, levels and requirements differ between the versions. What can't be had any more is left out.
fn say_rules(updater: &Updater<'_>, old: &Lock, new: &Lock) {
    for (name, locked) in &new.plugins {
        let Some(before) = old.plugins.get(name).filter(|before| before.digest != locked.digest) else { continue };
        let describe = |locked| -> Option<Arc<Description>> {
            let wasm = updater.component(name, locked).ok()?;
            Source::new(wasm.into()).ok().map(|source| source.description)
        };
        if let (Some(before), Some(after)) = (describe(before), describe(locked)) {
            for line in differences(&before, &after) {
                say(&format!("           {line}"));
            }
        }
    }
}

/// What differs between two versions of a plugin, one line each.
fn differences(before: &Description, after: &Description) -> Vec<String> {
    let rules = |description: &'_ Description| -> BTreeMap<String, (&'static str, String)> {
        let about = |rule: &Rule| (default_level(description, rule), rule.requirements.join(", "));
        description.rules.iter().map(|rule| (rule.id.clone(), about(rule))).collect()
    };
    let requirements = |description: &Description| -> BTreeMap<String, String> {
        description.requirements.iter().map(|it| (it.id.clone(), it.level.word().to_owned())).collect()
    };
    let name = &after.name;
    let mut lines = Vec::new();
    let (old, new) = (rules(before), rules(after));
    for (id, (level, cited)) in &new {
        match old.get(id) {
            None => lines.push(format!("+ rule {name}/{id} ({level})")),
            Some((before, _)) if before != level => lines.push(format!("~ rule {name}/{id}: {before} -> {level}")),
            Some((_, before)) if before != cited => {
                lines.push(format!("~ rule {name}/{id}: requirements {before} -> {cited}"));
            }
            Some(_) => {}
        }
    }
    lines.extend(old.keys().filter(|id| !new.contains_key(*id)).map(|id| format!("- rule {name}/{id}")));
    let (old, new) = (requirements(before), requirements(after));
    for (id, level) in &new {
        match old.get(id) {
            None => lines.push(format!("+ requirement {id} ({level})")),
            Some(before) if before != level => lines.push(format!("~ requirement {id}: {before} -> {level}")),
            Some(_) => {}
        }
    }
    lines.extend(old.keys().filter(|id| !new.contains_key(*id)).map(|id| format!("- requirement {id}")));
    lines
}
