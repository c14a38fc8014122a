"""What CI, hooks and task runners run."""

from __future__ import annotations

from plimsoll_wit.imports import automation as host
from plimsoll_wit.imports.automation import Action, Command, Hook, Opaque, Task, Workflow


def commands(*programs: str) -> list[Command]:
    """Commands by program."""
    return host.commands([*programs])


def actions(*names: str) -> list[Action]:
    """Uses of GitHub actions by name."""
    return host.actions([*names])


def hooks(*ids: str) -> list[Hook]:
    """Hooks of pre-commit by id."""
    return host.hooks([*ids])


def workflows() -> list[Workflow]:
    """List the CI pipelines, sorted by path."""
    return host.workflows()


def opaque_steps() -> list[Opaque]:
    """List what CI runs and no one can look into."""
    return host.opaque_steps()


def tasks() -> list[Task]:
    """List the tasks of all task runners."""
    return host.tasks()
