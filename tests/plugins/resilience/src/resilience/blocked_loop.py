"""Calls that stop the event loop."""

from plimsoll_sdk import Call, Report, Role, Surroundings, rule

HELP = {"time.sleep": "use `asyncio.sleep`", "requests.": "use an asynchronous client", "subprocess.": "use `asyncio`"}


@rule.calls(
    "time.sleep",
    "requests.*",
    "urllib.request.urlopen",
    *(f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output")),
    requirements=["RES.6"],
    roles=[Role.SOURCE],
)
def blocked_loop(report: Report, call: Call) -> None:
    """An asynchronous function waits with the whole event loop.

    While it waits, no other request is served, no timeout fires and no health check is answered. Await something, or hand
    the call to a thread (`asyncio.to_thread`).

    ```python bad src/app/api.py
    import subprocess
    import time
    import requests

    async def load(address):
        time.sleep(1)  # error: `time.sleep` blocks the event loop
        requests.get(address, timeout=5)  # error: `requests.get` blocks the event loop
        subprocess.run(["true"])  # error: `subprocess.run` blocks the event loop
    ```
    ```python good src/app/api.py
    import asyncio
    import time
    import requests

    async def load(address):
        await asyncio.sleep(1)
        error = requests.Timeout()
        await asyncio.to_thread(requests.get, address, timeout=5)

        def later():
            time.sleep(1)

    def main():
        time.sleep(1)
    ```
    """
    last = call.name.rsplit(".", 1)[-1]
    # Classes, exceptions and sessions are made, not waited for.
    if Surroundings.ASYNC not in call.site.surroundings or not last.islower() or last == "session":
        return
    help = next((text for prefix, text in HELP.items() if call.name.startswith(prefix)), None)
    report.finding(call.site.place, f"`{call.name}` blocks the event loop", help=help)
