//! Options of command lines: which ones are followed by a value, and where they end.

/// Index after the options that begin at `start`; a `--` ends them. `valued` are options whose value is the next word.
pub(super) fn after_options(words: &[&str], start: usize, valued: &[&str]) -> usize {
    let mut index = start;
    while let Some(word) = words.get(index) {
        if *word == "--" {
            return index + 1;
        }
        if !word.starts_with('-') || *word == "-" {
            return index;
        }
        index += if valued.contains(word) { 2 } else { 1 };
    }
    index.min(words.len())
}

/// The value of an option that stands between two indexes: `-C x`, `-C=x`, `--folder x`.
pub(super) fn option_value<'a>(words: &[&'a str], names: &[&str]) -> Option<&'a str> {
    words.iter().enumerate().find_map(|(index, word)| {
        names.iter().find_map(|name| match word.strip_prefix(name)? {
            "" => words.get(index + 1).copied(),
            rest => rest.strip_prefix('='),
        })
    })
}

pub(super) const UV: &[&str] = &[
    "--directory",
    "--project",
    "--config-file",
    "--cache-dir",
    "--color",
    "--allow-insecure-host",
    "--python-preference",
];
pub(super) const UV_RUN: &[&str] = &[
    "--with",
    "--with-editable",
    "--with-requirements",
    "--group",
    "--no-group",
    "--only-group",
    "--extra",
    "--no-extra",
    "--env-file",
    "-p",
    "--python",
    "--project",
    "--directory",
    "--package",
    "--index",
    "--default-index",
    "-i",
    "--index-url",
    "--extra-index-url",
    "-f",
    "--find-links",
    "-P",
    "--upgrade-package",
    "--refresh-package",
    "--reinstall-package",
    "--resolution",
    "--prerelease",
    "--exclude-newer",
    "--link-mode",
    "-C",
    "--config-setting",
    "--cache-dir",
    "--config-file",
    "--color",
    "--python-platform",
    "-w",
    "--no-build-package",
    "--no-binary-package",
    "--allow-insecure-host",
    "--keyring-provider",
    "--index-strategy",
    "--from",
    "--python-preference",
    "-c",
    "--constraints",
    "--overrides",
];
pub(super) const DOCKER_RUN: &[&str] = &[
    "-v",
    "--volume",
    "-e",
    "--env",
    "-p",
    "--publish",
    "-w",
    "--workdir",
    "-u",
    "--user",
    "--name",
    "--network",
    "--net",
    "--entrypoint",
    "--env-file",
    "--mount",
    "-h",
    "--hostname",
    "--platform",
    "--memory",
    "-m",
    "--cpus",
    "--add-host",
    "--label",
    "-l",
    "--link",
    "--restart",
    "--shm-size",
    "--tmpfs",
    "--ulimit",
    "--gpus",
    "--ipc",
    "--pid",
    "--cap-add",
    "--cap-drop",
    "--security-opt",
    "--device",
    "--dns",
    "--expose",
    "--log-driver",
    "--log-opt",
    "--pull",
    "--runtime",
    "--stop-signal",
    "--volumes-from",
    "--cidfile",
    "-c",
    "--cpu-shares",
    "--userns",
    "--group-add",
    "--index",
];
pub(super) const DOCKER: &[&str] = &["-H", "--host", "-c", "--context", "--config", "-l", "--log-level"];
pub(super) const COMPOSE: &[&str] = &[
    "-f",
    "--file",
    "-p",
    "--project-name",
    "--env-file",
    "--profile",
    "--project-directory",
    "--progress",
    "--ansi",
    "--parallel",
];
pub(super) const NODE: &[&str] =
    &["-p", "--package", "-w", "--workspace", "--filter", "-C", "--dir", "--prefix", "--cwd"];
pub(super) const CONDA: &[&str] = &["-n", "--name", "-p", "--prefix", "--cwd", "-e", "--env"];
