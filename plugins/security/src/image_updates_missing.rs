//! Update bots that leave base images alone.

use plimsoll_sdk::prelude::*;

use crate::dependabot::check_ecosystem;

rule! {
    /// The update bot does not update base images every week.
    ///
    /// A base image that is pinned and never moved keeps the vulnerabilities of its day.
    ///
    /// ```text bad Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python"]
    /// ```
    /// ```yaml bad .github/dependabot.yml
    /// version: 2
    /// updates:  # error: Dependabot does not update base images
    ///   - package-ecosystem: uv
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    /// ```
    /// ```text good Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python"]
    /// ```
    /// ```yaml good .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: docker
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    /// ```
    pub(crate) static IMAGE_UPDATES_MISSING = {
        id: "image-updates-missing",
        requirements: ["9.5.4"],
        check: Check::Documents(&[".github/dependabot.yml", ".github/dependabot.yaml"], image_updates_missing),
    }
}

fn image_updates_missing(report: &mut Report, document: &Document) {
    if !containers::dockerfiles().iter().any(|dockerfile| dockerfile.purpose == "image") {
        return report.not_applicable("9.5.4", "no Dockerfile");
    }
    check_ecosystem(report, document, &["docker"], "base images");
}
