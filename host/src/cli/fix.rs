//! `plimsoll fix`: applies what rules hand over to mend their findings.

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use super::check::{self, SelectionArguments, exit_code};
use super::progress::Progress;
use super::question::{Caching, Question, Unseen, check};
use super::{CLEAN, FINDINGS, RootArguments, say};
use crate::facts::git::{Status, status};
use crate::finding::{Finding, Report};
use crate::fix::{self, Fixed, Proposal, Scope, unified_diff};
use crate::output::text::{printable, printable_lines};
use crate::package::lock::Guard;
use crate::repository::Changes;
use crate::setup::Setup;

/// So many changed files are named.
const MOST_NAMED: usize = 5;

/// Fix findings whose rules say how
#[derive(Args)]
pub(super) struct Arguments {
    /// Fix only findings in these files and folders
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    root: RootArguments,

    #[command(flatten)]
    selection: SelectionArguments,

    /// Also apply fixes that may change what the project does
    #[arg(long = "unsafe")]
    unsafe_: bool,

    /// Print what would change as a unified diff, and write nothing; ends with 1 when there is something
    #[arg(long, conflicts_with = "interactive")]
    diff: bool,

    /// Ask about each fix
    #[arg(short, long)]
    interactive: bool,

    /// Change files even if the work tree has changes that are not committed
    #[arg(long)]
    allow_dirty: bool,

    /// Also fix findings that are guesses
    #[arg(long)]
    pedantic: bool,

    /// Do not list what was fixed
    #[arg(short, long)]
    quiet: bool,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    let (mut setup, paths) = check::setup(&arguments.root, &arguments.paths)?;
    if !arguments.diff && !arguments.allow_dirty {
        refuse_dirty(&setup)?;
    }
    let scope = if arguments.unsafe_ { Scope::Unsafe } else { Scope::Safe };
    let selection = arguments.selection.selection();
    let progress = Progress::new(arguments.quiet || arguments.interactive);
    let baseline = check::baseline(&setup)?;
    let mut look = |changes: &Changes| {
        setup.changes.clone_from(changes);
        let (pedantic, caching) = (arguments.pedantic, Caching::Off);
        let unseen = Unseen::Skip;
        let question = Question { selection: &selection, pedantic, paths: &paths, today: None, caching, unseen };
        let mut checked = check(&setup, &question, &progress)?;
        // What is accepted stays as it is.
        checked.accept(baseline.as_ref(), &selection, &paths);
        Ok((checked.report, checked.facts))
    };
    let mut questions = Questions::default();
    let mut ask = |finding: &Finding, proposal: &Proposal| match arguments.interactive {
        true => questions.ask(finding, proposal),
        false => Ok(true),
    };
    let fixed = fix::run(scope, &mut look, &mut ask)?;
    drop(progress);
    setup.changes.clear();
    if arguments.diff { show(&fixed, scope) } else { write(&setup, &fixed, scope, arguments.quiet) }
}

/// Refuses a work tree whose changes a fix could mingle with.
fn refuse_dirty(setup: &Setup) -> anyhow::Result<()> {
    match status(&setup.root) {
        Status::Untracked | Status::Clean => Ok(()),
        Status::Unknown => {
            bail!(
                "Git's index or history can't be read, so what a fix changes could be lost; --allow-dirty fixes all the same"
            )
        }
        Status::Changed(files) => {
            let mut named = files.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
            if files.len() > MOST_NAMED {
                named.push_str(&format!(" and {} more", files.len() - MOST_NAMED));
            }
            bail!(
                "the work tree has changes that are not committed: {named}; commit or stash them, or fix all the same \
                 with --allow-dirty"
            )
        }
    }
}

/// Prints what would change.
fn show(fixed: &Fixed, scope: Scope) -> anyhow::Result<u8> {
    let mut out = std::io::stdout().lock();
    let is_terminal = out.is_terminal();
    for (path, new) in &fixed.changes {
        let old = fixed.originals.get(path).and_then(Option::as_deref);
        let diff = unified_diff(path, old, new.as_deref());
        if is_terminal {
            out.write_all(printable_lines(&diff).as_bytes())?;
        } else {
            out.write_all(diff.as_bytes())?;
        }
    }
    out.flush()?;
    complain(fixed);
    say(&format!("would fix {}", totals(fixed, scope)));
    let code = exit_code(&fixed.report);
    Ok(match code {
        CLEAN | FINDINGS if fixed.changes.is_empty() => CLEAN,
        CLEAN => FINDINGS,
        code => code,
    })
}

/// Writes what changed and says what that was.
fn write(setup: &Setup, fixed: &Fixed, scope: Scope, quiet: bool) -> anyhow::Result<u8> {
    let guard = Guard::new(&setup.root)?;
    setup.open()?.0.write(&fixed.changes, &fixed.originals)?;
    drop(guard);
    if !quiet {
        let mut out = std::io::stdout().lock();
        for finding in &fixed.mended {
            let line = format!("{}: fixed[{}] {}", finding.location.path, finding.rule, finding.message);
            writeln!(out, "{}", printable(&line))?;
        }
        out.flush()?;
    }
    complain(fixed);
    say(&format!("fixed {}", totals(fixed, scope)));
    let made = fixed.changes.iter().filter(|(path, text)| text.is_some() && fixed.originals.get(*path) == Some(&None));
    let made: Vec<&str> = made.map(|(path, _)| path.as_str()).collect();
    if !made.is_empty() && !matches!(status(&setup.root), Status::Untracked) {
        say(&format!("new and not tracked by Git yet, so no check sees it: {}", made.join(", ")));
    }
    say(&remaining(&fixed.report));
    Ok(exit_code(&fixed.report))
}

/// Says what could not be fixed.
fn complain(fixed: &Fixed) {
    for failed in &fixed.failed {
        say(&format!("warning: {}: {}: {}", failed.path, failed.rule, failed.reason));
    }
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

/// `4 findings in 2 files; 1 more with --unsafe`.
fn totals(fixed: &Fixed, scope: Scope) -> String {
    let mut text = match fixed.mended.len() {
        0 => "nothing".to_owned(),
        number => format!("{} in {}", count(number, "finding"), count(fixed.changes.len(), "file")),
    };
    let more = fixed.report.fixable("unsafe");
    if scope == Scope::Safe && more > 0 {
        text.push_str(&format!("; {more} more with --unsafe"));
    }
    text
}

fn remaining(report: &Report) -> String {
    match report.findings.len() {
        0 => "no findings remain".to_owned(),
        1 => "1 finding remains; `plimsoll check` shows it".to_owned(),
        number => format!("{number} findings remain; `plimsoll check` shows them"),
    }
}

/// What `--interactive` asks, and what was answered for all that is left.
#[derive(Default)]
struct Questions {
    rest: Option<bool>,
}

impl Questions {
    fn ask(&mut self, finding: &Finding, proposal: &Proposal) -> anyhow::Result<bool> {
        if let Some(answer) = self.rest {
            return Ok(answer);
        }
        let fix = finding.fix.as_ref().map_or("", |fix| fix.applicability);
        let place = format!("{}:{}", finding.location.path, finding.location.start.line);
        let mut errors = std::io::stderr().lock();
        writeln!(errors, "{}", printable(&format!("{place}: [{}] {} ({fix})", finding.rule, finding.message)))?;
        for (path, file) in &proposal.files {
            let diff = unified_diff(path, file.old.as_deref(), file.new.as_deref());
            write!(errors, "{}", printable_lines(&diff))?;
        }
        loop {
            write!(errors, "apply? [y]es, [n]o, [a]ll, [q]uit: ")?;
            errors.flush()?;
            let mut answer = String::new();
            // The end of the input answers as `q` does: what was taken so far is written.
            if std::io::stdin().lock().read_line(&mut answer)? == 0 {
                writeln!(errors)?;
                answer = "q".to_owned();
            }
            match answer.trim().to_ascii_lowercase().as_str() {
                "y" | "yes" => return Ok(true),
                "n" | "no" => return Ok(false),
                "a" | "all" => {
                    self.rest = Some(true);
                    return Ok(true);
                }
                "q" | "quit" => {
                    self.rest = Some(false);
                    return Ok(false);
                }
                _ => {}
            }
        }
    }
}
