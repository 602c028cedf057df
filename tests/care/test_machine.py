"""Who may move a plan between its stages, and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.care.rules.machine import (
    DIARY_FOR_PATIENT,
    FIRST_STAGE,
    HELD_FOR_PATIENT,
    IN_FLARE,
    IN_FLARE_FOR_PATIENT,
    IS_HELD,
    LAST_STAGE,
    NOT_TODAY_FOR_PATIENT,
    NOT_YET_FOR_PATIENT,
    OVERRIDE,
    SAY_WHY,
    StageStanding,
    decide_advance,
    decide_ready,
    decide_step_back,
    may_advance,
    steps_back_after_absence,
)
from tests.care.ready import readiness

pytestmark = pytest.mark.pure

TODAY = date(2026, 11, 20)
PAIN = ("Pain is 7 today: nobody moves on from 6 up.",)
SECOND = StageStanding(stage=2, next_stage=3, is_held=False, in_flare=False, is_guided=True)


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_the_patients_tap_leads_to_the_next_stage_where_all_is_met():
    decision = decide_ready(SECOND, readiness())
    assert (decision.is_allowed, decision.to_stage) == (True, 3)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"next_stage": None}, LAST_STAGE),
        ({"in_flare": True}, IN_FLARE_FOR_PATIENT),
        ({"is_held": True}, HELD_FOR_PATIENT),
        ({"is_guided": False}, DIARY_FOR_PATIENT),
    ],
)
def test_what_keeps_the_patients_tap_from_moving_anything(change, refusal):
    decision = decide_ready(replace(SECOND, **change), readiness())
    assert decision.refusals == (refusal,)
    assert not decision.is_allowed


def test_an_open_criterion_and_a_bad_day_are_said_apart():
    assert decide_ready(SECOND, readiness(is_ready=False)).refusals == (NOT_YET_FOR_PATIENT,)
    assert decide_ready(SECOND, readiness(never=PAIN)).refusals == (NOT_TODAY_FOR_PATIENT,)


def test_a_therapist_moves_on_with_a_reason_whatever_is_open():
    assert decide_advance(SECOND, readiness(is_ready=False), "Seen today.").is_allowed
    assert decide_advance(SECOND, readiness(is_ready=False), "  ").needs_reason == OVERRIDE
    assert decide_advance(SECOND, readiness(), "").needs_reason == SAY_WHY
    assert decide_advance(SECOND, readiness(), "Seen today.").to_stage == 3


@pytest.mark.parametrize(
    ("change", "refusal"),
    [({"next_stage": None}, LAST_STAGE), ({"in_flare": True}, IN_FLARE), ({"is_held": True}, IS_HELD)],
)
def test_what_keeps_a_therapist_from_moving_on(change, refusal):
    decision = decide_advance(replace(SECOND, **change), readiness(), "Seen today.")
    assert decision.refusals == (refusal,)
    assert not may_advance(replace(SECOND, **change), readiness())


def test_a_therapist_moves_on_in_a_diary_too():
    assert may_advance(replace(SECOND, is_guided=False), readiness(is_ready=False))


def test_what_is_forbidden_to_everybody_is_forbidden_to_a_therapist():
    assert decide_advance(SECOND, readiness(never=PAIN), "Seen today.").refusals == PAIN


def test_a_step_back_is_free_from_the_second_stage_on():
    assert decide_step_back(SECOND, "Rest.").to_stage == 1
    assert decide_step_back(SECOND, "").needs_reason == SAY_WHY
    assert decide_step_back(replace(SECOND, stage=1), "Rest.").refusals == (FIRST_STAGE,)
    assert decide_step_back(replace(SECOND, is_held=True, in_flare=True), "Rest.").is_allowed


@pytest.mark.parametrize(
    ("last", "began", "stepped", "steps"),
    [
        (14, 40, None, False),
        (15, 40, None, True),
        (15, 14, None, False),  # the stage itself is new
        (None, 14, None, False),
        (None, 15, None, True),
        (40, 15, 25, False),  # one step for one pause
        (15, 15, 25, True),
        (25, 25, 25, False),
        (None, 15, 30, False),
    ],
)
def test_more_than_fourteen_days_away_lead_one_stage_lower_once(last, began, stepped, steps):
    found = steps_back_after_absence(
        last_session_on=None if last is None else ago(last),
        stage_began_on=ago(began),
        withheld_until=None,
        stepped_back_on=None if stepped is None else ago(stepped),
        today=TODAY,
    )
    assert found is steps


@pytest.mark.parametrize(("withheld", "steps"), [(0, False), (14, False), (15, True), (40, True)])
def test_time_in_which_nobody_could_exercise_is_no_absence(withheld, steps):
    found = steps_back_after_absence(
        last_session_on=ago(30),
        stage_began_on=ago(60),
        withheld_until=ago(withheld),
        stepped_back_on=None,
        today=TODAY,
    )
    assert found is steps


standings = st.builds(
    lambda stage, has_next, **more: StageStanding(
        stage=stage, next_stage=stage + 1 if has_next else None, **more
    ),
    st.integers(1, 4),
    st.booleans(),
    is_held=st.booleans(),
    in_flare=st.booleans(),
    is_guided=st.booleans(),
)
known = st.builds(
    lambda is_ready, never: readiness(is_ready=is_ready, never=never),
    st.booleans(),
    st.sampled_from([(), PAIN]),
)


@given(standings, known, st.sampled_from(["", "Seen today."]))
def test_nothing_ever_leads_further_than_one_stage(standing, found, reason):
    for decision in (
        decide_ready(standing, found),
        decide_advance(standing, found, reason),
        decide_step_back(standing, reason),
    ):
        assert abs(decision.to_stage - standing.stage) <= 1
        if decision.is_allowed:
            assert decision.to_stage != standing.stage


@given(standings, known, st.sampled_from(["", "Seen today."]))
def test_nobody_moves_on_against_what_forbids_it(standing, found, reason):
    if found.never or standing.is_held or standing.in_flare:
        assert not decide_ready(standing, found).is_allowed
        assert not decide_advance(standing, found, reason).is_allowed


@given(standings, known)
def test_the_patients_tap_never_overrides(standing, found):
    if decide_ready(standing, found).is_allowed:
        assert found.is_ready
        assert standing.is_guided
