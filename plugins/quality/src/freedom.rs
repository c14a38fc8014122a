//! Rules that files of one kind are freed from.

use plimsoll_sdk::paths::parent;
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::ruff::Configuration;

/// Lets `lint.per-file-ignores` ignore rules in a folder of the one project that a configuration is for; nothing where
/// there are several, or where the file extends another one, which may say so already.
pub(crate) fn freedom(configuration: &Configuration, folder: &str, selectors: &[&str]) -> Vec<Edit> {
    let settings = &configuration.settings;
    let (ignores, selection) = (settings.lint(&["per-file-ignores"]), settings.selection());
    let at = match (&ignores, &selection) {
        (Some(ignores), _) => ignores.key_path.clone(),
        (None, Some(selection)) => {
            let mut key_path = selection.key_path.clone();
            key_path.keys.pop();
            key_path.keys.push("per-file-ignores".to_owned());
            key_path
        }
        (None, None) => return Vec::new(),
    };
    let is_of_project = matches!(configuration.projects.as_slice(), [project] if project.root == parent(&at.path));
    if !is_of_project || !at.keys.iter().any(|key| key == "lint") {
        return Vec::new();
    }
    let glob = format!("{folder}/**/*.py");
    let keys: Vec<&str> = at.keys.iter().map(String::as_str).chain([glob.as_str()]).collect();
    selectors.iter().map(|selector| edit::append(&at.path, &keys, format!("\"{selector}\""))).collect()
}
