"""That the rules stay about as good as docs/evaluation.md says: few people, wide margins, fixed seeds.

The document itself is written by `make evaluate`. This notices, in seconds, when a change of a rule or a
default made it untrue. Each bound lies about three standard errors from the figure there.
"""

from dataclasses import replace

import pytest

from tools.evaluation.cohorts import (
    FLUCTUATING,
    HIGH_STEP_2,
    RAMP_FAST,
    START_UP_CHANGES,
    STEADY,
    STEP_2,
    STEP_3,
    Cohort,
)
from tools.evaluation.measures import count_quiet, delay, yearly
from tools.evaluation.ours import CHECK_IN, judge_leg_pain

pytestmark = pytest.mark.pure

PEOPLE = 120
SEED = 7

MILD, MODERATE, SEVERE = STEADY[2], STEADY[4], STEADY[6]
EARLY_STEP = START_UP_CHANGES[0]


def flags(scores: list[int | None]) -> list[int]:
    """The days (from 0) on which a therapist would have been told."""
    said = judge_leg_pain([(day, score) for day, score in enumerate(scores) if score is not None])
    return [each.day for each in said if each.level != CHECK_IN]


def false_flags_a_year(cohort: Cohort) -> float:
    people = [cohort.person(SEED, number) for number in range(PEOPLE)]
    return yearly(
        [count_quiet(flags(person.scores), person.flare_days).false for person in people], cohort.days
    ).value


def share_found(cohort: Cohort) -> float:
    people = [cohort.person(SEED, number).scores for number in range(PEOPLE)]
    return sum(delay(flags(scores), cohort.onset, cohort.within) is not None for scores in people) / PEOPLE


@pytest.mark.parametrize(
    ("cohort", "most"),
    [(MILD, 0.7), (MODERATE, 0.9), (SEVERE, 0.9), (FLUCTUATING, 1.6)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_flags_are_rare_where_nothing_has_changed(cohort: Cohort, most: float) -> None:
    assert false_flags_a_year(cohort) <= most


@pytest.mark.parametrize(
    ("cohort", "least"),
    [(STEP_3, 0.93), (STEP_2, 0.78), (RAMP_FAST, 0.93), (HIGH_STEP_2, 0.78), (EARLY_STEP, 0.6)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_true_rise_is_found_in_time(cohort: Cohort, least: float) -> None:
    assert share_found(cohort) >= least


def test_somebody_who_reports_on_half_of_the_days_is_found_as_well() -> None:
    assert share_found(replace(STEP_3, completeness=0.55)) >= 0.85
