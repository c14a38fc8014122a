//! Edits that say what coverage is measured on.

use plimsoll_sdk::paths::{file_name, join};
use plimsoll_sdk::prelude::*;
use plimsoll_sdk::settings::{PYTEST, Setting, Settings};

/// The product's code, relative to its project: `src`, or the folders of the packages; none where that is not certain.
pub(crate) fn product_folders(project: &Project) -> Vec<String> {
    let inside = |path: &str| path.strip_prefix(&project.root).map(|rest| rest.trim_start_matches('/').to_owned());
    if project.source_roots.iter().filter_map(|root| inside(root)).any(|root| root == "src") {
        return vec!["src".to_owned()];
    }
    let packages = project.packages.iter().filter(|package| !package.path.ends_with(".py"));
    let folders: Option<Vec<String>> = packages.map(|package| inside(&package.path)).collect();
    folders.unwrap_or_default().into_iter().filter(|folder| !folder.is_empty()).collect()
}

/// Texts as a list of TOML.
pub(crate) fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| format!("\"{text}\"")).collect();
    format!("[{}]", quoted.join(", "))
}

/// Takes what is wide out of a list; what is wide alone gives way to the sources. Lists of INI are left alone.
pub(crate) fn narrowed(setting: &Setting<'_>, is_wide: &dyn Fn(&str) -> bool, sources: &[String]) -> Option<Vec<Edit>> {
    let KeyPath { path, keys } = &setting.key_path;
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    let items: Option<Vec<&str>> = setting.value.children().map(Item::string).collect();
    let items = items.filter(|items| setting.value.kind() == NodeKind::List && !items.is_empty())?;
    if items.iter().all(|item| is_wide(item)) {
        return (!sources.is_empty()).then(|| vec![edit::set(path, &keys, list(sources))]);
    }
    let wide = items.iter().enumerate().rev().filter(|(_, item)| is_wide(item));
    let remove = |index: usize| edit::remove(path, &[&keys[..], &[index.to_string().as_str()]].concat());
    Some(wide.map(|(index, _)| remove(index)).collect())
}

/// Puts a word in place of another one in pytest's `addopts` or a command.
pub(crate) fn replaced_word(place: &Place, folder: &str, word: &str, new: &str) -> Option<Edit> {
    let settings = Settings::of(&PYTEST, folder);
    let addopts = settings.setting(&["addopts"]).filter(|addopts| addopts.place == *place);
    let place = addopts.map_or_else(|| place.clone(), |addopts| addopts.value.place(&place.path));
    let text = repository::read(&place.path).ok()?;
    let written = text.get(place.span.start as usize..place.span.end as usize)?;
    let is_end = |rest: &str| rest.is_empty() || rest.starts_with([' ', '"', '\'', '\n', '\t', ',']);
    let ends = |at: &usize| written.get(at + word.len()..).is_some_and(is_end);
    let at = place.span.start + written.match_indices(word).map(|(at, _)| at).find(ends)? as u32;
    let span = Span { start: at, end: at + word.len() as u32 };
    Some(edit::replace(&Place { path: place.path, span }, new))
}

/// Lets pytest measure the product of a project, with settings in its `pyproject.toml`; none where pytest is configured
/// elsewhere.
pub(crate) fn measured(project: &Project) -> Option<Vec<Edit>> {
    let path = join(&project.root, "pyproject.toml");
    let sources = Some(product_folders(project)).filter(|sources| !sources.is_empty() && repository::exists(&path))?;
    let settings = Settings::of(&PYTEST, &project.root);
    let options = ["tool", "pytest", "ini_options"];
    let is_here = settings.layers.is_empty()
        || settings.layers.first().is_some_and(|layer| layer.path == path) && documents::read(&path, &options).is_ok();
    if !is_here || file_name(&path) != "pyproject.toml" {
        return None;
    }
    let keys = [&options[..], &["addopts"]].concat();
    let option = match settings.setting(&["addopts"]) {
        None => edit::set(&path, &keys, "\"--cov\""),
        Some(addopts) if addopts.value.kind() == NodeKind::List => edit::append(&path, &keys, "\"--cov\""),
        Some(addopts) => {
            let options = addopts.value.string().filter(|text| !text.contains(['"', '\\', '\n']))?;
            edit::set(&path, &keys, format!("\"{}\"", format!("{options} --cov").trim_start()))
        }
    };
    let run = ["tool", "coverage", "run"];
    let source = edit::set(&path, &[&run[..], &["source"]].concat(), list(&sources));
    Some(vec![option, source, edit::set(&path, &[&run[..], &["branch"]].concat(), "true")])
}
