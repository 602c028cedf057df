"""`make check`: everything that has to be green before a change is taken, with the time each part took."""

import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from programs.lib.processes import end_with_parent
from tools.chromium import find_chromium
from tools.run_tests import ROOT, clean_environment

WHOLE_BUDGET = 35  # minutes
PYTHON = sys.executable
IN_CI = os.environ.get("CI") == "true"
# In a browser this many may fail by chance, on a busy machine; more is no chance (docs/decisions/0022).
SECOND_TRIES = 3
_TESTS_FAILED = 1  # pytest's exit code
_NO_TIME = 124
_LAST_FAILED = ROOT / ".pytest_cache" / "v" / "cache" / "lastfailed"

_INDEX_HOST = re.compile(r"pypi\.(org|io)|pythonhosted\.org|npmjs\.(org|com)|yarnpkg\.com|proxy\.golang\.org")
_ADDRESS = re.compile(r"https?://")
# A prompt's time is a row in the database, never a delay in the broker; and no test plays Celery's part.
_REFUSED_IN_PRODUCT = re.compile(r"\beta=|countdown=|\.retry\(|crontab\(")
_REFUSED_EVERYWHERE = re.compile(r"always_?eager", re.IGNORECASE)


@dataclass(frozen=True)
class Step:
    """One thing to check: a command that must succeed, or a function that returns what is wrong.

    `second_try_of`: the folder of tests of which a few may fail once and pass alone.
    """

    title: str
    check: list[str] | Callable[[], list[str]]
    second_try_of: str = ""


@dataclass(frozen=True)
class Lane:
    """Steps that are timed together; the budget is in minutes."""

    name: str
    budget: int
    steps: list[Step]


def index_hosts() -> list[str]:
    """No tracked file names a package index, and no lock file names any address at all."""
    found = []
    for path, text in tracked_texts():
        locked = path.suffix == ".lock" or path.name == "package-lock.json"
        found += lines_with(_ADDRESS if locked else _INDEX_HOST, path, text)
    return found


def refused_words() -> list[str]:
    """No broker-side delays in the product, no pretended worker anywhere."""
    found = []
    for path, text in tracked_texts():
        if path.suffix == ".py":
            found += lines_with(_REFUSED_EVERYWHERE, path, text)
            if path.parts[0] in ("programs", "exercise_tracker"):
                found += lines_with(_REFUSED_IN_PRODUCT, path, text)
    return found


def tracked_texts() -> list[tuple[Path, str]]:
    """Every text file that is, or could be, part of a commit, with its path from the top."""
    command = [
        "git",
        "-c",
        "safe.directory=*",
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
        "-z",
    ]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    texts = []
    for name in filter(None, listed.split("\0")):
        try:
            texts.append((Path(name), (ROOT / name).read_text()))
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue  # a picture or a font, or deleted but not yet committed
    return texts


def lines_with(pattern: re.Pattern[str], path: Path, text: str) -> list[str]:
    lines = enumerate(text.splitlines(), start=1)
    return [f"{path}:{number}: {line.strip()[:120]}" for number, line in lines if pattern.search(line)]


def chromium() -> list[str]:
    return [] if find_chromium() else ["Chromium is not installed: `apt install chromium`."]


LANES = [
    Lane(
        "static",
        2,
        [
            Step("ruff check", [PYTHON, "-m", "ruff", "check"]),
            Step("ruff format", [PYTHON, "-m", "ruff", "format", "--check"]),
            Step("mypy", [PYTHON, "-m", "mypy"]),
            Step("import contracts", [str(Path(PYTHON).parent / "lint-imports")]),
            Step("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
            Step("system checks", [PYTHON, "manage.py", "check"]),
            Step("content", [PYTHON, "manage.py", "load_library", "--check"]),
            Step("no package index named", index_hosts),
            Step("no delays in the broker", refused_words),
        ],
    ),
    Lane("postgresql", 8, [Step("suite", [PYTHON, "-m", "tools.run_tests", "--only", "postgresql"])]),
    Lane("sqlite", 4, [Step("suite", [PYTHON, "-m", "tools.run_tests", "--only", "sqlite"])]),
    Lane(
        "processes",
        4,
        [
            Step(
                "over REST",
                [PYTHON, "-m", "pytest", "-m", "process", "-n", "2", "--dist", "loadfile", "tests/process"],
            )
        ],
    ),
    Lane(
        "browser",
        7,
        [
            Step("Chromium", chromium),
            Step(
                "in Chromium",
                [
                    PYTHON,
                    "-m",
                    "pytest",
                    "-m",
                    "browser",
                    "-n",
                    "auto",
                    "--dist",
                    "loadfile",
                    "--no-loadscope-reorder",
                    "tests/browser",
                ],
                second_try_of="tests/browser",
            ),
        ],
    ),
    Lane("chaos", 3, [Step("kill -9 at random", [PYTHON, "-m", "tests.chaos", "--quick"])]),
]
INSTALL_BUDGET = 4  # minutes


def run_lane(lane: Lane, environment: dict[str, str], deadline: float) -> bool:
    """Run every step, also after one failed; True where all passed."""
    failed = [step for step in lane.steps if not run_step(lane, step, environment, deadline)]
    return not failed


def run_step(lane: Lane, step: Step, environment: dict[str, str], deadline: float) -> bool:
    print(f"\n=== {lane.name}: {step.title} ===", flush=True)
    if not isinstance(step.check, list):
        wrong = step.check()
        print(*(wrong or ["ok"]), sep="\n", flush=True)
        return not wrong
    code = run_command(step.title, step.check, environment, deadline)
    failed = last_failed(step.second_try_of) if step.second_try_of and code == _TESTS_FAILED else []
    if not 1 <= len(failed) <= SECOND_TRIES:
        return code == 0
    print("\nFAILED THE FIRST TIME, now tried once more, alone:", *failed, sep="\n  ", flush=True)
    return run_command(step.title, [*step.check, "--last-failed", "-n", "0"], environment, deadline) == 0


def last_failed(folder: str) -> list[str]:
    """The names of the tests under a folder that failed when they last ran."""
    return [name for name in json.loads(_LAST_FAILED.read_text()) if name.startswith(folder)]


def run_command(title: str, command: list[str], environment: dict[str, str], deadline: float) -> int:
    """Its exit code, or 124, as of `timeout`, where no time was left for it."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, preexec_fn=end_with_parent())
    try:
        return process.wait(max(1.0, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        print(f"{title}: stopped, because all checks together may take {WHOLE_BUDGET} minutes.", flush=True)
        return _NO_TIME
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def minutes(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def main() -> int:
    parser = argparse.ArgumentParser(description="Run every check and show what time each part took.")
    parser.add_argument("--only", choices=[lane.name for lane in LANES], help="one part only")
    parser.add_argument("--install-seconds", type=float, default=0.0, help="what the installation took")
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started = time.monotonic()
    deadline = started + WHOLE_BUDGET * 60 - chosen.install_seconds
    rows = [("install", INSTALL_BUDGET, chosen.install_seconds, "passed")]
    with tempfile.TemporaryDirectory(prefix="tracker-prepared-") as prepared_dir:
        for lane in LANES:
            if chosen.only not in (None, lane.name):
                continue
            if lane.name == "browser" and not find_chromium() and not IN_CI:
                rows.append((lane.name, lane.budget, 0.0, "LEFT OUT: " + chromium()[0]))
                continue
            lane_started = time.monotonic()
            with tempfile.TemporaryDirectory(prefix="tracker-check-") as var_dir:
                # The lanes that run the product share what its first start makes: that takes a minute.
                environment = {**clean_environment(var_dir), "PREPARED_DIR": prepared_dir}
                green = run_lane(lane, environment, deadline)
            rows.append(
                (lane.name, lane.budget, time.monotonic() - lane_started, "passed" if green else "FAILED")
            )
    whole = time.monotonic() - started + chosen.install_seconds
    rows.append(("whole", WHOLE_BUDGET, whole, "passed" if whole <= WHOLE_BUDGET * 60 else "FAILED"))
    print(f"\n{'lane':<12} {'budget':>6} {'used':>6}")
    for name, budget, used, result in rows:
        slow = "  over budget" if used > budget * 60 else ""
        print(f"{name:<12} {minutes(budget * 60):>6} {minutes(used):>6}  {result}{slow}")
    return 1 if any(result == "FAILED" for *_, result in rows) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("Stopped.")
