"""The contents page of a plugin and the calls that the host makes."""

from __future__ import annotations

import json
import re
import traceback
from collections.abc import Sequence
from typing import Any

from plimsoll_sdk.report import Report
from plimsoll_sdk.rule import Rule
from plimsoll_wit.imports import log
from plimsoll_wit.imports.types import Node


class Plugin:
    """A plugin's contents page: its title in a few words, and its rules in the order in which they run."""

    def __init__(self, title: str, rules: Sequence[Rule[Any]]) -> None:
        """Take the title and the rules."""
        self.title = title
        self.rules = {rule.id: rule for rule in rules}


class Guest:
    """What the host calls. ``plimsoll build`` makes one of a plugin, with what the files beside it say."""

    def __init__(self, plugin: Plugin, name: str, version: str, requirements: str, preset: str) -> None:
        """Take the plugin, its project's name and version, and the texts of the TOML files beside it."""
        self._plugin = plugin
        description: dict[str, Any] = {
            "schema": 1,
            "name": name,
            "version": version,
            "title": plugin.title,
            "requirements": requirements,
            "rules": [rule.describe() for rule in plugin.rules.values()],
        }
        if preset:
            description["preset"] = preset
        self._description = json.dumps(description, ensure_ascii=False)

    def __call__(self) -> Guest:
        """Stand in for the class that the component's runtime makes an instance of."""
        return self

    def describe(self) -> str:
        """Give the plugin's description."""
        return self._description

    def docs(self, rule: str) -> str:
        """Give the documentation of a rule; empty for an unknown one."""
        return self._plugin.rules[rule].docs if rule in self._plugin.rules else ""

    def check(self, rule: str, options: list[Node]) -> None:
        """Run one rule. The host sees no more than a trap, so that the traceback is sent to it first."""
        try:
            self._plugin.rules[rule].run(Report(options))
        except BaseException as error:
            log.panic(stack(error))
            raise


def stack(error: BaseException) -> str:
    """Write an exception with its stack, without the lines of source: there are no files where a rule runs."""
    lines = ["Traceback (most recent call last):"]
    for frame, line in traceback.walk_tb(error.__traceback__):
        # What stands before a module's path is a folder of the build.
        path = re.sub(r"^/\d+/", "", frame.f_code.co_filename)
        if not path.startswith("plimsoll_sdk/"):
            lines.append(f'  File "{path}", line {line}, in {frame.f_code.co_name}')
    most = 20
    if len(lines) > most:
        lines[most // 2 : -most // 2] = ["  …"]
    return "\n".join([*lines, f"{type(error).__name__}: {error}"])
