//! Findings and the report of a check: what every output format prints. Lines and columns appear here for the first
//! time; everything before counts bytes.

use serde::Serialize;

/// What a finding does to the run. The words and their order are those of rustc's lints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

/// A place in a file as people count: lines and columns from 1, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// A range in a file of the repository.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Relative to the root, with `/`.
    pub path: String,
    /// First byte and first byte after, for excerpts and fixes.
    pub span: (u32, u32),
    pub start: Position,
    /// The position after the last character.
    pub end: Position,
}

/// Another place that explains a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Related {
    pub location: Location,
    pub message: String,
}

/// One change of a fix.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Edit {
    Replace { path: String, start: u32, end: u32, text: String },
    CreateFile { path: String, text: String },
    DeleteFile { path: String },
    SetKey { path: String, keys: Vec<String>, value: String },
    RemoveKey { path: String, keys: Vec<String> },
    AppendItem { path: String, keys: Vec<String>, value: String },
}

/// Changes that mend a finding, applied together or not at all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fix {
    /// `safe`, `unsafe` or `display`.
    pub applicability: &'static str,
    pub edits: Vec<Edit>,
}

/// Something that breaks a requirement, or that plimsoll itself has to say (`plimsoll/…`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `section/rule`.
    pub rule: String,
    pub level: Level,
    pub confidence: Confidence,
    pub location: Location,
    pub message: String,
    pub help: Option<String>,
    /// Ids of the requirements that it breaks.
    pub requirements: Vec<String>,
    /// Root of the project it belongs to; empty for the repository's root.
    pub project: String,
    pub related: Vec<Related>,
    pub fix: Option<Fix>,
}

/// A finding that a suppression silences.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suppressed {
    pub finding: Finding,
    /// What silences it: `comment`, `noqa`, `nosec`, `manifest`.
    pub by: String,
    pub reason: Option<String>,
    pub until: Option<String>,
}

/// A rule, or one requirement of it, that does not apply.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct NotApplicable {
    pub rule: String,
    pub requirement: String,
    pub project: String,
    pub reason: String,
}

/// A requirement that can't be decided here.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unknown {
    pub rule: String,
    pub requirement: String,
    pub project: String,
    pub path: Option<String>,
    pub reason: String,
}

/// A plugin that could not do its work.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Failure {
    /// `name@version`.
    pub plugin: String,
    pub rule: Option<String>,
    /// `fuel`, `memory`, `stack`, `panic`, `output`, `link`, …
    pub kind: String,
    pub message: String,
}

/// A plugin that took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PluginUsed {
    pub name: String,
    pub version: String,
    /// `sha256:` and the digest of its WebAssembly.
    pub digest: String,
}

/// A project that was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProjectSeen {
    /// Its folder; empty for the repository's root.
    pub root: String,
    pub name: Option<String>,
    pub profiles: Vec<ProfileSeen>,
}

/// A profile of a project, with the evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProfileSeen {
    pub id: String,
    pub evidence: String,
}

/// How long a part of the run took.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Timing {
    /// `facts`, `load`, or a rule's id.
    pub what: String,
    pub milliseconds: f64,
}

/// Everything that a check has to say. Sorted: findings by path, position, rule and message; the rest by their fields.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub plugins: Vec<PluginUsed>,
    pub projects: Vec<ProjectSeen>,
    pub findings: Vec<Finding>,
    pub suppressed: Vec<Suppressed>,
    pub not_applicable: Vec<NotApplicable>,
    pub unknown: Vec<Unknown>,
    pub errors: Vec<Failure>,
    /// Number of files looked at.
    pub files: usize,
    /// Findings of low confidence that are not in `findings`, because they show only on request.
    pub hidden: usize,
    /// Where the time went; empty unless asked for.
    pub timings: Vec<Timing>,
}

impl Report {
    /// The number of findings of a level.
    pub fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }
}
