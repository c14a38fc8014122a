"""Rules on facts of the test's own."""

import pytest
from plimsoll_sdk import Call, Rule, Surroundings
from plimsoll_sdk.testing import call, run, site

from resilience.blocked_loop import blocked_loop
from resilience.dropped_task import dropped_task
from resilience.endless_call import endless_call
from resilience.unbounded_queue import unbounded_queue

IN_ASYNC = site(surroundings=Surroundings.ASYNC)


@pytest.mark.parametrize(
    ("rule", "fact"),
    [
        (endless_call, call("requests.get")),
        (endless_call, call("requests.get", timeout=None)),
        (unbounded_queue, call("queue.Queue", maxsize=0)),
        (dropped_task, call("asyncio.create_task", at=site(surroundings=Surroundings.STATEMENT))),
        (blocked_loop, call("time.sleep", at=IN_ASYNC)),
    ],
)
def test_is_found(rule: Rule[Call], fact: Call) -> None:
    assert len(run(rule, fact)) == 1


def test_a_limit_may_be_too_long() -> None:
    assert run(endless_call, call("requests.get", timeout=60)) == []
    assert len(run(endless_call, call("requests.get", timeout=60), longest=30)) == 1
    assert run(endless_call, call("requests.get", timeout=30), longest=30) == []
