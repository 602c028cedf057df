"""`make test`: the whole suite on SQLite, then on PostgreSQL, each with a real Valkey or Redis.

TEST_DATABASE_URL and TEST_REDIS_URL name servers to use; without them private ones are started and
stopped again. No other server is ever touched. More arguments go to pytest.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from programs.lib.processes import end_with_parent
from tools.servers import NoServerError, private_postgresql, private_valkey

ROOT = Path(__file__).resolve().parent.parent
_NOTHING_SELECTED = 5  # pytest's exit code where the arguments choose no test of this lane
_NOT_HERE = "not process and not browser"
# Tests that need no database say the same on both, and so do slow ones that only load rows: they run once.
LANES = {
    "sqlite": f"not postgresql and not once and {_NOT_HERE}",
    "postgresql": f"not sqlite and not pure and {_NOT_HERE}",
}
# What a developer's shell may hold for `make run` must not reach the tests.
_PRODUCT_VARIABLES = (
    "ALLOWED_HOSTS", "DATABASE_URL", "DEBUG", "DEMO", "EMAIL_HOST", "PORT", "REDIS_URL", "SECRET_KEY",
    "SITE_ADDRESS", "STATIC_ROOT", "VAR_DIR",
)  # fmt: skip


def clean_environment(var_dir: str) -> dict[str, str]:
    """This process's environment without the product's own variables, with a data folder of its own."""
    ours = {name + end for name in _PRODUCT_VARIABLES for end in ("", "_FILE")}
    return {**{name: value for name, value in os.environ.items() if name not in ours}, "VAR_DIR": var_dir}


def server(
    stack: ExitStack, variable: str, private: Callable[[], AbstractContextManager[str]]
) -> tuple[str, str]:
    """The address of the server named in `variable`, else of a private one; or "" and why there is none."""
    if os.environ.get(variable):
        return os.environ[variable], ""
    try:
        return stack.enter_context(private()), ""
    except NoServerError as error:
        return "", f"{error}. Name a server in {variable}."


def run_lane(lane: str, environment: Mapping[str, str], extra: list[str]) -> bool:
    """Run pytest for one lane, on every core; True where nothing failed."""
    print(f"\n=== The suite on {lane} ===", flush=True)
    code = subprocess.run(
        [sys.executable, "-m", "pytest", "-m", LANES[lane], "-n", "auto", *extra],
        cwd=ROOT,
        env=environment,
        preexec_fn=end_with_parent(),
        check=False,
    ).returncode
    return code == 0 or (code == _NOTHING_SELECTED and bool(extra))


def main() -> int:
    parser = argparse.ArgumentParser(description="Run the suite on SQLite and on PostgreSQL.")
    parser.add_argument("--only", choices=LANES, help="one lane only")
    chosen, extra = parser.parse_known_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # leave through the contexts, which stop servers
    summary: list[str] = []
    left_out: list[str] = []
    all_green = True
    with ExitStack() as stack:
        var_dir = stack.enter_context(tempfile.TemporaryDirectory(prefix="tracker-tests-"))
        environment = clean_environment(var_dir)
        redis_url, why = server(stack, "TEST_REDIS_URL", private_valkey)
        if redis_url:
            environment["REDIS_URL"] = redis_url
        else:
            left_out.append(f"a real broker and cache: {why}")
        for lane in [chosen.only] if chosen.only else LANES:
            started = time.monotonic()
            if lane == "postgresql":
                database_url, why = server(stack, "TEST_DATABASE_URL", private_postgresql)
                if not database_url:
                    left_out.append(f"the whole suite on PostgreSQL: {why}")
                    continue
                environment["DATABASE_URL"] = database_url
            green = run_lane(lane, environment, extra)
            all_green = all_green and green
            summary.append(
                f"{lane:<12} {'passed' if green else 'FAILED'} in {time.monotonic() - started:.0f} s"
            )
    print("\n=== Summary ===", *summary, *(f"LEFT OUT: {what}" for what in left_out), sep="\n", flush=True)
    must_be_whole = os.environ.get("CI") == "true"
    return 0 if all_green and not (left_out and must_be_whole) else 1


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main())
    sys.exit("Stopped; the private servers are gone.")
