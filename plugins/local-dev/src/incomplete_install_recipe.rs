//! A recipe `install` that leaves the hooks of pre-commit out.

use crate::justfile;
use plimsoll_sdk::prelude::*;

rule! {
    /// `just install` does not set everything up.
    ///
    /// Who sets up with one command commits without the checks that the repository configures, and learns of them
    /// from CI. Let the recipe run `uv sync` and `pre-commit install`.
    ///
    /// ```just bad Justfile
    /// install: # error: `install` does not install the hooks of pre-commit
    ///     uv sync --all-extras
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos: []
    /// ```
    ///
    /// ```just fixed Justfile
    /// install:
    ///     uv sync --all-extras
    ///     uv run pre-commit install
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// repos: []
    /// ```
    ///
    /// The manner of the recipe stays, and what follows it:
    ///
    /// ```just bad justfile
    /// # Sets everything up
    /// @install group="dev":  # error: `install` does not install the hooks of pre-commit
    /// 	echo "installing"
    ///
    /// 	pip install \
    /// 		-e .
    ///
    /// # Runs it
    /// run:
    /// 	python -m app
    /// ```
    /// ```yaml bad .pre-commit-config.yaml
    /// repos: []
    /// ```
    /// ```just fixed justfile
    /// # Sets everything up
    /// @install group="dev":
    /// 	echo "installing"
    ///
    /// 	pip install \
    /// 		-e .
    /// 	pre-commit install
    ///
    /// # Runs it
    /// run:
    /// 	python -m app
    /// ```
    /// ```yaml fixed .pre-commit-config.yaml
    /// repos: []
    /// ```
    ///
    /// ```just good Justfile
    /// install: hooks
    ///     uv sync --all-extras
    /// hooks:
    ///     uv run pre-commit install
    /// ```
    /// ```yaml good .pre-commit-config.yaml
    /// repos: []
    /// ```
    pub(crate) static INCOMPLETE_INSTALL_RECIPE = {
        id: "incomplete-install-recipe",
        requirements: ["24.3.2", "24.3.6"],
        check: Check::Repository(incomplete_install_recipe),
    }
}

fn incomplete_install_recipe(report: &mut Report) {
    if !repository::exists(".pre-commit-config.yaml") {
        return;
    }
    let Some(justfile) = justfile::at_root() else { return };
    let Some(recipe) = justfile.recipe("install") else { return };
    let commands = justfile.commands(recipe);
    const LOOKED_INTO: &[&str] = &["uv", "pip", "poetry", "pdm", "just", "echo"];
    let is_hooks = |command: &automation::Command| {
        matches!(command.program(), "pre-commit" | "prek" | "lefthook" | "husky")
            && command.has_word(&["install", "init-templatedir"])
    };
    if commands.is_empty()
        || commands.iter().any(|command| is_hooks(command) || !LOOKED_INTO.contains(&command.program()))
    {
        return;
    }
    report
        .finding(&recipe.place, "`install` does not install the hooks of pre-commit")
        .help("add `uv run pre-commit install` to the recipe")
        .unsafe_fix(hooks(&recipe.place, &commands));
}

/// Installs the hooks at the end of a recipe, with the manager that it uses. A recipe in another language than the
/// shell's, and one that leaves it, is left alone.
fn hooks(recipe: &Place, commands: &[automation::Command]) -> Option<Edit> {
    let text = repository::read(&recipe.path).ok()?;
    let rest = text.get(recipe.span.end as usize..)?;
    let mut offset = recipe.span.end as usize + rest.split_inclusive('\n').next()?.len();
    let (mut end, mut indent) = (None, None);
    for line in text.get(offset..)?.split_inclusive('\n') {
        let code = line.trim();
        let space = line.get(..line.len() - line.trim_start().len())?;
        if !code.is_empty() {
            if space.is_empty() {
                break;
            }
            if code.starts_with("#!") || code.starts_with("exit") {
                return None;
            }
            indent.get_or_insert(space);
            end = Some(offset + line.trim_end().len());
        }
        offset += line.len();
    }
    let uses = |program: &str| {
        commands
            .iter()
            .any(|it| it.program() == program || it.launchers.iter().any(|launcher| launcher.starts_with(program)))
    };
    let run = ["uv", "poetry", "pdm"].into_iter().find(|program| uses(program)).map_or("", |program| match program {
        "uv" => "uv run ",
        "poetry" => "poetry run ",
        _ => "pdm run ",
    });
    let end = end? as u32;
    let place = Place { path: recipe.path.clone(), span: Span { start: end, end } };
    Some(edit::replace(&place, format!("\n{}{run}pre-commit install", indent?)))
}
