//! Servers whose graceful shutdown may last for ever, or longer than the platform waits.

use plimsoll_sdk::prelude::*;

use crate::image;

rule! {
    /// The graceful shutdown of a server has no time limit, or one that comes too late.
    ///
    /// uvicorn waits for open requests as long as they take: one connection that streams events keeps the process
    /// until the platform kills it with everything that the shutdown should have done. Set
    /// `--timeout-graceful-shutdown`, below the time that the platform grants: 10 seconds in Compose, 30 in Kubernetes,
    /// unless they are told otherwise. gunicorn, granian and hypercorn have a limit by default. A server that only the
    /// machine itself reaches, or that opens a browser on it, is a tool for one person and has Ctrl+C.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["uvicorn", "app:app", "--port", "8000"]  # error: `uvicorn` waits for open requests without limit
    /// ```
    /// ```dockerfile bad script.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENTRYPOINT ["/app/start.sh"]
    /// ```
    /// ```sh bad start.sh
    /// exec uvicorn app:app  # error: `uvicorn` waits for open requests without limit
    /// ```
    /// ```python bad src/app/__main__.py
    /// import uvicorn
    ///
    /// uvicorn.run("app:app", host="0.0.0.0")  # error: `uvicorn` waits for open requests without limit
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     command: gunicorn --graceful-timeout 60 app:app  # error: a limit of 60 seconds, and Compose kills `app` after 10
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["uvicorn", "app:app", "--port", "8000", "--timeout-graceful-shutdown", "30"]
    /// ```
    /// ```dockerfile fixed script.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENTRYPOINT ["/app/start.sh"]
    /// ```
    /// ```sh fixed start.sh
    /// exec uvicorn app:app --timeout-graceful-shutdown 30
    /// ```
    /// ```python fixed src/app/__main__.py
    /// import uvicorn
    ///
    /// uvicorn.run("app:app", host="0.0.0.0", timeout_graceful_shutdown=30)
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     command: gunicorn --graceful-timeout 60 app:app
    ///     stop_grace_period: 70s
    /// ```
    ///
    /// A command of Compose is told to stop with a limit of its own:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD exec uvicorn app:app --host 0.0.0.0  # error: `uvicorn` waits for open requests without limit
    /// ```
    /// ```python bad src/app/__main__.py
    /// import uvicorn
    ///
    /// uvicorn.run(  # error: `uvicorn` waits for open requests without limit
    ///     "app:app",
    ///     host="0.0.0.0",
    /// )
    /// ```
    /// ```yaml bad compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     command: "uvicorn app:app"  # error: `uvicorn` waits for open requests without limit
    ///   admin:
    ///     build: .
    ///     stop_grace_period: 1m
    ///     command: ["uvicorn", "admin:app"]  # error: `uvicorn` waits for open requests without limit
    ///   hooks:
    ///     build: .
    ///     stop_grace_period: 20s
    ///     command:
    ///       - uvicorn  # error: `uvicorn` waits for open requests without limit
    ///       - hooks:app
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD exec uvicorn app:app --host 0.0.0.0 --timeout-graceful-shutdown 30
    /// ```
    /// ```python fixed src/app/__main__.py
    /// import uvicorn
    ///
    /// uvicorn.run(
    ///     "app:app",
    ///     host="0.0.0.0",
    ///     timeout_graceful_shutdown=30,
    /// )
    /// ```
    /// ```yaml fixed compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     command: "uvicorn app:app --timeout-graceful-shutdown 30"
    ///     stop_grace_period: 40s
    ///   admin:
    ///     build: .
    ///     stop_grace_period: 1m
    ///     command: ["uvicorn", "admin:app", "--timeout-graceful-shutdown", "30"]
    ///   hooks:
    ///     build: .
    ///     stop_grace_period: 20s
    ///     command:
    ///       - uvicorn
    ///       - hooks:app
    ///       - --timeout-graceful-shutdown
    ///       - "20"
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["uvicorn", "app:app", "--timeout-graceful-shutdown", "30"]
    /// ```
    /// ```dockerfile good gunicorn.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD ["gunicorn", "--worker-class", "uvicorn.workers.UvicornWorker", "app:app"]
    /// ```
    /// ```python good src/app/__main__.py
    /// import uvicorn
    ///
    /// def develop(options):
    ///     uvicorn.run("app:app", reload=True)
    ///     uvicorn.run("app:app", **options)
    ///     uvicorn.run("app:app", host="127.0.0.1", port=8000)
    /// ```
    /// ```python good src/app/edit.py
    /// import webbrowser
    /// import uvicorn
    ///
    /// def edit(app, host: str = "127.0.0.1", port: int = 8000):
    ///     webbrowser.open(f"http://{host}:{port}")
    ///     uvicorn.run(app, host=host, port=port)
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   app:
    ///     build: .
    ///     command: uvicorn app:app --timeout-graceful-shutdown=60
    ///     stop_grace_period: 1m10s
    ///   development:
    ///     build: .
    ///     command: uvicorn app:app --reload
    /// ```
    pub(crate) static UNLIMITED_SHUTDOWN = {
        id: "unlimited-shutdown",
        requirements: ["13.8.6"],
        check: Check::Project(unlimited_shutdown),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Calls(&["uvicorn.run"])],
    }
}

/// How long Compose waits before it kills.
const COMPOSE_GRACE: u64 = 10;
/// The limit that fixes set, in seconds, and how much longer a platform should wait.
const LIMIT: u64 = 30;
const MARGIN: u64 = 10;
const FLAGS: &[&str] = &["--timeout-graceful-shutdown", "--graceful-timeout"];

fn unlimited_shutdown(report: &mut Report, project: &Project) {
    if !project.has_profile("containerized") {
        return report.not_applicable("13.8.6", "no image that runs Python");
    }
    let dockerfiles: Vec<Dockerfile> = containers::dockerfiles().into_iter().filter(image::is_judged).collect();
    let scripts: Vec<String> = dockerfiles.iter().flat_map(image::scripts).map(|(path, _)| path).collect();
    let files = containers::compose_files();
    for command in automation::commands(&["uvicorn", "gunicorn"]) {
        let path = &command.place.path;
        let is_shipped = match command.source.as_str() {
            "dockerfile" => dockerfiles.iter().any(|one| starts_at(one, &command.place)),
            "compose" => {
                files.iter().any(|file| file.path == *path && matches!(file.purpose.as_str(), "base" | "production"))
            }
            "shell" => scripts.contains(path),
            "procfile" => true,
            _ => false,
        };
        let is_development = command.words.iter().any(|word| word == "--reload" || word.starts_with("--reload="));
        if is_shipped && !is_development && command.program() == "uvicorn" && limit(&command.words).is_none() {
            let file = files.iter().find(|file| file.path == *path);
            let edits = match file {
                Some(file) => limited_service(file, &command.place),
                None => limited_command(&command.place, LIMIT).map(|edit| vec![edit]),
            };
            unlimited(report, &command.place, edits);
        }
    }
    for call in &python::calls(&["uvicorn.run"]) {
        let Some(root) = Item::root(&call.value) else { continue };
        let has_other = root.children().any(|child| child.text() == "double-star");
        let names = ["timeout_graceful_shutdown", "reload"];
        if !has_other && names.iter().all(|name| root.get(name).is_none()) && !is_for_one_person(call, root) {
            let place = Place { path: call.site.place.path.clone(), span: call.callee };
            unlimited(report, &place, limited_call(&call.site.place).map(|edit| vec![edit]));
        }
    }
    for file in files.iter().filter(|file| matches!(file.purpose.as_str(), "base" | "production")) {
        late(report, file);
    }
}

/// Whether a server is a tool on someone's machine: it listens to nothing else, or opens a browser.
fn is_for_one_person(call: &Call, root: Item<'_>) -> bool {
    let host = root.get("host").and_then(|host| host.resolved().string());
    let opens_browser = || {
        let text = repository::read(&call.site.place.path).unwrap_or_default();
        ["webbrowser", "open_browser", "launch_browser"].iter().any(|word| text.contains(word))
    };
    host.is_some_and(|host| matches!(host, "127.0.0.1" | "localhost" | "::1")) || opens_browser()
}

fn unlimited(report: &mut Report, place: &Place, edits: Option<Vec<Edit>>) {
    // The platform kills in the end, so nothing hangs for ever.
    report
        .finding(place, "`uvicorn` waits for open requests without limit")
        .help("add `--timeout-graceful-shutdown 30`, or `timeout_graceful_shutdown=30` in Python")
        .safe_fix(edits.unwrap_or_default());
}

fn written(place: &Place) -> Option<String> {
    let text = repository::read(&place.path).ok()?;
    text.get(place.span.start as usize..place.span.end as usize).map(str::to_owned)
}

/// Puts a text so many bytes before the end of a place.
fn insert_before_end(place: &Place, bytes: usize, text: &str) -> Edit {
    let end = place.span.end - bytes as u32;
    edit::replace(&Place { path: place.path.clone(), span: Span { start: end, end } }, text)
}

/// Sets a limit behind a command that stands alone, or in an array of words.
fn limited_command(place: &Place, limit: u64) -> Option<Edit> {
    let text = written(place)?;
    let is_nested = ["&&", "||", ";", "|", "$(", "`", "\"-c\"", "\n- "].iter().any(|sign| text.contains(sign));
    let flag = format!(" --timeout-graceful-shutdown {limit}");
    match text.chars().next()? {
        _ if is_nested => None,
        '[' => {
            let inner = text.strip_suffix(']')?.trim_end();
            let words = format!(", \"--timeout-graceful-shutdown\", \"{limit}\"");
            inner.ends_with('"').then(|| insert_before_end(place, text.len() - inner.len(), &words))
        }
        quote @ ('"' | '\'') => {
            let is_one = text.len() > 1 && text.ends_with(quote) && text.matches(quote).count() == 2;
            is_one.then(|| insert_before_end(place, 1, &flag))
        }
        '>' | '|' | '-' => None,
        _ if text.contains(" -c ") || text.ends_with(['&', '"', '\'', ')']) => None,
        _ => Some(insert_before_end(place, 0, &flag)),
    }
}

/// Sets a limit for a service of a compose file, and has Compose wait that long.
fn limited_service(file: &ComposeFile, place: &Place) -> Option<Vec<Edit>> {
    let services = Item::root(&file.value)?.get("services")?;
    let service = services.children().find(|service| {
        service
            .get("command")
            .is_some_and(|command| command.span().start <= place.span.start && place.span.end <= command.span().end)
    })?;
    let name = service.key()?;
    let grace = service.get("stop_grace_period").map(|period| seconds(period.text()));
    let limit = match grace {
        None => LIMIT,
        Some(grace) => grace?.min(LIMIT),
    };
    let keys = ["services", name, "command"];
    let mut edits = match written(place)?.starts_with("- ") {
        true => ["--timeout-graceful-shutdown".to_owned(), format!("\"{limit}\"")]
            .map(|word| edit::append(&file.path, &keys, word))
            .to_vec(),
        false => vec![limited_command(place, limit)?],
    };
    if grace.is_none() {
        edits.push(edit::set(&file.path, &["services", name, "stop_grace_period"], format!("{}s", limit + MARGIN)));
    }
    Some(edits)
}

/// Sets a limit as the last argument of a call.
fn limited_call(place: &Place) -> Option<Edit> {
    let text = written(place)?;
    let inner = text.strip_suffix(')')?.trim_end();
    let (_, last) = inner.rsplit_once(['\n', '(']).unwrap_or(("", inner));
    if last.contains('#') || inner.ends_with('(') {
        return None;
    }
    let argument = format!("timeout_graceful_shutdown={LIMIT}");
    let indent = last.get(..last.len() - last.trim_start().len())?;
    let added = match inner.ends_with(',') {
        true if inner.contains('\n') => format!("\n{indent}{argument},"),
        true => format!(" {argument}"),
        false if inner.contains('\n') => format!(",\n{indent}{argument}"),
        false => format!(", {argument}"),
    };
    Some(insert_before_end(place, text.len() - inner.len(), &added))
}

/// The limit that a command sets, as written.
fn limit(words: &[String]) -> Option<&str> {
    let apart = words.windows(2).find(|pair| FLAGS.contains(&pair[0].as_str())).map(|pair| pair[1].as_str());
    let joined = || {
        let mut pairs = words.iter().filter_map(|word| word.split_once('='));
        pairs.find(|(flag, _)| FLAGS.contains(flag)).map(|(_, value)| value)
    };
    apart.or_else(joined)
}

/// Whether a place is in what an image starts.
fn starts_at(dockerfile: &Dockerfile, place: &Place) -> bool {
    dockerfile.path == place.path
        && image::starts(dockerfile).iter().any(|start| {
            let span = start.place.span;
            place.span.start >= span.start && place.span.end <= span.end
        })
}

/// Services with a limit above the time after which Compose kills them.
fn late(report: &mut Report, file: &ComposeFile) {
    let services = Item::root(&file.value).and_then(|root| root.get("services"));
    for service in services.into_iter().flat_map(Item::children) {
        let (Some(name), Some(command)) = (service.key(), service.get("command")) else { continue };
        let words: Vec<String> =
            command.strings().iter().flat_map(|text| text.split_whitespace()).map(str::to_owned).collect();
        let grace = service.get("stop_grace_period").map_or(Some(COMPOSE_GRACE), |period| seconds(period.text()));
        let (Some(limit), Some(grace)) = (limit(&words).and_then(|limit| limit.parse::<u64>().ok()), grace) else {
            continue;
        };
        if limit > grace {
            report
                .finding(
                    &command.place(&file.path),
                    format!("a limit of {limit} seconds, and Compose kills `{name}` after {grace}"),
                )
                .help("set `stop_grace_period` to a little more than the limit")
                .unsafe_fix([edit::set(
                    &file.path,
                    &["services", name, "stop_grace_period"],
                    format!("{}s", limit.saturating_add(MARGIN)),
                )]);
        }
    }
}

/// A duration of a compose file, such as `1m30s`, in whole seconds; none where it can't be read.
fn seconds(duration: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut rest = duration;
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let letters = rest.find(|letter: char| letter.is_ascii_digit()).unwrap_or(rest.len());
        let factor = match &rest[..letters] {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            "ms" | "us" => 0,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(factor)?)?;
        rest = &rest[letters..];
    }
    Some(total)
}
