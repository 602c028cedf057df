"""The values that the worsening rules judge."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from uuid import UUID

from programs.accounts.models import User
from programs.logbook.models import DailyCheck, WeeklyCheck
from programs.logbook.rules import distal_rank
from programs.monitoring.rules import LOOKBACK_DAYS, Report

# What is said of a day depends on no older report: storing one reads this and no more.
RULE_WINDOW = timedelta(days=LOOKBACK_DAYS)


def recent_reports(patient: User, since: date) -> list[Report]:
    """What the rules need to judge the days from `since` on; two queries, whatever the history.

    A report may be of a day that is still to come where the patient is now: they have crossed the date line.
    """
    ((_, reports),) = reports_of([patient.pk], since - RULE_WINDOW)
    return reports


def reports_of(patients: Collection[UUID], first: date) -> Iterator[tuple[UUID, list[Report]]]:
    """What many patients reported from a day on, for the rules: two queries, however many they are."""
    reports: dict[UUID, list[Report]] = {patient: [] for patient in patients}
    daily = (
        DailyCheck.objects.current()
        .filter(patient__in=patients, recorded_on__gte=first)
        .order_by()
        .values_list(
            "patient_id",
            "recorded_on",
            "worst_leg_pain",
            "worst_back_pain",
            "reach_left",
            "reach_right",
            "tingling_numbness_left",
            "tingling_numbness_right",
        )
    )
    for patient, day, leg, back, reach_left, reach_right, left, right in daily:
        ranks = distal_rank(reach_left, left), distal_rank(reach_right, right)
        reports[patient].append(Report(day, leg, back, *ranks))
    weekly = (
        WeeklyCheck.objects.filter(patient__in=patients, recorded_on__gte=first)
        .order_by()
        .values_list("patient_id", "recorded_on", "bother_tingling_numbness", "weakness", "groc")
    )
    for patient, day, bother, weakness, groc in weekly:
        reports[patient].append(Report(day, numb_bother=bother, weakness=weakness, groc=groc))
    yield from reports.items()
