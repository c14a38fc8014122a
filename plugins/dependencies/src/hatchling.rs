//! Edits that let Hatchling build a project.

use plimsoll_sdk::prelude::*;

/// What a backend is told that Hatchling needs not, or is told in its own way: the table, and keys in it.
const REPLACED: &[(&[&str], &[&str])] = &[
    (&["tool", "setuptools"], &["packages", "package-data", "include-package-data", "zip-safe", "dynamic"]),
    (&["tool", "flit"], &["module"]),
    (&["tool", "uv", "build-backend"], &["module-name", "module-root"]),
    (&["tool", "pdm"], &[]),
    (&["tool", "poetry"], &[]),
];

/// Sets Hatchling as the backend, with the same packages and the same source of the version. None where the old one is
/// told anything else, or has files of its own.
pub(crate) fn built(project: &Project) -> Option<Vec<Edit>> {
    let path = project.path("pyproject.toml");
    let read = |keys: &[&str]| documents::read(&path, keys).ok();
    let requires = read(&["build-system", "requires"])?;
    let helpers = Item::root(&requires)?.strings();
    let is_wheel = |requirement: &&str| requirement.trim_end() == "wheel";
    let has_files = ["setup.py", "setup.cfg", "MANIFEST.in"].iter().any(|name| repository::exists(&project.path(name)));
    if has_files || helpers.iter().filter(|requirement| !is_wheel(requirement)).count() != 1 {
        return None;
    }
    let mut edits = vec![
        edit::set(&path, &["build-system", "requires"], "[\"hatchling\"]"),
        edit::set(&path, &["build-system", "build-backend"], "\"hatchling.build\""),
    ];
    let dynamic = read(&["project", "dynamic"]).unwrap_or_default();
    match Item::root(&dynamic).map(Item::strings).unwrap_or_default().as_slice() {
        [] => {}
        ["version"] => edits.push(edit::set(&path, &["tool", "hatch", "version", "path"], version_file(project)?)),
        _ => return None,
    }
    let packages: Vec<&str> = project.packages.iter().map(|package| relative(project, &package.path)).collect();
    if packages.is_empty() || packages.iter().any(|package| package.is_empty() || package.ends_with(".py")) {
        return None;
    }
    // Hatchling finds the package of the project's name by itself.
    let name = project.name.as_deref()?.to_ascii_lowercase().replace(['-', '.'], "_");
    if packages != [format!("src/{name}")] {
        let quoted: Vec<String> = packages.iter().map(|package| format!("\"{package}\"")).collect();
        let keys = ["tool", "hatch", "build", "targets", "wheel", "packages"];
        edits.push(edit::set(&path, &keys, format!("[{}]", quoted.join(", "))));
    }
    for (keys, known) in REPLACED {
        let Some(table) = read(keys) else { continue };
        let is_known = Item::root(&table)?.children().filter_map(Item::key).all(|key| known.contains(&key));
        if !is_known {
            return None;
        }
        // Others may stand beside it in `tool`: those of Hatchling do.
        let has_tool = edits.len() > 2 || keys.len() > 2;
        edits.push(if has_tool { edit::remove(&path, keys) } else { edit::remove_tool(&path, keys.last()?)? });
    }
    Some(edits)
}

fn relative<'a>(project: &Project, path: &'a str) -> &'a str {
    path.strip_prefix(project.root.as_str()).map_or(path, |rest| rest.trim_start_matches('/'))
}

/// The file that holds `__version__`, as setuptools is told; as a value of TOML.
fn version_file(project: &Project) -> Option<String> {
    let path = project.path("pyproject.toml");
    let dynamic = documents::read(&path, &["tool", "setuptools", "dynamic"]).ok()?;
    let dynamic = Item::root(&dynamic)?;
    let attribute = dynamic.at(&["version", "attr"]).filter(|_| dynamic.children().count() == 1)?.string()?;
    let (package, below) = attribute
        .strip_suffix(".__version__")?
        .split_once('.')
        .map_or((attribute.strip_suffix(".__version__")?, None), |(package, below)| (package, Some(below)));
    let folder = &project.packages.iter().find(|one| one.name == package)?.path;
    let module = below.map(|below| format!("{folder}/{}.py", below.replace('.', "/")));
    let file = module.filter(|path| repository::exists(path)).or_else(|| {
        let below = below.map(|below| format!("/{}", below.replace('.', "/"))).unwrap_or_default();
        Some(format!("{folder}{below}/__init__.py"))
    })?;
    let text = repository::read(&file).ok()?;
    // What is changed later is known only when the module runs.
    let mut assignments = text.lines().filter(|line| line.trim_start().starts_with("__version__ "));
    let value = assignments.next()?.strip_prefix("__version__ = ").filter(|_| assignments.next().is_none())?;
    value.starts_with(['"', '\'']).then(|| format!("\"{}\"", relative(project, &file)))
}
