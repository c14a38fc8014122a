"""How a platform team wants its services to survive trouble, one rule a file."""

from plimsoll_sdk import Plugin

from resilience.blocked_loop import blocked_loop
from resilience.cached_method import cached_method
from resilience.dropped_task import dropped_task
from resilience.endless_call import endless_call
from resilience.endless_retry import endless_retry
from resilience.unbounded_cache import unbounded_cache
from resilience.unbounded_queue import unbounded_queue

plugin = Plugin(
    title="Resilience of services",
    rules=[endless_call, endless_retry, unbounded_queue, unbounded_cache, cached_method, dropped_task, blocked_loop],
)
