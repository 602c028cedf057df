"""What the stage machine asks of many tables, a value of each: so much of it that one query finds it all."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, F, IntegerField, Max, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from programs.accounts.models import User
from programs.care.models import Plan, StageChange
from programs.lib.times import local_day
from programs.library.models import Contraindication
from programs.logbook.models import DailyCheck, GuidedSession, MorningCheck, StageTest
from programs.monitoring.models import CheckIn, Flag, Kind, Level
from programs.safety.models import Condition, SafetyLock, Screening, ScreeningRequest

_DAY = timedelta(days=1)
_WATCHED = (Kind.WORSENING, Kind.SAFETY)
"""The flags that hold a plan back: silence and no change by themselves do not."""


@dataclass(frozen=True, slots=True)
class StageSigns:
    """What is known of a patient's plan in force at a moment. Days are the patient's local ones."""

    advanced_at: datetime | None
    """When the plan last moved on."""
    had_flare: bool
    """A flare plan lay over the plan once."""
    was_withheld: bool
    """Sessions were once locked or ruled out, or only walking and breathing were allowed."""
    has_flag: bool
    """A flag that holds a plan back is not done."""
    has_check_in: bool
    """A check-in is to be answered."""
    is_screening_asked: bool
    """A set of all safety questions is waiting."""
    screened_at: datetime | None
    """When a whole set was last answered; what was asked again is about one answer and tells of no other."""
    tested_on: date | None
    """The newest go at the test of the stage, in whatever version of the plan."""
    is_test_passed: bool | None
    leg_pain_today: int | None
    """The worst of today's Daily checks."""
    worst_lately: int
    """The worst that was said of today and of the last 24 hours: of the leg, this morning, and before, during
    and after sessions. Where the patient has crossed time zones, a day by itself would miss some of it."""


def stage_signs(patient: User, now: datetime) -> dict[str, Any]:
    """An expression for each field of `StageSigns`, for a query that looks for more than these."""
    today = local_day(now, patient.time_zone)
    plan = Plan.objects.filter(patient=patient, ended_at=None).order_by().values("pk")
    changes = StageChange.objects.filter(plan__in=plan)
    advanced = changes.filter(kind=StageChange.Kind.ADVANCE).order_by("-at", "-id")
    screened = Screening.objects.filter(patient=patient, completed_at__lte=now)
    whole = screened.exclude(kind=Screening.Kind.AGAIN).order_by("-completed_at")
    tests = StageTest.objects.filter(
        plan_version__plan__in=plan, stage_number=F("plan_version__plan__stage_number"), taken_on__lte=today
    )
    checks = DailyCheck.objects.current().filter(patient=patient)
    return {
        "advanced_at": Subquery(advanced.values("at")[:1]),
        "had_flare": Exists(changes.filter(kind=StageChange.Kind.FLARE)),
        "was_withheld": Exists(SafetyLock.objects.filter(patient=patient))
        | Exists(blocking_conditions(patient))
        | Exists(restrictions(patient)),
        "has_flag": Exists(Flag.objects.filter(patient=patient, kind__in=_WATCHED).unresolved()),
        "has_check_in": Exists(CheckIn.objects.filter(patient=patient).open(now)),
        "is_screening_asked": Exists(ScreeningRequest.objects.open().filter(patient=patient)),
        "screened_at": Subquery(whole.values("completed_at")[:1]),
        "tested_on": Subquery(tests.values("taken_on")[:1]),
        "is_test_passed": Subquery(tests.values("is_passed")[:1]),
        "leg_pain_today": _worst(checks.filter(recorded_on=today), Max("worst_leg_pain")),
        "worst_lately": Greatest(*_said_lately(patient, today, now)),
    }


def stage_signs_of(patient: User, now: datetime) -> StageSigns:
    """One query. Ask only for a patient the caller may see."""
    row = User.objects.values(**stage_signs(patient, now)).get(pk=patient.pk)
    return StageSigns(**{field.name: row[field.name] for field in fields(StageSigns)})


def blocking_conditions(patient: User) -> QuerySet[Condition]:
    """What was said that rules exercise out, cleared or not."""
    blocks = Contraindication.objects.filter(level=Contraindication.Level.BLOCK).order_by().values("slug")
    return Condition.objects.filter(patient=patient, slug__in=blocks)


def restrictions(patient: User) -> QuerySet[Flag]:
    """The flags, done or not, under which only walking and breathing are allowed."""
    return Flag.objects.filter(patient=patient, kind=Kind.SAFETY, level=Level.FLAG)


def _said_lately(patient: User, today: date, now: datetime) -> list[Coalesce]:
    """The worst of each place where pain is said, 0 where nothing was."""
    news = Q(received_at__gt=now - _DAY, received_at__lte=now)
    checks = DailyCheck.objects.current().filter(
        Q(recorded_on=today) | Q(news, recorded_on__range=(today - _DAY, today + _DAY)), patient=patient
    )
    mornings = MorningCheck.objects.filter(
        Q(about_on=today - _DAY) | Q(news, about_on__range=(today - 2 * _DAY, today)), patient=patient
    )
    sessions = GuidedSession.objects.filter(
        Q(performed_on=today) | Q(finished_at__gt=now - _DAY, finished_at__lte=now), patient=patient
    )
    of_session = [
        Coalesce(Max(said), 0) for said in ("pain_before", "pain_peak", "pain_after", "results__pain_peak")
    ]
    found = [
        _worst(checks, Max("worst_leg_pain")),
        _worst(mornings, Max("pain")),
        _worst(sessions, Greatest(*of_session)),
    ]
    return [Coalesce(each, 0) for each in found]


def _worst(rows: QuerySet[Any], worst: Any) -> Subquery:
    """Of rows of one patient; null without any."""
    found = rows.order_by().values("patient").annotate(worst=worst).values("worst")
    return Subquery(found, output_field=IntegerField())
