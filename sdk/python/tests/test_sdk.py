"""The SDK under plain Python: rules run on facts that a test makes."""

import json

import pytest

from plimsoll_sdk import Call, Document, Item, Option, Plugin, Report, Role, Want, edits, rule
from plimsoll_sdk.plugin import Guest
from plimsoll_sdk.testing import answers, call, document, matches, run, site, value
from plimsoll_wit.imports import project


@rule.calls(
    "requests.*",
    "*.get",
    requirements=["acme.1"],
    roles=[Role.SOURCE],
    options=[Option("most", 5, "seconds", minimum=1)],
)
def slow_call(report: Report, call: Call) -> None:
    """A call waits for long.

    Why it hurts.
    """
    timeout = Item(call.value).argument(1, "timeout")
    if timeout is None or (timeout.integer or 0) > report.option("most", int):
        report.finding(call.site.place, "waits", fix=edits.safe(edits.replace(call.site.place, "x")))


@rule.documents("pyproject.toml", requirements=["acme.2"], wants=[Want.search(["x"], ["*.py"])])
def unlocked(report: Report, document: Document) -> None:
    """A dependency without a locked version."""
    from plimsoll_sdk import project  # noqa: PLC0415

    items = document.at("project", "dependencies")
    for name in items.strings() if items else []:
        if project.locked(name) is None:
            report.finding(document.start, f"`{name}`")


def test_a_rule_is_handed_what_it_wants() -> None:
    assert run(slow_call, call("other.call")) == []
    assert run(slow_call, call("requests.get", at=site(role=Role.TEST))) == []
    assert [finding.message for finding in run(slow_call, call("requests.get"))] == ["waits"]


def test_options_and_arguments() -> None:
    assert run(slow_call, call("requests.get", timeout=5)) == []
    assert len(run(slow_call, call("requests.get", timeout=6))) == 1
    assert run(slow_call, call("requests.get", arguments=["address", 9]), most=10) == []


def test_queries_are_answered() -> None:
    file = document("pyproject.toml", {"project": {"dependencies": ["a", "b"]}})
    with answers(project, locked={"a": "1.0"}.get):
        assert [finding.message for finding in run(unlocked, file)] == ["`b`"]
    with pytest.raises(NotImplementedError):
        run(unlocked, file)


def test_the_description() -> None:
    guest = Guest(Plugin("Acme", [slow_call, unlocked]), "acme", "1.2.3", "text", "")
    description = json.loads(guest.describe())
    assert [rule["id"] for rule in description["rules"]] == ["slow-call", "unlocked"]
    first, second = description["rules"]
    assert first["title"] == "A call waits for long"
    assert first["trigger"] == {"kind": "calls", "names": ["requests.*", "*.get"], "globs": []}
    assert first["roles"] == ["source"]
    assert first["options"] == [{"name": "most", "default": "5", "description": "seconds", "minimum": 1}]
    assert second["trigger"]["globs"] == ["pyproject.toml"]
    assert second["wants"] == [{"kind": "search", "names": ["x"], "globs": ["*.py"]}]
    assert guest.docs("slow-call") == "A call waits for long.\n\nWhy it hurts."


def test_values() -> None:
    root = Item(value({"a": [1, {"b": "c"}], "d": None, "e": 1.5, "f": True}))
    assert root.at("a", "1", "b") is not None
    assert [item.text for item in root.descendants() if item.text] == ["1", "c", "1.5", "true"]
    assert [child.key for child in root] == ["a", "d", "e", "f"]
    inner = root.at("a", "1", "b")
    assert inner is not None
    assert inner.parent.parent.key == "a"
    assert root.at("a", "7") is None


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [("a.b", "a.b", True), ("a.*", "a.b.c", True), ("*.b", "x.b", True), ("/^t/", "test", True), ("a", "ab", False)],
)
def test_patterns(pattern: str, name: str, expected: bool) -> None:
    assert matches(pattern, name) is expected
