//! Projects that Pyright does not check.

use plimsoll_sdk::gates::TYPE_CHECKERS;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;
use plimsoll_sdk::requirements;
use plimsoll_sdk::settings::{BASEDPYRIGHT, MYPY, PYRIGHT, Settings};

rule! {
    /// Pyright does not check the types.
    ///
    /// Annotations that nothing verifies mislead. Pyright knows the newest features first and checks what editors show.
    /// The standard names mypy in two ways: as an alternative for technical reasons, and as a tool that new projects do
    /// not begin with. This rule takes both: mypy with a plug-in, with mypyc or with a comment that gives the reason is
    /// accepted, otherwise it is pointed out as a guess.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no type checker is in use
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    ///
    /// [dependency-groups]
    /// dev = ["pyright>=1.1.400"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.mypy]  # error: mypy checks the types, without a reason
    /// strict = true
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.pyright]
    /// typeCheckingMode = "strict"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.mypy]
    /// plugins = ["pydantic.mypy"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    pub(crate) static MISSING_PYRIGHT = {
        id: "missing-pyright",
        requirements: ["2.1.4.1", "2.1.4.2", "2.2.14"],
        check: Check::Repository(missing_pyright),
    }
}

fn missing_pyright(report: &mut Report) {
    let Some(project) = main_project() else {
        return ["2.1.4.1", "2.2.14"].iter().for_each(|requirement| {
            report.not_applicable(requirement, "no Python code of its own");
        });
    };
    let roots: Vec<String> = project::projects().into_iter().map(|project| project.root).collect();
    let of = |tool| roots.iter().map(|root| Settings::of(tool, root)).find(Settings::exists);
    let runs = TYPE_CHECKERS.runs();
    let is_run = |name: &str| runs.iter().any(|run| run.name.contains(name));
    let is_declared = |names: &[&str]| !project::dependencies(names).is_empty();
    let has_pyright = of(&PYRIGHT).is_some()
        || of(&BASEDPYRIGHT).is_some()
        || is_run("pyright")
        || is_declared(&["pyright", "basedpyright"]);
    if has_pyright {
        return;
    }
    let mypy = of(&MYPY);
    if mypy.is_some() || is_run("mypy") || is_declared(&["mypy"]) {
        let place = mypy.as_ref().and_then(Settings::place).unwrap_or_else(|| project.place.clone());
        if !mypy.as_ref().is_some_and(has_reason) {
            report
                .finding(&place, "mypy checks the types, without a reason")
                .help("use Pyright, or say in a comment at the table what needs mypy")
                .requirement("2.2.14")
                .requirement("2.1.4.1")
                .low();
        }
        return;
    }
    let others = ["ty", "pyrefly", "pytype", "pyre"];
    let other = others.into_iter().find(|name| runs.iter().any(|run| run.name == *name) || is_declared(&[name]));
    let message = match other {
        Some(other) => format!("`{other}` checks the types, not Pyright"),
        None => "no type checker is in use".to_owned(),
    };
    // Beside another checker somebody must choose.
    let edits = if other.is_none() { set_up(&project) } else { None };
    report
        .finding(&project.place, message)
        .help("add `pyright` to the `dev` group and a table `[tool.pyright]`, run `uv lock`, and run it in CI")
        .unsafe_fix(edits.into_iter().flatten())
        .requirement("2.1.4.1")
        .medium();
}

/// Configures Pyright and declares it.
fn set_up(project: &Project) -> Option<Vec<Edit>> {
    let mode = edit::set(&project.path("pyproject.toml"), &["tool", "pyright", "typeCheckingMode"], "\"strict\"");
    let package = requirements::add_for_development(project, &["\"pyright>=1.1.400\"".to_owned()])?;
    Some([vec![mode], package].concat())
}

/// Whether the settings of mypy show what only mypy can do, or a comment says it.
fn has_reason(mypy: &Settings) -> bool {
    let Some(place) = mypy.place() else { return false };
    let text = repository::read(&place.path).unwrap_or_default();
    let table = text.get(place.span.start as usize..).unwrap_or_default();
    let before = text.get(..place.span.start as usize).unwrap_or_default();
    let mut above =
        before.lines().rev().skip_while(|line| line.trim_start().starts_with('[') || line.trim().is_empty());
    let has_comment = above.next().is_some_and(|line| line.trim_start().starts_with('#'))
        || table.lines().skip(1).take(3).any(|line| line.trim_start().starts_with('#'));
    let compiles = !project::dependencies(&["mypyc", "hatch-mypyc"]).is_empty() || text.contains("mypyc");
    mypy.setting(&["plugins"]).is_some() || has_comment || compiles
}
