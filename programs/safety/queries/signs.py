"""What there is of a patient's safety record at all, so that what is rare is read only where it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, QuerySet, Subquery

from programs.accounts.models import User
from programs.monitoring.models import FlagEvent, Kind
from programs.safety.models import (
    Answer,
    Condition,
    SafetyLock,
    Screening,
    ScreeningAnswer,
    ScreeningRequest,
)
from programs.safety.rules import AGAIN, FIRST, FULL, MONITOR, QUESTIONS, WEEKLY


@dataclass(frozen=True, slots=True)
class SafetySigns:
    """Whether there is anything to read, and when what counts was last done; None for never."""

    was_positive: bool
    """Something was once answered with yes, or "not sure" where that counts as yes. It may be long over."""
    checked_at: datetime | None
    """When it was last stored that a clinician has checked the patient."""
    closed_at: datetime | None
    """When a therapist last closed a flag about safety answers."""
    is_locked: bool
    has_conditions: bool
    """Something that rules exercises out, or `Condition.BILATERAL`, and that nobody has cleared."""
    is_bilateral_known: bool
    is_asked_anew: bool
    """A full set was asked for, and is not answered yet."""
    first_at: datetime | None
    weekly_at: datetime | None
    """Of weekly, full and first sets."""
    any_at: datetime | None
    """Of any set but what was asked again."""


def safety_signs(patient: User) -> dict[str, Any]:
    """An expression for each field of `SafetySigns`, for a query that looks for more than these."""
    completed = Screening.objects.filter(patient=patient)
    return {
        "was_positive": Exists(positive_answers(patient)),
        "checked_at": _newest(_checks(patient), "ended_at"),
        "closed_at": _newest(_closings(patient), "at"),
        "is_locked": Exists(SafetyLock.objects.open().filter(patient=patient)),
        "has_conditions": Exists(Condition.objects.current().filter(patient=patient)),
        "is_bilateral_known": Exists(_known_bilateral(patient)),
        "is_asked_anew": Exists(ScreeningRequest.objects.open().filter(patient=patient)),
        "first_at": _newest(completed.filter(kind=FIRST), "completed_at"),
        "weekly_at": _newest(completed.filter(kind__in=(WEEKLY, FULL, FIRST)), "completed_at"),
        "any_at": _newest(completed.exclude(kind=AGAIN), "completed_at"),
    }


def signs_of(patient: User) -> SafetySigns:
    """One query. Ask only for a patient the caller may see."""
    return SafetySigns(**User.objects.values(**safety_signs(patient)).get(pk=patient.pk))


def readable_answers(patient: User) -> QuerySet[ScreeningAnswer]:
    """All answers to safety questions that could be read, in no order."""
    given = ScreeningAnswer.objects.filter(screening__patient=patient, question__in=QUESTIONS)
    return given.exclude(answer=Answer.UNREADABLE).order_by()


def positive_answers(patient: User) -> QuerySet[ScreeningAnswer]:
    """Those that asked for something when they were given."""
    return readable_answers(patient).exclude(level=MONITOR)


def last_check(patient: User) -> datetime | None:
    """When it was last stored that a clinician has checked the patient."""
    at: datetime | None = _checks(patient).aggregate(at=Max("ended_at"))["at"]
    return at


def is_bilateral_known(patient: User) -> bool:
    """Whether both legs are an old story that a clinician has checked: RF07 is then another question."""
    return _known_bilateral(patient).exists()


def _checks(patient: User) -> QuerySet[SafetyLock]:
    return SafetyLock.objects.filter(patient=patient, ending=SafetyLock.Ending.CHECKED)


def _closings(patient: User) -> QuerySet[FlagEvent]:
    return FlagEvent.objects.filter(
        flag__patient=patient, flag__kind=Kind.SAFETY, kind=FlagEvent.Kind.RESOLVED
    )


def _known_bilateral(patient: User) -> QuerySet[Condition]:
    known = Condition.objects.current().filter(patient=patient, slug=Condition.BILATERAL)
    return known.filter(is_checked_by_clinician=True)


def _newest(rows: QuerySet[Any], moment: str) -> Subquery:
    known = rows.filter(**{f"{moment}__isnull": False})
    return Subquery(known.order_by(f"-{moment}").values(moment)[:1])
