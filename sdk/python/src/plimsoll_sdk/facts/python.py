"""Python code; what is asked for beyond a rule's own facts is declared with ``Want``."""

from __future__ import annotations

from collections.abc import Iterable

from plimsoll_wit.imports import python as host
from plimsoll_wit.imports.python import (
    Assignment,
    Call,
    Definition,
    Handler,
    Import,
    Lineage,
    Outline,
    Site,
    Statement,
)


def imports(*names: str) -> list[Import]:
    """Imports by resolved name."""
    return host.imports([*names])


def calls(*names: str) -> list[Call]:
    """Calls by resolved name."""
    return host.calls([*names])


def definitions(kinds: Iterable[str], names: Iterable[str]) -> list[Definition]:
    """Definitions by kind (``function``, ``method``, ``class``, ``type-alias``) and name."""
    return host.definitions([*kinds], [*names])


def outlines(kinds: Iterable[str], names: Iterable[str]) -> list[Outline]:
    """Outlines of definitions by kind and name."""
    return host.outlines([*kinds], [*names])


def handlers(*exceptions: str) -> list[Handler]:
    """Exception handlers by exception."""
    return host.handlers([*exceptions])


def assignments(*names: str) -> list[Assignment]:
    """Assignments by the target's last part."""
    return host.assignments([*names])


def statements(*kinds: str) -> list[Statement]:
    """Statements by kind."""
    return host.statements([*kinds])


def lineages(*classes: str) -> list[Lineage | None]:
    """Where classes come from, by dotted names; none for one that the repository does not define."""
    return host.lineages([*classes])


def class_name(site: Site) -> str | None:
    """Dotted name of the innermost class around a place, if any."""
    return None if site.class_ is None else f"{site.module}.{site.class_}"
