//! Requirements files, with the files that they refer to.
//!
//! A file that a tool compiled from others is left out where these others are there: it lists what they lead to, which
//! nobody declared.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::manifest::Manifest;
use super::requirement::requirement;
use super::{Role, inside, is_requirements, nearest};
use crate::facts::Facts;
use crate::plugin::wit::project::Dependency;
use crate::repository::{file_name, join, parent};

/// More files than this are not followed.
const MOST_FILES: usize = 200;
/// Words in the name of a file that is not for the product.
const DEVELOPMENT: &[&str] = &[
    "dev",
    "devel",
    "develop",
    "development",
    "test",
    "tests",
    "testing",
    "lint",
    "linting",
    "linters",
    "doc",
    "docs",
    "documentation",
    "ci",
    "typing",
    "types",
    "mypy",
    "style",
    "format",
    "formatting",
    "bench",
    "benchmark",
    "benchmarks",
    "local",
    "release",
    "build",
    "tool",
    "tools",
    "tooling",
    "tox",
    "nox",
    "qa",
    "quality",
    "debug",
    "example",
    "examples",
    "precommit",
    "coverage",
    "rtd",
    "readthedocs",
];

/// Words in the name of a file that everyone installs.
const RUNTIME: &[&str] = &[
    "requirements",
    "requirement",
    "base",
    "common",
    "core",
    "default",
    "deploy",
    "install",
    "main",
    "prod",
    "production",
    "runtime",
    "app",
    "server",
    "all",
    "in",
];

/// The requirements of a project's own files and of the files that these include.
pub(super) fn requirements(
    facts: &Facts,
    rules: &super::roles::Rules,
    manifest: &Manifest,
    roots: &BTreeSet<&str>,
) -> Vec<Dependency> {
    let own = own_files(facts, rules, &manifest.root, roots);
    let mut kinds: BTreeMap<String, &'static str> =
        own.iter().map(|path| (path.clone(), kind(rules, &manifest.root, path, &own))).collect();
    let mut queue: VecDeque<String> = own.into_iter().collect();
    let mut found = Vec::new();
    while let Some(path) = queue.pop_front() {
        let Ok(text) = facts.repository().read(&path) else { continue };
        if is_compiled(facts, manifest, &path, &text) {
            continue;
        }
        let kind = kinds.get(&path).copied().unwrap_or("runtime");
        for (included, is_constraint) in read(&path, &text, kind, &mut found) {
            if kinds.len() >= MOST_FILES || kinds.contains_key(&included) {
                continue;
            }
            kinds.insert(included.clone(), if is_constraint { "constraint" } else { kind });
            queue.push_back(included);
        }
    }
    found
}

/// Whether a project installs from requirements files that people write.
pub(super) fn has_written_files(facts: &Facts, manifest: &Manifest) -> bool {
    let folder = inside(&manifest.root, "requirements");
    let is_top = |path: &str| parent(path) == manifest.root || parent(path) == folder;
    let mut files = facts.repository().below(&manifest.root).filter(|file| is_top(&file.path));
    files.any(|file| {
        is_requirements(&file.path)
            && file.path.ends_with(".txt")
            && facts.repository().read(&file.path).is_ok_and(|text| !is_compiled(facts, manifest, &file.path, &text))
    })
}

/// Whether a project has requirements that are compiled: `requirements.in` beside `requirements.txt`.
pub(super) fn has_compiled_files(facts: &Facts, root: &str) -> bool {
    let repository = facts.repository();
    let folder = inside(root, "requirements");
    let is_top = |path: &str| parent(path) == root || parent(path) == folder;
    repository
        .below(root)
        .filter(|file| is_top(&file.path) && is_requirements(&file.path))
        .any(|file| file.path.strip_suffix(".in").is_some_and(|stem| repository.file(&format!("{stem}.txt")).is_some()))
}

/// The requirements files that are the project's: beside its manifest and in its folders for tests, documentation and
/// the like.
fn own_files(facts: &Facts, rules: &super::roles::Rules, root: &str, roots: &BTreeSet<&str>) -> Vec<String> {
    let depth = if root.is_empty() { 0 } else { root.matches('/').count() + 1 };
    let is_own = |path: &str| {
        let folder = parent(path);
        let folder = if file_name(folder) == "requirements" { parent(folder) } else { folder };
        let below = (if folder.is_empty() { 0 } else { folder.matches('/').count() + 1 }) - depth;
        let role = rules.role(&inside(folder, "x.py"));
        below <= 1
            && nearest(roots, path).is_none_or(|nearest| nearest == root)
            && !matches!(role, Role::Template | Role::Vendored | Role::Example | Role::Generated)
    };
    let files = facts.repository().below(root).filter(|file| is_requirements(&file.path) && is_own(&file.path));
    files.map(|file| file.path.clone()).collect()
}

/// What the dependencies of a file are for, by its name, by what its folder is for and by the files beside it.
fn kind(rules: &super::roles::Rules, root: &str, path: &str, all: &[String]) -> &'static str {
    let words = words(path);
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    // `requirements-gpu.txt` beside `requirements.txt` is for some only.
    let is_beside = |other: &String| parent(other) == parent(path) && is_plain(other);
    let folder = parent(path);
    let folder = if file_name(folder) == "requirements" { parent(folder) } else { folder };
    let is_elsewhere = folder != root && rules.role_below(root, &inside(folder, "x.py")) != Role::Source;
    if words.iter().any(|word| word.starts_with("constraint")) {
        "constraint"
    } else if is_elsewhere || has(DEVELOPMENT) || words.iter().any(|word| word.ends_with("test")) {
        "development"
    } else if !is_plain(path) && all.iter().any(is_beside) {
        "optional"
    } else {
        "runtime"
    }
}

/// Whether a file is by its name what everyone installs.
fn is_plain(path: &str) -> bool {
    words(path).iter().all(|word| RUNTIME.contains(&word.as_str()))
}

fn words(path: &str) -> Vec<String> {
    let name = file_name(path).to_ascii_lowercase();
    let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem);
    stem.split(|letter: char| !letter.is_ascii_alphanumeric()).map(str::to_owned).collect()
}

/// Whether a tool wrote a file from others that are read as well.
fn is_compiled(facts: &Facts, manifest: &Manifest, path: &str, text: &str) -> bool {
    let Some(stem) = path.strip_suffix(".txt") else { return false };
    if facts.repository().file(&format!("{stem}.in")).is_some() {
        return true;
    }
    let head: Vec<&str> = text.lines().take(10).filter(|line| line.starts_with('#')).collect();
    let says = |words: &str| head.iter().any(|line| line.contains(words));
    let is_written_by_tool =
        says("autogenerated by") || says("pip-compile") || says("uv export") || says("pip compile");
    is_written_by_tool && manifest.pyproject.root().is_some()
}

/// Reads one file; gives the files that it includes and whether each is one of constraints.
fn read(path: &str, text: &str, kind: &str, found: &mut Vec<Dependency>) -> Vec<(String, bool)> {
    let mut included = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        let start = offset;
        offset += line.len();
        let body = line.trim_start().trim_start_matches('\u{feff}');
        let start = start + (line.len() - body.len());
        let body = body.split(" #").next().unwrap_or(body);
        let body = body.split(" --").next().unwrap_or(body).trim_end();
        let body = body.trim_end_matches('\\').trim_end();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        if let Some((other, is_constraint)) = reference(line.trim()) {
            included.extend(join(parent(path), other).map(|other| (other, is_constraint)));
            continue;
        }
        let editable = ["-e ", "--editable ", "--editable="].iter().find_map(|option| body.strip_prefix(option));
        let text = editable.map_or(body, str::trim_start);
        if text.starts_with('-') {
            continue;
        }
        let place = super::place(path, start + (body.len() - text.len()), text.len());
        found.extend(requirement(text, kind, Some(file_name(path)), place));
    }
    included
}

/// The file that a line includes, and whether it holds constraints.
fn reference(line: &str) -> Option<(&str, bool)> {
    let line = line.split(" #").next().unwrap_or(line).trim_end();
    let after = |options: [&str; 2]| {
        options
            .into_iter()
            .find_map(|option| line.strip_prefix(option))
            .filter(|rest| rest.starts_with([' ', '=', '\t']))
    };
    let short = |option: &str| line.strip_prefix(option).filter(|rest| !rest.is_empty());
    let (rest, is_constraint) = if let Some(rest) = after(["--requirement", "--requirements"]).or_else(|| short("-r")) {
        (rest, false)
    } else if let Some(rest) = after(["--constraint", "--constraints"]).or_else(|| short("-c")) {
        (rest, true)
    } else {
        return None;
    };
    Some((rest.trim_start_matches(['=', ' ', '\t']).trim_matches(['"', '\'']), is_constraint))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{check, sample};

    #[test]
    fn files_refer_to_each_other() {
        check(
            &sample(&[
                ("requirements.txt", "-r requirements/base.txt\n-c constraints/all.txt\nflask==1 # web\n"),
                ("requirements/base.txt", "-r ../requirements.txt\n\u{20}requests \\\n    --hash=sha256:00\n# c\n"),
                (
                    "requirements-dev.txt",
                    "-r requirements.txt\n-r more.list\npytest\n-e ./lib\n-e git+https://h/x#egg=y\n",
                ),
                ("more.list", "ruff\n"),
                ("constraints/all.txt", "a<2\n"),
                ("docs/requirements.txt", "sphinx\n"),
                ("requirements-gpu.txt", "torch\n"),
                ("app.py", ""),
            ]),
            r#"project "" - - - roots [""] managers [pip]
              package app = app.py
              a <2 constraint/all.txt <a<2>
              sphinx development/requirements.txt <sphinx>
              ruff development/more.list <ruff>
              pytest development/requirements-dev.txt <pytest>
              y @ git+https://h/x#egg=y development/requirements-dev.txt <git+https://h/x#egg=y>
              torch optional/requirements-gpu.txt <torch>
              flask ==1 runtime/requirements.txt <flask==1>
              requests runtime/base.txt <requests>"#,
        );
    }

    #[test]
    fn what_is_compiled_is_not_declared() {
        check(
            &sample(&[
                ("requirements.in", "flask\n"),
                ("requirements.txt", "# autogenerated by pip-compile\nflask==1\njinja2==3\n"),
                ("app.py", ""),
            ]),
            r#"project "" - - - roots [""] managers [pip-tools]
              package app = app.py
              flask runtime/requirements.in <flask>"#,
        );
    }
}
