"""Parts of the engine gone for minutes: prompts go out all the same, and what is too late is not sent."""

from __future__ import annotations

import time
from collections.abc import Callable

from tests.chaos.judgement import Expected, Figure, judge_prompts
from tests.chaos.load import INTERVAL, Batch, Load
from tests.chaos.stack import BEATS, BROKER, DATABASE, LEASE, WORKER_CHILDREN, Stack

OUTAGE = 120.0  # seconds
PROMPTS = 1200
AFTERWARDS = 90.0  # seconds for the engine to be done once everything runs again
STANDBY_WITHIN = 60.0  # seconds: the limit of the p99 of lateness while the standby works
STANDBY_TICKS = 11.0  # seconds: it looks every five
A_THIRD = 300
MINUTE = 60.0


def without_broker(stack: Stack, load: Load) -> list[Figure]:
    return without(stack, load, BROKER)


def without_beats(stack: Stack, load: Load) -> list[Figure]:
    return without(stack, load, *BEATS)


def without(stack: Stack, load: Load, *parts: str) -> list[Figure]:
    """Prompts fall due all through two minutes in which these parts are dead."""
    until_celery_sweeps(stack, load)
    batch = load.make(PROMPTS, time.time() + 1, OUTAGE / PROMPTS)
    stack.unwanted(*parts)
    over = batch.due_from + OUTAGE
    stack.watch(lambda: time.time() > over, 2 * OUTAGE)
    stack.wanted(*parts)
    until_quiet(stack, load)
    taken, refused = load.arrivals(batch)
    load.retire(batch)
    return [
        Figure("refused by the push service", len(refused), 0),
        *judge_prompts(
            load.expected(batch), taken, kills=len(parts), children=WORKER_CHILDREN, lease=LEASE,
            latest=STANDBY_WITHIN,
        ),
    ]  # fmt: skip


def everything_down(stack: Stack, load: Load) -> list[Figure]:
    """Everything has been dead for up to 68 minutes and comes back: the rows are moved into the past instead
    of waiting. One interval is 60 minutes, and a prompt is worth showing for 10.
    """
    batches = [load.make(A_THIRD, time.time() + 3600, 0.0) for _ in range(3)]
    stack.unwanted(*stack.parts)
    stack.wanted(DATABASE)
    stack.watch(stack.database_answers, AFTERWARDS)
    now = time.time()
    fresh, stale, second = (
        load.move(batch, now - since * MINUTE, (since - until) * MINUTE / A_THIRD)
        for batch, since, until in zip(batches, (8, 25, 68), (1, 11, 61), strict=True)
    )
    stack.wanted(*stack.parts)
    until_quiet(stack, load)
    # Of the last third the slot of an hour later is still worth showing.
    shown = [
        *load.expected(fresh),
        *(later(each, INTERVAL.total_seconds()) for each in load.expected(second)),
    ]
    taken = [arrival for batch in (fresh, second) for arrival in load.arrivals(batch)[0]]
    figures = judge_prompts(
        shown, taken, kills=len(stack.parts), children=WORKER_CHILDREN, lease=LEASE, latest=10 * MINUTE
    )
    made_too_late = sum(len(each.rows) for each in load.expected(stale))
    wrong = missed_wrongly(load, fresh, 0) + missed_wrongly(load, stale, 1) + missed_wrongly(load, second, 1)
    load.retire(fresh, stale, second)
    return [
        *figures,
        Figure("prompts made of slots too old to show", made_too_late, 0),
        Figure("pushes of slots too old to show", len(load.arrivals(stale)[0]), 0),
        Figure("patients whose missed prompts are miscounted", wrong, 0),
    ]


def later(expected: Expected, seconds: float) -> Expected:
    return Expected(expected.device, expected.due_at + seconds, expected.expires_at + seconds, expected.rows)


def missed_wrongly(load: Load, batch: Batch, missed: int) -> int:
    """How many rules of a batch count another number of missed prompts."""
    with load.connection() as connection:
        row = connection.execute(
            "SELECT count(*) FROM reminders_breakrule WHERE missed <> %s "
            "AND id BETWEEN lpad(to_hex(%s::bigint), 32, '0')::uuid "
            "AND lpad(to_hex(%s::bigint), 32, '0')::uuid",
            [missed, batch.first, batch.last],
        ).fetchone()
    return int(row[0]) if row else 0


def until_celery_sweeps(stack: Stack, load: Load) -> None:
    """Until Celery does its work again, and the standby has seen that it does."""
    if not stack.watch(load.celery_sweeps, AFTERWARDS):
        raise SystemExit("Celery did not come back to its work.")
    seen_at = time.time()
    stack.watch(lambda: time.time() > seen_at + STANDBY_TICKS, AFTERWARDS)


def until_quiet(stack: Stack, load: Load) -> None:
    asked_at = time.monotonic()

    def is_quiet() -> bool:
        nonlocal asked_at
        if time.monotonic() - asked_at < 1:
            return False
        asked_at = time.monotonic()
        return load.is_quiet()

    stack.watch(is_quiet, AFTERWARDS)


OUTAGES: list[tuple[str, Callable[[Stack, Load], list[Figure]]]] = [
    ("The broker is dead for 2 minutes", without_broker),
    ("Both beats are dead for 2 minutes", without_beats),
    ("Everything is dead for more than 10 minutes", everything_down),
]
