//! Long types that a module spells out again and again.

use std::collections::BTreeMap;

use plimsoll_sdk::prelude::*;
use plimsoll_sdk::product::is_product;

use crate::source::{Modules, bracketed};

rule! {
    /// A module repeats a complex type.
    ///
    /// Readers compare the copies bracket by bracket, and a change has to find them all. Give the type a name:
    /// `type Cargo = dict[str, list[tuple[str, int]]]`.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python bad src/app/cargo.py
    /// def load() -> dict[str, list[tuple[str, int]]]: ...
    /// def store(cargo: dict[str, list[tuple[str, int]]]) -> None: ...  # error: this type stands here 4 times
    /// def sort(cargo: dict[str, list[tuple[str, int]]]) -> dict[str, list[tuple[str, int]]]: ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// ```
    /// ```python good src/app/cargo.py
    /// type Cargo = dict[str, list[tuple[str, int]]]
    ///
    /// def load() -> Cargo: ...
    /// def store(cargo: Cargo, ports: list[str]) -> None: ...
    /// def sort(cargo: Cargo, ports: list[str]) -> list[str]: ...
    /// def move(cargo: Cargo, ports: list[str]) -> list[str]: ...
    ///
    /// class Crane:
    ///     lifts: Optional[Union[str, list[str]]]
    ///     lowers: Optional[Union[str, list[str]]]
    ///     moves: Optional[Union[str, list[str]]]
    ///     stops: Optional[Union[str, list[str]]]
    /// ```
    pub(crate) static REPEATED_COMPLEX_TYPE = {
        id: "repeated-complex-type",
        requirements: ["7.3.3"],
        check: Check::Project(repeated_complex_type),
        confidence: Low,
        roles: [Role::Source],
        wants: [Want::Search(COMPLEX, PYTHON)],
    }
}

/// Annotations of three nested subscripts, or of a callable with two parameters or more.
const COMPLEX: &[&str] = &[
    r"(?:->|:)[ \t]*([A-Za-z_][\w.]*\[(?:[^\n\[\]#=]*\[){2})",
    r"(?:->|:)[ \t]*((?:[\w.]+\.)?Callable\[\[[^\[\]\n]*,)",
];
const PYTHON: &[&str] = &["*.py"];
/// Where types are more than types.
const MARKERS: &[&str] = &["Annotated[", "Mapped[", "Required[", "Literal[", "\"", "'", "..."];
const MOST_FINDINGS: usize = 3;
const REPEATED: usize = 4;
const DEEP: usize = 3;
/// What wraps a type without making it harder to read.
const WRAPPERS: &[&str] = &["Optional", "Union", "type", "Type", ""];

fn repeated_complex_type(report: &mut Report, project: &Project) {
    if !is_product(project) {
        return;
    }
    let mut modules = Modules::default();
    let mut types: BTreeMap<(String, String), Vec<Place>> = BTreeMap::new();
    let annotations = repository::search(COMPLEX, PYTHON);
    let modules_with_many = annotations.chunk_by(|one, next| one.place.path == next.place.path);
    for found in modules_with_many.filter(|module| module.len() >= REPEATED).flatten() {
        let path = &found.place.path;
        let start = found.place.span.start as usize;
        let code = modules.code(path).get(start..).unwrap_or_default();
        let Some(open) = code.find('[') else { continue };
        let Some(subscript) = code.get(open..).and_then(bracketed) else { continue };
        let Some(expression) = code.get(..open + subscript.len()) else { continue };
        let is_complex = found.pattern == 1 || depth(expression) >= DEEP;
        if !is_complex || MARKERS.iter().any(|marker| expression.contains(marker)) {
            continue;
        }
        let end = start + expression.len();
        let span = Span { start: found.place.span.start, end: end as u32 };
        let normal: String = expression.split_whitespace().collect();
        let places = types.entry((path.clone(), normal)).or_default();
        if places.iter().all(|place| place.span.start != span.start) {
            places.push(Place { path: path.clone(), span });
        }
    }
    let mut repeated: Vec<Vec<Place>> = types.into_values().filter(|places| places.len() >= REPEATED).collect();
    repeated.sort_by_key(|places| std::cmp::Reverse(places.len()));
    for places in repeated.iter().take(MOST_FINDINGS) {
        if let Some(second) = places.get(1) {
            report
                .finding(second, format!("this type stands here {} times", places.len()))
                .help("give it a name, `type Name = …`, and use that");
        }
    }
}

/// How deep the types of an expression are nested.
fn depth(expression: &str) -> usize {
    let mut open: Vec<bool> = Vec::new();
    let mut deepest = 0;
    for (at, byte) in expression.bytes().enumerate() {
        if byte == b']' {
            open.pop();
        } else if byte == b'[' {
            let before = expression.get(..at).unwrap_or_default();
            let name = before.rsplit(|character: char| !character.is_ascii_alphanumeric() && character != '_').next();
            open.push(!WRAPPERS.contains(&name.unwrap_or_default()));
            deepest = deepest.max(open.iter().filter(|counts| **counts).count());
        }
    }
    deepest
}
