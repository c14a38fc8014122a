//! Events of GitHub's workflows: those that `on` names, and those on which a condition can hold.

use super::graph::{ALL, Collector, EventSet};
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;

/// Our names of the events in `on`. A push that only tags start is `tag`.
pub(super) fn triggers(on: View<'_>) -> Vec<String> {
    let mut names: Vec<String> = match on.kind() {
        NodeKind::Table => {
            on.children().flat_map(|event| event_names(event.key().unwrap_or_default(), event)).collect()
        }
        _ => on.strings().into_iter().flat_map(|name| event_names(name, on)).collect(),
    };
    names.sort();
    names.dedup();
    names
}

fn event_names(event: &str, filter: View<'_>) -> Vec<String> {
    match event {
        "workflow_dispatch" => vec!["manual".to_owned()],
        "push" if filter.kind() == NodeKind::Table => {
            let tags = filter.get("tags").or_else(|| filter.get("tags-ignore")).is_some();
            let branches = filter.get("branches").or_else(|| filter.get("branches-ignore")).is_some();
            match (tags, branches) {
                (true, false) => vec!["tag".to_owned()],
                (true, true) => vec!["push".to_owned(), "tag".to_owned()],
                _ => vec!["push".to_owned()],
            }
        }
        event => vec![event.to_owned()],
    }
}

/// The events on which a condition can hold, as far as it names events: `github.event_name == 'push'` among parts that
/// must all hold.
pub(super) fn events_of(collector: &mut Collector<'_>, condition: &str) -> Option<EventSet> {
    let condition = condition.trim();
    let inner = condition.strip_prefix("${{").and_then(|rest| rest.strip_suffix("}}")).unwrap_or(condition).trim();
    if inner == "false" {
        return Some(0);
    }
    let mut events = ALL;
    for part in split_outside(inner, "&&") {
        let alternatives: Vec<Option<EventSet>> =
            split_outside(bare(part), "||").into_iter().map(|one| event_comparison(collector, bare(one))).collect();
        if let Some(sets) = alternatives.into_iter().collect::<Option<Vec<EventSet>>>() {
            events &= sets.into_iter().fold(0, |all, set| all | set);
        }
    }
    (events != ALL).then_some(events)
}

/// Takes off parentheses around all of it.
fn bare(text: &str) -> &str {
    let text = text.trim();
    let inner = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    inner.filter(|inner| !inner.contains(['(', ')'])).map_or(text, str::trim)
}

fn split_outside<'a>(text: &'a str, separator: &str) -> Vec<&'a str> {
    let (mut parts, mut depth, mut start, mut quoted) = (Vec::new(), 0_usize, 0, false);
    for (index, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth = depth.saturating_sub(1),
            _ if !quoted
                && depth == 0
                && text.as_bytes()[index..].starts_with(separator.as_bytes())
                && index >= start =>
            {
                parts.push(&text[start..index]);
                start = index + separator.len();
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn event_comparison(collector: &mut Collector<'_>, text: &str) -> Option<EventSet> {
    let (left, operator, right) = match (text.split_once("=="), text.split_once("!=")) {
        (Some((left, right)), _) => (left, "==", right),
        (None, Some((left, right))) => (left, "!=", right),
        _ => return None,
    };
    let name = right.trim().trim_matches('\'');
    match (left.trim(), operator) {
        ("github.event_name", _) => {
            let name = if name == "workflow_dispatch" { "manual" } else { name };
            let mut set = collector.events.bit(name);
            if name == "push" {
                set |= collector.events.bit("tag");
            }
            Some(if operator == "==" { set } else { !set })
        }
        _ => None,
    }
}
