//! Image scans that leave out packages or configuration.

use plimsoll_sdk::prelude::*;

rule! {
    /// An image scan leaves out system packages, application packages or configuration.
    ///
    /// Trivy scans both kinds of packages by default, and configuration when it is asked to.
    ///
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           image-ref: app
    ///           scanners: vuln,misconfig
    ///           vuln-type: library  # error: the scan leaves out system packages
    /// ```
    /// ```yaml bad .github/workflows/scan.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: aquasecurity/trivy-action@0.28.0  # error: misconfiguration is not scanned
    ///         with:
    ///           image-ref: app
    ///           vuln-type: os  # error: the scan leaves out application packages
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   scan:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           image-ref: app
    ///           scanners: vuln,secret,misconfig
    /// ```
    pub(crate) static PARTIAL_IMAGE_SCAN = {
        id: "partial-image-scan",
        requirements: ["9.4.2", "9.4.3", "9.4.4"],
        check: Check::Actions(&["aquasecurity/trivy-action"], partial_image_scan),
    }
}

fn partial_image_scan(report: &mut Report, action: &Action) {
    let Some(inputs) = Item::root(&action.inputs) else { return };
    let kind = inputs.get("scan-type").map_or("image", Item::text);
    if kind != "image" {
        return;
    }
    for (key, requirement, wanted, what) in [
        ("vuln-type", "9.4.2", "os", "system packages"),
        ("pkg-types", "9.4.2", "os", "system packages"),
        ("vuln-type", "9.4.3", "library", "application packages"),
        ("pkg-types", "9.4.3", "library", "application packages"),
    ] {
        let Some(value) = inputs.get(key) else { continue };
        if !value.text().split(',').any(|part| part.trim() == wanted) {
            report
                .finding(&value.place(&action.place.path), format!("the scan leaves out {what}"))
                .help("set it to `os,library`, the default")
                .requirement(requirement);
        }
    }
    let scans = inputs
        .get("scanners")
        .or_else(|| inputs.get("security-checks"))
        .is_some_and(|value| value.text().contains("config"));
    let elsewhere = !automation::actions(&["hadolint/hadolint-action", "bridgecrewio/checkov-action"]).is_empty()
        || automation::actions(&["aquasecurity/trivy-action"]).iter().any(|other| {
            Item::root(&other.inputs)
                .and_then(|inputs| inputs.get("scan-type"))
                .is_some_and(|kind| kind.text() == "config")
        })
        || !automation::commands(&["hadolint", "checkov", "dockle", "kube-linter", "tfsec"]).is_empty()
        || !automation::hooks(&["hadolint", "hadolint-docker", "checkov"]).is_empty();
    if !scans && !elsewhere {
        report
            .finding(&action.place, "misconfiguration is not scanned")
            .help("add `misconfig` to `scanners`, or run hadolint")
            .requirement("9.4.4");
    }
}
