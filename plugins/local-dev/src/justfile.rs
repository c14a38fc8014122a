//! The recipes of the justfile at the root, and what they run.

use plimsoll_sdk::automation::{self, Command, Task};
use plimsoll_sdk::prelude::*;

/// The justfile at the root, as text, with the recipes that are in reach.
pub(crate) struct Justfile {
    /// Its path.
    pub(crate) path: String,
    text: String,
    tasks: Vec<Task>,
}

/// The justfile of the repository's root.
pub(crate) fn at_root() -> Option<Justfile> {
    let files = repository::find(automation::JUSTFILES);
    let path = files.into_iter().find(|file| !file.path.contains('/'))?.path;
    let text = repository::read(&path).ok()?;
    let tasks = automation::tasks().into_iter().filter(|task| task.runner == "just").collect();
    Some(Justfile { path, text, tasks })
}

/// A name with `-` for `_`: people write both.
fn normalised(name: &str) -> String {
    name.replace('_', "-")
}

impl Justfile {
    /// The recipe of this name, or the one that an alias of this name stands for.
    pub(crate) fn recipe(&self, name: &str) -> Option<&Task> {
        let find = |name: &str| self.tasks.iter().find(|task| normalised(&task.name) == normalised(name));
        find(name).or_else(|| find(self.aliases().find(|(alias, _)| normalised(alias) == name)?.1))
    }

    fn aliases(&self) -> impl Iterator<Item = (&str, &str)> {
        self.text.lines().filter_map(|line| {
            let (alias, recipe) = line.strip_prefix("alias ")?.split_once(":=")?;
            Some((alias.trim(), recipe.trim()))
        })
    }

    /// What a recipe runs, with the recipes that it depends on or calls.
    pub(crate) fn commands(&self, recipe: &Task) -> Vec<Command> {
        let all: Vec<Command> =
            automation::commands(&["*"]).into_iter().filter(|command| command.source == "just").collect();
        let mut names = vec![recipe.name.clone()];
        let mut next = 0;
        while let Some(name) = names.get(next).cloned() {
            next += 1;
            let calls = all.iter().filter(|command| command.unit == name && command.program() == "just");
            let called = calls.flat_map(|command| command.words.iter().skip(1).cloned());
            for callee in called.chain(self.dependencies(&name)) {
                if let Some(task) = self.recipe(&callee).filter(|task| !names.contains(&task.name)) {
                    names.push(task.name.clone());
                }
            }
        }
        all.into_iter().filter(|command| names.contains(&command.unit)).collect()
    }

    fn dependencies(&self, name: &str) -> Vec<String> {
        let is_header = |line: &&str| {
            let line = line.trim_start_matches('@');
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', ':'])) && !line.contains(":=")
        };
        let header = self.text.lines().find(is_header).and_then(|line| line.split_once(':'));
        let words = header.map_or("", |(_, dependencies)| dependencies).split_whitespace();
        words.map(|word| word.trim_matches(['(', ')']).to_owned()).collect()
    }
}
