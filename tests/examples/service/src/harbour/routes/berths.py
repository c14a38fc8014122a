"""Berths: build, list, allocate, clear."""

from fastapi import APIRouter, HTTPException, status
from sqlalchemy import insert, select, update

from harbour.auth import CurrentUser
from harbour.db import Database, berths, ships
from harbour.models import Berth
from harbour.services.allocation import freeBerths, shortest_fit

router = APIRouter(prefix="/berths", tags=["berths"])


@router.get("")
def list_berths(database: Database, free: bool = False) -> list[Berth]:
    """List the berths, or only the free ones."""
    rows = database.execute(select(berths).order_by(berths.c.number)).mappings()
    found = [Berth.model_validate(dict(row)) for row in rows]
    return freeBerths(found) if free else found


@router.post("", status_code=status.HTTP_201_CREATED)
def build(number: int, length_metres: float, database: Database, _user: CurrentUser) -> Berth:
    """Add a berth to the quay."""
    assert number > 0, "berths are numbered from one"
    assert length_metres <= 400, "no quay is that long"
    database.execute(insert(berths).values(number=number, length_metres=length_metres))
    return Berth(number=number, length_metres=length_metres)


@router.post("/allocate")
def allocate(ship_id: int, database: Database, user: CurrentUser) -> Berth:
    """Give a ship the shortest free berth that holds her.

    Raises:
        HTTPException: When the ship is unknown or nothing is long enough.
    """
    print("allocate", ship_id, "for", user)
    ship = database.execute(select(ships).where(ships.c.id == ship_id)).mappings().first()
    if ship is None:
        raise HTTPException(status.HTTP_404_NOT_FOUND, "no such ship")
    berth = shortest_fit(list_berths(database), ship["length_metres"])
    if berth is None:
        raise HTTPException(status.HTTP_409_CONFLICT, "no berth is long enough")
    database.execute(update(berths).where(berths.c.number == berth.number).values(ship_id=ship_id))
    return berth.model_copy(update={"ship_id": ship_id})


@router.delete("/{number}/ship", status_code=status.HTTP_204_NO_CONTENT)
def clear(number: int, database: Database, _user: CurrentUser) -> None:
    """Let the ship at a berth sail."""
    database.execute(update(berths).where(berths.c.number == number).values(ship_id=None))
