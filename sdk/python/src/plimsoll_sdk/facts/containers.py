"""Dockerfiles and compose files."""

from __future__ import annotations

from plimsoll_wit.imports import containers as host
from plimsoll_wit.imports.containers import ComposeFile, Dockerfile, Stage


def dockerfiles() -> list[Dockerfile]:
    """List the Dockerfiles of the target, sorted by path."""
    return host.dockerfiles()


def compose_files() -> list[ComposeFile]:
    """List the compose files of the target, sorted by path."""
    return host.compose_files()


def ignored(dockerfile: str, *paths: str) -> list[bool]:
    """For each path below the build context, say whether the Dockerfile's ignore file leaves it out."""
    return host.ignored(dockerfile, [*paths])


def built_chain(dockerfile: Dockerfile) -> list[Stage]:
    """List the stages that make the image, in order: those that the built one is FROM, then itself."""
    chain: list[Stage] = []
    index: int | None = dockerfile.built
    while index is not None and index < len(dockerfile.stages) and len(chain) <= len(dockerfile.stages):
        chain.append(dockerfile.stages[index])
        index = dockerfile.stages[index].parent
    return chain[::-1]
