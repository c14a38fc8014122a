//! Names of programs: what stands first in a command, without the ways in which it is written.

/// The name of a program: `venv/bin/ruff`, `$BIN/ruff` and `${PREFIX}ruff` are `ruff`, `$PIP` is `pip`; a file of the
/// repository keeps its path.
pub(super) fn program_name(word: &str) -> String {
    let word = word.strip_suffix(".exe").unwrap_or(word);
    if let Some((folder, name)) = word.rsplit_once('/') {
        let in_bin = folder.ends_with("bin") || folder.ends_with("Scripts");
        let is_outside = word.starts_with('/') || (word.starts_with('$') && !folder.contains('/'));
        if (in_bin || is_outside) && !name.is_empty() && !name.ends_with(".sh") {
            return program_name(name);
        }
        // The scripts that frameworks give a project do the same wherever they stand.
        if matches!(name, "manage.py" | "setup.py") {
            return name.to_owned();
        }
        return word.trim_start_matches("./").to_owned();
    }
    if let Some((name, rest)) = word.strip_prefix("${").and_then(|rest| rest.split_once('}')) {
        return match (rest, by_variable(name)) {
            ("", Some(program)) => program,
            ("", None) => word.to_owned(),
            (rest, _) if rest.starts_with(|char: char| char.is_ascii_lowercase()) => rest.to_owned(),
            _ => word.to_owned(),
        };
    }
    word.strip_prefix('$').and_then(by_variable).unwrap_or_else(|| word.to_owned())
}

/// Variables that are named after the program they hold.
fn by_variable(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let known = [
        "pip",
        "python",
        "python3",
        "uv",
        "ruff",
        "pytest",
        "mypy",
        "pyright",
        "black",
        "isort",
        "flake8",
        "poetry",
        "pdm",
        "docker",
        "pre_commit",
        "tox",
        "nox",
        "coverage",
        "twine",
        "make",
        "sphinx_build",
        "npm",
        "just",
    ];
    match name.as_str() {
        "py" | "python_bin" | "venv_python" | "python_interpreter" => Some("python".to_owned()),
        "docker_compose" | "compose" => Some("docker-compose".to_owned()),
        "sphinxbuild" => Some("sphinx-build".to_owned()),
        _ => known.contains(&name.as_str()).then(|| name.replace('_', "-")),
    }
}

pub(super) fn is_assignment(word: &str) -> bool {
    word.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
            && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
    })
}

pub(super) fn is_python(word: &str) -> bool {
    let name = program_name(word);
    let version = name.strip_prefix("python").or_else(|| name.strip_prefix("pypy"));
    name == "py" || version.is_some_and(|version| version.chars().all(|char| char.is_ascii_digit() || char == '.'))
}
