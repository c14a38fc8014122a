//! `plimsoll check`: the main job.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::Args;
use globset::GlobSet;

use super::progress::Progress;
use super::question::{Caching, Question, Unseen, check};
use super::watch::watch;
use super::{CLEAN, Color, FINDINGS, PLUGIN_FAILED, RootArguments, find_rule, load, say, width};
use crate::baseline::Baseline;
use crate::check::full_id;
use crate::facts::git;
use crate::facts::git::Since;
use crate::finding::{Level, Report};
use crate::output::text::printable_lines;
use crate::output::{self, Format, RequirementInfo, RuleInfo};
use crate::package::built_in;
use crate::plugin::description::Description;
use crate::plugin::load::Loaded;
use crate::plugin::run::docs;
use crate::repository::Repository;
use crate::setup::{Selection, Setup};
use crate::standard::rows;
use crate::suppression::Date;
use crate::user_folders::cache_folder;
use crate::verdict::{HOST_RULES, Judge};

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

    /// Show only findings in lines that changed since a revision; REV... compares with where HEAD went off from REV
    #[arg(long, value_name = "REV")]
    since: Option<String>,

    /// Report the findings of the baseline too
    #[arg(long)]
    no_baseline: bool,

    /// Also show findings that are guesses
    #[arg(long)]
    pedantic: bool,

    /// The day that `until` of suppressions is compared with [default: that of HEAD]
    #[arg(long, value_name = "DATE")]
    today: Option<Date>,

    /// Say where the level of a rule comes from, for the files named, and check nothing
    #[arg(long, value_name = "RULE")]
    explain_level: Option<String>,

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

    /// Check everything anew, though nothing changed; compiled plugins are used all the same
    #[arg(long)]
    no_cache: bool,

    /// Check again after each change, until interrupted
    #[arg(long)]
    watch: bool,

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

    /// Do not report a rule, a section, or what breaks a kind of requirement, such as `should`
    #[arg(short = 'A', long, value_name = "RULE", value_delimiter = ',')]
    allow: Vec<String>,

    /// Report a rule, section or kind of requirement as a warning
    #[arg(short = 'W', long, value_name = "RULE", value_delimiter = ',')]
    warn: Vec<String>,

    /// Report a rule, section or kind of requirement as an error
    #[arg(short = 'D', long, value_name = "RULE", value_delimiter = ',')]
    deny: Vec<String>,

    /// Report a rule, section or kind of requirement as an error that nothing can silence
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
    if !arguments.watch {
        return run_once(arguments);
    }
    let first = arguments.paths.first().map_or(Path::new("."), PathBuf::as_path);
    let root = arguments.root.find(first)?;
    let root = root.canonicalize().with_context(|| root.display().to_string())?;
    watch(&root, || watched(&root), || run_once(arguments))
}

/// The files that a check may read, without those that it writes where the user's cache lies in the repository; the
/// manifest is one of them, tracked or not.
fn watched(root: &Path) -> Vec<PathBuf> {
    let cache = cache_folder().ok();
    let repository = Repository::open(root, git::tracked(root), &GlobSet::empty());
    let files = repository.iter().flat_map(Repository::files).map(|file| root.join(&file.path));
    let is_written = |path: &PathBuf| cache.as_ref().is_some_and(|cache| path.starts_with(cache));
    files.chain([root.join("plimsoll.toml")]).filter(|path| !is_written(path)).collect()
}

fn run_once(arguments: &Arguments) -> anyhow::Result<u8> {
    let asks_anew = arguments.no_cache || arguments.timings;
    if asks_anew {
        built_in::prepare();
    }
    let (setup, paths) = setup(&arguments.root, &arguments.paths)?;
    let selection = arguments.selection.selection();
    if let Some(rule) = &arguments.explain_level {
        return explain_level(&setup, &selection, rule, &paths);
    }
    // Both before the work, so that a mistake is said at once.
    let baseline = if arguments.no_baseline { None } else { baseline(&setup)? };
    let since = arguments.since.as_deref().map(|revision| Since::open(&setup.root, revision)).transpose()?;
    let progress = Progress::new(arguments.quiet);
    let question = Question {
        selection: &selection,
        pedantic: arguments.pedantic,
        paths: &paths,
        today: arguments.today,
        caching: if asks_anew { Caching::Off } else { Caching::On },
        unseen: if arguments.verbose || !arguments.format.shows_findings_only() { Unseen::Call } else { Unseen::Skip },
    };
    let mut checked = check(&setup, &question, &progress)?;
    drop(progress);

    checked.accept(baseline.as_ref(), &selection, &paths);
    if let Some(since) = &since {
        checked.keep_changed(since, &setup.plugins);
    }
    let mut report = checked.report;
    if !arguments.timings {
        report.timings.clear();
    }
    // What only a part of the findings is shown of has no state.
    let requirements = if arguments.format.shows_requirements() && paths.is_empty() && since.is_none() {
        let descriptions = setup.plugins.iter().map(|plugin| plugin.description.as_ref());
        rows(descriptions, &report, &|rule| selection.is_active(rule))
    } else {
        Vec::new()
    };
    let options = output::Options {
        format: arguments.format,
        color: arguments.color.is_on(),
        width: width(),
        statistics: arguments.statistics,
        timings: arguments.timings,
        verbose: arguments.verbose,
        requirements: &requirements,
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let read = |path: &str| checked.facts.repository().read(path).ok();
    let mut infos = rule_infos(&setup);
    if matches!(arguments.format, Format::Junit | Format::Markdown | Format::Html) {
        infos.retain(|info| selection.is_active(&info.id));
    }
    if arguments.format == Format::Sarif {
        add_documentation(&mut infos, &report, &load(&setup, &is_cited(&report))?);
    }
    output::write(&report, &infos, &options, &read, &mut out)?;
    out.flush()?;
    if arguments.format != Format::Full && !arguments.quiet {
        let mut errors = std::io::stderr().lock();
        output::write_extras(&report, &options, &mut errors)?;
        writeln!(errors, "{}", output::summary_line(&report))?;
    }
    if !arguments.watch {
        // The end of the process gives the memory back faster than taking all that apart would.
        std::mem::forget((checked.facts, checked.plugins));
    }
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

/// Says where the level of a rule comes from.
fn explain_level(setup: &Setup, selection: &Selection, id: &str, paths: &[String]) -> anyhow::Result<u8> {
    selection.validate(&setup.plugins)?;
    let requirements: Vec<_> = if HOST_RULES.contains(&id) {
        Vec::new()
    } else {
        let (source, rule) = find_rule(setup, id)?;
        let cited = rule.requirements.iter().filter_map(|id| source.description.requirement(id));
        cited.map(|one| (one.id.as_str(), one.level)).collect()
    };
    let (manifest, nothing) = (&setup.manifest, &BTreeSet::new());
    let judge =
        Judge { manifest, selection, pedantic: false, paths: &[], known: nothing, today: None, unseen: nothing };
    let mut out = BufWriter::new(std::io::stdout().lock());
    if paths.is_empty() {
        write!(out, "{}", printable_lines(&judge.explain_level(id, None, &requirements)))?;
    }
    for path in paths {
        write!(out, "{}", printable_lines(&judge.explain_level(id, Some(path), &requirements)))?;
    }
    out.flush()?;
    Ok(CLEAN)
}

/// The baseline of a repository. One that the manifest names and that is not there is warned of.
pub(super) fn baseline(setup: &Setup) -> anyhow::Result<Option<Baseline>> {
    let baseline = Baseline::read(&setup.root, &setup.manifest)?;
    if let (None, Some(path)) = (&baseline, &setup.manifest.baseline) {
        say(&format!("warning: there is no {path}, which the manifest names: `plimsoll baseline` writes it"));
    }
    Ok(baseline)
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
        let info = |rule: &Arc<crate::plugin::description::Rule>| RuleInfo {
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

/// Whether a rule of a plugin found something.
fn is_cited(report: &Report) -> impl Fn(&Description) -> bool + Sync + use<> {
    let cited: BTreeSet<String> = cited(report).map(str::to_owned).collect();
    move |description| description.rules.iter().any(|rule| cited.contains(&full_id(description, rule)))
}

/// The rules that found something.
fn cited(report: &Report) -> impl Iterator<Item = &str> {
    let suppressed = report.suppressed.iter().map(|suppressed| &suppressed.finding);
    report.findings.iter().chain(suppressed).map(|finding| finding.rule.as_str())
}

/// Adds their documentation to the rules that found something. A plugin that can't give it has been reported before.
fn add_documentation(infos: &mut [RuleInfo], report: &Report, plugins: &[Loaded]) {
    let cited: BTreeSet<&str> = cited(report).collect();
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
