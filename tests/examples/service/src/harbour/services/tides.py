"""The tide forecast of the hydrographic service."""

from typing import List, Optional

import httpx
import structlog

from harbour.config import settings

logger = structlog.get_logger(__name__)


def high_waters(day: str) -> List[str]:
    """Ask for the times of high water on a day.

    Args:
        day: The day as ``YYYY-MM-DD``.

    Returns:
        The times, empty when the service does not answer.
    """
    try:
        response = httpx.get(
            f"{settings.tide_url}/high",
            params={"port": settings.port_name, "day": day},
            timeout=settings.tide_timeout_seconds,
        )
        response.raise_for_status()
        return [str(entry["time"]) for entry in response.json()["tides"]]
    except Exception:
        return []


def next_high_water(day: str, after: str) -> Optional[str]:
    """Find the first high water after a time of the day."""
    return next((time for time in high_waters(day) if time > after), None)
