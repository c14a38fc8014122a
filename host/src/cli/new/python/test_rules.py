"""Rules on facts of the test's own. The examples in their docstrings are run by `plimsoll test`."""

from plimsoll_sdk import Role
from plimsoll_sdk.testing import call, document, run, site

from MODULE.print_call import print_call
from MODULE.unstated_license import unstated_license


def test_print_call() -> None:
    findings = run(print_call, call("builtins.print"), call("logging.info"))
    assert [finding.message for finding in findings] == ["`print` in code that serves others"]
    assert run(print_call, call("builtins.print", at=site(module="app.cli"))) == []
    assert run(print_call, call("builtins.print", at=site(role=Role.TEST))) == []


def test_unstated_license() -> None:
    assert len(run(unstated_license, document("pyproject.toml", {"project": {"name": "app"}}))) == 1
    assert run(unstated_license, document("pyproject.toml", {"project": {"license": "MIT"}})) == []
