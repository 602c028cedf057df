"""What has to be so before a stage is left: all criteria together, and what forbids it to everybody.

Each criterion by itself is in `test_criteria_doing`, `test_criteria_pain` and `test_criteria_standing`.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.care.rules.criteria import MET, NOT_MET, UNKNOWN, days_before, readiness
from programs.care.rules.facts import DEFAULT_STAGES, Done, Facts, NewestTest
from tests.care.ready import READY, TODAY, ago

pytestmark = pytest.mark.pure


def test_who_meets_all_of_it_is_ready():
    found = readiness(READY)
    assert found.is_ready
    assert [each.key for each in found.criteria] == [
        "days",
        "followed",
        "pain",
        "trend",
        "lights",
        "mornings",
        "reach",
        "flags",
        "safety",
        "test",
        "today",
    ]
    assert (found.met, found.open, found.never, found.version) == (11, (), (), "stages-1")
    assert found.day == TODAY


def test_the_parameters_are_those_of_the_clinical_fact_base():
    assert DEFAULT_STAGES.window_days == 7
    assert DEFAULT_STAGES.followed_share == DEFAULT_STAGES.green_share == 0.70
    assert (DEFAULT_STAGES.least_reports, DEFAULT_STAGES.least_sessions) == (4, 4)
    assert (DEFAULT_STAGES.settled_share, DEFAULT_STAGES.highest_rise) == (0.80, 0.5)
    assert (DEFAULT_STAGES.test_valid_days, DEFAULT_STAGES.never_from) == (14, 6)
    assert (DEFAULT_STAGES.break_share, DEFAULT_STAGES.break_days) == (0.5, 4)


def test_a_stage_without_an_end_has_nothing_to_be_ready_for():
    found = readiness(replace(READY, minimum_days=None))
    assert found.criteria == ()
    assert not found.is_ready


def keys(**changes) -> list[str]:
    return [each.key for each in readiness(replace(READY, **changes)).criteria]


def test_what_a_stage_does_not_ask_for_is_no_criterion():
    assert "pain" not in keys(pain_ceiling=None)
    assert "test" not in keys(test="")
    assert "breaks" not in keys()


def test_a_stage_that_asks_for_breaks_has_no_other_test():
    assert "breaks" in keys(breaks={})
    assert "test" not in keys(breaks={})


def test_a_plan_of_three_days_makes_ready_with_three_sessions():
    planned = frozenset([ago(1), ago(3), ago(5)])
    three = tuple(Done(day, "green", True, 2) for day in sorted(planned))
    assert readiness(replace(READY, planned_on=planned, sessions=three)).is_ready


def test_it_looks_back_to_the_oldest_day_that_counts():
    """To the usual place of the symptoms, or over two weeks of scores where those are longer."""
    assert days_before(TODAY) == ago(42)
    assert days_before(TODAY, replace(DEFAULT_STAGES, window_days=21)) == ago(42)
    assert days_before(TODAY, replace(DEFAULT_STAGES, window_days=22)) == ago(44)


# --- what forbids it to everybody ---


@pytest.mark.parametrize(
    ("changes", "never"),
    [
        pytest.param({}, (), id="nothing"),
        pytest.param({"pain_today": 5}, (), id="pain just below the limit"),
        pytest.param(
            {"pain_today": 6},
            ("Pain was 6 in the last 24 hours: nobody moves on from 6 up.",),
            id="pain at the limit",
        ),
        pytest.param({"pain_today": None}, (), id="no pain known of today"),
        pytest.param({"safety_levels": ["monitor", "soon"]}, (), id="answers that can wait"),
        pytest.param(
            {"safety_levels": ["monitor", "urgent"]},
            ("A warning sign is open: nobody moves on before it is checked.",),
            id="an urgent warning sign",
        ),
        pytest.param(
            {"safety_levels": ["emergency"]},
            ("A warning sign is open: nobody moves on before it is checked.",),
            id="an emergency",
        ),
        pytest.param(
            {"is_blocked": True},
            ("Exercise is on hold: nobody moves on before this is checked.",),
            id="something rules exercise out",
        ),
        pytest.param({"advanced_on": ago(1)}, (), id="it moved on yesterday"),
        pytest.param(
            {"advanced_on": TODAY},
            ("This plan has moved on today: nobody moves it on twice a day.",),
            id="it moved on today",
        ),
        pytest.param(
            {"pain_today": 7, "advanced_on": TODAY},
            (
                "Pain was 7 in the last 24 hours: nobody moves on from 6 up.",
                "This plan has moved on today: nobody moves it on twice a day.",
            ),
            id="two things at once",
        ),
    ],
)
def test_what_forbids_it_to_everybody(changes, never):
    found = readiness(replace(READY, **changes))
    assert found.never == never
    if never:
        assert not found.is_ready


# --- for all of it ---


facts = st.builds(
    Facts,
    today=st.just(TODAY),
    stage_began_on=st.integers(0, 60).map(ago),
    minimum_days=st.none() | st.integers(1, 28),
    pain_ceiling=st.none() | st.integers(0, 10),
    pain_measure=st.sampled_from(["worst_leg", "calf", "during"]),
    test=st.sampled_from(["", "You can sit."]),
    leg_pain=st.dictionaries(st.integers(0, 20).map(ago), st.integers(0, 10), max_size=21),
    reach=st.dictionaries(
        st.sampled_from(["left", "right"]),
        st.dictionaries(st.integers(0, 45).map(ago), st.integers(0, 5), max_size=40),
    ),
    planned_on=st.frozensets(st.integers(0, 7).map(ago)),
    withheld_on=st.frozensets(st.integers(0, 7).map(ago)),
    sessions=st.lists(
        st.builds(
            Done,
            st.integers(0, 9).map(ago),
            st.sampled_from(["unknown", "green", "amber", "red"]),
            st.none() | st.booleans(),
            st.none() | st.integers(0, 10),
        ),
        max_size=10,
    ),
    has_flag=st.booleans(),
    is_asked=st.booleans(),
    safety_levels=st.lists(st.sampled_from(["emergency", "urgent", "soon", "monitor"]), max_size=2),
    tested=st.none() | st.builds(NewestTest, st.integers(0, 20).map(ago), st.none() | st.booleans()),
    breaks=st.none()
    | st.dictionaries(st.integers(0, 9).map(ago), st.tuples(st.integers(0, 8), st.integers(8, 16))),
    pain_today=st.none() | st.integers(0, 10),
    is_watched=st.booleans(),
)


@given(facts)
def test_whatever_is_known_each_criterion_has_a_state_and_a_sentence_for_each(known):
    for criterion in readiness(known).criteria:
        assert criterion.state in (MET, NOT_MET, UNKNOWN)
        assert criterion.for_patient.endswith(".")
        assert criterion.for_therapist.strip()
        assert criterion.as_dict()["key"] == criterion.key


@given(facts)
def test_too_little_is_never_enough(known):
    """Whatever else is so, with no report, no session and no test nothing of them is met."""
    nothing = replace(
        known,
        leg_pain={},
        reach={},
        sessions=(),
        tested=None,
        breaks=known.breaks and {},
        pain_today=None,
        screened_on=None,
    )
    from_reports = (
        "followed",
        "pain",
        "trend",
        "lights",
        "mornings",
        "reach",
        "test",
        "breaks",
        "today",
        "safety",
    )
    for criterion in readiness(nothing).criteria:
        if criterion.key in from_reports:
            assert not criterion.is_met
    assert not readiness(nothing).is_ready


@given(facts)
def test_who_is_ready_has_little_pain_today_and_nothing_open(known):
    found = readiness(known)
    if found.is_ready:
        assert known.pain_today is not None
        assert known.pain_today < 6
        assert not known.safety_levels
        assert not known.has_flag


@given(facts, st.integers(0, 6).map(ago), st.integers(0, 10))
def test_a_higher_score_never_makes_anybody_ready(known, day, score):
    if day in known.leg_pain and known.leg_pain[day] <= score and not readiness(known).is_ready:
        lower_week_before = replace(known, leg_pain={**known.leg_pain, day: score})
        assert not readiness(lower_week_before).is_ready
