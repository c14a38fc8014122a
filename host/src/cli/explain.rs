//! `plimsoll explain`: all about one rule.

use std::io::{BufWriter, Write};
use std::path::Path;

use clap::Args;

use super::{CLEAN, RootArguments, default_level, find_rule, load};

/// Explain a rule, with examples
#[derive(Args)]
pub(super) struct Arguments {
    /// The rule, for instance `docker/root-user`
    rule: String,

    #[command(flatten)]
    root: RootArguments,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let setup = arguments.root.setup(Path::new("."))?;
    let (source, rule) = find_rule(&setup, &arguments.rule)?;
    let description = &source.description;
    let loaded = load(&setup, &|one| one.name == description.name)?;
    let plugin = loaded.first().ok_or_else(|| anyhow::anyhow!("{} can't be loaded", description.label()))?;
    let docs = crate::plugin::run::docs(plugin, rule)
        .map_err(|error| anyhow::anyhow!("{} of {}: {}", arguments.rule, description.label(), error.message))?;

    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "{} ({}), {}\n", arguments.rule, default_level(description, rule), description.label())?;
    writeln!(out, "{}\n", crate::output::text::printable_lines(docs.trim_end()))?;
    writeln!(out, "Requirements:")?;
    for requirement in rule.requirements.iter().filter_map(|id| description.requirement(id)) {
        writeln!(out, "  {} ({}): {}", requirement.id, requirement.level.word(), requirement.statement)?;
    }
    if !rule.options.is_empty() {
        writeln!(out, "\nOptions:")?;
        for option in &rule.options {
            let takes = Some(option.takes()).filter(|takes| !takes.is_empty());
            let takes = takes.map_or(String::new(), |takes| format!(" ({takes})"));
            writeln!(out, "  {} = {}{takes}: {}", option.name, option.default, option.description)?;
        }
    }
    if !rule.accepts.is_empty() {
        writeln!(out, "\nAlso silenced by `# noqa` or `# nosec` with one of: {}", rule.accepts.join(", "))?;
    }
    out.flush()?;
    Ok(CLEAN)
}
