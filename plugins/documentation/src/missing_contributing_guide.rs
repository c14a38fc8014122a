//! Projects of several people without a word for contributors.

use std::collections::BTreeSet;

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

rule! {
    /// Several people work on the project, and nothing says how.
    ///
    /// How to set it up, which checks must pass and how changes are reviewed is told to each newcomer anew. Write it into
    /// `CONTRIBUTING.md`; in another form or place it counts too.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// license = "MIT"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad LICENSE
    /// MIT License
    /// ```
    /// ```text bad README.md
    /// # App
    /// ```
    /// ```text expect
    /// README.md:1: no `CONTRIBUTING.md`
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good LICENSE
    /// MIT License
    /// ```
    /// ```text good README.md
    /// # App
    /// ## Contributing
    /// Run `just setup` once.
    /// ```
    pub(crate) static MISSING_CONTRIBUTING_GUIDE = {
        id: "missing-contributing-guide",
        requirements: ["4.5.3", "10.3.4"],
        check: Check::Repository(missing_contributing_guide),
    }
}

const GUIDES: &[&str] = &[
    "CONTRIBUTING*",
    "contributing*",
    "Contributing*",
    "DEVELOPMENT*",
    "DEVELOPER*",
    "HACKING*",
    "**/contributing/*",
    "development.md",
    "developer*.md",
    "developer*.rst",
    "contribute*",
    "CONTRIBUTE*",
];
/// People who make a project collaborative.
const SEVERAL: usize = 3;

fn missing_contributing_guide(report: &mut Report) {
    let not = |report: &mut Report, reason: &str| {
        MISSING_CONTRIBUTING_GUIDE
            .requirements
            .iter()
            .for_each(|requirement| report.not_applicable(requirement, reason));
    };
    let Some(project) = main_project() else { return not(report, "no Python code of its own") };
    let commits = git::commits(200);
    let authors: BTreeSet<String> = commits
        .iter()
        .map(|commit| commit.email.to_ascii_lowercase())
        .filter(|email| !email.contains("[bot]") && !email.contains("noreply@github"))
        .collect();
    let is_open = !repository::find(&["/LICENSE*", "/LICENCE*", "/COPYING*", "/license*"]).is_empty();
    if authors.len() < SEVERAL && !is_open && git::newest(200).is_none() {
        let requirements = MISSING_CONTRIBUTING_GUIDE.requirements.iter();
        return requirements.for_each(|requirement| report.unknown(requirement, None, "shallow clone"));
    }
    if authors.len() < SEVERAL && !is_open {
        return not(report, "one or two authors, and no license for others");
    }
    let is_told = |path: &str| {
        let text = repository::read(path).unwrap_or_default().to_ascii_lowercase();
        text.lines().any(|line| {
            (line.starts_with('#') || line.contains("](") || line.contains('<'))
                && (line.contains("contribut") || line.contains("development") || line.contains("贡献"))
        }) || text.contains("contributing")
    };
    let readmes: Vec<&str> =
        ["README.md", "README.rst", "readme.md"].into_iter().filter(|path| repository::exists(path)).collect();
    if !repository::find(GUIDES).is_empty() || readmes.iter().any(|path| is_told(path)) {
        return;
    }
    let place = readmes.first().map_or_else(|| project.place.clone(), |path| plimsoll_sdk::paths::start(path));
    let finding = report
        .finding(&place, "no `CONTRIBUTING.md`")
        .help("say in it how to set the project up, which checks must pass, and how changes are reviewed");
    // The history of a shallow clone shows few of the authors.
    if authors.len() >= SEVERAL {
        finding.medium()
    } else {
        finding.low()
    };
}
