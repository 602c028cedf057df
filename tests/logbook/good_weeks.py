"""Two calm weeks, after which a patient is ready for the next stage."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

from programs.care.models import Plan
from programs.logbook.actions import record_morning_check
from programs.logbook.models import StageTest
from tests import makers

READY_AT = makers.NOON + timedelta(days=14)
"""Two weeks after the plan began."""


def lived(plan: Plan, until: datetime = READY_AT, leg: int = 3, today: int | None = 3) -> None:
    """Checks, sessions with their mornings, safety answers and a passed test, in the two weeks up to `until`.

    `leg` is the worst leg pain of each day but the last, and `today` of that; None is not reported.
    """
    patient = plan.patient
    makers.calm_checks(patient, leg, [until - timedelta(days=back) for back in (11, 10, 9, 8, 7, 4, 3, 2, 1)])
    for back in (6, 5, 3, 2, 1):
        day = until - timedelta(days=back)
        makers.session(plan, at=day, pain=(2, 2, 2))
        morning(plan, day.date(), now=day + timedelta(hours=20))
    makers.screened(patient, at=until - timedelta(hours=4))
    a_test(plan, until.date())
    if today is not None:
        makers.daily_check(patient, today, now=until)


def morning(plan: Plan, about_on: date, now: datetime, pain: int = 2) -> None:
    record_morning_check(
        clinic=plan.clinic,
        patient=plan.patient,
        check_id=uuid4(),
        about_on=about_on,
        pain=pain,
        settles_within=None,
        now=now,
    )


def a_test(plan: Plan, on: date, *, is_passed: bool | None = True) -> StageTest:
    return StageTest.objects.create(
        clinic=plan.clinic,
        patient=plan.patient,
        plan_version=makers.version(plan),
        stage_number=plan.stage_number,
        taken_on=on,
        values={},
        is_passed=is_passed,
    )
