//! Jobs that the standard asks for, written from what the project declares: as it installs, with its own tools, and
//! with the actions that its workflows use already. What uv can't install gets only jobs that need nothing installed.

use plimsoll_sdk::gates::{FORMATTERS, Gate};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::{is_monorepo, main_project};
use plimsoll_sdk::settings::{RUFF, Settings};
use plimsoll_sdk::version::{Version, admits};

use crate::gates::{self, LINTERS};
use crate::github::GithubWorkflow;
use crate::workflow_edits::{add_job, reference, runner, shifted};

/// Pythons that are released.
const RELEASED: &[&str] = &["3.9", "3.10", "3.11", "3.12", "3.13", "3.14"];
/// Type checkers, with what runs them.
const TYPE_CHECKERS: &[(&str, &str)] = &[
    ("pyright", "pyright"),
    ("basedpyright", "basedpyright"),
    ("mypy", "mypy"),
    ("ty", "ty check"),
    ("pyrefly", "pyrefly check"),
];

/// Where a job goes and what it works on.
pub(crate) struct NewJobs {
    path: String,
    runner: String,
    /// Whether each job says what it may do.
    has_permissions: bool,
    project: Project,
    is_workspace: bool,
    is_locked: bool,
    is_installed_by_uv: bool,
}

/// What becomes of the coverage.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Coverage {
    Sent,
    Ignored,
}

/// A job without its name.
#[derive(Default)]
struct Job {
    /// Tools whose groups are installed before; none where nothing is.
    tools: Option<Vec<&'static str>>,
    needs_history: bool,
    /// Lines of keys in front of the steps.
    keys: Vec<String>,
    /// Python's version for uv.
    python: Option<String>,
    steps: Vec<String>,
}

impl NewJobs {
    /// Jobs for a file of its own.
    pub(crate) fn of_file(path: &str) -> Option<Self> {
        let project = main_project()?;
        let is_workspace = documents::read("pyproject.toml", &["tool", "uv", "workspace"]).is_ok();
        // Jobs for one of several projects would leave out the others.
        if is_monorepo() && !is_workspace {
            return None;
        }
        let file = project.path("pyproject.toml");
        let has_other = project.managers.iter().any(|manager| matches!(manager.as_str(), "poetry" | "pdm" | "pipenv"));
        let is_locked = repository::exists(&project.path("uv.lock")) || is_workspace && repository::exists("uv.lock");
        // What is declared nowhere else is installed by nothing.
        let is_declared = documents::read(&file, &["project", "dependencies"]).is_ok()
            || documents::read(&file, &["project", "name"]).is_ok()
                && !repository::exists(&project.path("requirements.txt"));
        let is_installed_by_uv = is_locked || is_declared && !has_other;
        let (path, runner) = (path.to_owned(), "ubuntu-latest".to_owned());
        Some(Self { path, runner, has_permissions: false, project, is_workspace, is_locked, is_installed_by_uv })
    }

    /// Jobs for a workflow that is there; none where its settings would change what they do.
    pub(crate) fn of_workflow(workflow: &GithubWorkflow) -> Option<Self> {
        let root = workflow.root()?;
        let is_started = ["push", "pull_request", "schedule"].iter().any(|event| workflow.is_on(event));
        if !is_started || workflow.is_on("workflow_call") || root.get("defaults").is_some() {
            return None;
        }
        let jobs = Self::of_file(workflow.path())?;
        let reads = root.get("permissions").is_some_and(|all| {
            all.text().ends_with("-all") || all.get("contents").is_some_and(|contents| contents.text() != "none")
        });
        Some(Self { runner: runner(workflow), has_permissions: !reads, ..jobs })
    }

    /// Ruff's linter, and its formatter where nothing checks the format yet.
    pub(crate) fn lint(&self, has_format: bool) -> Option<String> {
        if let Some((recipe, program)) = self.recipe(&LINTERS, &[]) {
            let annotations = (program == "ruff").then(|| "env:\n  RUFF_OUTPUT_FORMAT: github".to_owned());
            let (keys, mut steps) = (annotations.into_iter().collect(), vec![recipe.clone()]);
            let format = self.recipe(&FORMATTERS, &["--check", "--diff"]).map(|(format, _)| format);
            let format =
                format.or_else(|| (program == "ruff").then(|| format!("- run: {} format --check", self.ruff())));
            steps.extend(format.filter(|format| !has_format && *format != recipe));
            return Some(self.job("lint", Job { tools: Some(vec!["ruff"]), keys, steps, ..Job::default() }));
        }
        let ruff = self.ruff();
        let mut steps = vec![format!("- run: {ruff} check --output-format=github")];
        steps.extend((!has_format).then(|| format!("- run: {ruff} format --check")));
        Some(self.job("lint", Job { tools: self.ruff_tools(), steps, ..Job::default() }))
    }

    /// Ruff's formatter, where Ruff is in use.
    pub(crate) fn format(&self) -> Option<String> {
        let is_used = self.declares("ruff")
            || Settings::of(&RUFF, &self.project.root).exists()
            || !automation::commands(&["ruff"]).is_empty()
            || !automation::hooks(&["ruff*"]).is_empty();
        let steps = vec![format!("- run: {} format --check", self.ruff())];
        is_used.then(|| self.job("format", Job { tools: self.ruff_tools(), steps, ..Job::default() }))
    }

    /// The type checker that is declared, else Pyright.
    pub(crate) fn types(&self) -> Option<String> {
        let declared = TYPE_CHECKERS.iter().find(|(name, _)| self.declares(name));
        let has_targets = |keys: &[&str]| {
            keys.iter().any(|key| documents::read(&self.project.path("pyproject.toml"), &["tool", "mypy", key]).is_ok())
        };
        let command = match declared {
            Some(("mypy", _)) if !has_targets(&["files", "packages", "modules"]) => {
                format!("uv run mypy {}", self.code()?)
            }
            Some((_, command)) => format!("uv run {command}"),
            None => "uv run --with pyright pyright".to_owned(),
        };
        let tools = Some(declared.map(|(name, _)| *name).into_iter().chain(["pytest"]).collect());
        let step =
            self.recipe(&gates::TYPE_CHECKERS, &[]).map_or_else(|| format!("- run: {command}"), |(recipe, _)| recipe);
        let job = Job { tools, steps: vec![step], ..Job::default() };
        self.is_installed_by_uv.then(|| self.job("typecheck", job))
    }

    /// Pytest; for a library with all Pythons that it supports.
    pub(crate) fn test(&self, coverage: Coverage) -> Option<String> {
        if !self.is_installed_by_uv || !self.declares("pytest") && repository::exists(&self.project.path("manage.py")) {
            return None;
        }
        let tools: &[&'static str] = if coverage == Coverage::Sent { &["pytest", "pytest-cov"] } else { &["pytest"] };
        let missing: String =
            tools.iter().filter(|tool| !self.declares(tool)).map(|tool| format!("--with {tool} ")).collect();
        let options = if coverage == Coverage::Sent { " --cov --cov-report=xml" } else { "" };
        let mut steps = vec![format!("- run: uv run {missing}pytest{options}")];
        if coverage == Coverage::Sent {
            let upload = reference(&self.path, "codecov/codecov-action", "v5");
            steps.push(format!("- uses: {upload}\n  with:\n    token: ${{{{ secrets.CODECOV_TOKEN }}}}"));
        }
        let requires = self.project.requires_python.as_deref().unwrap_or_default();
        let supported = |it: &&&str| Version::parse(it).is_some_and(|version| admits(requires, version));
        let versions: Vec<String> = RELEASED.iter().filter(supported).map(|version| format!("\"{version}\"")).collect();
        let is_matrix = self.project.has_profile("library") && !requires.is_empty() && versions.len() > 1;
        let keys = vec![format!("strategy:\n  matrix:\n    python-version: [{}]", versions.join(", "))];
        let python = "${{ matrix.python-version }}".to_owned();
        let (keys, python) = if is_matrix { (keys, Some(python)) } else { (Vec::new(), None) };
        Some(self.job("test", Job { tools: Some(tools.to_vec()), keys, python, steps, ..Job::default() }))
    }

    /// Bandit, pip-audit and gitleaks.
    pub(crate) fn security(&self) -> Option<String> {
        let has_settings = documents::read(&self.project.path("pyproject.toml"), &["tool", "bandit"]).is_ok();
        let settings = if has_settings { "--configfile pyproject.toml " } else { "" };
        let mut steps = vec![format!("- run: uvx bandit {settings}--recursive {}", self.code()?)];
        steps.extend(self.audits().unwrap_or_default());
        let gitleaks = reference(&self.path, "gitleaks/gitleaks-action", "v2");
        steps.push(format!("- uses: {gitleaks}\n  env:\n    GITHUB_TOKEN: ${{{{ secrets.GITHUB_TOKEN }}}}"));
        Some(self.job("security", Job { needs_history: true, steps, ..Job::default() }))
    }

    /// Pip-audit of what is locked, or else declared.
    pub(crate) fn audit(&self) -> Option<String> {
        Some(self.job("audit", Job { steps: self.audits()?, ..Job::default() }))
    }

    fn audits(&self) -> Option<Vec<String>> {
        let has_runtime = project::dependencies(&["*"]).iter().any(|dependency| dependency.kind == "runtime");
        let is_there = |file: &str| repository::exists(&self.project.path(file));
        let declares = documents::read(&self.project.path("pyproject.toml"), &["project", "dependencies"]).is_ok();
        let all = if self.is_workspace { " --all-packages" } else { "" };
        let export =
            format!("- run: uv export --locked{all} --no-emit-workspace --no-hashes --quiet --output-file audit.txt");
        let lines: &[&str] = if self.is_locked {
            &[&export, "- run: uvx pip-audit --disable-pip --no-deps --requirement audit.txt"]
        } else if declares {
            &["- run: uvx pip-audit ."]
        } else if is_there("requirements.txt") {
            &["- run: uvx pip-audit --requirement requirements.txt"]
        } else {
            &[]
        };
        (has_runtime && !lines.is_empty()).then(|| lines.iter().map(|&line| line.to_owned()).collect())
    }

    /// The folders of the product's code, as words of a command.
    fn code(&self) -> Option<String> {
        let root = if self.project.root.is_empty() { String::new() } else { format!("{}/", self.project.root) };
        let own = self.project.packages.iter().filter_map(|package| package.path.strip_prefix(&root));
        let mut folders: Vec<&str> = own.map(|path| if path.starts_with("src/") { "src" } else { path }).collect();
        folders.sort_unstable();
        folders.dedup();
        let is_plain = |folder: &&str| folder.chars().all(|it| it.is_ascii_alphanumeric() || "_-./".contains(it));
        (matches!(folders.len(), 1..=3) && folders.iter().all(is_plain)).then(|| folders.join(" "))
    }

    fn declares(&self, tool: &str) -> bool {
        self.is_installed_by_uv && self.declaration(tool).is_some()
    }

    /// Where a tool is declared for uv.
    fn declaration(&self, tool: &str) -> Option<Dependency> {
        let file = self.project.path("pyproject.toml");
        let found = project::dependencies(&[tool]);
        found.into_iter().find(|one| one.place.path == file && !matches!(one.kind.as_str(), "build" | "constraint"))
    }

    fn ruff(&self) -> &'static str {
        if self.declares("ruff") { "uv run ruff" } else { "uvx ruff" }
    }

    fn ruff_tools(&self) -> Option<Vec<&'static str>> {
        self.declares("ruff").then(|| vec!["ruff"])
    }

    /// The task of just or make that runs a check, with one of some words if there are any, and the check's program.
    fn recipe(&self, gate: &Gate, words: &[&str]) -> Option<(String, String)> {
        let tasks = automation::tasks();
        // A recipe with parameters that must be given does nothing here.
        let is_called = |command: &Command| {
            let is_its = |task: &&Task| task.name == command.unit && task.place.path == command.place.path;
            tasks.iter().find(is_its).is_some_and(|task| {
                let text = repository::read(&task.place.path).unwrap_or_default();
                let line = text.get(task.place.span.start as usize..).and_then(|text| text.lines().next());
                let rest = line.and_then(|line| line.strip_prefix(task.name.as_str()));
                rest.is_some_and(|rest| rest.starts_with(':') || rest.starts_with(" *"))
            })
        };
        let is_fit = |command: &&Command| {
            matches!(command.source.as_str(), "just" | "make")
                && !command.place.path.contains('/')
                && !command.tolerated
                && !command.has_word(&["--fix", "-i", "--in-place"])
                && (words.is_empty() || command.has_word(words))
                && is_called(command)
        };
        let commands = gate.commands();
        let command =
            commands.iter().find(is_fit).filter(|_| self.is_installed_by_uv && self.project.root.is_empty())?;
        let runner = if command.source == "just" { "--with rust-just just" } else { "make" };
        Some((format!("- run: uv run {runner} {}", command.unit), command.program().to_owned()))
    }

    /// Installs the project with the groups that hold some tools.
    fn sync(&self, tools: &[&str]) -> String {
        let mut command = String::from("- run: uv sync");
        if self.is_locked {
            command.push_str(" --locked");
        }
        if self.is_workspace {
            command.push_str(" --all-packages");
        }
        for dependency in tools.iter().filter_map(|tool| self.declaration(tool)) {
            let option = match (dependency.kind.as_str(), dependency.group) {
                ("optional", Some(extra)) => format!(" --extra {extra}"),
                ("development", Some(group)) if group != "dev" => format!(" --group {group}"),
                _ => continue,
            };
            if !command.contains(&option) {
                command.push_str(&option);
            }
        }
        command
    }

    fn job(&self, id: &str, job: Job) -> String {
        let mut checkout = format!("- uses: {}", reference(&self.path, "actions/checkout", "v4"));
        let inputs = [
            job.needs_history.then_some("fetch-depth: 0"),
            keeps_no_credentials().then_some("persist-credentials: false"),
        ];
        checkout.push_str(&with(&inputs.into_iter().flatten().map(str::to_owned).collect::<Vec<_>>()));
        let mut uv = format!("- uses: {}", reference(&self.path, "astral-sh/setup-uv", "v6"));
        let python = job.python.map(|python| format!("python-version: {python}"));
        uv.push_str(&with(&python.into_iter().collect::<Vec<_>>()));
        let steps = [checkout, uv].into_iter().chain(job.tools.map(|tools| self.sync(&tools))).chain(job.steps);
        let steps: Vec<String> = steps.collect();
        let mut keys = job.keys;
        keys.push(format!("runs-on: {}", self.runner));
        keys.extend(self.has_permissions.then(|| "permissions:\n  contents: read".to_owned()));
        if !self.project.root.is_empty() {
            keys.push(format!("defaults:\n  run:\n    working-directory: {}", self.project.root));
        }
        format!("{id}:\n{}\n  steps:\n{}\n", shifted(&keys.join("\n"), 2), shifted(&steps.join("\n"), 4))
    }
}

/// Adds a job to a workflow.
pub(crate) fn added(workflow: &GithubWorkflow, job: impl FnOnce(&NewJobs) -> Option<String>) -> Option<Edit> {
    add_job(workflow, &job(&NewJobs::of_workflow(workflow)?)?)
}

fn with(inputs: &[String]) -> String {
    if inputs.is_empty() { String::new() } else { format!("\n  with:\n{}", shifted(&inputs.join("\n"), 4)) }
}

/// Whether the workflows forget the token of the checkout.
fn keeps_no_credentials() -> bool {
    automation::actions(&["actions/checkout"]).iter().any(|action| {
        let inputs = Item::root(&action.inputs);
        inputs.and_then(|inputs| inputs.get("persist-credentials")).is_some_and(|it| it.text() == "false")
    })
}
