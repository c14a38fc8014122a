#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["junitparser==5.0.3", "markdown-it-py==4.3.0"]
# ///
"""Reads reports as their readers do, fails on what they would stumble over, and prints what they see as JSON.

    uv run tests/readers.py junit|markdown|html FILE
"""

import json
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

from junitparser import Error, Failure, JUnitXml, Skipped
from markdown_it import MarkdownIt

# The elements of JUnit XML that both GitLab and Jenkins read, with their attributes and their children.
JUNIT = {
    "testsuites": ({"name", "tests", "failures", "errors", "skipped"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped"}, {"testcase"}),
    "testcase": ({"classname", "name", "file"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "skipped": ({"message"}, set()),
    "system-out": (set(), set()),
}


def junit(path: str) -> dict:
    names = []
    for element in ElementTree.parse(path).iter():
        attributes, children = JUNIT[element.tag]
        assert set(element.attrib) <= attributes, element.attrib
        assert {child.tag for child in element} <= children, element.tag
        if element.tag in ("testsuites", "testsuite"):
            for count, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
                assert int(element.get(count)) == len(list(element.iter(tag))), (element.attrib, count)
        if element.tag == "testcase":
            names.append((element.get("classname"), element.get("name")))
    assert len(names) == len(set(names)), "two tests have one name"
    seen = {"failures": [], "errors": [], "skipped": [], "passed": [], "text": ""}
    for suite in JUnitXml.fromfile(path):
        for case in suite:
            kinds = {type(result) for result in case.result}
            kind = next((k for t, k in ((Failure, "failures"), (Error, "errors"), (Skipped, "skipped")) if t in kinds), "passed")
            seen[kind].append(case.name)
            seen["text"] += "".join(result.text or "" for result in case.result) + (case.system_out or "")
    return seen


def markdown(path: str) -> dict:
    tokens = MarkdownIt("commonmark", {"linkify": False}).enable("table").parse(Path(path).read_text("utf-8"))
    tables, cells, text = [], [], []
    for token in tokens:
        assert token.type != "html_block", token.content
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            tables[-1].append(cells)
        elif token.type == "inline":
            for child in token.children:
                assert child.type in ("text", "code_inline", "softbreak", "strong_open", "strong_close") or (
                    child.type == "html_inline" and child.content == "<br>"
                ), child
            cells.append("".join(" " if one.type == "html_inline" else one.content for one in token.children))
            text.append(cells[-1])
    for table in tables:
        assert len({len(row) for row in table}) == 1, table
    return {"tables": tables, "text": "\n".join(text)}


class Page(HTMLParser):
    """Lets through what a page of text is made of."""

    TAGS = set("html head meta title style body h1 h2 p ul li table tr th td details summary span code br".split())
    EMPTY = {"meta", "br"}

    def __init__(self) -> None:
        super().__init__()
        self.open, self.items, self.text = [], 0, ""

    def handle_starttag(self, tag: str, attributes: list) -> None:
        assert tag in self.TAGS, tag
        assert all(name in ("lang", "charset", "name", "content", "http-equiv", "class", "open") for name, _ in attributes)
        self.items += tag == "li"
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.text += data


def html(path: str) -> dict:
    page = Page()
    page.feed(Path(path).read_text("utf-8"))
    page.close()
    assert not page.open, page.open
    return {"items": page.items, "text": page.text}


if __name__ == "__main__":
    json.dump({"junit": junit, "markdown": markdown, "html": html}[sys.argv[1]](sys.argv[2]), sys.stdout)
