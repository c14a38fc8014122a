"""Changes that mend what a rule found. The host keeps the formatting and the comments of documents."""

from __future__ import annotations

from collections.abc import Sequence

from plimsoll_wit.imports.report import (
    Applicability,
    Edit,
    Edit_AppendItem,
    Edit_CreateFile,
    Edit_DeleteFile,
    Edit_RemoveKey,
    Edit_Replace,
    Edit_SetKey,
    Fix,
    KeyPath,
    Replacement,
)
from plimsoll_wit.imports.types import Place


def safe(*edits: Edit) -> Fix:
    """Changes that keep the meaning."""
    return Fix(Applicability.SAFE, [*edits])


def unsafe(*edits: Edit) -> Fix:
    """Changes that may alter what the program does."""
    return Fix(Applicability.UNSAFE, [*edits])


def replace(place: Place, text: str) -> Edit:
    """Replace a range."""
    return Edit_Replace(Replacement(place, text))


def create_file(path: str, content: str) -> Edit:
    """Make a file."""
    return Edit_CreateFile((path, content))


def delete_file(path: str) -> Edit:
    """Delete a file."""
    return Edit_DeleteFile(path)


def set_key(path: str, keys: Sequence[str], value: str) -> Edit:
    """Set a key of a document to a value written in the document's language."""
    return Edit_SetKey((KeyPath(path, [*keys]), value))


def remove_key(path: str, keys: Sequence[str]) -> Edit:
    """Remove a key of a document."""
    return Edit_RemoveKey(KeyPath(path, [*keys]))


def append_item(path: str, keys: Sequence[str], value: str) -> Edit:
    """Append an item to a list of a document."""
    return Edit_AppendItem((KeyPath(path, [*keys]), value))
