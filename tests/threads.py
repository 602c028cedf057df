"""Several callers at the same moment, each with a database connection of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event
from typing import TypeVar

from django.db import connection

Answer = TypeVar("Answer")


def at_once(*calls: Callable[[], Answer]) -> list[Answer]:
    """What each call returned, or the exception it raised is raised here. They begin together."""
    start = Barrier(len(calls), timeout=30)

    def run(call: Callable[[], Answer]) -> Answer:
        try:
            start.wait()
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return [answer.result(timeout=30) for answer in [threads.submit(run, call) for call in calls]]


def somebody_waits_for_this_transaction() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks "
            "WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return bool(cursor.fetchone()[0])


def wait_until(condition: Callable[[], bool], turns: int = 2000) -> None:
    never = Event()
    for _ in range(turns):
        if condition():
            return
        never.wait(0.005)
    raise AssertionError("it never came to that")
