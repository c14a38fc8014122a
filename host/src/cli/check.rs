//! `plimsoll check`: the main job.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, bail};
use clap::Args;

use super::progress::Progress;
use super::{CLEAN, Color, FINDINGS, PLUGIN_FAILED, RootArguments, load, say, width};
use crate::check::{Order, full_id};
use crate::facts::Facts;
use crate::finding::{Level, Report, Timing};
use crate::output::{self, Format, RequirementInfo, RuleInfo};
use crate::plugin::description::Description;
use crate::plugin::run::{Loaded, docs};
use crate::setup::{Selection, Setup};
use crate::verdict::{self, Judge};

/// Check a repository
#[derive(Args)]
pub(super) struct Arguments {
    /// Show only findings in these files and folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    root: RootArguments,

    #[command(flatten)]
    selection: SelectionArguments,

    /// How to print findings
    #[arg(long, value_enum, default_value = "full")]
    format: Format,

    /// Also show findings that are guesses
    #[arg(long)]
    pedantic: bool,

    /// Count findings by rule
    #[arg(long)]
    statistics: bool,

    /// Say where the time went
    #[arg(long)]
    timings: bool,

    /// Say what was detected and what did not apply
    #[arg(short, long)]
    verbose: bool,

    /// Print nothing but findings
    #[arg(short, long)]
    quiet: bool,

    /// Check everything anew; compiled plugins are used all the same
    #[arg(long)]
    no_cache: bool,

    #[arg(long, value_enum, default_value = "auto")]
    color: Color,
}

/// Which rules, at which level.
#[derive(Args)]
pub(super) struct SelectionArguments {
    /// Run only these rules or sections
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    select: Vec<String>,

    /// Do not run these rules or sections
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    ignore: Vec<String>,

    /// Do not report a rule or section
    #[arg(short = 'A', long, value_name = "RULE", value_delimiter = ',')]
    allow: Vec<String>,

    /// Report a rule or section as a warning
    #[arg(short = 'W', long, value_name = "RULE", value_delimiter = ',')]
    warn: Vec<String>,

    /// Report a rule or section as an error
    #[arg(short = 'D', long, value_name = "RULE", value_delimiter = ',')]
    deny: Vec<String>,

    /// Report a rule or section as an error that nothing can silence
    #[arg(short = 'F', long, value_name = "RULE", value_delimiter = ',')]
    forbid: Vec<String>,
}

impl SelectionArguments {
    pub(super) fn selection(&self) -> Selection {
        let levels = [
            (Level::Allow, &self.allow),
            (Level::Warn, &self.warn),
            (Level::Deny, &self.deny),
            (Level::Forbid, &self.forbid),
        ];
        Selection {
            select: self.select.clone(),
            ignore: self.ignore.clone(),
            levels: levels
                .into_iter()
                .flat_map(|(level, selectors)| selectors.iter().map(move |selector| (level, selector.clone())))
                .collect(),
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let (setup, paths) = setup(&arguments.root, &arguments.paths)?;
    let selection = arguments.selection.selection();
    let progress = Progress::new(arguments.quiet);
    let checked = check(&setup, &selection, arguments.pedantic, &paths, &progress)?;
    drop(progress);

    let mut report = checked.report;
    if !arguments.timings {
        report.timings.clear();
    }
    let options = output::Options {
        format: arguments.format,
        color: arguments.color.is_on(),
        width: width(),
        statistics: arguments.statistics,
        timings: arguments.timings,
        verbose: arguments.verbose,
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let read = |path: &str| checked.facts.repository().read(path).ok();
    let mut infos = rule_infos(&setup);
    if arguments.format == Format::Sarif {
        add_documentation(&mut infos, &report, &checked.plugins);
    }
    output::write(&report, &infos, &options, &read, &mut out)?;
    out.flush()?;
    if arguments.format != Format::Full && !arguments.quiet {
        let mut errors = std::io::stderr().lock();
        output::write_extras(&report, &options, &mut errors)?;
        writeln!(errors, "{}", output::summary_line(&report))?;
    }
    // The end of the process gives the memory back faster than taking all facts apart would.
    std::mem::forget(checked.facts);
    Ok(exit_code(&report))
}

/// Says which plugins failed, and what the run ends with.
pub(super) fn exit_code(report: &Report) -> u8 {
    for failure in &report.errors {
        let rule = failure.rule.as_deref().map_or(String::new(), |rule| format!(" in {rule}"));
        say(&format!("error: {} failed{rule} ({}): {}", failure.plugin, failure.kind, failure.message));
    }
    if !report.errors.is_empty() {
        PLUGIN_FAILED
    } else if report.count(Level::Deny) + report.count(Level::Forbid) > 0 {
        FINDINGS
    } else {
        CLEAN
    }
}

/// What a run starts from that names paths, and these relative to the root; none where they are everything.
pub(super) fn setup(root: &RootArguments, paths: &[PathBuf]) -> anyhow::Result<(Setup, Vec<String>)> {
    let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
    for path in paths {
        if !path.exists() {
            bail!("{}: there is no such file or folder", path.display());
        }
    }
    let setup = root.setup(first)?;
    let paths = paths.iter().map(|path| below(&setup.root, path)).collect::<anyhow::Result<Vec<_>>>()?;
    let paths = if paths.iter().any(String::is_empty) { Vec::new() } else { paths };
    Ok((setup, paths))
}

/// A report, with the facts that it came from.
pub(super) struct Checked {
    pub(super) report: Report,
    pub(super) facts: Arc<Facts>,
    plugins: Vec<Loaded>,
}

/// Checks a repository.
pub(super) fn check(
    setup: &Setup,
    selection: &Selection,
    pedantic: bool,
    paths: &[String],
    progress: &Progress,
) -> anyhow::Result<Checked> {
    selection.validate(&setup.plugins)?;
    // What fixes made of the repository is checked again; everything has been said by then.
    let is_first = setup.changes.is_empty();
    for warning in setup.warnings.iter().filter(|_| is_first) {
        say(&format!("warning: {warning}"));
    }
    let start = Instant::now();
    let is_active = |rule: &str| selection.is_active(rule);
    let is_needed =
        |description: &Description| description.rules.iter().any(|rule| is_active(&full_id(description, rule)));
    progress.step("listing files");
    let (repository, git) = setup.open()?;
    for mistake in setup.manifest.unmatched(&repository).into_iter().filter(|_| is_first) {
        say(&format!("warning: {mistake}"));
    }
    let listed = start.elapsed();
    progress.step("loading plugins");
    let descriptions = setup.plugins.iter().map(|plugin| plugin.description.as_ref());
    let interest = crate::check::interest(descriptions, &is_active);
    let facts = Arc::new(Facts::new(repository, git, interest).with_profiles(setup.profiles()));
    let ignored: Vec<String> =
        setup.manifest.projects.iter().filter(|project| project.ignore).map(|project| project.path.clone()).collect();
    let mut loaded = listed;
    let (plugins, outcomes) = std::thread::scope(|scope| -> anyhow::Result<_> {
        crate::check::prepare(scope, &facts);
        let plugins = load(setup, &is_needed)?;
        loaded = start.elapsed();
        progress.step("checking");
        let outcomes = crate::check::run(&facts, &plugins, &is_active, &setup.options(), &ignored, Order::Declared);
        Ok((plugins, outcomes))
    })?;
    let ran = start.elapsed();
    let judge = Judge { manifest: &setup.manifest, selection, pedantic, paths };
    let mut report = verdict::report(&facts, &plugins, outcomes, &judge);
    let part = |what: &str, time: std::time::Duration| Timing {
        what: what.to_owned(),
        milliseconds: time.as_secs_f64() * 1000.0,
        guest: 0.0,
    };
    report.timings.splice(
        0..0,
        [
            part("list files", listed),
            part("load plugins", loaded.saturating_sub(listed)),
            part("facts and rules", ran.saturating_sub(loaded)),
            part("report", start.elapsed().saturating_sub(ran)),
        ],
    );
    Ok(Checked { report, facts, plugins })
}

/// A path relative to the root, with `/`.
fn below(root: &Path, path: &Path) -> anyhow::Result<String> {
    let absolute = path.canonicalize().with_context(|| path.display().to_string())?;
    let relative = absolute
        .strip_prefix(root)
        .map_err(|_| anyhow::anyhow!("{} is not in the repository at {}", path.display(), root.display()))?;
    let parts = relative.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    });
    Ok(parts.collect::<Vec<_>>().join("/"))
}

/// What the outputs say of rules.
pub(super) fn rule_infos(setup: &Setup) -> Vec<RuleInfo> {
    let of = |description: &Description| -> Vec<RuleInfo> {
        let info = |rule: &crate::plugin::description::Rule| RuleInfo {
            id: full_id(description, rule),
            title: rule.title.clone(),
            requirements: rule
                .requirements
                .iter()
                .filter_map(|id| description.requirement(id))
                .map(|one| RequirementInfo {
                    id: one.id.clone(),
                    level: one.level.word().to_owned(),
                    statement: one.statement.clone(),
                })
                .collect(),
            help: String::new(),
            help_uri: None,
        };
        description.rules.iter().map(info).collect()
    };
    setup.plugins.iter().flat_map(|plugin| of(&plugin.description)).collect()
}

/// Adds their documentation to the rules that found something. A plugin that can't give it has been reported before.
fn add_documentation(infos: &mut [RuleInfo], report: &Report, plugins: &[Loaded]) {
    let suppressed = report.suppressed.iter().map(|suppressed| &suppressed.finding);
    let cited: BTreeSet<&str> = report.findings.iter().chain(suppressed).map(|finding| finding.rule.as_str()).collect();
    for plugin in plugins {
        for rule in &plugin.description.rules {
            let id = full_id(&plugin.description, rule);
            let info = infos.iter_mut().find(|info| info.id == id).filter(|info| cited.contains(info.id.as_str()));
            if let Some(info) = info
                && let Ok(text) = docs(plugin, rule)
            {
                info.help = text;
            }
        }
    }
}
