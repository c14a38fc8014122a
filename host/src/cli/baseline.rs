//! `plimsoll baseline`: accepts the findings of today, so that only new ones fail.

use std::io::Write;

use clap::Args;

use super::progress::Progress;
use super::question::{Caching, Question, Unseen, check};
use super::{CLEAN, PLUGIN_FAILED, RepositoryArguments, say};
use crate::baseline::{Baseline, line, path};
use crate::finding::Level;
use crate::output::text::count;
use crate::package::lock::Guard;
use crate::setup::Selection;

/// Accept the findings of today, so that `check` fails only on new ones
#[derive(Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    repository: RepositoryArguments,

    /// Take out what is fixed, and accept nothing new
    #[arg(long)]
    prune: bool,

    /// Print nothing but errors
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let setup = arguments.repository.setup()?;
    let _guard = Guard::new(&setup.root)?;
    let (root, manifest, name) = (&setup.root, &setup.manifest, path(&setup.manifest));
    let old =
        if arguments.prune { Baseline::read(root, manifest)? } else { Baseline::read_to_replace(root, manifest)? };
    if arguments.prune && old.is_none() {
        anyhow::bail!("there is no {name} to prune: `plimsoll baseline` writes one");
    }
    let everything = Selection::default();
    let progress = Progress::new(arguments.quiet);
    let (today, caching) = (arguments.repository.today, Caching::On);
    let question =
        Question { selection: &everything, pedantic: false, paths: &[], today, caching, unseen: Unseen::Skip };
    let checked = check(&setup, &question, &progress)?;
    drop(progress);
    for failure in &checked.report.errors {
        let rule = failure.rule.as_deref().map_or(String::new(), |rule| format!(" in {rule}"));
        say(&format!("error: {} failed{rule} ({}): {}", failure.plugin, failure.kind, failure.message));
    }
    if !checked.report.errors.is_empty() {
        say(&format!("error: {name} is left as it is, because not everything could be checked"));
        return Ok(PLUGIN_FAILED);
    }

    let existed = old.is_some();
    let looked = checked.looked(&everything, &[]);
    let matched = old.unwrap_or_default().matched(&checked.report, &looked);
    let forbidden = matched.new.iter().filter(|finding| finding.level == Level::Forbid).count();
    let added = if arguments.prune { 0 } else { matched.new.len() - forbidden };
    let gone: u32 = matched.fixed.iter().map(|fixed| fixed.count).sum();
    let new = if arguments.prune { matched.still } else { matched.still.accepting(matched.new, looked.repository) };
    let (findings, files) = new.size();
    let is_needed = existed || findings > 0;
    if is_needed {
        new.write(root, manifest)?;
    }
    if arguments.quiet {
        return Ok(CLEAN);
    }
    let mut out = std::io::stdout().lock();
    if is_needed {
        let places = format!("{} in {}", count(findings, "finding"), count(files, "file"));
        writeln!(out, "{name}: {places}; {added} new, {gone} gone")?;
    } else {
        writeln!(out, "there is nothing to accept, and no {name} is written")?;
    }
    for fixed in &matched.fixed {
        writeln!(out, "  gone: {}", line(fixed))?;
    }
    if forbidden > 0 && !arguments.prune {
        writeln!(out, "{} at `forbid` can't be accepted", count(forbidden, "finding"))?;
    }
    Ok(CLEAN)
}
