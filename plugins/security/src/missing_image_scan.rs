//! Images that CI builds and does not scan.

use plimsoll_sdk::prelude::*;

use crate::gates::IMAGES;

rule! {
    /// CI builds an image and does not scan it.
    ///
    /// The system packages of a base image carry vulnerabilities of their own. Scan the image after it is built, with
    /// Trivy.
    ///
    /// ```text bad Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml bad .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: docker/build-push-action@v6  # error: the image is not scanned
    /// ```
    /// ```text good Dockerfile
    /// FROM python:3.12-slim
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```yaml good .github/workflows/ci.yml
    /// on: push
    /// jobs:
    ///   build:
    ///     runs-on: ubuntu-latest
    ///     steps:
    ///       - uses: docker/build-push-action@v6
    ///       - uses: aquasecurity/trivy-action@0.28.0
    ///         with:
    ///           image-ref: app
    /// ```
    pub(crate) static MISSING_IMAGE_SCAN = {
        id: "missing-image-scan",
        requirements: ["3.1.5", "9.4.1", "12.5.4"],
        check: Check::Repository(missing_image_scan),
    }
}

fn missing_image_scan(report: &mut Report) {
    let requirements = ["3.1.5", "9.4.1", "12.5.4"];
    let has_image =
        containers::dockerfiles().iter().any(|dockerfile| dockerfile.python && dockerfile.purpose == "image");
    let actions = automation::actions(&["docker/build-push-action", "docker/bake-action", "depot/build-push-action"]);
    let commands = automation::commands(&["docker", "buildah", "kaniko", "pack"]);
    let builds = commands.iter().find(|command| {
        command.is_in_ci() && command.has_word(&["build", "buildx", "bake", "bud"]) && !command.has_word(&["compose"])
    });
    let place = actions
        .iter()
        .find(|action| !action.triggers.is_empty())
        .map(|action| &action.place)
        .or(builds.map(|command| &command.place));
    let Some(place) = place.filter(|_| has_image) else {
        for requirement in requirements {
            report.not_applicable(requirement, "CI builds no image that runs Python");
        }
        return;
    };
    if !IMAGES.triggers().is_empty() {
        return;
    }
    match automation::opaque_steps().first() {
        Some(opaque) => {
            requirements.iter().for_each(|requirement| report.unknown(requirement, Some(&opaque.place), &opaque.reason))
        }
        None => {
            report
                .finding(place, "the image is not scanned")
                .help("scan it with `aquasecurity/trivy-action` after it is built");
        }
    }
}
