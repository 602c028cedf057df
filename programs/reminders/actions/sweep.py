"""The sweep that makes a prompt for every break rule that is due: in batches, each of a few statements."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import OuterRef, Subquery
from uuid_utils.compat import uuid7

from programs.delivery import actions as delivery
from programs.delivery.actions import PromptNotice, prompt_path
from programs.delivery.queries import PROMPT_SOURCE, left_or_never_queued
from programs.lib.bulk import insert_columns, update_columns
from programs.reminders.actions.stretch import prompt_in_stretch
from programs.reminders.models import BreakRule, Outcome, Prompt
from programs.reminders.queries import prompts_made
from programs.reminders.rules import EASES_AFTER, Slot, catch_up, fewer, next_slot

logger = logging.getLogger(__name__)

# An unanswered prompt is worth showing for this long; a later one says the same thing anyway.
SHOWN_FOR = timedelta(minutes=10)
AFTER_A_FAULT = timedelta(hours=1)
LONGEST_SWEEP = 20.0  # seconds; what is left is the next sweep's
BATCH = 1000


def prompt_due(*, now: datetime) -> int:
    """Make a prompt for every rule that is due, and close those that are over; returns how many were made.

    Safe to run any number of times at once: a rule is held while it is moved on, and others pass it over.
    After a time in which nothing ran a patient gets one prompt at most, the latest that is still worth
    showing; older ones are counted in `missed` and never made. Where three prompts in a row went by without
    any answer, the next ones come 10 minutes further apart.
    """
    _close_what_is_over(now)
    made, end = 0, time.monotonic() + LONGEST_SWEEP
    while time.monotonic() < end:
        try:
            held, prompts = _sweep(now, BATCH)
        except (IntegrityError, DataError):
            logger.exception("a batch of break rules could not prompt; each is tried alone")
            held, prompts = _one_by_one(now)
        made += prompts
        if held < BATCH:
            break
    return made


def _close_what_is_over(now: datetime) -> None:
    over = Prompt.objects.unanswered().filter(expires_at__lte=now).select_for_update(skip_locked=True)
    with transaction.atomic():
        # Another sweep closes what it holds: to wait for it could be to wait for each other.
        Prompt.objects.filter(pk__in=over.order_by("expires_at").values("pk")[: 5 * BATCH]).update(
            outcome=Outcome.EXPIRED, answered_at=now
        )
        _ease_off()


def _ease_off() -> None:
    """Fewer prompts where three in a row had no answer: what nobody heeds is soon not seen any more.

    What was only `missed` was nobody's to answer, and is no prompt; nor is one counted whose push was to go
    out and never did. A rule counts anew from the prompt after those three. A rule that somebody holds waits
    for the next sweep.
    """
    expired = Prompt.objects.filter(
        left_or_never_queued(PROMPT_SOURCE, OuterRef("pk")),
        rule=OuterRef("pk"),
        step__gte=OuterRef("heeded_step"),
        outcome=Outcome.EXPIRED,
    )
    third = expired.order_by("step").values("step")[EASES_AFTER - 1 : EASES_AFTER]
    ignored = BreakRule.objects.unheeded().annotate(third=Subquery(third)).filter(third__isnull=False)
    rules = list(ignored.select_for_update(skip_locked=True)[:BATCH])
    slots = []
    for rule in rules:
        rule.heeded_step = rule.third + 1  # type: ignore[attr-defined]
        try:
            slots.append(_eased(rule))
        except Exception:  # one rule's fault keeps nobody else waiting
            logger.exception("break rule %s could not be eased", rule.pk)
            slots.append(rule.slot)
    update_columns(
        BreakRule,
        [rule.pk for rule in rules],
        {
            "interval_minutes": [fewer(rule.interval_minutes) for rule in rules],
            "heeded_step": [rule.heeded_step for rule in rules],
            "next_due_at": [slot.due_at for slot in slots if slot],
            "open_until": [slot.open_until for slot in slots if slot],
            "due_on": [slot.day for slot in slots if slot],
            "nth_of_day": [slot.nth for slot in slots if slot],
        },
    )


def _eased(rule: BreakRule) -> Slot | None:
    """The coming slot where the interval that runs is the longer one."""
    slot = rule.slot
    ends_at = rule.counts_from + timedelta(minutes=fewer(rule.interval_minutes))
    if slot is None or slot.due_at >= ends_at:
        return slot
    if ends_at < slot.open_until:
        return replace(slot, due_at=ends_at)
    made = prompts_made(rule, rule.counts_from)
    schedule = rule.schedule
    return next_slot(ends_at - schedule.interval, schedule, not_before=rule.paused_until, made=made) or slot


class _Move(NamedTuple):
    """What the calendar makes of a rule: the slot to prompt for, if any, the slot after it, if any, and how
    many had to be passed over because they were too old.
    """

    rule: BreakRule
    prompt: Slot | None
    following: Slot | None
    missed: int


@transaction.atomic
def _sweep(now: datetime, limit: int) -> tuple[int, int]:
    """Move on the rules that have been due longest; returns how many were held and how many prompts made."""
    if connection.vendor == "postgresql":
        held, made, others = prompt_in_stretch(now, SHOWN_FOR, limit)
    else:
        due = BreakRule.objects.due(now).order_by("next_due_at", "id")
        others = list(due.values_list("pk", flat=True)[:limit])
        held, made = len(others), 0
    return held, made + (_by_calendar(others, now) if others else 0)


def _by_calendar(rules: Sequence[UUID], now: datetime) -> int:
    """Any rule that this sweep holds: also the last of a stretch or of a day, and what fell due while nothing
    ran. Returns how many prompts were made.
    """
    moves, faulty = [], []
    for rule in BreakRule.objects.filter(pk__in=rules):
        try:
            moves.append(_move(rule, now))
        except Exception:  # one rule's fault keeps nobody else waiting
            logger.exception("break rule %s could not prompt", rule.pk)
            faulty.append(rule.pk)
    _put_off(faulty, now)
    _write(moves)
    prompts = [(move.rule, move.prompt) for move in moves if move.prompt is not None]
    _make_prompts(prompts, now)
    return len(prompts)


def _move(rule: BreakRule, now: datetime) -> _Move:
    slot, schedule = rule.slot, rule.schedule
    if slot is None:
        raise ValueError("A rule without a slot is never due.")
    missed, current = catch_up(slot, now, SHOWN_FOR, schedule)
    if current is None or current.due_at > now:
        return _Move(rule, None, current, missed)
    return _Move(rule, current, current.following(schedule), missed)


def _write(moves: Sequence[_Move]) -> None:
    """A rule that is never open again is switched off, and keeps the slot it had."""
    slots = [move.following or move.rule.slot for move in moves]
    update_columns(
        BreakRule,
        [move.rule.pk for move in moves],
        {
            "enabled": [move.following is not None for move in moves],
            "step": [move.rule.step + (move.prompt is not None) for move in moves],
            "missed": [move.rule.missed + move.missed for move in moves],
            "counts_from": [move.prompt.due_at if move.prompt else move.rule.counts_from for move in moves],
            "next_due_at": [slot.due_at for slot in slots if slot],
            "open_until": [slot.open_until for slot in slots if slot],
            "due_on": [slot.day for slot in slots if slot],
            "nth_of_day": [slot.nth for slot in slots if slot],
        },
    )


def _expires_at(slot: Slot) -> datetime:
    """Nothing is shown outside the patient's hours, also not what fell due inside them."""
    return min(slot.due_at + SHOWN_FOR, slot.open_until)


def _make_prompts(due: Sequence[tuple[BreakRule, Slot]], now: datetime) -> None:
    if not due:
        return
    ids = [uuid7() for _ in due]
    expiries = [_expires_at(slot) for _, slot in due]
    insert_columns(
        Prompt,
        {
            "id": ids,
            "clinic_id": [rule.clinic_id for rule, _ in due],
            "patient_id": [rule.patient_id for rule, _ in due],
            "rule_id": [rule.pk for rule, _ in due],
            "step": [rule.step for rule, _ in due],
            "due_at": [slot.due_at for _, slot in due],
            "due_on": [slot.day for _, slot in due],
            "show_at": [slot.due_at for _, slot in due],
            "expires_at": expiries,
        },
        {"nth": 1},
    )
    delivery.queue_prompts(
        prompts=[
            PromptNotice(
                clinic_id=rule.clinic_id,
                recipient_id=rule.patient_id,
                source_id=prompt_id,
                nth=1,
                due_at=slot.due_at,
                expires_at=expires_at,
                by_push=rule.by_push,
                path=prompt_path(prompt_id),
            )
            for (rule, slot), prompt_id, expires_at in zip(due, ids, expiries, strict=True)
            if rule.by_push
        ],
        now=now,
    )


def _one_by_one(now: datetime) -> tuple[int, int]:
    """The same for as many rules as a batch has, each by itself."""
    held = made = 0
    for _ in range(BATCH):
        try:
            found, prompts = _sweep(now, 1)
        except (IntegrityError, DataError):
            longest_due = BreakRule.objects.due(now).order_by("next_due_at", "id")
            _put_off(longest_due.values_list("pk", flat=True)[:1], now)
            found, prompts = 1, 0
        if not found:
            break
        held, made = held + found, made + prompts
    return held, made


def _put_off(rules: Iterable[UUID], now: datetime) -> None:
    """Out of the way of the others, and of the measure of how late the engine is. The calendar, which may
    have gone wrong, is asked again then: the slot ends as it begins, so nothing is shown for it.
    """
    later = now + AFTER_A_FAULT
    BreakRule.objects.filter(pk__in=list(rules)).update(
        next_due_at=later, open_until=later + timedelta.resolution
    )
