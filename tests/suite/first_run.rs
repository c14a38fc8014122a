//! A program carries its sections compiled: no first run compiles them.

use std::process::Command;

use super::{plimsoll, root, run, stderr, stdout};

const CHECK: &[&str] = &["check", "tests/examples/service", "-q", "--format", "concise", "--no-cache"];

#[test]
fn a_first_run_compiles_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut command = plimsoll(CHECK);
    let checked = command.env("XDG_CACHE_HOME", home.path()).env("XDG_CONFIG_HOME", home.path()).output().unwrap();
    assert_eq!(stdout(&checked), stdout(&run(CHECK)), "{}", stderr(&checked));
    assert_eq!((checked.status.code(), stderr(&checked).as_str()), (Some(1), ""));
    assert!(!home.path().join("plimsoll/compiled").exists(), "something was compiled");
}

/// Where address space is limited, code with other settings is needed: it is compiled and kept.
#[test]
#[cfg(target_os = "linux")]
fn sections_are_compiled_where_their_code_does_not_fit() {
    let home = tempfile::tempdir().unwrap();
    let script = "ulimit -v 8000000; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_plimsoll")]).args(CHECK).args(["--select", "git"]);
    command.env("XDG_CACHE_HOME", home.path()).env("XDG_CONFIG_HOME", home.path()).current_dir(root());
    let checked = command.output().unwrap();
    assert_eq!(stderr(&checked), "");
    assert_eq!(stdout(&checked), stdout(&run(&[CHECK, &["--select", "git"]].concat())));
    assert_eq!(std::fs::read_dir(home.path().join("plimsoll/compiled")).unwrap().count(), 1);
}
