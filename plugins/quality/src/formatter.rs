//! Where Ruff formats the code, and where something else does.

use plimsoll_sdk::prelude::*;

use plimsoll_sdk::ruff::{self, Configuration};
use plimsoll_sdk::settings::Setting;

/// A configuration by which Ruff formats.
pub(crate) struct Formatted {
    /// The configuration.
    pub(crate) configuration: Configuration,
    /// Whether something says so: a command, a hook, a table. Otherwise there is just no other formatter.
    is_explicit: bool,
}

/// Programs that format Python.
const OTHERS: &[&str] = &["black", "blue", "yapf", "autopep8", "pyink", "darker"];

/// The configurations by which Ruff formats production code. Where it does not, or what it does can't be read, the
/// requirement is reported as not applicable or unknown.
pub(crate) fn formatted(report: &mut Report, requirement: &str) -> Vec<Formatted> {
    let is_run = ruff::invocations().iter().any(|(words, _)| words.get(1).is_some_and(|word| word == "format"));
    let (mut formatted, mut is_other) = (Vec::new(), false);
    for configuration in ruff::configurations(report, &[requirement]) {
        let is_explicit = is_run || configuration.settings.setting(&["format"]).is_some();
        let files = configuration.python_files(Role::Source);
        let is_excluded =
            !files.is_empty() && configuration.settings.unformatted(&files).iter().all(|&left_out| left_out);
        if is_excluded || has_other_formatter(&configuration, is_explicit) {
            is_other = true;
            continue;
        }
        if let Some(extend) = configuration.settings.opaque() {
            report.unknown(requirement, Some(extend), "the configuration extends a file outside of the repository");
        }
        formatted.push(Formatted { configuration, is_explicit });
    }
    if formatted.is_empty() && is_other {
        report.not_applicable(requirement, "Ruff does not format the code");
    }
    formatted
}

impl Formatted {
    /// Reports a setting that should not be there; the fix removes it.
    pub(crate) fn unwanted(&self, report: &mut Report, setting: Setting<'_>, message: String, surest: Confidence) {
        let finding = report
            .finding(&setting.place, message)
            .help("delete the setting: Ruff's default is what the standard asks for")
            .unsafe_fix([without(setting)]);
        match surest {
            Confidence::Low => finding.low(),
            Confidence::High if self.is_explicit => finding,
            _ => finding.medium(),
        };
    }
}

/// Takes a setting out, with the comment that is about nothing else: one between the setting and a blank line or a
/// header, when no other setting follows.
pub(crate) fn without(setting: Setting<'_>) -> Edit {
    with_comment(&setting).unwrap_or(Edit::RemoveKey(setting.key_path))
}

fn with_comment(setting: &Setting<'_>) -> Option<Edit> {
    let place = &setting.place;
    let text = repository::read(&place.path).ok().filter(|_| place.path.ends_with(".toml"))?;
    let line = text.get(..place.span.start as usize)?.rfind('\n')? + 1;
    let end = setting.value.span().end as usize;
    let end = end + text.get(end..)?.find('\n')? + 1;
    let is_break = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('[');
    let is_last = text.get(end..)?.lines().next().is_none_or(is_break);
    let is_line = text.get(line..end)?.lines().count() == 1;
    let above: Vec<&str> = text.get(..line)?.split_inclusive('\n').rev().collect();
    let comments = above.iter().take_while(|line| line.trim_start().starts_with('#'));
    let (count, length) = comments.fold((0, 0), |(count, length), line| (count + 1, length + line.len()));
    let is_own = count > 0 && is_line && is_last && above.get(count).is_none_or(|line| is_break(line));
    let span = Span { start: (line - length) as u32, end: end as u32 };
    is_own.then(|| edit::replace(&Place { path: place.path.clone(), span }, ""))
}

/// Whether another program formats. A table or a dependency alone may be a leftover and does not outweigh Ruff's own.
fn has_other_formatter(configuration: &Configuration, is_explicit: bool) -> bool {
    let runs = !automation::commands(OTHERS).is_empty() || !automation::hooks(OTHERS).is_empty();
    let has_table = |project: &Project| {
        OTHERS.iter().any(|name| documents::read(&project.path("pyproject.toml"), &["tool", name]).is_ok())
    };
    let is_declared = || {
        !project::dependencies(OTHERS).is_empty()
            || configuration.projects.iter().any(has_table)
            || hook_files_name_other()
    };
    runs || (!is_explicit && is_declared())
}

/// Whether a hook file names another formatter, in whatever form.
fn hook_files_name_other() -> bool {
    let Ok(hooks) = documents::read(".pre-commit-config.yaml", &["repos"]) else { return false };
    let ids = Item::root(&hooks).into_iter().flat_map(Item::descendants).filter(|item| item.key() == Some("id"));
    ids.filter_map(Item::string).any(|id| OTHERS.iter().any(|other| id.starts_with(other)))
}
