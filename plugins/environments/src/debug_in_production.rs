//! Debugging that is on where the product runs.

use plimsoll_sdk::paths::file_name;
use plimsoll_sdk::prelude::*;

rule! {
    /// What runs in production is set to debug or to reload.
    ///
    /// Debug pages show code and secrets, reloaders watch files and restart at the wrong time, and debug logs bury what
    /// matters. Set these in files for development only.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENV DEBUG=1  # error: `DEBUG` is set in the image
    /// CMD ["uvicorn", "app.main:app", "--reload"]  # error: the image starts with `--reload`
    /// ```
    /// ```yaml bad compose.prod.yaml
    /// services:
    ///   app:
    ///     image: app
    ///     environment:
    ///       LOG_LEVEL: debug  # error: `LOG_LEVEL` is set in production
    /// ```
    /// ```yaml bad deploy/app.yaml
    /// kind: Deployment
    /// spec:
    ///   template:
    ///     spec:
    ///       containers:
    ///         - name: app
    ///           env:
    ///             - name: FLASK_DEBUG
    ///               value: "1"  # error: `FLASK_DEBUG` is set in production
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python fixed src/app/main.py
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENV DEBUG=0
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    /// ```yaml fixed compose.prod.yaml
    /// services:
    ///   app:
    ///     image: app
    ///     environment:
    ///       LOG_LEVEL: info
    /// ```
    /// ```yaml fixed deploy/app.yaml
    /// kind: Deployment
    /// spec:
    ///   template:
    ///     spec:
    ///       containers:
    ///         - name: app
    ///           env:
    ///             - name: FLASK_DEBUG
    ///               value: "0"
    /// ```
    ///
    /// Other ways to write the same:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python bad src/app/main.py
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENV LOG_LEVEL="DEBUG" NAME=app  # error: `LOG_LEVEL` is set in the image
    /// CMD ["uv", "run", "fastapi", "dev", "--host", "0.0.0.0"]  # error: the image starts with `fastapi dev`
    /// ```
    /// ```dockerfile bad shell.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD uvicorn --reload app.main:app  # error: the image starts with `--reload`
    /// ```
    /// ```yaml bad compose.prod.yaml
    /// services:
    ///   app:
    ///     image: app
    ///     environment:
    ///       - DEBUG=True  # error: `DEBUG` is set in production
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python fixed src/app/main.py
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENV LOG_LEVEL="INFO" NAME=app
    /// CMD ["uv", "run", "fastapi", "run", "--host", "0.0.0.0"]
    /// ```
    /// ```dockerfile fixed shell.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// CMD uvicorn app.main:app
    /// ```
    /// ```yaml fixed compose.prod.yaml
    /// services:
    ///   app:
    ///     image: app
    ///     environment:
    ///       - DEBUG=False
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// ```
    /// ```python good src/app/main.py
    /// from fastapi import FastAPI
    /// app = FastAPI()
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm AS base
    /// CMD ["uvicorn", "app.main:app"]
    /// FROM base AS dev
    /// ENV DEBUG=1
    /// CMD ["uvicorn", "app.main:app", "--reload"]
    /// FROM base AS production
    /// ENV LOG_LEVEL=info DEBUG=0
    /// CMD ["uvicorn", "app.main:app"]
    /// ```
    /// ```yaml good compose.yaml
    /// services:
    ///   app:
    ///     image: app
    ///     environment:
    ///       DEBUG: "1"
    /// ```
    pub(crate) static DEBUG_IN_PRODUCTION = {
        id: "debug-in-production",
        requirements: ["25.1.3"],
        check: Check::Project(debug_in_production),
        wants: [Want::Search(MANIFESTS_OF, MANIFESTS)],
    }
}

/// A variable of a container in a manifest, with its value.
const MANIFESTS_OF: &[&str] = &[
    r#"name:[ \t]*["']?(?:DEBUG|FLASK_DEBUG|DJANGO_DEBUG|PYTHONASYNCIODEBUG)["']?[ \t]*\r?\n[ \t]*(value:[ \t]*["']?(?i:true|1|on)["']?)[ \t]*\r?\n?"#,
    r#"name:[ \t]*["']?(?:LOG_LEVEL|LOGLEVEL)["']?[ \t]*\r?\n[ \t]*(value:[ \t]*["']?(?i:debug)["']?)[ \t]*\r?\n?"#,
];
const MANIFESTS: &[&str] = &["*.yaml", "*.yml"];
const SWITCHES: &[&str] = &["DEBUG", "FLASK_DEBUG", "DJANGO_DEBUG", "PYTHONASYNCIODEBUG"];
const LEVELS: &[&str] = &["LOG_LEVEL", "LOGLEVEL"];
const HELP: &str = "set it in files for development only";

fn debug_in_production(report: &mut Report, project: &Project) {
    if !project.has_profile("application") {
        return report.not_applicable("25.1.3", "no application");
    }
    for dockerfile in containers::dockerfiles().iter().filter(|one| one.purpose == "image" && one.python) {
        if !is_for_development(&dockerfile.path) {
            image(report, dockerfile);
        }
    }
    for file in containers::compose_files().iter().filter(|file| file.purpose == "production") {
        let services = Item::root(&file.value).and_then(|root| root.get("services"));
        for service in services.into_iter().flat_map(Item::children) {
            for (name, value) in service.get("environment").into_iter().flat_map(Item::children).filter_map(variable) {
                if is_debug(name, value.1) {
                    let place = value.0.place(&file.path);
                    report
                        .finding(&place, format!("`{name}` is set in production"))
                        .help(HELP)
                        .unsafe_fix(off(value.1).and_then(|off| switched_off(&place, value.1, &off)));
                }
            }
        }
    }
    for found in repository::search(MANIFESTS_OF, MANIFESTS) {
        let text = repository::read(&found.place.path).unwrap_or_default();
        let before = text.get(..found.place.span.start as usize).unwrap_or_default();
        let name = before.rsplit("name:").next().unwrap_or_default().trim().trim_matches(['"', '\'']);
        let is_deployed = text.contains("kind:") && found.role == Role::Source;
        if is_deployed && !is_for_development(&found.place.path) {
            let value = found.text.trim_start_matches("value:").trim().trim_matches(['"', '\'']);
            report
                .finding(&found.place, format!("`{name}` is set in production"))
                .help(HELP)
                .unsafe_fix(off(value).and_then(|off| switched_off(&found.place, value, &off)))
                .medium();
        }
    }
}

fn image(report: &mut Report, dockerfile: &Dockerfile) {
    let Some(stage) = dockerfile.stages.get(dockerfile.built as usize) else { return };
    if stage.name.as_deref().is_some_and(is_for_development) {
        return;
    }
    for instruction in &stage.instructions {
        if instruction.keyword == "ENV" {
            for word in &instruction.words {
                let (name, value) = word.split_once('=').unwrap_or((word, ""));
                if is_debug(name, value) {
                    report
                        .finding(&instruction.place, format!("`{name}` is set in the image"))
                        .help(HELP)
                        .unsafe_fix(variable_off(&instruction.place, name, value));
                }
            }
        }
        if matches!(instruction.keyword.as_str(), "CMD" | "ENTRYPOINT") {
            let has = |wanted: &str| {
                instruction.words.iter().any(|word| word == wanted || word.contains(&format!("{wanted} ")))
            };
            let switch = ["--reload", "--debug", "runserver"].into_iter().find(|switch| has(switch));
            let is_dev = instruction.words.windows(2).any(|pair| pair[0].ends_with("fastapi") && pair[1] == "dev");
            if let Some(switch) = switch.or(is_dev.then_some("fastapi dev")) {
                report
                    .finding(&instruction.place, format!("the image starts with `{switch}`"))
                    .help("start the server for production, and override the command for development")
                    .unsafe_fix(started_for_production(instruction, switch))
                    .medium();
            }
        }
    }
}

/// The opposite of a value that switches debugging on, in the same manner.
fn off(value: &str) -> Option<String> {
    const PAIRS: &[(&str, &str)] = &[("1", "0"), ("true", "false"), ("on", "off"), ("yes", "no"), ("debug", "info")];
    let value = value.trim_matches(['"', '\'']);
    let (_, off) = PAIRS.iter().find(|(on, _)| value.eq_ignore_ascii_case(on))?;
    let mut letters = value.chars().map(|letter| letter.is_ascii_uppercase());
    Some(match (letters.next(), letters.next()) {
        (Some(true), Some(true)) => off.to_ascii_uppercase(),
        (Some(true), _) => format!("{}{}", off.get(..1)?.to_ascii_uppercase(), off.get(1..)?),
        _ => (*off).to_owned(),
    })
}

/// Puts another value in place of the last one at a place that ends with it, quotes aside.
fn switched_off(place: &Place, value: &str, off: &str) -> Option<Edit> {
    let text = repository::read(&place.path).ok()?;
    let written = text.get(place.span.start as usize..place.span.end as usize)?;
    let end = written.trim_end().trim_end_matches(['"', '\'']).len();
    let start = written.get(..end)?.strip_suffix(value.trim_matches(['"', '\'']))?.len();
    let span = Span { start: place.span.start + start as u32, end: place.span.start + end as u32 };
    Some(edit::replace(&Place { path: place.path.clone(), span }, off))
}

/// Switches a variable of an instruction off.
fn variable_off(place: &Place, name: &str, value: &str) -> Option<Edit> {
    let (value, off) = (value.trim_matches(['"', '\'']), off(value)?);
    ["", "\"", "'"].iter().find_map(|quote| {
        // Not the end of another name.
        let words = |gap: &str, value: &str| format!("{gap}{name}={quote}{value}{quote}");
        [" ", "\t"].iter().find_map(|gap| edit::replace_words(place, &words(gap, value), &words(gap, &off)))
    })
}

/// Takes a switch out of what an image starts, or starts FastAPI's server for production.
fn started_for_production(instruction: &Instruction, switch: &str) -> Option<Edit> {
    let place = &instruction.place;
    match (switch, instruction.exec_form) {
        ("runserver", _) => None,
        ("fastapi dev", true) => ["\"fastapi\", \"dev\"", "\"fastapi\",\"dev\""]
            .iter()
            .find_map(|words| edit::replace_words(place, words, &words.replace("dev", "run"))),
        ("fastapi dev", false) => edit::replace_words(place, switch, "fastapi run"),
        (_, true) => [format!(", \"{switch}\""), format!(",\"{switch}\"")]
            .iter()
            .find_map(|words| edit::replace_words(place, words, "")),
        (_, false) => {
            let is_whole = instruction.words.iter().any(|word| word == switch);
            let is_whole = is_whole && instruction.text.matches(switch).count() == 1;
            is_whole.then(|| edit::replace_words(place, &format!(" {switch}"), "")).flatten()
        }
    }
}

/// A variable in a table (`A: b`) or a list (`- A=b`) of a compose file.
fn variable(item: Item<'_>) -> Option<(&str, (Item<'_>, &str))> {
    match item.key() {
        Some(name) if item.parent().kind() == NodeKind::Table => Some((name, (item, item.text()))),
        _ => item.text().split_once('=').map(|(name, value)| (name, (item, value))),
    }
}

fn is_debug(name: &str, value: &str) -> bool {
    let value = value.trim_matches(['"', '\'']).to_ascii_lowercase();
    SWITCHES.contains(&name) && matches!(value.as_str(), "1" | "true" | "on" | "yes")
        || LEVELS.contains(&name) && value == "debug"
}

/// Whether a name says that a file or stage is for development or tests.
fn is_for_development(name: &str) -> bool {
    const WORDS: &[&str] =
        &["dev", "develop", "development", "local", "test", "tests", "ci", "debug", "example", "examples", "demo"];
    let lower = name.to_ascii_lowercase();
    let is_word =
        |text: &str| text.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| WORDS.contains(&word));
    is_word(&lower) || is_word(file_name(&lower))
}
