"""Flags that nobody has taken on, or that were left behind; and taking over somebody else's patient."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.actions import start_care
from programs.accounts.models import Clinic, User
from programs.accounts.queries import reachable_staff, therapists_of
from programs.delivery import actions as delivery
from programs.delivery.models import Delivery, Notice, State
from programs.monitoring.actions.concerns import OWNER_HAS_LEFT
from programs.monitoring.actions.episode import open_again, tell
from programs.monitoring.actions.flags import acknowledge_flag
from programs.monitoring.actions.telling import audience_of, put_on_step, send
from programs.monitoring.models import Flag, FlagEvent, FlagState
from programs.monitoring.queries import SOURCE, open_since, schedule_of
from programs.monitoring.rules import next_step

logger = logging.getLogger(__name__)

_BATCH = 100
AFTER_A_FAULT = timedelta(minutes=1)
NOT_HERE_ANY_MORE = "This patient is not in your clinic any more."
"""One sentence for every reason: who has not taken a patient over learns no name."""


def escalate_due(*, now: datetime) -> int:
    """Take every open flag that is due one step further, and open again what those who took it on have left
    behind; returns for how many flags people were told.

    Safe to run any number of times at once: each step is taken once. A run takes the 100 that have waited
    longest, of either. One flag's fault keeps no other back: it is tried again a minute later.
    """
    left_behind = Flag.objects.left_behind().order_by("opened_at", "id").values_list("pk", flat=True)
    due = Flag.objects.due(now).order_by("next_escalation_at", "id").values_list("pk", flat=True)
    told = sum(_without_fault(_open_left_behind, pk, now) for pk in left_behind[:_BATCH])
    return told + sum(_without_fault(_escalate, pk, now) for pk in due[:_BATCH])


@transaction.atomic
def tell_who_cares(*, clinic: Clinic, patient: User, now: datetime) -> None:
    """Somebody has been given this patient: tell them of what is open. Whoever was told is not told again,
    unless somebody comes back from whom it was taken back: then everybody is told once more.
    """
    waiting = Flag.objects.filter(clinic=clinic, patient=patient, state=FlagState.OPEN)
    held = waiting.select_for_update(no_key=True, of=("self",))
    for flag in held.select_related("clinic", "patient").order_by("id"):
        told = Delivery.objects.filter(source_kind=SOURCE, source_id=flag.pk, nth=flag.told)
        if told.filter(state=State.WITHDRAWN, recipient__in=therapists_of(patient, clinic)).exists():
            flag.told += 1
            flag.save(update_fields=["told"])
            delivery.withdraw(source_kind=SOURCE, source_id=flag.pk)
        tell(flag, now)


def tell_no_more(*, clinic: Clinic, patient: User, therapist: User) -> None:
    """Somebody cares for this patient no longer: take back what they were not sent, or have not read."""
    for pk in Flag.objects.filter(clinic=clinic, patient=patient).unresolved().values_list("pk", flat=True):
        delivery.withdraw(source_kind=SOURCE, source_id=pk, recipient=therapist)


@transaction.atomic
def take_over(*, flag: Flag, by: User, now: datetime) -> Flag:
    """Care for the patient of an open flag from now on, and take it on.

    Of two at once the first does; the second is told who has it, and does not become one who cares for them.
    """
    try:
        start_care(clinic=flag.clinic, patient=flag.patient, therapist=by, by=by, now=now)
    except ValidationError as refused:
        raise ValidationError(NOT_HERE_ANY_MORE) from refused
    return acknowledge_flag(flag=flag, by=by, now=now)


def _without_fault(take: Callable[[UUID, datetime], bool], pk: UUID, now: datetime) -> bool:
    try:
        return take(pk, now)
    except Exception:
        logger.exception("flag %s could not be taken further", pk)
        # So that those which fail do not fill every run.
        Flag.objects.due(now).filter(pk=pk).update(next_escalation_at=now + AFTER_A_FAULT)
        return False


@transaction.atomic
def _escalate(pk: UUID, now: datetime) -> bool:
    held = Flag.objects.due(now).select_for_update(skip_locked=True, no_key=True, of=("self",))
    flag = held.select_related("patient", "clinic").filter(pk=pk).first()
    if flag is None:  # another run has it, or somebody took it on meanwhile
        return False
    staff, since, told_before = reachable_staff(flag.clinic), open_since(flag), flag.step
    step = next_step(flag.level, flag.kind, flag.step, since, schedule_of(staff.policy))
    audience = audience_of(flag, step, staff)
    put_on_step(flag, audience, since, now)
    flag.told += 1
    flag.save(update_fields=["step", "told", "next_escalation_at"])
    note = audience.in_words(told_before)
    FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.ESCALATED, at=now, note=note)
    delivery.withdraw(source_kind=SOURCE, source_id=flag.pk)  # one unread notice each is enough
    send(flag, audience, Notice.NOBODY_TOOK_IT_ON, now)
    return True


@transaction.atomic
def _open_left_behind(pk: UUID, now: datetime) -> bool:
    held = Flag.objects.left_behind().select_for_update(skip_locked=True, no_key=True, of=("self",))
    flag = held.select_related("patient", "clinic").filter(pk=pk).first()
    if flag is None:
        return False
    FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.REOPENED, at=now, note=OWNER_HAS_LEFT)
    open_again(flag, now)
    return True
