"""The supervisor behind `make run`, with real processes: it restarts, it stops, it leaves nobody behind."""

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from programs.lib.processes import Service, StartError, Supervisor

pytestmark = pytest.mark.pure

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 20  # seconds after which something that should have happened counts as not happening

# A service that holds a FIFO open, together with a child it forks (as Celery's pool and gunicorn do).
# Whoever reads the FIFO sees its end only when the last of them is gone.
HOLDER = """
import os, signal, sys
held = os.open(sys.argv[1], os.O_WRONLY)
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "alone" in sys.argv or os.fork():
    print("\\x1b[31mholding\\x1b[0m", flush=True)
while True:
    signal.pause()
"""
SUPERVISOR = """
import json, os, sys
from pathlib import Path
from programs.lib.processes import Service, Supervisor
services = [Service(name, command) for name, command in json.loads(sys.argv[2])]
write = lambda line: print(line, flush=True)
with Supervisor(services, write=write, state_file=Path(sys.argv[1]), parent=os.getppid()) as supervisor:
    supervisor.start(ready_within=10)
    supervisor.watch()
"""


def _without_nohup() -> None:
    """Tests that run under `nohup` hand on that the end of the terminal is to be ignored."""
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Held:
    """A FIFO that services hold open."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = str(path)
        self._reading_end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def is_let_go(self) -> bool:
        """Wait until every process that held it is gone."""
        return bool(select.select([self._reading_end], [], [], PATIENCE)[0])

    def close(self) -> None:
        os.close(self._reading_end)


class Run:
    """A supervisor in a process of its own, read line by line."""

    def __init__(self, state_file: Path, services: dict[str, list[str]], under: list[str]) -> None:
        self.state_file = state_file
        arguments = [sys.executable, "-c", SUPERVISOR, str(state_file), json.dumps(list(services.items()))]
        self.process = subprocess.Popen(
            under + arguments, stdout=subprocess.PIPE, text=True, cwd=ROOT, preexec_fn=_without_nohup
        )
        self.time_is_up = threading.Timer(PATIENCE, self.kill)
        self.time_is_up.start()

    def line(self, pattern: str) -> re.Match[str]:
        """The next line that matches; fails at the end of the output."""
        assert self.process.stdout is not None
        seen = []
        for line in self.process.stdout:
            seen.append(line)
            if match := re.search(pattern, line):
                return match
        raise AssertionError(f"No line matches {pattern!r} in {seen}")

    def kill(self) -> None:
        """End the supervisor itself, also where it was started under another process."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            os.kill(self.pids()["supervisor"], signal.SIGKILL)

    def pids(self) -> dict[str, int]:
        return json.loads(self.state_file.read_text())


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Held]:
    fifo = Held(tmp_path / "held")
    yield fifo
    fifo.close()


@pytest.fixture
def run(tmp_path: Path) -> Iterator:
    started: list[Run] = []

    def start(services: dict[str, list[str]], *, under: tuple[str, ...] = ()) -> Run:
        started.append(Run(tmp_path / "processes.json", services, list(under)))
        return started[-1]

    yield start
    for one in started:
        one.time_is_up.cancel()
        one.process.terminate()
        one.process.wait(PATIENCE)
        assert one.process.stdout is not None
        one.process.stdout.close()


def holder(held: Held, *words: str) -> list[str]:
    return [sys.executable, "-c", HOLDER, held.path, *words]


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def test_services_start_in_order_and_the_state_file_names_them(run, held):
    supervisor = run({"first": holder(held), "second": holder(held)})
    first = supervisor.line(r"^first started \(pid (\d+)\)$")[1]
    supervisor.line(r"^second started \(pid \d+\)$")
    assert supervisor.pids()["first"] == int(first)
    assert supervisor.pids()["supervisor"] == supervisor.process.pid


def test_colours_and_control_characters_of_a_service_are_not_passed_on(run, held):
    supervisor = run({"first": holder(held)})
    assert supervisor.line("holding").string == "first | holding\n"


def test_the_last_words_of_a_service_are_shown_even_without_a_newline(run):
    supervisor = run({"brief": script("print('half a line', end='')")})
    supervisor.line(r"^brief \| half a line$")


def test_a_service_that_ends_is_started_again_after_a_growing_wait(run):
    supervisor = run({"brief": script("raise SystemExit(3)")})
    first = supervisor.line(r"brief started \(pid (\d+)\)")[1]
    supervisor.line(r"^brief ended with code 3; starting it again in 0.5 s$")
    second = supervisor.line(r"brief started \(pid (\d+)\)")[1]
    supervisor.line(r"^brief ended with code 3; starting it again in 1 s$")
    assert first != second


def test_what_a_killed_service_leaves_behind_is_ended_before_it_is_started_again(run, held):
    supervisor = run({"pool": holder(held)})
    supervisor.line("holding")
    os.kill(supervisor.pids()["pool"], signal.SIGKILL)
    supervisor.line(r"^pool was ended by SIGKILL; starting it again in 0.5 s$")
    assert held.is_let_go()
    supervisor.line(r"pool started")
    supervisor.line("holding")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_ends_the_services_last_one_first(run, held, number):
    waits = script("import signal; signal.pause()")
    supervisor = run({"first": waits, "second": waits, "third": holder(held)})
    supervisor.line("holding")
    supervisor.process.send_signal(number)
    supervisor.line(r"^third stopped$")
    supervisor.line(r"^second stopped$")
    supervisor.line(r"^first stopped$")
    assert supervisor.process.wait(PATIENCE) == 0
    assert held.is_let_go()
    assert not supervisor.state_file.exists()


def test_a_service_that_ignores_the_request_is_killed(run, held):
    supervisor = run({"first": holder(held, "stubborn")})
    supervisor.line("holding")
    supervisor.process.terminate()
    supervisor.line(r"^first stopped$")
    assert held.is_let_go()


@pytest.mark.parametrize("manner", ["obedient", "stubborn"])
def test_a_killed_supervisor_leaves_nobody_behind(run, held, manner):
    supervisor = run({"first": holder(held, manner), "second": holder(held, manner)})
    supervisor.line("holding")
    supervisor.line("holding")
    supervisor.kill()
    assert held.is_let_go()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's part exists on Linux only")
def test_services_end_with_their_supervisor_even_when_the_guard_is_killed_too(run, held):
    supervisor = run({"first": holder(held, "alone")})
    supervisor.line("holding")
    os.kill(supervisor.pids()["guard"], signal.SIGKILL)
    supervisor.kill()
    assert held.is_let_go()


def test_a_supervisor_stops_when_the_make_that_started_it_is_killed(run, held):
    supervisor = run({"first": holder(held)}, under=("sh", "-c", '"$@"; exit', "make"))
    supervisor.line("holding")
    assert supervisor.pids()["supervisor"] != supervisor.process.pid
    supervisor.process.kill()
    supervisor.line(r"^first stopped$")
    assert held.is_let_go()


def test_a_service_that_never_answers_is_an_error_that_names_it(tmp_path):
    mute = Service("mute", script("import signal; signal.pause()"), ready=lambda: False)
    before = signal.getsignal(signal.SIGINT)  # a shell's background job has it ignored
    supervisor = Supervisor([mute], write=lambda line: None, state_file=tmp_path / "processes.json")
    with pytest.raises(StartError, match="mute did not answer in 1 seconds"), supervisor:
        supervisor.start(ready_within=1)
    assert signal.getsignal(signal.SIGINT) is before
