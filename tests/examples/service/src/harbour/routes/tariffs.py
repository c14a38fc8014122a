"""Tariffs: what a stay costs."""

from fastapi import APIRouter

from harbour.models import Fee
from harbour.services.tariffs import custom_fee, standard_fee

router = APIRouter(prefix="/tariffs", tags=["tariffs"])


@router.get("")
def quote(length_metres: float, nights: int = 1, formula: str | None = None) -> Fee:
    """Quote a price by the standard tariff, or by a formula of `length` and `nights`."""
    if formula:
        return Fee(amount=custom_fee(formula, length_metres, nights))
    return Fee(amount=standard_fee(length_metres, nights))
