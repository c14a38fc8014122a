//! `plimsoll fix`: what it changes, what it leaves alone, and what it says.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::{plimsoll, repository, run, stderr, stdout};

const PROJECT: &str =
    "[project]\nname = \"app\"\n\n# how much is tested\n[tool.coverage.run]\nsource = [\"src\"]  # ours\n";
const COMPOSE: &str = "version: \"3\"  # old\nservices:\n  app:\n    build: .\n";
const RULES: &str = "testing/missing-branch-coverage,docker/old-compose-format,structure/missing-editorconfig";

fn project() -> tempfile::TempDir {
    repository(&[("pyproject.toml", PROJECT), ("src/app/__init__.py", ""), ("compose.yaml", COMPOSE)])
}

fn fix(folder: &Path, more: &[&str]) -> Output {
    let path = folder.to_str().unwrap();
    let mut arguments = vec!["fix", path, "--root", path, "--select", RULES, "--pedantic"];
    arguments.extend(more);
    run(&arguments)
}

fn read(folder: &Path, path: &str) -> String {
    std::fs::read_to_string(folder.join(path)).unwrap()
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]).args(arguments).current_dir(folder);
    assert!(command.stdout(Stdio::null()).status().unwrap().success());
}

#[test]
fn fixes_are_applied_and_stay_applied() {
    let folder = project();
    let path = folder.path();
    let output = fix(path, &[]);
    assert!(stderr(&output).contains("fixed 3 findings in 3 files\nno findings remain"), "{}", stderr(&output));
    assert!(stdout(&output).contains("compose.yaml: fixed[docker/old-compose-format] `version` is obsolete"));
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(read(path, "pyproject.toml"), format!("{PROJECT}branch = true\n"));
    assert_eq!(read(path, "compose.yaml"), "services:\n  app:\n    build: .\n");
    assert!(read(path, ".editorconfig").contains("root = true"));
    let before: Vec<_> =
        ["pyproject.toml", "compose.yaml"].map(|file| path.join(file).metadata().unwrap().modified().unwrap()).into();
    let again = fix(path, &[]);
    assert!(stderr(&again).contains("fixed nothing\n"), "{}", stderr(&again));
    let after: Vec<_> =
        ["pyproject.toml", "compose.yaml"].map(|file| path.join(file).metadata().unwrap().modified().unwrap()).into();
    assert_eq!(before, after);
}

#[test]
fn a_difference_writes_nothing_and_can_be_applied() {
    let folder = project();
    let path = folder.path();
    let output = fix(path, &["--diff"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(read(path, "pyproject.toml"), PROJECT);
    assert!(!path.join(".editorconfig").exists());
    assert!(
        stdout(&output).contains("new file mode 100644\n--- /dev/null\n+++ b/.editorconfig"),
        "{}",
        stdout(&output)
    );
    let mut apply = Command::new("git").args(["apply", "-"]).current_dir(path).stdin(Stdio::piped()).spawn().unwrap();
    apply.stdin.take().unwrap().write_all(&output.stdout).unwrap();
    assert!(apply.wait().unwrap().success(), "{}", stdout(&output));
    assert_eq!(read(path, "pyproject.toml"), format!("{PROJECT}branch = true\n"));
    let output = fix(path, &["--diff"]);
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()));
}

#[test]
fn unsafe_fixes_are_asked_for() {
    let text = "[project]\nname = \"app\"\n\n[tool.pyright]\ntypeCheckingMode = \"basic\"\n";
    let folder = repository(&[("pyproject.toml", text), ("src/app/__init__.py", "")]);
    let root = folder.path().to_str().unwrap();
    let arguments = ["fix", root, "--root", root, "--select", "typing/lenient-type-checker"];
    let output = run(&arguments);
    assert!(stderr(&output).contains("fixed nothing; 1 more with --unsafe"), "{}", stderr(&output));
    assert_eq!(read(folder.path(), "pyproject.toml"), text);
    let check = run(&["check", root, "--root", root, "--select", "typing/lenient-type-checker"]);
    assert!(stdout(&check).contains("1 fixable with plimsoll fix --unsafe"), "{}", stdout(&check));
    let output = run(&[&arguments[..], &["--unsafe"]].concat());
    assert!(stderr(&output).contains("fixed 1 finding in 1 file"), "{}", stderr(&output));
    assert_eq!(read(folder.path(), "pyproject.toml"), text.replace("basic", "strict"));
}

#[test]
fn a_dirty_work_tree_is_left_alone_unless_told() {
    let folder = project();
    let path = folder.path();
    git(path, &["init", "-q"]);
    git(path, &["add", "."]);
    let refused = |what: &str| {
        let output = fix(path, &[]);
        assert_eq!(output.status.code(), Some(2), "{what}");
        assert!(stderr(&output).contains(what) && stderr(&output).contains("--allow-dirty"), "{}", stderr(&output));
    };
    refused("compose.yaml, pyproject.toml, src/app/__init__.py");
    git(path, &["commit", "-qm", "feat: all"]);
    std::fs::write(path.join("src/app/__init__.py"), "x = 1\n").unwrap();
    refused("not committed: src/app/__init__.py;");
    assert_eq!(fix(path, &["--diff"]).status.code(), Some(1));
    git(path, &["add", "."]);
    refused("not committed: src/app/__init__.py;");
    git(path, &["commit", "-qm", "feat: more"]);
    std::fs::remove_file(path.join("src/app/__init__.py")).unwrap();
    refused("not committed: src/app/__init__.py;");
    git(path, &["checkout", "-q", "."]);
    // A file that Git does not track is nobody's loss.
    std::fs::write(path.join("notes.txt"), "x\n").unwrap();
    let output = fix(path, &[]);
    assert!(stderr(&output).contains("fixed 3 findings"), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("not tracked by Git yet, so no check sees it: .editorconfig"),
        "{}",
        stderr(&output)
    );
    std::fs::write(path.join("compose.yaml"), COMPOSE).unwrap();
    let output = fix(path, &["--allow-dirty"]);
    assert!(stderr(&output).contains("fixed 1 finding in 1 file"), "{}", stderr(&output));
    // The editor's settings are there and not tracked: they are not overwritten.
    assert!(stderr(&output).contains(".editorconfig: is there already"), "{}", stderr(&output));
}

#[test]
fn line_ends_marks_and_permissions_stay() {
    let folder = project();
    let path = folder.path();
    let text = format!("\u{feff}{}", PROJECT.trim_end().replace('\n', "\r\n"));
    std::fs::write(path.join("pyproject.toml"), &text).unwrap();
    std::fs::set_permissions(path.join("pyproject.toml"), PermissionsExt::from_mode(0o640)).unwrap();
    fix(path, &[]);
    assert_eq!(read(path, "pyproject.toml"), format!("{text}\r\nbranch = true"));
    assert_eq!(path.join("pyproject.toml").metadata().unwrap().permissions().mode() & 0o777, 0o640);
    let left = std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!left.into_iter().any(|name| name.starts_with(".plimsoll")));
}

#[test]
fn files_that_can_not_be_written_are_named_and_the_others_fixed() {
    let folder = project();
    let path = folder.path();
    std::fs::set_permissions(path.join("pyproject.toml"), PermissionsExt::from_mode(0o444)).unwrap();
    std::fs::create_dir(path.join("other")).unwrap();
    // A link in place of the file that a fix makes.
    std::os::unix::fs::symlink("other/editorconfig", path.join(".editorconfig")).unwrap();
    let output = fix(path, &[]);
    let said = stderr(&output);
    assert!(said.contains("pyproject.toml: is read-only"), "{said}");
    assert!(said.contains(".editorconfig: is there already"), "{said}");
    assert!(said.contains("fixed 1 finding in 1 file"), "{said}");
    assert_eq!(read(path, "pyproject.toml"), PROJECT);
    assert!(!path.join("other/editorconfig").exists());
    assert!(!read(path, "compose.yaml").contains("version"));
}

/// Answers questions one by one; `before` runs when the last question has been asked.
fn answered(folder: &Path, answers: &[&str], before: impl FnOnce()) -> Output {
    let path = folder.to_str().unwrap();
    let arguments = ["fix", path, "--root", path, "--select", RULES, "--pedantic", "--interactive"];
    let mut command = plimsoll(&arguments);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut errors = child.stderr.take().unwrap();
    let mut said = Vec::new();
    let mut input = child.stdin.take().unwrap();
    let mut before = Some(before);
    for (index, answer) in answers.iter().enumerate() {
        let mut byte = [0];
        while said.iter().filter(|&&byte| byte == b'?').count() <= index {
            if std::io::Read::read(&mut errors, &mut byte).unwrap() == 0 {
                break;
            }
            said.push(byte[0]);
        }
        if index + 1 == answers.len()
            && let Some(before) = before.take()
        {
            before();
        }
        let _ = writeln!(input, "{answer}");
    }
    drop(input);
    std::io::Read::read_to_end(&mut errors, &mut said).unwrap();
    let output = child.wait_with_output().unwrap();
    Output { stderr: said, ..output }
}

#[test]
fn questions_are_answered_one_by_one() {
    let folder = project();
    let output = answered(folder.path(), &["n", "y", "q"], || ());
    let said = stderr(&output);
    assert!(said.contains("-version: \"3\"  # old"), "{said}");
    assert!(said.contains("fixed 1 finding in 1 file"), "{said}");
    let folder = project();
    let said = stderr(&answered(folder.path(), &["x", "a"], || ()));
    assert!(said.contains("fixed 3 findings in 3 files"), "{said}");
    let folder = project();
    let said = stderr(&answered(folder.path(), &["q"], || ()));
    assert!(said.contains("fixed nothing"), "{said}");
}

#[test]
fn a_file_that_changed_meanwhile_stays_as_it_is() {
    for change in ["[project]\nname = \"other\"\n", ""] {
        let folder = project();
        let path = folder.path().to_owned();
        let output = answered(folder.path(), &["a"], || match change {
            "" => std::fs::remove_file(path.join("pyproject.toml")).unwrap(),
            text => std::fs::write(path.join("pyproject.toml"), text).unwrap(),
        });
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("pyproject.toml") && said.contains("nothing was written"), "{said}");
        assert_eq!(read(&path, "compose.yaml"), COMPOSE);
        assert!(!path.join(".editorconfig").exists());
    }
}

#[test]
fn paths_choose_what_is_fixed() {
    let folder = project();
    let path = folder.path();
    let root = path.to_str().unwrap();
    let file = path.join("compose.yaml");
    let output = run(&["fix", file.to_str().unwrap(), "--root", root, "--select", RULES, "--pedantic"]);
    assert!(stderr(&output).contains("fixed 1 finding in 1 file"), "{}", stderr(&output));
    assert_eq!(read(path, "pyproject.toml"), PROJECT);
}

#[test]
fn what_the_baseline_accepts_is_left_alone() {
    let folder = repository(&[("pyproject.toml", PROJECT), ("src/app/__init__.py", "")]);
    let path = folder.path();
    let output = run(&["baseline", path.to_str().unwrap(), "--root", path.to_str().unwrap()]);
    assert!(output.status.success(), "{}", stderr(&output));
    std::fs::write(path.join("compose.yaml"), COMPOSE).unwrap();
    let output = fix(path, &[]);
    assert!(stdout(&output).contains("fixed[docker/old-compose-format]"), "{}", stdout(&output));
    assert_eq!(read(path, "compose.yaml"), "services:\n  app:\n    build: .\n");
    assert_eq!(read(path, "pyproject.toml"), PROJECT);
}
