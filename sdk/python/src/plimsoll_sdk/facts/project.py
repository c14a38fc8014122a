"""Projects and their dependencies."""

from __future__ import annotations

from plimsoll_wit.imports import project as host
from plimsoll_wit.imports.project import Dependency, Project


def projects() -> list[Project]:
    """List the projects of the target."""
    return host.projects()


def dependencies(*names: str) -> list[Dependency]:
    """Declared dependencies by normalised name."""
    return host.dependencies([*names])


def locked(name: str) -> str | None:
    """Give the locked version of a package."""
    return host.locked(name)


def has_profile(project: Project, id: str) -> bool:
    """Say whether a project is of a kind: ``library``, ``api``, ``containerized``, …."""
    return any(profile.id == id for profile in project.profiles)


def path(project: Project, relative: str) -> str:
    """Give a path below a project's root."""
    return f"{project.root}/{relative}" if project.root else relative
