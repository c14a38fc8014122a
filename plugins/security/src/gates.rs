//! What the rules about CI share: the scans that only this section asks for, and what they protect.

use plimsoll_sdk::gates::trivy_action;
pub(crate) use plimsoll_sdk::gates::{CHANGES, DEPENDENCY_AUDITS, Gate, SECRET_SCANS, is_opaque, place_of_absence};
use plimsoll_sdk::prelude::*;

/// Bandit.
pub(crate) const BANDIT: Gate =
    Gate { programs: &["bandit"], with_words: &[], actions: &["/(?i)bandit/"], with_inputs: &[], hooks: &["bandit"] };

/// Scans of container images with Trivy.
pub(crate) const IMAGES: Gate = Gate {
    programs: &[],
    with_words: &[("trivy", &["image"])],
    actions: &[],
    with_inputs: &[trivy_action(&["image"])],
    hooks: &[],
};

/// Scans of container images with other tools.
pub(crate) const OTHER_IMAGES: Gate = Gate {
    programs: &["grype"],
    with_words: &[("docker", &["scout"]), ("snyk", &["container"]), ("gcloud", &["scan"])],
    actions: &["anchore/scan-action", "docker/scout-action", "snyk/actions/docker"],
    with_inputs: &[],
    hooks: &[],
};

/// Whether any project declares a dependency that it runs with.
pub(crate) fn has_runtime_dependencies() -> bool {
    project::dependencies(&["*"]).iter().any(|dependency| dependency.kind == "runtime")
}
