"""From a fresh clone to a running tracker: `python3 tools/bootstrap.py run` (`make run` does the same).

Makes `.venv`, installs the locked packages, and hands over to the right program. Only the standard
library, and words that Python 3.8 understands, so that an old Python can be told that it is too old.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

OLDEST_PYTHON = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
# What to do: which lock it needs, and what the virtual environment's Python is handed.
TASKS = {
    "run": ("runtime", ["manage.py", "up"]),
    "test": ("dev", ["-m", "tools.run_tests"]),
    "check": ("dev", ["-m", "tools.check"]),
    "test-browser": ("dev", ["-m", "tools.check", "--only", "browser"]),
    "screenshots": ("dev", ["-m", "tools.screenshots"]),
    "figures": ("dev", ["-m", "tools.draw_figures"]),
    "lighthouse": ("dev", ["-m", "tools.lighthouse"]),
    "evaluate": ("dev", ["-m", "tools.evaluation"]),
    "mutants": ("dev", ["-m", "tools.mutants"]),
    "chaos": ("dev", ["-m", "tests.chaos"]),
    "firefox": ("dev", ["-m", "tests.chaos.firefox"]),
    "bench-reminders": ("dev", ["-m", "tools.bench_reminders"]),
    "bench-rules": ("dev", ["-m", "tools.bench_rules"]),
}


class SetupError(Exception):
    """Something the person who started this can mend; the text says how."""


class VirtualEnvironment:
    """`.venv` and the notes in it on what it holds."""

    def __init__(self, root: Path) -> None:
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.requirements = root / "requirements"
        self._installed = self.folder / "installed.json"
        self._unfinished = self.folder / "installation_unfinished"

    def holds(self, lock: str) -> bool:
        """Is everything of this lock installed? The development lock contains the runtime one."""
        if self._is_unusable():
            return False
        notes = self._notes()
        return any(notes.get(name) == self.digest(name) for name in ("dev", lock))

    def install(self, lock: str) -> None:
        """Install a lock. An installation that was interrupted is begun again from nothing."""
        lock_file = self._lock_file(lock)
        if self._is_unusable():
            say("Making the virtual environment in .venv ...")
            self._make()
        packages = len(re.findall(r"^[a-z0-9].*==", lock_file.read_text(), re.MULTILINE))
        duration = "a minute" if lock == "dev" else "half a minute"
        say(f"Installing {packages} packages, about {duration} ...")
        self._unfinished.touch()
        pip = [str(self.python), "-m", "pip", "--disable-pip-version-check", "--no-input"]
        done = subprocess.run(
            [*pip, "install", "--quiet", "--require-hashes", "-r", str(lock_file)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if done.returncode != 0:
            sys.stderr.write(done.stdout.decode(errors="replace"))
            raise SetupError(
                "The packages could not be installed (pip's own words are above): "
                "check that this machine reaches its package index, then run the same command again."
            )
        self._installed.write_text(json.dumps({"folder": str(self.folder), lock: self.digest(lock)}))
        self._unfinished.unlink()

    def digest(self, lock: str) -> str:
        return hashlib.sha256(self._lock_file(lock).read_bytes()).hexdigest()

    def _lock_file(self, lock: str) -> Path:
        path = self.requirements / (lock + ".lock")
        if not path.is_file():
            raise SetupError(f"{path} is missing: bring it back with `git checkout requirements`.")
        return path

    def _notes(self) -> "dict[str, str]":
        try:
            return dict(json.loads(self._installed.read_text()))
        except (OSError, ValueError):
            return {}

    def _is_unusable(self) -> bool:
        """Absent, half made, moved here from elsewhere (its scripts name the old place), or too old."""
        if not os.access(str(self.python), os.X_OK) or self._unfinished.exists():
            return True
        if self._notes().get("folder", str(self.folder)) != str(self.folder):
            return True
        settings = (self.folder / "pyvenv.cfg").read_text()
        version = re.search(r"^version\s*=\s*(\d+)\.(\d+)", settings, re.MULTILINE)
        return version is None or (int(version.group(1)), int(version.group(2))) < OLDEST_PYTHON

    def _make(self) -> None:
        check_venv_module()
        made = subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(self.folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        if made.returncode != 0:
            sys.stderr.write(made.stdout.decode(errors="replace"))
            raise SetupError(f"The virtual environment could not be made in {self.folder} (see above).")


def check_python(major: int, minor: int) -> None:
    """Refuse a Python that the tracker does not run on."""
    if (major, minor) >= OLDEST_PYTHON:
        return
    advice = "install a newer one, or name one with `make PYTHON=/path/to/python3 ...`"
    for name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        path = shutil.which(name)
        if path and subprocess.run([path, "-c", ""], stderr=subprocess.DEVNULL, check=False).returncode == 0:
            advice = f"use the one you have, `make PYTHON={name} ...` or `{name} tools/bootstrap.py ...`"
            break
    raise SetupError(f"Python {major}.{minor} is too old, 3.11 or newer is needed: {advice}.")


def check_venv_module() -> None:
    """Debian and Ubuntu deliver Python without its venv module."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise SetupError(
            "This Python has no venv module: install it (on Debian and Ubuntu: "
            "`sudo apt install python3-venv`), then run the same command again."
        ) from None


def prepare(environment: VirtualEnvironment, lock: str) -> None:
    """Install the lock unless it is installed. Two at once: the second waits for the first."""
    import fcntl

    with (environment.folder.parent / ".venv.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not environment.holds(lock):
            started = time.monotonic()
            environment.install(lock)
            say(f"Installed in {time.monotonic() - started:.0f} s.")


def write_locks(extra: "list[str]") -> None:
    """Resolve pyproject.toml into the two lock files: with hashes, and without naming any package index."""
    uv = shutil.which("uv", path=str(ROOT / ".venv" / "bin") + os.pathsep + os.environ.get("PATH", ""))
    if uv is None:
        raise SetupError("Writing the locks needs uv: install it with `.venv/bin/python -m pip install uv`.")
    compile_lock = [
        uv, "pip", "compile", "pyproject.toml", "--quiet", "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url",
    ]  # fmt: skip
    runtime, dev = "requirements/runtime.lock", "requirements/dev.lock"
    for arguments in (["-o", runtime], ["--group", "dev", "--constraint", runtime, "-o", dev]):
        if subprocess.run([*compile_lock, *arguments, *extra], cwd=str(ROOT), check=False).returncode != 0:
            raise SetupError("uv could not resolve the packages (its own words are above).")


def say(line: str) -> None:
    print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="Install what a task needs into .venv, then do it.")
    parser.add_argument("task", choices=[*TASKS, "lock"])
    chosen, extra = parser.parse_known_args()
    check_python(sys.version_info.major, sys.version_info.minor)
    if os.name != "posix":
        raise SetupError("The tracker runs on Linux and macOS; on Windows, run it inside WSL.")
    if chosen.task == "lock":
        write_locks(extra)
        return
    lock, command = TASKS[chosen.task]
    started = time.monotonic()
    environment = VirtualEnvironment(ROOT)
    prepare(environment, lock)
    if chosen.task == "check":
        command = [*command, "--install-seconds", f"{time.monotonic() - started:.0f}"]
    os.chdir(str(ROOT))
    os.execv(str(environment.python), [str(environment.python), *command, *extra])  # noqa: S606


if __name__ == "__main__":
    try:
        main()
    except SetupError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("Stopped; the same command goes on from here.")
    except OSError as error:
        sys.exit(f"The installation failed ({error}): mend that and run the same command again.")
