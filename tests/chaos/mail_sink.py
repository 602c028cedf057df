"""A mail server that takes everything and notes each message in a file.

A process of its own: `python -m tests.chaos.mail_sink SOCKET LOG`, as `push_service`.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import sys
import time
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session


class Sink:
    def __init__(self, log: int) -> None:
        self._log = log

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        message = message_from_bytes(envelope.original_content or b"")
        note = {
            "at": time.time(),
            "to": envelope.rcpt_tos,
            "id": message["Message-ID"],
            "subject": message["Subject"],
        }
        os.write(self._log, json.dumps(note).encode() + b"\n")
        return "250 OK"


async def serve(listening: socket.socket, log: int) -> None:
    sink = Sink(log)
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(sink), sock=listening)
    async with server:
        await server.serve_forever()


def main() -> None:
    listening = socket.socket(fileno=int(sys.argv[1]))
    asyncio.run(serve(listening, os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)))


if __name__ == "__main__":
    main()
