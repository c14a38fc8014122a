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
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// license = "MIT"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```text fixed LICENSE
    /// MIT License
    /// ```
    /// ```text fixed README.md
    /// # App
    /// ```
    /// ````markdown fixed CONTRIBUTING.md
    /// # Contributing to app
    ///
    /// ## Set up
    ///
    /// ```bash
    /// uv sync
    /// ```
    ///
    /// ## Propose a change
    ///
    /// 1. Make a branch from the main branch.
    /// 2. Change the code, its tests and its documentation together.
    /// 3. Write commit messages as [Conventional Commits](https://www.conventionalcommits.org).
    /// 4. Open a pull request that says what changes and why. Another person reviews it before it is merged.
    /// ````
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
        .help("say in it how to set the project up, which checks must pass, and how changes are reviewed")
        .unsafe_fix(skeleton(&project));
    // The history of a shallow clone shows few of the authors.
    if authors.len() >= SEVERAL {
        finding.medium()
    } else {
        finding.low()
    };
}

/// Tasks that set the project up, and those that check it, by the names that they often have.
const SETUP: &[&str] = &["setup", "install", "bootstrap", "sync"];
const CHECKS: &[&str] =
    &["lint", "format-check", "fmt-check", "check-format", "typecheck", "type-check", "types", "mypy", "test", "tests"];

/// A guide with the commands of the project; none where it is not known how it is set up.
fn skeleton(project: &Project) -> Option<Edit> {
    let tasks = automation::tasks();
    let is_own = |task: &&Task| matches!(task.runner.as_str(), "just" | "make") && !task.place.path.contains('/');
    let task = |name: &&str| {
        let task = tasks.iter().filter(is_own).find(|task| task.name == *name)?;
        Some(format!("{} {name}", task.runner))
    };
    let declares = |name: &str| !project::dependencies(&[name]).is_empty();
    let commands =
        [("ruff", "ruff check"), ("ruff", "ruff format --check"), ("pyright", "pyright"), ("pytest", "pytest")];
    let (install, run) = installer(project)?;
    let groups = project::dependencies(&["ruff", "pyright", "pytest"]).into_iter().filter_map(|dependency| {
        let is_extra = dependency.kind == "optional";
        let is_group = dependency.kind == "development" && dependency.group.is_some_and(|group| group != "dev");
        (is_extra || is_group).then_some(if is_extra { " --all-extras" } else { " --all-groups" })
    });
    let groups: BTreeSet<&str> = groups.filter(|_| install == "uv sync").collect();
    let install = format!("{install}{}", groups.into_iter().collect::<String>());
    let mut setup = vec![SETUP.iter().find_map(task).unwrap_or_else(|| install.clone())];
    let has_hooks = repository::exists(".pre-commit-config.yaml");
    if has_hooks && setup.contains(&install) {
        setup.push("uvx pre-commit install".to_owned());
    }
    let mut checks: Vec<String> =
        task(&"check").map_or_else(|| CHECKS.iter().filter_map(task).collect(), |it| vec![it]);
    if checks.is_empty() {
        let declared = commands.iter().filter(|(tool, _)| declares(tool));
        checks = declared.map(|(_, command)| format!("{run}{command}")).collect();
    }
    if has_hooks && checks.is_empty() {
        checks.push("uvx pre-commit run --all-files".to_owned());
    }
    let name = project.name.as_deref().unwrap_or("the project");
    let checked = match checks.len() {
        0 => String::new(),
        _ => format!("## Check\n\nThese must pass:\n\n```bash\n{}\n```\n\n", checks.join("\n")),
    };
    let text = format!(
        "# Contributing to {name}\n\n## Set up\n\n```bash\n{}\n```\n\n{checked}## Propose a change\n\n\
         1. Make a branch from the main branch.\n\
         2. Change the code, its tests and its documentation together.\n\
         3. Write commit messages as [Conventional Commits](https://www.conventionalcommits.org).\n\
         4. Open a pull request that says what changes and why. Another person reviews it before it is merged.\n",
        setup.join("\n")
    );
    Some(edit::create("CONTRIBUTING.md", text))
}

/// What installs the project, and what stands in front of the commands of its environment.
fn installer(project: &Project) -> Option<(&'static str, &'static str)> {
    let has = |name: &str| project.managers.iter().any(|manager| manager == name);
    match () {
        () if !project.root.is_empty() => None,
        () if repository::exists("uv.lock") => Some(("uv sync", "uv run ")),
        () if has("poetry") => Some(("poetry install", "poetry run ")),
        () if has("pdm") => Some(("pdm install", "pdm run ")),
        () if has("uv") || has("pip") && project.backend.is_some() || project.managers.is_empty() => {
            Some(("uv sync", "uv run "))
        }
        () if has("pip") && repository::exists("requirements.txt") => {
            Some(("python -m pip install --requirement requirements.txt", "python -m "))
        }
        () => None,
    }
}
