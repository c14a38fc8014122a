//! Launchers: programs whose work is to start another one. Taken off, so that `uv run ruff check`, `python -m ruff
//! check` and `venv/bin/ruff check` are all the command `ruff check`.
//!
//! Options are skipped with the values that are known to follow them; nothing else of a launcher is understood here.

use super::options::{COMPOSE, CONDA, DOCKER, DOCKER_RUN, NODE, UV, UV_RUN, after_options, option_value};
use super::programs::{is_assignment, is_python, program_name};
use crate::repository::join;

/// Launchers before launchers; more is no command that people write.
const MOST_LAUNCHERS: usize = 16;

/// A command without its launchers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bare {
    pub(super) launchers: Vec<String>,
    pub(super) words: Vec<String>,
    /// Where it runs, when a launcher changes that, relative to where the launcher runs.
    pub(super) folder: Option<String>,
    /// Shell text in place of words: `bash -c …`.
    pub(super) script: Option<String>,
}

enum Step {
    /// The first words are a launcher.
    Off {
        count: usize,
        folder: Option<String>,
    },
    /// The command counts itself, and so does the one after its first words.
    Both {
        count: usize,
    },
    /// The command counts itself, and so does one of another program with the words from an index on.
    Other {
        program: String,
        count: usize,
    },
    /// The word of this index is shell text.
    Text {
        index: usize,
    },
    None,
}

/// The commands that the words of one command start: the innermost one, and those on the way that count themselves.
pub(super) fn bare(words: &[String]) -> Vec<Bare> {
    let mut found = Vec::new();
    let mut current = Bare::default();
    let mut rest = words;
    for _ in 0..MOST_LAUNCHERS {
        let texts: Vec<&str> = rest.iter().map(String::as_str).collect();
        match step(&texts) {
            Step::Off { count, folder } if count < rest.len() => {
                current.launchers.push(rest[..count].join(" "));
                if let Some(folder) = folder {
                    current.folder = join(current.folder.as_deref().unwrap_or_default(), &folder);
                }
                rest = &rest[count..];
            }
            Step::Both { count } if count < rest.len() => {
                found.push(named(Bare { words: rest.to_vec(), ..current.clone() }));
                current.launchers.push(rest[..count].join(" "));
                rest = &rest[count..];
            }
            Step::Other { program, count } if count <= rest.len() => {
                found.push(named(Bare { words: rest.to_vec(), ..current.clone() }));
                current.launchers.push(rest[..count].join(" "));
                current.words = std::iter::once(program).chain(rest[count..].iter().cloned()).collect();
                found.push(named(current));
                return found;
            }
            Step::Text { index } if index < rest.len() => {
                current.script = Some(rest[index].clone());
                current.launchers.push(rest[..index].join(" "));
                found.push(current);
                return found;
            }
            _ => break,
        }
    }
    current.words = rest.to_vec();
    found.push(named(current));
    found
}

/// Names the program: without its folder, version and the variable that stands for it.
fn named(mut bare: Bare) -> Bare {
    let launcher = bare.launchers.last().map(String::as_str).unwrap_or_default();
    if let Some(program) = bare.words.first_mut() {
        let versioned = launcher.starts_with("uvx")
            || launcher.starts_with("npx")
            || launcher.contains("bunx")
            || launcher.contains("dlx")
            || launcher.starts_with("pipx run")
            || launcher.starts_with("uv tool run");
        if versioned {
            let end =
                program.char_indices().find(|(index, char)| *index > 0 && matches!(char, '@' | '=' | '[' | '>' | '<'));
            if let Some((end, _)) = end {
                program.truncate(end);
            }
        }
        *program = program_name(program);
    }
    bare
}

fn step(words: &[&str]) -> Step {
    let Some(first) = words.first() else { return Step::None };
    let off = |count: usize| Step::Off { count, folder: None };
    let next = |index: usize| words.get(index).copied().unwrap_or_default();
    if is_assignment(first) {
        return off(1);
    }
    if is_python(first) {
        return python(words);
    }
    let name = program_name(first);
    match name.as_str() {
        "uv" => uv(words),
        "uvx" => off(after_options(words, 1, UV_RUN)),
        "poetry" | "pipenv" | "pdm" | "rye" | "pixi" => {
            let valued = &["-C", "--directory", "-P", "--project", "-p"];
            let run = after_options(words, 1, valued);
            let folder = option_value(&words[..run.min(words.len())], &["-C", "--directory"]).map(str::to_owned);
            match next(run) {
                "run" => Step::Off {
                    count: after_options(words, run + 1, &["-p", "--project", "-e", "--environment"]),
                    folder,
                },
                "exec" | "x" if name == "pixi" => off(after_options(words, run + 1, &["-s", "--spec", "-c"])),
                _ => Step::None,
            }
        }
        "hatch" => hatch(words),
        "pipx" if next(1) == "run" => {
            off(after_options(words, 2, &["--spec", "--python", "--pip-args", "-i", "--index-url"]))
        }
        "npx" | "bunx" => off(after_options(words, 1, NODE)),
        "bun" if next(1) == "x" => off(after_options(words, 2, NODE)),
        "npm" | "pnpm" | "yarn" => {
            let start = after_options(words, 1, NODE);
            match next(start) {
                "exec" | "dlx" => off(after_options(words, start + 1, NODE)),
                _ => Step::None,
            }
        }
        "sudo" | "doas" => off(after_options(words, 1, &["-u", "--user", "-g", "--group", "-h", "-p", "-C"])),
        "env" | "cross-env" | "dotenvx" if name != "dotenvx" || next(1) == "run" => {
            let start = after_options(words, 1, &["-u", "--unset", "-C", "--chdir", "-f"]);
            let folder = option_value(&words[..start.min(words.len())], &["-C", "--chdir"]).map(str::to_owned);
            let assignments = words[start.min(words.len())..].iter().take_while(|word| is_assignment(word)).count();
            let count = if name == "dotenvx" { after_options(words, 2, &["-f"]) } else { start + assignments };
            Step::Off { count, folder }
        }
        "time"
        | "nohup"
        | "builtin"
        | "setsid"
        | "chronic"
        | "unbuffer"
        | "caffeinate"
        | "ddtrace-run"
        | "with-contenv"
        | "catchsegv"
        | "opentelemetry-instrument"
        | "tini"
        | "dumb-init"
        | "stdbuf" => off(after_options(words, 1, &["-o", "-i", "-e"])),
        "exec" => off(after_options(words, 1, &["-a"])),
        "command" if !matches!(next(1), "-v" | "-V") => off(after_options(words, 1, &[])),
        "nice" | "ionice" => off(after_options(words, 1, &["-n", "-c"])),
        "xvfb-run" => off(after_options(words, 1, &["-s", "--server-args", "-n", "--server-num", "-e", "-f", "-w"])),
        "timeout" | "gtimeout" => off(after_options(words, 1, &["-k", "--kill-after", "-s", "--signal"]) + 1),
        "gosu" | "su-exec" => off(2),
        "arch" if next(1).starts_with('-') => off(2),
        "xargs" => {
            off(after_options(words, 1, &["-n", "-P", "-I", "-L", "-d", "-a", "-E", "-s", "--max-args", "--max-procs"]))
        }
        "direnv" if next(1) == "exec" => off(3),
        "newrelic-admin" if next(1) == "run-program" => off(2),
        "nix" if matches!(next(1), "develop" | "shell") => after_word(words, &["-c", "--command"]),
        "nix-shell" => text_after(words, &["--run", "--command"]),
        "dotenv" | "doppler" | "op" | "infisical" | "varlock" | "secrethub" => {
            let run =
                after_options(words, 1, &["-f", "-e", "-p", "-c", "--project", "--config", "--env-file", "--env"]);
            match next(run) {
                "run" => {
                    let valued = ["-p", "-c", "--project", "--config", "--env", "--path", "--env-file", "--projectId"];
                    off(after_options(words, run + 1, &valued))
                }
                _ => Step::None,
            }
        }
        "aws-vault" | "chamber" | "mise" | "rtx" | "asdf" | "flox" | "devbox" | "teller" | "wait-for-it.sh"
        | "wait-for-it" => match next(1) {
            "x" | "exec" if words.iter().any(|word| matches!(*word, "-c" | "--command")) => {
                text_after(words, &["-c", "--command"])
            }
            "x" | "exec" | "run" | "activate" => after_word(words, &["--"]),
            _ if name.starts_with("wait") => after_word(words, &["--"]),
            _ => Step::None,
        },
        "tox" if matches!(next(1), "exec" | "e") => after_word(words, &["--"]),
        "conda" | "mamba" | "micromamba" if next(1) == "run" => off(after_options(words, 2, CONDA)),
        "bash" | "sh" | "zsh" | "dash" | "ash" => shell(words),
        "su" => text_after(words, &["-c", "--command"]),
        "eval" if words.len() == 2 => Step::Text { index: 1 },
        "docker" | "podman" | "nerdctl" | "docker-compose" | "podman-compose" => docker(words, &name),
        "coverage" if next(1) == "run" => coverage(words),
        "find" => match words.iter().position(|word| matches!(*word, "-exec" | "-execdir")) {
            Some(index) => Step::Both { count: index + 1 },
            None => Step::None,
        },
        _ => Step::None,
    }
}

/// Everything up to and with one of these words is a launcher.
fn after_word(words: &[&str], ends: &[&str]) -> Step {
    match words.iter().position(|word| ends.contains(word)) {
        Some(index) => Step::Off { count: index + 1, folder: None },
        None => Step::None,
    }
}

/// The word after one of these is shell text.
fn text_after(words: &[&str], options: &[&str]) -> Step {
    match words.iter().position(|word| options.contains(word)) {
        Some(index) => Step::Text { index: index + 1 },
        None => Step::None,
    }
}

fn python(words: &[&str]) -> Step {
    let mut index = 1;
    while let Some(word) = words.get(index) {
        let Some(options) = word.strip_prefix('-') else {
            // A script counts by its own name too: `python web/manage.py test`.
            return if word.ends_with(".py") { Step::Both { count: index } } else { Step::None };
        };
        index += match options {
            "" | "c" | "-" => return Step::None,
            "X" | "W" => 2,
            options if options.starts_with('-') => 1,
            options if options.ends_with('m') => return Step::Off { count: index + 1, folder: None },
            _ => 1,
        };
    }
    Step::None
}

fn uv(words: &[&str]) -> Step {
    let start = after_options(words, 1, UV);
    let mut count = match words.get(start).copied() {
        Some("run") => after_options(words, start + 1, UV_RUN),
        Some("tool") if words.get(start + 1) == Some(&"run") => after_options(words, start + 2, UV_RUN),
        _ => return Step::None,
    };
    // `uv run -m pytest`: the option's value is the command.
    if let Some(module) = words[..count.min(words.len())].iter().position(|word| matches!(*word, "-m" | "--module")) {
        count = module + 1;
    }
    let folder = option_value(&words[..count.min(words.len())], &["--directory"]).map(str::to_owned);
    Step::Off { count, folder }
}

fn hatch(words: &[&str]) -> Step {
    let valued = ["-e", "--env", "-p", "--project", "--data-dir", "--cache-dir", "--config"];
    let start = after_options(words, 1, &valued);
    let mut count = match (words.get(start).copied(), words.get(start + 1).copied()) {
        (Some("run"), _) => start + 1,
        (Some("env"), Some("run")) => start + 2,
        _ => return Step::None,
    };
    count = after_options(words, count, &valued);
    while words.get(count).is_some_and(|word| word.starts_with('+')) {
        count += 1;
    }
    Step::Off { count, folder: None }
}

/// Options of a shell up to `-c`, which may end a cluster: `-lc`.
fn shell(words: &[&str]) -> Step {
    let mut index = 1;
    while let Some(options) = words.get(index).and_then(|word| word.strip_prefix(['-', '+'])) {
        index += 1;
        if !options.starts_with('-') && options.contains('c') {
            let index = if options.ends_with('o') { index + 1 } else { index };
            return Step::Text { index: after_options(words, index, &["-o"]) };
        }
        if options.ends_with('o') {
            index += 1;
        }
    }
    Step::None
}

fn docker(words: &[&str], name: &str) -> Step {
    let mut index = 1;
    let is_compose = name.ends_with("-compose") || {
        index = after_options(words, 1, DOCKER);
        words.get(index) == Some(&"compose")
    };
    if is_compose {
        let start = if name.ends_with("-compose") { 1 } else { index + 1 };
        index = after_options(words, start, COMPOSE);
    } else if words.get(index) == Some(&"container") {
        index += 1;
    }
    match words.get(index) {
        Some(&"run" | &"exec") => {
            let image = after_options(words, index + 1, DOCKER_RUN);
            let options = &words[index..image.min(words.len())];
            match option_value(options, &["--entrypoint"]) {
                Some("bash" | "sh" | "/bin/sh" | "/bin/bash") if words.get(image + 1) == Some(&"-c") => {
                    Step::Text { index: image + 2 }
                }
                Some(program) if !program.is_empty() => {
                    Step::Other { program: program.to_owned(), count: (image + 1).min(words.len()) }
                }
                _ if has_options_of_pytest(words.get(image + 1..).unwrap_or_default()) => {
                    Step::Other { program: "pytest".to_owned(), count: image + 2 }
                }
                _ => Step::Both { count: image + 1 },
            }
        }
        _ => Step::None,
    }
}

/// Whether a word of an image's entry point is followed by options that only pytest has: `compose run web tests --cov=x`.
fn has_options_of_pytest(words: &[&str]) -> bool {
    let is_its = |word: &&str| ["--junitxml=", "--junit-xml=", "--cov="].iter().any(|option| word.starts_with(option));
    match words {
        [word, rest @ ..] => {
            !is_python(word) && rest.first().is_some_and(|option| option.starts_with('-')) && rest.iter().any(is_its)
        }
        [] => false,
    }
}

fn coverage(words: &[&str]) -> Step {
    let valued =
        ["--source", "--omit", "--include", "--rcfile", "--data-file", "--context", "--concurrency", "--debug"];
    let mut index = 2;
    while let Some(word) = words.get(index) {
        match *word {
            "-m" | "--module" => return Step::Both { count: index + 1 },
            word if valued.contains(&word) => index += 2,
            word if word.starts_with('-') => index += 1,
            _ => return Step::None,
        }
    }
    Step::None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::automation::words::split;

    fn check(text: &str, expected: &str) {
        let dump: Vec<String> = bare(&split(text))
            .iter()
            .map(|bare| {
                let mut line = bare.words.join(" ");
                if let Some(script) = &bare.script {
                    line.push_str(&format!("`{script}`"));
                }
                if let Some(folder) = &bare.folder {
                    line.push_str(&format!(" in {folder}"));
                }
                line
            })
            .collect();
        assert_eq!(dump.join(" + "), expected, "{text}");
    }

    #[test]
    fn runners() {
        check("uv run --frozen --with x -p 3.12 --group a -- pytest -q", "pytest -q");
        check("uv --directory web run python -m pytest", "pytest in web");
        check("uv run -m pytest tests", "pytest tests");
        check("uv run", "uv run");
        check("uv sync --frozen", "uv sync --frozen");
        check("uvx --from ruff==1 ruff@0.6 check", "ruff check");
        check("uv tool run mypy[x]@1", "mypy");
        check("pipx run --spec build pyproject-build==1", "pyproject-build");
        check("hatch -e lint run +py=3.12 types:check x", "types:check x");
        check("poetry -C web run ruff", "ruff in web");
        check("pdm run pytest", "pytest");
        check("conda run -n x --live-stream pytest", "pytest");
        check("npx -y pyright@1.2 .", "pyright .");
        check("npx @redocly/cli@1 lint", "@redocly/cli lint");
    }

    #[test]
    fn prefixes() {
        check("CI=1 sudo -E env A=b time timeout 30 nice -n 5 .venv/bin/python -Im ruff", "ruff");
        check("python3.12 -X dev -W error -m unittest", "unittest");
        check("python -c 'import x'", "python -c import x");
        check("python web/manage.py test", "python web/manage.py test + manage.py test");
        check("python scripts/x.py a", "python scripts/x.py a + scripts/x.py a");
        check("$BIN/ruff", "ruff");
        check("${PREFIX}ruff check", "ruff check");
        check("$PIP install x", "pip install x");
        check("./scripts/x.sh", "scripts/x.sh");
        check("command -v ruff", "command -v ruff");
        check("xargs -0 -n 1 ruff check", "ruff check");
    }

    #[test]
    fn commands_in_commands() {
        check("bash -euxo pipefail -c 'a && b' x", "`a && b`");
        check("sh -lc 'a'", "`a`");
        check("coverage run --source x -m pytest -q", "coverage run --source x -m pytest -q + pytest -q");
        check(
            "docker run --rm -v a:b -e X image:1 ruff check",
            "docker run --rm -v a:b -e X image:1 ruff check + ruff check",
        );
        check(
            "docker compose -f a.yml run --rm web sh -c 'pytest'",
            "docker compose -f a.yml run --rm web sh -c pytest + `pytest`",
        );
        check("docker run image", "docker run image");
        check(
            "docker-compose run --rm --entrypoint=pytest api /tests",
            "docker-compose run --rm --entrypoint=pytest api /tests + pytest /tests",
        );
        check("docker compose run web tests --cov=x a", "docker compose run web tests --cov=x a + pytest --cov=x a");
        check("A=b ./test.sh", "test.sh");
        check("/opt/venv/bin/python -u /opt/web/manage.py test", "python -u /opt/web/manage.py test + manage.py test");
        check("find . -name x -exec ruff {} +", "find . -name x -exec ruff {} + + ruff {} +");
    }
}
