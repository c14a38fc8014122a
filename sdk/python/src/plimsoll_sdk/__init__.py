"""Write plimsoll rules in Python.

A rule is a function with a decorator that says what it is handed, and a docstring whose fences are its examples::

    from plimsoll_sdk import Call, Report, Role, rule


    @rule.calls("time.sleep", requirements=["acme.1"], roles=[Role.TEST])
    def sleep_in_test(report: Report, call: Call) -> None:
        '''A test sleeps for a fixed time.

        The sleep is too short on a busy machine and too long on any other. Wait for the event.

        ```python bad tests/test_job.py
        import time
        time.sleep(5)  # error: `time.sleep` in a test
        ```
        ```python good tests/test_job.py
        assert job.wait(timeout=5)
        ```
        '''
        report.finding(call.site.place, f"`{call.name}` in a test")

The contents page of a plugin is a module with ``plugin = Plugin(title=..., rules=[...])``. Its name and version are
those of ``[project]`` in ``pyproject.toml``, its requirements stand in ``requirements.toml`` beside it.

A rule runs without files, network and clock: modules are imported at the top of a file, never within a function.

The parts: :mod:`rule` for what a rule is handed, :class:`Want` for what else it may ask for, :class:`Report` for what
it says, :class:`Item` for reading values, :mod:`edits` for fixes, :mod:`testing` to run a rule under pytest, and a
module for each kind of fact: :mod:`repository`, :mod:`documents`, :mod:`python`, :mod:`project`, :mod:`automation`,
:mod:`containers`, :mod:`git`.
"""

from plimsoll_sdk import edits, rule
from plimsoll_sdk.facts import automation, containers, documents, git, project, python, repository
from plimsoll_sdk.facts.documents import Document
from plimsoll_sdk.plugin import Plugin
from plimsoll_sdk.report import Report
from plimsoll_sdk.rule import Option, Rule, Want
from plimsoll_sdk.values import Item
from plimsoll_wit.imports.automation import Action, Command, Hook, Opaque, Task, Workflow
from plimsoll_wit.imports.containers import ComposeFile, Dockerfile, Instruction, Stage
from plimsoll_wit.imports.git import Commit, History
from plimsoll_wit.imports.project import Dependency, Package, Profile, Project
from plimsoll_wit.imports.python import (
    Ancestor,
    Assignment,
    Call,
    Definition,
    Handler,
    Import,
    Lineage,
    Opening,
    Outline,
    Parameter,
    Site,
    Statement,
    Surroundings,
)
from plimsoll_wit.imports.report import Applicability, Confidence, Finding, Fix, Related
from plimsoll_wit.imports.repository import File, Match, Tally
from plimsoll_wit.imports.types import Absence, Node, NodeKind, Place, Role, Span

__all__ = [
    "Absence",
    "Action",
    "Ancestor",
    "Applicability",
    "Assignment",
    "Call",
    "Command",
    "Commit",
    "ComposeFile",
    "Confidence",
    "Definition",
    "Dependency",
    "Dockerfile",
    "Document",
    "File",
    "Finding",
    "Fix",
    "Handler",
    "History",
    "Hook",
    "Import",
    "Instruction",
    "Item",
    "Lineage",
    "Match",
    "Node",
    "NodeKind",
    "Opaque",
    "Opening",
    "Option",
    "Outline",
    "Package",
    "Parameter",
    "Place",
    "Plugin",
    "Profile",
    "Project",
    "Related",
    "Report",
    "Role",
    "Rule",
    "Site",
    "Span",
    "Stage",
    "Statement",
    "Surroundings",
    "Tally",
    "Task",
    "Want",
    "Workflow",
    "automation",
    "containers",
    "documents",
    "edits",
    "git",
    "project",
    "python",
    "repository",
    "rule",
]
