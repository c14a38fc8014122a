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
        .help("add `uv run pre-commit install` to the recipe");
}
