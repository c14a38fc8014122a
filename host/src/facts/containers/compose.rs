//! Compose files: which files are ones, what they are for, and services that extend others of the same file.

use crate::facts::value::{Builder, View};
use crate::plugin::wit::{Node, NodeKind, Role};
use crate::repository::{file_name, join, parent};

/// A service extends at most so many others, one after the other.
const LONGEST_CHAIN: usize = 16;
/// Tables nested deeper than this are not merged but replaced.
const DEEPEST_MERGE: usize = 32;
/// With more nodes than this, `extends` stays unresolved.
const MOST_NODES: usize = 20_000;
/// Tables with more keys than this are not merged but replaced.
const MOST_KEYS: usize = 500;
/// What replaces the base's value although it is a list.
const REPLACED: [&str; 4] = ["command", "entrypoint", "test", "extends"];

/// Whether a file is a compose file, judged from its name.
pub(super) fn is_compose(path: &str) -> bool {
    let name = file_name(path);
    let Some(stem) = name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")) else { return false };
    let rest = ["docker-compose", "compose", "podman-compose"].iter().find_map(|prefix| stem.strip_prefix(prefix));
    !path.contains("{{") && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
}

/// What a compose file is for.
pub(super) fn purpose(path: &str, role: Role) -> &'static str {
    let name = file_name(path).to_ascii_lowercase();
    let has =
        |words: &[&str]| name.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| words.contains(&word));
    if has(&["test", "tests", "testing", "ci", "e2e"])
        || matches!(role, Role::Test | Role::Example | Role::Documentation)
    {
        "test"
    } else if has(&["override"]) {
        "override"
    } else if has(&["prod", "production", "deploy", "staging"]) {
        "production"
    } else if has(&["dev", "development", "local", "devcontainer"]) {
        "development"
    } else {
        super::folder_purpose(path).unwrap_or("base")
    }
}

/// The document with the `extends` of its services resolved, as far as they name services of the same file.
pub(super) fn resolve(path: &str, document: &[Node]) -> Option<Vec<Node>> {
    let root = View::root(document)?;
    let services = root.get("services")?;
    if !services.children().any(|service| service.get("extends").is_some()) || document.len() > MOST_NODES {
        return None;
    }
    let mut builder = Builder::default();
    let top = builder.push(0, None, root.kind(), "", root.span());
    for child in root.children() {
        if child.key() != Some("services") || child.span() != services.span() {
            copy(&mut builder, top, child);
            continue;
        }
        let services_index = push(&mut builder, top, services);
        for service in services.children() {
            let layers = layers(path, services, service);
            merge(&mut builder, services_index, &layers, 0);
            if builder.len() > MOST_NODES {
                return None;
            }
        }
    }
    Some(builder.finish())
}

/// A service and what it extends, itself last.
fn layers<'a>(path: &str, services: View<'a>, service: View<'a>) -> Vec<View<'a>> {
    let mut layers = vec![service];
    while layers.len() < LONGEST_CHAIN {
        let base = layers.last().and_then(|service| base_of(path, services, *service));
        match base {
            Some(base) if layers.iter().all(|layer| layer.key() != base.key()) => layers.push(base),
            _ => break,
        }
    }
    layers.reverse();
    layers
}

fn base_of<'a>(path: &str, services: View<'a>, service: View<'a>) -> Option<View<'a>> {
    let extends = service.get("extends")?;
    let file = extends.get("file").and_then(View::string);
    if file.is_some_and(|file| join(parent(path), file).as_deref() != Some(path)) {
        return None;
    }
    services.get(extends.string().or_else(|| extends.get("service")?.string())?)
}

/// Adds what the layers say together, the last one's word counting most.
fn merge(builder: &mut Builder, parent: u32, layers: &[View<'_>], depth: usize) {
    let Some((&own, bases)) = layers.split_last() else { return };
    let is_replaced = own.key().is_some_and(|key| REPLACED.contains(&key));
    let alike: Vec<View<'_>> = bases.iter().copied().filter(|base| base.kind() == own.kind()).collect();
    match own.kind() {
        NodeKind::Table if !alike.is_empty() && depth < DEEPEST_MERGE && own.children().count() < MOST_KEYS => {
            let table = push(builder, parent, own);
            let all: Vec<View<'_>> = alike.into_iter().chain([own]).collect();
            let mut seen: Vec<&str> = Vec::new();
            for key in all.iter().flat_map(|layer| layer.children().take(MOST_KEYS)).filter_map(View::key) {
                if seen.contains(&key) {
                    continue;
                }
                seen.push(key);
                let values: Vec<View<'_>> = all.iter().filter_map(|layer| layer.get(key)).collect();
                merge(builder, table, &values, depth + 1);
            }
        }
        NodeKind::List if !alike.is_empty() && !is_replaced => {
            let list = push(builder, parent, own);
            for item in alike.into_iter().chain([own]).flat_map(View::children) {
                copy(builder, list, item);
            }
        }
        _ => copy(builder, parent, own),
    }
}

fn push(builder: &mut Builder, parent: u32, view: View<'_>) -> u32 {
    let key = view.key().map(|key| (key.to_owned(), view.key_span()));
    builder.push(parent, key, view.kind(), view.text(), view.span())
}

fn copy(builder: &mut Builder, parent: u32, view: View<'_>) {
    let base = push(builder, parent, view);
    for node in view.to_value().into_iter().skip(1) {
        let key = node.key.map(|key| (key, node.key_span));
        builder.push(base + node.parent, key, node.kind, node.text, node.span);
    }
}
