//! Turns what rules said into a report: levels, places as people count them, suppressions, and what plimsoll itself has
//! to say about files that could not be used.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::check::{Outcome, RuleResult, full_id};
use crate::facts::{Facts, Target};
use crate::finding::{
    Confidence, Edit, Failure, Finding, Fix, Level, LevelSet, Location, NotApplicable, PluginUsed, ProfileSeen,
    ProjectSeen, Related, Report, Suppressed, Timing, Unknown,
};
use crate::output::LineIndex;
use crate::package::manifest::{Adoption, Manifest, RuleSetting};
use crate::plugin::description::{Description, Rule, Strength};
use crate::plugin::run::Loaded;
use crate::plugin::wit::{Place, Role, Span, report};
use crate::setup::Selection;
use crate::suppression::{Suppression, accepted_elsewhere, suppressions};

/// The rules of the host itself. They cite no requirement.
pub(crate) const HOST_RULES: &[&str] = &[
    "plimsoll/invalid-file",
    "plimsoll/suppression-without-reason",
    "plimsoll/unreadable-file",
    "plimsoll/unused-suppression",
];

/// What decides about levels and what is shown.
pub(crate) struct Judge<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) selection: &'a Selection,
    /// Findings of low confidence are shown.
    pub(crate) pedantic: bool,
    /// Only findings below these paths are shown; everything when empty.
    pub(crate) paths: &'a [String],
}

impl Judge<'_> {
    /// The level of a finding. What is set for the rule counts, else the strictest requirement capped by the
    /// confidence. None hides it, as `--pedantic` would show it.
    fn level(&self, rule: &str, path: &str, confidence: Confidence, strictest: Option<Strength>) -> Option<Level> {
        if self.manifest.is_forbidden(rule) {
            return Some(Level::Forbid);
        }
        let own = most_specific(&self.manifest.rules, rule).or_else(|| most_specific(&self.manifest.inherited, rule));
        let own = own.and_then(|setting| setting.level);
        let for_path = self
            .manifest
            .overrides
            .iter()
            .rev()
            .filter(|an_override| an_override.paths.set.is_match(path))
            .find_map(|an_override| most_specific(&an_override.rules, rule))
            .and_then(|setting| setting.level);
        let set = if own == Some(Level::Forbid) { own } else { self.selection.level(rule).or(for_path).or(own) };
        if set.is_some() {
            return set;
        }
        let required = match strictest {
            None | Some(Strength::Never) => Level::Deny,
            Some(Strength::Must) if self.manifest.adoption() == Adoption::Full => Level::Deny,
            Some(Strength::Must | Strength::Should | Strength::Avoid | Strength::May) => Level::Warn,
        };
        match confidence {
            Confidence::High => Some(required),
            Confidence::Medium => Some(required.min(Level::Warn)),
            Confidence::Low => self.pedantic.then_some(Level::Warn),
        }
    }

    fn is_shown(&self, path: &str) -> bool {
        self.paths.is_empty()
            || self.paths.iter().any(|wanted| {
                wanted.is_empty()
                    || path == wanted
                    || path.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.starts_with('/'))
            })
    }
}

fn most_specific<'a>(settings: &'a [RuleSetting], rule: &str) -> Option<&'a RuleSetting> {
    let matching = settings.iter().filter(|setting| setting.selects(rule) && setting.level.is_some());
    matching.max_by_key(|setting| (setting.selector == rule, setting.selector != "*"))
}

/// Makes the report.
pub(crate) fn report(facts: &Facts, plugins: &[Loaded], outcomes: Vec<Outcome>, judge: &Judge<'_>) -> Report {
    let mut writer = Writer {
        facts,
        judge,
        sources: HashMap::new(),
        report: Report::default(),
        guest: std::time::Duration::ZERO,
        used: BTreeSet::new(),
    };
    for outcome in outcomes {
        let description = &plugins[outcome.plugin].description;
        writer.outcome(description, &description.rules[outcome.rule], outcome);
    }
    writer.host_findings();
    writer.unused_suppressions();
    let guest = writer.guest.as_secs_f64() * 1000.0;
    let mut report = writer.report;
    report.guest = guest;
    report.files = facts.repository().files().len();
    report.plugins = plugins
        .iter()
        .map(|plugin| PluginUsed {
            name: plugin.description.name.clone(),
            version: plugin.description.version.to_string(),
            digest: format!("sha256:{}", plugin.digest),
        })
        .collect();
    report.levels = levels(judge);
    report.projects = facts
        .projects()
        .projects(facts, &Target::Repository)
        .into_iter()
        .map(|project| ProjectSeen {
            root: project.root,
            name: project.name,
            profiles: project
                .profiles
                .into_iter()
                .map(|profile| ProfileSeen { id: profile.id, evidence: profile.evidence })
                .collect(),
        })
        .collect();
    sort(&mut report);
    report
}

/// What sets levels, the strongest first.
fn levels(judge: &Judge<'_>) -> Vec<LevelSet> {
    let set = |setting: &RuleSetting, paths: bool| {
        let from = if paths { format!("{}, for some paths", setting.origin) } else { setting.origin.clone() };
        Some(LevelSet { selector: setting.selector.clone(), level: setting.level?, from })
    };
    let manifest = judge.manifest;
    let line = judge.selection.levels.iter().rev().map(|(level, selector)| LevelSet {
        selector: selector.clone(),
        level: *level,
        from: "the command line".to_owned(),
    });
    let overrides = manifest.overrides.iter().rev().flat_map(|one| &one.rules).filter_map(|it| set(it, true));
    let own = manifest.rules.iter().chain(&manifest.inherited).filter_map(|it| set(it, false));
    line.chain(overrides).chain(own).collect()
}

/// Puts everything in its order, once.
pub(crate) fn sort(report: &mut Report) {
    let key = |finding: &Finding| {
        (finding.location.clone(), finding.rule.clone(), finding.message.clone(), finding.project.clone())
    };
    report.findings.sort_by_cached_key(key);
    report.findings.dedup();
    report.suppressed.sort_by_cached_key(|suppressed| key(&suppressed.finding));
    report.suppressed.dedup();
    report.not_applicable.sort();
    report.not_applicable.dedup();
    report.unknown.sort();
    report.unknown.dedup();
    report.errors.sort();
    report.errors.dedup();
}

/// The text of a file with what is needed to find places in it.
struct SourceText {
    text: String,
    lines: LineIndex,
    suppressions: Vec<Suppression>,
}

struct Writer<'a> {
    facts: &'a Facts,
    judge: &'a Judge<'a>,
    sources: HashMap<String, Rc<SourceText>>,
    report: Report,
    /// Time in plugins.
    guest: std::time::Duration,
    /// Suppressions that silenced something: path and offset.
    used: BTreeSet<(String, u32)>,
}

impl Writer<'_> {
    fn source(&mut self, path: &str) -> Rc<SourceText> {
        if let Some(source) = self.sources.get(path) {
            return Rc::clone(source);
        }
        let text = self.facts.repository().read(path).unwrap_or_default();
        let source = Rc::new(SourceText { lines: LineIndex::new(&text), suppressions: suppressions(&text), text });
        self.sources.insert(path.to_owned(), Rc::clone(&source));
        source
    }

    /// A place as people count; none when it is not in the file or inside a character.
    fn location(&mut self, place: &Place) -> Option<Location> {
        let (start, end) = (place.span.start, place.span.end);
        if start == 0 && end == 0 && !self.facts.repository().exists(&place.path) {
            // Something absent may be reported at a place that does not exist yet, `.github` for instance.
            return Some(LineIndex::new("").location(&place.path, "", (0, 0)));
        }
        let source = self.source(&place.path);
        let valid =
            start <= end && source.text.is_char_boundary(start as usize) && source.text.is_char_boundary(end as usize);
        valid.then(|| source.lines.location(&place.path, &source.text, (start, end)))
    }

    fn outcome(&mut self, description: &Description, rule: &Rule, outcome: Outcome) {
        let id = full_id(description, rule);
        let project = match &outcome.target {
            Target::Repository => String::new(),
            Target::Project(root) => root.clone(),
        };
        let guest = match &outcome.result {
            RuleResult::Called(answer) => answer.guest,
            RuleResult::NoEvidence(_) => std::time::Duration::ZERO,
        };
        self.guest += guest;
        let [milliseconds, guest] = [outcome.time, guest].map(|time| time.as_secs_f64() * 1000.0);
        self.report.timings.push(Timing { what: id.clone(), milliseconds, guest });
        let answer = match outcome.result {
            RuleResult::Called(answer) => answer,
            RuleResult::NoEvidence(reason) => {
                for requirement in &rule.requirements {
                    self.not_applicable(&id, requirement, &project, &reason);
                }
                return;
            }
        };
        let failure = |kind: &str, message: String| Failure {
            plugin: description.label(),
            rule: Some(id.clone()),
            kind: kind.to_owned(),
            message,
        };
        if let Some(error) = answer.error {
            self.report.errors.push(failure(error.kind, error.message));
            for requirement in &rule.requirements {
                self.unknown(&id, requirement, &project, None, "the rule failed");
            }
        }
        let mut cited = BTreeSet::new();
        for said in answer.said.findings {
            let requirements = if said.requirements.is_empty() { &rule.requirements } else { &said.requirements };
            cited.extend(requirements.iter().cloned());
            let strictest = requirements
                .iter()
                .filter_map(|id| description.requirement(id))
                .map(|requirement| requirement.level)
                .max();
            let Some(location) = self.location(&said.place) else {
                let place = format!("{}, bytes {} to {}", said.place.path, said.place.span.start, said.place.span.end);
                self.report
                    .errors
                    .push(failure("span", format!("it reported a place that is not in the file: {place}")));
                continue;
            };
            let requirements = requirements.clone();
            self.finding(&id, &rule.accepts, &project, said, requirements, location, strictest);
        }
        for (requirement, reason) in answer.said.not_applicable {
            self.not_applicable(&id, &requirement, &project, &reason);
        }
        for (requirement, place, reason) in answer.said.unknown {
            self.unknown(&id, &requirement, &project, place.map(|place| place.path), &reason);
        }
        for path in answer.said.broken {
            for requirement in rule.requirements.iter().filter(|requirement| !cited.contains(*requirement)) {
                self.unknown(&id, requirement, &project, Some(path.clone()), "the file can't be read or parsed");
            }
        }
    }

    fn not_applicable(&mut self, rule: &str, requirement: &str, project: &str, reason: &str) {
        self.report.not_applicable.push(NotApplicable {
            rule: rule.to_owned(),
            requirement: requirement.to_owned(),
            project: project.to_owned(),
            reason: reason.to_owned(),
        });
    }

    fn unknown(&mut self, rule: &str, requirement: &str, project: &str, path: Option<String>, reason: &str) {
        self.report.unknown.push(Unknown {
            rule: rule.to_owned(),
            requirement: requirement.to_owned(),
            project: project.to_owned(),
            path,
            reason: reason.to_owned(),
        });
    }

    #[expect(clippy::too_many_arguments, reason = "all of them are the finding's")]
    fn finding(
        &mut self,
        rule: &str,
        accepts: &[String],
        project: &str,
        said: report::Finding,
        requirements: Vec<String>,
        location: Location,
        strictest: Option<Strength>,
    ) {
        let confidence = match said.confidence {
            report::Confidence::High => Confidence::High,
            report::Confidence::Medium => Confidence::Medium,
            report::Confidence::Low => Confidence::Low,
        };
        let related = said
            .related
            .iter()
            .filter_map(|related| {
                Some(Related { location: self.location(&related.place)?, message: related.message.clone() })
            })
            .collect();
        let level = self.judge.level(rule, &location.path, confidence, strictest);
        let finding = Finding {
            rule: rule.to_owned(),
            level: level.unwrap_or(Level::Warn),
            confidence,
            location,
            message: said.message,
            help: said.help,
            requirements,
            project: project.to_owned(),
            related,
            fix: said.fix.map(fix),
        };
        if !self.judge.is_shown(&finding.location.path) || level == Some(Level::Allow) {
            return;
        }
        if finding.level != Level::Forbid
            && let Some((by, reason)) = self.suppression(&finding, accepts)
        {
            self.report.suppressed.push(Suppressed { finding, by: by.to_owned(), reason, until: None });
            return;
        }
        match level {
            Some(_) => self.report.findings.push(finding),
            None => self.report.hidden += 1,
        }
    }

    /// What silences a finding, and the reason that it gives.
    fn suppression(&mut self, finding: &Finding, accepts: &[String]) -> Option<(&'static str, Option<String>)> {
        let source = self.source(&finding.location.path);
        let lines = finding.location.start.line..=finding.location.end.line.max(finding.location.start.line);
        let ours = source.suppressions.iter().find(|one| {
            one.covers(&finding.rule, finding.location.start.line) || one.covers(&finding.rule, *lines.end())
        });
        if let Some(ours) = ours {
            self.used.insert((finding.location.path.clone(), ours.start));
            return Some(("comment", ours.reason.clone()));
        }
        if !finding.location.path.ends_with(".py") {
            return None;
        }
        // A long statement carries its comment on its first or its last line.
        [*lines.start(), *lines.end()].into_iter().find_map(|line| {
            let line = source.text.get(source.lines.line(&source.text, line.saturating_sub(1) as usize))?;
            accepted_elsewhere(line, accepts).map(|by| (by, None))
        })
    }

    fn host_findings(&mut self) {
        for problem in self.facts.problems() {
            // Examples and fixtures may be broken on purpose.
            let role = self.facts.projects().role_of(&problem.path);
            let is_python = problem.path.ends_with(".py");
            if !is_python && matches!(role, Role::Test | Role::Example | Role::Template | Role::Vendored) {
                continue;
            }
            let place = Place { path: problem.path.clone(), span: Span { start: problem.start, end: problem.end } };
            let start = Place { path: problem.path.clone(), span: Span { start: 0, end: 0 } };
            let location = self.location(&place).or_else(|| self.location(&start));
            if let Some(location) = location {
                self.host_finding(&format!("plimsoll/{}", problem.rule), location, problem.message, "");
            }
        }
        for skipped in self.facts.repository().skipped() {
            let location = LineIndex::new("").location(&skipped.path, "", (0, 0));
            self.host_finding("plimsoll/unreadable-file", location, format!("left out: {}", skipped.reason), "");
        }
        let without_reason = self.suppressions_where(|_, one| one.reason.is_none());
        for (path, one) in without_reason {
            let place = Place { path, span: Span { start: one.start, end: one.end } };
            if let Some(location) = self.location(&place) {
                let help = "write why after `--`: `allow(rule) -- reason`";
                self.host_finding(
                    "plimsoll/suppression-without-reason",
                    location,
                    "a suppression without a reason".into(),
                    help,
                );
            }
        }
    }

    /// The suppressions of the files that were looked at, with their paths.
    fn suppressions_where(&self, keep: impl Fn(&str, &Suppression) -> bool) -> Vec<(String, Suppression)> {
        let of = |(path, source): (&String, &Rc<SourceText>)| -> Vec<(String, Suppression)> {
            let kept = source.suppressions.iter().filter(|one| keep(path, one));
            kept.map(|one| (path.clone(), one.clone())).collect()
        };
        self.sources.iter().flat_map(of).collect()
    }

    /// Suppressions that silenced nothing. Only known when all rules ran on the whole repository, and only in files
    /// that were looked at.
    fn unused_suppressions(&mut self) {
        if !self.judge.paths.is_empty()
            || !self.judge.selection.select.is_empty()
            || !self.judge.selection.ignore.is_empty()
        {
            return;
        }
        let unused = self.suppressions_where(|path, one| !self.used.contains(&(path.to_owned(), one.start)));
        for (path, one) in unused {
            let place = Place { path, span: Span { start: one.start, end: one.end } };
            if let Some(location) = self.location(&place) {
                let message = format!("a suppression of {} that silences nothing", one.selectors.join(", "));
                self.host_finding("plimsoll/unused-suppression", location, message, "delete it");
            }
        }
    }

    fn host_finding(&mut self, rule: &str, location: Location, message: String, help: &str) {
        let strictest = if rule == "plimsoll/invalid-file" { Strength::Must } else { Strength::Should };
        let said = report::Finding {
            requirements: Vec::new(),
            place: Place { path: location.path.clone(), span: Span { start: location.span.0, end: location.span.1 } },
            message,
            help: (!help.is_empty()).then(|| help.to_owned()),
            confidence: report::Confidence::High,
            related: Vec::new(),
            fix: None,
        };
        if self.judge.selection.is_active(rule) {
            self.finding(rule, &[], "", said, Vec::new(), location, Some(strictest));
        }
    }
}

fn fix(fix: report::Fix) -> Fix {
    let applicability = match fix.applicability {
        report::Applicability::Safe => "safe",
        report::Applicability::Unsafe => "unsafe",
        report::Applicability::Display => "display",
    };
    let edits = fix
        .edits
        .into_iter()
        .map(|edit| match edit {
            report::Edit::Replace(report::Replacement { place, text }) => {
                Edit::Replace { path: place.path, start: place.span.start, end: place.span.end, text }
            }
            report::Edit::CreateFile((path, text)) => Edit::CreateFile { path, text },
            report::Edit::DeleteFile(path) => Edit::DeleteFile { path },
            report::Edit::SetKey((at, value)) => Edit::SetKey { path: at.path, keys: at.keys, value },
            report::Edit::RemoveKey(at) => Edit::RemoveKey { path: at.path, keys: at.keys },
            report::Edit::AppendItem((at, value)) => Edit::AppendItem { path: at.path, keys: at.keys, value },
        })
        .collect();
    Fix { applicability, edits }
}
