"""The values that the worsening rules judge."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import CharField, JSONField, QuerySet, SmallIntegerField, Value

from programs.accounts.models import User
from programs.logbook.models import DailyCheck, WeeklyCheck
from programs.logbook.rules import distal_rank
from programs.monitoring.rules import LOOKBACK_DAYS, Report

# What is said of a day depends on no older report: storing one reads this and no more.
RULE_WINDOW = timedelta(days=LOOKBACK_DAYS)


def recent_reports(patient: User, since: date) -> list[Report]:
    """What the rules need to judge the days from `since` on; one query, whatever the history.

    A report may be of a day that is still to come where the patient is now: they have crossed the date line.
    """
    ((_, reports),) = reports_of([patient.pk], since - RULE_WINDOW)
    return reports


def daily_reports(patient: User, first: date) -> list[Report]:
    """What a patient said in Daily checks from a day on; one query."""
    return [_report(*said) for _, *said in _daily([patient.pk], first)]


def reports_of(patients: Collection[UUID], first: date) -> Iterator[tuple[UUID, list[Report]]]:
    """What many patients reported from a day on, for the rules: one query, however many they are."""
    reports: dict[UUID, list[Report]] = {patient: [] for patient in patients}
    for patient, *said in _daily(patients, first).union(_weekly(patients, first), all=True):
        reports[patient].append(_report(*said))
    yield from reports.items()


_NUMBER = Value(None, SmallIntegerField())
_WORD = Value(None, CharField())
_REGIONS = Value(None, JSONField())
_COLUMNS = (
    "patient_id",
    "recorded_on",
    "worst_leg_pain",
    "worst_back_pain",
    "reach_left",
    "reach_right",
    "tingling_numbness_left",
    "tingling_numbness_right",
    "bother_tingling_numbness",
    "weakness",
    "groc",
)


def _daily(patients: Collection[UUID], first: date) -> QuerySet[Any, tuple[Any, ...]]:
    found = DailyCheck.objects.current().filter(patient__in=patients, recorded_on__gte=first).order_by()
    not_asked = {"bother_tingling_numbness": _NUMBER, "weakness": _WORD, "groc": _WORD}
    return found.annotate(**not_asked).values_list(*_COLUMNS)


def _weekly(patients: Collection[UUID], first: date) -> QuerySet[Any, tuple[Any, ...]]:
    found = WeeklyCheck.objects.filter(patient__in=patients, recorded_on__gte=first).order_by()
    pains = dict.fromkeys(("worst_leg_pain", "worst_back_pain", "reach_left", "reach_right"), _NUMBER)
    regions = dict.fromkeys(("tingling_numbness_left", "tingling_numbness_right"), _REGIONS)
    return found.annotate(**pains, **regions).values_list(*_COLUMNS)


def _report(
    day: date,
    leg: int | None,
    back: int | None,
    reach_left: int | None,
    reach_right: int | None,
    left: list[str] | None,
    right: list[str] | None,
    *weekly: Any,
) -> Report:
    ranks = distal_rank(reach_left, left), distal_rank(reach_right, right)
    return Report(day, leg, back, *ranks, *weekly)
