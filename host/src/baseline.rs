//! The baseline: findings that were there when a repository took up the standard, in a file at its root. `check` does
//! not report them, so that only new ones fail.
//!
//! A finding is known by path, rule and [`fingerprint`](crate::fingerprint); equal ones in a file are counted. Two things
//! may move: findings of a file that is gone are looked for in others, because a file that is renamed keeps its faults;
//! and a finding that counts things all over a project may point at another file than before.
//!
//! One line is one finding, below a heading for each path and rule, everything sorted: Git merges it line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, bail};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding::{Finding, Fixed, Level, Report, Suppressed};
use crate::fingerprint::{Fingerprint, fingerprint};
use crate::output::text::{is_unsafe, printable};
use crate::package::lock::{conflict_line, read_kept, replace};
use crate::package::manifest::tree::Mistakes;
use crate::package::manifest::{Manifest, ManifestError};
use crate::repository::{Repository, inside_folder};
use crate::setup::Selection;
use crate::verdict;

/// Its name in the repository's root, unless the manifest says another.
const BASELINE: &str = "plimsoll-baseline.toml";
/// What silences a finding of the baseline, in reports.
pub(crate) const BY: &str = "baseline";
/// The version of its form.
const FORMAT: u32 = 1;
const HEADING: &str = "# Written by `plimsoll baseline`";

/// What an entry is about: path, rule, fingerprint.
type Key = (String, String, String);

/// One line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    /// So many equal findings are accepted.
    count: u32,
    /// What was found, for those who read the file.
    message: String,
}

/// The findings that are accepted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Baseline {
    entries: BTreeMap<Key, Entry>,
}

/// What a check looked at. What it did not look at is not fixed.
pub(crate) struct Looked<'a> {
    pub(crate) repository: &'a Repository,
    pub(crate) selection: &'a Selection,
    /// Only below these paths; everything when empty.
    pub(crate) paths: &'a [String],
    /// Files that could not be read or parsed.
    pub(crate) broken: BTreeSet<String>,
}

/// A baseline held against the findings of a check.
pub(crate) struct Matched {
    /// The entries that findings answer to, where these are now, and those that were not looked at.
    pub(crate) still: Baseline,
    /// The findings that the baseline does not accept.
    pub(crate) new: Vec<Finding>,
    accepted: Vec<Finding>,
    pub(crate) fixed: Vec<Fixed>,
}

/// The file's path, relative to the root.
pub(crate) fn path(manifest: &Manifest) -> &str {
    manifest.baseline.as_deref().unwrap_or(BASELINE)
}

impl Baseline {
    /// Reads the baseline of a repository; none when there is none.
    ///
    /// # Errors
    /// When it can't be read or something in it is wrong, with the place and what to do.
    pub(crate) fn read(root: &Path, manifest: &Manifest) -> anyhow::Result<Option<Self>> {
        let name = path(manifest);
        let Some(text) = read_text(root, name)? else { return Ok(None) };
        if let Some(line) = conflict_line(&text) {
            bail!(
                "{name}:{line}: a merge conflict: keep the lines of both sides, or run `plimsoll baseline` to accept what is there now"
            );
        }
        Self::parse(name, &text).map(Some)
    }

    /// As [`Baseline::read`]; one of ours that is torn by a merge conflict counts as empty, since it is made anew.
    ///
    /// # Errors
    /// As [`Baseline::read`].
    pub(crate) fn read_to_replace(root: &Path, manifest: &Manifest) -> anyhow::Result<Option<Self>> {
        let text = read_text(root, path(manifest))?;
        if text.is_some_and(|text| conflict_line(&text).is_some() && text.contains(HEADING)) {
            return Ok(Some(Self::default()));
        }
        Self::read(root, manifest)
    }

    fn parse(name: &str, text: &str) -> anyhow::Result<Self> {
        let anew = "mend it by hand, or delete the file and run `plimsoll baseline`";
        let document = DeTable::parse(text).map_err(|error| {
            let mut mistakes = Mistakes::new(name, text);
            let message = error.message().lines().collect::<Vec<_>>().join(", ");
            mistakes.add(&error.span().unwrap_or(0..0), format!("{message}: {anew}"));
            mistakes.finish(()).map_or_else(anyhow::Error::from, |()| anyhow::anyhow!("{name}: {anew}"))
        })?;
        let document = document.get_ref();
        let mut mistakes = Mistakes::new(name, text);
        match document.get("version") {
            None => bail!("{name}:1: it has no `version`, so it is no baseline: {anew}"),
            Some(version) => match mistakes.count_of(version) {
                Some(FORMAT) | None => {}
                Some(other) => {
                    bail!("{name}: form {other}, and this plimsoll knows form {FORMAT}: update plimsoll, or {anew}")
                }
            },
        }
        let baseline = Self { entries: entries(document, &mut mistakes) };
        mistakes.finish(baseline).map_err(|error: ManifestError| anyhow::anyhow!("{error}\n{anew}"))
    }

    /// The baseline that accepts these findings. What nothing lowers is left out. An entry that stays keeps its words,
    /// so that a change of the file shows what changed.
    pub(crate) fn accepting(mut self, findings: Vec<Finding>, repository: &Repository) -> Self {
        for (key, _, finding) in keyed(findings, repository) {
            if finding.level == Level::Forbid {
                continue;
            }
            let entry = self.entries.entry(key).or_insert_with(|| Entry { count: 0, message: finding.message });
            entry.count += 1;
        }
        self
    }

    /// How many findings it accepts, and in how many files.
    pub(crate) fn size(&self) -> (usize, usize) {
        let mut paths: Vec<&str> = self.entries.keys().map(|(path, ..)| path.as_str()).collect();
        paths.dedup();
        (self.entries.values().map(|entry| entry.count as usize).sum(), paths.len())
    }

    /// Takes what is accepted out of a report, and says in it what is fixed.
    pub(crate) fn apply(&self, report: &mut Report, looked: &Looked<'_>) {
        let matched = self.matched(report, looked);
        report.findings = matched.new;
        let suppressed = |finding| Suppressed { finding, by: BY.to_owned(), reason: None, until: None };
        report.suppressed.extend(matched.accepted.into_iter().map(suppressed));
        report.fixed = matched.fixed;
        verdict::sort(report);
    }

    /// Holds the baseline against the findings of a report, in their order.
    pub(crate) fn matched(&self, report: &Report, looked: &Looked<'_>) -> Matched {
        let mut left = self.entries.clone();
        let mut matched = Matched { still: Self::default(), new: Vec::new(), accepted: Vec::new(), fixed: Vec::new() };
        let mut rest = Vec::new();
        for (key, known_by, finding) in keyed(report.findings.clone(), looked.repository) {
            if finding.level != Level::Forbid && take(&mut left, &key) {
                matched.accept(self, &key, &key, finding);
            } else {
                rest.push((key, known_by, finding));
            }
        }
        for (key, known_by, finding) in rest {
            let moved = (finding.level != Level::Forbid).then(|| self.moved(&left, &key, known_by, looked)).flatten();
            match moved {
                Some(old) if take(&mut left, &old) => matched.accept(self, &old, &key, finding),
                _ => matched.new.push(finding),
            }
        }
        for (key, entry) in left.into_iter().filter(|(_, entry)| entry.count > 0) {
            if was_looked_at(&key, report, looked) {
                let (path, rule, _) = key;
                matched.fixed.push(Fixed { rule, path, message: entry.message, count: entry.count });
            } else {
                matched.still.entries.entry(key).or_insert(Entry { count: 0, ..entry.clone() }).count += entry.count;
            }
        }
        matched
    }

    /// The entry that a finding answered to before it moved.
    fn moved(&self, left: &BTreeMap<Key, Entry>, key: &Key, known_by: Fingerprint, looked: &Looked<'_>) -> Option<Key> {
        let is_same = |other: &Key| other.1 == key.1 && other.2 == key.2;
        let mut same = left.iter().filter(|(other, entry)| is_same(other) && entry.count > 0).map(|(other, _)| other);
        if known_by.is_count && self.entries.keys().filter(|other| is_same(other)).count() == 1 {
            return same.next().cloned();
        }
        same.find(|(path, ..)| looked.repository.file(path).is_none()).cloned()
    }

    /// The text of the file.
    fn render(&self) -> String {
        let mut text =
            format!("{HEADING}: `plimsoll check` does not report these findings, so that only new ones fail.\n");
        let _ = writeln!(text, "# `plimsoll baseline --prune` takes out what is fixed.\nversion = {FORMAT}");
        let mut heading = None;
        for ((path, rule, known_by), entry) in &self.entries {
            if heading != Some((path, rule)) {
                let _ = writeln!(text, "\n[findings.{}.{}]", quoted(path), quoted(rule));
                heading = Some((path, rule));
            }
            let message = quoted(&entry.message);
            let _ = match entry.count {
                1 => writeln!(text, "{known_by} = {message}"),
                count => writeln!(text, "{known_by} = {{ count = {count}, message = {message} }}"),
            };
        }
        text
    }

    /// Writes the baseline, in whole or not at all; an equal one is left alone.
    ///
    /// # Errors
    /// When its folder is none of the repository, or can't be written.
    pub(crate) fn write(&self, root: &Path, manifest: &Manifest) -> anyhow::Result<()> {
        let path = root.join(path(manifest));
        check_folder(root, &path)?;
        replace(&path, &self.render())
    }
}

impl Matched {
    fn accept(&mut self, baseline: &Baseline, old: &Key, now: &Key, finding: Finding) {
        let message = baseline.entries.get(old).map_or_else(String::new, |entry| entry.message.clone());
        self.still.entries.entry(now.clone()).or_insert(Entry { count: 0, message }).count += 1;
        self.accepted.push(finding);
    }
}

/// Findings with what the baseline knows them by.
fn keyed(findings: Vec<Finding>, repository: &Repository) -> Vec<(Key, Fingerprint, Finding)> {
    let mut keyed = Vec::with_capacity(findings.len());
    // They stand file by file.
    let mut last: Option<(String, Option<String>)> = None;
    for finding in findings {
        let path = &finding.location.path;
        if last.as_ref().is_none_or(|(last, _)| last != path) {
            last = Some((path.clone(), repository.read(path).ok()));
        }
        let known_by = fingerprint(&finding, last.as_ref().and_then(|(_, text)| text.as_deref()));
        keyed.push(((path.clone(), finding.rule.clone(), known_by.to_string()), known_by, finding));
    }
    keyed
}

/// Counts an entry down, if anything of it is left.
fn take(left: &mut BTreeMap<Key, Entry>, key: &Key) -> bool {
    let Some(entry) = left.get_mut(key).filter(|entry| entry.count > 0) else { return false };
    entry.count -= 1;
    true
}

/// Whether the check would have found what an entry is about: its rule ran to the end, and its file was shown and could
/// be read.
fn was_looked_at((path, rule, _): &Key, report: &Report, looked: &Looked<'_>) -> bool {
    let is_shown = looked.paths.is_empty() || looked.paths.iter().any(|folder| inside_folder(path, folder));
    let is_off = !looked.selection.is_active(rule) || looked.selection.rule_level(rule) == Some(Level::Allow);
    // The host says of a broken file what is wrong with it, and some of what it says only of the whole repository.
    let is_host = rule.starts_with("plimsoll/");
    let is_narrow = !(looked.selection.is_everything() && looked.paths.is_empty());
    let is_unseen = if is_host { is_narrow } else { looked.broken.contains(path) };
    let is_undecided = report
        .unknown
        .iter()
        .any(|unknown| unknown.rule == *rule && unknown.path.as_ref().is_none_or(|unknown| unknown == path));
    is_shown && !is_off && !is_unseen && !is_undecided
}

fn entries(document: &DeTable<'_>, mistakes: &mut Mistakes<'_>) -> BTreeMap<Key, Entry> {
    let mut entries = BTreeMap::new();
    mistakes.unknown_keys(document, &["version", "findings"], "a baseline");
    let paths = document.get("findings").and_then(|findings| mistakes.table_of(findings));
    for (path, rules) in paths.into_iter().flatten() {
        for (rule, findings) in mistakes.table_of(rules).into_iter().flatten() {
            if !rule.get_ref().contains('/') {
                mistakes.add(&rule.span(), format!("`{}` is no rule, as `section/rule` is", rule.get_ref()));
            }
            for (known_by, value) in mistakes.table_of(findings).into_iter().flatten() {
                let name = known_by.get_ref();
                if name.len() != 16 || !name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
                {
                    mistakes.add(&known_by.span(), format!("`{name}` is no fingerprint of 16 hexadecimal digits"));
                }
                if let Some(entry) = entry(value, mistakes) {
                    let key = (path.get_ref().to_string(), rule.get_ref().to_string(), name.to_string());
                    entries.insert(key, entry);
                }
            }
        }
    }
    entries
}

fn entry(value: &Spanned<DeValue<'_>>, mistakes: &mut Mistakes<'_>) -> Option<Entry> {
    if value.get_ref().as_table().is_none() {
        return mistakes.text_of(value).map(|message| Entry { count: 1, message: message.to_owned() });
    }
    let table = mistakes.table_of(value)?;
    mistakes.unknown_keys(table, &["count", "message"], "an entry");
    let count = table.get("count").map_or(Some(1), |count| mistakes.count_of(count))?;
    let message = table.get("message").map_or(Some(""), |message| mistakes.text_of(message))?;
    Some(Entry { count, message: message.to_owned() })
}

fn read_text(root: &Path, name: &str) -> anyhow::Result<Option<String>> {
    let path = root.join(name);
    if path.parent().is_some_and(Path::exists) {
        check_folder(root, &path)?;
    }
    read_kept(&path, name, "put it right, or delete it and run `plimsoll baseline`")
}

/// Checks that no link leads the folder of a file out of the repository.
fn check_folder(root: &Path, path: &Path) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(root);
    let real = folder.canonicalize().with_context(|| folder.display().to_string())?;
    if !real.starts_with(root) {
        bail!("{} is not in the repository at {}: links out of it are not followed", folder.display(), root.display());
    }
    Ok(())
}

/// A basic string of TOML, on one line and without characters that steer a terminal.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            unsafe_one if is_unsafe(unsafe_one) => {
                let _ = write!(quoted, "\\U{:08X}", u32::from(unsafe_one));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// An entry that is fixed, on one line.
pub(crate) fn line(fixed: &Fixed) -> String {
    let times = if fixed.count > 1 { format!(" ({} times)", fixed.count) } else { String::new() };
    format!("{}: [{}] {}{times}", printable(&fixed.path), printable(&fixed.rule), printable(&fixed.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> String {
        match Baseline::parse("b.toml", text) {
            Ok(baseline) => format!("{:?}", baseline.size()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_baseline_is_read_as_it_was_written() {
        let key = |path: &str, digit: &str| (path.to_owned(), "a/b".to_owned(), digit.repeat(16));
        let entry = |count, message: &str| Entry { count, message: message.to_owned() };
        let entries = BTreeMap::from([
            (key("b \"q\"\\\n\u{202e}ü.py", "1"), entry(3, "`x` \"is\"\u{7f} wrong")),
            (key("a.py", "f"), entry(1, "")),
            (key("a.py", "0"), entry(1, "0")),
        ]);
        let baseline = Baseline { entries };
        assert_eq!(Baseline::parse("b", &baseline.render()).expect("a baseline"), baseline);
        assert_eq!(baseline.render().lines().filter(|line| line.starts_with("[findings.\"a.py\"")).count(), 1);
        assert_eq!(baseline.size(), (5, 2));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let of = |line: &str| format!("version = 1\n[findings.\"a.py\".\"a/b\"]\n{line}\n");
        assert_eq!(check(&of("0123456789abcdef = \"m\"")), "(1, 1)");
        assert_eq!(check("version = 1\n"), "(0, 0)");
        for (text, expected) in [
            ("version = 2\nnew = 3\n".to_owned(), "b.toml: form 2, and this plimsoll knows form 1: update plimsoll"),
            ("version = \"1\"\n".to_owned(), "b.toml:1:11: a string where a whole number from 1 belongs"),
            ("".to_owned(), "b.toml:1: it has no `version`"),
            ("version = 1\nx = [".to_owned(), "b.toml:2:"),
            (
                "version = 1\nfinding = 1\n".to_owned(),
                "b.toml:2:1: a baseline has no key `finding`; did you mean `findings`?",
            ),
            (of("0123456789abcdef = 3"), "b.toml:3:20: a number where a string belongs"),
            (of("012 = \"m\""), "b.toml:3:1: `012` is no fingerprint"),
            (of("0123456789abcdef = { count = 0 }"), "b.toml:3:30: a number where a whole number from 1 belongs"),
            (of("0123456789abcdef = { cuont = 2 }"), "b.toml:3:22: an entry has no key `cuont`; did you mean `count`?"),
            (of("0123456789abcdef = \"m\"\n0123456789abcdef = \"m\""), "b.toml:4:"),
        ] {
            assert!(check(&text).starts_with(expected), "{} where {expected} belongs", check(&text));
        }
    }
}
