//! READMEs that do not tell what a newcomer asks.

use plimsoll_sdk::paths::start;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::main_project;

rule! {
    /// The README does not say what the project is, how it is installed, or how it is used.
    ///
    /// Whoever opens the repository decides in a minute whether to go on. Begin with a paragraph on what it is for, then
    /// one command that installs it, and one example. A link to documentation that says it counts.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad README.md
    /// # App
    ///
    /// ![build](https://acme.io/badge.svg)
    /// ```
    /// ```text expect
    /// README.md:1: no paragraph says what the project is
    /// README.md:1: nothing says how to install it
    /// README.md:1: nothing shows how to use it
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good README.md
    /// # App
    ///
    /// App turns the measurements of weather stations into reports that farmers can read.
    ///
    /// ## Getting started
    ///
    ///     uv tool install app
    ///     app report
    /// ```
    pub(crate) static THIN_README = {
        id: "thin-readme",
        requirements: ["10.3.1", "10.3.2", "10.3.3"],
        check: Check::Repository(thin_readme),
    }
}

/// Words of headings and links that lead to installation; in several languages.
const INSTALLATION: &[&str] = &[
    "install",
    "getting started",
    "getting-started",
    "quick start",
    "quickstart",
    "quick-start",
    "setup",
    "set up",
    "development",
    "running",
    "deploy",
    "instala",
    "安装",
    "快速",
    "インストール",
    "docs",
    "documentation",
    "readthedocs",
    "pip ",
    "uv add",
    "uv sync",
    "uvx",
    "pipx",
    "poetry ",
    "conda ",
    "docker",
    "just ",
    "make ",
    "brew ",
    "npm ",
    "clone",
];
const USAGE: &[&str] = &[
    "usage",
    "example",
    "quick start",
    "quickstart",
    "quick-start",
    "getting started",
    "how to",
    "tutorial",
    "commands",
    "running",
    "run ",
    "api",
    "features",
    "demo",
    "docs",
    "documentation",
    "readthedocs",
    "使用",
    "用法",
];
/// Words that a paragraph has at least.
const FEWEST_WORDS: usize = 10;

fn thin_readme(report: &mut Report) {
    let names = ["README.md", ".github/README.md", "readme.md", "Readme.md", "README.rst", "README.txt"];
    let path = names.into_iter().find(|name| repository::read(name).is_ok());
    let (Some(path), Some(_)) = (path, main_project()) else {
        return THIN_README
            .requirements
            .iter()
            .for_each(|requirement| report.not_applicable(requirement, "no README that can be read"));
    };
    let text = repository::read(path).unwrap_or_default();
    let lower = text.to_ascii_lowercase();
    let place = start(path);
    if !has_paragraph(&text) {
        report
            .finding(&place, "no paragraph says what the project is")
            .help("begin with a few sentences on what it is for")
            .requirement("10.3.1")
            .medium();
    }
    // Examples stand in fences or indented; a link may lead to all of it.
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    if !has(INSTALLATION) {
        report
            .finding(&place, "nothing says how to install it")
            .help("add a section with the command that installs it")
            .requirement("10.3.2")
            .medium();
    }
    let has_code =
        lower.contains("```") || text.lines().any(|line| line.starts_with("    ") && !line.trim().is_empty());
    if !has(USAGE) && !has_code {
        report
            .finding(&place, "nothing shows how to use it")
            .help("add an example of its use")
            .requirement("10.3.3")
            .medium();
    }
}

/// Whether some paragraph of prose has words enough: no heading, table, image, badge or code.
fn has_paragraph(text: &str) -> bool {
    let mut is_code = false;
    let mut words = 0;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") {
            is_code = !is_code;
        }
        let is_prose =
            !is_code && !trimmed.starts_with(['#', '|', '!', '[', '<', '=', '-', '.']) && !trimmed.is_empty();
        words = if is_prose { words + count(trimmed) } else { 0 };
        // Lists and HTML blocks may hold the description too.
        let is_item = !is_code && trimmed.starts_with(['-', '*', '<', '>', '[']) && count(trimmed) > FEWEST_WORDS;
        if words >= FEWEST_WORDS || is_item {
            return true;
        }
    }
    false
}

/// How many words a line has; scripts without spaces count by letters.
fn count(line: &str) -> usize {
    let letters = line.chars().filter(|letter| *letter as u32 > 0x2e80).count();
    line.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() + letters / 2
}
