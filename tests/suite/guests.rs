//! Plugins in Python and JavaScript, built with the real tools: two that a platform team could have, two that do harm,
//! and the SDKs themselves. CI installs the tools and says where they are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{check, plimsoll, repository, root, stderr, stdout};

/// The folder of programs that a test needs, where it is there.
pub(super) fn tools(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

/// A language of plugins: the variable with its tools, and the folder of its SDK.
struct Language {
    tools: &'static str,
    sdk: &'static str,
}

const PYTHON: Language = Language { tools: "PLIMSOLL_TEST_PYTHON", sdk: "sdk/python" };
const JAVASCRIPT: Language = Language { tools: "PLIMSOLL_TEST_JAVASCRIPT", sdk: "sdk/javascript" };

/// A plugin of the tests with its SDK beside it, as `plimsoll new` puts it there.
struct Guest {
    folder: PathBuf,
    tools: String,
    path: String,
}

impl Guest {
    fn new(name: &str, language: &Language) -> Option<Self> {
        Self::copied(name, name, language)
    }

    /// The plugin under another name, for tests that change it.
    fn copied(name: &str, copied: &str, language: &Language) -> Option<Self> {
        let tools = tools(language.tools)?;
        let path = format!("{tools}:{}", std::env::var("PATH").unwrap_or_default());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("guests").join(copied);
        let _ = fs::remove_dir_all(&folder);
        copy(&root().join("tests/plugins").join(name), &folder);
        copy(&root().join(language.sdk).join("src"), &folder.join("plimsoll-sdk/src"));
        Some(Self { folder, tools, path })
    }

    /// Runs plimsoll on the plugin's folder and gives what it says; it has to succeed.
    fn plimsoll(&self, command: &str) -> String {
        let output = plimsoll(&[command, self.folder.to_str().unwrap()]).env("PATH", &self.path).output().unwrap();
        assert!(output.status.success(), "{}{}", stdout(&output), stderr(&output));
        format!("{}{}", stdout(&output), stderr(&output))
    }

    /// Writes a file of the plugin and gives what the build says of it.
    fn mistake(&self, file: &str, text: &str) -> String {
        fs::write(self.folder.join(file), text).unwrap();
        let output = plimsoll(&["build", self.folder.to_str().unwrap()]).env("PATH", &self.path).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
        stderr(&output)
    }

    /// The whole path of one of the tools.
    fn program(&self, name: &str) -> String {
        format!("{}/{name}", self.tools)
    }

    /// Runs one of the tools in the plugin's folder; it has to succeed.
    fn run(&self, program: &str, arguments: &[&str]) {
        tool(&self.folder, &self.path, program, arguments);
    }
}

fn tool(folder: &Path, path: &str, program: &str, arguments: &[&str]) {
    let mut command = Command::new(program);
    let output = command.args(arguments).env("PATH", path).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{program} {arguments:?}: {}{}", stdout(&output), stderr(&output));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if name != "__pycache__" && name != "target" {
                copy(&path, &to.join(name));
            }
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

#[test]
fn rules_of_a_platform_team_in_python() {
    let Some(guest) = Guest::new("resilience", &PYTHON) else { return };
    guest.run("ruff", &["check"]);
    guest.run("ruff", &["format", "--check"]);
    guest.run("pyright", &["--pythonpath", &guest.program("python")]);
    guest.run("pytest", &["-q"]);
    assert!(guest.plimsoll("test").contains("14 passed, 0 failed"));
}

#[test]
fn rules_of_a_platform_team_in_typescript() {
    let Some(guest) = Guest::new("delivery", &JAVASCRIPT) else { return };
    guest.run("tsc", &[]);
    assert!(guest.plimsoll("test").contains("16 passed, 0 failed"));
    let said = guest.plimsoll("build");
    assert!(said.contains("it imports nothing but `plimsoll:plugin` 0.1.0"), "{said}");
}

/// The errors of a hostile plugin's rules, and the messages of what it found.
fn harm(guest: &Guest, name: &str) -> (Vec<(String, String, String)>, Vec<String>) {
    guest.plimsoll("build");
    let folder = repository(&[("pyproject.toml", "[project]\nname = \"a\"\n"), ("app.py", "é = 'ü'\n")]);
    let (report, code) = check(folder.path(), &["--plugin", guest.folder.to_str().unwrap(), "--select", name]);
    assert_eq!(code, 3, "{report:#}");
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let errors = report["errors"].as_array().unwrap().iter();
    let errors = errors.map(|error| {
        let rule = text(&error["rule"]).split_once('/').unwrap().1.to_owned();
        (rule, text(&error["kind"]), text(&error["message"]))
    });
    let findings = report["findings"].as_array().unwrap().iter().map(|finding| text(&finding["message"]));
    (errors.collect(), findings.collect())
}

fn assert_harm(guest: &Guest, name: &str, expected: &[(&str, &str, &str)]) {
    let (errors, findings) = harm(guest, name);
    assert_eq!(errors.len(), expected.len(), "{errors:#?}");
    for ((rule, kind, message), expected) in errors.iter().zip(expected) {
        assert_eq!((rule.as_str(), kind.as_str()), (expected.0, expected.1), "{message}");
        assert!(message.contains(expected.2), "{rule}: {message}");
    }
    for message in ["an honest finding", "said before the loop"] {
        assert!(findings.iter().any(|found| found == message), "{message} is lost");
    }
}

#[test]
fn harmful_rules_in_python_are_stopped_and_named() {
    let Some(guest) = Guest::new("hostile-python", &PYTHON) else { return };
    let expected = [
        ("a-loop", "fuel", "it loops"),
        ("b-memory", "memory", "256 MiB"),
        ("c-recursion", "panic", "RecursionError: maximum recursion depth exceeded"),
        (
            "d-exception",
            "panic",
            "File \"hostile_python/__init__.py\", line 38, in d_exception\nKeyError: 'the missing key'",
        ),
        ("e-flood", "output", "2000 findings"),
        ("f-output", "output", "4 MiB"),
        ("g-undeclared", "undeclared", "builtins.eval"),
        ("h-exit", "panic", "SystemExit: 0"),
        ("i-files", "trap", "wants a file"),
        ("j-network", "trap", "the network"),
    ];
    assert_harm(&guest, "hostile-python", &expected);
}

#[test]
fn harmful_rules_in_javascript_are_stopped_and_named() {
    let Some(guest) = Guest::new("hostile-javascript", &JAVASCRIPT) else { return };
    let expected = [
        ("a-loop", "fuel", "it loops"),
        ("b-memory", "memory", "256 MiB"),
        ("c-recursion", "stack", "it recurses without end"),
        ("d-exception", "panic", "of undefined\n    at <anonymous> (/src/plugin.js:"),
        ("e-flood", "output", "2000 findings"),
        ("f-output", "output", "4 MiB"),
        ("g-undeclared", "undeclared", "builtins.eval"),
        ("h-thrown", "panic", "thrown: a text that is no error"),
        ("i-expression", "fuel", "it loops"),
    ];
    assert_harm(&guest, "hostile-javascript", &expected);
}

#[test]
fn python_and_javascript_see_the_same_facts() {
    let guests = [Guest::new("mirror-python", &PYTHON), Guest::new("mirror-javascript", &JAVASCRIPT)];
    let [Some(python), Some(javascript)] = guests else { return };
    let seen = |guest: &Guest| {
        guest.plimsoll("build");
        let plugin = guest.folder.to_str().unwrap();
        let (report, _) = check(&root().join("tests/examples/service"), &["--plugin", plugin, "--select", "mirror"]);
        assert_eq!(report["errors"], serde_json::json!([]));
        let messages = report["findings"].as_array().unwrap().iter();
        messages.map(|finding| finding["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let (left, right) = (seen(&python), seen(&javascript));
    assert_eq!(left, right);
    assert_eq!(left.len(), 28);
    // Nothing is compared where nothing was found.
    for query in ["calls", "definitions", "dockerfiles", "documents", "hooks", "lineages", "search", "workflows"] {
        assert!(left.iter().any(|message| message.starts_with(&format!("{query}: "))), "{query}");
        assert!(!left.iter().any(|message| message.starts_with(&format!("{query}: 0 "))), "{query}");
    }
}

#[test]
fn mistakes_of_an_author_are_said_in_the_languages_words() {
    if let Some(guest) = Guest::copied("hostile-python", "broken-python", &PYTHON) {
        let said = guest.mistake("src/hostile_python/__init__.py", "import nowhere\n");
        assert!(said.contains("src/hostile_python/__init__.py\", line 1"), "{said}");
        assert!(said.contains("No module named 'nowhere'") && !said.contains("Stack backtrace"), "{said}");
        let said = guest.mistake("requirements.toml", "[[requirement]\n");
        assert!(said.contains("requirements.toml") && said.contains("line 1, column 15"), "{said}");
    }
    if let Some(guest) = Guest::copied("delivery", "broken-typescript", &JAVASCRIPT) {
        let said = guest.mistake("src/plugin.ts", "const number: number = 'text';\n");
        assert!(said.contains("src/plugin.ts(1,7): error TS2322"), "{said}");
        let said = guest.mistake("package.json", "{\"name\": \"a\", \"version\": \"1.0.0\", \"main\": \"../a.js\"}");
        assert!(said.contains("`main` names ../a.js, which is no file of the plugin"), "{said}");
    }
}

#[test]
fn the_sdk_for_python_is_clean_and_fits_the_interface() {
    let Some(tools) = tools(PYTHON.tools) else { return };
    let path = format!("{tools}:{}", std::env::var("PATH").unwrap_or_default());
    let sdk = root().join(PYTHON.sdk);
    tool(&sdk, &path, "ruff", &["check", "--no-cache"]);
    tool(&sdk, &path, "ruff", &["format", "--check", "--no-cache"]);
    tool(&sdk, &path, "pyright", &["--pythonpath", &format!("{tools}/python")]);
    tool(&sdk, &path, "pytest", &["-q", "-p", "no:cacheprovider"]);

    let folder = tempfile::tempdir().unwrap();
    let wit = root().join("wit");
    let arguments =
        ["--quiet", "--wit-path", wit.to_str().unwrap(), "--world", "plugin", "--world-module", "plimsoll_wit"];
    let arguments = [&arguments[..], &["bindings", "."]].concat();
    tool(folder.path(), &path, "componentize-py", &arguments);
    for name in ["componentize_py_types.py", "plimsoll_wit"] {
        let mut differ = Command::new("diff");
        differ
            .args(["--recursive", "--exclude=__pycache__"])
            .arg(folder.path().join(name))
            .arg(sdk.join("src").join(name));
        let output = differ.output().unwrap();
        assert!(output.status.success(), "{}\ncopy it from `componentize-py … bindings`", stdout(&output));
    }
}

#[test]
fn the_sdk_for_javascript_is_clean() {
    let Some(tools) = tools(JAVASCRIPT.tools) else { return };
    let path = format!("{tools}:{}", std::env::var("PATH").unwrap_or_default());
    tool(&root().join(JAVASCRIPT.sdk), &path, "tsc", &["--project", "."]);
}
