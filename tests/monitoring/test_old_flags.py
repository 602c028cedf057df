"""Flags from before levels: what the migration makes of their evidence."""

from datetime import date
from importlib import import_module

import pytest

from programs.monitoring.rules import Baseline, Evidence, Reading

migration = import_module("programs.monitoring.migrations.0002_levels_and_check_ins")

pytestmark = pytest.mark.pure

REPORTS = [
    {"recorded_on": "2026-11-18", "worst_leg_pain": 6},
    {"recorded_on": "2026-11-19", "worst_leg_pain": 7},
]
BASELINE = {"centre": 3.0, "spread": 1.5, "reports": 9, "first_on": "2026-10-01", "last_on": "2026-10-20"}


def test_a_sum_of_spreads_becomes_a_sum_of_points():
    old = {"reports": REPORTS, "baseline": BASELINE, "cusum": 10.0, "threshold": 8.0}

    assert Evidence.from_dict(migration.new_evidence(old)) == Evidence(
        measure="worst_leg_pain",
        readings=(Reading(date(2026, 11, 18), 6), Reading(date(2026, 11, 19), 7)),
        baseline=Baseline(3.0, 1.5, 9, date(2026, 10, 1), date(2026, 10, 20)),
        limit=12.0,
        allowance=0.75,
        counted_above=4.5,
        total=15.0,
    )


def test_what_the_early_rule_saw_has_no_spread_and_no_sum():
    old = {"reports": REPORTS, "baseline": BASELINE, "cusum": None, "threshold": 6.0}

    evidence = Evidence.from_dict(migration.new_evidence(old))

    assert (evidence.limit, evidence.allowance, evidence.counted_above, evidence.total) == (
        6.0,
        None,
        None,
        None,
    )
    assert evidence.baseline == Baseline(3.0, None, 9, date(2026, 10, 1), date(2026, 10, 20))
