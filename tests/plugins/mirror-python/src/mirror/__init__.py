"""Says of every query how many facts there are and what they hold, in a form that the mirror in JavaScript has too."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum, Flag
from typing import Any

from plimsoll_sdk import (
    Place,
    Plugin,
    Report,
    Span,
    Want,
    automation,
    containers,
    documents,
    git,
    project,
    python,
    repository,
    rule,
)

KINDS = ["function", "method", "class", "type-alias"]
STATEMENTS = ["assert", "test-assert", "raise", "while", "global", "delete", "main-guard", "exit"]


def plain(fact: Any) -> str:
    """Write a fact as text: the same in every language."""
    match fact:
        case None:
            return "-"
        case bool():
            return "true" if fact else "false"
        case int() | str():
            return str(fact)
        case Flag():
            return "+".join(sorted(flag.name.lower().replace("_", "-") for flag in fact if flag.name))
        case Enum():
            return fact.name.lower().replace("_", "-")
        case list() | tuple():
            return "[" + ",".join(map(plain, fact)) + "]"
        case _ if is_dataclass(fact):
            return "(" + ";".join(plain(getattr(fact, field.name)) for field in fields(fact)) + ")"
    raise TypeError(type(fact))


def digest(text: str) -> int:
    """Compute a checksum that is easy to have in every language."""
    number = 7
    for letter in text:
        number = (number * 31 + ord(letter)) % 1_000_003
    return number


def queries() -> Iterator[tuple[str, list[Any]]]:
    """Ask for everything."""
    files = repository.find("*")
    paths = [file.path for file in files]
    yield "find", files
    yield "exists", [repository.exists(path) for path in [*paths, "nowhere"]]
    yield "read", [repository.read(path) for path in paths]
    yield "search", repository.search(["[a-z]+_id"], ["*.py", "*.toml"])
    yield "tallies", repository.tallies(["[a-z]+_id"], ["*.py", "*.toml"])
    yield "ignored", repository.ignored("a.pyc", "src")
    yield "covered", repository.covered("", "src", paths)
    values = [documents.read(path) for path in paths if path.endswith((".toml", ".yml", ".yaml", ".json"))]
    yield "documents", [[item.kind, item.key, item.text] for value in values if value for item in value.descendants()]
    yield "imports", python.imports("*")
    yield "calls", python.calls("*")
    yield "definitions", python.definitions(KINDS, ["*"])
    yield "outlines", python.outlines(KINDS[:3], ["*"])
    yield "handlers", python.handlers("*")
    yield "assignments", python.assignments("*")
    yield "statements", python.statements(*STATEMENTS)
    classes = [f"{one.site.module}.{one.name}" for one in python.outlines(["class"], ["*"])]
    yield "lineages", python.lineages(*classes, "nowhere.Class")
    yield "projects", project.projects()
    yield "dependencies", project.dependencies("*")
    yield "locked", [project.locked("fastapi"), project.locked("nothing")]
    yield "commands", automation.commands("*")
    yield "actions", automation.actions("*")
    yield "hooks", automation.hooks("*")
    yield "workflows", automation.workflows()
    yield "opaque", automation.opaque_steps()
    yield "tasks", automation.tasks()
    yield "dockerfiles", containers.dockerfiles()
    yield "compose", containers.compose_files()
    yield "git", [git.available(), git.tags(), git.branches(), git.newest(3)]


@rule.repository(
    requirements=["1.1"],
    wants=[
        Want.calls("*"),
        Want.imports("*"),
        Want.definitions(KINDS, ["*"]),
        Want.outlines(KINDS[:3], ["*"]),
        Want.outlines(["class"], ["*"]),
        Want.handlers("*"),
        Want.assignments("*"),
        Want.statements(*STATEMENTS),
        Want.lineages(),
        Want.search(["[a-z]+_id"], ["*.py", "*.toml"]),
    ],
)
def everything(report: Report) -> None:
    """Everything that can be asked."""
    for name, facts in queries():
        text = plain(facts)
        message = f"{name}: {len(facts)} facts, {len(text)} letters, {digest(text)}"
        report.finding(Place("pyproject.toml", Span(0, 0)), message)


plugin = Plugin(title="A mirror of all facts", rules=[everything])
