"""Calendars to read, and a server of this machine that has them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from programs.accounts.models import User
from programs.reminders.models import BreakRule
from tests import makers

SECRET_PATH = "/private-0123456789/basic.ics"
MEETING = "The hip operation"


def event(start: datetime, end: datetime, *lines: str) -> str:
    return "\r\n".join(
        [
            "BEGIN:VEVENT",
            f"UID:{start.timestamp()}-{end.timestamp()}",
            "DTSTAMP:20260101T000000Z",
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
            f"DTEND:{end:%Y%m%dT%H%M%SZ}",
            f"SUMMARY:{MEETING}",
            *lines,
            "END:VEVENT\r\n",
        ]
    )


def calendar(*events: str) -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{''.join(events)}END:VCALENDAR\r\n"


def at(hour: int, minute: int = 0) -> datetime:
    """A moment of the day on which the makers work; London is at UTC then."""
    return makers.NOON.replace(hour=hour, minute=minute)


def busy_of(patient: User) -> list[str]:
    """The busy times that are stored, as "13:00-14:00"."""
    return [
        f"{start:%H:%M}-{end:%H:%M}" for start, end in BreakRule.objects.get(patient=patient).schedule.busy
    ]


@dataclass
class CalendarServer:
    """It has one calendar, until it is told to say something else."""

    origin: str
    status: int = 200
    text: str = ""
    location: str = ""
    asked: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"{self.origin}{SECRET_PATH}"


@contextmanager
def running() -> Iterator[CalendarServer]:
    """A calendar server at an origin of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            body = server.text.encode()
            self.send_response(server.status)
            if server.location:
                self.send_header("Location", server.location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = CalendarServer(f"http://127.0.0.1:{listening.server_port}")
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join(5)
