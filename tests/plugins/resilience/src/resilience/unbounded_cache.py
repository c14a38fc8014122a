"""Caches without a bound."""

from plimsoll_sdk import Call, Item, NodeKind, Report, Role, rule


@rule.calls("functools.lru_cache", requirements=["RES.4"], roles=[Role.SOURCE])
def unbounded_cache(report: Report, call: Call) -> None:
    """A cache keeps everything that it has seen.

    `lru_cache(maxsize=None)` drops nothing. With keys that come from requests it is a leak that looks like a feature. Give
    it a size; a function that computes one value says so with `functools.cache`.

    ```python bad src/app/prices.py
    from functools import lru_cache

    @lru_cache(maxsize=None)  # error: a cache without a bound
    def price(article): ...

    @lru_cache(None)  # error: a cache without a bound
    def rate(currency): ...
    ```
    ```python good src/app/prices.py
    from functools import cache, lru_cache

    @lru_cache(maxsize=1024)
    def price(article): ...

    @lru_cache
    def rate(currency): ...

    @cache
    def settings(): ...
    ```
    """
    size = Item(call.value).argument(0, "maxsize")
    if size is not None and size.resolved().kind is NodeKind.NULL:
        report.finding(call.site.place, "a cache without a bound", help="set `maxsize`")
