import pytest

from harbour.models import Berth
from harbour.services.allocation import shortest_fit

BERTHS = [
    Berth(number=1, length_metres=220),
    Berth(number=2, length_metres=90, ship_id=7),
    Berth(number=3, length_metres=140),
]


@pytest.mark.unit
@pytest.mark.parametrize(
    ("length_metres", "number"),
    [(80, 3), (135, 3), (136, 1), (215, 1)],
)
def test_a_ship_gets_the_shortest_free_berth(length_metres: float, number: int) -> None:
    berth = shortest_fit(BERTHS, length_metres)
    assert berth is not None
    assert berth.number == number


@pytest.mark.unit
def test_no_berth_is_long_enough() -> None:
    assert shortest_fit(BERTHS, 300) is None
