//! What silences findings, and what is to say about that: suppressions without a reason, run out, of nothing.

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;

use super::{SourceText, Writer};
use crate::finding::{Finding, Level};
use crate::plugin::wit::{Place, Role, Span, report};
use crate::setup::unknown_selector;
use crate::suppression::{Date, Suppression, accepted_elsewhere};

/// What silenced a finding.
pub(super) struct Silence {
    pub(super) by: &'static str,
    pub(super) reason: Option<String>,
    pub(super) until: Option<String>,
}

/// Which suppressions did something.
#[derive(Default)]
pub(super) struct Used {
    /// The names in comments that silenced something: path, start of the comment, index of the name.
    comments: BTreeSet<(String, usize, usize)>,
    /// The same of those that met a finding at `forbid`.
    powerless: BTreeSet<(String, usize, usize)>,
    /// The entries of `[[allow]]`.
    acceptances: BTreeSet<usize>,
    powerless_acceptances: BTreeSet<usize>,
}

/// Whether something with a last day has run out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Term {
    Counts,
    Over,
    /// Nothing says what day it is.
    Unknown,
}

/// A finding of the host about a suppression.
struct Remark<'a> {
    rule: &'a str,
    path: &'a str,
    span: Range<usize>,
    message: String,
    help: &'a str,
    fix: Option<report::Fix>,
}

fn fix(applicability: report::Applicability, path: &str, span: Range<usize>, text: &str) -> Option<report::Fix> {
    let place = Place { path: path.to_owned(), span: bytes(&span) };
    let edits = vec![report::Edit::Replace(report::Replacement { place, text: text.to_owned() })];
    Some(report::Fix { applicability, edits })
}

fn bytes(span: &Range<usize>) -> Span {
    Span { start: span.start as u32, end: span.end as u32 }
}

impl Writer<'_> {
    fn term(&mut self, until: Option<Date>) -> Term {
        let Some(until) = until else { return Term::Counts };
        let (facts, judge) = (self.facts, self.judge);
        let today = *self.today.get_or_insert_with(|| judge.today.or_else(|| Date::at(facts.git().head_time()?)));
        match today {
            Some(today) if today > until => Term::Over,
            Some(_) => Term::Counts,
            None => Term::Unknown,
        }
    }

    /// What silences a finding, if anything does. What should and does not is said in the finding's help.
    pub(super) fn silence(&mut self, finding: &mut Finding, accepts: &[String]) -> Option<Silence> {
        let path = finding.location.path.clone();
        let source = self.source(&path);
        let (first, last) = (finding.location.start.line, finding.location.end.line.max(finding.location.start.line));
        let mut comments: Vec<(&Suppression, usize)> = source
            .suppressions
            .all
            .iter()
            .filter(|one| one.reaches(first, last))
            .filter_map(|one| Some((one, one.selecting(&finding.rule)?)))
            .collect();
        comments.sort_by_key(|(one, _)| one.scope);
        for (one, name) in comments {
            let key = (path.clone(), one.span.start, name);
            let line = one.line();
            if finding.level == Level::Forbid {
                self.used.powerless.insert(key);
                let note = format!("`forbid` can't be suppressed: the comment on line {line} is without effect");
                add_help(finding, &note);
                continue;
            }
            self.used.comments.insert(key);
            let until = one.until.map(|until| until.to_string());
            if self.term(one.until) == Term::Over {
                let until = until.unwrap_or_default();
                add_help(finding, &format!("it was accepted until {until}, on line {line}, and that has run out"));
                continue;
            }
            return Some(Silence { by: "comment", reason: one.reason.clone(), until });
        }
        if finding.level != Level::Forbid
            && let Some(by) = accepted(&source, finding, accepts, first, last)
        {
            return Some(Silence { by, reason: None, until: None });
        }
        let manifest = self.judge.manifest;
        for (index, one) in manifest.acceptances.iter().enumerate() {
            if !one.covers(&finding.rule, &path) {
                continue;
            }
            let place = manifest.place(&one.span);
            if finding.level == Level::Forbid {
                self.used.powerless_acceptances.insert(index);
                add_help(finding, &format!("`forbid` can't be suppressed: `[[allow]]` at {place} is without effect"));
                continue;
            }
            self.used.acceptances.insert(index);
            let until = one.until.map(|until| until.to_string());
            if self.term(one.until) == Term::Over {
                let until = until.unwrap_or_default();
                add_help(finding, &format!("it was accepted until {until} ({place}), and that has run out"));
                continue;
            }
            return Some(Silence { by: "manifest", reason: Some(one.reason.clone()), until });
        }
        None
    }

    /// Whether everything was asked for, so that what silenced nothing is known to be of no use.
    fn is_complete(&self) -> bool {
        let selection = self.judge.selection;
        self.judge.paths.is_empty() && selection.select.is_empty() && selection.ignore.is_empty()
    }

    /// Says what is wrong with suppressions: in all files when everything ran, else in those with findings.
    pub(super) fn suppression_findings(&mut self) {
        let mut paths: BTreeSet<String> = self.sources.keys().cloned().collect();
        if self.is_complete() {
            paths.extend(self.facts.marked().iter().cloned());
        }
        for path in paths {
            // Other people's files, and those that show how something is written.
            let role = self.facts.projects().role_of(&path);
            if matches!(role, Role::Example | Role::Template | Role::Vendored) {
                continue;
            }
            let source = self.source(&path);
            for one in &source.suppressions.malformed {
                let unsafe_ = report::Applicability::Unsafe;
                let edit = one.edit.as_ref().and_then(|(start, end, text)| fix(unsafe_, &path, *start..*end, text));
                self.remark(Remark {
                    rule: "plimsoll/malformed-suppression",
                    path: &path,
                    span: one.span.clone(),
                    message: one.message.clone(),
                    help: &one.help,
                    fix: edit,
                });
            }
            for one in &source.suppressions.all {
                self.judge_suppression(&path, &source, one);
            }
        }
        self.judge_acceptances();
    }

    fn judge_suppression(&mut self, path: &str, source: &Rc<SourceText>, one: &Suppression) {
        use report::Applicability::{Display, Safe, Unsafe};
        let text = &source.text;
        let delete = |how| fix(how, path, one.removal(text), "");
        if one.reason.is_none() {
            self.remark(Remark {
                rule: "plimsoll/suppression-without-reason",
                path,
                span: one.span.clone(),
                message: "a suppression without a reason".to_owned(),
                help: "write why after `--`: `allow(rule) -- reason`",
                fix: delete(Display),
            });
        }
        let mut unused = Vec::new();
        for (index, name) in one.names.iter().enumerate() {
            let unknown =
                if self.judge.known.is_empty() { None } else { unknown_selector(&name.text, self.judge.known) };
            if let Some(message) = unknown {
                let near = message.split("did you mean `").nth(1).and_then(|near| near.split('`').next());
                let how = match near {
                    Some(near) => fix(Unsafe, path, name.span.clone(), near),
                    None if one.names.len() == 1 => delete(Unsafe),
                    None => fix(Unsafe, path, one.name_removal(index, text), ""),
                };
                let help = "`plimsoll rules` lists the rules; a plugin's are known when the manifest names it";
                let rule = "plimsoll/unknown-suppressed-rule";
                self.remark(Remark { rule, path, span: name.span.clone(), message, help, fix: how });
            } else if !self.used.comments.contains(&(path.to_owned(), one.span.start, index)) {
                unused.push(index);
            }
        }
        if self.is_over(path, one.span.clone(), one.until) {
            let until = one.until.map(|until| until.to_string()).unwrap_or_default();
            self.remark(Remark {
                rule: "plimsoll/expired-suppression",
                path,
                span: one.span.clone(),
                message: format!("a suppression that has run out: it counted until {until}"),
                help: "mend what it silenced and delete it, or write a later day",
                fix: delete(Unsafe),
            });
            return;
        }
        unused.retain(|index| self.is_judged(&one.names[*index].text));
        if unused.len() == one.names.len() {
            let names: Vec<&str> = one.names.iter().map(|name| name.text.as_str()).collect();
            let powerless = (0..names.len()).all(|index| self.is_powerless(path, one, index));
            let message = unused_message(&names.join(", "), powerless);
            let (rule, span) = ("plimsoll/unused-suppression", one.span.clone());
            self.remark(Remark { rule, path, span, message, help: "delete it", fix: delete(Safe) });
            return;
        }
        for index in unused {
            let message = unused_message(&one.names[index].text, self.is_powerless(path, one, index));
            self.remark(Remark {
                rule: "plimsoll/unused-suppression",
                path,
                span: one.names[index].span.clone(),
                message,
                help: "delete the name",
                fix: fix(Safe, path, one.name_removal(index, text), ""),
            });
        }
    }

    fn judge_acceptances(&mut self) {
        let manifest = self.judge.manifest;
        let path = manifest.path.clone();
        for (index, one) in manifest.acceptances.iter().enumerate() {
            let delete = |how| one.removal(&manifest.text).and_then(|span| fix(how, &path, span, ""));
            let line = manifest.text.get(one.span.start..).and_then(|rest| rest.lines().next()).map_or(0, str::len);
            let span = one.span.start..one.span.start + line.min(one.span.len());
            if self.is_over(&path, span.clone(), one.until) {
                let until = one.until.map(|until| until.to_string()).unwrap_or_default();
                let message = format!("`[[allow]]` of {} has run out: it counted until {until}", one.names());
                self.remark(Remark {
                    rule: "plimsoll/expired-suppression",
                    path: &path,
                    span,
                    message,
                    help: "mend what it accepted and delete it, or write a later day",
                    fix: delete(report::Applicability::Unsafe),
                });
            } else if !self.used.acceptances.contains(&index)
                && one.rules.iter().all(|(_, selector)| self.is_judged(selector))
            {
                let message = if self.used.powerless_acceptances.contains(&index) {
                    format!("`[[allow]]` of {}, which is `forbid`: nothing can silence it", one.names())
                } else {
                    format!("`[[allow]]` of {} in {} matches no finding", one.names(), one.paths.text())
                };
                self.remark(Remark {
                    rule: "plimsoll/unused-suppression",
                    path: &path,
                    span,
                    message,
                    help: "delete it",
                    fix: delete(report::Applicability::Safe),
                });
            }
        }
    }

    /// Whether a last day is over. Where nothing says what day it is, that is undecided.
    fn is_over(&mut self, path: &str, span: Range<usize>, until: Option<Date>) -> bool {
        let term = self.term(until);
        if term == Term::Unknown {
            let place = Place { path: path.to_owned(), span: bytes(&span) };
            let line = self.location(&place).map_or(1, |location| location.start.line);
            let until = until.map(|until| until.to_string()).unwrap_or_default();
            let reason =
                format!("whether {until} on line {line} is over: there is no Git history, and --today says no day");
            self.unknown("plimsoll/expired-suppression", "", "", Some(path.to_owned()), &reason);
        }
        term == Term::Over
    }

    /// Whether all that a name selects was run and decided, so that it would have silenced something if it could.
    fn is_judged(&mut self, name: &str) -> bool {
        let selects = |rule: &str| crate::package::manifest::selects(name, rule);
        if !self.is_complete() {
            return false;
        }
        let is_missed = self.judge.unseen.iter().any(|rule| selects(rule));
        self.report.misses_unseen |= is_missed;
        let report = &self.report;
        !is_missed
            && !selects("plimsoll/unused-suppression")
            && !report.errors.iter().any(|error| error.rule.as_deref().is_none_or(selects))
            && !report.unknown.iter().any(|unknown| unknown.rule == name)
    }

    fn is_powerless(&self, path: &str, one: &Suppression, index: usize) -> bool {
        self.used.powerless.contains(&(path.to_owned(), one.span.start, index))
    }

    fn remark(&mut self, remark: Remark<'_>) {
        let place = Place { path: remark.path.to_owned(), span: bytes(&remark.span) };
        if let Some(location) = self.location(&place) {
            self.host_finding(remark.rule, location, remark.message, remark.help, remark.fix);
        }
    }
}

fn unused_message(names: &str, is_powerless: bool) -> String {
    if is_powerless {
        format!("a suppression of {names}, which is `forbid`: nothing can silence it")
    } else {
        format!("a suppression of {names} that silences nothing")
    }
}

fn add_help(finding: &mut Finding, note: &str) {
    finding.help = Some(match finding.help.take() {
        Some(help) => format!("{help}; {note}"),
        None => note.to_owned(),
    });
}

/// Which comment of another linter accepts a finding. A long statement carries it on its first or its last line.
fn accepted(source: &SourceText, finding: &Finding, accepts: &[String], first: u32, last: u32) -> Option<&'static str> {
    if !finding.location.path.ends_with(".py") {
        return None;
    }
    [first, last].into_iter().find_map(|line| {
        let line = source.text.get(source.lines.line(&source.text, line.saturating_sub(1) as usize))?;
        accepted_elsewhere(line, accepts)
    })
}
