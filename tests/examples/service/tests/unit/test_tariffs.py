from harbour.services.tariffs import custom_fee, standard_fee


def test_a_week_is_discounted() -> None:
    assert standard_fee(100, 6) == 7500
    assert standard_fee(100, 7) == 7437.5


def test_an_agent_brings_a_formula() -> None:
    assert custom_fee("length * 9 * nights", 100, 2) == 1800
