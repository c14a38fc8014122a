"""Running a rule without WebAssembly: on facts that a test makes itself.

::

    def test_prints() -> None:
        findings = run(print_call, call("builtins.print"))
        assert [finding.message for finding in findings] == ["`print` in code that serves others"]
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from types import ModuleType
from typing import Any, TypeVar, cast
from unittest.mock import patch

from plimsoll_sdk.facts.documents import Document
from plimsoll_sdk.report import Report
from plimsoll_sdk.rule import Rule
from plimsoll_wit.imports import log
from plimsoll_wit.imports import report as host
from plimsoll_wit.imports.python import Call, Site, Surroundings
from plimsoll_wit.imports.report import Finding
from plimsoll_wit.imports.repository import File
from plimsoll_wit.imports.types import Node, NodeKind, Place, Role, Span

Fact = TypeVar("Fact")
NOWHERE = Span(0, 0)


def run(rule: Rule[Fact], *facts: Fact, **options: str | bool | int | float | Sequence[str]) -> list[Finding]:
    """Check each fact that the rule's patterns and roles let through, and give the findings.

    ``options`` are what the manifest sets. A rule that asks for more than it is handed needs :func:`answers` around it.
    """
    defaults = {option.name: option.default for option in rule.settings.get("options", ())}
    report = Report(value({**defaults, **options}))
    findings: list[Finding] = []
    with (
        patch.object(host, "emit", findings.append),
        patch.object(host, "not_applicable", _nothing),
        patch.object(host, "unknown", _nothing),
        patch.object(log, "debug", _nothing),
    ):
        for fact in facts:
            if _is_handed(rule, fact):
                rule(report, fact)
    return findings


@contextmanager
def answers(module: ModuleType, **queries: Callable[..., object]) -> Generator[None, None, None]:
    """Say what the host answers to queries: ``answers(plimsoll_wit.imports.project, locked=lambda name: "1.0")``."""
    with ExitStack() as stack:
        for name, answer in queries.items():
            stack.enter_context(patch.object(module, name, answer))
        yield


def matches(pattern: str, name: str) -> bool:
    """Say whether a pattern of names matches, as the host sees it."""
    is_expression = len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/")
    expression = pattern[1:-1] if is_expression else "".join(".*" if x == "*" else re.escape(x) for x in pattern)
    return (re.search if is_expression else re.fullmatch)(expression, name) is not None


def place(path: str = "src/app.py", start: int = 0, end: int = 0) -> Place:
    """Make a place in a file."""
    return Place(path, Span(start, end))


def site(path: str = "src/app.py", *, role: Role = Role.SOURCE, module: str = "app", **more: Any) -> Site:
    """Make the place of a fact of Python."""
    settings: dict[str, Any] = {
        "function": None,
        "class_": None,
        "decorators": [],
        "surroundings": Surroundings(0),
        **more,
    }
    return Site(place=place(path), role=role, module=module, **settings)


def call(name: str, *, at: Site | None = None, arguments: Sequence[Any] = (), **keywords: Any) -> Call:
    """Make a call with arguments of plain data."""
    nodes = [Node(0, None, NOWHERE, NodeKind.CALL, name, NOWHERE)]
    for argument in arguments:
        _add(nodes, argument, 0, None)
    for keyword, argument in keywords.items():
        _add(nodes, argument, 0, keyword)
    return Call(at or site(), name, NOWHERE, nodes)


def document(path: str, data: Mapping[str, Any]) -> Document:
    """Make a configuration file of plain data, ``tomllib.loads(...)`` for instance, without places in it."""
    return Document(File(path=path, role=Role.SOURCE, empty=False, executable=False, project=""), value(data))


def value(data: object) -> list[Node]:
    """Make a value of plain data: strings, booleans, numbers, None, sequences and mappings."""
    nodes: list[Node] = []
    _add(nodes, data, 0, None)
    return nodes


def _add(nodes: list[Node], data: object, parent: int, key: str | None) -> None:
    index = len(nodes)

    def node(kind: NodeKind, text: str = "") -> None:
        nodes.append(Node(parent, key, NOWHERE, kind, text, NOWHERE))

    match data:
        case None:
            node(NodeKind.NULL)
        case bool():
            node(NodeKind.BOOLEAN, str(data).lower())
        case int():
            node(NodeKind.INTEGER, str(data))
        case float():
            node(NodeKind.FLOAT, str(data))
        case str():
            node(NodeKind.TEXT, data)
        case Mapping():
            node(NodeKind.TABLE)
            for name, item in cast("Mapping[str, object]", data).items():
                _add(nodes, item, index, name)
        case _:
            node(NodeKind.LIST)
            for item in cast("Sequence[object]", data):
                _add(nodes, item, index, None)


def _is_handed(rule: Rule[Any], fact: object) -> bool:
    at = getattr(fact, "site", None)
    roles = rule.settings.get("roles", ())
    if at is not None and roles and at.role not in roles:
        return False
    name = getattr(fact, "name", None)
    is_named = isinstance(name, str) and rule.trigger.kind in {"calls", "imports", "definitions", "outlines"}
    return not is_named or any(matches(pattern, str(name)) for pattern in rule.trigger.names)


def _nothing(*_: object) -> None:
    pass
