//! A justfile with the recipes of section 24.2, for the tools that the project uses.

use plimsoll_sdk::paths::join;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::settings::{COVERAGE, Settings};

/// The justfile of a project at the root that uv manages; none for others, whose commands are not known.
pub(crate) fn justfile(project: &Project) -> Option<String> {
    let is_uv = project.managers.iter().all(|manager| matches!(manager.as_str(), "uv" | "pip"));
    if !project.root.is_empty() || !is_uv || !repository::exists("uv.lock") {
        return None;
    }
    let paths = code(project);
    if paths.is_empty() {
        return None;
    }
    let mut recipes: Vec<(&str, &str, Vec<String>)> = vec![("install", "Sets everything up", install())];
    recipes.extend(dev(project).map(|command| ("dev", "Runs it and reloads it with each change", vec![command])));
    let (lint, fix) = lint()?;
    recipes.push(("lint", "Lints", lint));
    recipes.push(("fix", "Mends what the linter can, and formats", fix));
    recipes.push(("typecheck", "Checks the types", vec![typecheck(&paths)]));
    recipes.push(("test", "Runs the tests", vec![test()]));
    recipes.push(("test-cov", "Runs the tests with coverage", test_with_coverage(&paths)));
    let audit = "uv run --with pip-audit pip-audit".to_owned();
    recipes.push(("security", "Looks for vulnerabilities", vec![format!("{} -r {paths}", run("bandit")), audit]));
    recipes.push(("check: lint typecheck test", "Runs all checks", Vec::new()));
    let images = containers::dockerfiles();
    if images.iter().any(|file| !file.path.contains('/') && file.python && file.purpose == "image") {
        let name = project.name.as_deref().unwrap_or("app").to_ascii_lowercase();
        recipes.push(("build", "Builds the image", vec![format!("docker build -t {name} .")]));
    }
    let is_base = |file: &ComposeFile| !file.path.contains('/') && file.purpose == "base";
    if containers::compose_files().iter().any(is_base) {
        recipes.push(("up", "Starts all services", vec!["docker compose up -d".to_owned()]));
        recipes.push(("down", "Stops all services", vec!["docker compose down".to_owned()]));
    }
    recipes.extend(docs().map(|command| ("docs", "Serves the documentation", vec![command])));
    let mut text = "# Lists the recipes\ndefault:\n    @just --list\n".to_owned();
    for (name, what, commands) in recipes {
        let colon = if name.contains(':') { "" } else { ":" };
        text.push_str(&format!("\n# {what}\n{name}{colon}\n"));
        commands.iter().for_each(|command| text.push_str(&format!("    {command}\n")));
    }
    Some(text)
}

/// The folders and modules that hold the code.
fn code(project: &Project) -> String {
    if project.packages.iter().any(|package| package.path.starts_with("src/")) {
        return "src".to_owned();
    }
    let mut paths: Vec<&str> = project.packages.iter().map(|package| package.path.as_str()).collect();
    paths.retain(|path| !path.is_empty() && !path.contains(char::is_whitespace));
    paths.sort_unstable();
    paths.dedup();
    paths.join(" ")
}

/// How a tool is started: with the group or extra that it is declared in, else fetched for the run.
fn run(tool: &str) -> String {
    let declared = project::dependencies(&[tool]);
    let Some(one) = declared.iter().find(|one| one.place.path == "pyproject.toml") else {
        return format!("uvx {tool}");
    };
    match (one.kind.as_str(), one.group.as_deref()) {
        ("development", Some(group)) if group != "dev" => format!("uv run --group {group} {tool}"),
        ("optional", Some(extra)) => format!("uv run --extra {extra} {tool}"),
        _ => format!("uv run {tool}"),
    }
}

fn is_declared(tool: &str) -> bool {
    !project::dependencies(&[tool]).is_empty()
}

fn install() -> Vec<String> {
    let hooks = repository::exists(".pre-commit-config.yaml").then(|| format!("{} install", run("pre-commit")));
    // Extras that exclude each other can't all be there.
    let has_conflicts = documents::read("pyproject.toml", &["tool", "uv", "conflicts"]).is_ok();
    let sync = if has_conflicts { "uv sync" } else { "uv sync --all-extras" };
    std::iter::once(sync.to_owned()).chain(hooks).collect()
}

fn dev(project: &Project) -> Option<String> {
    if let Some(path) = ["manage.py", "src/manage.py"].into_iter().find(|path| repository::exists(path)) {
        return Some(format!("uv run python {path} runserver"));
    }
    let has_command =
        project::dependencies(&["fastapi"]).iter().any(|one| one.extras.iter().any(|extra| extra == "standard"));
    let makes_app = |path: &String| repository::read(path).is_ok_and(|text| text.contains("FastAPI("));
    let modules = ["main.py", "app.py", "__init__.py"];
    let paths = project.packages.iter().flat_map(|package| modules.map(|module| join(&package.path, module)));
    let path = paths.into_iter().find(makes_app).filter(|_| has_command)?;
    Some(format!("uv run fastapi dev {path}"))
}

/// What lints and what mends. None where other tools do it, with commands of their own.
fn lint() -> Option<(Vec<String>, Vec<String>)> {
    const OTHERS: &[&str] = &["flake8", "pylint", "black", "isort", "autopep8", "yapf"];
    let has_ruff = is_declared("ruff") || !automation::hooks(&["ruff*"]).is_empty();
    if !has_ruff && (!automation::commands(OTHERS).is_empty() || !automation::hooks(OTHERS).is_empty()) {
        return None;
    }
    let ruff = run("ruff");
    let (mut lint, mut fix) = (vec![format!("{ruff} check")], vec![format!("{ruff} check --fix")]);
    // Two formatters would undo each other's work.
    if automation::commands(&["black", "autopep8", "yapf"]).is_empty() && automation::hooks(&["black*"]).is_empty() {
        lint.push(format!("{ruff} format --check"));
        fix.push(format!("{ruff} format"));
    }
    Some((lint, fix))
}

fn typecheck(paths: &str) -> String {
    let checkers = ["pyright", "basedpyright", "mypy", "ty", "pyrefly"];
    let Some(checker) = checkers.into_iter().find(|checker| is_declared(checker)) else {
        return "uvx pyright".to_owned();
    };
    let has_files = || {
        let table = documents::read("pyproject.toml", &["tool", "mypy"]).unwrap_or_default();
        Item::root(&table)
            .is_some_and(|table| ["files", "packages", "modules"].iter().any(|key| table.get(key).is_some()))
    };
    match checker {
        "mypy" if !has_files() => format!("{} {paths}", run(checker)),
        "ty" | "pyrefly" => format!("{} check", run(checker)),
        _ => run(checker),
    }
}

fn test() -> String {
    if is_declared("pytest") { run("pytest") } else { "uv run --with pytest pytest".to_owned() }
}

/// The tests with coverage; what is measured and how much must be is said where no settings say it.
fn test_with_coverage(paths: &str) -> Vec<String> {
    let is_configured = Settings::of(&COVERAGE, "").exists();
    if is_declared("coverage") && !is_declared("pytest-cov") && is_configured {
        return vec![format!("{} run -m pytest", run("coverage")), format!("{} report", run("coverage"))];
    }
    let sources: Vec<String> = paths.split(' ').map(|path| format!("--cov={path}")).collect();
    let options = match is_configured {
        true => "--cov".to_owned(),
        false => format!("{} --cov-branch --cov-fail-under=80", sources.join(" ")),
    };
    let plugin = if is_declared("pytest-cov") { "uv run" } else { "uv run --with pytest-cov" };
    vec![format!("{} {options}", test().replacen("uv run", plugin, 1))]
}

fn docs() -> Option<String> {
    if ["mkdocs.yml", "mkdocs.yaml"].iter().any(|path| repository::exists(path)) {
        return Some(format!("{} serve", run("mkdocs")));
    }
    if repository::exists("zensical.toml") {
        return Some(format!("{} serve", run("zensical")));
    }
    let sphinx = run("sphinx").replacen("uv run", "uv run --with sphinx-autobuild", 1);
    let command =
        sphinx.strip_suffix("sphinx").filter(|_| is_declared("sphinx") && repository::exists("docs/conf.py"))?;
    Some(format!("{command}sphinx-autobuild docs docs/_build/html"))
}
