//! `plimsoll test --watch` and `plimsoll check --watch`: what a user who edits a plugin or a repository sees. Nothing here waits for a time: what is said is read as it
//! comes, and a watch that says nothing any more is killed.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::Child;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::packages::command_in;
use super::repository;
use super::update::{new_plugin, replace};

/// A build on a busy machine takes less.
const LONGEST: Duration = Duration::from_secs(240);

/// A running watch, ended when the test is.
struct Watch {
    process: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(folder: &std::path::Path, arguments: &[&str]) -> Self {
        let mut command = command_in(folder, arguments);
        // One pipe for both, so that the lines come in the order in which they were said.
        let (reader, writer) = std::io::pipe().unwrap();
        command.env("CARGO_NET_OFFLINE", "true").stdout(writer.try_clone().unwrap()).stderr(writer);
        let process = command.spawn().unwrap();
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(reader).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { process, lines }
    }

    /// Reads until the next run is over and gives all that was said.
    fn next_run(&self) -> Vec<String> {
        let mut said: Vec<String> = Vec::new();
        while !said.iter().any(|line| line.starts_with("watching ")) {
            let line = self.lines.recv_timeout(LONGEST);
            said.push(line.unwrap_or_else(|_| panic!("nothing more is said after {said:#?}")));
        }
        said
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn each_change_runs_the_examples_again_and_nothing_else_does() {
    let folder = new_plugin();
    let rules = folder.path().join("rules");
    let watch = Watch::start(folder.path(), &["test", "rules", "--watch"]);
    let said = watch.next_run();
    assert!(said.contains(&"4 passed, 0 failed".to_owned()), "{said:#?}");
    assert!(rules.join("Cargo.lock").is_file() && rules.join("target").is_dir(), "the build writes nothing: no test");

    // Had the build's own files been taken for changes, they would be named here or before.
    let print_call = rules.join("src/print_call.rs");
    replace(&print_call, "\"`print` in code that serves others\")", "\"printed\")");
    let said = watch.next_run();
    assert!(said.contains(&"changed: src/print_call.rs".to_owned()), "{said:#?}");
    assert!(said.iter().any(|line| line.contains("unexpected: src/app/orders.py:2: printed")), "{said:#?}");

    // What does not build is shown, and the watch goes on.
    replace(&print_call, "\"printed\")", "printed)");
    let said = watch.next_run();
    assert!(said.iter().any(|line| line.contains("the plugins do not build")), "{said:#?}");
    assert!(said.iter().any(|line| line.contains("cannot find value `printed`")), "{said:#?}");

    replace(&print_call, "printed)", "\"printed\")");
    replace(&print_call, "`print` in code that serves others", "printed");
    fs::write(rules.join("Cargo.lock"), fs::read_to_string(rules.join("Cargo.lock")).unwrap() + "\n").unwrap();
    let said = watch.next_run();
    assert_eq!(said[0], "changed: src/print_call.rs", "{said:#?}");
    assert!(said.contains(&"4 passed, 0 failed".to_owned()), "{said:#?}");
}

#[test]
fn each_change_checks_the_repository_again() {
    let folder = repository(&[("pyproject.toml", "[project]\nname = \"app\"\n"), ("src/app/main.py", "x = 1\n")]);
    let arguments = ["check", "--watch", "-q", "--format", "concise", "--select", "security/dynamic-code-execution"];
    let watch = Watch::start(folder.path(), &arguments);
    assert_eq!(watch.next_run().len(), 1, "only that it watches");
    fs::write(folder.path().join("src/app/more.py"), "def run(text):\n    return eval(text)\n").unwrap();
    let said = watch.next_run();
    assert_eq!(said[0], "changed: src/app/more.py", "{said:#?}");
    assert!(said[1].starts_with("src/app/more.py:2:12: warn[security/dynamic-code-execution]"), "{said:#?}");
    // A manifest that can't be used is said, and the watch goes on.
    fs::write(folder.path().join("plimsoll.toml"), "exlude = []\n").unwrap();
    let said = watch.next_run();
    assert!(said.iter().any(|line| line.contains("did you mean `exclude`?")), "{said:#?}");
    fs::write(folder.path().join("plimsoll.toml"), "exclude = [\"src/app/more.py\"]\n").unwrap();
    assert_eq!(watch.next_run().len(), 2, "what changed, and that it watches");
}
