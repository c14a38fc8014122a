//! Packages without a marker of their types, and markers that the wheel leaves out.

use crate::layout;
use plimsoll_sdk::prelude::*;

rule! {
    /// A package has no `py.typed`.
    ///
    /// Without the marker type checkers ignore the package's annotations, and whoever imports it sees `Any`. Add an
    /// empty `py.typed` beside `__init__.py` (PEP 561).
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python bad src/app/__init__.py
    /// answer = 42  # error: no `py.typed` in `app`
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// answer = 42
    /// ```
    /// ```text fixed src/app/py.typed
    /// ```
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// [tool.hatch.build]
    /// exclude = ["py.typed"]  # error: `py.typed` is left out of the build
    /// ```
    /// ```python bad src/app/__init__.py
    /// ```
    /// ```text bad src/app/py.typed
    /// ```
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/__init__.py
    /// ```
    /// ```text good src/app/py.typed
    /// ```
    ///
    /// A namespace has no marker; the packages in it have:
    ///
    /// ```toml bad pyproject.toml
    /// [project]  # error: no `py.typed` in `app.ships`
    /// name = "app-ships"
    /// [build-system]
    /// requires = ["hatchling"]
    /// build-backend = "hatchling.build"
    /// [tool.hatch.build.targets.wheel]
    /// packages = ["src/app"]
    /// ```
    /// ```python bad src/app/ships/__init__.py
    /// ```
    pub(crate) static MISSING_PY_TYPED = {
        id: "missing-py-typed",
        requirements: ["4.4.7", "7.2.1", "27.3.10"],
        check: Check::Project(missing_py_typed),
    }
}

const EXCLUDES: &[&[&str]] = &[
    &["tool", "hatch", "build", "exclude"],
    &["tool", "hatch", "build", "targets", "wheel", "exclude"],
    &["tool", "poetry", "exclude"],
    &["tool", "uv", "build-backend", "wheel-exclude"],
];

/// So many packages of a namespace are named.
const MOST_NAMES: usize = 3;

fn missing_py_typed(report: &mut Report, project: &Project) {
    if !layout::is_product(project) {
        return;
    }
    for package in &project.packages {
        let marker = layout::join(&package.path, "py.typed");
        if package.path.ends_with(".py")
            || package.name.ends_with("-stubs")
            || package.name.ends_with("tests")
            || is_site(project, package)
        {
            continue;
        }
        if repository::exists(&marker) {
            excluded(report, project);
        } else {
            unmarked(report, project, package, &marker);
        }
    }
}

fn unmarked(report: &mut Report, project: &Project, package: &Package, marker: &str) {
    let module = layout::join(&package.path, "__init__.py");
    let code = layout::role(&module);
    if code.is_some_and(|role| role != Role::Source) {
        return;
    }
    let (place, names, markers) = if code.is_some() {
        (layout::start(&module), vec![package.name.clone()], vec![marker.to_owned()])
    } else {
        let portions = portions(project, package);
        let below = |portion: &String| portion.strip_prefix(&package.path).unwrap_or_default().replace('/', ".");
        let names: Vec<String> = portions.iter().map(|portion| format!("{}{}", package.name, below(portion))).collect();
        let markers = portions.iter().map(|portion| layout::join(portion, "py.typed")).collect();
        (project.place.clone(), names, markers)
    };
    if names.is_empty() || code.is_none() && !repository::find(&[&format!("{}/**/py.typed", package.path)]).is_empty() {
        return;
    }
    let more = match names.len().saturating_sub(MOST_NAMES) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let edits = markers.into_iter().map(|marker| Edit::CreateFile((marker, String::new()))).collect();
    let finding = report
        .finding(
            &place,
            format!("no `py.typed` in {}{more}", layout::quoted(names.get(..MOST_NAMES).unwrap_or(&names))),
        )
        .help("add an empty `py.typed` beside `__init__.py`")
        .fix(Applicability::Safe, edits);
    if project.backend.is_some() || project.has_profile("library") {
        drop(finding.medium());
    } else {
        drop(finding.low());
    }
}

/// The folders of the packages in a namespace, which has no marker of its own. One that holds modules is the package.
fn portions(project: &Project, namespace: &Package) -> Vec<String> {
    // `app-ships` has a part of `app`; others may have the rest.
    let name = project.name.as_deref().unwrap_or_default().replace(['-', '.'], "_");
    let is_shared = name.strip_prefix(&namespace.name).is_some_and(|rest| rest.starts_with('_'));
    if !is_shared && !repository::find(&[&format!("/{}/*.py", namespace.path)]).is_empty() {
        return vec![namespace.path.clone()];
    }
    let mut portions: Vec<String> = Vec::new();
    for file in repository::find(&[&format!("/{}/**/__init__.py", namespace.path)]) {
        let folder = layout::parent(&file.path);
        if file.role == Role::Source && !portions.iter().any(|portion| layout::is_below(folder, portion)) {
            portions.push(folder.to_owned());
        }
    }
    portions
}

/// Whether it is a package of a Django site, which nobody imports.
fn is_site(project: &Project, package: &Package) -> bool {
    repository::exists(&layout::join(layout::parent(&package.path), "manage.py"))
        || repository::exists(&project.path("manage.py"))
}

fn excluded(report: &mut Report, project: &Project) {
    let path = project.path("pyproject.toml");
    for keys in EXCLUDES {
        let Ok(exclude) = documents::read(&path, keys) else { continue };
        let items = Item::root(&exclude).into_iter().flat_map(Item::children);
        for item in items.filter(|item| item.text().ends_with("py.typed")) {
            report
                .finding(&item.place(&path), "`py.typed` is left out of the build")
                .help("ship the marker in the wheel");
        }
    }
}
