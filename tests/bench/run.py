"""Measures plimsoll against ruff and repo-review.

    cargo build --release --bin plimsoll
    python3 tests/bench/run.py

The first run downloads pinned source distributions and tools through pip into `tests/bench/inputs`, which Git ignores;
pip asks each package's build backend for metadata, so code of these packages runs then. Later runs need no network.

Every figure is of a whole process, as the kernel accounts it: wall time, user and system time, peak resident memory
(at least this script's own, some 30 MB, which a new process starts from).
Commands that are compared run in turn (A B A B), after one round that is not counted, with their output thrown away.
Medians are shown; the exit code is 1 when a target is missed.
"""

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
INPUTS = Path(__file__).resolve().parent / "inputs"
TOOLS = INPUTS / "venv" / "bin"

TREES = {
    # 67 Python files, a pyproject.toml, workflows, documentation and tests.
    "small": ["starlette==0.50.0"],
    # 3,900 Python files, 880,000 lines: a framework and its tests, old and asynchronous code.
    "large": ["django==5.2.8", "twisted==25.5.0"],
}
PINNED_TOOLS = ["ruff==0.17.6", "repo-review[cli]==1.3.0", "sp-repo-review==2026.8.14"]

SMALL_AGAINST_REPO_REVIEW = 0.15
LARGE_AGAINST_RUFF_ALL = 0.35
LARGE_AGAINST_RUFF_SECURITY = 1.2
LARGE_PEAK_MEGABYTES = 400.0
RULES_CPU_MILLISECONDS = 25.0
FIRST_RUN_SECONDS = 0.05
GUEST_SHARE_PERCENT = 25.0
UNCHANGED_AGAINST_ANEW = 0.15
CHANGED_SECONDS_MORE = 0.02
CACHES_PERCENT = 15.0

# A module of some length, and what is written into it: at its end, and between two methods.
EDITED = Path("django-5.2.8", "django", "contrib", "sessions", "backends", "base.py")
COMMENT = "# Number {number}.\n"
METHOD = "    def more_{number}(self, number: int) -> int:\n        return number\n\n"
BETWEEN = "    def __contains__("

CLEAN_OR_FINDINGS = (0, 1)
# repo-review exits with 3 when a check fails.
REPO_REVIEW_CODES = (0, 3)


@dataclass(frozen=True)
class Command:
    """Something to measure: arguments, where, and the exit codes that mean that it did its work."""

    name: str
    arguments: Sequence[str]
    folder: Path
    codes: Sequence[int]


@dataclass(frozen=True)
class Cost:
    """What one process cost."""

    wall: float
    cpu: float
    megabytes: float


@dataclass(frozen=True)
class Row:
    """One line of the result."""

    what: str
    figure: str
    target: str
    met: bool | None


@dataclass(frozen=True)
class Bench:
    """What every measurement needs."""

    plimsoll: str
    runs: int
    sections: Sequence[str]

    def check(self, tree: str, *more: str) -> Command:
        """Check a tree anew, compiled plugins being at hand."""
        select = ["--select", ",".join(self.sections)] if self.sections else []
        arguments = [self.plimsoll, "check", "-q", "--format", "concise", "--no-cache", *select, *more, "."]
        return Command(f"plimsoll check, {tree}", arguments, INPUTS / tree, CLEAN_OR_FINDINGS)


def main() -> int:
    """Prepare, measure, print."""
    measurements: dict[str, Callable[[Bench], list[Row]]] = {
        "small": measure_small,
        "large": measure_large,
        "rules": measure_rules,
        "first-run": measure_first_run,
        "guest": measure_guest,
        "again": measure_again,
    }
    parser = argparse.ArgumentParser(description="Measure plimsoll against ruff and repo-review.")
    parser.add_argument("plimsoll", nargs="?", default=str(ROOT / "target/release/plimsoll"), help="the binary")
    parser.add_argument("--runs", type=int, default=7, metavar="N", help="counted runs of each command")
    parser.add_argument("--section", action="append", default=[], help="check with this section only; may be repeated")
    parser.add_argument("--only", action="append", choices=measurements, help="measure only this; may be repeated")
    arguments = parser.parse_args()
    binary = shutil.which(arguments.plimsoll)
    if binary is None or arguments.runs < 1:
        parser.error("no such binary, or no runs; try `cargo build --release --bin plimsoll`")

    prepare()
    bench = Bench(str(Path(binary).absolute()), arguments.runs, arguments.section)
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; ")
    print(f"{describe_tree('small')}; {describe_tree('large')}; medians of {bench.runs} runs.\n")
    chosen = arguments.only or list(measurements)
    rows = [row for name in measurements if name in chosen for row in measurements[name](bench)]

    print("| what | measured | target | met |\n|---|---|---|---|")
    for row in rows:
        met = {True: "yes", False: "**no**", None: "not measured"}[row.met]
        print(f"| {row.what} | {row.figure} | {row.target} | {met} |")
    return 1 if any(row.met is False for row in rows) else 0


def measure_small(bench: Bench) -> list[Row]:
    """A small repository, beside the tool that checks repositories."""
    plimsoll = bench.check("small")
    review = Command("repo-review, small", [str(TOOLS / "repo-review"), "."], INPUTS / "small", REPO_REVIEW_CODES)
    costs = alternate([plimsoll, review], bench.runs)
    return [
        ratio("small tree against repo-review", costs[plimsoll.name], costs[review.name], SMALL_AGAINST_REPO_REVIEW)
    ]


def measure_large(bench: Bench) -> list[Row]:
    """A large tree, beside the fastest linter."""
    plimsoll, everything, security = bench.check("large"), ruff("ALL"), ruff("S")
    costs = alternate([plimsoll, everything, security], bench.runs)
    own = costs[plimsoll.name]
    peak = max(cost.megabytes for cost in own)
    return [
        ratio("large tree against ruff ALL", own, costs[everything.name], LARGE_AGAINST_RUFF_ALL),
        ratio("large tree against ruff S", own, costs[security.name], LARGE_AGAINST_RUFF_SECURITY),
        at_most("peak memory on the large tree", peak, LARGE_PEAK_MEGABYTES, "MB"),
    ]


def measure_rules(bench: Bench) -> list[Row]:
    """A command that needs no repository: what starting costs."""
    rules = Command("plimsoll rules", [bench.plimsoll, "rules"], INPUTS / "small", (0,))
    costs = alternate([rules], 3 * bench.runs)[rules.name]
    cpu = 1000 * statistics.median(cost.cpu for cost in costs)
    return [at_most("`plimsoll rules`, user and system time", cpu, RULES_CPU_MILLISECONDS, "ms")]


def measure_first_run(bench: Bench) -> list[Row]:
    """The first run of a user, who has no caches yet, beside the second: the sections must not be compiled for it."""
    command = bench.check("small")
    first: list[Cost] = []
    second: list[Cost] = []
    for _ in range(bench.runs):
        with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as folder:
            first.append(measure(command, environment(Path(folder))))
            second.append(measure(command, environment(Path(folder))))
    print_costs({"plimsoll check, small, first run": first, "plimsoll check, small, second run": second})
    return [at_most("first run more than the second", wall(first) - wall(second), FIRST_RUN_SECONDS, "s")]


def measure_guest(bench: Bench) -> list[Row]:
    """The sandbox's share of a run, as the row `guest code` of `--timings` says."""
    command = bench.check("large", "--timings")
    arguments = [argument for argument in command.arguments if argument != "-q"]
    shares: list[float] = []
    for _ in range(bench.runs):
        done = subprocess.run(
            arguments, cwd=command.folder, env=environment(INPUTS), capture_output=True, text=True, check=False
        )
        found = re.search(r"^\W*guest code\b.*?([\d.]+) ?%", done.stdout + done.stderr, re.MULTILINE)
        if found is not None:
            shares.append(float(found[1]))
    what = "share of guest code in the large run"
    if not shares:
        return [Row(what, "`--timings` has no row `guest code`", f"{GUEST_SHARE_PERCENT:g} %", None)]
    return [at_most(what, statistics.median(shares), GUEST_SHARE_PERCENT, "%")]


def measure_again(bench: Bench) -> list[Row]:
    """A large tree that was checked before: unchanged, with a comment more, with a method more in a class."""
    anew = bench.check("large")
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as scratch:
        tree, caches = Path(scratch, "tree"), Path(scratch, "caches")
        shutil.copytree(INPUTS / "large", tree, symlinks=True)
        arguments = [argument for argument in anew.arguments if argument != "--no-cache"]
        anew, again = replace(anew, folder=tree), Command("again", arguments, tree, CLEAN_OR_FINDINGS)
        variables, module = environment(caches), tree / EDITED
        measure(again, variables)
        # What was touched just before a run is hashed by the next one.
        time.sleep(2.5)
        names = ["anew", "unchanged", "a comment more", "a method more"]
        costs: dict[str, list[Cost]] = {f"plimsoll check, large, {name}": [] for name in names}
        for number in range(bench.runs):
            figures = [measure(anew, variables), (measure(again, variables), measure(again, variables))[1]]
            text = module.read_text() + COMMENT.format(number=number)
            module.write_text(text)
            figures.append(measure(again, variables))
            module.write_text(text.replace(BETWEEN, METHOD.format(number=number) + BETWEEN))
            figures.append(measure(again, variables))
            for each, cost in zip(costs.values(), figures, strict=True):
                each.append(cost)
        kept = sum(file.stat().st_size for file in caches.rglob("*") if file.is_file())
        share = 100 * kept / sum(file.stat().st_size for file in tree.rglob("*.py"))
    print_costs(costs)
    full, unchanged, comment, method = costs.values()
    limit = UNCHANGED_AGAINST_ANEW * wall(full) + CHANGED_SECONDS_MORE
    return [
        ratio("unchanged large tree against a full run", unchanged, full, UNCHANGED_AGAINST_ANEW),
        at_most("large tree with a comment more", wall(comment), limit, "s"),
        at_most("large tree with a method more", wall(method), limit, "s"),
        at_most("caches, share of the Python code", share, CACHES_PERCENT, "%"),
    ]


def ruff(rules: str) -> Command:
    """Lint the large tree with ruff as it comes, nothing cached."""
    options = ["--isolated", "--no-cache", "--select", rules, "-q", "--output-format", "concise", "."]
    return Command(
        f"ruff {rules}, large", [str(TOOLS / "ruff"), "check", *options], INPUTS / "large", CLEAN_OR_FINDINGS
    )


def alternate(commands: Sequence[Command], runs: int) -> dict[str, list[Cost]]:
    """Run commands in turn, the first round uncounted, and print what they cost."""
    variables = environment(INPUTS)
    for command in commands:
        measure(command, variables)
    costs: dict[str, list[Cost]] = {command.name: [] for command in commands}
    for _ in range(runs):
        for command in commands:
            costs[command.name].append(measure(command, variables))
    print_costs(costs)
    return costs


def measure(command: Command, variables: Mapping[str, str]) -> Cost:
    """Run a command once. One that did not do its work ends the measuring: its time would mean nothing."""
    start = time.perf_counter()
    process = subprocess.Popen(
        command.arguments,
        cwd=command.folder,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in command.codes:
        sys.exit(f"`{' '.join(command.arguments)}` in {command.folder} ended with {process.returncode}")
    # The kernel counts in kibibytes, except on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    return Cost(elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6)


def environment(caches: Path) -> dict[str, str]:
    """Keep caches and keys in a folder of ours, so that a user's own are neither used nor changed."""
    home = {f"XDG_{kind}_HOME": str(caches / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
    return {**os.environ, **home, "NO_COLOR": "1"}


def wall(costs: Sequence[Cost]) -> float:
    """Median wall time in seconds."""
    return statistics.median(cost.wall for cost in costs)


def ratio(what: str, own: Sequence[Cost], other: Sequence[Cost], limit: float) -> Row:
    """Compare wall times with a target."""
    figure = wall(own) / wall(other)
    return Row(what, f"{figure:.2f} x", f"{limit:g} x", figure <= limit)


def at_most(what: str, figure: float, limit: float, unit: str) -> Row:
    """Compare a figure with a target."""
    return Row(what, f"{figure:.3g} {unit}", f"{limit:.3g} {unit}", figure <= limit)


def print_costs(costs: Mapping[str, Sequence[Cost]]) -> None:
    """Show what the ratios are made of."""
    print("| command | wall s, median (least to most) | user + system s | peak MB |\n|---|---|---|---|")
    for name, each in costs.items():
        walls = [cost.wall for cost in each]
        cpu = statistics.median(cost.cpu for cost in each)
        peak = max(cost.megabytes for cost in each)
        print(f"| {name} | {wall(each):.3f} ({min(walls):.3f} to {max(walls):.3f}) | {cpu:.3f} | {peak:.0f} |")
    print(flush=True)


def prepare() -> None:
    """Make the trees and install the tools, unless they are there in the pinned versions."""
    INPUTS.mkdir(exist_ok=True)
    for tree, pins in TREES.items():
        make(INPUTS / tree, pins, make_tree)
    make(INPUTS / "venv", PINNED_TOOLS, make_tools)


def make(folder: Path, pins: Sequence[str], fill: Callable[[Path, Sequence[str]], None]) -> None:
    """Fill a folder, and say so in a file beside it once it is whole."""
    stamp = folder.with_suffix(".pins")
    wanted = "\n".join(pins)
    if folder.is_dir() and stamp.is_file() and stamp.read_text() == wanted:
        return
    print(f"getting {', '.join(pins)}", file=sys.stderr, flush=True)
    stamp.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    fill(folder, pins)
    stamp.write_text(wanted)


def make_tree(folder: Path, pins: Sequence[str]) -> None:
    """Unpack source distributions side by side, one alone at the top, as a repository of its own with one commit."""
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary", ":all:"]
    with tempfile.TemporaryDirectory(dir=INPUTS) as scratch:
        downloads, unpacked = Path(scratch, "downloads"), Path(scratch, "unpacked")
        run(sys.executable, "-m", "pip", "download", *options, "--dest", str(downloads), *pins)
        for archive in sorted(downloads.glob("*.tar.gz")):
            with tarfile.open(archive) as packed:
                packed.extractall(unpacked, filter="data")
        tops = list(unpacked.iterdir())
        (tops[0] if len(tops) == 1 else unpacked).rename(folder)
    identity = ("-c", "user.name=bench", "-c", "user.email=bench@localhost", "-c", "commit.gpgsign=false")
    git = ("git", "-C", str(folder), *identity, "-c", "core.hooksPath=/dev/null")
    run(*git, "init", "--quiet", "--initial-branch=main")
    run(*git, "add", "--all")
    run(*git, "commit", "--quiet", "--message=chore: import")


def make_tools(folder: Path, pins: Sequence[str]) -> None:
    """Install the tools that plimsoll is compared with."""
    run(sys.executable, "-m", "venv", str(folder))
    run(str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *pins)


def describe_tree(tree: str) -> str:
    """Count what there is to check."""
    files = [path for path in (INPUTS / tree).rglob("*.py") if path.is_file()]
    lines = sum(path.read_bytes().count(b"\n") for path in files)
    return f"{tree}: {len(files):,} Python files, {lines:,} lines"


def run(*arguments: str) -> None:
    """Run a command that has to succeed."""
    subprocess.run(arguments, check=True)


if __name__ == "__main__":
    sys.exit(main())
