//! SARIF 2.1.0, the format of code scanning services: rules, results with places, fixes and suppressions, errors as
//! notifications. What does not apply is left out, because services would show it as a result; what is undecided is a
//! notification at level `note`.

use std::collections::HashMap;
use std::io::{Result, Write};
use std::ops::Range;

use serde_json::{Value, json};

use crate::finding::{Edit, Finding, Fix, Level, Location, Report, Suppressed};
use crate::fix::text_after;

use super::fingerprint::Fingerprints;
use super::json::write_document;
use super::sources::Sources;
use super::summary::section_of;
use super::text::printable_lines;
use super::{RuleInfo, by_place};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// What paths are relative to.
const ROOT: &str = "%SRCROOT%";

pub(super) fn write(report: &Report, rules: &[RuleInfo], sources: &mut Sources<'_>, out: &mut dyn Write) -> Result<()> {
    let mut catalogue = Catalogue::new(rules);
    let mut fingerprints = Fingerprints::default();
    let mut results = Vec::with_capacity(report.findings.len() + report.suppressed.len());
    for (finding, suppressed) in by_place(report) {
        let mut result = result(finding, &mut catalogue, &mut fingerprints, sources);
        if let Some(suppressed) = suppressed {
            result["suppressions"] = json!([suppression(suppressed)]);
        }
        results.push(result);
    }
    let notifications = notifications(report, &mut catalogue);
    let extensions: Vec<Value> = report
        .plugins
        .iter()
        .map(|plugin| json!({"name": plugin.name, "version": plugin.version, "properties": {"digest": plugin.digest}}))
        .collect();
    let version = env!("CARGO_PKG_VERSION");
    let mut document = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {"name": "plimsoll", "semanticVersion": version},
                "extensions": extensions,
            },
            "invocations": [{
                "executionSuccessful": report.errors.is_empty(),
                "toolExecutionNotifications": notifications,
            }],
            "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the checked repository."}}},
            "columnKind": "unicodeCodePoints",
        }],
    });
    // Moved in: the macro would copy them.
    let run = &mut document["runs"][0];
    run["tool"]["driver"]["rules"] = Value::Array(catalogue.rules);
    run["results"] = Value::Array(results);
    write_document(&document, out)
}

/// The rules of the run, in the order that results refer to.
struct Catalogue {
    rules: Vec<Value>,
    indices: HashMap<String, usize>,
}

impl Catalogue {
    fn new(rules: &[RuleInfo]) -> Self {
        let mut catalogue = Self { rules: Vec::new(), indices: HashMap::new() };
        for rule in rules {
            if !catalogue.indices.contains_key(&rule.id) {
                catalogue.add(&rule.id, descriptor(rule));
            }
        }
        catalogue
    }

    fn add(&mut self, id: &str, descriptor: Value) -> usize {
        self.rules.push(descriptor);
        self.indices.insert(id.to_owned(), self.rules.len() - 1);
        self.rules.len() - 1
    }

    /// The rule's index; a rule that nobody described is added with its id alone.
    fn index(&mut self, id: &str) -> usize {
        match self.indices.get(id) {
            Some(&index) => index,
            None => self.add(id, descriptor(&RuleInfo { id: id.to_owned(), ..RuleInfo::default() })),
        }
    }
}

fn descriptor(rule: &RuleInfo) -> Value {
    let title = if rule.title.is_empty() { &rule.id } else { &rule.title };
    let statements: Vec<String> =
        rule.requirements.iter().map(|row| format!("{} ({}): {}", row.id, row.level, row.statement)).collect();
    let ids: Vec<&str> = rule.requirements.iter().map(|row| row.id.as_str()).collect();
    let fails = rule.requirements.iter().any(|row| matches!(row.level.as_str(), "must" | "never"));
    let description = if statements.is_empty() { title.clone() } else { statements.join("\n") };
    let help = if rule.help.is_empty() { title } else { &rule.help };
    // What stands before the examples is for those who show no Markdown.
    let prose = help.split("\n```").next().unwrap_or(help).trim();
    let mut descriptor = json!({
        "id": rule.id,
        "shortDescription": {"text": title},
        "fullDescription": {"text": description},
        "help": {"text": printable_lines(prose), "markdown": printable_lines(help)},
        "defaultConfiguration": {"level": if fails { "error" } else { "warning" }},
        "properties": {"tags": [section_of(&rule.id)], "requirements": ids},
    });
    if let Some(uri) = &rule.help_uri {
        descriptor["helpUri"] = json!(uri);
    }
    descriptor
}

fn result(
    finding: &Finding,
    catalogue: &mut Catalogue,
    fingerprints: &mut Fingerprints,
    sources: &mut Sources<'_>,
) -> Value {
    let level = match finding.level {
        Level::Forbid | Level::Deny => "error",
        Level::Warn => "warning",
        Level::Allow => "note",
    };
    let text = match &finding.help {
        Some(help) => format!("{}\n{help}", finding.message),
        None => finding.message.clone(),
    };
    let source = sources.source(&finding.location.path);
    let source = source.as_deref().map(|source| (source.text.as_str(), &source.lines));
    let fingerprint = fingerprints.fingerprint(finding, source);
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": catalogue.index(&finding.rule),
        "level": level,
        "message": {"text": text},
        "locations": [location(&finding.location)],
        "partialFingerprints": {"plimsoll/v2": fingerprint},
        "properties": {
            "confidence": finding.confidence,
            "project": finding.project,
            "requirements": finding.requirements,
        },
    });
    if !finding.related.is_empty() {
        let related = finding.related.iter().enumerate().map(|(id, related)| {
            let mut location = location(&related.location);
            location["id"] = json!(id);
            location["message"] = json!({"text": related.message});
            location
        });
        result["relatedLocations"] = related.collect();
    }
    if let Some(fix) = finding.fix.as_ref().and_then(|fix| fix_object(fix, sources)) {
        result["fixes"] = json!([fix]);
    }
    result
}

fn location(location: &Location) -> Value {
    json!({"physicalLocation": {"artifactLocation": artifact(&location.path), "region": region(location)}})
}

/// Positions count from 1, also for a finding without a place of its own.
fn region(location: &Location) -> Value {
    json!({
        "startLine": location.start.line.max(1),
        "startColumn": location.start.column.max(1),
        "endLine": location.end.line.max(location.start.line).max(1),
        "endColumn": location.end.column.max(1),
    })
}

fn artifact(path: &str) -> Value {
    json!({"uri": uri(path), "uriBaseId": ROOT})
}

/// A path as a relative URI reference: everything but unreserved characters and `/` is percent-encoded, so that no
/// part can be taken for a scheme, a query or a fragment.
fn uri(path: &str) -> String {
    if path.is_empty() {
        return ".".to_owned();
    }
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// The fix, if it is meant to be applied to files that can be read, or makes new ones. SARIF knows no removal of a file.
fn fix_object(fix: &Fix, sources: &mut Sources<'_>) -> Option<Value> {
    if fix.edits.is_empty() || fix.applicability == "display" {
        return None;
    }
    let mut by_path: Vec<(&str, Vec<&Edit>)> = Vec::new();
    for edit in &fix.edits {
        match by_path.iter_mut().find(|(path, _)| *path == edit.path()) {
            Some((_, edits)) => edits.push(edit),
            None => by_path.push((edit.path(), vec![edit])),
        }
    }
    let change = |(path, edits): (&str, Vec<&Edit>)| {
        let replacements = replacements(path, &edits, sources)?;
        Some(json!({"artifactLocation": artifact(path), "replacements": replacements}))
    };
    let changes: Vec<Value> = by_path.into_iter().map(change).collect::<Option<_>>()?;
    let description = format!("{} fix", fix.applicability);
    Some(json!({"description": {"text": description}, "artifactChanges": changes}))
}

/// What the edits of one file replace; none where that can't be said. A change at a document's key path has no place of
/// its own: it is what differs when all edits are made.
fn replacements(path: &str, edits: &[&Edit], sources: &mut Sources<'_>) -> Option<Vec<Value>> {
    let replacement = |deleted: Value, text: &str| json!({"deletedRegion": deleted, "insertedContent": {"text": text}});
    if let [Edit::CreateFile { text, .. }] = edits {
        let start = json!({"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 1});
        return Some(vec![replacement(start, text)]);
    }
    let source = sources.source(path)?;
    let region = |start, end| region(&source.lines.location(path, &source.text, (start, end)));
    let replaced = edits.iter().map(|edit| match edit {
        Edit::Replace { start, end, text, .. } => Some(replacement(region(*start, *end), text)),
        _ => None,
    });
    replaced.collect::<Option<Vec<Value>>>().or_else(|| {
        let after = text_after(path, &source.text, edits).ok()?;
        let (range, text) = difference(&source.text, &after);
        Some(vec![replacement(region(range.start as u32, range.end as u32), text)])
    })
}

/// The lines of a text that another has not, and what it has there.
fn difference<'t>(old: &str, new: &'t str) -> (Range<usize>, &'t str) {
    let lines = |text: &'t str| text.split_inclusive('\n');
    let same = |(old, new): &(&str, &str)| old == new;
    let start: usize = old.split_inclusive('\n').zip(lines(new)).take_while(same).map(|(line, _)| line.len()).sum();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let ends = old_rest.split_inclusive('\n').rev().zip(lines(new_rest).rev());
    let end: usize = ends.take_while(same).map(|(line, _)| line.len()).sum();
    (start..old.len() - end, &new_rest[..new_rest.len() - end])
}

fn suppression(suppressed: &Suppressed) -> Value {
    let kind = match suppressed.by.as_str() {
        "comment" | "noqa" | "nosec" => "inSource",
        _ => "external",
    };
    let mut suppression = json!({"kind": kind, "status": "accepted"});
    let mut properties = json!({"by": suppressed.by});
    if let Some(reason) = &suppressed.reason {
        suppression["justification"] = json!(reason);
    }
    if let Some(until) = &suppressed.until {
        properties["until"] = json!(until);
    }
    suppression["properties"] = properties;
    suppression
}

fn notifications(report: &Report, catalogue: &mut Catalogue) -> Vec<Value> {
    let mut notifications = Vec::new();
    for error in &report.errors {
        let mut notification = json!({
            "level": "error",
            "message": {"text": format!("{}: {}: {}", error.plugin, error.kind, error.message)},
            "descriptor": {"id": error.kind},
        });
        if let Some(rule) = &error.rule {
            notification["associatedRule"] = json!({"id": rule, "index": catalogue.index(rule)});
        }
        notifications.push(notification);
    }
    for unknown in &report.unknown {
        let mut notification = json!({
            "level": "note",
            "message": {"text": format!("{} is undecided: {}", unknown.requirement, unknown.reason)},
            "descriptor": {"id": "unknown"},
            "associatedRule": {"id": unknown.rule, "index": catalogue.index(&unknown.rule)},
        });
        if let Some(path) = &unknown.path {
            notification["locations"] = json!([{"physicalLocation": {"artifactLocation": artifact(path)}}]);
        }
        notifications.push(notification);
    }
    notifications
}
