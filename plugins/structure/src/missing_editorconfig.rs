//! Repositories without settings for editors, and settings that contradict ruff.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// The repository has no `.editorconfig`, or one that contradicts ruff.
    ///
    /// Each editor then writes other line ends and indents, and the formatter changes them back. Commit an
    /// `.editorconfig` that says what the formatter says.
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `.editorconfig`
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
    /// ```text fixed .editorconfig
    /// root = true
    ///
    /// [*]
    /// charset = utf-8
    /// end_of_line = lf
    /// insert_final_newline = true
    /// trim_trailing_whitespace = true
    ///
    /// [*.py]
    /// indent_style = space
    /// indent_size = 4
    /// max_line_length = 88
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff]
    /// line-length = 100
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```editorconfig bad .editorconfig
    /// [*]
    /// indent_size = 2
    /// max_line_length = 80
    /// [*.{py,pyi}]
    /// indent_size = 4
    /// ```
    /// ```text expect
    /// .editorconfig:3: `max_line_length = 80` contradicts ruff's 100
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [tool.ruff]
    /// line-length = 100
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```editorconfig good .editorconfig
    /// root = true
    /// [*]
    /// insert_final_newline = true
    /// [*.py]
    /// indent_size = 4
    /// max_line_length = 100
    /// [*.js]
    /// indent_style = tab
    /// ```
    pub(crate) static MISSING_EDITORCONFIG = {
        id: "missing-editorconfig",
        requirements: ["4.5.1"],
        check: Check::Repository(missing_editorconfig),
    }
}

const CONTENT: &str = "root = true

[*]
charset = utf-8
end_of_line = lf
insert_final_newline = true
trim_trailing_whitespace = true

[*.py]
indent_style = space
indent_size = 4
max_line_length = 88
";

fn missing_editorconfig(report: &mut Report) {
    let Some(project) = layout::main_project() else { return };
    match layout::nearest(&project.root, &[".editorconfig"]) {
        None => drop(
            report
                .finding(&project.place, "no `.editorconfig`")
                .help("add one that says what the formatter says")
                .low()
                .fix(Applicability::Safe, vec![Edit::CreateFile((".editorconfig".to_owned(), CONTENT.to_owned()))]),
        ),
        Some(path) => contradictions(report, &project, &path),
    }
}

fn contradictions(report: &mut Report, project: &Project, path: &str) {
    let Ok(text) = repository::read(path) else { return };
    let ruff = |key: &str, default: i64| {
        let settings =
            [(project.path("ruff.toml"), vec![key]), (project.path("pyproject.toml"), vec!["tool", "ruff", key])];
        let values = settings.iter().filter_map(|(path, keys)| documents::read(path, keys).ok());
        values.filter_map(|value| Item::root(&value).and_then(Item::integer)).next().unwrap_or(default).to_string()
    };
    let uses_ruff = documents::read(&project.path("pyproject.toml"), &["tool", "ruff"]).is_ok();
    for (key, value, place) in python_settings(&text, path) {
        let wanted = match key.as_str() {
            "indent_style" if value == "tab" && uses_ruff => "spaces".to_owned(),
            "indent_size" if value.parse::<u32>().is_ok() && uses_ruff => ruff("indent-width", 4),
            "max_line_length" if value.parse::<u32>().is_ok() && uses_ruff => ruff("line-length", 88),
            "insert_final_newline" | "trim_trailing_whitespace" if value == "false" => "true".to_owned(),
            _ => continue,
        };
        if value != wanted {
            let message = format!("`{key} = {value}` contradicts ruff's {wanted}");
            report.finding(&place, message).help("say the same in both places").medium();
        }
    }
}

/// The settings that hold for Python files: key, value and place; the last one of a key counts.
fn python_settings(text: &str, path: &str) -> Vec<(String, String, Place)> {
    let mut settings: Vec<(String, String, Place)> = Vec::new();
    let (mut start, mut counts) = (0, false);
    for line in text.split_inclusive('\n') {
        let content = line.trim();
        if content.starts_with('[') {
            counts = names_python(content.trim_matches(['[', ']']));
        } else if let Some((key, value)) =
            content.split_once('=').filter(|_| counts && !content.starts_with(['#', ';']))
        {
            let place = Place { path: path.to_owned(), span: Span { start, end: start + content.len() as u32 } };
            let key = key.trim().to_ascii_lowercase();
            settings.retain(|(other, ..)| *other != key);
            settings.push((key, value.trim().to_ascii_lowercase(), place));
        }
        start += line.len() as u32;
    }
    settings
}

fn names_python(glob: &str) -> bool {
    let extensions = glob.strip_prefix("*.").map(|rest| rest.trim_matches(['{', '}']));
    glob == "*" || extensions.is_some_and(|extensions| extensions.split(',').any(|extension| extension.trim() == "py"))
}
