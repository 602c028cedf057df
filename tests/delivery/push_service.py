"""A push service on a port of this machine, and the browsers behind it that can read what it takes."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from programs.accounts.models import User
from programs.delivery.actions import subscribe_push
from programs.delivery.models import PushSubscription
from tests.chaos.receiver import Receiver, base64url, private_key, public_point

NEVER = 0
"""The status of an answer that does not come."""


@dataclass(frozen=True)
class Push:
    """One request as it came in."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int
    """The caller's port: the same for two pushes on one connection."""


@dataclass
class PushService:
    """It answers with `answers` in turn, each a status with headers, and with 201 once none is left."""

    origin: str
    pushes: list[Push] = field(default_factory=list)
    answers: deque[tuple[int, dict[str, str]]] = field(default_factory=deque)
    over: threading.Event = field(default_factory=threading.Event)
    browser_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def answer_with(self, *statuses: int, **headers: str) -> None:
        for status in statuses:
            self.answers.append((status, {name.replace("_", "-"): value for name, value in headers.items()}))

    def keys(self, number: int) -> dict[str, str]:
        """What browser `number` gives away with its subscription."""
        return {"p256dh": base64url(public_point(self.browser_key)), "auth": base64url(bytes([number]) * 16)}

    def endpoint(self, number: int) -> str:
        return f"{self.origin}/push/{number}"

    def subscribe(self, user: User, now: datetime, number: int = 1) -> PushSubscription:
        subscription, _ = subscribe_push(
            user=user, endpoint=self.endpoint(number), now=now, **self.keys(number)
        )
        return subscription

    def read(self, push: Push) -> Any:
        """What the browser makes of it: the message, once sender, headers and sealing are found in order."""
        receiver = Receiver(
            origin=self.origin,
            vapid_public=public_point(private_key(settings.VAPID_PRIVATE_KEY)),
            browser_key=self.browser_key,
        )
        message, _ = receiver.take(push.headers, push.body, bytes([int(push.path.rpartition("/")[2])]) * 16)
        return json.loads(message)


@contextmanager
def running() -> Iterator[PushService]:
    """A push service at an origin of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            service.pushes.append(Push(self.path, self.headers, body, self.client_address[1]))
            status, headers = service.answers.popleft() if service.answers else (201, {})
            if status == NEVER:
                service.over.wait()
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", "0")
            self.end_headers()
            if "Content-Length" in headers:
                self.wfile.write(b"x" * 100_000)
                service.over.wait()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """A caller that hangs up is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service = PushService(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield service
    finally:
        service.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
