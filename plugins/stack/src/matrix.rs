//! Several Pythons in CI.

use plimsoll_sdk::prelude::*;

/// Whether some workflow runs with several Pythons: a matrix of versions, nox, tox, or wheels that are tested.
pub(crate) fn tests_several_versions() -> bool {
    repository::find(&["/.github/workflows/*.yml", "/.github/workflows/*.yaml"])
        .iter()
        .any(|file| has_matrix(&file.path))
        || !automation::commands(&["nox", "tox"]).is_empty()
        || !automation::actions(&["pypa/cibuildwheel", "hynek/build-and-inspect-python-package"]).is_empty()
}

/// Whether a job of a workflow has a matrix with two or more Pythons, or one that is computed.
pub(crate) fn has_matrix(path: &str) -> bool {
    let value = documents::read(path, &["jobs"]).unwrap_or_default();
    let jobs = Item::root(&value).into_iter().flat_map(Item::children);
    jobs.into_iter().filter_map(|job| job.at(&["strategy", "matrix"])).any(|matrix| {
        let is_python = |key: &str| key.to_ascii_lowercase().contains("py") || key == "version" || key == "include";
        matrix.string().is_some()
            || matrix
                .children()
                .filter(|axis| axis.key().is_some_and(is_python))
                .any(|axis| axis.string().is_some_and(|text| text.contains("${{")) || axis.children().count() > 1)
    })
}
