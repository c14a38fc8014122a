//! Projects without automated tests, or with tests elsewhere than in `tests/`.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// The project has no tests in `tests/`.
    ///
    /// Code without tests can't be changed with confidence, and tests beside the code are shipped with it and found
    /// by nobody. Keep them in `tests/` beside `src/`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no automated tests
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: tests in `src/app/tests`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad src/app/tests/test_app.py
    /// def test_it(): ...
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good tests/test_app.py
    /// def test_it(): ...
    /// ```
    ///
    /// A program named after tests is none:
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no automated tests
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad tools/data/convert_python_tests.py
    /// print("converted")
    /// ```
    pub(crate) static MISPLACED_TESTS = {
        id: "misplaced-tests",
        requirements: ["4.2.2"],
        check: Check::Project(misplaced_tests),
    }
}

fn misplaced_tests(report: &mut Report, project: &Project) {
    let stubs = project.name.as_ref().is_some_and(|name| name.ends_with("-stubs") || name.starts_with("types-"));
    if stubs || !layout::is_product(project) {
        return;
    }
    let files = repository::find(&["*.py"]);
    let own: Vec<&File> = files
        .iter()
        .filter(|file| is_counted(file) && is_test(&file.path) && layout::is_below(&file.path, &project.root))
        .collect();
    let folder = format!("{}/", project.path("tests"));
    if own.iter().any(|file| file.path.starts_with(&folder)) || names_its_folder(project) {
        return;
    }
    if !project.root.is_empty() && repository::exists("tests") {
        return;
    }
    match own.iter().find(|file| holds_tests(&file.path)) {
        Some(test) => {
            let folders = own.iter().map(|file| layout::parent(&file.path));
            let is_named = |folder: &str| matches!(layout::file_name(folder), "tests" | "test");
            let around = folders.filter(|folder| is_named(folder) && layout::is_below(&test.path, folder));
            let folder = around.min_by_key(|folder| folder.len()).unwrap_or(layout::parent(&test.path));
            let message = format!("tests in `{folder}`");
            report.finding(&project.place, message).help("move them to `tests/`").low();
        }
        None if runs_doctests(project) => {}
        None => {
            let finding = report.finding(&project.place, "no automated tests").help("write tests in `tests/`");
            drop(if own.is_empty() { finding.medium() } else { finding.low() });
        }
    }
}

fn is_counted(file: &File) -> bool {
    let example = file.path.split('/').any(|part| part.starts_with("example"));
    !example && !matches!(file.role, Role::Example | Role::Template | Role::Vendored | Role::Documentation)
}

fn is_test(path: &str) -> bool {
    let name = layout::file_name(path);
    let folder = layout::file_name(layout::parent(path));
    let prefixed = name.starts_with("test_") || name.ends_with("_test.py") || name.ends_with("_tests.py");
    prefixed || name == "tests.py" || name == "test.py" || (matches!(folder, "tests" | "test") && name != "__init__.py")
}

/// Whether pytest is told of a folder for tests.
/// Whether a module that is named like tests holds any: a tool that makes tests may be named so too.
fn holds_tests(path: &str) -> bool {
    let text = repository::read(path).unwrap_or_default();
    ["def test", "TestCase", "unittest", "class Test"].iter().any(|word| text.contains(word))
}

fn names_its_folder(project: &Project) -> bool {
    let pyproject = project.path("pyproject.toml");
    let Ok(paths) = documents::read(&pyproject, &["tool", "pytest", "ini_options", "testpaths"]) else { return false };
    Item::root(&paths)
        .is_some_and(|paths| paths.strings().iter().any(|path| path.trim_end_matches('/').ends_with("tests")))
}

fn runs_doctests(project: &Project) -> bool {
    ["pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg"]
        .iter()
        .any(|name| repository::read(&project.path(name)).is_ok_and(|text| text.contains("doctest-modules")))
}
