"""A rule: its documentation, its data, and the function that checks one fact.

Each decorator says what the rule is handed, one by one. A rule is not called at all where nothing matches, so a rule
about something absent takes ``projects`` or ``repository``.

Patterns of names are exact, ``prefix*``, ``*suffix``, ``*`` or a ``/regular expression/``; globs are those of
``.gitignore``: without a slash they match a file's name in any folder.

The settings of every decorator: ``requirements``, the ids of those that the rule decides, is needed. ``roles`` are
those of the Python files that it looks at, all when left out; ``wants`` says what else it may ask for while it
checks; ``accepts`` are codes of other linters whose reviewed suppression on the line (``# noqa: S307``) counts here
too; ``options`` is what the manifest may set; ``confidence`` is the most that the findings can be sure of, and a rule
where that is low is called only when somebody asks for guesses; ``id`` is the function's name with hyphens.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from inspect import cleandoc
from typing import Any, Generic, Literal, Required, TypedDict, TypeVar, Unpack

from plimsoll_sdk.facts import automation, containers, project, python
from plimsoll_sdk.facts import documents as documents_
from plimsoll_sdk.facts import repository as files_
from plimsoll_sdk.facts.documents import Document
from plimsoll_sdk.report import Report
from plimsoll_wit.imports.automation import Action, Command
from plimsoll_wit.imports.containers import ComposeFile, Dockerfile
from plimsoll_wit.imports.project import Dependency, Project
from plimsoll_wit.imports.python import Assignment, Call, Definition, Handler, Import, Outline, Statement
from plimsoll_wit.imports.repository import File, Match
from plimsoll_wit.imports.types import Role

Fact = TypeVar("Fact")
Check = Callable[[Report, Fact], None]


@dataclass(frozen=True)
class Want:
    r"""A declaration of interest in Python facts or searches beyond what the decorator names.

    The host extracts what some rule declared and nothing else; a query for something undeclared fails. All other facts
    need no declaration. In searches ``\w``, ``\d``, ``\s``, ``\b`` and ``(?i)`` mean ASCII.
    """

    kind: str
    names: Sequence[str] = ()
    globs: Sequence[str] = ()

    @staticmethod
    def calls(*names: str) -> Want:
        """Calls by resolved name."""
        return Want("calls", names)

    @staticmethod
    def imports(*names: str) -> Want:
        """Imports by resolved name."""
        return Want("imports", names)

    @staticmethod
    def definitions(kinds: Sequence[str], names: Sequence[str]) -> Want:
        """Definitions by kind and name."""
        return Want("definitions", names, kinds)

    @staticmethod
    def outlines(kinds: Sequence[str], names: Sequence[str]) -> Want:
        """Outlines of definitions by kind and name."""
        return Want("outlines", names, kinds)

    @staticmethod
    def handlers(*exceptions: str) -> Want:
        """Exception handlers by exception."""
        return Want("handlers", exceptions)

    @staticmethod
    def assignments(*names: str) -> Want:
        """Assignments by the target's last part."""
        return Want("assignments", names)

    @staticmethod
    def statements(*kinds: str) -> Want:
        """Statements by kind."""
        return Want("statements", kinds)

    @staticmethod
    def lineages() -> Want:
        """Where classes come from."""
        return Want("lineages")

    @staticmethod
    def search(patterns: Sequence[str], globs: Sequence[str]) -> Want:
        """Regular expressions in the files of these globs; of Python files, in those whose role the rule looks at."""
        return Want("search", patterns, globs)

    @staticmethod
    def search_everywhere(patterns: Sequence[str], globs: Sequence[str]) -> Want:
        """The same in Python files of all roles."""
        return Want("search-everywhere", patterns, globs)

    def describe(self) -> dict[str, Any]:
        """Write it as the host reads it."""
        return {"kind": self.kind, "names": [*self.names], "globs": [*self.globs]}


@dataclass(frozen=True)
class Option:
    """A setting of a rule: its key in the manifest, its value without a setting, and what it does in one line.

    ``minimum`` and ``maximum`` bound a number, ``choices`` are the texts that it takes.
    """

    name: str
    default: str | bool | int | float | Sequence[str]
    description: str
    minimum: int | float | None = None
    maximum: int | float | None = None
    choices: Sequence[str] = ()

    def describe(self) -> dict[str, Any]:
        """Write it as the host reads it: strings, booleans, numbers and lists of JSON are values of TOML too."""
        default = self.default if isinstance(self.default, str | bool | int | float) else [*self.default]
        written = json.dumps(default, ensure_ascii=False)
        limits = {"minimum": self.minimum, "maximum": self.maximum, "choices": [*self.choices] or None}
        declared = {name: limit for name, limit in limits.items() if limit is not None}
        return {"name": self.name, "default": written, "description": self.description, **declared}


class Settings(TypedDict, total=False):
    """What every decorator takes."""

    requirements: Required[Sequence[str]]
    roles: Sequence[Role]
    wants: Sequence[Want]
    accepts: Sequence[str]
    options: Sequence[Option]
    confidence: Literal["high", "medium", "low"]
    id: str


class Rule(Generic[Fact]):
    """One rule of a plugin; calling it calls the function."""

    def __init__(
        self,
        function: Check[Fact],
        trigger: Want,
        facts: Callable[[], Iterable[Fact]],
        settings: Settings,
    ) -> None:
        """Take the function, what it is handed, and how that is asked of the host."""
        self.function = function
        self.trigger = trigger
        self.facts = facts
        self.settings = settings
        self.id = settings.get("id", function.__name__.replace("_", "-"))
        self.docs = cleandoc(function.__doc__ or "")
        self.__doc__ = function.__doc__
        self.__name__ = function.__name__

    def __call__(self, report: Report, fact: Fact) -> None:
        """Check one fact."""
        self.function(report, fact)

    def run(self, report: Report) -> None:
        """Ask for the facts and check each."""
        for fact in self.facts():
            self.function(report, fact)

    def describe(self) -> dict[str, Any]:
        """Write its data as the host reads it."""
        settings = self.settings
        return {
            "id": self.id,
            "title": self.docs.partition("\n")[0].removesuffix("."),
            "requirements": [*settings["requirements"]],
            "target": "repository" if self.trigger.kind == "repository" else "project",
            "confidence": settings.get("confidence", "high"),
            "trigger": self.trigger.describe(),
            "wants": [want.describe() for want in settings.get("wants", ())],
            "roles": [role.name.lower() for role in settings.get("roles", ())],
            "accepts": [*settings.get("accepts", ())],
            "options": [option.describe() for option in settings.get("options", ())],
        }


Decorator = Callable[[Check[Fact]], Rule[Fact]]


def _handed(trigger: Want, facts: Callable[[], Iterable[Fact]], settings: Mapping[str, Any]) -> Decorator[Fact]:
    return lambda function: Rule(function, trigger, facts, Settings(**settings))


def calls(*names: str, **settings: Unpack[Settings]) -> Decorator[Call]:
    """Python calls by resolved name."""
    return _handed(Want.calls(*names), lambda: python.calls(*names), settings)


def imports(*names: str, **settings: Unpack[Settings]) -> Decorator[Import]:
    """Python imports by resolved name."""
    return _handed(Want.imports(*names), lambda: python.imports(*names), settings)


def definitions(kinds: Sequence[str], names: Sequence[str], **settings: Unpack[Settings]) -> Decorator[Definition]:
    """Python definitions by kind (``function``, ``method``, ``class``, ``type-alias``) and name."""
    return _handed(Want.definitions(kinds, names), lambda: python.definitions(kinds, names), settings)


def outlines(kinds: Sequence[str], names: Sequence[str], **settings: Unpack[Settings]) -> Decorator[Outline]:
    """Outlines of Python functions, methods and classes by kind and name."""
    return _handed(Want.outlines(kinds, names), lambda: python.outlines(kinds, names), settings)


def handlers(*exceptions: str, **settings: Unpack[Settings]) -> Decorator[Handler]:
    """Python exception handlers by exception."""
    return _handed(Want.handlers(*exceptions), lambda: python.handlers(*exceptions), settings)


def assignments(*names: str, **settings: Unpack[Settings]) -> Decorator[Assignment]:
    """Python assignments by the target's last part."""
    return _handed(Want.assignments(*names), lambda: python.assignments(*names), settings)


def statements(*kinds: str, **settings: Unpack[Settings]) -> Decorator[Statement]:
    """Python statements by kind."""
    return _handed(Want.statements(*kinds), lambda: python.statements(*kinds), settings)


def matches(patterns: Sequence[str], globs: Sequence[str], **settings: Unpack[Settings]) -> Decorator[Match]:
    """Matches of regular expressions in the files of these globs."""
    return _handed(Want.search(patterns, globs), lambda: files_.search(patterns, globs), settings)


def files(*globs: str, **settings: Unpack[Settings]) -> Decorator[File]:
    """Files by glob."""
    return _handed(Want("files", (), globs), lambda: files_.find(*globs), settings)


def documents(*globs: str, **settings: Unpack[Settings]) -> Decorator[Document]:
    """Configuration files by glob, parsed. Files that don't parse are left out: the host reports them."""
    return _handed(Want("documents", (), globs), lambda: documents_.find(*globs), settings)


def dependencies(*names: str, **settings: Unpack[Settings]) -> Decorator[Dependency]:
    """Declared dependencies by normalised name."""
    return _handed(Want("dependencies", names), lambda: project.dependencies(*names), settings)


def commands(*programs: str, **settings: Unpack[Settings]) -> Decorator[Command]:
    """Commands by program, wherever they are run."""
    return _handed(Want("commands", programs), lambda: automation.commands(*programs), settings)


def actions(*names: str, **settings: Unpack[Settings]) -> Decorator[Action]:
    """Uses of GitHub actions by name."""
    return _handed(Want("actions", names), lambda: automation.actions(*names), settings)


def dockerfiles(**settings: Unpack[Settings]) -> Decorator[Dockerfile]:
    """Dockerfiles."""
    return _handed(Want("dockerfiles"), containers.dockerfiles, settings)


def compose_files(**settings: Unpack[Settings]) -> Decorator[ComposeFile]:
    """Compose files."""
    return _handed(Want("compose-files"), containers.compose_files, settings)


def projects(**settings: Unpack[Settings]) -> Decorator[Project]:
    """Each project."""
    return _handed(Want("project"), project.projects, settings)


def repository(**settings: Unpack[Settings]) -> Callable[[Callable[[Report], None]], Rule[None]]:
    """The repository, once: the function takes the report alone."""

    def decorate(function: Callable[[Report], None]) -> Rule[None]:
        def check(report: Report, fact: None) -> None:
            del fact
            function(report)

        check.__doc__ = function.__doc__
        check.__name__ = function.__name__
        return Rule(check, Want("repository"), lambda: [None], settings)

    return decorate
