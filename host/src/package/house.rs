//! The section of house rules: a built-in component that knows the kinds, described anew by what a manifest bans and
//! requires, so that each entry is a rule like any other.

use std::sync::Arc;

use anyhow::bail;

use super::built_in;
use super::manifest::{HOUSE, HouseRule, Manifest, Subject};
use crate::facts::role_set::RoleSet;
use crate::finding::Confidence;
use crate::plugin::description::{Description, Requirement, Rule, RuleOption, Strength, TargetKind, Want};
use crate::plugin::source::Source;

/// The section of a manifest's house rules, if it has any.
///
/// # Errors
/// When another plugin has the section's name.
pub(crate) fn section(manifest: &Manifest, plugins: &[Source]) -> anyhow::Result<Option<Source>> {
    let Some(first) = manifest.house.first() else { return Ok(None) };
    if plugins.iter().any(|plugin| plugin.description.name == HOUSE) {
        bail!("{}: house rules are the section `{HOUSE}`, and a plugin has that name: rename it", first.origin);
    }
    let source = built_in::house()?;
    let description = describe(&source.description, &manifest.house);
    Ok(Some(Source { description: Arc::new(description), ..source }))
}

fn describe(base: &Description, entries: &[HouseRule]) -> Description {
    let mut requirements: Vec<Requirement> = Vec::new();
    for entry in entries {
        let id = requirement_of(entry);
        if !requirements.iter().any(|known| known.id == id) {
            let statement = entry.reason.clone();
            requirements.push(Requirement { id, level: Strength::Must, statement, when: None, reason: None });
        }
    }
    let mut description = Description {
        name: base.name.clone(),
        version: base.version.clone(),
        title: base.title.clone(),
        requirements,
        preset: None,
        rules: entries.iter().map(rule).map(Arc::new).collect(),
    };
    description.make_printable();
    description
}

fn requirement_of(entry: &HouseRule) -> String {
    entry.requirement.clone().unwrap_or_else(|| format!("{HOUSE}/{}", entry.id))
}

fn rule(entry: &HouseRule) -> Rule {
    let texts = |name: &str| -> Vec<String> {
        let list = entry.options.get(name).and_then(toml::Value::as_array);
        list.into_iter().flatten().filter_map(toml::Value::as_str).map(str::to_owned).collect()
    };
    let want = |kind: &str, names: Vec<String>| Want { kind: kind.to_owned(), names, globs: Vec::new() };
    let (kind, trigger) = match (entry.subject, entry.is_ban) {
        (Subject::Imports, _) => ("banned-import", want("imports", with_members(texts("imports")))),
        (Subject::Calls, _) => ("banned-call", want("calls", texts("calls"))),
        (Subject::Dependencies, true) => ("banned-dependency", want("project", Vec::new())),
        (Subject::Dependencies, false) => ("missing-dependency", want("project", Vec::new())),
        (Subject::Files, true) => ("banned-file", want("repository", Vec::new())),
        (Subject::Files, false) => ("missing-file", want("repository", Vec::new())),
        (Subject::Key, true) => ("banned-key", want("repository", Vec::new())),
        (Subject::Key, false) => ("missing-key", want("repository", Vec::new())),
        (Subject::Commands, true) => ("banned-command", want("repository", Vec::new())),
        (Subject::Commands, false) => ("missing-command", want("repository", Vec::new())),
        (Subject::Hooks, true) => ("banned-hook", want("repository", Vec::new())),
        (Subject::Hooks, false) => ("missing-hook", want("repository", Vec::new())),
    };
    let target = if trigger.kind == "project" { TargetKind::Project } else { TargetKind::Repository };
    let option = |(name, value): (&String, &toml::Value)| {
        let value = match name.as_str() {
            "imports" => toml::Value::from(with_members(texts("imports"))),
            _ => value.clone(),
        };
        let description = format!("from {}", entry.origin);
        let (choices, minimum, maximum) = (Vec::new(), None, None);
        RuleOption { name: name.clone(), default: value.to_string(), description, choices, minimum, maximum }
    };
    let message = entry.options.get("message").and_then(toml::Value::as_str);
    let docs = format!("{}\n\n```toml\n{}\n```\n({})\n", entry.reason, entry.text, entry.origin);
    Rule {
        id: entry.id.clone(),
        title: message.unwrap_or(&entry.reason).to_owned(),
        requirements: vec![requirement_of(entry)],
        target,
        confidence: Confidence::High,
        trigger,
        wants: Vec::new(),
        roles: RoleSet::default(),
        accepts: Vec::new(),
        options: entry.options.iter().map(option).collect(),
        calls: Some(kind.to_owned()),
        docs: Some(docs),
    }
}

/// A module stands for what is in it.
fn with_members(names: Vec<String>) -> Vec<String> {
    let is_plain = |name: &String| !name.contains(['*', '/']);
    let members: Vec<String> = names.iter().filter(|name| is_plain(name)).map(|name| format!("{name}.*")).collect();
    names.into_iter().chain(members).collect()
}
