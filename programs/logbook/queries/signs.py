"""What there is of a patient's logbook on one day: so much of it that nothing else need be read for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, Subquery
from django.db.models.functions import Coalesce

from programs.accounts.models import User
from programs.logbook.models import DailyCheck, Intake, MorningCheck, WeeklyCheck
from programs.logbook.queries.readiness import own_changes
from programs.logbook.queries.reports import RULE_WINDOW


@dataclass(frozen=True, slots=True)
class LogbookSigns:
    """What was answered, and when. Days are the patient's local ones."""

    has_daily_check: bool
    """Of the day itself."""
    has_morning_check: bool
    """About the sessions of the day before."""
    last_weekly_on: date | None
    leg_scores: int
    """How many scores of leg pain the worsening rules have."""
    has_intake: bool
    """ "About your pain" was ever answered."""
    has_changed_stage: bool
    """Something happened to the stage of the plan lately."""


def logbook_signs(patient: User, day: date, now: datetime) -> dict[str, Any]:
    """An expression for each field of `LogbookSigns`, for a query that looks for more than these."""
    checks = DailyCheck.objects.current().filter(patient=patient)
    scores = checks.filter(recorded_on__gte=day - RULE_WINDOW, worst_leg_pain__isnull=False)
    weekly = WeeklyCheck.objects.filter(patient=patient).order_by("-recorded_on")
    changes = own_changes(now).filter(plan__patient=patient, plan__ended_at=None)
    mornings = MorningCheck.objects.filter(patient=patient, about_on=day - timedelta(days=1))
    return {
        "has_daily_check": Exists(checks.filter(recorded_on=day)),
        "has_morning_check": Exists(mornings),
        "last_weekly_on": Subquery(weekly.values("recorded_on")[:1]),
        "leg_scores": Coalesce(
            Subquery(scores.order_by().values("patient").annotate(number=Count("pk")).values("number")), 0
        ),
        "has_intake": Exists(Intake.objects.filter(patient=patient)),
        "has_changed_stage": Exists(changes),
    }
