//! Programs that carry their sections compiled: no first run compiles them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use super::{root, run, stderr, stdout};

const CHECK: &[&str] = &["check", "tests/examples/service", "-q", "--format", "concise", "--no-cache"];

/// Runs a program with caches of its own.
fn run_with(program: &Path, home: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).env("XDG_CACHE_HOME", home).env("XDG_CONFIG_HOME", home).current_dir(root());
    command.output().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn a_program_carries_its_sections_compiled() {
    let folder = tempfile::tempdir().unwrap();
    let (program, home) = (folder.path().join("plimsoll"), folder.path().join("home"));
    let output = run(&["precompile", "--output", program.to_str().unwrap()]);
    assert!(output.status.success() && stderr(&output).contains(" sections, "), "{}", stderr(&output));

    let checked = run_with(&program, &home, CHECK);
    assert_eq!(stdout(&checked), stdout(&run(CHECK)), "{}", stderr(&checked));
    assert_eq!((checked.status.code(), stderr(&checked).as_str()), (Some(1), ""));
    assert!(!home.join("plimsoll/compiled").exists(), "something was compiled");

    // One that carries them already does not carry them twice.
    let again = folder.path().join("again");
    let output = run_with(&program, &home, &["precompile", "-o", again.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(fs::metadata(&program).unwrap().len(), fs::metadata(&again).unwrap().len());

    // Cut off, it compiles what it needs.
    let file = fs::File::options().write(true).open(&again).unwrap();
    file.set_len(fs::metadata(&again).unwrap().len() - 1).unwrap();
    drop(file);
    let arguments: Vec<&str> = CHECK.iter().copied().chain(["--select", "git"]).collect();
    let checked = run_with(&again, &home, &arguments);
    assert_eq!(stderr(&checked), "");
    assert_eq!(fs::read_dir(home.join("plimsoll/compiled")).unwrap().count(), 1);
}
