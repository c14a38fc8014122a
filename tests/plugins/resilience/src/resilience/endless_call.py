"""Calls over the network that may never end."""

from plimsoll_sdk import Call, Item, NodeKind, Option, Report, Role, rule

VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")


@rule.calls(
    *(f"requests.{verb}" for verb in VERBS),
    *(f"requests.Session().{verb}" for verb in VERBS),
    "urllib.request.urlopen",
    requirements=["RES.1"],
    roles=[Role.SOURCE],
    options=[Option("longest", 0, "Seconds that a call may take at most; 0 for any time")],
)
def endless_call(report: Report, call: Call) -> None:
    """A call over the network has no time limit.

    The other side may accept the connection and never answer; the worker then waits for ever. `requests` and `urllib` have
    no limit unless one is given, and `None` is none. Pass `timeout`.

    ```python bad src/app/client.py
    import requests
    from urllib.request import urlopen

    session = requests.Session()

    def load(address):
        requests.get(address)  # error: `requests.get` without a time limit
        requests.post(address, timeout=None)  # error: `requests.post` without a time limit
        session.get(address)  # error: `requests.Session().get` without a time limit
        return urlopen(address)  # error: `urllib.request.urlopen` without a time limit
    ```
    ```python good src/app/client.py
    import requests
    from urllib.request import urlopen

    def load(address, settings, **more):
        requests.get(address, timeout=(3, 10))
        requests.get(address, timeout=settings.timeout)
        requests.get(address, **more)
        return urlopen(address, None, 5)
    ```
    """
    arguments = Item(call.value)
    # `urlopen(url, data, timeout)`; for requests the third positional argument is something else.
    limit = arguments.argument(2, "timeout") if call.name.endswith("urlopen") else arguments.get("timeout")
    if limit is None and any(item.text in ("starred", "double-star") for item in arguments):
        return
    if limit is None or limit.resolved().kind is NodeKind.NULL:
        report.finding(call.site.place, f"`{call.name}` without a time limit", help="pass `timeout`")
        return
    longest = report.option("longest", int)
    seconds = limit.resolved().number
    if longest and seconds is not None and seconds > longest:
        report.finding(limit.place(call.site.place.path), f"a time limit of more than {longest} seconds")
