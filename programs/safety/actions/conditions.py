"""What rules exercises out for a patient: said in a screening, cleared when it is over."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import User
from programs.library.models import Contraindication
from programs.safety.models import Answer, Condition, Screening
from programs.safety.rules import BOTH_LEGS, CHECKED, LONG_KNOWN, Item

NO_NOTE = "Write who said yes, and when."
TOO_LONG = "Write at most 300 letters."
ANSWERED_NO = "Said later that it is not so."
_LONGEST_NOTE, _LONGEST_SINCE = 300, 60


@transaction.atomic
def clear_condition(*, condition: Condition, note: str, by: User, now: datetime) -> Condition:
    """A clinician has said yes: it rules nothing out any more. Clearing it again changes nothing."""
    note = note.strip()
    if not note:
        raise ValidationError({"note": NO_NOTE})
    if len(note) > _LONGEST_NOTE:
        raise ValidationError({"note": TOO_LONG})
    Condition.objects.current().filter(pk=condition.pk).update(
        cleared_at=now, cleared_by=by, clearance_note=note
    )
    condition.refresh_from_db()
    return condition


def keep_conditions(
    screening: Screening, said: Mapping[Contraindication, str], answered_at: datetime, now: datetime
) -> list[Contraindication]:
    """Write down what applies to the patient, and clear what does not any more.

    "Not sure" counts as yes where a clinician is to be asked first, and as no where only some exercises are
    left out. Returns what is new and asks for a clinician.
    """
    new = []
    for row, answer in said.items():
        is_filter = row.level == Contraindication.Level.FILTER
        if answer == Answer.YES or (answer == Answer.NOT_SURE and not is_filter):
            if _say(screening, row.slug, answered_at) and not is_filter:
                new.append(row)
        elif answer == Answer.NO:
            _unsay(screening, row.slug, answered_at, now)
    return new


def keep_bilateral(
    screening: Screening,
    added: Mapping[str, str],
    both_legs: Item | None,
    since: str,
    answered_at: datetime,
    now: datetime,
) -> None:
    """Write down symptoms in both legs that are old, and whether a clinician has checked them.

    added: the new answers; both_legs: what stands open about RF07.
    """
    on_top = {} if both_legs is None else both_legs.on_top
    if CHECKED in added and on_top.get(LONG_KNOWN) == Answer.YES:
        _unsay(screening, Condition.BILATERAL, answered_at, now)
        _say(screening, Condition.BILATERAL, answered_at, since, is_checked=added[CHECKED] == Answer.YES)
    elif added.get(BOTH_LEGS) == Answer.NO:
        unchecked = Condition.objects.current().filter(
            is_checked_by_clinician=False, said_at__lte=answered_at
        )
        unchecked.filter(patient=screening.patient, slug=Condition.BILATERAL).update(
            cleared_at=now, cleared_by=screening.patient, clearance_note=ANSWERED_NO
        )


def _say(
    screening: Screening, slug: str, answered_at: datetime, since: str = "", *, is_checked: bool = False
) -> bool:
    """Returns whether it is new. Of one that stands already, the last time it was said counts."""
    condition, is_new = Condition.objects.current().get_or_create(
        patient=screening.patient,
        slug=slug,
        defaults={
            "clinic": screening.clinic,
            "screening": screening,
            "since": since[:_LONGEST_SINCE],
            "is_checked_by_clinician": is_checked,
            "said_at": answered_at,
        },
    )
    if condition.said_at < answered_at:
        condition.said_at = answered_at
        condition.save(update_fields=["said_at"])
    return is_new


def _unsay(screening: Screening, slug: str, answered_at: datetime, now: datetime) -> None:
    """A "no" that comes late takes nothing back that was said after it."""
    said = Condition.objects.current().filter(patient=screening.patient, slug=slug)
    current = said.filter(said_at__lte=answered_at)
    current.update(cleared_at=now, cleared_by=screening.patient, clearance_note=ANSWERED_NO)
