//! The environment variables that Python wants in a container.

use plimsoll_sdk::prelude::*;

use crate::image;

/// The variables, each with its requirement and what says the same in a command or in the build.
const VARIABLES: &[(&str, &str, &[&str])] = &[
    ("PYTHONDONTWRITEBYTECODE", "13.4.1", &["-B"]),
    ("PYTHONUNBUFFERED", "13.4.2", &["-u"]),
    ("PYTHONFAULTHANDLER", "13.4.3", &["faulthandler", "-Xfaulthandler"]),
];

rule! {
    /// An image leaves Python's settings for containers unset.
    ///
    /// Without them Python writes bytecode into the container's layer, keeps back log lines that are lost when the
    /// process is killed, and says nothing when it crashes in C. Set all three in one `ENV` of the final stage.
    /// Bytecode that is compiled during the build is fine, too.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile bad Dockerfile
    /// FROM python:3.12-slim-bookworm  # error: `PYTHONDONTWRITEBYTECODE`, `PYTHONUNBUFFERED`, `PYTHONFAULTHANDLER` not set
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile bad off.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=0  # error: `PYTHONUNBUFFERED`, `PYTHONFAULTHANDLER` not set
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile fixed Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENV PYTHONDONTWRITEBYTECODE=1 \
    ///     PYTHONUNBUFFERED=1 \
    ///     PYTHONFAULTHANDLER=1
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile fixed off.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=0
    /// ENV PYTHONUNBUFFERED=1 \
    ///     PYTHONFAULTHANDLER=1
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```dockerfile good Dockerfile
    /// FROM python:3.12-slim-bookworm AS base
    /// ENV PYTHONDONTWRITEBYTECODE=1 \
    ///     PYTHONUNBUFFERED=1
    ///
    /// FROM base
    /// ENV PYTHONFAULTHANDLER 1
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```dockerfile good flags.Dockerfile
    /// FROM python:3.12-slim-bookworm
    /// ENV UV_COMPILE_BYTECODE=1
    /// CMD ["python", "-u", "-X", "faulthandler", "-m", "app"]
    /// ```
    pub(crate) static MISSING_PYTHON_VARIABLES = {
        id: "missing-python-variables",
        requirements: ["13.4.1", "13.4.2", "13.4.3"],
        check: Check::Dockerfiles(missing_python_variables),
        roles: [Role::Source],
        wants: [Want::Calls(&["faulthandler.enable"])],
    }
}

fn missing_python_variables(report: &mut Report, dockerfile: &Dockerfile) {
    if !image::is_judged(dockerfile) || !image::has_plain_base(dockerfile) {
        return;
    }
    let missing: Vec<_> = VARIABLES.iter().filter(|(name, _, flags)| !is_on(dockerfile, name, flags)).collect();
    let stage = dockerfile.built_stage();
    let last = stage.and_then(|stage| stage.instructions.iter().rev().find(|item| item.keyword == "ENV"));
    let Some(place) = last.map(|item| &item.place).or(stage.map(|stage| &stage.place)) else { return };
    if missing.is_empty() {
        return;
    }
    let names: Vec<String> = missing.iter().map(|(name, ..)| format!("`{name}`")).collect();
    let pairs: Vec<String> = missing.iter().map(|(name, ..)| format!("{name}=1")).collect();
    let mut finding = report
        .finding(place, format!("{} not set", names.join(", ")))
        .help("set them to 1 in one `ENV` of the final stage")
        .safe_fix(edit::lines_after(place, &format!("ENV {}", pairs.join(" \\\n    "))));
    for (_, requirement, _) in missing {
        finding = finding.requirement(requirement);
    }
}

/// Whether a setting is on: by its variable, by a flag of the started command, or by other means to the same end.
fn is_on(dockerfile: &Dockerfile, name: &str, flags: &[&str]) -> bool {
    let words = image::instructions(dockerfile, "ENV").into_iter().flat_map(|item| &item.words);
    let mut values = words.filter_map(|word| word.split_once('=')).filter(|(key, _)| *key == name);
    let is_set = values.next_back().is_some_and(|(_, value)| !matches!(value, "" | "0"));
    let starts = image::starts(dockerfile);
    let is_flag = starts.iter().flat_map(|start| &start.words).any(|word| flags.contains(&word.as_str()));
    let is_otherwise = match name {
        "PYTHONDONTWRITEBYTECODE" => dockerfile.stages.iter().flat_map(|stage| &stage.instructions).any(|item| {
            item.text.contains("--compile-bytecode")
                || item.text.contains("compileall")
                || item
                    .words
                    .iter()
                    .any(|word| matches!(word.as_str(), "UV_COMPILE_BYTECODE=1" | "UV_COMPILE_BYTECODE=true"))
        }),
        "PYTHONFAULTHANDLER" => !python::calls(&["faulthandler.enable"]).is_empty(),
        _ => false,
    };
    is_set || is_flag || is_otherwise || is_set_by_compose(name)
}

fn is_set_by_compose(name: &str) -> bool {
    containers::compose_files().iter().filter_map(|file| Item::root(&file.value)?.get("services")).any(|services| {
        services.children().filter_map(|service| service.get("environment")).any(|environment| {
            environment.get(name).is_some() || environment.strings().iter().any(|text| text.starts_with(name))
        })
    })
}
