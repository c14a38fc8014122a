"""Configuration files as trees."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from componentize_py_types import Err
from plimsoll_sdk.facts import repository
from plimsoll_sdk.values import Item
from plimsoll_wit.imports import documents as host
from plimsoll_wit.imports.repository import File
from plimsoll_wit.imports.types import Node, Place, Span


class Document:
    """A configuration file, parsed."""

    def __init__(self, file: File, value: Sequence[Node]) -> None:
        """Take the file and the nodes of its content."""
        self.file = file
        self.root = Item(value)

    @property
    def path(self) -> str:
        """Its path."""
        return self.file.path

    def at(self, *keys: str) -> Item | None:
        """The node at a path of keys."""
        return self.root.at(*keys)

    @property
    def start(self) -> Place:
        """The document's first byte: where something is missing that has no nearer owner."""
        return Place(self.path, Span(0, 0))


def read(path: str, *keys: str) -> Item | None:
    """Read the value at a path of keys; none when the file or key is missing, or the file can't be read or parsed."""
    try:
        return Item(host.read(path, [*keys]))
    except Err:
        return None


def find(*globs: str) -> Iterator[Document]:
    """Read the documents of the target that one of the globs names. Those that don't parse the host reports itself."""
    for file in repository.find(*globs):
        try:
            yield Document(file, host.read(file.path, []))
        except Err:
            continue
