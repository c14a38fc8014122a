//! Scripts that may not print.

use plimsoll_sdk::paths::parent;
use plimsoll_sdk::prelude::*;

use crate::freedom::freedom;
use plimsoll_sdk::ruff::{self, Settings};

rule! {
    /// Scripts may not print.
    ///
    /// A script talks to the person who runs it, so a rule against `print` only makes people suppress it. Ignore
    /// `T20` for `scripts/` in `lint.per-file-ignores`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["T20"]  # error: scripts may not `print`
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```python bad scripts/release.py
    /// print("released")
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["T20"]
    ///
    /// [tool.ruff.lint.per-file-ignores]
    /// "scripts/**/*.py" = ["T20"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```python fixed scripts/release.py
    /// print("released")
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["T20"]
    ///
    /// [tool.ruff.lint.per-file-ignores]
    /// "scripts/*" = ["T201"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good scripts/release.py
    /// print("released")
    /// ```
    ///
    /// Where no script prints without a suppression, nothing is in the way:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    ///
    /// [tool.ruff.lint]
    /// select = ["T20"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```python good scripts/release.py
    /// print("released")  # noqa: T201
    /// print(  # noqa: T201
    ///     "or not",
    /// )
    /// with open("versions.txt", "w") as file:
    ///     print("1.0", file=file)
    /// ```
    pub(crate) static STRICT_RUFF_IN_SCRIPTS = {
        id: "strict-ruff-in-scripts",
        requirements: ["6.3.4"],
        check: Check::Repository(strict_ruff_in_scripts),
        roles: [Role::Script],
        wants: [Want::Calls(&["builtins.print"])],
    }
}

fn strict_ruff_in_scripts(report: &mut Report) {
    let mut prints = python::calls(&["builtins.print"]);
    prints.retain(is_to_terminal);
    if repository::find(&["scripts/*.py", "**/scripts/*.py"]).is_empty() {
        report.not_applicable("6.3.4", "there is no folder `scripts`");
        return;
    }
    for configuration in ruff::configurations(report, &["6.3.4"]) {
        let folders: Vec<String> = configuration.projects.iter().map(|project| project.path("scripts/")).collect();
        let is_script = |call: &&Call| folders.iter().any(|folder| call.site.place.path.starts_with(folder.as_str()));
        let held = prints.iter().filter(is_script).find(|call| is_held(&call.site.place));
        let settings = &configuration.settings;
        let place = settings.lint(&["per-file-ignores"]).or_else(|| settings.selection());
        if let (Some(call), Some(setting)) = (held, place) {
            report
                .finding(&setting.place, "scripts may not `print`")
                .help("let `lint.per-file-ignores` ignore `T20` for `scripts/**`")
                .safe_fix(freedom(&configuration, "scripts", &["T20"]))
                .related(&call.site.place, "prints");
        }
    }
}

/// Whether a `print` writes where Ruff minds it, and not into a file.
fn is_to_terminal(call: &Call) -> bool {
    let file = Item::root(&call.value).and_then(|call| call.get("file"));
    file.is_none_or(|file| matches!(file.text(), "sys.stdout" | "sys.stderr" | "None"))
}

/// Whether Ruff would report the `print` at a place.
fn is_held(place: &Place) -> bool {
    let path = [place.path.clone()];
    let settings = Settings::of(parent(&place.path));
    let is_free = || settings.file_ignored("T201", &path)[0] || settings.excluded(&path)[0];
    settings.rules().is_on("T201") && !is_free() && !is_suppressed(place)
}

fn is_suppressed(place: &Place) -> bool {
    let Ok(text) = repository::read(&place.path) else { return false };
    let (start, end) = (place.span.start as usize, place.span.end as usize);
    let end = text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |length| end + length);
    let lines = text.get(start..end).unwrap_or_default();
    let has_code = |comment: &str| comment.contains("T20") || !comment.contains(':');
    let is_file_wide = text.lines().any(|line| {
        let comment = line.trim();
        comment.starts_with("# ruff: noqa") && has_code(comment.trim_start_matches("# ruff: "))
    });
    is_file_wide
        || lines.split_once("noqa").is_some_and(|(_, comment)| has_code(comment.lines().next().unwrap_or_default()))
}
