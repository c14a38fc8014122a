//! Images of servers without HEALTHCHECK.

use plimsoll_sdk::prelude::*;

use crate::{dockerfile_edits, image};

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
    ///
    /// Any answer but an error of the server itself shows that it is alive, so the check holds before the endpoint is
    /// there:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// # Workers share the port.
    /// CMD ["uvicorn", "app:app", "--port=8080"]  # error: the image of a server without `HEALTHCHECK`
    /// ```
    /// ```dockerfile bad none.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// EXPOSE 5000/tcp
    /// HEALTHCHECK NONE  # error: `HEALTHCHECK NONE` in the image of a server
    /// CMD flask run
    /// ```
    /// ```dockerfile bad curl.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// HEALTHCHECK --interval=10s CMD curl -f 'http://localhost:8000/health/live' || exit 1  # error: nothing installs `curl` in the image
    /// CMD ["uvicorn", "app:app"]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// HEALTHCHECK --start-period=10s --timeout=5s \
    ///     CMD ["python", "-c", "import http.client as h, sys; c = h.HTTPConnection('127.0.0.1', 8080, timeout=3); c.request('GET', '/health/live'); sys.exit(c.getresponse().status >= 500)"]
    /// # Workers share the port.
    /// CMD ["uvicorn", "app:app", "--port=8080"]
    /// ```
    /// ```dockerfile fixed none.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// EXPOSE 5000/tcp
    /// HEALTHCHECK --start-period=10s --timeout=5s \
    ///     CMD ["python", "-c", "import http.client as h, sys; c = h.HTTPConnection('127.0.0.1', 5000, timeout=3); c.request('GET', '/health/live'); sys.exit(c.getresponse().status >= 500)"]
    /// CMD flask run
    /// ```
    /// ```dockerfile fixed curl.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// HEALTHCHECK --interval=10s CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:8000/health/live', timeout=3)"]
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
            report
                .finding(&check.place, "`HEALTHCHECK NONE` in the image of a server")
                .help("ask the liveness endpoint")
                .unsafe_fix(port(dockerfile).map(|port| edit::replace(&check.place, asking(port))));
        }
        for program in ["curl", "wget"] {
            if check.text.contains(program) && !has_program(dockerfile, program) {
                report
                    .finding(&check.place, format!("nothing installs `{program}` in the image"))
                    .help("ask with Python: `python -c \"import urllib.request as r; r.urlopen('http://…')\"`")
                    .unsafe_fix(asked_with_python(check));
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
        .help("add a `HEALTHCHECK` that asks the liveness endpoint")
        .unsafe_fix(port(dockerfile).and_then(|port| dockerfile_edits::before_start(dockerfile, &asking(port))));
    if is_checked_by_compose() {
        drop(finding.low());
    }
}

/// The instruction that asks a server whether it is alive. Any answer but an error of its own will do: where the endpoint
/// is missing, it is another finding.
fn asking(port: u16) -> String {
    format!(
        "HEALTHCHECK --start-period=10s --timeout=5s \\\n    CMD [\"python\", \"-c\", \"import http.client as h, sys; \
         c = h.HTTPConnection('127.0.0.1', {port}, timeout=3); c.request('GET', '/health/live'); \
         sys.exit(c.getresponse().status >= 500)\"]"
    )
}

/// The check of an instruction, asked with what every image of Python has.
fn asked_with_python(check: &Instruction) -> Option<Edit> {
    let text = repository::read(&check.place.path).ok()?;
    let written = text.get(check.place.span.start as usize..check.place.span.end as usize)?;
    let (_, command) = written.split_once("CMD ")?;
    let mut urls = command.split(['"', '\'', ' ', ',', ']']).filter(|word| word.starts_with("http://"));
    let url = urls.next().filter(|url| !url.contains(['$', '\\']))?;
    // Only the one question, and what happens when it fails.
    let is_plain =
        urls.next().is_none() && !["&&", ";", "-X", "-H", "-d", "--data", "grep"].iter().any(|it| command.contains(it));
    let asked = format!("[\"python\", \"-c\", \"import urllib.request as r; r.urlopen('{url}', timeout=3)\"]");
    is_plain.then(|| edit::replace_words(&check.place, command.trim_end(), &asked)).flatten()
}

/// The port on which an image serves HTTP: of its command, else the one that it exposes, else the server's own.
fn port(dockerfile: &Dockerfile) -> Option<u16> {
    const PORTS: &[(&str, u16)] = &[
        ("uvicorn", 8000),
        ("gunicorn", 8000),
        ("granian", 8000),
        ("hypercorn", 8000),
        ("fastapi", 8000),
        ("daphne", 8000),
        ("flask", 5000),
        ("streamlit", 8501),
    ];
    const FLAGS: &[&str] = &["--port", "-p", "--bind", "-b", "--server.port"];
    let starts = image::starts(dockerfile);
    let words: Vec<&str> =
        starts.iter().flat_map(|start| &start.words).flat_map(|word| word.split_whitespace()).collect();
    let program = words.iter().filter_map(|word| word.rsplit('/').next());
    let (_, own) = program.into_iter().find_map(|word| PORTS.iter().find(|(name, _)| *name == word))?;
    if words.iter().any(|word| matches!(*word, "-c" | "--config" | "--uds" | "--ssl-keyfile" | "--certfile")) {
        return None;
    }
    let apart = words.windows(2).find(|pair| FLAGS.contains(&pair[0])).map(|pair| pair[1]);
    let joined = || {
        let mut pairs = words.iter().filter_map(|word| word.split_once('='));
        pairs.find(|(flag, _)| FLAGS.contains(flag)).map(|(_, value)| value)
    };
    if let Some(value) = apart.or_else(joined) {
        return value.rsplit(':').next()?.parse().ok();
    }
    let exposed: Vec<&String> = image::instructions(dockerfile, "EXPOSE").iter().flat_map(|item| &item.words).collect();
    match exposed.as_slice() {
        [] => Some(*own),
        [port] => port.trim_end_matches("/tcp").parse().ok(),
        _ => None,
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
