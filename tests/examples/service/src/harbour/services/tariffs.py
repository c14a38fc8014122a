"""Prices of a stay."""

RATE_PER_METRE = 12.5
LONG_STAY_NIGHTS = 7
LONG_STAY_DISCOUNT = 0.15


def standard_fee(length_metres: float, nights: int) -> float:
    """Price a stay by the public tariff.

    Args:
        length_metres: The ship's length over all.
        nights: How long she stays.

    Returns:
        The price, long stays discounted.
    """
    amount = length_metres * RATE_PER_METRE * nights
    if nights >= LONG_STAY_NIGHTS:
        amount *= 1 - LONG_STAY_DISCOUNT
    return round(amount, 2)


def custom_fee(formula: str, length_metres: float, nights: int) -> float:
    """Price a stay by an agent's own formula, such as ``length * 9 * nights``."""
    return float(eval(formula, {"length": length_metres, "nights": nights}))
