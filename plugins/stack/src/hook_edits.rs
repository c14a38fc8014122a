//! Edits of the hooks of pre-commit.

use plimsoll_sdk::prelude::*;

use crate::retirement::Successor;

const REPOSITORY: &str = "https://github.com/astral-sh/ruff-pre-commit";
const REVISION: &str = "v0.14.0";

/// Puts the hook of Ruff in place of hooks that it replaces. None where a hook is not found in its file, and where none
/// would be left.
pub(crate) fn replaced(hooks: &[&Hook], successor: Successor) -> Option<Vec<Edit>> {
    let Some(first) = hooks.first() else { return Some(Vec::new()) };
    let path = &first.place.path;
    let nodes = documents::read(path, &["repos"]).ok()?;
    let repos: Vec<Item<'_>> = Item::root(&nodes)?.children().collect();
    let is_old = |hook: &Item<'_>| {
        let id = hook.get("id").map(Item::span);
        hooks.iter().any(|old| old.place.path == *path && Some(old.place.span) == id)
    };
    let found = repos.iter().flat_map(|repo| hooks_of(*repo)).filter(is_old).count();
    let id = match successor {
        Successor::Formatter => "ruff-format",
        Successor::Linter(_) => "ruff-check",
        Successor::None => return None,
    };
    if found != hooks.len() {
        return None;
    }
    let has_old_only = |repo: &Item<'_>| !hooks_of(*repo).is_empty() && hooks_of(*repo).iter().all(is_old);
    let is_ruff = |repo: &Item<'_>| {
        repo.get("repo").is_some_and(|url| url.text().trim_end_matches(".git").ends_with("/ruff-pre-commit"))
    };
    let ruff = repos.iter().position(is_ruff);
    // Without a repository of Ruff, the first of an old hook becomes it.
    let turned = if ruff.is_none() { Some(repos.iter().position(has_old_only)?) } else { None };
    let goes = |index: usize, repo: &Item<'_>| has_old_only(repo) && turned != Some(index);
    let mut edits = Vec::new();
    for (index, repo) in repos.iter().enumerate().filter(|(index, repo)| goes(*index, repo)) {
        edits.push(without_repository(path, repo, repos.get(index + 1))?);
    }
    // Key paths are those of the file without what goes.
    let gone = |index: usize| repos.iter().enumerate().take(index).filter(|(index, repo)| goes(*index, repo)).count();
    let at = |index: usize, keys: &[&str]| -> Vec<String> {
        let index = (index - gone(index)).to_string();
        ["repos", &index].iter().chain(keys).map(|&key| key.to_owned()).collect()
    };
    for (index, repo) in repos.iter().enumerate().filter(|(_, repo)| !has_old_only(repo)) {
        // The last one first: the indexes of those before it stay what they are.
        for (number, _) in hooks_of(*repo).iter().enumerate().rev().filter(|(_, hook)| is_old(hook)) {
            edits.push(edit::remove(path, &borrowed(&at(index, &["hooks", &number.to_string()]))));
        }
    }
    if let Some(index) = ruff {
        let repo = repos.get(index)?;
        let own = hooks_of(*repo);
        let ids: Vec<&str> = own.iter().filter_map(|hook| hook.get("id")).map(Item::text).collect();
        if !(ids.contains(&id) || id == "ruff-check" && ids.contains(&"ruff")) {
            let id = if id == "ruff-check" && !has_check(repo) { "ruff" } else { id };
            edits.push(edit::append(path, &borrowed(&at(index, &["hooks"])), format!("id: {id}")));
        }
    }
    if let Some(index) = turned {
        repos.get(index).filter(|repo| repo.get("rev").is_some())?;
        let hook = format!("- id: {id}");
        for (key, value) in [("repo", REPOSITORY), ("rev", REVISION), ("hooks", hook.as_str())] {
            edits.push(edit::set(path, &borrowed(&at(index, &[key])), value));
        }
    }
    Some(edits)
}

/// Whether the revision is known to have the hook under its new name; all have the old one.
fn has_check(repo: &Item<'_>) -> bool {
    let mut numbers = repo.get("rev").map_or("", Item::text).trim_start_matches('v').split('.').map(str::parse::<u32>);
    matches!((numbers.next(), numbers.next()), (Some(Ok(0)), Some(Ok(12..))) | (Some(Ok(1..100)), Some(Ok(_))))
}

fn borrowed(keys: &[String]) -> Vec<&str> {
    keys.iter().map(String::as_str).collect()
}

fn hooks_of(repo: Item<'_>) -> Vec<Item<'_>> {
    repo.get("hooks").into_iter().flat_map(Item::children).collect()
}

/// Takes a repository out, with the comments in it and one blank line. None where it is not written as lines of its own.
fn without_repository(path: &str, repo: &Item<'_>, next: Option<&Item<'_>>) -> Option<Edit> {
    let text = repository::read(path).ok()?;
    let line_of = |offset: u32| Some(text.get(..offset as usize)?.matches('\n').count());
    let key_of = |repo: &Item<'_>| repo.children().map(|item| item.key_span().start).min();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    let first = line_of(key_of(repo)?)?;
    let line = *lines.get(first)?;
    let dash = line.find('-').filter(|dash| line.get(..*dash).is_some_and(|indent| indent.trim().is_empty()))?;
    let indent_of = |line: &str| line.len() - line.trim_start().len();
    let is_blank = |line: &&&str| line.trim().is_empty();
    let is_inside = |line: &&&str| is_blank(line) || indent_of(line) > dash;
    let rest = lines.get(first + 1..)?;
    let mut end = first + 1 + rest.iter().take_while(is_inside).count();
    let limit = next.and_then(|next| line_of(key_of(next)?));
    if limit.is_some_and(|limit| limit < end) {
        return None;
    }
    let mut start = first;
    if next.is_none() {
        end -= lines.get(start..end)?.iter().rev().take_while(is_blank).count();
        start -= lines.get(..start)?.iter().rev().take_while(is_blank).count();
    }
    let offset = |count: usize| lines.iter().take(count).map(|line| line.len() as u32).sum();
    let span = Span { start: offset(start), end: offset(end) };
    Some(edit::replace(&Place { path: path.to_owned(), span }, ""))
}
