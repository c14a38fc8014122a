"""Retries that never give up."""

from plimsoll_sdk import Call, Item, Report, Role, rule


@rule.calls(
    "tenacity.retry", "tenacity.Retrying", "tenacity.AsyncRetrying", requirements=["RES.2"], roles=[Role.SOURCE]
)
def endless_retry(report: Report, call: Call) -> None:
    """Something is tried again without end.

    Without `stop` tenacity tries for ever, and a fault that does not pass becomes a worker that hangs, at the pace of its
    retries. Pass `stop`, such as `stop_after_attempt(5)`.

    ```python bad src/app/client.py
    import tenacity

    @tenacity.retry(wait=tenacity.wait_fixed(1))  # error: `tenacity.retry` without `stop`
    def load(): ...

    for attempt in tenacity.Retrying(stop=tenacity.stop_never):  # error: `tenacity.Retrying` without `stop`
        load()
    ```
    ```python good src/app/client.py
    import tenacity

    @tenacity.retry(stop=tenacity.stop_after_attempt(5) | tenacity.stop_after_delay(30))
    def load(): ...
    ```
    """
    arguments = Item(call.value)
    stop = arguments.argument(1, "stop")
    is_open = any(item.text in ("starred", "double-star") for item in arguments)
    if (stop is None and not is_open) or (stop is not None and stop.text == "tenacity.stop_never"):
        report.finding(call.site.place, f"`{call.name}` without `stop`", help="pass `stop=stop_after_attempt(…)`")
