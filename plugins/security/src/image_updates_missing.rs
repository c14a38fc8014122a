//! Update bots that leave base images alone.

use plimsoll_sdk::prelude::*;

use crate::dependabot::{ALL_BOTS, check_ecosystem, check_folders, is_dependabot};
use crate::renovate::check_managers;
use crate::update_entries;

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
    /// ```text fixed Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python"]
    /// ```
    /// ```yaml fixed .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: uv
    ///     directory: /
    ///     schedule:
    ///       interval: weekly
    ///   - package-ecosystem: docker
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
    ///
    /// Every folder with a Dockerfile has to be covered.
    ///
    /// ```text bad services/api/Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python"]
    /// ```
    /// ```yaml bad .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: docker
    ///     directory: /  # error: base images in `services/api` are not updated
    ///     schedule:
    ///       interval: weekly
    /// ```
    /// ```text fixed services/api/Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python"]
    /// ```
    /// ```yaml fixed .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: docker
    ///     directories:
    ///       - /
    ///       - /services/api
    ///     schedule:
    ///       interval: weekly
    /// ```
    /// ```text bad Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python"]
    /// ```
    /// ```yaml bad .github/dependabot.yml
    /// version: 2
    /// updates:
    ///   - package-ecosystem: docker
    ///     directory: /docs  # error: base images in `/` are not updated
    ///     schedule:
    ///       interval: weekly
    /// ```
    pub(crate) static IMAGE_UPDATES_MISSING = {
        id: "image-updates-missing",
        requirements: ["9.5.4"],
        check: Check::Documents(ALL_BOTS, image_updates_missing),
    }
}

fn image_updates_missing(report: &mut Report, document: &Document) {
    let folders = update_entries::image_folders();
    if folders.is_empty() {
        return report.not_applicable("9.5.4", "no Dockerfile that pulls a base image");
    }
    if is_dependabot(document) {
        check_ecosystem(report, document, &["docker"], "base images", update_entries::images);
        let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
        check_folders(report, document, "docker", &folders, "base images");
    } else {
        check_managers(report, document, &["dockerfile"], "base images");
    }
}
