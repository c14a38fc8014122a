//! What type checkers are told about a project.

use plimsoll_sdk::prelude::*;

/// The table of Pyright: a file of its own, else the one in `pyproject.toml`. With the path of its file.
pub(crate) fn pyright(root: &str) -> Option<Document> {
    let below = |name: &str| if root.is_empty() { name.to_owned() } else { format!("{root}/{name}") };
    let candidates: [(&str, &[&str]); 2] = [("pyrightconfig.json", &[]), ("pyproject.toml", &["tool", "pyright"])];
    candidates.into_iter().find_map(|(name, keys)| {
        let value = documents::read(&below(name), keys).ok()?;
        let file = repository::find(&[&format!("/{}", below(name))]).into_iter().next()?;
        Some(Document { file, value })
    })
}

/// Whether Pyright or mypy demands annotations everywhere.
pub(crate) fn is_strict(root: &str) -> bool {
    let is_pyright_strict = pyright(root).is_some_and(|table| {
        let mode = table.at(&["typeCheckingMode"]).and_then(Item::string);
        mode == Some("strict") || table.at(&["strict"]).is_some_and(|strict| !strict.strings().is_empty())
    });
    is_pyright_strict || is_mypy_strict(root)
}

fn is_mypy_strict(root: &str) -> bool {
    let below = |name: &str| if root.is_empty() { name.to_owned() } else { format!("{root}/{name}") };
    let tables: [(&str, &[&str]); 3] =
        [("pyproject.toml", &["tool", "mypy"]), ("mypy.ini", &["mypy"]), ("setup.cfg", &["mypy"])];
    tables.into_iter().any(|(name, keys)| {
        let Ok(table) = documents::read(&below(name), keys) else { return false };
        let is_set = |key: &str| {
            let value = Item::root(&table).and_then(|table| table.get(key));
            value.is_some_and(|value| value.text().eq_ignore_ascii_case("true"))
        };
        is_set("strict") || is_set("disallow_untyped_defs")
    })
}
