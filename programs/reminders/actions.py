"""Setting up movement breaks, prompting them when due, and answering them."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from programs.accounts.models import Clinic, User
from programs.reminders.models import BreakRule, Outcome, Prompt
from programs.reminders.rules import next_due

logger = logging.getLogger(__name__)

# An unanswered prompt is worth showing for this long; a later one says the same thing anyway.
SHOWN_FOR = timedelta(minutes=10)
SNOOZES = (5, 10, 15)
AFTER_A_FAULT = timedelta(hours=1)
_SWEEP = 200

OVER = "This prompt is over."
OUTSIDE = "That would be outside your hours. Choose a shorter time, or Not now."


@transaction.atomic
def set_break_rule(
    *,
    clinic: Clinic,
    patient: User,
    enabled: bool,
    interval_minutes: int,
    weekdays: Collection[int],
    window_start: time,
    window_end: time,
    quiet_start: time | None,
    quiet_end: time | None,
    time_zone: str,
    now: datetime,
) -> BreakRule:
    """Write down when a patient wants to be prompted; the first prompt is one interval from now."""
    errors = {}
    if not 20 <= interval_minutes <= 60:
        errors["interval_minutes"] = "Choose 20 to 60 minutes."
    if not set(weekdays) or not set(weekdays) <= set(range(7)):
        errors["weekdays"] = "Choose at least one day."
    if window_end <= window_start:
        errors["window_end"] = "The last hour must be later than the first."
    if (quiet_start is None) != (quiet_end is None):
        errors["quiet_end"] = "Give both the start and the end of the quiet time, or neither."
    if errors:
        raise ValidationError(errors)
    rule = BreakRule(
        clinic=clinic,
        patient=patient,
        enabled=enabled,
        interval_minutes=interval_minutes,
        weekdays=sorted(set(weekdays)),
        window_start=window_start,
        window_end=window_end,
        quiet_start=quiet_start,
        quiet_end=quiet_end,
        time_zone=time_zone,
    )
    rule.clean_fields(exclude=["clinic", "patient"])
    rule.next_due_at = next_due(now, rule.schedule)
    if enabled and rule.next_due_at is None:
        raise ValidationError({"quiet_end": "With this quiet time there would never be a prompt."})
    values = {
        field: getattr(rule, field)
        for field in (
            "clinic",
            "enabled",
            "interval_minutes",
            "weekdays",
            "window_start",
            "window_end",
            "quiet_start",
            "quiet_end",
            "time_zone",
            "next_due_at",
        )
    }
    stored, _ = BreakRule.objects.update_or_create(patient=patient, defaults=values)
    return stored


def prompt_due(*, now: datetime) -> int:
    """Make a prompt for every rule that is due, and close those that are over; returns how many were made.

    Safe to run any number of times at once: `step` moves only once. What fell due so long ago that its
    prompt would be over is not made up for.
    """
    Prompt.objects.unanswered().filter(expires_at__lte=now).update(outcome=Outcome.EXPIRED, answered_at=now)
    made = 0
    for rule in BreakRule.objects.due(now).order_by("next_due_at", "id")[:_SWEEP]:
        try:
            made += _prompt(rule, now)
        except Exception:
            logger.exception("break rule %s could not prompt", rule.pk)
            # Out of the way of the others, and of the measure of how late the engine is.
            BreakRule.objects.filter(pk=rule.pk, step=rule.step).update(next_due_at=now + AFTER_A_FAULT)
    return made


@transaction.atomic
def _prompt(rule: BreakRule, now: datetime) -> int:
    due_at = rule.next_due_at
    if due_at is None:
        return 0
    missed = now - due_at >= SHOWN_FOR
    following = next_due(now if missed else due_at, rule.schedule)
    moved = BreakRule.objects.filter(pk=rule.pk, step=rule.step, next_due_at=due_at, enabled=True).update(
        next_due_at=following, step=rule.step + 1, enabled=following is not None
    )
    if not moved or missed:
        return 0
    Prompt.objects.create(
        clinic_id=rule.clinic_id,
        patient_id=rule.patient_id,
        rule=rule,
        step=rule.step,
        due_at=due_at,
        show_at=due_at,
        expires_at=due_at + SHOWN_FOR,
    )
    return 1


@transaction.atomic
def answer_prompt(*, prompt: Prompt, outcome: Outcome, now: datetime) -> Prompt:
    """Done or not now. The same answer again changes nothing; a prompt that is over says so."""
    answered = Prompt.objects.unanswered().filter(pk=prompt.pk, expires_at__gt=now)
    changed = answered.update(outcome=outcome, answered_at=now)
    prompt.refresh_from_db()
    if changed and outcome == Outcome.DONE:
        credit_movement(patient=prompt.patient, at=now)
    if prompt.outcome != outcome:
        raise ValidationError(OVER)
    return prompt


@transaction.atomic
def snooze_prompt(*, prompt: Prompt, minutes: int, now: datetime) -> Prompt:
    """Show the same prompt again after 5, 10 or 15 minutes; the next one counts from then.

    A prompt that is put off already stays as it is.
    """
    if minutes not in SNOOZES:
        raise ValidationError({"minutes": "Choose 5, 10 or 15 minutes."})
    again_at = now + timedelta(minutes=minutes)
    if not prompt.rule.schedule.allows_at(again_at):
        raise ValidationError({"minutes": OUTSIDE})
    showing = Prompt.objects.showing(now).filter(pk=prompt.pk)
    put_off = showing.update(show_at=again_at, expires_at=again_at + SHOWN_FOR, nth=F("nth") + 1)
    prompt.refresh_from_db()
    if put_off:
        _restart_interval(prompt.patient, again_at)
    elif prompt.outcome is not None or prompt.expires_at <= now:
        raise ValidationError(OVER)
    return prompt


def credit_movement(*, patient: User, at: datetime) -> None:
    """The patient has just moved: the open prompt, put off or not, is done; the next is an interval later."""
    waiting = Prompt.objects.unanswered().filter(patient=patient, expires_at__gt=at)
    waiting.update(outcome=Outcome.DONE, answered_at=at)
    _restart_interval(patient, at)


def _restart_interval(patient: User, at: datetime) -> None:
    for rule in BreakRule.objects.filter(patient=patient, enabled=True):
        following = next_due(at, rule.schedule)
        if following is not None:
            BreakRule.objects.filter(pk=rule.pk, step=rule.step).update(next_due_at=following)
