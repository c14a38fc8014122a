"""What a rule says: findings, and what does not apply or can't be decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from plimsoll_sdk.values import Item
from plimsoll_wit.imports import log
from plimsoll_wit.imports import report as host
from plimsoll_wit.imports.report import Confidence, Finding, Fix, Related
from plimsoll_wit.imports.types import Node, NodeKind, Place

Scalar = TypeVar("Scalar", str, bool, int, float)


class Report:
    """Takes what a rule has to say and gives it the options of the manifest."""

    def __init__(self, options: Sequence[Node]) -> None:
        """Take the options as the host hands them over."""
        self._options = Item(options) if options else None

    def finding(
        self,
        place: Place,
        message: str,
        *,
        help: str | None = None,
        requirements: Iterable[str] = (),
        confidence: Confidence = Confidence.HIGH,
        related: Iterable[tuple[Place, str]] = (),
        fix: Fix | None = None,
    ) -> None:
        """Report that something is wrong at a place: what, as a fragment in lower case with code in backticks.

        ``help`` says what to do about it in one line; ``requirements`` are those that are broken, where it is not all
        of the rule's; ``related`` are other places that explain it. A finding of ``Confidence.MEDIUM`` warns at most,
        one of ``Confidence.LOW`` shows only on request.
        """
        others = [Related(place, message) for place, message in related]
        host.emit(Finding([*requirements], place, message, help, confidence, others, fix))

    def not_applicable(self, requirement: str, reason: str) -> None:
        """Say that a requirement does not apply here, and why."""
        host.not_applicable(requirement, reason)

    def unknown(self, requirement: str, reason: str, place: Place | None = None) -> None:
        """Say that a requirement can't be decided here, why, and where to look."""
        host.unknown(requirement, place, reason)

    def debug(self, message: str) -> None:
        """Tell the plugin's author something, with ``plimsoll check -v``."""
        log.debug(message)

    def option(self, name: str, kind: type[Scalar]) -> Scalar:
        """Give the value of an option: the manifest's, else the default. ``kind`` is the default's type."""
        item = None if self._options is None else self._options.get(name)
        if item is not None:
            values = {
                NodeKind.TEXT: item.string,
                NodeKind.BOOLEAN: item.boolean,
                NodeKind.INTEGER: item.integer,
                NodeKind.FLOAT: item.number,
            }
            value = values.get(item.kind)
            if isinstance(value, kind):
                return value
        message = f"the rule has no option `{name}` of type {kind.__name__}"
        raise LookupError(message)

    def options(self, name: str) -> list[str]:
        """Give the value of an option that is a list of strings."""
        item = None if self._options is None else self._options.get(name)
        if item is None:
            message = f"the rule has no option `{name}`"
            raise LookupError(message)
        return item.strings()
