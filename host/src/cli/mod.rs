//! What a user types: the subcommands, one module each, and what they share.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::package::resolve::Strictness;
use crate::parallel;
use crate::plugin::description::Description;
use crate::plugin::load::{Loaded, Loader};
use crate::plugin::settings::THREAD_STACK;
use crate::plugin::source::Source;
use crate::setup::{Setup, find_root};
use crate::suppression::Date;

mod baseline;
mod bench;
mod build;
mod check;
mod checklist;
mod completions;
mod explain;
mod fix;
mod man;
mod new;
mod package;
mod progress;
mod question;
mod rules;
mod standard;
mod test;
mod watch;

/// Exit code: nothing to report.
const CLEAN: u8 = 0;
/// Exit code: findings at `deny` or `forbid`.
const FINDINGS: u8 = 1;
/// Exit code: wrong usage or configuration.
const USAGE: u8 = 2;
/// Exit code: a plugin failed, so the verdict is incomplete.
const PLUGIN_FAILED: u8 = 3;

/// Bytes of stack of the thread that runs a command: as much as those have that run rules, so that it can do their work.
const STACK: usize = crate::check::STACK + (8 << 20);

/// Checks Python repositories against a written development standard.
#[derive(Parser)]
#[command(name = "plimsoll", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    Baseline(baseline::Arguments),
    Fix(fix::Arguments),
    Rules(rules::Arguments),
    Explain(explain::Arguments),
    Standard(standard::Arguments),
    Checklist(checklist::Arguments),
    Test(test::Arguments),
    Bench(bench::Arguments),
    Build(build::Arguments),
    New(new::Arguments),
    Init(package::init::Arguments),
    Add(package::add::Arguments),
    Remove(package::remove::Arguments),
    Update(package::update::Arguments),
    Tree(package::tree::Arguments),
    Outdated(package::outdated::Arguments),
    Fetch(package::fetch::Arguments),
    Vendor(package::vendor::Arguments),
    Publish(package::publish::Arguments),
    Inspect(package::inspect::Arguments),
    Cache(package::cache::Arguments),
    Schema(package::schema::Arguments),
    Completions(completions::Arguments),
    Man(man::Arguments),
}

/// Where the repository is, and what it is checked with.
#[derive(Args)]
struct RootArguments {
    /// The repository's root [default: the nearest folder upwards with .git or plimsoll.toml]
    #[arg(long, value_name = "FOLDER")]
    root: Option<PathBuf>,

    /// A built plugin, or its folder, that is used besides the manifest's, or instead of one of the same name
    #[arg(long, value_name = "PLUGIN")]
    plugin: Vec<PathBuf>,

    /// Fail when plimsoll.lock is missing or does not fit the manifest
    #[arg(long)]
    locked: bool,

    /// Never use the network; `check` does not anyway
    #[arg(long)]
    offline: bool,

    /// The same as --locked and --offline
    #[arg(long)]
    frozen: bool,
}

impl RootArguments {
    /// What a run in the repository of a path starts from.
    fn setup(&self, path: &Path) -> anyhow::Result<Setup> {
        Setup::new(&self.find(path)?, &self.plugin, self.strictness())
    }

    fn strictness(&self) -> Strictness {
        Strictness { locked: self.locked || self.frozen }
    }

    /// The root that is named, else the one that a path lies in.
    fn find(&self, path: &Path) -> anyhow::Result<PathBuf> {
        match &self.root {
            Some(root) => Ok(root.clone()),
            None => Ok(find_root(&path.canonicalize().with_context(|| path.display().to_string())?)),
        }
    }
}

/// The whole repository, for commands that do not look at a part of it.
#[derive(Args)]
struct RepositoryArguments {
    /// The repository
    #[arg(value_name = "PATH", default_value = ".")]
    path: PathBuf,

    #[command(flatten)]
    root: RootArguments,

    /// The day that `until` of suppressions is compared with [default: that of HEAD]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,
}

impl RepositoryArguments {
    fn setup(&self) -> anyhow::Result<Setup> {
        self.root.setup(&self.path)
    }
}

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Color {
    /// On a terminal.
    #[default]
    Auto,
    Always,
    Never,
}

impl Color {
    fn is_on(self) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()) && std::io::stdout().is_terminal()
            }
        }
    }
}

/// Runs the command line of this process.
pub fn main() -> u8 {
    parallel::with_stack(STACK, run)
}

fn run() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are asked for; everything else is wrong usage.
            let code = if error.use_stderr() { USAGE } else { CLEAN };
            let _ = error.print();
            return code;
        }
    };
    let result = match cli.command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Baseline(arguments) => baseline::run(&arguments),
        Command::Fix(arguments) => fix::run(&arguments),
        Command::Rules(arguments) => rules::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::Standard(arguments) => standard::run(&arguments),
        Command::Checklist(arguments) => checklist::run(&arguments),
        Command::Test(arguments) => test::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
        Command::Build(arguments) => build::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
        Command::Init(arguments) => package::init::run(&arguments),
        Command::Add(arguments) => package::add::run(&arguments),
        Command::Remove(arguments) => package::remove::run(&arguments),
        Command::Update(arguments) => package::update::run(&arguments),
        Command::Tree(arguments) => package::tree::run(&arguments),
        Command::Outdated(arguments) => package::outdated::run(&arguments),
        Command::Fetch(arguments) => package::fetch::run(&arguments),
        Command::Vendor(arguments) => package::vendor::run(&arguments),
        Command::Publish(arguments) => package::publish::run(&arguments),
        Command::Inspect(arguments) => package::inspect::run(&arguments),
        Command::Cache(arguments) => package::cache::run(&arguments),
        Command::Schema(arguments) => package::schema::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
        Command::Man(arguments) => man::run(&arguments),
    };
    match result {
        Ok(code) => code,
        Err(error) if is_broken_pipe(&error) => CLEAN,
        Err(error) => {
            say(&format!("error: {error:#}"));
            USAGE
        }
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// Talks on standard error.
fn say(message: &str) {
    let _ = writeln!(std::io::stderr(), "{}", crate::output::text::printable_lines(message));
}

/// Width of the terminal, or what is comfortable to read.
fn width() -> usize {
    std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).filter(|width| *width >= 40).unwrap_or(100)
}

/// Splits `section/rule` and finds its plugin.
fn find_rule<'a>(
    setup: &'a Setup,
    id: &str,
) -> anyhow::Result<(&'a crate::plugin::source::Source, &'a Arc<crate::plugin::description::Rule>)> {
    let found = setup.plugins.iter().find_map(|plugin| {
        let rule =
            plugin.description.rules.iter().find(|rule| crate::check::full_id(&plugin.description, rule) == id)?;
        Some((plugin, rule))
    });
    found.ok_or_else(|| {
        let ids = crate::setup::rule_ids(&setup.plugins);
        let hint = crate::package::manifest::hint(id, ids.iter().map(String::as_str));
        anyhow::anyhow!("there is no rule `{id}`{hint}")
    })
}

/// The level that a rule has without any setting.
fn default_level(description: &Description, rule: &crate::plugin::description::Rule) -> &'static str {
    use crate::plugin::description::Strength;
    let strictest = rule.requirements.iter().filter_map(|id| description.requirement(id)).map(|one| one.level).max();
    match strictest {
        Some(Strength::Must | Strength::Never) => "deny",
        Some(Strength::Should | Strength::Avoid) => "warn",
        Some(Strength::May) | None => "warn",
    }
}

/// Loads the plugins that are needed.
fn load(setup: &Setup, is_needed: &(dyn Fn(&Description) -> bool + Sync)) -> anyhow::Result<Vec<Loaded>> {
    let needed: Vec<&Source> = setup.plugins.iter().filter(|plugin| is_needed(&plugin.description)).collect();
    load_called(&needed, &|_| true)
}

/// Makes those of some plugins ready that are called, by their index; several at once when they have to be compiled.
fn load_called(plugins: &[&Source], is_called: &(dyn Fn(usize) -> bool + Sync)) -> anyhow::Result<Vec<Loaded>> {
    let plugins: Vec<(usize, &Source)> = plugins.iter().copied().enumerate().collect();
    if !plugins.iter().any(|(index, _)| is_called(*index)) {
        return Ok(plugins.iter().map(|(_, source)| Loaded::uncalled(source)).collect());
    }
    let loader = Loader::new()?;
    let load = |buffer: &mut Vec<u8>, (index, source): &(usize, &Source)| {
        if !is_called(*index) {
            return Ok((Loaded::uncalled(source), None));
        }
        loader.load(source, buffer).map_err(|error| anyhow::anyhow!("{}: {error}", source.description.label()))
    };
    let loaded =
        parallel::map(&plugins, THREAD_STACK, Vec::new, load).into_iter().collect::<anyhow::Result<Vec<_>>>()?;
    if let Some(warning) = loader.warning() {
        say(&format!("warning: {warning}"));
    }
    for warning in loaded.iter().filter_map(|(_, warning)| warning.as_ref()) {
        say(&format!("warning: {warning}"));
    }
    Ok(loaded.into_iter().map(|(plugin, _)| plugin).collect())
}
