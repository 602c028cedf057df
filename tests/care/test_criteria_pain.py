"""Height and rise of the pain, and how it is today: each situation in a row, with all that is said.

A row is what differs from somebody who is ready, then the state with its numbers, the sentence for therapists
and the one for patients.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from programs.care.rules.criteria import MET, NOT_MET, UNKNOWN, Criterion
from programs.care.rules.facts import DEFAULT_STAGES, Done
from tests.care.ready import ago, judged, scores

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("leg_pain", "ceiling", "state", "numbers", "for_therapist", "for_patient"),
    [
        pytest.param(
            (), 4, UNKNOWN, {"reports": 0, "ceiling": 4},
            "Worst leg pain: 0 reports in 7 days, at least 4.",
            "We do not know your leg pain of this week yet. It takes 4 daily checks in a week.",
            id="no report",
        ),
        pytest.param(
            (9,), 4, UNKNOWN, {"reports": 1, "ceiling": 4},
            "Worst leg pain: 1 report in 7 days, at least 4.",
            "We do not know your leg pain of this week yet. It takes 4 daily checks in a week.",
            id="one report, however high",
        ),
        pytest.param(
            (0, 0, 0), 4, UNKNOWN, {"reports": 3, "ceiling": 4},
            "Worst leg pain: 3 reports in 7 days, at least 4.",
            "We do not know your leg pain of this week yet. It takes 4 daily checks in a week.",
            id="three reports are too few",
        ),
        pytest.param(
            (4, 4, 4, 4), 4, MET, {"reports": 4, "ceiling": 4, "middle": 4},
            "Worst leg pain, middle of 7 days: 4 (4 reports), at most 4.",
            "Your worst leg pain is 4 or less on most days of this week.",
            id="four reports at the ceiling",
        ),
        pytest.param(
            (5, 5, 4, 4), 4, NOT_MET, {"reports": 4, "ceiling": 4, "middle": 4.5},
            "Worst leg pain, middle of 7 days: 4.5 (4 reports), at most 4.",
            "Your worst leg pain this week is about 4.5. It needs to be 4 or less.",
            id="half a point above the ceiling",
        ),
        pytest.param(
            (9, 9, 4, 0, 0), 4, MET, {"reports": 5, "ceiling": 4, "middle": 4},
            "Worst leg pain, middle of 7 days: 4 (5 reports), at most 4.",
            "Your worst leg pain is 4 or less on most days of this week.",
            id="two bad days do not move the middle",
        ),
        pytest.param(
            (0, 0, 0, 0), 0, MET, {"reports": 4, "ceiling": 0, "middle": 0},
            "Worst leg pain, middle of 7 days: 0 (4 reports), at most 0.",
            "Your worst leg pain is 0 on most days of this week.",
            id="a ceiling of 0, kept",
        ),
        pytest.param(
            (1, 1, 1, 1), 0, NOT_MET, {"reports": 4, "ceiling": 0, "middle": 1},
            "Worst leg pain, middle of 7 days: 1 (4 reports), at most 0.",
            "Your worst leg pain this week is about 1. It needs to be 0.",
            id="a ceiling of 0, passed",
        ),
        pytest.param(
            (3, 3, 3, 3, 3, 3, 3, 9, 9, 9, 9, 9, 9, 9), 4, MET,
            {"reports": 7, "ceiling": 4, "middle": 3},
            "Worst leg pain, middle of 7 days: 3 (7 reports), at most 4.",
            "Your worst leg pain is 4 or less on most days of this week.",
            id="the eighth day counts no more",
        ),
    ],
)  # fmt: skip
def test_leg_pain_against_the_ceiling(leg_pain, ceiling, state, numbers, for_therapist, for_patient):
    assert judged("pain", leg_pain=scores(*leg_pain), pain_ceiling=ceiling) == Criterion(
        "pain", state, numbers, for_therapist, for_patient
    )


@pytest.mark.parametrize(
    ("calf_pain", "state", "numbers", "for_therapist", "for_patient"),
    [
        pytest.param(
            scores(1, 1, 1) | scores(1, from_day=7), UNKNOWN, {"reports": 3, "ceiling": 4},
            "Calf pain between cramps: 3 reports in 7 days, at least 4.",
            "We do not know your calf pain of this week yet. It takes 4 daily checks in a week.",
            id="a fourth report is of the week before",
        ),
        pytest.param(
            scores(4, 4, 4) | scores(4, from_day=6), MET, {"reports": 4, "ceiling": 4, "middle": 4},
            "Calf pain between cramps, middle of 7 days: 4 (4 reports), at most 4.",
            "Your calf pain between cramps is 4 or less on most days of this week.",
            id="four reports at the ceiling, the oldest of six days ago",
        ),
        pytest.param(
            scores(5, 5, 4, 4), NOT_MET, {"reports": 4, "ceiling": 4, "middle": 4.5},
            "Calf pain between cramps, middle of 7 days: 4.5 (4 reports), at most 4.",
            "Your calf pain between cramps this week is about 4.5. It needs to be 4 or less.",
            id="half a point above the ceiling",
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("leg", [0, 9], ids=["no leg pain", "much leg pain"])
def test_calf_pain_against_the_ceiling_whatever_the_leg_says(
    leg, calf_pain, state, numbers, for_therapist, for_patient
):
    found = judged("pain", pain_measure="calf", calf_pain=calf_pain, leg_pain=scores(*[leg] * 7))
    assert found == Criterion("pain", state, numbers, for_therapist, for_patient)


NOT_KNOWN_DURING = "We do not know yet how much it hurts while you exercise."


@pytest.mark.parametrize(
    ("peaks", "ceiling", "state", "days", "worst", "for_therapist", "for_patient"),
    [
        pytest.param(
            [None] * 6, 4, UNKNOWN, 0, None,
            "Worst pain in sessions is known of 0 days, at least 4 are needed.", NOT_KNOWN_DURING,
            id="nothing was said",
        ),
        pytest.param(
            [4, None, None, None], 4, UNKNOWN, 1, 4,
            "Worst pain in sessions is known of 1 day, at least 4 are needed.", NOT_KNOWN_DURING,
            id="one day is known",
        ),
        pytest.param(
            [4, 4, 4, None], 4, UNKNOWN, 3, 4,
            "Worst pain in sessions is known of 3 days, at least 4 are needed.", NOT_KNOWN_DURING,
            id="three days are too few",
        ),
        pytest.param(
            [4, 1, 0, 0], 4, MET, 4, 4,
            "Worst pain in the sessions of 4 days: 4, at most 4.",
            "Pain in your sessions this week stayed at 4 or less.",
            id="four days, the worst at the ceiling",
        ),
        pytest.param(
            [0, 0, 0, 5], 4, NOT_MET, 4, 5,
            "Worst pain in a session of 7 days: 5, at most 4.",
            "Your pain went up to 5 in a session this week. It needs to stay at 4 or less.",
            id="once above the ceiling",
        ),
        pytest.param(
            [None, None, 5], 4, NOT_MET, 1, 5,
            "Worst pain in a session of 7 days: 5, at most 4.",
            "Your pain went up to 5 in a session this week. It needs to stay at 4 or less.",
            id="above the ceiling on the one day that is known",
        ),
        pytest.param(
            [1, 0, 0, 0], 0, NOT_MET, 4, 1,
            "Worst pain in a session of 7 days: 1, at most 0.",
            "Your pain went up to 1 in a session this week. It needs to stay at 0.",
            id="a ceiling of 0, passed",
        ),
        pytest.param(
            [0, 0, 0, 0], 0, MET, 4, 0,
            "Worst pain in the sessions of 4 days: 0, at most 0.",
            "Pain in your sessions this week stayed at 0.",
            id="a ceiling of 0, kept",
        ),
        pytest.param(
            [2, 2, 2, 2, 2, 2, 9], 4, MET, 6, 2,
            "Worst pain in the sessions of 6 days: 2, at most 4.",
            "Pain in your sessions this week stayed at 4 or less.",
            id="what hurt seven days ago counts no more",
        ),
    ],
)  # fmt: skip
def test_pain_during_exercise(peaks, ceiling, state, days, worst, for_therapist, for_patient):
    sessions = tuple(Done(ago(back + 1), "green", True, peak) for back, peak in enumerate(peaks))
    numbers = {"days": days, "worst": worst, "ceiling": ceiling, "least_sessions": 4}
    found = judged("pain", pain_measure="during", sessions=sessions, pain_ceiling=ceiling)
    assert found == Criterion("pain", state, numbers, for_therapist, for_patient)


def test_of_a_plan_of_one_day_one_session_tells_how_much_it_hurts():
    known = {"planned_on": frozenset([ago(1)]), "sessions": (Done(ago(1), "green", True, 2),)}
    assert judged("pain", pain_measure="during", **known) == Criterion(
        "pain",
        MET,
        {"days": 1, "worst": 2, "ceiling": 4, "least_sessions": 1},
        "Worst pain in the sessions of 1 day: 2, at most 4.",
        "Pain in your sessions this week stayed at 4 or less.",
    )


NO_TREND = "We do not know yet if your leg pain is rising. It takes two weeks of daily checks."


@pytest.mark.parametrize(
    ("now", "before", "state", "middles", "for_therapist", "for_patient"),
    [
        pytest.param(
            (3, 3, 3, 3), (3,), UNKNOWN, None,
            "Leg pain against the week before: 4 and 1 report, at least 4 in each week.", NO_TREND,
            id="one report of the week before",
        ),
        pytest.param(
            (3, 3, 3, 3), (3, 3, 3), UNKNOWN, None,
            "Leg pain against the week before: 4 and 3 reports, at least 4 in each week.", NO_TREND,
            id="three reports of the week before are too few",
        ),
        pytest.param(
            (3, 3, 3), (3, 3, 3, 3), UNKNOWN, None,
            "Leg pain against the week before: 3 and 4 reports, at least 4 in each week.", NO_TREND,
            id="three reports of this week are too few",
        ),
        pytest.param(
            (3, 3, 4, 4), (3, 3, 3, 3), MET, (3.5, 3),
            "Leg pain, middle of the week: 3.5, the week before 3; at most 0.5 higher.",
            "Your leg pain is not rising.",
            id="half a point is the most",
        ),
        pytest.param(
            (4, 4, 4, 4), (3, 3, 3, 3), NOT_MET, (4, 3),
            "Leg pain, middle of the week: 4, the week before 3; at most 0.5 higher.",
            "Your leg pain has gone up, from about 3 to 4.",
            id="one point is too much",
        ),
        pytest.param(
            (1, 1, 1, 1), (3, 3, 4, 4), MET, (1, 3.5),
            "Leg pain, middle of the week: 1, the week before 3.5; at most 0.5 higher.",
            "Your leg pain is not rising.",
            id="it falls",
        ),
        pytest.param(
            (2,) * 7, (2,) * 7 + (9,) * 7, MET, (2, 2),
            "Leg pain, middle of the week: 2, the week before 2; at most 0.5 higher.",
            "Your leg pain is not rising.",
            id="two weeks ago is not the week before",
        ),
    ],
)  # fmt: skip
def test_the_trend_of_leg_pain(now, before, state, middles, for_therapist, for_patient):
    numbers = {"reports": len(now), "reports_before": min(7, len(before))}
    if middles:
        numbers |= {"middle": middles[0], "middle_before": middles[1]}
    assert judged("trend", leg_pain=scores(*now) | scores(*before, from_day=7)) == Criterion(
        "trend", state, numbers, for_therapist, for_patient
    )


def test_numbers_are_said_with_one_decimal():
    finer = replace(DEFAULT_STAGES, highest_rise=0.26)
    assert judged("trend", finer).for_therapist == (
        "Leg pain, middle of the week: 3, the week before 3; at most 0.3 higher."
    )


@pytest.mark.parametrize(
    ("pain", "state", "for_therapist", "for_patient"),
    [
        pytest.param(
            None, UNKNOWN,
            "No pain is known of today.",
            "We do not know how your leg is today. The daily check tells us.",
            id="nothing is known",
        ),
        pytest.param(
            0, MET,
            "Worst pain in the last 24 hours: 0, below 6.",
            "Your pain today is below 6.",
            id="none",
        ),
        pytest.param(
            5, MET,
            "Worst pain in the last 24 hours: 5, below 6.",
            "Your pain today is below 6.",
            id="just below",
        ),
        pytest.param(
            6, NOT_MET,
            "Worst pain in the last 24 hours: 6, not below 6.",
            "Your pain was 6 in the last 24 hours. This is not a day to move up.",
            id="just too much",
        ),
        pytest.param(
            10, NOT_MET,
            "Worst pain in the last 24 hours: 10, not below 6.",
            "Your pain was 10 in the last 24 hours. This is not a day to move up.",
            id="the worst there is",
        ),
    ],
)  # fmt: skip
def test_pain_today(pain, state, for_therapist, for_patient):
    numbers = {"pain": pain, "never_from": 6}
    assert judged("today", pain_today=pain) == Criterion("today", state, numbers, for_therapist, for_patient)
