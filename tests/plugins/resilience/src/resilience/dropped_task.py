"""Tasks that nobody holds."""

from plimsoll_sdk import Call, Report, Role, Surroundings, rule


@rule.calls("asyncio.create_task", "asyncio.ensure_future", requirements=["RES.5"], roles=[Role.SOURCE])
def dropped_task(report: Report, call: Call) -> None:
    """A task is started and let go.

    The event loop holds tasks weakly: one that nobody keeps may be collected in the middle of its work, and its exception
    is seen by no one. Keep it, await it, or start it in an `asyncio.TaskGroup`.

    ```python bad src/app/worker.py
    import asyncio

    async def main():
        asyncio.create_task(work())  # error: the task of `asyncio.create_task` is held by nobody
    ```
    ```python good src/app/worker.py
    import asyncio

    async def main():
        task = asyncio.create_task(work())
        await task
        async with asyncio.TaskGroup() as group:
            group.create_task(work())
        return asyncio.ensure_future(work())
    ```
    """
    if Surroundings.STATEMENT in call.site.surroundings:
        report.finding(
            call.site.place, f"the task of `{call.name}` is held by nobody", help="keep it, or use a TaskGroup"
        )
