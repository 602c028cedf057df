"""`manage.py engine`: prompts, alerts and escalation without Celery, for the hour its broker is gone."""

import contextlib
import logging
import select
import signal
import socket
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from programs.delivery.actions import beat, deliver_due
from programs.delivery.models import Lane
from programs.delivery.queries import STANDBY
from programs.home.queries.engine import celery_is_silent
from programs.lib.times import database_now
from programs.monitoring.actions import escalate_due, wake_snoozed
from programs.reminders.actions import prompt_due, remind_due

TICK = 5.0  # seconds
LATE_AFTER = timedelta(seconds=45)  # nine missed ticks: no hiccup of Celery takes so long

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Sweeps in this process, which needs only the database. Any number may run beside each other.

    It leaves the heartbeats of Celery's sweeps alone, so /healthz/engine goes on telling that Celery is gone,
    and a standby goes on sweeping every tick until it is back. A standby has a heartbeat of its own.
    """

    help = "Make and send what is due every 5 seconds, without Celery and without a broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--standby", action="store_true", help="sweep only while Celery gave no sign of life for 45 s"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        sweeping = False
        with stop_requests() as stop_request:
            while not select.select([stop_request], [], [], TICK)[0]:
                close_old_connections()
                try:
                    needed = not options["standby"] or stand_by()
                    if needed != sweeping:
                        logger.warning("engine: %s", "sweeping here" if needed else "Celery sweeps again")
                        sweeping = needed
                    if needed:
                        sweep()
                except Exception:
                    logger.exception("engine: this sweep failed, the next one follows in %.0f s", TICK)


def stand_by() -> bool:
    """Give a sign of life; True while Celery gives none, so that its work must be done here."""
    now = database_now()
    beat(name=STANDBY, now=now)
    return celery_is_silent(now, LATE_AFTER)


def sweep() -> None:
    """Everything that Celery does every few seconds or minutes, what is clinical first. What it does once an
    hour finds only what others have missed, and waits for it.
    """
    now = database_now()
    wake_snoozed(now=now)
    escalate_due(now=now)
    deliver_due(lane=Lane.CLINICAL, now=now)
    prompt_due(now=now)
    remind_due(now=now)
    deliver_due(lane=Lane.PROMPT, now=database_now())


@contextlib.contextmanager
def stop_requests() -> Iterator[socket.socket]:
    """A socket that can be read once SIGTERM or Ctrl-C came: a sweep is finished, a wait is not."""
    readable, writable = socket.socketpair()
    with readable, writable:
        writable.setblocking(False)
        signal.set_wakeup_fd(writable.fileno())
        handlers = {
            number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)
        }
        yield readable
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
