//! Build contexts that carry what the image does not need.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;

use crate::image::is_judged;

rule! {
    /// The build context carries files that the image does not need.
    ///
    /// `COPY . .` takes everything that `.dockerignore` does not leave out: Git's history, a virtual environment of the
    /// developer's machine, files with secrets. Patterns are relative to the context's root; `**/` stands for any depth.
    /// Only what such a COPY would really take is judged.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// [dependency-groups]
    /// dev = ["pytest", "pytest-cov", "ruff", "mypy"]
    /// ```
    /// ```text bad Dockerfile
    /// FROM python:3.12-slim
    /// COPY . .
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text bad .dockerignore
    /// node_modules
    /// ```
    /// ```text bad .gitignore
    /// *.pem
    /// .idea/
    /// ```
    /// ```text bad docs/index.md
    /// ```
    /// ```text bad .github/workflows/ci.yml
    /// on: push
    /// ```
    /// ```python bad tests/test_app.py
    /// ```
    /// ```text bad Justfile
    /// test:
    /// ```
    /// ```text expect
    /// .dockerignore:1: the build context takes `.git/`
    /// .dockerignore:1: the build context takes `.venv/`, `__pycache__/`, `*.egg-info/`
    /// .dockerignore:1: the build context takes `.pytest_cache/`, `.coverage`, `htmlcov/`
    /// .dockerignore:1: the build context takes `.idea/`
    /// .dockerignore:1: the build context takes `.ruff_cache/`, `.mypy_cache/`
    /// .dockerignore:1: the build context takes `docs/`
    /// .dockerignore:1: the build context takes `.github/`
    /// .dockerignore:1: the build context takes `.env`, `.env.local`, `Justfile`
    /// .dockerignore:1: the build context takes `tests/`
    /// .dockerignore:1: the build context takes `*.pem`
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// dependencies = ["fastapi"]
    /// [dependency-groups]
    /// dev = ["pytest", "pytest-cov", "ruff", "mypy"]
    /// ```
    /// ```text fixed Dockerfile
    /// FROM python:3.12-slim
    /// COPY . .
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text fixed .dockerignore
    /// node_modules
    /// **/*.pem
    /// .env
    /// .env.local
    /// Justfile
    /// .git/
    /// .github/
    /// .idea/
    /// .pytest_cache/
    /// .coverage
    /// htmlcov/
    /// .ruff_cache/
    /// .mypy_cache/
    /// .venv/
    /// **/__pycache__/
    /// **/*.egg-info/
    /// docs/
    /// tests/
    /// ```
    /// ```text fixed .gitignore
    /// *.pem
    /// .idea/
    /// ```
    /// ```text fixed docs/index.md
    /// ```
    /// ```text fixed .github/workflows/ci.yml
    /// on: push
    /// ```
    /// ```python fixed tests/test_app.py
    /// ```
    /// ```text fixed Justfile
    /// test:
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```text good Dockerfile
    /// FROM python:3.12-slim
    /// COPY . .
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text good .dockerignore
    /// *
    /// !src
    /// !pyproject.toml
    /// **/__pycache__
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```text good Dockerfile
    /// FROM python:3.12-slim
    /// COPY pyproject.toml uv.lock ./
    /// COPY src ./src
    /// CMD ["python", "-m", "app"]
    /// ```
    /// ```text good .dockerignore
    /// node_modules
    /// ```
    pub(crate) static NEEDLESS_BUILD_CONTEXT = {
        id: "needless-build-context",
        requirements: ["13.7.2", "13.7.3", "13.7.4", "13.7.5", "13.7.6", "13.7.7", "13.7.8", "13.7.9", "13.7.10", "13.7.11"],
        check: Check::Dockerfiles(needless_build_context),
    }
}

/// Something that a context may carry: the requirement, a path to try, its name in a finding, and how sure it is that
/// the image does not need it.
struct Probe {
    requirement: &'static str,
    path: &'static str,
    name: &'static str,
    confidence: Confidence,
    /// Whether the repository has it, or a tool that makes it.
    exists: fn(&str) -> bool,
}

const fn probe(
    requirement: &'static str,
    path: &'static str,
    name: &'static str,
    confidence: Confidence,
    exists: fn(&str) -> bool,
) -> Probe {
    Probe { requirement, path, name, confidence, exists }
}

fn always(_: &str) -> bool {
    true
}

fn is_declared(names: &[&str]) -> bool {
    !project::dependencies(names).is_empty()
}

fn in_context(context: &str, path: &str) -> bool {
    repository::exists(&if context.is_empty() { path.to_owned() } else { format!("{context}/{path}") })
}

const PROBES: &[Probe] = &[
    probe("13.7.2", ".git/HEAD", ".git/", Confidence::High, |context| context.is_empty()),
    probe("13.7.3", ".venv/pyvenv.cfg", ".venv/", Confidence::High, always),
    probe("13.7.3", "src/app/__pycache__/x.pyc", "__pycache__/", Confidence::High, always),
    probe("13.7.3", "app.egg-info/PKG-INFO", "*.egg-info/", Confidence::High, always),
    probe("13.7.4", ".pytest_cache/x", ".pytest_cache/", Confidence::Medium, |_| is_declared(&["pytest"])),
    probe("13.7.4", ".coverage", ".coverage", Confidence::Medium, |_| is_declared(&["pytest-cov", "coverage"])),
    probe("13.7.4", "htmlcov/index.html", "htmlcov/", Confidence::Medium, |_| is_declared(&["pytest-cov", "coverage"])),
    probe("13.7.4", ".nox/x", ".nox/", Confidence::Medium, |_| repository::exists("noxfile.py")),
    probe("13.7.4", ".tox/x", ".tox/", Confidence::Medium, |_| repository::exists("tox.ini")),
    probe("13.7.5", ".idea/x", ".idea/", Confidence::Low, |_| is_known(".idea/x")),
    probe("13.7.5", ".vscode/x", ".vscode/", Confidence::Low, |_| is_known(".vscode/x")),
    probe("13.7.6", ".ruff_cache/x", ".ruff_cache/", Confidence::Medium, |_| is_declared(&["ruff"])),
    probe("13.7.6", ".mypy_cache/x", ".mypy_cache/", Confidence::Medium, |_| is_declared(&["mypy"])),
    probe("13.7.7", "docs/index.md", "docs/", Confidence::Low, |context| in_context(context, "docs")),
    probe("13.7.8", ".github/workflows/x", ".github/", Confidence::Low, |context| in_context(context, ".github")),
    probe("13.7.8", ".gitlab-ci.yml", ".gitlab-ci.yml", Confidence::Low, |context| {
        in_context(context, ".gitlab-ci.yml")
    }),
    probe("13.7.9", ".env", ".env", Confidence::High, always),
    probe("13.7.9", ".env.local", ".env.local", Confidence::High, always),
    probe("13.7.9", "Makefile", "Makefile", Confidence::Low, |context| in_context(context, "Makefile")),
    probe("13.7.9", "Justfile", "Justfile", Confidence::Low, |context| in_context(context, "Justfile")),
    probe("13.7.10", "tests/test_x.py", "tests/", Confidence::Medium, |context| {
        in_context(context, "tests") && !tests_in_container()
    }),
    probe("13.7.11", "x.pem", "*.pem", Confidence::Medium, |_| is_known("x.pem")),
    probe("13.7.11", "certs/x.key", "*.key", Confidence::Medium, |_| is_known("certs/x.key")),
    probe("13.7.11", "secrets/x", "secrets/", Confidence::Medium, |_| is_known("secrets/x")),
];

/// The line that keeps something out of the context, at any depth where it may lie deeper.
fn pattern(name: &'static str) -> &'static str {
    match name {
        "__pycache__/" => "**/__pycache__/",
        "*.egg-info/" => "**/*.egg-info/",
        "*.pem" => "**/*.pem",
        "*.key" => "**/*.key",
        name => name,
    }
}

/// Whether someone here makes such files: they are tracked, or `.gitignore` names them.
fn is_known(path: &str) -> bool {
    repository::exists(path) || repository::ignored(&[path]).first() == Some(&true)
}

/// Whether tests run inside the image.
fn tests_in_container() -> bool {
    automation::commands(&["pytest"]).iter().any(|command| {
        matches!(command.source.as_str(), "dockerfile" | "compose")
            || command.launchers.iter().any(|launcher| launcher.starts_with("docker"))
    })
}

fn needless_build_context(report: &mut Report, dockerfile: &Dockerfile) {
    let Some(ignore_file) = dockerfile.ignore_file.as_ref().filter(|_| is_judged(dockerfile)) else { return };
    let takes_all = dockerfile.stages.iter().filter(|stage| stage.needed).flat_map(|stage| &stage.instructions).any(
        |instruction| {
            let is_copy = matches!(instruction.keyword.as_str(), "COPY" | "ADD")
                && !instruction.flags.iter().any(|(name, _)| name == "from");
            is_copy
                && instruction.words.len() > 1
                && instruction.words[..instruction.words.len() - 1]
                    .iter()
                    .any(|word| matches!(word.as_str(), "." | "./" | "*" | "/"))
        },
    );
    if !takes_all {
        return;
    }
    let paths: Vec<&str> = PROBES.iter().map(|probe| probe.path).collect();
    let ignored = containers::ignored(&dockerfile.path, &paths);
    let place = start(ignore_file);
    let mut taken: Vec<(&Probe, Vec<&str>)> = Vec::new();
    for (probe, _) in
        PROBES.iter().zip(&ignored).filter(|(probe, ignored)| !**ignored && (probe.exists)(&dockerfile.context))
    {
        match taken.last_mut() {
            Some((first, names)) if first.requirement == probe.requirement => names.push(probe.name),
            _ => taken.push((probe, vec![probe.name])),
        }
    }
    for (probe, names) in taken {
        let patterns: Vec<&str> = names.iter().map(|name| pattern(name)).collect();
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        let finding = report
            .finding(&place, format!("the build context takes {}", names.join(", ")))
            .help("add the patterns to the ignore file")
            .requirement(probe.requirement)
            .safe_fix(edit::append_lines(ignore_file, &patterns));
        match probe.confidence {
            Confidence::High => {}
            Confidence::Medium => {
                finding.medium();
            }
            Confidence::Low => {
                finding.low();
            }
        }
    }
}
