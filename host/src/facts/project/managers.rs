//! Which dependency managers a project shows evidence of.

use std::collections::BTreeSet;

use super::manifest::Manifest;
use super::{inside, requirements, upwards};
use crate::facts::Facts;
use crate::facts::value::View;

/// The managers, sorted.
pub(super) fn managers(facts: &Facts, manifest: &Manifest) -> Vec<String> {
    let repository = facts.repository();
    let root = manifest.root.as_str();
    let own = |names: &[&str]| names.iter().any(|name| repository.file(&inside(root, name)).is_some());
    let has_table = |keys: &[&str]| manifest.pyproject.at(keys).is_some();
    // A lock file of a workspace is its members' as well.
    let is_locked_by_uv = || upwards(root).any(|folder| repository.file(&inside(folder, "uv.lock")).is_some());
    // What only configures PDM's build backend does not make it the manager.
    let mut pdm = manifest.pyproject.entries(&["tool", "pdm"]).filter_map(View::key);
    let evidence = [
        ("uv", own(&["uv.lock", "uv.toml"]) || has_table(&["tool", "uv"]) || is_locked_by_uv()),
        ("poetry", own(&["poetry.lock"]) || has_table(&["tool", "poetry"])),
        ("pdm", own(&["pdm.lock"]) || pdm.any(|key| !matches!(key, "build" | "version" | "resolution" | "publish"))),
        ("pip-tools", requirements::has_compiled_files(facts, root) || has_table(&["tool", "pip-tools"])),
        ("pipenv", own(&["Pipfile", "Pipfile.lock"])),
        ("conda", own(&["environment.yml", "environment.yaml", "conda-lock.yml"])),
        ("pip", requirements::has_written_files(facts, manifest)),
    ];
    let names: BTreeSet<&str> = evidence.iter().filter(|(_, is_there)| *is_there).map(|(name, _)| *name).collect();
    names.into_iter().map(str::to_owned).collect()
}
