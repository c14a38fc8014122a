//! Aliases of `typing` for what the built-in classes can do.

use plimsoll_sdk::prelude::*;

use crate::modern_names::Form;
use crate::old_names::{ATTRIBUTES, Old, PYTHON, report_uses};

rule! {
    /// Generic types are written with the aliases of `typing`.
    ///
    /// Since Python 3.9 `list[str]` says it without an import; the aliases are deprecated, and with both in use readers
    /// look for a difference. The fix rewrites annotations on one line,
    /// `ruff check --select UP006,UP035 --fix` the rest as well.
    ///
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python bad src/app/__init__.py
    /// from typing import Dict, List  # error: `Dict` and `List` of `typing` in 2 places
    ///
    /// def ships(lines: List[str]) -> Dict[str, int]:
    ///     return {}
    /// ```
    /// ```python bad src/app/ports.py
    /// import typing as t
    ///
    /// def ports(names: t.Tuple[str, ...]) -> None: ...  # error: `Tuple` of `typing` in 1 place
    /// ```
    /// ```toml fixed pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python fixed src/app/__init__.py
    /// def ships(lines: list[str]) -> dict[str, int]:
    ///     return {}
    /// ```
    /// ```python fixed src/app/ports.py
    /// def ports(names: tuple[str, ...]) -> None: ...
    /// ```
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python good src/app/__init__.py
    /// from collections import OrderedDict
    /// from typing import List as TypingList
    ///
    /// NAMES = {TypingList: "list"}
    ///
    /// def ships(lines: list[str]) -> OrderedDict[str, int]: ...
    /// ```
    ///
    /// Older versions of Python need them:
    /// ```toml good pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.8"
    /// ```
    /// ```python good src/app/__init__.py
    /// from typing import List
    ///
    /// def ships(lines: List[str]) -> None: ...
    /// ```
    ///
    /// Many modules that do so are one finding:
    /// ```toml bad pyproject.toml
    /// [project]
    /// name = "app"
    /// requires-python = ">=3.12"
    /// ```
    /// ```python bad src/app/a.py
    /// from typing import List  # error: `List` of `typing` in 6 places of 6 modules
    ///
    /// def a(name: List[str]) -> None: ...
    /// ```
    /// ```python bad src/app/b.py
    /// from typing import List
    ///
    /// def b(name: List[str]) -> None: ...
    /// ```
    /// ```python bad src/app/c.py
    /// from typing import List
    ///
    /// def c(name: List[str]) -> None: ...
    /// ```
    /// ```python bad src/app/d.py
    /// from typing import List
    ///
    /// def d(name: List[str]) -> None: ...
    /// ```
    /// ```python bad src/app/e.py
    /// from typing import List
    ///
    /// def e(name: List[str]) -> None: ...
    /// ```
    /// ```python bad src/app/f.py
    /// from typing import List
    ///
    /// def f(name: List[str]) -> None: ...
    /// ```
    pub(crate) static DEPRECATED_GENERICS = {
        id: "deprecated-generics",
        requirements: ["7.3.1"],
        check: Check::Repository(deprecated_generics),
        roles: [Role::Source, Role::Test, Role::Script],
        wants: [Want::Imports(IMPORTS), Want::Search(ATTRIBUTES, PYTHON)],
        accepts: ["UP006", "UP035"],
    }
}

const IMPORTS: &[&str] = &[
    "typing.List",
    "typing.Dict",
    "typing.Set",
    "typing.FrozenSet",
    "typing.Tuple",
    "typing.Type",
    "typing.Deque",
    "typing.DefaultDict",
    "typing.OrderedDict",
    "typing.Counter",
    "typing.ChainMap",
];
const NAMES: &[&str] = &[
    "List",
    "Dict",
    "Set",
    "FrozenSet",
    "Tuple",
    "Type",
    "Deque",
    "DefaultDict",
    "OrderedDict",
    "Counter",
    "ChainMap",
];

const OLD: Old = Old {
    imports: IMPORTS,
    names: NAMES,
    versions: &["3.5", "3.6", "3.7", "3.8"],
    codes: &["UP006", "UP035"],
    help: "rewrite them with `ruff check --select UP006,UP035 --fix`",
    is_quoted_fine: true,
    form: Form::BuiltIn,
};

fn deprecated_generics(report: &mut Report) {
    report_uses(report, &OLD);
}
