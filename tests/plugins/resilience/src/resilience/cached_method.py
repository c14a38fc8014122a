"""Methods whose cache keeps their objects alive."""

from plimsoll_sdk import Outline, Report, Role, rule

CACHES = ("functools.cache", "functools.lru_cache")


@rule.outlines(["method"], ["*"], requirements=["RES.4"], roles=[Role.SOURCE])
def cached_method(report: Report, outline: Outline) -> None:
    """A method is cached for all objects together.

    The cache belongs to the class and holds `self` as part of each key: objects live as long as the process. Cache in the
    object (`functools.cached_property`), or a function of the module. Methods of the class itself and static ones are fine.

    ```python bad src/app/prices.py
    from functools import cache

    class Catalogue:
        @cache
        def price(self, article):  # error: the cache of `price` keeps each object alive
            ...
    ```
    ```python good src/app/prices.py
    from functools import cache, cached_property

    class Catalogue:
        @staticmethod
        @cache
        def rate(currency): ...

        @classmethod
        @cache
        def names(cls): ...

        @cached_property
        def prices(self): ...
    ```
    """
    shared = ("staticmethod", "classmethod", "builtins.staticmethod", "builtins.classmethod")
    decorators = outline.decorators
    if any(name in CACHES for name in decorators) and not any(name in shared for name in decorators):
        report.finding(outline.site.place, f"the cache of `{outline.name}` keeps each object alive")
