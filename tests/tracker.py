"""The whole product as `make run` starts it, in a private folder and on a free port, for tests to drive."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STARTS_WITHIN = 180  # seconds, migrations and ten weeks of demonstration history included


class Tracker:
    """A running product: where it is, who can sign in, and its processes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, var_dir: Path) -> None:
        self.process = process
        self.address = f"http://localhost:{port}"
        self.var_dir = var_dir
        self.log = var_dir / "up.log"

    def sign_in_of(self, who: str) -> tuple[str, str]:
        """E-mail and password of the first demonstration person with this role or name."""
        for line in (self.var_dir / "demonstration_sign_ins.txt").read_text().splitlines():
            role, name, email, password = line.split("\t")
            if who in (role, name):
                return email, password
        raise AssertionError(f"no demonstration sign-in for {who}")

    def pid(self, name: str) -> int:
        """The process id the supervisor wrote down."""
        pid: int = json.loads((self.var_dir / "processes.json").read_text())[name]
        return pid

    def stop_worker(self) -> None:
        """Freeze the worker: it lives, so nobody restarts it, and takes no message."""
        os.kill(self.pid("worker"), signal.SIGSTOP)

    def start_worker(self) -> None:
        os.kill(self.pid("worker"), signal.SIGCONT)

    def said(self, words: str) -> int:
        """How often these words stand in what the processes printed (e-mails are printed in development)."""
        return self.log.read_text(errors="replace").count(words)


@contextmanager
def running_tracker(var_dir: Path, **named: str) -> Iterator[Tracker]:
    """Start everything, wait until it answers, stop everything again; `named` goes into the environment."""
    port = free_port()
    with (var_dir / "up.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env={**_environment(var_dir), **named, "PORT": str(port)},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    tracker = Tracker(process, port, var_dir)
    try:
        wait_until(lambda: is_up(tracker), STARTS_WITHIN, "the product answers")
        yield tracker
    finally:
        process.terminate()
        process.wait(timeout=60)


def prepare(var_dir: Path) -> None:
    """What the first start does before it serves: ten weeks of demonstration history take it a minute."""
    command = [sys.executable, "manage.py", "prepare"]
    subprocess.run(command, cwd=ROOT, env=_environment(var_dir), check=True, timeout=STARTS_WITHIN)


def _environment(var_dir: Path) -> dict[str, str]:
    """This process's environment without what may be named there, with a data folder of its own."""
    left_out = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in left_out}
    return {**kept, "VAR_DIR": str(var_dir), "PYTHONUNBUFFERED": "1"}


def is_up(tracker: Tracker) -> bool:
    assert tracker.process.poll() is None, tracker.log.read_text(errors="replace")[-3000:]
    try:
        with urllib.request.urlopen(f"{tracker.address}/healthz/ready", timeout=5):
            return (tracker.var_dir / "processes.json").exists()
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Look again and again until `condition` holds; fails with `what` when time is up."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds:.0f} s: {what}"
        time.sleep(0.25)


def stays_false(condition: Callable[[], object], seconds: float, what: str) -> None:
    """Watch for a while that something does not happen."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        assert not condition(), what
        time.sleep(1)
