//! Tests at the command line: what a user types and sees.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

mod baseline;
mod bench;
mod bindings;
mod broken_configurations;
mod check;
mod examples;
mod first_run;
mod fix;
mod guesses;
mod guests;
mod hostile_components;
mod hostile_plugins;
mod hostile_repositories;
mod house;
mod integrations;
mod interfaces;
mod new;
mod outputs;
mod packages;
mod readme;
mod registries;
mod reproducible;
mod results;
mod server;
mod signatures;
mod since;
mod suppressions;
mod tidy;
mod typescript;
mod update;
mod watch;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The root of the project.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The command under test, with a cache of its own.
fn plimsoll(arguments: &[&str]) -> Command {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_plimsoll"));
    command.args(arguments).env("XDG_CACHE_HOME", home.join("cache")).env("XDG_CONFIG_HOME", home.join("config"));
    command.env_remove("NO_COLOR").env_remove("COLUMNS").current_dir(root());
    command
}

fn run(arguments: &[&str]) -> Output {
    plimsoll(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with these files.
fn repository(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

/// Checks a folder and returns the report and the exit code.
fn check(folder: &Path, more: &[&str]) -> (serde_json::Value, i32) {
    let path = folder.to_str().unwrap();
    let mut arguments = vec!["check", path, "--root", path, "--format", "json", "-q"];
    arguments.extend(more);
    let output = run(&arguments);
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}{}", stdout(&output), stderr(&output)));
    (report, output.status.code().unwrap())
}
