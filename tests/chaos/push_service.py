"""A push service that takes only what is in order, decrypts it, and notes each request in a file.

A process of its own: `python -m tests.chaos.push_service SOCKET LOG`, where SOCKET is the number of a
listening socket it inherits. Browser n lives at /push/n.
"""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from hashlib import md5

from aiohttp import web

from tests.chaos.receiver import Receiver, RefusedError, private_key, public_point

SECRET_OF = "browser {}"
"""The secret of browser n is the MD5 of this, which a database can compute as well."""


def secret_of(device: int) -> bytes:
    return md5(SECRET_OF.format(device).encode()).digest()


def main() -> None:
    listening = socket.socket(fileno=int(sys.argv[1]))
    log = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    receiver = Receiver(
        origin=os.environ["CHAOS_PUSH_ORIGIN"],
        vapid_public=public_point(private_key(os.environ["VAPID_PRIVATE_KEY"])),
        browser_key=private_key(os.environ["CHAOS_BROWSER_KEY"]),
    )

    async def take(request: web.Request) -> web.Response:
        arrived_at = time.time()
        device = int(request.match_info["device"])
        body = await request.read()
        note: dict[str, object] = {"at": arrived_at, "device": device}
        try:
            message, ttl = receiver.take(request.headers, body, secret_of(device))
        except RefusedError as error:
            note |= {"refused": str(error)}
            status = 400
        else:
            note |= {"topic": request.headers.get("Topic", ""), "ttl": ttl, "message": json.loads(message)}
            status = 201
        os.write(log, json.dumps(note).encode() + b"\n")
        return web.Response(status=status)

    application = web.Application()
    application.router.add_post("/push/{device:[0-9]+}", take)
    web.run_app(application, sock=listening, print=None, access_log=None)


if __name__ == "__main__":
    main()
