//! Repositories whose ignore files are missing or let build output through.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// The repository has no `.gitignore`, or one with gaps.
    ///
    /// What Python and its tools write is then committed by accident. List `__pycache__/`, `.venv/` and `dist/`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `.gitignore`
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```text fixed .gitignore
    /// __pycache__/
    /// *.py[cod]
    /// .venv/
    /// dist/
    /// .env
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```gitignore bad .gitignore
    /// # error: not ignored: `__pycache__/`
    /// /.venv/
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```gitignore good .gitignore
    /// *.py[cod]
    /// .venv
    /// ```
    ///
    /// The virtual environment may be named `venv`:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```gitignore good .gitignore
    /// __pycache__/
    /// venv/
    /// ```
    pub(crate) static MISSING_GITIGNORE = {
        id: "missing-gitignore",
        requirements: ["4.4.5"],
        check: Check::Repository(missing_gitignore),
    }
}

fn missing_gitignore(report: &mut Report) {
    let Some(project) = layout::main_project() else { return };
    let Some(path) = layout::nearest(&project.root, &[".gitignore"]) else {
        report
            .finding(&project.place, "no `.gitignore`")
            .help("list `__pycache__/`, `.venv/` and `dist/` in `.gitignore`")
            .safe_fix([edit::create(project.path(".gitignore"), "__pycache__/\n*.py[cod]\n.venv/\ndist/\n.env\n")]);
        return;
    };
    let mut probes = vec![("__pycache__/", "__pycache__/x.cpython-313.pyc")];
    if !project.managers.iter().any(|manager| manager == "uv") {
        probes.push((".venv/", ".venv/x"));
    }
    if project.backend.is_some() {
        probes.push(("dist/", "dist/x-1.0.tar.gz"));
    }
    let paths: Vec<String> = probes.iter().map(|(_, probe)| project.path(probe)).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let mut covered = repository::ignored(&paths);
    // A virtual environment by its other usual name is ignored as well as `.venv`.
    let others = [project.path("venv/x"), project.path("env/x")];
    let is_named_otherwise = repository::ignored(&[&others[0], &others[1]]).contains(&true);
    for (probe, covered) in probes.iter().zip(&mut covered) {
        *covered |= probe.0 == ".venv/" && is_named_otherwise;
    }
    let gaps: Vec<&str> = probes.iter().zip(covered).filter(|(_, covered)| !covered).map(|(gap, _)| gap.0).collect();
    if gaps.is_empty() {
        return;
    }
    let Ok(text) = repository::read(&path) else { return };
    let end = text.len() as u32;
    let newline = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
    let lines = Replacement {
        place: Place { path: path.clone(), span: Span { start: end, end } },
        text: format!("{newline}{}\n", gaps.join("\n")),
    };
    report
        .finding(&layout::start(&path), format!("not ignored: {}", layout::quoted(&gaps)))
        .help("add them to `.gitignore`")
        .low()
        .fix(Applicability::Safe, vec![Edit::Replace(lines)]);
}
