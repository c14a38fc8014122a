//! Paths from outside that are used as they come.

use plimsoll_sdk::prelude::*;

use crate::origin::is_route;

rule! {
    /// A path from outside is used without a check.
    ///
    /// `../../etc/passwd` is a valid name. Extract archives with `filter="data"`; resolve a path and compare it with the
    /// folder that it must stay in, or take only its name. A part of an address without `:path` holds no slash, so only
    /// `..` itself gets through it: the finding is a guess then.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python bad src/app/files.py
    /// from fastapi import APIRouter
    /// from fastapi.responses import FileResponse
    ///
    /// router = APIRouter()
    ///
    /// @router.get("/files/{name:path}")
    /// def download(name: str) -> FileResponse:
    ///     return FileResponse(f"/data/{name}")  # error: the parameter `name` of a route becomes a path
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/files.py
    /// import tarfile
    /// from pathlib import Path
    /// from uuid import UUID
    /// from fastapi import APIRouter
    /// from fastapi.responses import FileResponse
    ///
    /// router = APIRouter()
    ///
    /// @router.get("/files/{name}")
    /// def download(name: str) -> FileResponse:
    ///     path = Path("/data", name).resolve()
    ///     if not path.is_relative_to("/data"):
    ///         raise ValueError(name)
    ///     return FileResponse(path)
    ///
    /// @router.get("/reports/{report}")
    /// def report(report: UUID) -> FileResponse:
    ///     return FileResponse(f"/reports/{report}")
    ///
    /// def unpack(path: str) -> None:
    ///     with tarfile.open(path) as archive:
    ///         archive.extractall("/data", filter="data")
    /// ```
    ///
    /// The filter goes behind the last argument.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python bad src/app/unpacking.py
    /// import tarfile
    ///
    /// def unpack(path: str) -> None:
    ///     tarfile.open(path).extractall()  # error: `extractall` without `filter`
    ///     with tarfile.open(path) as archive:
    ///         archive.extract("name", "/data")  # error: `extract` without `filter`
    ///
    /// def unpack_files(path: str) -> None:
    ///     with tarfile.open(path) as archive:
    ///         archive.extractall(  # error: `extractall` without `filter`
    ///             path="/data",
    ///             members=[member for member in archive if member.isfile()],
    ///         )
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python fixed src/app/unpacking.py
    /// import tarfile
    ///
    /// def unpack(path: str) -> None:
    ///     tarfile.open(path).extractall(filter="data")
    ///     with tarfile.open(path) as archive:
    ///         archive.extract("name", "/data", filter="data")
    ///
    /// def unpack_files(path: str) -> None:
    ///     with tarfile.open(path) as archive:
    ///         archive.extractall(
    ///             path="/data",
    ///             members=[member for member in archive if member.isfile()],
    ///             filter="data",
    ///         )
    /// ```
    ///
    /// What a factory of routes is given comes from the application.
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/pages.py
    /// from pathlib import Path
    /// from fastapi import APIRouter
    ///
    /// def pages(folder: str) -> APIRouter:
    ///     router = APIRouter()
    ///
    ///     @router.get("/")
    ///     def home() -> str:
    ///         return (Path(folder) / "index.html").read_text()
    ///
    ///     return router
    /// ```
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python bad src/app/pages.py
    /// from fastapi import APIRouter
    /// from fastapi.responses import FileResponse
    ///
    /// def pages(folder: str) -> APIRouter:
    ///     router = APIRouter()
    ///
    ///     @router.get("/assets/{name}")
    ///     def asset(name: str) -> FileResponse:
    ///         return FileResponse(f"{folder}/{name}")  # error: the parameter `name` of a route becomes a path
    ///
    ///     return router
    /// ```
    pub(crate) static PATH_TRAVERSAL = {
        id: "path-traversal",
        requirements: ["9.6.5"],
        check: Check::Project(path_traversal),
        roles: [Role::Source],
        wants: [Want::Calls(SINKS), Want::Calls(CHECKS), Want::Calls(ARCHIVES)],
        accepts: ["S202", "B202"],
    }
}

const ARCHIVES: &[&str] = &[
    "tarfile.open().extractall",
    "tarfile.open().extract",
    "tarfile.TarFile().extractall",
    "tarfile.TarFile.extractall",
    "shutil.unpack_archive",
];
const SINKS: &[&str] = &[
    "builtins.open",
    "pathlib.Path",
    "os.path.join",
    "os.remove",
    "os.unlink",
    "shutil.copy",
    "shutil.move",
    "shutil.rmtree",
    "fastapi.responses.FileResponse",
    "starlette.responses.FileResponse",
    "flask.send_file",
    "aiofiles.open",
];
const CHECKS: &[&str] = &[
    "*.is_relative_to",
    "*.relative_to",
    "os.path.basename",
    "os.path.commonpath",
    "*.startswith",
    "/(?i)(safe|sanitize|validate|secure|valid_filename)/",
];

fn path_traversal(report: &mut Report, project: &Project) {
    // From Python 3.14 on, extraction is filtered by default.
    let is_filtered = project.requires_python.as_deref().is_some_and(|version| version.contains(">=3.14"));
    for call in python::calls(ARCHIVES).iter().filter(|_| !is_filtered) {
        let Some(root) = Item::root(&call.value) else { continue };
        let name = call.name.rsplit('.').next().unwrap_or(&call.name);
        let has_stars = root.children().any(|child| child.text() == "double-star");
        if root.get("filter").is_none() && !has_stars {
            let finding = report
                .finding(&call.site.place, format!("`{name}` without `filter`"))
                .help("add `filter=\"data\"`: members may carry any path");
            let filtered = filtered(call, root).filter(|_| name != "unpack_archive");
            // Older versions of Python know the argument from a patch release on.
            let knows_filter = project.requires_python.as_deref().is_some_and(is_from_312);
            if knows_filter { finding.safe_fix(filtered) } else { finding.unsafe_fix(filtered) }.medium();
        }
    }
    let checks = python::calls(CHECKS);
    let sinks: Vec<Call> = python::calls(SINKS).into_iter().filter(|call| is_route(&call.site)).collect();
    for call in &sinks {
        let is_checked = checks
            .iter()
            .any(|check| check.site.place.path == call.site.place.path && check.site.function == call.site.function);
        let text = repository::read(&call.site.place.path).unwrap_or_default();
        let Some(root) = Item::root(&call.value).filter(|_| !is_checked) else { continue };
        let Some(parameter) = path_parameter(root, signature(&text, &call.site)) else { continue };
        let finding = report
            .finding(&call.site.place, format!("the parameter `{parameter}` of a route becomes a path"))
            .help("resolve the path and check that it stays in its folder, or take only its name");
        if is_one_part(decorators(&text, &call.site), parameter) {
            finding.low();
        } else {
            finding.medium();
        }
    }
}

fn is_from_312(versions: &str) -> bool {
    let floor = versions.split(',').find_map(|part| part.trim().strip_prefix(">=")?.trim().strip_prefix("3."));
    floor.and_then(|minor| minor.split('.').next()?.parse::<u32>().ok()).is_some_and(|minor| minor >= 12)
}

/// The call with a filter behind its last argument.
fn filtered(call: &Call, root: Item<'_>) -> Option<Edit> {
    let path = &call.site.place.path;
    let text = repository::read(path).ok()?;
    // What the method is called on comes before.
    let arguments = root
        .children()
        .map(|it| Span { start: it.key_span().start, end: it.span().end })
        .filter(|argument| argument.start >= call.callee.end);
    let last = arguments.max_by_key(|argument| argument.end);
    let start = last.map_or(call.callee.end, |last| last.end);
    let rest = text.get(start as usize..call.site.place.span.end as usize)?;
    let (at, argument) = match (rest.split_whitespace().collect::<String>().as_str(), last) {
        ("()", None) => (start + rest.find('(')? as u32 + 1, FILTER.to_owned()),
        (")", Some(_)) => (start, format!(", {FILTER}")),
        // One argument a line.
        (",)", Some(last)) => {
            let indent = text.get(..last.start as usize)?.rsplit('\n').next()?;
            let gap = if indent.trim().is_empty() { format!("\n{indent}") } else { " ".to_owned() };
            (start, format!(",{gap}{FILTER}"))
        }
        _ => return None,
    };
    Some(edit::replace(&Place { path: path.clone(), span: Span { start: at, end: at } }, argument))
}

const FILTER: &str = "filter=\"data\"";

/// The text before a place up to the header of the function that it stands in, and where the header begins.
fn header<'a>(text: &'a str, site: &Site) -> Option<(&'a str, usize)> {
    let before = text.get(..site.place.span.start as usize)?;
    let start = before.rfind(&format!("def {}(", site.function.as_deref()?))?;
    Some((before, start))
}

/// The parameters of the function that something stands in, as they are written.
fn signature<'a>(text: &'a str, site: &Site) -> &'a str {
    let Some((before, start)) = header(text, site) else { return "" };
    let rest = before.get(start..).unwrap_or_default();
    rest.find("):").or_else(|| rest.find(") ->")).and_then(|end| rest.get(..end)).unwrap_or(rest)
}

/// The decorators of the function that something stands in, as they are written.
fn decorators<'a>(text: &'a str, site: &Site) -> &'a str {
    let Some((before, start)) = header(text, site) else { return "" };
    let above = before.get(..start).unwrap_or_default();
    above.rfind("\n\n").and_then(|blank| above.get(blank..)).unwrap_or(above)
}

/// A parameter of the route itself, of type text or path, among the arguments of a call.
fn path_parameter<'a>(call: Item<'a>, signature: &str) -> Option<&'a str> {
    let is_path = |item: &Item<'_>| {
        let annotation = item.get("annotation").map(Item::text);
        item.kind() == NodeKind::Parameter
            && matches!(annotation, Some("builtins.str" | "pathlib.Path"))
            && signature.split(|char: char| !char.is_alphanumeric() && char != '_').any(|word| word == item.text())
    };
    call.children().flat_map(Item::descendants).find(is_path).map(Item::text)
}

/// Whether the address has the parameter as one of its parts, `/{name}`: a slash ends it.
fn is_one_part(decorators: &str, parameter: &str) -> bool {
    let parts = [format!("{{{parameter}}}"), format!("<{parameter}>"), format!("<string:{parameter}>")];
    parts.iter().any(|part| decorators.contains(part))
}
