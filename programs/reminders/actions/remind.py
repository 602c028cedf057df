"""The sweep that brings every reminder that is due: in batches, each of a few statements."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import DataError, IntegrityError, transaction
from django.db.models import prefetch_related_objects

from programs.delivery.actions import PromptNotice, queue_prompts
from programs.delivery.models import Notice
from programs.delivery.queries import REMINDER_SOURCE
from programs.lib.bulk import update_columns
from programs.reminders.models import Kind, Reminder
from programs.reminders.queries.reminders import (
    ON_THE_PAGE,
    Grounds,
    brings_something,
    busy_people,
    grounds_of,
    is_for,
    rhythm_of,
    working_days_of,
)
from programs.reminders.rules.reminders import Coming, Verdict, what_comes

logger = logging.getLogger(__name__)

SHOWN_FOR = {
    Kind.SESSION: timedelta(hours=1),
    Kind.MORNING_CHECK: timedelta(hours=3),
    Kind.DAILY_CHECK: timedelta(hours=3),
    Kind.DIGEST: timedelta(hours=3),
    Kind.CASELOAD: timedelta(hours=3),
}
"""For how long an unanswered reminder shows, and is worth sending."""
OPEN_PATH, LIST_PATH, CASELOAD_PATH = "/reminders/open/", "/reminders/", "/caseload/"
AFTER_A_FAULT = timedelta(hours=1)
LONGEST_SWEEP = 20.0  # seconds; what is left is the next sweep's
BATCH = 500


class _Move(NamedTuple):
    reminder: Reminder
    verdict: Verdict
    clinic_id: UUID | None


def remind_due(*, now: datetime) -> int:
    """Bring every reminder that is due and wanted; returns how many came.

    Safe to run any number of times at once: a reminder is held while it is moved on, and others pass it over.
    After a time in which nothing ran each comes once at most, and only while it is still worth it.
    """
    came, end = 0, time.monotonic() + LONGEST_SWEEP
    while time.monotonic() < end:
        try:
            held, batch = _sweep(now, BATCH)
        except (IntegrityError, DataError):
            logger.exception("a batch of reminders could not come; each is tried alone")
            held, batch = _one_by_one(now)
        came += batch
        if held < BATCH:
            break
    return came


@transaction.atomic
def _sweep(now: datetime, limit: int) -> tuple[int, int]:
    """Move on the reminders that have been due longest; how many were held, and how many came."""
    due = Reminder.objects.due(now).select_related("settings").order_by("next_due_at", "id")
    held = list(due.select_for_update(skip_locked=True, of=("self",))[:limit])
    if not held:
        return 0, 0
    prefetch_related_objects(
        [each.settings for each in held if each.kind == Kind.DIGEST], "reminders"
    )  # what the day brings
    grounds, busy = grounds_of(held), busy_people(held, now)
    days = working_days_of({grounds.clinic_of(each) or each.settings.clinic_id for each in held})
    moves, faulty = [], []
    for reminder in held:
        try:
            clinic = grounds.clinic_of(reminder)
            clinic_days = days[clinic or reminder.settings.clinic_id]
            busy_until = busy.get(reminder.settings.user_id) if reminder.kind in ON_THE_PAGE else None
            verdict = _verdict(reminder, grounds, clinic_days, busy_until, now)
            moves.append(_Move(reminder, verdict, clinic))
        except Exception:  # one reminder's fault keeps nobody else waiting
            logger.exception("reminder %s could not come", reminder.pk)
            faulty.append(reminder.pk)
    _put_off(faulty, now)
    _write(moves)
    coming = [
        _notice(reminder, verdict, clinic)
        for reminder, verdict, clinic in moves
        if verdict.show_until is not None and clinic is not None  # whoever has left wants none
    ]
    queue_prompts(prompts=coming, now=now)
    return len(held), len(coming)


def _verdict(
    reminder: Reminder,
    grounds: Grounds,
    clinic_days: frozenset[int],
    busy_until: datetime | None,
    now: datetime,
) -> Verdict:
    settings = reminder.settings
    rhythm = rhythm_of(reminder, settings, clinic_days)

    def is_wanted(due_at: datetime) -> bool:
        day = due_at.astimezone(ZoneInfo(settings.time_zone)).date().isoformat()
        return (
            grounds.clinic_of(reminder) is not None
            and is_for(reminder, grounds, day, settings)
            and (reminder.kind != Kind.DIGEST or brings_something(settings, grounds, due_at, clinic_days))
        )

    coming = Coming(
        due_at=reminder.next_due_at,
        shown_for=SHOWN_FOR[Kind(reminder.kind)],
        repeats=reminder.kind == Kind.SESSION,
        is_repeat=reminder.is_repeat,
        satisfied_at=reminder.satisfied_at,
        busy_until=busy_until,
        others=[replace(rhythm, at=at) for at in settings.times if at != reminder.at],
    )
    verdict = what_comes(coming, rhythm, now, is_wanted)
    if verdict is None:
        raise ValueError("A reminder that never comes again is never due.")
    return verdict


def _write(moves: Sequence[_Move]) -> None:
    update_columns(
        Reminder,
        [move.reminder.pk for move in moves],
        {
            "next_due_at": [move.verdict.next_due_at for move in moves],
            "is_repeat": [move.verdict.is_repeat for move in moves],
            "show_until": [move.verdict.show_until for move in moves],
            "step": [move.reminder.step + (move.verdict.show_until is not None) for move in moves],
        },
    )


def _notice(reminder: Reminder, verdict: Verdict, clinic_id: UUID) -> PromptNotice:
    settings = reminder.settings
    notice, path = {
        Kind.DIGEST: (Notice.DIGEST, LIST_PATH),
        Kind.CASELOAD: (Notice.CASELOAD_DIGEST, CASELOAD_PATH),
    }.get(Kind(reminder.kind), (Notice.REMINDER, OPEN_PATH))
    return PromptNotice(
        clinic_id=clinic_id,
        recipient_id=settings.user_id,
        source_id=reminder.pk,
        nth=reminder.step + 1,
        due_at=verdict.due_at,
        expires_at=verdict.show_until or verdict.due_at,
        path=path,
        by_push=settings.by_push and reminder.kind != Kind.DIGEST,
        by_email=reminder.kind in (Kind.DIGEST, Kind.CASELOAD),
        notice=notice,
        source_kind=REMINDER_SOURCE,
    )


def _one_by_one(now: datetime) -> tuple[int, int]:
    """The same for as many reminders as a batch has, each by itself."""
    held = came = 0
    for _ in range(BATCH):
        try:
            found, one = _sweep(now, 1)
        except (IntegrityError, DataError):
            longest_due = Reminder.objects.due(now).order_by("next_due_at", "id")
            _put_off(list(longest_due.values_list("pk", flat=True)[:1]), now)
            found, one = 1, 0
        if not found:
            break
        held, came = held + found, came + one
    return held, came


def _put_off(reminders: Sequence[UUID], now: datetime) -> None:
    """Out of the way of the others."""
    Reminder.objects.filter(pk__in=reminders).update(next_due_at=now + AFTER_A_FAULT, is_repeat=False)
