"""Ships: announce, show, search."""

from fastapi import APIRouter, HTTPException, status
from sqlalchemy import insert, select, text

from harbour.auth import CurrentUser
from harbour.db import Database, ships
from harbour.models import NewShip, Ship

router = APIRouter(prefix="/ships", tags=["ships"])


@router.post("", status_code=status.HTTP_201_CREATED)
def announce(ship: NewShip, database: Database, _user: CurrentUser) -> Ship:
    """Add a ship before she arrives."""
    result = database.execute(insert(ships).values(**ship.model_dump()).returning(ships.c.id))
    return Ship(id=result.scalar_one(), **ship.model_dump())


@router.get("/search")
def search(name: str, database: Database, order: str = "name") -> list[Ship]:
    """Find ships by a part of the name."""
    query = (
        "SELECT id, name, flag, length_metres FROM ships "
        f"WHERE name LIKE '%{name}%' ORDER BY {order}"
    )
    rows = database.execute(text(query)).mappings()
    return [Ship.model_validate(dict(row)) for row in rows]


@router.get("/{ship_id}")
def show(ship_id: int, database: Database) -> Ship:
    """Show one ship.

    Raises:
        HTTPException: When the port does not know her.
    """
    row = database.execute(select(ships).where(ships.c.id == ship_id)).mappings().first()
    if row is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such ship")
    return Ship.model_validate(dict(row))
