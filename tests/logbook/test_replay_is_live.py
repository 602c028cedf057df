"""The command finds in a file what the product found when the same reports came in day by day."""

from __future__ import annotations

import csv
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command

from programs.accounts.models import User
from programs.home.rules import KINDS, simulate_leg_pain
from programs.logbook.actions import RE_DERIVED, record_daily_check, record_weekly_check
from programs.logbook.models import DailyCheck, WeeklyCheck
from programs.monitoring.models import CheckIn, FlagEvent
from programs.monitoring.rules import Report
from programs.monitoring.rules.replay import COLUMNS, VALUES
from tests import makers

pytestmark = pytest.mark.once

DAYS = 84
TODAY = makers.NOON.date()
LIVE_FROM = TODAY - timedelta(days=13)
"""From this day on reports come in one by one, as in life; those before are there from the start."""
FOUND_FROM = LIVE_FROM - RE_DERIVED
"""The first of them is judged together with the two weeks before it."""
ASKED_FROM = LIVE_FROM
"""Nobody is asked about more than a week ago: such check-ins are replayed only."""
FIRST_DAY = TODAY - timedelta(days=DAYS - 1)


def history(number: int) -> list[Report]:
    """One simulated person: the Daily check most days, and what is asked once a week."""
    rng = Random(number)
    legs = simulate_leg_pain(KINDS[number % len(KINDS)], DAYS, rng, onset=DAYS - 16)
    reports = []
    for day, leg in enumerate(legs):
        recorded_on = FIRST_DAY + timedelta(days=day)
        if leg is not None:
            further = number % 3 == 0 and day >= DAYS - 12
            rank = 5 if further else rng.choice((3, 3, 4))
            reports.append(Report(recorded_on, leg, 2, distal_rank_right=rank))
        if day % 7 == number % 7:
            is_bad = day >= DAYS - 26
            reports.append(
                Report(
                    recorded_on,
                    numb_bother=rng.choice((4, 5, 6) if is_bad and number % 4 == 0 else (0, 1, 2)),
                    weakness="new_or_worse" if is_bad and number == 5 else "none",
                    groc=rng.choice(
                        ("much_worse", "the_same") if is_bad and number % 5 == 1 else ("the_same",)
                    ),
                )
            )
    return reports


def live(patient: User, reports: list[Report]) -> None:
    """The reports come in at noon of their own days."""
    of = {"clinic": patient.memberships.get().clinic, "patient": patient}
    before = [each for each in reports if each.recorded_on < LIVE_FROM]
    DailyCheck.objects.bulk_create(DailyCheck(**of, **daily(each)) for each in before if each.groc is None)
    WeeklyCheck.objects.bulk_create(WeeklyCheck(**of, **weekly(each)) for each in before if each.groc)
    for each in reports[len(before) :]:
        now = makers.NOON - (TODAY - each.recorded_on)
        if each.groc is None:
            record_daily_check(**of, **daily(each), check_id=uuid4(), reach_left=None, now=now)
        else:
            record_weekly_check(**of, **weekly(each), check_id=uuid4(), now=now)


def daily(report: Report) -> dict[str, Any]:
    return {
        "recorded_on": report.recorded_on,
        "worst_leg_pain": report.worst_leg_pain,
        "worst_back_pain": report.worst_back_pain,
        "reach_right": report.distal_rank_right,
    }


def weekly(report: Report) -> dict[str, Any]:
    return makers.WEEKLY_ANSWERS | {
        "recorded_on": report.recorded_on,
        "groc": report.groc,
        "weakness": report.weakness,
        "bother_tingling_numbness": report.numb_bother,
    }


def found_live() -> list[list[str]]:
    """The findings that were kept, as rows of the table."""
    rows = [
        [str(patient), day.isoformat(), rule, level, version]
        for patient, day, rule, level, version in FlagEvent.objects.filter(found_on__gte=FOUND_FROM)
        .order_by()
        .values_list("flag__patient_id", "found_on", "rule", "level", "rule_version")
        .distinct()
    ]
    rows += [
        [str(each.patient_id), each.found_on.isoformat(), each.rule, "check_in", each.rule_version]
        for each in CheckIn.objects.filter(found_on__gte=ASKED_FROM, superseded_at=None)
    ]
    return sorted(rows)


def test_the_command_finds_in_a_file_what_was_found_live(clinic, bob, tmp_path: Path):
    people = {makers.patient(clinic, f"p{number}", cared_for_by=bob): history(number) for number in range(12)}
    with (tmp_path / "reports.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for patient, reports in people.items():
            live(patient, reports)
            writer.writerows(
                [patient.pk, each.recorded_on, *(getattr(each, name) for name in VALUES)] for each in reports
            )
    call_command(
        "replay_pain", str(tmp_path / "reports.csv"), "--out", str(tmp_path / "findings.csv"), verbosity=0
    )
    with (tmp_path / "findings.csv").open(newline="") as file:
        findings = [row[:5] for row in list(csv.reader(file))[1:]]
    first = {"check_in": ASKED_FROM}
    replayed = sorted(row for row in findings if row[1] >= first.get(row[3], FOUND_FROM).isoformat())
    assert replayed == found_live()
    assert {"W1", "W2", "W3", "W4", "W5", "W6"} <= {row[2] for row in replayed}
    assert {row[3] for row in replayed} == {"check_in", "flag", "emergency"}
