"""The whole engine as child processes that can be killed at any moment and come back half a second later."""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import ec

from programs.lib.processes import end_with_parent
from tests.chaos.receiver import base64url
from tools.run_tests import ROOT, clean_environment
from tools.servers import KEEPS_ITS_WORD, postgresql_in, short_folder, valkey_in

RESTART_AFTER = 0.5  # seconds
READY_WITHIN = 60.0  # seconds
LEASE = 10.0  # seconds, as in tests.chaos.settings
WORKER_CHILDREN = 3  # one of each worker

DATABASE, BROKER, STANDBY = "database", "broker", "standby"
BEATS = ("beat 1", "beat 2")
WORKERS = ("worker hint 1", "worker hint 2", "worker clinical")
KINDS = ("worker", "pool child", "beat", "broker", "database session", "database", "standby")


@dataclass
class Part:
    """One process of the engine, and when it is started again."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    user: Mapping[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    start_at: float | None = None  # None: it is not wanted


@dataclass(frozen=True)
class Kill:
    at: float  # seconds since 1970
    kind: str


class Stack:
    """Starts everything on entry and leaves nothing running on exit, however that comes about."""

    def __init__(self, chosen: random.Random) -> None:
        self.kills: list[Kill] = []
        self._chosen = chosen
        self._started: list[subprocess.Popen[bytes]] = []
        self._listening: list[socket.socket] = []

    def __enter__(self) -> Self:
        self._context = short_folder()
        self.folder = self._context.__enter__()
        try:
            self._prepare()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        for process in reversed(self._started):
            if process.returncode is None:
                _end_group(process)
        for listening in self._listening:
            listening.close()
        self._context.__exit__(None, None, None)

    def _prepare(self) -> None:
        database_folder, broker_folder = self.folder / "database", self.folder / "broker"
        for folder in (database_folder, broker_folder):
            folder.mkdir(mode=0o700)
        self.folder.chmod(0o711)  # PostgreSQL runs as somebody else and must come through
        database = postgresql_in(database_folder, KEEPS_ITS_WORD)
        broker = valkey_in(broker_folder)
        push, push_port = self._listen()
        mail, mail_port = self._listen()
        vapid, browser = (_new_scalar() for _ in range(2))
        self.push_origin = f"http://127.0.0.1:{push_port}"
        self.push_log, self.mail_log = self.folder / "pushes.jsonl", self.folder / "mails.jsonl"
        self.database_url = database.url
        self.database_answers = database.ready
        self.environment = {
            **clean_environment(str(self.folder / "var")),
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "SECRET_KEY": secrets.token_urlsafe(48),
            "ALLOWED_HOSTS": "localhost",
            "DATABASE_URL": database.url,
            "REDIS_URL": broker.url,
            "EMAIL_HOST": "127.0.0.1",
            "EMAIL_PORT": str(mail_port),
            "EMAIL_USE_TLS": "0",
            "VAPID_PRIVATE_KEY": vapid,
            "CHAOS_PUSH_ORIGIN": self.push_origin,
            "CHAOS_BROWSER_KEY": browser,
            "CELERY_SKIP_CHECKS": "1",
            "PYTHONUNBUFFERED": "1",
        }
        self.browser_key = browser
        self._start_service("push_service", push, self.push_log)
        self._start_service("mail_sink", mail, self.mail_log)
        celery = [sys.executable, "-m", "celery", "-q", "-A", "exercise_tracker"]
        worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--loglevel", "WARNING"]
        manage = [sys.executable, str(ROOT / "manage.py")]
        self.parts = {
            part.name: part
            for part in (
                Part(DATABASE, database.command, os.environ, database.user),
                Part(BROKER, broker.command, os.environ),
                *(self._beat(name, celery) for name in BEATS),
                *(self._worker(name, worker) for name in WORKERS),
                self._part(STANDBY, [*manage, "engine", "--standby"]),
            )
        }
        self.wanted(DATABASE, BROKER)
        self.watch(lambda: database.ready() and broker.ready(), READY_WITHIN)
        subprocess.run(
            [*manage, "migrate", "--verbosity", "0"], cwd=ROOT, env=self.environment, check=True,
            preexec_fn=end_with_parent(signal.SIGKILL),
        )  # fmt: skip

    def _listen(self) -> tuple[socket.socket, int]:
        """A socket the service inherits, so that its address is known before it runs."""
        listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        self._listening.append(listening)
        return listening, listening.getsockname()[1]

    def _start_service(self, name: str, listening: socket.socket, log: Path) -> None:
        log.touch()
        command = [sys.executable, "-m", f"tests.chaos.{name}", str(listening.fileno()), str(log)]
        self._spawn(name, command, self.environment, {}, pass_fds=(listening.fileno(),))

    def _part(self, name: str, command: Sequence[str]) -> Part:
        return Part(name, command, self.environment)

    def _beat(self, name: str, celery: Sequence[str]) -> Part:
        schedule = str(self.folder / name.replace(" ", "-"))
        arguments = ["beat", "--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING"]
        return self._part(name, [*celery, *arguments])

    def _worker(self, name: str, command: Sequence[str]) -> Part:
        queue, unique = name.split()[1], name.replace(" ", "-")
        return self._part(name, [*command, "-Q", queue, "-c", "1", "-n", f"{unique}@%h"])

    def _spawn(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], user: Mapping[str, Any],
        pass_fds: Sequence[int] = (),
    ) -> subprocess.Popen[bytes]:  # fmt: skip
        with (self.folder / f"{name}.log").open("ab") as output:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                cwd="/" if user else ROOT,
                start_new_session=True,
                preexec_fn=end_with_parent(signal.SIGKILL),
                pass_fds=pass_fds,
                **user,
            )
        self._started.append(process)
        return process

    def wanted(self, *names: str) -> None:
        """Have these parts run from now on."""
        for name in names:
            if self.parts[name].start_at is None:
                self.parts[name].start_at = time.monotonic()
        self.turn()

    def unwanted(self, *names: str) -> None:
        """Kill these parts at once, with all of their children, and leave them dead."""
        for name in names:
            part = self.parts[name]
            part.start_at = None
            if part.process is not None:
                _end_group(part.process)
                part.process = None

    def turn(self) -> None:
        """Notice what died and start what is due."""
        now = time.monotonic()
        for part in self.parts.values():
            if part.process is not None and part.process.poll() is not None:
                _end_group(part.process)  # a pool's children outlive their worker
                part.process = None
                part.start_at = None if part.start_at is None else now + RESTART_AFTER
            if part.process is None and part.start_at is not None and now >= part.start_at:
                part.process = self._spawn(part.name, part.command, part.environment, part.user)

    def watch(self, done: Callable[[], bool], within: float, *, kills: Sequence[Kill] = ()) -> bool:
        """Keep everything running, killing as planned, until `done` or the time is over; says which."""
        deadline, waiting = time.monotonic() + within, list(kills)
        while time.monotonic() < deadline:
            self.turn()
            while waiting and time.time() >= waiting[0].at and self._kill(waiting[0].kind):
                waiting.pop(0)
            if not waiting and done():
                return True
            time.sleep(0.05)
        return False

    def _kill(self, kind: str) -> bool:
        """SIGKILL one process of this kind; False where none runs just now."""
        targets = sorted(self._targets(kind))
        if not targets:
            return False
        try:
            os.kill(self._chosen.choice(targets), signal.SIGKILL)
        except ProcessLookupError:
            return False
        self.kills.append(Kill(time.time(), kind))
        return True

    def _targets(self, kind: str) -> Iterator[int]:
        names = {"worker": WORKERS, "beat": BEATS}.get(kind, (kind,))
        if kind == "pool child":
            for main in self._pids(WORKERS):
                yield from _children(main)
        elif kind == "database session":
            for main in self._pids((DATABASE,)):
                yield from (pid for pid in _children(main) if "[local]" in _title(pid))
        else:
            yield from self._pids(names)

    def _pids(self, names: Sequence[str]) -> Iterator[int]:
        for name in names:
            process = self.parts[name].process
            if process is not None and process.poll() is None:
                yield process.pid

    def said(self, name: str) -> str:
        """What a part has printed so far."""
        return (self.folder / f"{name}.log").read_text(errors="replace")


def plan_kills(count: int, start: float, end: float, chosen: random.Random) -> list[Kill]:
    """So many kills at random times, with one of each kind at least where the number allows."""
    kinds = chosen.sample(KINDS, min(count, len(KINDS)))
    kinds += chosen.choices(KINDS, k=count - len(kinds))
    chosen.shuffle(kinds)
    times = sorted(chosen.uniform(start, end) for _ in kinds)
    return [Kill(at, kind) for at, kind in zip(times, kinds, strict=True)]


def _end_group(leader: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)
    leader.wait()


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _title(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _new_scalar() -> str:
    scalar = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64url(scalar.to_bytes(32, "big"))
