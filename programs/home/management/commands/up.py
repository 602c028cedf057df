"""`manage.py up`: the whole tracker with one command; `make run` calls it."""

import contextlib
import fcntl
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connections

from programs.lib import valkey
from programs.lib.processes import Service, StartError, Supervisor, end_with_parent

HOST = "127.0.0.1"
PORT_WAIT = 3.0  # seconds for a tracker that was stopped just now to let go of the port
START_WITHIN = 60.0  # seconds
DEMONSTRATION_SIGN_INS = "demonstration_sign_ins.txt"


class Command(BaseCommand):
    """Checks what it was given, prepares the database, then runs broker, web, worker and beat."""

    help = "Start the tracker: broker, web, one Celery worker and Celery beat, until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT", "8000"), help="default: $PORT or 8000")

    def handle(self, *args: Any, **options: Any) -> None:
        # `make` sets MAKELEVEL; killed with -9 it cannot pass that on, but it is then our parent no more.
        parent = os.getppid() if "MAKELEVEL" in os.environ else None
        try:
            self.run(free_port(options["port"]), parent)
        except KeyboardInterrupt as error:
            raise CommandError("Stopped before it was up; the same command starts it again.") from error

    def run(self, port: int, parent: int | None) -> None:
        with only_run_on(settings.VAR_DIR), tempfile.TemporaryDirectory(prefix="tracker-") as private_folder:
            environment = dict(os.environ, PORT=str(port), PYTHONUNBUFFERED="1", CELERY_SKIP_CHECKS="1")
            services = []
            if settings.REDIS_URL:
                check_redis(settings.REDIS_URL)
            else:
                server_socket = f"{private_folder}/valkey.sock"
                environment["REDIS_URL"] = f"unix://{server_socket}"
                services.append(broker(server_socket))
            check_database()
            prepare_database()
            services += [web(port, environment), worker(environment), beat(environment)]
            self.run_services(services, port, parent)

    def run_services(self, services: list[Service], port: int, parent: int | None) -> None:
        state_file = settings.VAR_DIR / "processes.json"
        try:
            with Supervisor(services, write=self.say, state_file=state_file, parent=parent) as supervisor:
                if supervisor.start(ready_within=START_WITHIN):
                    self.say(welcome(port))
                    supervisor.watch()
                self.say("Stopping ...")
        except StartError as error:
            raise CommandError(f"The tracker did not start: {error}") from error

    def say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


def free_port(text: str) -> int:
    """The port to serve, if nobody else does."""
    if not text.isdigit() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {text!r}: make run PORT=8001")
    port = int(text)
    deadline = time.monotonic() + PORT_WAIT
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except PermissionError as error:
                raise CommandError(
                    f"Port {port} is not yours to use; choose one above 1023: make run PORT=8001"
                ) from error
            except OSError as error:
                if time.monotonic() > deadline:
                    raise CommandError(
                        f"Port {port} is taken (perhaps the tracker already runs); "
                        f"stop what uses it, or choose another port: make run PORT={port + 1}"
                    ) from error
            else:
                return port
        time.sleep(0.2)


@contextlib.contextmanager
def only_run_on(folder: Path) -> Iterator[None]:
    """Hold the data folder's lock; the system lets go of it however this process ends."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "up.lock").open("w")
    except OSError as error:
        raise CommandError(
            f"The data folder {folder} cannot be written ({error.strerror}): name another one with VAR_DIR."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError(
                f"The tracker already runs on the data in {folder}; stop it first, "
                "or give this one a folder of its own: VAR_DIR=/path/to/folder make run"
            ) from error
        yield


def check_redis(url: str) -> None:
    """A server named in REDIS_URL must answer now: later the fault would be hard to see."""
    advice = "Start that server, mend REDIS_URL, or leave it out to use the bundled server."
    try:
        client = redis.Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3)
        client.ping()
    except ValueError as error:
        raise CommandError(f"REDIS_URL cannot be read ({error}). {advice}") from error
    except redis.RedisError as error:
        raise CommandError(f"REDIS_URL does not answer ({str(error).rstrip('.')}). {advice}") from error


def check_database() -> None:
    """The database must answer now, for the same reason."""
    try:
        connections["default"].ensure_connection()
        connections.close_all()
    except DatabaseError as error:
        reason = " ".join(str(error).split())
        raise CommandError(
            f"The database does not answer ({reason}). "
            "Start that server, mend DATABASE_URL, or leave it out to use SQLite."
        ) from error


def prepare_database() -> None:
    """In a process of its own: what it loads would stay in this one's memory for as long as it runs."""
    prepare = [sys.executable, str(settings.BASE_DIR / "manage.py"), "prepare"]
    if subprocess.run(prepare, preexec_fn=end_with_parent(), check=False).returncode != 0:
        raise CommandError("The database could not be prepared; the reason is above.")


def broker(server_socket: str) -> Service:
    """The bundled Valkey behind Celery and the cache."""
    server = valkey.find_server()
    if server is None:
        raise CommandError(
            "There is no Valkey or Redis for this machine: install redis-server and run this again, "
            "or name a running one in REDIS_URL."
        )

    def answers() -> bool:
        try:
            return bool(redis.Redis(unix_socket_path=server_socket).ping())
        except redis.RedisError:
            return False

    return Service(
        "broker",
        valkey.server_command(server, server_socket),
        ready=answers,
        hidden=valkey.CHATTER,
    )


def web(port: int, environment: dict[str, str]) -> Service:
    """Pages and REST: one process with threads, as SQLite has one writer at a time anyway."""

    def answers() -> bool:
        host = settings.ALLOWED_HOSTS[0].lstrip(".").replace("*", "localhost")
        request = urllib.request.Request(f"http://{HOST}:{port}/healthz/live", headers={"Host": host})
        try:
            with urllib.request.urlopen(request, timeout=5) as response:  # noqa: S310
                return bool(response.status == 200)
        except OSError:
            return False

    command = [
        sys.executable, "-m", "gunicorn", "exercise_tracker.wsgi:application",
        "--bind", f"{HOST}:{port}",
        "--worker-class", "gthread", "--workers", "1", "--threads", "8",
        "--graceful-timeout", "3", "--log-level", "warning", "--no-control-socket",
    ]  # fmt: skip
    return Service("web", command, environment, ready=answers)


def worker(environment: dict[str, str]) -> Service:
    """Celery's worker, for both queues."""
    command = [
        sys.executable, "-m", "celery", "-q", "-A", "exercise_tracker", "worker", "-Q", "hint,clinical",
        "-c", "2", "--without-gossip", "--without-mingle", "--loglevel", "WARNING",
    ]  # fmt: skip
    return Service("worker", command, environment)


def beat(environment: dict[str, str]) -> Service:
    """Celery's clock. In a process of its own: a beat inside a worker outlives its kill -9."""
    command = [
        sys.executable, "-m", "celery", "-q", "-A", "exercise_tracker", "beat",
        "--schedule", str(settings.VAR_DIR / "beat-schedule"), "--pidfile", "", "--loglevel", "WARNING",
    ]  # fmt: skip
    return Service("beat", command, environment)


def welcome(port: int) -> str:
    """Where to go and how to sign in, in a frame."""
    lines = [f"The exercise tracker runs at http://localhost:{port}", "Not for real patients yet."]
    sign_ins = settings.VAR_DIR / DEMONSTRATION_SIGN_INS
    has_demonstration = settings.DEMO or not settings.DATABASE_URL
    if settings.DEBUG and has_demonstration and sign_ins.exists():  # elsewhere these people cannot sign in
        rows = [line.split("\t") for line in sign_ins.read_text().splitlines() if line.strip()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines += ["", "Demonstration sign-ins (all data is made up):"]
        lines += ["  " + "  ".join(f"{c:<{w}}" for c, w in zip(row, widths, strict=True)) for row in rows]
    lines += ["", "Ctrl-C stops it; the data stays for the next start."]
    width = max(map(len, lines))
    rule = "-" * (width + 4)
    return "\n".join(["", rule, *(f"| {line:<{width}} |" for line in lines), rule])
