"""Reading values: configuration trees and Python expressions in one form."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plimsoll_wit.imports.types import Node, NodeKind, Place, Span


class Item:
    """A node of a value, with its children in reach. ``Item(nodes)`` is the root of a value."""

    __slots__ = ("_index", "_nodes")

    def __init__(self, nodes: Sequence[Node], index: int = 0) -> None:
        """Take the nodes of a value, and the index of one of them."""
        self._nodes = nodes
        self._index = index

    def __repr__(self) -> str:
        """Show the kind and the text."""
        return f"<Item {self.kind.name.lower()} {self.text!r}>"

    @property
    def _node(self) -> Node:
        return self._nodes[self._index]

    @property
    def kind(self) -> NodeKind:
        """What it is."""
        return self._node.kind

    @property
    def text(self) -> str:
        """The scalar's value, the name, the operator; empty for lists and tables."""
        return self._node.text

    @property
    def key(self) -> str | None:
        """Its key in the parent."""
        return self._node.key

    @property
    def span(self) -> Span:
        """Where the value stands."""
        return self._node.span

    @property
    def key_span(self) -> Span:
        """Where the key stands; for a node without key, the value."""
        return self._node.key_span

    def place(self, path: str) -> Place:
        """Where the value stands in its file."""
        return Place(path, self.span)

    def key_place(self, path: str) -> Place:
        """Where the key stands in its file."""
        return Place(path, self.key_span)

    @property
    def string(self) -> str | None:
        """The value of a string."""
        return self.text if self.kind is NodeKind.TEXT else None

    @property
    def boolean(self) -> bool | None:
        """The value of a boolean."""
        return self.text == "true" if self.kind is NodeKind.BOOLEAN else None

    @property
    def integer(self) -> int | None:
        """The value of a whole number."""
        return int(self.text) if self.kind is NodeKind.INTEGER else None

    @property
    def number(self) -> float | None:
        """The value of a number."""
        if self.kind not in (NodeKind.INTEGER, NodeKind.FLOAT):
            return None
        try:
            return float(self.text)
        except ValueError:
            return None

    def children(self) -> Iterator[Item]:
        """The children in order."""
        for index in range(self._index + 1, len(self._nodes)):
            parent = self._nodes[index].parent
            if parent < self._index:
                return
            if parent == self._index:
                yield Item(self._nodes, index)

    __iter__ = children

    def descendants(self) -> Iterator[Item]:
        """It and everything below it, in order."""
        yield self
        for index in range(self._index + 1, len(self._nodes)):
            if self._nodes[index].parent < self._index:
                return
            yield Item(self._nodes, index)

    @property
    def parent(self) -> Item:
        """The node that it belongs to; the root belongs to itself."""
        return Item(self._nodes, self._node.parent)

    def get(self, key: str) -> Item | None:
        """The child of this key."""
        found = None
        for child in self.children():
            if child.key == key:
                found = child
        return found

    def at(self, *keys: str) -> Item | None:
        """The node at a path of keys; a number is an index into a list."""
        item: Item | None = self
        for key in keys:
            if item is None:
                return None
            if item.kind is NodeKind.LIST:
                items = list(item.children())
                item = items[int(key)] if key.isdecimal() and int(key) < len(items) else None
            else:
                item = item.get(key)
        return item

    def strings(self) -> list[str]:
        """The strings of a list, or the one that stands in its place."""
        if self.kind is NodeKind.TEXT:
            return [self.text]
        return [child.text for child in self.children() if child.kind is NodeKind.TEXT]

    def positional(self) -> list[Item]:
        """The arguments without keyword of a call."""
        return [child for child in self.children() if child.key is None]

    def argument(self, position: int, keyword: str) -> Item | None:
        """An argument of a call by its position or its keyword."""
        named = self.get(keyword)
        if named is not None:
            return named
        positional = self.positional()
        return positional[position] if position < len(positional) else None

    def resolved(self) -> Item:
        """The value that a name stands for, through assignments; itself for anything else."""
        item = self
        while item.kind is NodeKind.NAME:
            value = item.get("value")
            if value is None:
                break
            item = value
        return item
