"""Which berth a ship gets."""

from harbour.models import Berth

SPARE_METRES = 5.0


def freeBerths(berths: list[Berth]) -> list[Berth]:
    """Leave out the berths where a ship lies."""
    return [berth for berth in berths if berth.ship_id is None]


def shortest_fit(berths: list[Berth], length_metres: float) -> Berth | None:
    """Choose the shortest free berth that leaves room for the lines.

    Args:
        berths: Every berth of the port.
        length_metres: The ship's length over all.

    Returns:
        The berth, or None when no free one is long enough.
    """
    fits = [
        berth for berth in freeBerths(berths) if berth.length_metres >= length_metres + SPARE_METRES
    ]
    return min(fits, key=lambda berth: (berth.length_metres, berth.number), default=None)
