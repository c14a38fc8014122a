//! Repositories that do harm: the host reads nothing outside, never hangs, and checks everything else.

use std::fs;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use super::{check, plimsoll, repository, stderr};

const PROJECT: (&str, &str) = ("pyproject.toml", "[project]\nname = \"a\"\n");
const EVAL: (&str, &str) = ("src/a/bad.py", "def f(x):\n    return eval(x)\n");

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
fn links_pipes_and_sockets_are_not_followed() {
    let outside = repository(&[("secret.py", "eval(input())\n")]);
    let folder = repository(&[PROJECT, EVAL]);
    symlink(outside.path(), folder.path().join("outside")).unwrap();
    symlink(outside.path().join("secret.py"), folder.path().join("src/a/link.py")).unwrap();
    symlink("..", folder.path().join("src/circle")).unwrap();
    symlink("/dev/zero", folder.path().join("zero.toml")).unwrap();
    let _socket = UnixListener::bind(folder.path().join("socket.py")).unwrap();
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe.toml")).status().unwrap().success());
    let blamed = blamed(folder.path());
    assert!(!blamed.iter().any(|line| line.contains("link.py") || line.contains("outside")), "{blamed:?}");
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
    let blamed = blamed(folder.path());
    for name in ["latin.py", "wide.py"] {
        assert!(blamed.contains(&format!("src/a/{name} plimsoll/unreadable-file")), "{blamed:?}");
    }
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
        ("ruff.toml", &format!("a = {}", "[".repeat(100_000))),
        ("pyrightconfig.json", &"[".repeat(100_000)),
    ]);
    let blamed = blamed(folder.path());
    for path in ["pyproject.toml", ".github/workflows/ci.yml", ".pre-commit-config.yaml"] {
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
    let script = "i=0; while [ $i -lt 4000 ]; do mkdir d && cd d || exit 0; i=$((i + 1)); done; : > deep.py";
    Command::new("sh").args(["-c", script]).current_dir(folder.path()).status().unwrap();
    let name = <std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(b"src/a/caf\xe9.py");
    {
        fs::write(folder.path().join(name), "x = 1\n").unwrap();
    }
    blamed(folder.path());
    // The standard library's own removal follows the depth as well as it can; `rm` is sure.
    Command::new("rm").arg("-rf").arg(folder.path().join("d")).status().unwrap();
}

#[test]
fn a_broken_or_bare_git_folder_is_no_obstacle() {
    for (path, text) in [(".git/HEAD", "nonsense"), (".git/index", "DIRC garbage"), (".git", "gitdir: /nowhere\n")] {
        let folder = repository(&[PROJECT, EVAL, (path, text)]);
        blamed(folder.path());
    }
}

#[test]
fn a_check_runs_in_little_address_space() {
    let folder = repository(&[PROJECT, EVAL]);
    let plain = plimsoll(&[]);
    let mut command = Command::new("bash");
    command.args(["-c", "ulimit -v 8000000 && exec \"$0\" check \"$1\" -q --format concise"]);
    command.arg(plain.get_program()).arg(folder.path());
    for (name, value) in plain.get_envs() {
        value.map(|value| command.env(name, value));
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}
