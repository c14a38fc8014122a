"""Measures plugins in Rust, Python and JavaScript against each other.

    cargo build --release --bin plimsoll
    python3 tests/bench/run.py                  # once: downloads the trees
    python3 tests/bench/guests.py --tools FOLDER...

The folders hold `componentize-py` and `componentize-qjs`. Every figure is of whole processes, wall time. For the times
from `plimsoll new` to a finding nothing is cached but what the tools keep themselves. The same two rules, those of
`plimsoll new`, then check the large tree in turn (Rust, Python, JavaScript, Rust, …); medians are shown. What a start
costs is the difference of a check of a tiny repository with the plugin and without it. The exit code is 1 when a target is
missed.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LARGE = Path(__file__).resolve().parent / "inputs" / "large"
# Language: seconds from `new` to a finding, milliseconds of a start with its first rule, the large run against Rust.
TARGETS = {"rust": (60.0, None, None), "python": (30.0, 60.0, 3.0), "javascript": (15.0, 10.0, 2.0)}


def run(environment: dict[str, str], *arguments: object, codes: tuple[int, ...] = (0,)) -> float:
    """Run plimsoll and give the seconds that it took."""
    start = time.perf_counter()
    done = subprocess.run([str(one) for one in arguments], env=environment, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - start
    if done.returncode not in codes:
        sys.exit(f"{arguments}: {done.stdout}{done.stderr}")
    return seconds


def medians(commands: dict[str, list[object]], environment: dict[str, str], runs: int) -> dict[str, float]:
    """Run commands in turn, after one round that is not counted."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(runs + 1):
        for name, command in commands.items():
            seconds = run(environment, *command, codes=(0, 1))
            if number > 0:
                times[name].append(seconds)
    return {name: statistics.median(values) for name, values in times.items()}


def row(what: str, figure: float, unit: str, target: float | None) -> bool:
    """Print one line; whether the target is met."""
    is_met = target is None or figure <= target
    shown = "" if target is None else f"{target:8.4g}  {'met' if is_met else 'MISSED'}"
    print(f"{what:55} {figure:8.3g} {unit:2} {shown}")
    return is_met


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", nargs="?", default=ROOT / "target/release/plimsoll", type=Path)
    parser.add_argument("--tools", nargs="*", default=[], type=Path)
    parser.add_argument("--runs", default=7, type=int)
    arguments = parser.parse_args()
    binary = arguments.binary.resolve()
    are_met = []
    print(f"{'':55} {'':8}    {'target':>8}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = os.pathsep.join([*(str(tools.absolute()) for tools in arguments.tools), os.environ["PATH"]])
        environment = {**os.environ, "PATH": path}
        environment |= {"XDG_CACHE_HOME": f"{name}/cache", "XDG_CONFIG_HOME": f"{name}/config"}
        repository = folder / "repository"
        (repository / "src" / "app").mkdir(parents=True)
        (repository / "pyproject.toml").write_text('[project]\nname = "app"\n')
        (repository / "src" / "app" / "__init__.py").write_text("print('hello')\n")
        # What every plugin shares is there: the user's key, the list of files.
        run(environment, binary, "check", repository, "--root", repository, codes=(0, 1))
        check = [binary, "check", "-q", "--format", "concise", "--no-cache"]
        for language, (target, _, _) in TARGETS.items():
            plugin = folder / language
            seconds = run(environment, binary, "new", f"acme-{language}", "--lang", language, "--path", plugin)
            seconds += run(environment, binary, "build", plugin)
            command = [*check, repository, "--root", repository, "--plugin", plugin, "--select", f"acme-{language}"]
            seconds += run(environment, *command, codes=(1,))
            are_met.append(row(f"{language}: from `new` to a finding", seconds, "s", target))
        tiny: dict[str, list[object]] = {"none": [*check, repository, "--root", repository, "--select", "git/odd-prerelease-tag"]}
        large: dict[str, list[object]] = {}
        for language in TARGETS:
            more = ["--plugin", folder / language, "--select", f"acme-{language}"]
            tiny[language] = [*check, repository, "--root", repository, *more]
            large[language] = [*check, LARGE, "--root", LARGE, *more]
        starts = medians(tiny, environment, 3 * arguments.runs)
        for language, (_, target, _) in TARGETS.items():
            milliseconds = 1000 * (starts[language] - starts["none"])
            are_met.append(row(f"{language}: start, and both rules on one file", milliseconds, "ms", target))
        runs = medians(large, environment, arguments.runs)
        for language, (_, _, target) in TARGETS.items():
            what = f"{language}: the large tree, {runs[language]:.2f} s, against Rust"
            are_met.append(row(what, runs[language] / runs["rust"], "x", target))
    return 0 if all(are_met) else 1


if __name__ == "__main__":
    sys.exit(main())
