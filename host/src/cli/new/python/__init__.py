"""The rules of NAME, one a file."""

from plimsoll_sdk import Plugin

from MODULE.print_call import print_call
from MODULE.unstated_license import unstated_license

plugin = Plugin(title="TITLE", rules=[print_call, unstated_license])
