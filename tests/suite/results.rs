//! Reports that are taken from an earlier run: the same bytes as those of a run that does everything anew, whatever
//! was edited in between.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::{plimsoll, repository, stderr, stdout};

const MODULE: &str = "import pickle\n\n\ndef read(data: bytes) -> object:\n    return pickle.loads(data)\n";
const WORKFLOW: &str = "on: push\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: pytest\n";

/// Something that is done to a repository.
type Edit = fn(&Path);

const EDITS: &[(&str, Edit)] = &[
    ("nothing", |_| {}),
    ("a text of the same length, with the old time", |root| {
        let path = root.join("src/app/store.py");
        let time = fs::metadata(&path).unwrap().modified().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let other =
            if text.contains("pickle") { text.replace("pickle", "picked") } else { text.replace("picked", "pickle") };
        fs::write(&path, other).unwrap();
        File::options().append(true).open(&path).unwrap().set_modified(time).unwrap();
    }),
    ("touched", |root| {
        let text = fs::read(root.join("src/app/store.py")).unwrap();
        fs::write(root.join("src/app/store.py"), text).unwrap();
    }),
    ("a new file", |root| fs::write(root.join("src/app/more.py"), "eval(input())\n").unwrap()),
    ("a file that is tracked", |root| git(root, &["add", "-A"])),
    ("two files that change places", |root| {
        fs::rename(root.join("src/app/store.py"), root.join("held")).unwrap();
        fs::rename(root.join("src/app/more.py"), root.join("src/app/store.py")).unwrap();
        fs::rename(root.join("held"), root.join("src/app/more.py")).unwrap();
    }),
    ("a commit", |root| git(root, &["commit", "-qam", "changed things"])),
    ("a tag", |root| git(root, &["tag", "version-one"])),
    ("a comment that silences", |root| {
        let line = "eval(input())  # plimsoll: allow(security/dynamic-code-execution) -- a calculator\n";
        fs::write(root.join("src/app/store.py"), line).unwrap();
    }),
    ("a manifest", |root| fs::write(root.join("plimsoll.toml"), "[rules]\nsecurity = \"warn\"\n").unwrap()),
    ("another level", |root| fs::write(root.join("plimsoll.toml"), "[rules]\nsecurity = \"deny\"\n").unwrap()),
    ("a file that may be executed", |root| {
        fs::set_permissions(root.join("run.sh"), fs::Permissions::from_mode(0o755)).unwrap();
    }),
    ("broken YAML", |root| fs::write(root.join(".github/workflows/ci.yml"), "on: [push\n").unwrap()),
    ("no workflow", |root| fs::remove_file(root.join(".github/workflows/ci.yml")).unwrap()),
    ("a link in its place", |root| {
        std::os::unix::fs::symlink("../../run.sh", root.join(".github/workflows/ci.yml")).unwrap();
    }),
    ("the state of before", |root| git(root, &["checkout", "-q", "HEAD", "--", "."])),
];

fn git(root: &Path, arguments: &[&str]) {
    let identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com", "-c", "commit.gpgsign=false"];
    let mut command = Command::new("git");
    command.arg("-C").arg(root).args(identity).args(arguments);
    assert!(command.env("GIT_CONFIG_GLOBAL", "/dev/null").status().unwrap().success(), "git {arguments:?}");
}

fn sample() -> tempfile::TempDir {
    let folder = repository(&[
        ("pyproject.toml", "[project]\nname = \"app\"\nversion = \"1\"\nrequires-python = \">=3.12\"\n"),
        ("src/app/__init__.py", ""),
        ("src/app/store.py", MODULE),
        ("tests/test_store.py", "def test_nothing() -> None: ...\n"),
        ("run.sh", "pytest\n"),
        (".github/workflows/ci.yml", WORKFLOW),
    ]);
    git(folder.path(), &["init", "-q", "-b", "main"]);
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["commit", "-qm", "feat: first"]);
    folder
}

/// Checks a folder with a cache of reports in a place of its own, and gives all that was printed.
fn report(root: &Path, cache: &Path, more: &[&str]) -> String {
    let mut command = plimsoll(&["check", "-q", "--format", "json"]);
    // Compiled plugins are those of all tests.
    let shared = command.get_envs().find_map(|(name, value)| (name == "XDG_CACHE_HOME").then_some(value?.to_owned()));
    let (own, shared) = (cache.join("plimsoll"), Path::new(&shared.unwrap()).join("plimsoll/compiled"));
    if !own.exists() {
        fs::create_dir(&own).unwrap();
        fs::set_permissions(&own, fs::Permissions::from_mode(0o700)).unwrap();
        fs::create_dir_all(&shared).unwrap();
        let copy = Command::new("cp").arg("-R").arg(&shared).arg(own.join("compiled")).status().unwrap();
        assert!(copy.success());
        fs::set_permissions(own.join("compiled"), fs::Permissions::from_mode(0o700)).unwrap();
    }
    let output = command.env("XDG_CACHE_HOME", cache).args(more).current_dir(root).output().unwrap();
    assert!(output.status.code() < Some(2), "{}", stderr(&output));
    stdout(&output)
}

fn entries(cache: &Path) -> Vec<std::path::PathBuf> {
    files(cache, "results")
}

fn files(cache: &Path, kind: &str) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(cache.join("plimsoll").join(kind)).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_report_is_that_of_a_run_that_does_everything_anew() {
    let (folder, cache) = (sample(), tempfile::tempdir().unwrap());
    let root = folder.path();
    let mut different = std::collections::BTreeSet::new();
    for (what, edit) in EDITS {
        edit(root);
        let anew = report(root, cache.path(), &["--no-cache"]);
        assert_eq!(report(root, cache.path(), &[]), anew, "{what}");
        assert_eq!(report(root, cache.path(), &[]), anew, "{what}, once more");
        different.insert(anew);
    }
    assert!(different.len() >= 8, "the edits make no difference: {}", different.len());
    assert!(!entries(cache.path()).is_empty());
}

#[test]
fn what_is_asked_for_counts() {
    let (folder, cache) = (sample(), tempfile::tempdir().unwrap());
    let check = |more: &[&str]| {
        let anew = report(folder.path(), cache.path(), &[more, &["--no-cache"]].concat());
        report(folder.path(), cache.path(), more);
        assert_eq!(report(folder.path(), cache.path(), more), anew, "{more:?}");
    };
    check(&[]);
    check(&["--pedantic"]);
    check(&["--select", "security"]);
    check(&["-A", "security"]);
    check(&["src"]);
    // As many as are kept of one repository.
    for section in ["ci", "docker", "git", "quality", "stack", "testing", "typing"] {
        report(folder.path(), cache.path(), &["--select", section]);
    }
    assert_eq!(entries(cache.path()).len(), 8);
}

#[test]
fn damaged_reports_are_made_anew() {
    let (folder, cache) = (sample(), tempfile::tempdir().unwrap());
    let anew = report(folder.path(), cache.path(), &[]);
    for damage in [|bytes: &mut Vec<u8>| bytes.truncate(100), Vec::clear, |bytes: &mut Vec<u8>| bytes[200] ^= 1] {
        let entry = entries(cache.path()).pop().unwrap();
        let mut bytes = fs::read(&entry).unwrap();
        damage(&mut bytes);
        fs::write(&entry, &bytes).unwrap();
        assert_eq!(report(folder.path(), cache.path(), &[]), anew);
        assert!(fs::read(&entry).unwrap() != bytes, "it was not written anew");
    }
}

/// A module with something that a rule finds, and what stands above it.
fn module(above: &str) -> String {
    format!("{above}import pickle\n\n\ndef read(data: bytes) -> object:\n    return pickle.loads(data)\n")
}

#[test]
fn what_was_found_in_other_files_is_kept() {
    let (folder, cache) = (sample(), tempfile::tempdir().unwrap());
    let root = folder.path();
    for number in 0..20 {
        fs::write(root.join(format!("src/app/part{number}.py")), module("")).unwrap();
    }
    git(root, &["add", "-A"]);
    report(root, cache.path(), &[]);
    let before = fs::read(files(cache.path(), "extracts").pop().unwrap()).unwrap();
    let edits: &[(&str, Edit)] = &[
        ("a module", |root| fs::write(root.join("src/app/part3.py"), module("# More.\n")).unwrap()),
        ("a broken module", |root| fs::write(root.join("src/app/part4.py"), "def (:\n").unwrap()),
        ("a mended module", |root| fs::write(root.join("src/app/part4.py"), module("\n")).unwrap()),
        ("bytes that are no text", |root| fs::write(root.join("src/app/part5.py"), b"x = '\xff'\n").unwrap()),
        ("modules that change places", |root| {
            fs::rename(root.join("src/app/part3.py"), root.join("held")).unwrap();
            fs::rename(root.join("src/app/part6.py"), root.join("src/app/part3.py")).unwrap();
            fs::rename(root.join("held"), root.join("src/app/part6.py")).unwrap();
        }),
        ("other names of all modules", |root| {
            let text = "[project]\nname = \"src\"\nversion = \"1\"\nrequires-python = \">=3.12\"\n\
                        [tool.setuptools]\npackages = [\"src\", \"src.app\"]\n";
            fs::write(root.join("pyproject.toml"), text).unwrap();
        }),
        ("tests of all modules", |root| fs::rename(root.join("src/app"), root.join("tests/app")).unwrap()),
    ];
    for (what, edit) in edits {
        edit(root);
        git(root, &["add", "-A"]);
        let anew = report(root, cache.path(), &["--no-cache"]);
        assert_eq!(report(root, cache.path(), &[]), anew, "{what}");
    }
    let entry = files(cache.path(), "extracts").pop().unwrap();
    assert!(fs::read(&entry).unwrap() != before, "nothing new was kept");
    for damage in [|bytes: &mut Vec<u8>| bytes.truncate(50), Vec::clear, |bytes: &mut Vec<u8>| bytes[60] ^= 1] {
        let mut bytes = fs::read(&entry).unwrap();
        damage(&mut bytes);
        fs::write(&entry, &bytes).unwrap();
        entries(cache.path()).iter().for_each(|entry| fs::remove_file(entry).unwrap());
        let anew = report(root, cache.path(), &["--no-cache"]);
        assert_eq!(report(root, cache.path(), &[]), anew);
        assert!(fs::read(&entry).unwrap() != bytes, "it was not written anew");
    }
}

#[test]
fn that_guesses_count_is_found_out_once() {
    let (folder, cache) = (sample(), tempfile::tempdir().unwrap());
    let root = folder.path();
    fs::write(root.join("src/app/store.py"), format!("# plimsoll: allow(structure) -- left over\n{MODULE}")).unwrap();
    report(root, cache.path(), &[]);
    let check = || {
        let mut command = plimsoll(&["check", "-q", "--format", "concise"]);
        stdout(&command.env("XDG_CACHE_HOME", cache.path()).current_dir(root).output().unwrap())
    };
    let first = check();
    assert!(first.contains("unused-suppression"), "{first}");
    // Who reads or runs anything keeps what came of it.
    let kept = || ["extracts", "outcomes"].map(|kind| files(cache.path(), kind));
    kept().iter().flatten().for_each(|entry| fs::remove_file(entry).unwrap());
    assert_eq!(check(), first);
    assert!(kept().iter().all(Vec::is_empty), "{:?}", kept());
}
