//! Findings and the report of a check: what every output format prints. Lines and columns appear here for the first
//! time; everything before counts bytes.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

/// What a finding does to the run. The words and their order are those of rustc's lints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Level {
    /// Not reported.
    Allow,
    /// Reported.
    Warn,
    /// Reported, and the run ends with exit code 1.
    Deny,
    /// As `deny`, and nothing can lower or suppress it.
    Forbid,
}

/// How sure a rule is of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Confidence {
    Low,
    Medium,
    High,
}

/// A place in a file as people count: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Position {
    pub(crate) line: u32,
    pub(crate) column: u32,
}

/// A range in a file of the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Location {
    /// Relative to the root, with `/`.
    pub(crate) path: String,
    /// First byte and first byte after, for excerpts and fixes.
    pub(crate) span: (u32, u32),
    pub(crate) start: Position,
    /// The position after the last character.
    pub(crate) end: Position,
}

/// Another place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Related {
    pub(crate) location: Location,
    pub(crate) message: String,
}

/// One change of a fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(crate) enum Edit {
    Replace { path: String, start: u32, end: u32, text: String },
    CreateFile { path: String, text: String },
    DeleteFile { path: String },
    SetKey { path: String, keys: Vec<String>, value: String },
    RemoveKey { path: String, keys: Vec<String> },
    AppendItem { path: String, keys: Vec<String>, value: String },
}

impl Edit {
    /// The file that it changes.
    pub(crate) fn path(&self) -> &str {
        match self {
            Self::Replace { path, .. }
            | Self::CreateFile { path, .. }
            | Self::DeleteFile { path }
            | Self::SetKey { path, .. }
            | Self::RemoveKey { path, .. }
            | Self::AppendItem { path, .. } => path,
        }
    }
}

/// Whether a fix may be applied: `safe`, `unsafe`, or only shown: `display`.
pub(crate) type Applicability = &'static str;

/// Changes that mend a finding, applied together or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fix {
    #[serde(deserialize_with = "applicability")]
    pub(crate) applicability: Applicability,
    pub(crate) edits: Vec<Edit>,
}

fn applicability<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Applicability, D::Error> {
    let word = String::deserialize(deserializer)?;
    let known = ["safe", "unsafe", "display"].into_iter().find(|known| *known == word);
    known.ok_or_else(|| serde::de::Error::custom("no applicability"))
}

/// Something that breaks a requirement, or that plimsoll itself has to say (`plimsoll/…`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Finding {
    /// `section/rule`.
    pub(crate) rule: String,
    pub(crate) level: Level,
    pub(crate) confidence: Confidence,
    pub(crate) location: Location,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
    /// Ids of the requirements that it breaks.
    pub(crate) requirements: Vec<String>,
    /// Root of the project it belongs to; empty for the repository's root.
    pub(crate) project: String,
    pub(crate) related: Vec<Related>,
    pub(crate) fix: Option<Fix>,
}

/// A finding that a suppression silences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Suppressed {
    pub(crate) finding: Finding,
    /// What silences it: `comment`, `noqa`, `nosec`, `manifest`, `baseline`.
    pub(crate) by: String,
    pub(crate) reason: Option<String>,
    pub(crate) until: Option<String>,
}

/// An entry of the baseline that no finding answers to any more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fixed {
    pub(crate) rule: String,
    pub(crate) path: String,
    pub(crate) message: String,
    /// How many equal findings are gone.
    pub(crate) count: u32,
}

/// A rule, or one requirement of it, that does not apply.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct NotApplicable {
    pub(crate) rule: String,
    pub(crate) requirement: String,
    pub(crate) project: String,
    pub(crate) reason: String,
}

/// A requirement that can't be decided here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Unknown {
    pub(crate) rule: String,
    pub(crate) requirement: String,
    pub(crate) project: String,
    pub(crate) path: Option<String>,
    pub(crate) reason: String,
}

/// A plugin that could not do its work.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// `name@version`.
    pub(crate) plugin: String,
    pub(crate) rule: Option<String>,
    /// `fuel`, `memory`, `stack`, `panic`, `output`, `link`, …
    pub(crate) kind: String,
    pub(crate) message: String,
}

/// A plugin that took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PluginUsed {
    pub(crate) name: String,
    pub(crate) version: String,
    /// `sha256:` and the digest of its WebAssembly.
    pub(crate) digest: String,
}

/// A project that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProjectSeen {
    /// Its folder; empty for the repository's root.
    pub(crate) root: String,
    pub(crate) name: Option<String>,
    pub(crate) profiles: Vec<ProfileSeen>,
}

/// A profile of a project, with the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ProfileSeen {
    pub(crate) id: String,
    pub(crate) evidence: String,
}

/// How long a part of the run took.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Timing {
    /// `facts`, `load`, or a rule's id.
    pub(crate) what: String,
    pub(crate) milliseconds: f64,
    /// Of these, milliseconds in the code of the plugin.
    pub(crate) guest: f64,
}

/// Everything that a check has to say. Sorted: findings by path, position, rule and message; the rest by their fields.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) plugins: Vec<PluginUsed>,
    pub(crate) projects: Vec<ProjectSeen>,
    /// What sets levels, the strongest first.
    pub(crate) levels: Vec<LevelSet>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) suppressed: Vec<Suppressed>,
    pub(crate) not_applicable: Vec<NotApplicable>,
    pub(crate) unknown: Vec<Unknown>,
    pub(crate) errors: Vec<Failure>,
    /// Number of files looked at.
    pub(crate) files: usize,
    /// Files that could not be read or parsed.
    pub(crate) broken: BTreeSet<String>,
    /// Findings of low confidence that are not in `findings`, because they show only on request.
    pub(crate) hidden: usize,
    /// Number of rules that were not called, because nobody would see what they say.
    pub(crate) unseen: usize,
    /// Whether one of them decides about something that shows after all: whether a suppression silences anything.
    pub(crate) misses_unseen: bool,
    /// What the baseline accepts and is gone, by path and rule.
    pub(crate) fixed: Vec<Fixed>,
    /// Number of findings that are not in `findings`, because nothing changed where they are.
    pub(crate) unchanged: usize,
    /// Milliseconds in the code of plugins, with instantiation and the crossing of values.
    pub(crate) guest: f64,
    /// Where the time went; empty unless asked for.
    pub(crate) timings: Vec<Timing>,
}

/// A level that someone set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LevelSet {
    /// A rule, a section, or `*`.
    pub(crate) selector: String,
    pub(crate) level: Level,
    /// Where it is set.
    pub(crate) from: String,
}

impl Report {
    /// The number of findings of a level.
    pub(crate) fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    /// The number of findings that the baseline accepts.
    pub(crate) fn accepted(&self) -> usize {
        self.suppressed.iter().filter(|suppressed| suppressed.by == crate::baseline::BY).count()
    }

    /// The number of findings with a fix of this applicability.
    pub(crate) fn fixable(&self, applicability: &str) -> usize {
        let has_fix = |finding: &&Finding| finding.fix.as_ref().is_some_and(|fix| fix.applicability == applicability);
        self.findings.iter().filter(has_fix).count()
    }
}
