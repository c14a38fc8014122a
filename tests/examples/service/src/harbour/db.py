"""Tables and the connection of one request."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy import (
    Column,
    Connection,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
)

from harbour.config import settings

engine = create_engine(settings.database_url, pool_pre_ping=True)
metadata = MetaData()

users = Table(
    "users",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("password_hash", String(128), nullable=False),
)

ships = Table(
    "ships",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False),
    Column("flag", String(2), nullable=False),
    Column("length_metres", Float, nullable=False),
)

berths = Table(
    "berths",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("length_metres", Float, nullable=False),
    Column("ship_id", ForeignKey("ships.id"), nullable=True),
)


def create_tables() -> None:
    """Create the tables that do not exist yet."""
    metadata.create_all(engine)


def connection() -> Iterator[Connection]:
    """Open a transaction for the length of one request.

    Yields:
        A connection that commits when the request succeeds.
    """
    with engine.begin() as opened:
        yield opened


Database = Annotated[Connection, Depends(connection)]
