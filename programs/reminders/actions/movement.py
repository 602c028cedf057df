"""Writing down that a patient has moved, with or without a prompt, and what that means for the next one."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from uuid_utils.compat import uuid7

from programs.accounts.models import Clinic, User
from programs.lib.times import local_day
from programs.library.models import BreakMovement
from programs.reminders.actions.interval import close, count_from, heed, open_prompts
from programs.reminders.models import BreakRule, MovementBreak, Outcome, Prompt

CLOCK_TOLERANCE = timedelta(minutes=5)
LATEST = timedelta(hours=24)

ONE_BREAK = timedelta(minutes=10)
"""What is told of moments closer together than this is one and the same break, and it answers a prompt that
was due so soon after it."""

NOT_YET = "This time has not come yet."
TOO_LONG_AGO = "This is more than 24 hours ago."
NOT_KNOWN = "Choose a movement from the list."
NOT_A_SOURCE = "Choose own or moved."
TAKEN = "This id is already in use."


@transaction.atomic
def record_movement(
    *,
    clinic: Clinic,
    patient: User,
    source: str,
    moved_at: datetime,
    now: datetime,
    movement: str = "",
    break_id: UUID | None = None,
) -> MovementBreak:
    """The patient moved by themselves, had moved already, or did a session, at `moved_at`.

    An open prompt that was due by then, or within ten minutes after, is done, put off or not. Where the
    patient moved after the running interval began, it begins anew at `moved_at`; it never goes back. Moments
    less than ten minutes apart are one break: then the row that is there is returned, as it is when the same
    `break_id` comes again.

    A client's clock may be five minutes ahead, which means now. A break is told of within 24 hours; a session
    has its own limit where it is stored. Raises ValidationError at `moved_at`, `movement`, `source` or `id`.
    """
    # A patient without a rule has no row of it to hold, and two taps at once are still one break.
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)
    stored = MovementBreak.objects.filter(pk=break_id).first() if break_id else None
    if stored is not None:
        if stored.patient_id != patient.pk:
            raise ValidationError({"id": TAKEN})
        return stored
    _check(source, moved_at, movement, now)
    moved_at = min(moved_at, now)
    rule = BreakRule.objects.select_for_update().filter(patient=patient).first()
    if rule is not None:
        _answer_by_moving(rule, moved_at, now)
    return _write_down(
        MovementBreak(
            id=break_id or uuid7(),
            clinic=clinic,
            patient=patient,
            source=source,
            moved_at=moved_at,
            movement=movement,
        )
    )


def follow_prompt(rule: BreakRule, prompt: Prompt, now: datetime, movement: str) -> None:
    """The patient moves now, because of this prompt. The caller holds the row of `rule`."""
    _check(MovementBreak.Source.OWN, now, movement, now)
    _answer_by_moving(rule, now, now)
    _write_down(
        MovementBreak(
            clinic_id=prompt.clinic_id,
            patient=prompt.patient,
            source=MovementBreak.Source.PROMPT,
            moved_at=now,
            movement=movement,
            prompt=prompt,
        )
    )


def follow_late(
    rule: BreakRule, prompt: Prompt, *, moved_at: datetime, now: datetime, movement: str = ""
) -> None:
    """The patient moved because of this prompt, which was over by then: a break by themselves, written down
    once. The caller holds the rows of `rule` and `prompt`.
    """
    if MovementBreak.objects.filter(pk=prompt.pk, patient=prompt.patient_id).exists():
        return
    _check(MovementBreak.Source.OWN, moved_at, movement, now)
    close(Prompt.objects.unanswered().filter(pk=prompt.pk, expires_at__lte=now), Outcome.EXPIRED, now)
    _answer_by_moving(rule, moved_at, now)
    _write_down(
        MovementBreak(
            id=prompt.pk,
            clinic_id=prompt.clinic_id,
            patient=prompt.patient,
            source=MovementBreak.Source.OWN,
            moved_at=moved_at,
            movement=movement,
        )
    )


def _check(source: str, moved_at: datetime, movement: str, now: datetime) -> None:
    errors = {}
    if source not in (MovementBreak.Source.OWN, MovementBreak.Source.MOVED, MovementBreak.Source.SESSION):
        errors["source"] = NOT_A_SOURCE
    if moved_at > now + CLOCK_TOLERANCE:
        errors["moved_at"] = NOT_YET
    elif source != MovementBreak.Source.SESSION and now - moved_at > LATEST:
        errors["moved_at"] = TOO_LONG_AGO
    if movement and movement not in set(BreakMovement.objects.values_list("slug", flat=True)):
        errors["movement"] = NOT_KNOWN
    if errors:
        raise ValidationError(errors)


def _answer_by_moving(rule: BreakRule, moved_at: datetime, now: datetime) -> None:
    answered = open_prompts(rule, now).filter(due_at__lte=moved_at + ONE_BREAK)
    # What was put off comes no more, so nothing counts from there.
    put_off = answered.filter(show_at=rule.counts_from).first()
    began_at = put_off.due_at if put_off else rule.counts_from
    close(answered, Outcome.DONE, now)
    heed(rule)
    if rule.enabled and max(began_at, moved_at) != rule.counts_from:
        count_from(rule, max(began_at, moved_at), not_before=rule.paused_until)


def _write_down(row: MovementBreak) -> MovementBreak:
    """Store it, or return the row of the break that it is a part of."""
    near = MovementBreak.objects.filter(
        patient=row.patient, moved_at__gt=row.moved_at - ONE_BREAK, moved_at__lt=row.moved_at + ONE_BREAK
    )
    there = near.first()
    if there is not None:
        return there
    row.moved_on = local_day(row.moved_at, row.patient.time_zone)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise ValidationError({"id": TAKEN}) from error
    return row
