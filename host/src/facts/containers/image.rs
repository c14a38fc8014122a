//! What the built image holds: whether it runs Python, and what comes into it from the build context.

use crate::plugin::wit::containers::{Instruction, Stage};
use crate::repository::file_name;

use super::stages;
use super::words::{self, Operators};

/// Whether the built stage, or what it is FROM, is an image of Python, runs Python, or gets Python packages.
pub(super) fn runs_python(stages: &[Stage], built: usize) -> bool {
    let lineage: Vec<&Stage> = stages::lineage(stages, built).collect();
    let instructions = || lineage.iter().flat_map(|stage| &stage.instructions);
    lineage.iter().filter_map(|stage| stage.image.as_deref()).any(is_python_image)
        || instructions().any(|instruction| match instruction.keyword.as_str() {
            "CMD" | "ENTRYPOINT" => runs(instruction),
            "RUN" => installs(&instruction.words),
            // A virtual environment that another stage made.
            "COPY" => {
                stages::sources(instruction).next().is_some()
                    && instruction.words.iter().any(|word| is_environment(word))
            }
            _ => false,
        })
}

/// More sources than this are not looked at.
const MOST_SOURCES: usize = 200;

/// Sources of the COPY and ADD instructions that come from the build context, in order.
pub(super) fn copied(stages: &[Stage]) -> impl Iterator<Item = &str> {
    let instructions = stages.iter().flat_map(|stage| &stage.instructions);
    let copies = instructions.filter(|instruction| {
        matches!(instruction.keyword.as_str(), "COPY" | "ADD") && stages::sources(instruction).next().is_none()
    });
    copies
        .flat_map(|instruction| instruction.words.split_last().map_or(&[][..], |(_, sources)| sources))
        .map(|source| source.trim_start_matches("./").trim_start_matches('/'))
        .map(|source| if source.is_empty() { "." } else { source })
        .filter(|source| !source.starts_with("<<") && !source.contains("://") && !source.contains('$'))
        .take(MOST_SOURCES)
}

fn is_python_image(image: &str) -> bool {
    let image = image.split('@').next().unwrap_or_default();
    let (name, tag) = match file_name(image).split_once(':') {
        Some((name, tag)) => (name, tag),
        None => (file_name(image), ""),
    };
    // `python:3`, `ubi9/python-312`, `distroless/python3`, `uv:python3.13`.
    [name, tag].iter().any(|text| text.contains("python") || text.starts_with("pypy"))
        || matches!(name, "miniconda3" | "anaconda3" | "miniforge3" | "micromamba")
}

fn runs(instruction: &Instruction) -> bool {
    const PROGRAMS: [&str; 18] = [
        "uv",
        "uvx",
        "uvicorn",
        "granian",
        "gunicorn",
        "fastapi",
        "hypercorn",
        "celery",
        "daphne",
        "flask",
        "django-admin",
        "streamlit",
        "poetry",
        "pdm",
        "pipenv",
        "dramatiq",
        "airflow",
        "uwsgi",
    ];
    // `sh -c "…"` holds a command in one word.
    let words = instruction.words.iter().flat_map(|word| words::split(word, Operators::Words));
    words.into_iter().any(|word| PROGRAMS.contains(&file_name(&word)) || is_interpreter(file_name(&word)))
}

fn is_interpreter(name: &str) -> bool {
    let version = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    version.is_some_and(|version| version.chars().all(|letter| letter == '.' || letter.is_ascii_digit()))
}

/// Whether a command installs Python packages.
fn installs(words: &[String]) -> bool {
    let commands = words.split(|word| matches!(word.as_str(), "&&" | "||" | ";" | "|" | "&" | "(" | ")"));
    commands.into_iter().any(|command| {
        let mut plain = command.iter().map(|word| file_name(word)).filter(|word| !word.starts_with('-'));
        let mut next = || plain.next().unwrap_or_default();
        let mut program = next();
        while !program.is_empty() && !is_installer(program) {
            program = next();
        }
        match (program, next()) {
            ("uv", "pip") => matches!(next(), "install" | "sync"),
            ("uv", "sync") | ("poetry" | "pipenv", "install" | "sync") | ("pdm", "install" | "sync") => true,
            (pip, "install") => pip.starts_with("pip"),
            _ => false,
        }
    })
}

fn is_installer(word: &str) -> bool {
    matches!(word, "uv" | "poetry" | "pdm" | "pipenv")
        || word
            .strip_prefix("pip")
            .is_some_and(|rest| rest.chars().all(|letter| letter == '.' || letter.is_ascii_digit()))
}

fn is_environment(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "venv" | ".venv" | "site-packages" | "dist-packages"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::containers::dockerfile;

    fn check(text: &str, expected: bool) {
        let (stages, _) = stages::stages(dockerfile::parse("Dockerfile", text).instructions);
        assert_eq!(runs_python(&stages, stages.len() - 1), expected, "{text}");
    }

    #[test]
    fn knows_python_images() {
        for image in [
            "python",
            "python:3.13-slim",
            "docker.io/library/python:3@sha256:ab",
            "ghcr.io/astral-sh/uv:python3.13-alpine",
        ] {
            check(&format!("FROM {image}"), true);
        }
        check("FROM python AS base\nFROM base", true);
        check("FROM python AS docs\nFROM nginx\nCOPY --from=docs /site /site", false);
        check("FROM localhost:5000/nginx", false);
        check("FROM debian\nCMD [\"/opt/bin/python3.13\", \"-m\", \"x\"]", true);
        check("FROM debian\nENTRYPOINT exec \"$X\" && gunicorn app", true);
        check("FROM debian\nCMD [\"sh\", \"-c\", \"uvicorn x:app\"]", true);
        check("FROM debian\nRUN apt-get update && python3 -m pip --no-cache-dir install x", true);
        check("FROM debian\nRUN pipx list; uv --version", false);
        check("FROM debian\nRUN uv sync --locked", true);
        check("FROM distroless/cc\nCOPY --from=build /app/.venv /app/.venv", true);
    }
}
