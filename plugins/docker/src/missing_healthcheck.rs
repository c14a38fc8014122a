//! Images of servers without HEALTHCHECK.

use plimsoll_sdk::prelude::*;

use crate::image;

rule! {
    /// The image of a server has no health check that works.
    ///
    /// Docker and Compose then take a hanging server for a healthy one. Add a `HEALTHCHECK` that asks the liveness
    /// endpoint, with a program that the image has: slim images have Python, but neither curl nor wget. Probes of
    /// Kubernetes in the repository do as well.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["uvicorn", "app:app"]  # error: the image of a server without `HEALTHCHECK`
    /// ```
    /// ```dockerfile bad none.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// EXPOSE 8000
    /// HEALTHCHECK NONE  # error: `HEALTHCHECK NONE` in the image of a server
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad curl.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// HEALTHCHECK CMD curl --fail http://localhost:8000/health/live  # error: nothing installs `curl` in the image
    /// CMD ["uvicorn", "app:app"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// RUN apt-get update && apt-get install --yes curl
    /// HEALTHCHECK CMD curl --fail http://localhost:8000/health/live
    /// CMD ["uvicorn", "app:app"]
    /// ```
    /// ```dockerfile good job.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["python", "-m", "app.job"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "root"
    /// ```
    /// ```toml good mail/pyproject.toml
    /// [project]
    /// name = "mail"
    /// ```
    /// ```dockerfile good mail/Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// EXPOSE 8080
    /// CMD ["python", "-m", "mail"]
    /// ```
    /// ```yaml good manifests/mail.yaml
    /// livenessProbe:
    ///   grpc:
    ///     port: 8080
    /// ```
    pub(crate) static MISSING_HEALTHCHECK = {
        id: "missing-healthcheck",
        requirements: ["13.5.1"],
        // Manifests often lie outside the project whose image they run.
        check: Check::Repository(missing_healthchecks),
        wants: [Want::Search(PROBES, MANIFESTS)],
    }
}

const PROBES: &[&str] = &["(?:liveness|readiness)Probe:"];
const MANIFESTS: &[&str] = &["*.yaml", "*.yml", "*.tpl"];

fn missing_healthchecks(report: &mut Report) {
    let dockerfiles = containers::dockerfiles();
    if !dockerfiles.iter().any(image::is_judged) {
        return report.not_applicable("13.5.1", "no image that runs Python");
    }
    for dockerfile in dockerfiles {
        missing_healthcheck(report, &dockerfile);
    }
}

fn missing_healthcheck(report: &mut Report, dockerfile: &Dockerfile) {
    if !image::is_judged(dockerfile) || !image::has_plain_base(dockerfile) {
        return;
    }
    let starts = image::starts(dockerfile);
    let checks = image::instructions(dockerfile, "HEALTHCHECK");
    let probes = repository::search(PROBES, MANIFESTS);
    let is_probed = probes.iter().any(|probe| image::may_be_run_by(dockerfile, &probe.place.path));
    if let Some(check) = checks.last() {
        let is_none = check.words.first().is_some_and(|word| word == "NONE") || check.text.trim() == "NONE";
        if is_none && !is_probed && !is_checked_by_compose() {
            report.finding(&check.place, "`HEALTHCHECK NONE` in the image of a server");
        }
        for program in ["curl", "wget"] {
            if check.text.contains(program) && !has_program(dockerfile, program) {
                report
                    .finding(&check.place, format!("nothing installs `{program}` in the image"))
                    .help("ask with Python: `python -c \"import urllib.request as r; r.urlopen('http://…')\"`");
                return;
            }
        }
        return;
    }
    let serves = starts
        .iter()
        .any(|start| image::runs(&start.words, image::SERVERS) && !image::runs(&start.words, image::WORKERS));
    let exposed = image::instructions(dockerfile, "EXPOSE").pop();
    let place = starts.last().map(|start| &start.place).or(exposed.map(|item| &item.place));
    let Some(place) = place.filter(|_| (serves || exposed.is_some()) && !is_probed) else { return };
    let finding = report
        .finding(place, "the image of a server without `HEALTHCHECK`")
        .help("add a `HEALTHCHECK` that asks the liveness endpoint");
    if is_checked_by_compose() {
        drop(finding.low());
    }
}

/// Whether the image has a program that slim images lack.
fn has_program(dockerfile: &Dockerfile, program: &str) -> bool {
    let is_slim = image::base(dockerfile).is_some_and(|(_, _, tag)| tag.contains("slim"));
    let mut instructions = image::instructions(dockerfile, "RUN");
    instructions.extend(image::instructions(dockerfile, "COPY"));
    // Alpine's busybox brings wget, and what a script or a list of packages installs can't be seen.
    !is_slim
        || instructions.iter().any(|item| {
            item.text.contains(program)
                || item.text.contains(".sh")
                || item.text.contains("xargs")
                || item.text.contains('$')
        })
}

/// Whether a compose file checks a service that the repository builds.
fn is_checked_by_compose() -> bool {
    containers::compose_files().iter().filter_map(|file| Item::root(&file.value)?.get("services")).any(|services| {
        services.children().any(|service| service.get("build").is_some() && service.get("healthcheck").is_some())
    })
}
