//! `Optional` and `Union` where `|` would do.

use plimsoll_sdk::prelude::*;

use crate::modern_names::Form;
use crate::old_names::{ATTRIBUTES, Old, PYTHON, report_uses};

rule! {
    /// Unions are written with `Optional` and `Union`.
    ///
    /// Since Python 3.10 `str | None` says it without an import, and nobody takes `Optional` for a parameter that may be
    /// left out. The fix rewrites annotations on one line,
    /// `ruff check --select UP007,UP045 --fix` the rest as well.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python bad src/app/__init__.py
    /// from typing import Optional, Union  # error: `Optional` and `Union` of `typing` in 2 places
    ///
    /// def port(name: Optional[str]) -> Union[str, int]: ...
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// def port(name: str | None) -> str | int: ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python good src/app/__init__.py
    /// from typing import Union, get_origin
    ///
    /// def is_union(annotation: object) -> bool:
    ///     return get_origin(annotation) is Union
    ///
    /// def port(name: str | None) -> str | int: ...
    ///
    /// Cargo = Union["Crate", int]
    /// Weight = Union[int, float]  # noqa: UP007
    /// ```
    ///
    /// Older versions of Python need them:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.9"
    /// ```
    /// ```python good src/app/__init__.py
    /// from typing import Optional
    ///
    /// def port(name: Optional[str]) -> None: ...
    /// ```
    ///
    /// A test may hand them to what it tests, and a comment may say that for the whole module:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python good tests/test_app.py
    /// from typing import Optional, Union
    /// from app import is_optional
    ///
    /// def test_optional():
    ///     assert is_optional(Optional[int])
    ///     assert is_optional(list[Union[str, None]])
    /// ```
    /// ```python good tests/test_ports.py
    /// from typing import Optional
    ///
    /// # `Optional[int]` is not `int | None` to all of them.
    /// # ruff: noqa: UP045
    ///
    /// class Port:
    ///     depth: Optional[int]
    /// ```
    ///
    /// Many modules that do so are one finding:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python bad src/app/a.py
    /// from typing import Optional  # error: `Optional` of `typing` in 6 places of 6 modules
    ///
    /// def a(name: Optional[str]) -> None: ...
    /// ```
    /// ```python bad src/app/b.py
    /// from typing import Optional
    ///
    /// def b(name: Optional[str]) -> None: ...
    /// ```
    /// ```python bad src/app/c.py
    /// from typing import Optional
    ///
    /// def c(name: Optional[str]) -> None: ...
    /// ```
    /// ```python bad src/app/d.py
    /// from typing import Optional
    ///
    /// def d(name: Optional[str]) -> None: ...
    /// ```
    /// ```python bad src/app/e.py
    /// from typing import Optional
    ///
    /// def e(name: Optional[str]) -> None: ...
    /// ```
    /// ```python bad src/app/f.py
    /// from typing import Optional
    ///
    /// def f(name: Optional[str]) -> None: ...
    /// ```
    ///
    /// No operator takes the place of what is computed:
    ///
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python good src/app/schema.py
    /// from typing import Union
    ///
    /// def joined(types: list[type]) -> object:
    ///     return Union[tuple(types)] if types else Union[(*types, type(None))]
    /// ```
    pub(crate) static OLD_UNIONS = {
        id: "old-unions",
        requirements: ["7.3.2"],
        check: Check::Repository(old_unions),
        roles: [Role::Source, Role::Test, Role::Script],
        wants: [Want::Imports(IMPORTS), Want::Search(ATTRIBUTES, PYTHON)],
        accepts: ["UP007", "UP045"],
    }
}

const IMPORTS: &[&str] = &["typing.Optional", "typing.Union"];

const OLD: Old = Old {
    imports: IMPORTS,
    names: &["Optional", "Union"],
    versions: &["3.5", "3.6", "3.7", "3.8", "3.9"],
    codes: &["UP007", "UP045"],
    help: "rewrite them with `ruff check --select UP007,UP045 --fix`",
    is_quoted_fine: false,
    form: Form::Operator,
};

fn old_unions(report: &mut Report) {
    report_uses(report, &OLD);
}
