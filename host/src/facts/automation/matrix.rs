//! Scripts of a job with a matrix, once for each combination of the values that they use.

use std::collections::HashSet;

use super::graph::{Collector, Context};
use super::text::Script;
use crate::facts::value::View;
use crate::plugin::wit::NodeKind;

/// Combinations of matrix values that one script is read for.
const MOST_COMBINATIONS: usize = 64;

/// Adds a script once for each combination of the matrix values that it uses as whole words.
pub(super) fn run_script(collector: &mut Collector<'_>, script: Script, matrix: Option<View<'_>>, context: &Context) {
    let mut scripts = vec![script];
    if let Some(matrix) = matrix {
        // Each round fills in one reference; a text has few.
        for _ in 0..8 {
            let Some((name, values)) = next_reference(&scripts[0].text, matrix) else { break };
            if scripts.len() * values.len() > MOST_COMBINATIONS {
                break;
            }
            scripts =
                scripts.iter().flat_map(|script| values.iter().map(|value| filled(script, &name, value))).collect();
        }
    }
    for script in scripts {
        collector.shell(script, context.clone());
    }
}

/// The first `${{ matrix.… }}` that is a word and has literal values.
fn next_reference(text: &str, matrix: View<'_>) -> Option<(String, Vec<String>)> {
    let mut rest = text;
    while let Some(start) = rest.find("${{") {
        let end = start + rest[start..].find("}}")? + 2;
        let name = rest[start..end].trim_start_matches("${{").trim_end_matches("}}").trim();
        if let Some(path) = name.strip_prefix("matrix.") {
            let values = matrix_values(matrix, path);
            if !values.is_empty() {
                return Some((name.to_owned(), values));
            }
        }
        rest = &rest[end..];
    }
    None
}

fn matrix_values(matrix: View<'_>, path: &str) -> Vec<String> {
    let keys: Vec<&str> = path.split('.').collect();
    let Some((first, below)) = keys.split_first() else { return Vec::new() };
    let own = matrix.get(first).into_iter().flat_map(View::children);
    let included = matrix.get("include").into_iter().flat_map(View::children).filter_map(|entry| entry.get(first));
    let mut values: Vec<String> = own
        .chain(included)
        .filter_map(|value| value.at(below))
        .filter(|value| !matches!(value.kind(), NodeKind::List | NodeKind::Table | NodeKind::Null))
        .map(|value| value.text().to_owned())
        .filter(|value| !value.contains("${{"))
        .collect();
    let mut seen = HashSet::new();
    values.retain(|value| seen.insert(value.clone()));
    values
}

/// The script with a value in place of every reference to a name.
fn filled(script: &Script, name: &str, value: &str) -> Script {
    let mut script = script.clone();
    let mut from = 0;
    while let Some(start) = script.text[from..].find("${{").map(|start| from + start) {
        let Some(length) = script.text[start..].find("}}") else { break };
        let end = start + length + 2;
        if script.text[start + 3..end - 2].trim() == name {
            script = script.replaced(start..end, value);
            from = start + value.len();
        } else {
            from = end;
        }
    }
    script
}
