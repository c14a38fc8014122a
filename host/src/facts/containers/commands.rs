//! Commands that build images: docker, podman, buildah, nerdctl and kaniko.

use std::collections::BTreeMap;

use crate::repository::file_name;

use super::words;

/// What a build says of itself, before its paths are resolved.
#[derive(Default)]
pub(super) struct BuildWords {
    pub(super) file: Option<String>,
    pub(super) context: Option<String>,
    pub(super) target: Option<String>,
}

/// What a command builds, if it does.
pub(super) fn build_words(command: &[String]) -> Option<BuildWords> {
    let programs = ["docker", "podman", "nerdctl", "buildah", "executor"];
    let start = command.iter().position(|word| programs.contains(&file_name(word)))?;
    let rest: Vec<&str> = command[start + 1..].iter().map(String::as_str).collect();
    if file_name(&command[start]) == "executor" {
        return Some(kaniko_words(&command[start + 1..]));
    }
    let skipped = match rest.as_slice() {
        ["build" | "bud", ..] => 1,
        ["buildx" | "image" | "builder", "build", ..] => 2,
        _ => return None,
    };
    Some(docker_words(&command[start + 1 + skipped..]))
}

pub(super) fn docker_words(arguments: &[String]) -> BuildWords {
    /// Flags without a value; all others take one.
    const SWITCHES: [&str; 16] = [
        "--no-cache",
        "--pull",
        "--push",
        "--load",
        "--quiet",
        "-q",
        "--rm",
        "--force-rm",
        "--squash",
        "--compress",
        "--check",
        "--debug",
        "-D",
        "--layers",
        "--disable-content-trust",
        "--help",
    ];
    let mut found = BuildWords::default();
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let (flag, value) = match word.split_once('=') {
            Some((flag, value)) if flag.starts_with('-') => (flag, Some(value)),
            _ => (word, None),
        };
        if !flag.starts_with('-') || flag == "-" {
            // An expression such as `{{tag}}` of a task runner is no context.
            if !word.starts_with("{{") {
                found.context = Some(word.to_owned());
            }
            continue;
        }
        if SWITCHES.contains(&flag) {
            continue;
        }
        let short = flag.strip_prefix("-f").filter(|short| !short.is_empty() && !flag.starts_with("--"));
        let value = short.or(value).or_else(|| words.next());
        match flag {
            "--target" => found.target = value.and_then(plain),
            "-f" | "--file" => found.file = value.map(str::to_owned),
            _ if short.is_some() => found.file = value.map(str::to_owned),
            _ => {}
        }
    }
    found
}

pub(super) fn kaniko_words(arguments: &[String]) -> BuildWords {
    let value = |name: &str| {
        arguments.iter().enumerate().find_map(|(index, word)| {
            let rest = word.strip_prefix(name)?;
            rest.strip_prefix('=').map(str::to_owned).or_else(|| arguments.get(index + 1).cloned())
        })
    };
    BuildWords { file: value("--dockerfile"), context: value("--context"), target: value("--target") }
}

/// A path or name with what stands for the workspace taken away and defaults filled in; none when it depends on
/// something else, or is an address.
pub(super) fn plain(text: &str) -> Option<String> {
    const WORKSPACE: [&str; 6] = ["$(pwd)", "$PWD", "${PWD}", "$CI_PROJECT_DIR", "$GITHUB_WORKSPACE", "/workspace"];
    let text = text.trim();
    let mut text = text.to_owned();
    for name in WORKSPACE {
        let braced = name.strip_prefix('$').map(|name| format!("${{{name}}}"));
        let rest = text.strip_prefix(name).or_else(|| text.strip_prefix(braced.as_deref()?));
        if let Some(rest) = rest.filter(|rest| rest.is_empty() || rest.starts_with('/')) {
            text = format!(".{rest}");
        }
    }
    let text = words::substitute(&text, &BTreeMap::new())?;
    let is_path = !text.contains("://") && !text.starts_with("git@") && !text.contains("{{") && text != "-";
    is_path.then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::containers::words::Operators;

    fn check(command: &str, expected: Option<(&str, &str, &str)>) {
        let words = build_words(&words::split(command, Operators::Words));
        let found = words.map(|words| [words.file, words.context, words.target].map(Option::unwrap_or_default));
        let expected = expected.map(|(file, context, target)| [file, context, target].map(str::to_owned));
        assert_eq!(found, expected, "{command}");
    }

    #[test]
    fn reads_build_commands() {
        check("docker build .", Some(("", ".", "")));
        check(
            "sudo docker buildx build --push -t a:b --platform x -f d/F --target=prod ctx",
            Some(("d/F", "ctx", "prod")),
        );
        check("docker image build --file=F --build-arg A=1 --no-cache .", Some(("F", ".", "")));
        check("podman build -fF -q .", Some(("F", ".", "")));
        check("/kaniko/executor --context $X --dockerfile=F", Some(("F", "$X", "")));
        check("docker run build .", None);
    }

    #[test]
    fn fills_in_the_workspace() {
        assert_eq!(plain("${CI_PROJECT_DIR}/a").as_deref(), Some("./a"));
        assert_eq!(plain("$PWD").as_deref(), Some("."));
        assert_eq!(plain("${TARGET:-prod}").as_deref(), Some("prod"));
        assert_eq!(plain("$X/a"), None);
        assert_eq!(plain("https://example.com/a.git"), None);
    }
}
