"""The repository's history."""

from __future__ import annotations

from plimsoll_wit.imports import git as host
from plimsoll_wit.imports.git import Commit, History


def available() -> History:
    """Say how much of the history is there."""
    return host.available()


def newest(count: int) -> list[Commit] | None:
    """Give the newest commits: so many, or all that ever were.

    None when a shallow clone has too few to tell, where a rule says ``Report.unknown``: a verdict must not depend on
    how deep a clone is.
    """
    commits = host.commits(count)
    return commits if len(commits) == count or host.available() is not History.SHALLOW else None


def tags() -> list[str]:
    """List the names of the tags, sorted."""
    return host.tags()


def branches() -> list[str]:
    """List the names of the local branches, sorted."""
    return host.branches()
