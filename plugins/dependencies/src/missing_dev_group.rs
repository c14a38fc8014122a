//! Tools of developers that are in no group `dev`, and groups that do not exist.

use plimsoll_sdk::paths::{is_below, join};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;
use plimsoll_sdk::text::listed;

use crate::groups::{is_in_pyproject, is_locked, is_of_development, is_tool};

rule! {
    /// Tools of developers are in no group `dev`, or a command names a group that is not there.
    ///
    /// `uv sync` installs the group `dev` without being asked: a fresh clone has everything. With other names everyone
    /// has to know them. Groups such as `lint` and `test` may stand beside it, or be included in it. `uv sync` alone,
    /// `--all-groups` and `--all-extras` are all taken for the way to install them.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]  # error: no group `dev` beside `checks` and `tests`
    /// checks = ["ruff>=0.14"]
    /// tests = ["pytest>=8"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```make bad Makefile
    /// setup:
    /// 	uv sync --group quality  # error: there is no group or extra `quality`
    /// ```
    ///
    /// Groups of tools get one that includes them:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]  # error: no group `dev` beside `checks`, `docs` and `tests`
    /// checks = ["ruff>=0.14"]
    /// docs = ["mkdocs>=1.6"]
    /// tests = ["pytest>=8"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// checks = ["ruff>=0.14"]
    /// docs = ["mkdocs>=1.6"]
    /// tests = ["pytest>=8"]
    /// dev = [{ include-group = "checks" }, { include-group = "tests" }]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    ///
    /// So do extras:
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [project.optional-dependencies]  # error: no group `dev` beside `tests`
    /// tests = ["pytest>=8"]
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [project.optional-dependencies]
    /// tests = ["pytest>=8"]
    /// dev = ["app[tests]"]
    /// ```
    /// ```python fixed src/app/__init__.py
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// [dependency-groups]
    /// lint = ["ruff>=0.14"]
    /// dev = [{ include-group = "lint" }, "pytest>=8"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```make good Makefile
    /// setup:
    /// 	uv sync --group lint
    /// ```
    ///
    /// A build backend may make extras; what those are can't be known:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// dynamic = ["optional-dependencies"]
    /// [dependency-groups]
    /// dev = ["pytest>=8"]
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```make good Makefile
    /// setup:
    /// 	uv sync --extra temporal
    /// ```
    pub(crate) static MISSING_DEV_GROUP = {
        id: "missing-dev-group",
        requirements: ["5.3.3", "5.3.4", "5.3.6"],
        check: Check::Project(missing_dev_group),
        confidence: Low,
    }
}

fn missing_dev_group(report: &mut Report, project: &Project) {
    let path = project.path("pyproject.toml");
    let groups = documents::read(&path, &["dependency-groups"]).unwrap_or_default();
    let extras = documents::read(&path, &["project", "optional-dependencies"]).unwrap_or_default();
    let names = |nodes: &[Node]| -> Vec<String> {
        Item::root(nodes).into_iter().flat_map(Item::children).filter_map(|item| Some(item.key()?.to_owned())).collect()
    };
    let (groups_of, extras_of) = (names(&groups), names(&extras));
    let has_old = documents::read(&path, &["tool", "uv", "dev-dependencies"]).is_ok();
    let has_poetry = documents::read(&path, &["tool", "poetry"]).is_ok()
        || documents::read(&path, &["tool", "pdm", "dev-dependencies"]).is_ok();
    let tools: Vec<Dependency> = project::dependencies(&["*"])
        .into_iter()
        .filter(|one| is_of_development(one) && is_tool(&one.name) && is_in_pyproject(one) && is_locked(project, one))
        .collect();
    let is_dev = |name: &String| matches!(name.as_str(), "dev" | "develop" | "development");
    let has_dev = groups_of.iter().chain(&extras_of).any(is_dev) || has_old || has_poetry;
    if tools.is_empty() || !is_product(project) {
        for requirement in ["5.3.3", "5.3.4"] {
            report.not_applicable(requirement, "no tools of developers are declared");
        }
    } else if !has_dev && let Some(table) = Item::root(&groups).or_else(|| Item::root(&extras)) {
        let mut others: Vec<&str> = tools.iter().filter_map(|tool| tool.group.as_deref()).collect();
        others.sort_unstable();
        others.dedup();
        report
            .finding(&table.place(&path), format!("no group `dev` beside {}", listed(&others)))
            .help("add `dev`, which includes the others: `dev = [{ include-group = \"test\" }]`")
            .requirement("5.3.3")
            .unsafe_fix(including(project, &others));
    }
    // Extras that the build backend makes can't be known.
    let dynamic = documents::read(&path, &["project", "dynamic"]).unwrap_or_default();
    if !Item::root(&dynamic).is_some_and(|list| list.strings().contains(&"optional-dependencies")) {
        undefined(report, project, &groups_of, &extras_of);
    }
}

/// Adds `dev`, which includes the other groups or extras, without those of documentation. None where some may exclude
/// each other, or where both kinds hold tools.
fn including(project: &Project, others: &[&str]) -> Option<Edit> {
    let path = project.path("pyproject.toml");
    let has = |keys: &[&str]| documents::read(&path, keys).is_ok();
    let others: Vec<&str> = others.iter().copied().filter(|name| !name.contains("doc")).collect();
    let are_in = |table: &[&str]| others.iter().all(|other| has(&[table, &[other]].concat()));
    if others.is_empty() || has(&["tool", "uv", "conflicts"]) {
        return None;
    }
    if are_in(&["dependency-groups"]) {
        let groups: Vec<String> = others.iter().map(|other| format!("{{ include-group = \"{other}\" }}")).collect();
        return Some(edit::set(&path, &["dependency-groups", "dev"], format!("[{}]", groups.join(", "))));
    }
    let name = project.name.as_deref().filter(|_| are_in(&["project", "optional-dependencies"]))?;
    let value = format!("[\"{name}[{}]\"]", others.join(","));
    Some(edit::set(&path, &["project", "optional-dependencies", "dev"], value))
}

/// Reports groups and extras that a command of uv names and nothing defines.
fn undefined(report: &mut Report, project: &Project, groups: &[String], extras: &[String]) {
    let normalized = |name: &str| name.to_ascii_lowercase().replace(['_', '.'], "-");
    let is_known = |name: &str| {
        let is_it = |known: &String| normalized(known) == normalized(name);
        groups.iter().chain(extras).any(is_it) || normalized(name) == "dev"
    };
    let is_root = project.root.is_empty() && repository::exists(&join("", "pyproject.toml"));
    // A workflow that checks out other repositories runs their commands.
    let checkouts = automation::actions(&["actions/checkout"]);
    let is_of_another = |path: &str| {
        checkouts.iter().any(|checkout| {
            checkout.place.path == path
                && Item::root(&checkout.inputs).is_some_and(|inputs| inputs.get("repository").is_some())
        })
    };
    for command in automation::commands(&["uv"]) {
        if is_of_another(&command.place.path) {
            continue;
        }
        let is_here = if is_root { command.folder.is_empty() } else { is_below(&command.folder, &project.root) };
        // Other members of a workspace have groups of their own.
        let is_of_others =
            command.has_word(&["--package", "--all-packages", "--project", "--directory", "pip", "tool"]);
        if !is_here || is_of_others || !command.has_word(&["sync", "run", "export"]) || groups.len() + extras.len() == 0
        {
            continue;
        }
        // What stands behind the program that `uv run` starts is that program's.
        let own = command.words.iter().take_while(|word| *word != "--");
        let words: Vec<&String> = own.collect();
        for (index, word) in words.iter().enumerate() {
            let Some(rest) = ["--group", "--extra", "--only-group"].iter().find_map(|option| word.strip_prefix(option))
            else {
                continue;
            };
            let name = match rest.strip_prefix('=') {
                Some(name) => name,
                None if rest.is_empty() => words.get(index + 1).map_or("", |word| word.as_str()),
                None => continue,
            };
            if !name.is_empty() && !name.contains('$') && !name.starts_with('-') && !is_known(name) {
                report
                    .finding(&command.place, format!("there is no group or extra `{name}`"))
                    .help("correct the name, or define it in `pyproject.toml`")
                    .requirement("5.3.4");
            }
        }
    }
}
