//! Edits that make pytest know a marker.

use plimsoll_sdk::paths::{join, parent, upwards};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::settings::{PYTEST, Settings};

use crate::suite::project_of;

/// Registers markers, each with its meaning, for the tests of a path; none where it is not certain what pytest reads.
/// Markers that are known need no edit.
pub(crate) fn registered(path: &str, markers: &[(&str, &str)]) -> Option<Vec<Edit>> {
    let conftests: Vec<String> = upwards(parent(path))
        .into_iter()
        .filter_map(|folder| repository::read(&join(folder, "conftest.py")).ok())
        .filter(|text| text.contains("addinivalue_line"))
        .collect();
    let settings = Settings::of(&PYTEST, parent(path));
    let listed = settings.setting(&["markers"]);
    let lines = listed.as_ref().map_or(Vec::new(), |listed| listed.value.strings());
    let names: Vec<&str> = lines
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.trim().split([':', ' ', '(']).next())
        .collect();
    let is_missing =
        |(name, _): &&(&str, &str)| !names.contains(name) && !conftests.iter().any(|text| text.contains(name));
    let missing: Vec<_> = markers.iter().filter(is_missing).collect();
    let file = match settings.layers.first() {
        Some(layer) => layer.path.clone(),
        None => join(&project_of(&project::projects(), path), "pyproject.toml"),
    };
    let is_list = listed.is_none_or(|listed| listed.value.kind() == NodeKind::List);
    let keys = ["tool", "pytest", "ini_options", "markers"];
    // Newer versions of pytest read `tool.pytest` itself.
    let is_its = settings.layers.is_empty() || documents::read(&file, &keys[..3]).is_ok();
    let is_certain = file.ends_with("pyproject.toml") && is_list && is_its && repository::exists(&file);
    let edit = |(name, meaning): &&(&str, &str)| edit::append(&file, &keys, format!("\"{name}: {meaning}\""));
    (missing.is_empty() || is_certain).then(|| missing.iter().map(edit).collect())
}

/// What a marker of a kind means.
pub(crate) fn meaning(marker: &str) -> &'static str {
    match marker {
        "unit" => "fast, without input and output",
        "integration" => "with other services",
        _ => "the whole system",
    }
}
