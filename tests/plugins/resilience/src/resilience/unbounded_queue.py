"""Queues without a bound."""

from plimsoll_sdk import Call, Item, NodeKind, Report, Role, rule


@rule.calls(
    *(f"{module}.{kind}Queue" for module in ("queue", "asyncio") for kind in ("", "Lifo", "Priority")),
    requirements=["RES.3"],
    roles=[Role.SOURCE],
)
def unbounded_queue(report: Report, call: Call) -> None:
    """A queue takes everything.

    When work comes in faster than it is done, the queue grows until the memory is gone, and nobody upstream notices before.
    Give it a size: then `put` waits, and the pressure reaches whoever makes it.

    ```python bad src/app/worker.py
    import asyncio
    import queue

    jobs = queue.Queue()  # error: `queue.Queue` without a bound
    events = asyncio.Queue(0)  # error: `asyncio.Queue` without a bound
    ```
    ```python good src/app/worker.py
    import asyncio
    import queue

    from app.settings import settings

    jobs = queue.Queue(1_000)
    events = asyncio.PriorityQueue(maxsize=settings.most_events)
    ```
    """
    arguments = Item(call.value)
    size = arguments.argument(0, "maxsize")
    bound = None if size is None else size.resolved().integer
    is_unbounded = size is None or (size.resolved().kind is NodeKind.INTEGER and bound is not None and bound <= 0)
    if is_unbounded and all(item.text not in ("starred", "double-star") for item in arguments):
        report.finding(call.site.place, f"`{call.name}` without a bound", help="pass `maxsize`")
