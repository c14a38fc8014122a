"""The application: routes, start and stop."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from fastapi import FastAPI

from harbour import __version__
from harbour.config import settings
from harbour.db import create_tables, engine
from harbour.routes import berths, health, manifests, ships, tariffs, users

logger = structlog.get_logger(__name__)


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    """Create missing tables at the start and close the pool at the end."""
    create_tables()
    logger.info("started", port=settings.port_name, version=__version__)
    yield
    engine.dispose()
    logger.info("stopped")


def create_app() -> FastAPI:
    """Build the application.

    Returns:
        The application with every router mounted below ``/v1``.
    """
    app = FastAPI(title="Harbour", version=__version__, lifespan=lifespan)
    app.include_router(health.router)
    for router in (berths.router, manifests.router, ships.router, tariffs.router, users.router):
        app.include_router(router, prefix="/v1")
    return app


app = create_app()
