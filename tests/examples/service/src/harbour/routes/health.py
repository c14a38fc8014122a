"""Probes for the orchestrator."""

from fastapi import APIRouter
from sqlalchemy import text

from harbour.db import Database

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live")
def live() -> dict[str, str]:
    """Answer without touching anything else."""
    return {"status": "alive"}


@router.get("/ready")
def ready(database: Database) -> dict[str, str]:
    """Answer once the database does."""
    database.execute(text("SELECT 1"))
    return {"status": "ready"}
