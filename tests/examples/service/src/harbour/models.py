"""What requests and responses look like."""

from pydantic import BaseModel, Field


class NewShip(BaseModel):
    """A ship as it is announced."""

    name: str = Field(min_length=1, max_length=80)
    flag: str = Field(pattern="^[A-Z]{2}$")
    length_metres: float = Field(gt=0, le=400)


class Ship(NewShip):
    """A ship that the port knows."""

    id: int


class Berth(BaseModel):
    """A place at the quay, empty when no ship lies there."""

    number: int
    length_metres: float
    ship_id: int | None = None


class Token(BaseModel):
    """What a client sends back as a bearer token."""

    access_token: str
    token_type: str = "bearer"


class Fee(BaseModel):
    """What a stay costs."""

    amount: float
    currency: str = "NOK"
