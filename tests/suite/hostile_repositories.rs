//! Repositories that do harm: the host reads nothing outside, never hangs, and checks everything else.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};

use cap_std::fs::Dir;

use super::{check, plimsoll, repository, stderr, stdout};

const PROJECT: (&str, &str) = ("pyproject.toml", "[project]\nname = \"a\"\n");
const EVAL: (&str, &str) = ("src/a/bad.py", "def f(x):\n    return eval(x)\n");

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

/// A repository with one commit.
fn committed() -> tempfile::TempDir {
    let folder = repository(&[PROJECT, EVAL]);
    git(folder.path(), &["init", "--quiet"]);
    git(folder.path(), &["add", "--all"]);
    git(folder.path(), &["commit", "--quiet", "--message", "begin"]);
    folder
}

fn git(folder: &Path, arguments: &[&str]) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]);
    let output = command.args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

/// What the checked files are blamed for, less what a bare project lacks.
fn blamed(folder: &Path) -> Vec<String> {
    let (report, code) = check(folder, &[]);
    assert!(code <= 1, "exit code {code}: {}", report["errors"]);
    let name = |finding: &serde_json::Value| {
        format!("{} {}", finding["path"].as_str().unwrap(), finding["rule"].as_str().unwrap())
    };
    let findings = report["findings"].as_array().unwrap().iter().map(name);
    let blamed: Vec<String> =
        findings.filter(|line| !line.contains(" structure/") && !line.contains(" quality/")).collect();
    assert!(
        blamed.iter().any(|line| line == "src/a/bad.py security/dynamic-code-execution"),
        "the rest is not checked: {blamed:?}"
    );
    blamed
}

#[test]
fn a_link_within_the_repository_is_there_without_being_followed() {
    let missing = |target: &str, is_tracked: bool| {
        let folder = repository(&[
            ("compose.yaml", "services:\n  app:\n    build: .\n"),
            ("docker/Dockerfile", "FROM python:3.13\n"),
            ("src/app/__init__.py", "x = 1\n"),
        ]);
        std::os::unix::fs::symlink(target, folder.path().join("Dockerfile")).unwrap();
        if is_tracked {
            let git = |arguments: &[&str]| {
                let output = Command::new("git").args(arguments).current_dir(folder.path()).output().unwrap();
                assert!(output.status.success());
            };
            git(&["init", "-q"]);
            git(&["add", "."]);
        }
        let (report, _) = check(folder.path(), &["--select", "structure/missing-dockerfile"]);
        !report["findings"].as_array().unwrap().is_empty()
    };
    for is_tracked in [false, true] {
        assert!(!missing("docker/Dockerfile", is_tracked));
        assert!(missing("docker/gone", is_tracked));
        assert!(missing("../../etc/passwd", is_tracked));
        assert!(missing("/etc/passwd", is_tracked));
    }
}

#[test]
fn links_pipes_and_sockets_are_not_followed() {
    let outside = repository(&[("secret.py", "eval(input())\n")]);
    let folder = repository(&[PROJECT, EVAL]);
    symlink(outside.path(), folder.path().join("outside")).unwrap();
    symlink(outside.path().join("secret.py"), folder.path().join("src/a/link.py")).unwrap();
    symlink("..", folder.path().join("src/circle")).unwrap();
    symlink("/dev/zero", folder.path().join("zero.toml")).unwrap();
    let _socket = UnixListener::bind(folder.path().join("socket.py")).unwrap();
    symlink("second.py", folder.path().join("src/a/first.py")).unwrap();
    symlink("first.py", folder.path().join("src/a/second.py")).unwrap();
    pipe(&folder.path().join("pipe.toml"));
    // Only root may make a device; everyone else has the link to one above.
    let device = folder.path().join("device.py");
    let _ = Command::new("mknod").arg(&device).args(["c", "1", "5"]).output().unwrap();
    let blamed = blamed(folder.path());
    let names =
        ["link.py", "outside", "circle", "first.py", "second.py", "socket.py", "pipe.toml", "zero.toml", "device.py"];
    assert!(!blamed.iter().any(|line| names.iter().any(|name| line.contains(name))), "{blamed:?}");
}

#[test]
fn files_that_are_read_by_name_may_be_pipes_and_devices() {
    let names = [".gitignore", "src/.gitignore", "plimsoll.toml", "pyproject.toml", "Dockerfile", ".git"];
    let of_git = ["HEAD", "index", "config", "packed-refs", "shallow", "commondir", "objects/info/alternates"];
    for name in names {
        for special in [pipe, |path: &Path| symlink("/dev/zero", path).unwrap()] {
            let folder = repository(&[EVAL]);
            special(&folder.path().join(name));
            if name == "plimsoll.toml" {
                let output = plimsoll(&["check"]).arg(folder.path()).output().unwrap();
                assert!(stderr(&output).contains("plimsoll.toml is no regular file"), "{}", stderr(&output));
            } else {
                blamed(folder.path());
            }
        }
    }
    for name in of_git {
        let folder = committed();
        let path = folder.path().join(".git").join(name);
        let _ = fs::remove_file(&path);
        pipe(&path);
        blamed(folder.path());
    }
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    let folder = repository(&[PROJECT, EVAL, ("src/a/secret.py", "x = 1\n")]);
    let path = folder.path().join("src/a/secret.py");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    // Root may read everything.
    let is_refused = fs::read(&path).is_err();
    let blamed = blamed(folder.path());
    assert_eq!(blamed.contains(&"src/a/secret.py plimsoll/unreadable-file".to_owned()), is_refused, "{blamed:?}");
}

#[test]
fn a_file_that_changes_while_it_is_read_is_no_obstacle() {
    let folder = repository(&[PROJECT, EVAL]);
    let path = folder.path().join("src/a/restless.py");
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (short, long) = ("x = 1\n", "y = [é, (2)]\n".repeat(100_000));
            while !is_done.load(Ordering::Relaxed) {
                // Longer, cut off in the middle, sparse and huge, gone, a pipe, a link to a device.
                fs::write(&path, short).unwrap();
                fs::write(&path, &long).unwrap();
                fs::File::options().write(true).open(&path).unwrap().set_len(long.len() as u64 / 2 + 5).unwrap();
                fs::File::options().write(true).open(&path).unwrap().set_len(8 << 30).unwrap();
                fs::remove_file(&path).unwrap();
                pipe(&path);
                fs::remove_file(&path).unwrap();
                symlink("/dev/zero", &path).unwrap();
                fs::remove_file(&path).unwrap();
            }
        });
        let outcome = std::panic::catch_unwind(|| (0..20).for_each(|_| drop(blamed(folder.path()))));
        is_done.store(true, Ordering::Relaxed);
        outcome.unwrap();
    });
}

#[test]
fn texts_in_any_encoding_are_read_or_named() {
    let folder =
        repository(&[PROJECT, EVAL, ("src/a/crlf.py", "x = 1\r\ny = 2\r\n"), ("src/a/cr.py", "x = 1\ry = 2\r")]);
    let path = |name: &str| folder.path().join("src/a").join(name);
    fs::write(path("latin.py"), b"x = '\xe9'\n").unwrap();
    fs::write(path("wide.py"), b"\xff\xfex\0=\0y\0\n\0").unwrap();
    fs::write(path("mark.py"), b"\xef\xbb\xbfx = 1\n").unwrap();
    fs::write(path("nul.py"), b"x = 1\n\0\n").unwrap();
    for name in ["Dockerfile", "Makefile", ".github/workflows/ci.yml", "b/pyproject.toml", ".pre-commit-config.yaml"] {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, b"# \xe9\n").unwrap();
    }
    let blamed = blamed(folder.path());
    for name in ["src/a/latin.py", "src/a/wide.py", "Dockerfile", ".github/workflows/ci.yml", "b/pyproject.toml"] {
        assert!(blamed.contains(&format!("{name} plimsoll/unreadable-file")), "{name}: {blamed:?}");
    }
    assert!(blamed.contains(&"src/a/nul.py plimsoll/invalid-file".to_owned()), "{blamed:?}");
    for name in ["crlf.py", "cr.py", "mark.py"] {
        assert!(!blamed.iter().any(|line| line.contains(name)), "{blamed:?}");
    }
}

#[test]
fn giants_and_depths_are_refused() {
    let folder = repository(&[PROJECT, EVAL]);
    fs::File::create(folder.path().join("src/a/giant.py")).unwrap().set_len(8 << 30).unwrap();
    fs::File::create(folder.path().join("giant.yaml")).unwrap().set_len(8 << 30).unwrap();
    let many = 100_000;
    let shapes = [
        ("brackets", "(".repeat(many)),
        ("unary", "-".repeat(many) + "1"),
        ("binary", "1+".repeat(many) + "1"),
        ("calls", format!("x{}", ".b()".repeat(many))),
        ("lambda", "lambda: ".repeat(many) + "1"),
        ("conditional", "x if y else ".repeat(many) + "z"),
        ("subscript", format!("x{}", "[0]".repeat(many))),
        ("pattern", format!("match x:\n    case {}1:\n        pass\n", "[".repeat(many))),
        ("format", format!("f'{}", "{f'".repeat(many))),
    ];
    for (name, text) in &shapes {
        fs::write(folder.path().join(format!("src/a/{name}.py")), text).unwrap();
    }
    let blamed = blamed(folder.path());
    for (name, _) in &shapes {
        assert!(blamed.contains(&format!("src/a/{name}.py plimsoll/invalid-file")), "{name}: {blamed:?}");
    }
    assert!(blamed.contains(&"src/a/giant.py plimsoll/unreadable-file".to_owned()), "{blamed:?}");
}

#[test]
fn broken_and_exploding_documents_are_named() {
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        bomb.push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", ")));
    }
    let folder = repository(&[
        ("pyproject.toml", "[project\nname = \"a\"\n"),
        EVAL,
        ("Dockerfile", "FROM python:3.12\nNONSENSE x\nRUN [\"a\n"),
        (".pre-commit-config.yaml", &bomb),
        (".github/workflows/ci.yml", "on: push\njobs: [1\n"),
        ("compose.yaml", &bomb),
        (".github/workflows/deep.yml", &"- ".repeat(100_000)),
        ("ruff.toml", &format!("a = {}", "[".repeat(100_000))),
        // Beside a project that can be read: only its rules ask for this file.
        ("b/pyproject.toml", "[project]\nname = \"b\"\n"),
        ("b/pyrightconfig.json", &"[".repeat(100_000)),
        ("b/src/b/__init__.py", ""),
    ]);
    let blamed = blamed(folder.path());
    for path in [
        "pyproject.toml",
        "Dockerfile",
        ".pre-commit-config.yaml",
        "compose.yaml",
        ".github/workflows/ci.yml",
        ".github/workflows/deep.yml",
        "ruff.toml",
        "b/pyrightconfig.json",
    ] {
        assert!(blamed.contains(&format!("{path} plimsoll/invalid-file")), "{path}: {blamed:?}");
    }
}

#[test]
fn many_files_and_deep_folders_are_survived() {
    let folder = repository(&[PROJECT, EVAL]);
    fs::create_dir(folder.path().join("many")).unwrap();
    for number in 0..100_000 {
        fs::write(folder.path().join(format!("many/{number}.txt")), "").unwrap();
    }
    // One step after the other: no system takes a path of this length at once.
    let mut deep = Dir::open_ambient_dir(folder.path(), cap_std::ambient_authority()).unwrap();
    for _ in 0..4_000 {
        deep.create_dir("d").unwrap();
        deep = deep.open_dir("d").unwrap();
    }
    deep.write("deep.py", "eval(input())\n").unwrap();
    let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"src/a/caf\xe9.py");
    {
        fs::write(folder.path().join(name), "x = 1\n").unwrap();
    }
    let blamed = blamed(folder.path());
    let deep: Vec<_> = blamed.iter().filter(|line| line.starts_with("d/d/")).collect();
    assert!(deep.len() == 1 && deep[0].ends_with("d plimsoll/unreadable-file"), "{deep:?}");
    // The standard library's own removal follows the depth as well as it can; `rm` is sure.
    Command::new("rm").arg("-rf").arg(folder.path().join("d")).status().unwrap();
}

#[test]
fn a_broken_or_bare_git_folder_is_no_obstacle() {
    for (path, text) in [(".git/HEAD", "nonsense"), (".git/index", "DIRC garbage"), (".git", "gitdir: /nowhere\n")] {
        let folder = repository(&[PROJECT, EVAL, (path, text)]);
        blamed(folder.path());
    }
    let folder = committed();
    git(folder.path(), &["config", "core.bare", "true"]);
    blamed(folder.path());
    // The files of a bare repository beside those of a project.
    let folder = repository(&[PROJECT, EVAL]);
    git(folder.path(), &["init", "--quiet", "--bare"]);
    blamed(folder.path());
}

#[test]
fn a_shallow_history_and_one_with_holes_are_no_obstacle() {
    let folder = committed();
    git(folder.path(), &["commit", "--quiet", "--allow-empty", "--message", "go on"]);
    let clone = tempfile::tempdir().unwrap();
    let url = format!("file://{}", folder.path().display());
    git(clone.path(), &["clone", "--quiet", "--depth", "1", &url, "."]);
    assert!(clone.path().join(".git/shallow").is_file());
    blamed(clone.path());
    for entry in fs::read_dir(folder.path().join(".git/objects")).unwrap().map(Result::unwrap) {
        fs::remove_dir_all(entry.path()).unwrap();
    }
    blamed(folder.path());
}

#[test]
fn a_check_runs_in_little_address_space() {
    let folder = repository(&[PROJECT, EVAL]);
    let output = limited("-v 8000000", folder.path());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}

#[test]
fn more_folders_than_may_be_open_at_once_are_read() {
    let folder = repository(&[PROJECT]);
    for number in 0..200 {
        let package = folder.path().join(format!("src/app/part_{number:03}"));
        fs::create_dir_all(&package).unwrap();
        fs::write(package.join("__init__.py"), "eval(input())\n").unwrap();
    }
    let output = limited("-n 100", folder.path());
    let found = stdout(&output).lines().filter(|line| line.contains("dynamic-code-execution")).count();
    assert_eq!(found, 200, "{}", stderr(&output));
}

/// Checks a folder under a limit of the shell's `ulimit`.
fn limited(limit: &str, folder: &Path) -> Output {
    let plain = plimsoll(&[]);
    let mut command = Command::new("bash");
    command.args(["-c", &format!("ulimit {limit} && exec \"$0\" check \"$1\" -q --format concise")]);
    command.arg(plain.get_program()).arg(folder);
    for (name, value) in plain.get_envs() {
        value.map(|value| command.env(name, value));
    }
    command.output().unwrap()
}
