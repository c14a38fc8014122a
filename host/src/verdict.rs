//! Turns what rules said into a report: levels, places as people count them, suppressions, and what plimsoll itself has
//! to say about files that could not be used.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use crate::check::{Outcome, RuleResult, full_id};
use crate::facts::{Facts, Target};
use crate::finding::{
    Confidence, Edit, Failure, Finding, Fix, Level, Location, NotApplicable, PluginUsed, ProfileSeen, ProjectSeen,
    Related, Report, Suppressed, Timing, Unknown,
};
use crate::output::LineIndex;
use crate::package::manifest::Manifest;
use crate::parallel;
use crate::plugin::description::{Description, Rule, Strength};
use crate::plugin::load::Loaded;
use crate::plugin::wit::{Place, Role, Span, report};
use crate::repository::Purpose;
use crate::setup::Selection;
use crate::suppression::{Date, Suppressions};

use self::suppressed::{Silence, Used};

mod level;
mod suppressed;

/// The rules of the host itself. They cite no requirement.
pub(crate) const HOST_RULES: &[&str] = &[
    "plimsoll/expired-suppression",
    "plimsoll/invalid-file",
    "plimsoll/malformed-suppression",
    "plimsoll/suppression-without-reason",
    "plimsoll/unknown-suppressed-rule",
    "plimsoll/unreadable-file",
    "plimsoll/unused-suppression",
];

/// How binding it is what a rule of the host finds.
fn host_strength(rule: &str) -> Strength {
    if rule == "plimsoll/invalid-file" { Strength::Must } else { Strength::Should }
}

/// Bytes of stack of a thread that reads files.
const THREAD_STACK: usize = 16 << 20;

/// What decides about levels and what is shown.
pub(crate) struct Judge<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) selection: &'a Selection,
    /// Findings of low confidence are shown.
    pub(crate) pedantic: bool,
    /// Only findings below these paths are shown; everything when empty.
    pub(crate) paths: &'a [String],
    /// All rules that there are, for suppressions that name another; empty when that is not to be judged.
    pub(crate) known: &'a BTreeSet<String>,
    /// What day it is; HEAD's when it is left out.
    pub(crate) today: Option<Date>,
    /// The rules that were not called, because nobody would see what they say.
    pub(crate) unseen: &'a BTreeSet<String>,
}

impl Judge<'_> {
    /// The rules whose findings nobody would see: those that only guess, where guesses are not asked for and no level is
    /// set for them.
    pub(crate) fn unseen<'a>(&self, plugins: impl IntoIterator<Item = &'a Description>) -> BTreeSet<String> {
        let rules = plugins.into_iter().flat_map(|plugin| plugin.rules.iter().map(move |rule| (plugin, rule)));
        let guessing = rules.filter(|(_, rule)| rule.confidence == Confidence::Low && !self.pedantic);
        guessing.map(|(plugin, rule)| full_id(plugin, rule)).filter(|id| !self.is_set(id)).collect()
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

/// Makes the report. Files that were read ahead are not read again.
pub(crate) fn report(
    facts: &Facts,
    plugins: &[Loaded],
    outcomes: Vec<Outcome>,
    judge: &Judge<'_>,
    ahead: SourceTexts,
) -> Report {
    let mut writer = Writer {
        facts,
        judge,
        sources: ahead.into_iter().map(|(path, source)| (path, Rc::new(source))).collect(),
        report: Report::default(),
        guest: std::time::Duration::ZERO,
        used: Used::default(),
        today: None,
    };
    writer.read_ahead(&outcomes);
    for outcome in outcomes {
        let description = &plugins[outcome.plugin].description;
        writer.outcome(description, &description.rules[outcome.rule], outcome);
    }
    writer.host_findings();
    writer.suppression_findings();
    let guest = writer.guest.as_secs_f64() * 1000.0;
    let mut report = writer.report;
    report.guest = guest;
    report.files = facts.repository().files().len();
    let skipped = facts.repository().skipped().iter().map(|skipped| skipped.path.clone());
    report.broken = facts.problems().into_iter().map(|problem| problem.path).chain(skipped).collect();
    report.plugins = plugins
        .iter()
        .map(|plugin| PluginUsed {
            name: plugin.description.name.clone(),
            version: plugin.description.version.to_string(),
            digest: format!("sha256:{}", plugin.digest),
        })
        .collect();
    report.levels = level::levels(judge);
    report.unseen = judge.unseen.iter().filter(|rule| judge.selection.is_active(rule)).count();
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

/// Texts by the path of their file.
pub(crate) type SourceTexts = HashMap<String, SourceText>;

/// The text of a file with what is needed to find places in it.
pub(crate) struct SourceText {
    text: String,
    lines: LineIndex,
    suppressions: Suppressions,
}

struct Writer<'a> {
    facts: &'a Facts,
    judge: &'a Judge<'a>,
    sources: HashMap<String, Rc<SourceText>>,
    report: Report,
    /// Time in plugins.
    guest: std::time::Duration,
    used: Used,
    /// What day it is, once that is asked: none when nothing says so.
    today: Option<Option<Date>>,
}

impl SourceText {
    fn read(facts: &Facts, manifest: &Manifest, path: &str) -> Self {
        // A new manifest, which Git does not track yet, is none of the repository's files.
        let read = || facts.repository().read_for(path, Purpose::Alone).unwrap_or_default();
        let text = if path == manifest.path { manifest.text.clone() } else { read() };
        let lines = LineIndex::new(&text);
        Self { suppressions: Suppressions::read(path, &text, &lines), lines, text }
    }
}

/// Reads files that findings are in, on all processors; each is named once.
pub(crate) fn read_ahead<'p>(
    facts: &Facts,
    manifest: &Manifest,
    paths: impl IntoIterator<Item = &'p str>,
) -> SourceTexts {
    let paths: Vec<&str> = paths.into_iter().filter(|path| facts.repository().file(path).is_some()).collect();
    let sources = parallel::map(&paths, THREAD_STACK, || (), |(), path| SourceText::read(facts, manifest, path));
    paths.iter().map(|&path| path.to_owned()).zip(sources).collect()
}

impl Writer<'_> {
    /// Reads the files that findings are in, and that were not read yet.
    fn read_ahead(&mut self, outcomes: &[Outcome]) {
        let answers = outcomes.iter().filter_map(|outcome| outcome.result.answer());
        let paths = answers.flat_map(|answer| answer.said.paths());
        let paths: BTreeSet<&str> = paths.filter(|path| !self.sources.contains_key(*path)).collect();
        let read = read_ahead(self.facts, self.judge.manifest, paths);
        self.sources.extend(read.into_iter().map(|(path, source)| (path, Rc::new(source))));
    }

    fn source(&mut self, path: &str) -> Rc<SourceText> {
        if let Some(source) = self.sources.get(path) {
            return Rc::clone(source);
        }
        let source = Rc::new(SourceText::read(self.facts, self.judge.manifest, path));
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
        let guest = outcome.result.answer().map_or(std::time::Duration::ZERO, |answer| answer.guest);
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
        let mut finding = Finding {
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
        if !self.judge.is_shown(&finding.location.path) {
            return;
        }
        // Also of what is not reported: a suppression of it is not without use.
        let silence = self.silence(&mut finding, accepts);
        if level == Some(Level::Allow) {
            return;
        }
        if let Some(Silence { by, reason, until }) = silence {
            self.report.suppressed.push(Suppressed { finding, by: by.to_owned(), reason, until });
            return;
        }
        match level {
            Some(_) => self.report.findings.push(finding),
            None => self.report.hidden += 1,
        }
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
                self.host_finding(&format!("plimsoll/{}", problem.trouble.rule()), location, problem.message, "", None);
            }
        }
        for skipped in self.facts.repository().skipped() {
            let location = LineIndex::new("").location(&skipped.path, "", (0, 0));
            self.host_finding("plimsoll/unreadable-file", location, format!("left out: {}", skipped.reason), "", None);
        }
    }

    fn host_finding(&mut self, rule: &str, location: Location, message: String, help: &str, fix: Option<report::Fix>) {
        let strictest = host_strength(rule);
        let said = report::Finding {
            requirements: Vec::new(),
            place: Place { path: location.path.clone(), span: Span { start: location.span.0, end: location.span.1 } },
            message,
            help: (!help.is_empty()).then(|| help.to_owned()),
            confidence: report::Confidence::High,
            related: Vec::new(),
            fix,
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
