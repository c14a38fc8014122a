"""The files that are checked."""

from __future__ import annotations

from collections.abc import Iterable

from componentize_py_types import Err
from plimsoll_wit.imports import repository as host
from plimsoll_wit.imports.repository import File, Match, Tally


def find(*globs: str) -> list[File]:
    """List the files of the target that one of the globs names, sorted by path."""
    return host.find([*globs])


def exists(path: str) -> bool:
    """Say whether a file or folder of this path is in the repository."""
    return host.exists(path)


def read(path: str) -> str | None:
    """Read the text of a file; none when there is none, or it is no text, or larger than 1 MiB."""
    try:
        return host.read(path)
    except Err:
        return None


def search(patterns: Iterable[str], globs: Iterable[str]) -> list[Match]:
    """Find where regular expressions match; declare them with ``Want.search``."""
    return host.search([*patterns], [*globs])


def tallies(patterns: Iterable[str], globs: Iterable[str]) -> list[Tally]:
    """For each file with matches give the first one and their number, where ``search`` would hand over all of them."""
    return host.tallies([*patterns], [*globs])


def ignored(*paths: str) -> list[bool]:
    """For each path, say whether ``.gitignore`` covers it."""
    return host.ignored([*paths])


def covered(base: str, glob: str, paths: Iterable[str]) -> list[bool]:
    """For each path, say whether a glob of ruff's dialect, relative to ``base``, covers it."""
    return host.covered(base, glob, [*paths])
