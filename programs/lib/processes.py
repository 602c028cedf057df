"""A small supervisor: named services started in order, restarted when one dies, stopped together.

Nothing outlives the supervisor, not even after `kill -9`. Two nets catch what it started:

* On Linux every service asks the kernel to be ended with its parent (PR_SET_PDEATHSIG), so not even a
  service started a moment before the end is missed.
* A guard, this file run as a program of its own, reads a pipe. When the pipe closes it ends the process
  group of every service: also a worker that waits for its task, the children of Celery's pool, and
  everything on systems without PR_SET_PDEATHSIG.
"""

import contextlib
import ctypes
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Self

STOP_WITHIN = 5.0  # seconds a service has to stop by itself before it is killed
LONGEST_WAIT = 30.0  # seconds between two starts of a service that keeps dying
STEADY_AFTER = 60.0  # seconds after which a service counts as running well again
IMPATIENT_AFTER = 1.0  # seconds between two requests to stop that make the second one "at once"
LONGEST_LINE = 500  # characters shown of one line of output

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_UNPRINTABLE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[\x00-\x08\x0b-\x1f\x7f]")


class StartError(Exception):
    """A service could not be started; the text says which one."""


@dataclass(frozen=True)
class Service:
    """One process to keep running.

    `ready` tells whether it answers; without it a service is ready as soon as it runs.
    Lines of output that contain one of `hidden` are not shown.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    ready: Callable[[], bool] | None = None
    hidden: Sequence[str] = ()


@dataclass
class _Place:
    """A service's place in the supervisor: the process that fills it, or when it is filled again."""

    service: Service
    process: subprocess.Popen[bytes] | None = None
    output: int = -1  # reading end of the pipe that is the process's stdout and stderr
    unfinished: bytes = b""  # printed, but not yet ended with a newline
    started_at: float = 0.0
    start_at: float = 0.0
    deaths: int = 0


def end_with_parent(end_signal: int = signal.SIGTERM) -> Callable[[], None]:
    """A preexec_fn after which the kernel ends the new process when this one ends (on Linux only)."""
    parent = os.getpid()

    def ask_the_kernel() -> None:
        if _LIBC is None:
            return
        _LIBC.prctl(_PR_SET_PDEATHSIG, end_signal)
        if os.getppid() != parent:  # it ended before the kernel was asked
            os._exit(1)

    return ask_the_kernel


class Supervisor:
    """Runs services while it is entered, and stops them when it is left.

    `write` is given one line of text at a time. `state_file` holds {name: pid} of what runs now,
    the supervisor and its guard included.
    Where `parent` is given, it also stops once that process is no longer its parent.
    Must be used from the main thread: the kernel's "parent" is the thread that started a process.
    """

    def __init__(
        self,
        services: Sequence[Service],
        *,
        write: Callable[[str], None],
        state_file: Path,
        parent: int | None = None,
    ) -> None:
        self._places = [_Place(service) for service in services]
        self._write = write
        self._state_file = state_file
        self._parent = parent
        self._width = max(len(service.name) for service in services)
        self._selector = selectors.DefaultSelector()
        self._guard: subprocess.Popen[bytes] | None = None
        self._guard_pipe = -1
        self._stop_asked_at: float | None = None
        self._impatient = False

    def __enter__(self) -> Self:
        requests = [signal.SIGINT, signal.SIGTERM]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:  # `nohup` means: go on without the terminal
            requests.append(signal.SIGHUP)
        self._handlers = {number: signal.signal(number, self._ask_to_stop) for number in requests}
        self._tell()
        return self

    def __exit__(self, *error: object) -> None:
        """End the services, the last one first, and the first when the others no longer need it."""
        first, *others = self._places
        self._stop(list(reversed(others)))
        self._stop([first])
        if self._guard is not None:
            os.close(self._guard_pipe)
            self._guard.wait()
        self._state_file.unlink(missing_ok=True)
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def start(self, *, ready_within: float) -> bool:
        """Start the services in order and wait until all are ready; False when asked to stop meanwhile.

        Raises StartError when one ends, or is not ready within `ready_within` seconds.
        """
        deadline = time.monotonic() + ready_within
        for place in self._places:
            self._launch(place)
        for place in self._places:
            while not self._stop_asked_at and not self._is_ready(place):
                if time.monotonic() > deadline:
                    raise StartError(f"{place.service.name} did not answer in {ready_within:.0f} seconds.")
                self._turn()
        return not self._stop_asked_at

    def watch(self) -> None:
        """Keep everything running until asked to stop (SIGINT, SIGTERM, SIGHUP)."""
        while not self._stop_asked_at and self._parent in (None, os.getppid()):
            self._turn()

    def _say(self, line: str) -> None:
        try:
            self._write(line)
        except OSError:  # nobody reads any more: the terminal or the pipe was closed
            self._stop_asked_at = self._stop_asked_at or time.monotonic()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        now = time.monotonic()
        # Both `make` and the terminal may pass on one Ctrl-C: only a later one is a second one.
        self._impatient = self._stop_asked_at is not None and now - self._stop_asked_at > IMPATIENT_AFTER
        self._stop_asked_at = self._stop_asked_at or now

    def _is_ready(self, place: _Place) -> bool:
        if place.process is None:
            raise StartError(f"{place.service.name} ended while starting; its last words are above.")
        return place.service.ready is None or place.service.ready()

    def _turn(self) -> None:
        """Show what was printed, notice what died, start again what is due."""
        self._show_output(wait=0.2)
        for place in self._places:
            if place.process is None and time.monotonic() >= place.start_at:
                self._launch(place)
            elif place.process is not None and place.process.poll() is not None:
                self._plan_restart(place, place.process)
        if self._guard is None or self._guard.poll() is not None:
            self._tell()

    def _launch(self, place: _Place) -> None:
        place.output, writing_end = os.pipe()
        place.process = subprocess.Popen(  # noqa: S603 - the commands are our own
            place.service.command,
            env=place.service.environment,
            stdin=subprocess.DEVNULL,
            stdout=writing_end,
            stderr=writing_end,
            start_new_session=True,  # a group of its own: Ctrl-C reaches the supervisor alone
            preexec_fn=end_with_parent(),
        )
        os.close(writing_end)
        os.set_blocking(place.output, False)
        self._selector.register(place.output, selectors.EVENT_READ, place)
        place.started_at = time.monotonic()
        self._tell()
        self._say(f"{place.service.name} started (pid {place.process.pid})")

    def _plan_restart(self, place: _Place, process: subprocess.Popen[bytes]) -> None:
        """A service ended by itself: say so and set the time of its next start."""
        self._clear(place, process)
        now = time.monotonic()
        place.deaths = 1 if now - place.started_at > STEADY_AFTER else place.deaths + 1
        wait = min(LONGEST_WAIT, 0.5 * 2 ** (place.deaths - 1))
        place.start_at = now + wait
        code = process.returncode
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        self._say(f"{place.service.name} {how}; starting it again in {wait:g} s")

    def _stop(self, places: Sequence[_Place]) -> None:
        running = [(place, place.process) for place in places if place.process is not None]
        for _, process in running:
            process.terminate()
        deadline = time.monotonic() + STOP_WITHIN
        for place, process in running:
            while process.poll() is None and time.monotonic() < deadline and not self._impatient:
                self._show_output(wait=0.05)
            process.kill()
            process.wait()
            self._clear(place, process)
            self._say(f"{place.service.name} stopped")

    def _clear(self, place: _Place, process: subprocess.Popen[bytes]) -> None:
        """Forget a process that ended: what is left of its group, its last words, its pipe."""
        _signal_group(process.pid, signal.SIGKILL)
        while self._read(place):
            pass
        if place.unfinished:
            self._show_line(place, place.unfinished)
        with contextlib.suppress(KeyError):
            self._selector.unregister(place.output)
        os.close(place.output)
        place.process, place.unfinished = None, b""
        self._tell()

    def _show_output(self, *, wait: float) -> None:
        """Show what the services print within `wait` seconds."""
        for key, _ in self._selector.select(wait):
            if not self._read(key.data):
                self._selector.unregister(key.fd)  # closed by the process; it may still run

    def _read(self, place: _Place) -> bool:
        """Show the finished lines a service printed; False when no more can be read now."""
        try:
            chunk = os.read(place.output, 65536)
        except BlockingIOError:
            return False
        *lines, place.unfinished = (place.unfinished + chunk).split(b"\n")
        if len(place.unfinished) > LONGEST_LINE:
            lines.append(place.unfinished)
            place.unfinished = b""
        for line in lines:
            self._show_line(place, line)
        return bool(chunk)

    def _show_line(self, place: _Place, line: bytes) -> None:
        text = _UNPRINTABLE.sub("", line.decode(errors="replace")).rstrip()
        if text and not any(words in text for words in place.service.hidden):
            self._say(f"{place.service.name:<{self._width}} | {text[:LONGEST_LINE]}")

    def _tell(self) -> None:
        """Let the guard and the readers of the state file know what runs now."""
        if self._guard is None or self._guard.poll() is not None:
            self._guard = self._new_guard()
        pids = {place.service.name: place.process.pid for place in self._places if place.process is not None}
        with contextlib.suppress(BrokenPipeError):  # it ended just now: the next turn starts another
            os.write(self._guard_pipe, " ".join(map(str, pids.values())).encode() + b"\n")
        new_file = self._state_file.with_suffix(".new")
        new_file.write_text(json.dumps({"supervisor": os.getpid(), "guard": self._guard.pid, **pids}))
        new_file.replace(self._state_file)

    def _new_guard(self) -> subprocess.Popen[bytes]:
        if self._guard is not None:
            os.close(self._guard_pipe)
        reading_end, self._guard_pipe = os.pipe()
        guard = subprocess.Popen(  # noqa: S603
            [sys.executable, "-I", "-S", __file__],
            stdin=reading_end,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(reading_end)
        return guard


def _signal_group(leader: int, number: int) -> bool:
    """Signal every process of the group; False when there is none left."""
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _guard() -> None:
    """Wait for the supervisor's end, then end the groups it named last: kindly, then surely."""
    groups: list[int] = []
    for line in sys.stdin:
        groups = [int(pid) for pid in line.split()]
    for leader in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(leader, signal.SIGTERM)
    deadline = time.monotonic() + STOP_WITHIN
    while time.monotonic() < deadline and any(_signal_group(leader, 0) for leader in groups):
        time.sleep(0.1)
    for leader in groups:
        _signal_group(leader, signal.SIGKILL)


if __name__ == "__main__":
    _guard()
