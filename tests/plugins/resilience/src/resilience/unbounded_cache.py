"""Caches without a bound."""

from plimsoll_sdk import Definition, Item, NodeKind, Report, Role, rule


@rule.definitions(["function", "method"], ["*"], requirements=["RES.4"], roles=[Role.SOURCE])
def unbounded_cache(report: Report, definition: Definition) -> None:
    """A cache keeps everything that it has seen.

    `lru_cache(maxsize=None)` drops nothing. With keys that come from requests it is a leak that looks like a feature. Give
    it a size. What has no parameters has one value.

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

    @lru_cache(maxsize=None)
    def settings(): ...

    @cache
    def months(year): ...
    ```
    """
    for decorator in map(Item, definition.decorators):
        size = decorator.argument(0, "maxsize") if decorator.text == "functools.lru_cache" else None
        if size is not None and size.resolved().kind is NodeKind.NULL and definition.parameters:
            report.finding(decorator.place(definition.site.place.path), "a cache without a bound", help="set `maxsize`")
