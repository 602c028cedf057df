"""What has to be so before a stage is left: floors, ceilings, shares, and too little to tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.care.rules.criteria import MET, NOT_MET, UNKNOWN, Criterion, days_before, readiness
from programs.care.rules.facts import DEFAULT_STAGES, Done, Facts, NewestTest

pytestmark = pytest.mark.pure

TODAY = date(2026, 11, 20)
LEG = "worst_leg"


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def scores(*values: int, from_day: int = 0) -> dict[date, int]:
    """Worst leg pain of consecutive days, the newest first, from so many days ago."""
    return {ago(from_day + back): value for back, value in enumerate(values)}


def week(*colours: str, settled: bool | None = True, peak: int | None = 2) -> tuple[Done, ...]:
    """One session a day from yesterday back."""
    return tuple(Done(ago(back + 1), colour, settled, peak) for back, colour in enumerate(colours))


READY = Facts(
    today=TODAY,
    stage_began_on=ago(14),
    minimum_days=10,
    pain_ceiling=4,
    test="You can sit for 20 minutes.",
    leg_pain=scores(*[3] * 14),
    reach={"right": dict.fromkeys((ago(back) for back in range(21)), 4)},
    planned_on=frozenset(ago(back) for back in range(7)),
    sessions=week(*["green"] * 6),
    screened_on=ago(6),
    tested=NewestTest(ago(3), is_passed=True),
    pain_today=3,
)


def judged(key: str, **changes: Any) -> Criterion:
    (found,) = [each for each in readiness(replace(READY, **changes)).criteria if each.key == key]
    return found


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


def test_the_parameters_are_those_of_the_clinical_fact_base():
    assert DEFAULT_STAGES.window_days == 7
    assert DEFAULT_STAGES.followed_share == DEFAULT_STAGES.green_share == 0.70
    assert (DEFAULT_STAGES.least_reports, DEFAULT_STAGES.least_sessions) == (4, 4)
    assert (DEFAULT_STAGES.settled_share, DEFAULT_STAGES.highest_rise) == (0.80, 0.5)
    assert (DEFAULT_STAGES.test_valid_days, DEFAULT_STAGES.never_from) == (14, 6)
    assert (DEFAULT_STAGES.break_share, DEFAULT_STAGES.break_days) == (0.5, 4)
    assert days_before(TODAY) == ago(42)


def test_a_stage_without_an_end_has_nothing_to_be_ready_for():
    found = readiness(replace(READY, minimum_days=None))
    assert found.criteria == ()
    assert not found.is_ready


# --- days in the stage ---


@pytest.mark.parametrize(("days", "state"), [(0, NOT_MET), (9, NOT_MET), (10, MET), (30, MET)])
def test_the_days_of_the_stage_are_counted_whole(days, state):
    assert judged("days", stage_began_on=ago(days)).state == state


def test_on_the_last_day_none_are_left():
    assert judged("days", stage_began_on=ago(10)).for_patient == "You have had the 10 days this stage needs."


def test_what_is_left_of_the_days_is_said():
    criterion = judged("days", stage_began_on=ago(9))
    assert criterion.for_patient == "Stay in this stage for 1 more day."
    assert criterion.for_therapist == "9 days in this stage, at least 10."
    assert judged("days", stage_began_on=ago(7)).for_patient == "Stay in this stage for 3 more days."
    assert judged("days").for_patient == "You have had the 10 days this stage needs."


# --- following the plan ---


@pytest.mark.parametrize(
    ("sessions", "state"),
    [(0, NOT_MET), (3, NOT_MET), (4, NOT_MET), (5, MET), (6, MET)],
)
def test_seventy_percent_of_the_planned_days_are_enough(sessions, state):
    """Six days, since today has not had its session yet: 4 of 6 are 67 %."""
    assert judged("followed", sessions=week(*["green"] * sessions)).state == state


def test_exactly_seventy_percent_is_enough():
    """Of ten days; a week has none that are exactly as many."""
    ten = replace(DEFAULT_STAGES, window_days=11)
    planned = frozenset(ago(back) for back in range(1, 11))
    seven = tuple(Done(ago(back), "green", True, 2) for back in range(1, 8))
    found = readiness(replace(READY, planned_on=planned, sessions=seven), ten)
    assert (found.criteria[1].state, found.criteria[1].numbers["planned"]) == (MET, 10)


def test_a_session_of_today_counts_at_once_and_a_missing_one_not_yet():
    four = week(*["green"] * 4)
    assert judged("followed", sessions=four).numbers["planned"] == 6
    with_today = judged("followed", sessions=(Done(TODAY, "green"), *four))
    assert (with_today.numbers["planned"], with_today.numbers["followed"]) == (7, 5)
    assert with_today.state == MET


def test_two_sessions_on_a_day_are_one_day():
    twice = week(*["green"] * 3) * 2
    assert judged("followed", sessions=twice).numbers["sessions"] == 3


def test_the_eighth_day_counts_no_more():
    old = tuple(Done(ago(back), "green", True, 2) for back in (7, 8, 9, 10, 11))
    assert judged("followed", sessions=old).numbers["sessions"] == 0
    assert judged("followed", sessions=tuple(Done(ago(6), "green") for _ in "x")).numbers["sessions"] == 1


def test_what_was_withheld_counts_as_followed():
    """Locked for two of six days, and three of the others done: 5 of 6."""
    found = judged(
        "followed", sessions=week("green", "green", "green"), withheld_on=frozenset([ago(5), ago(6)])
    )
    assert found.numbers["followed"] == 5
    assert found.state == UNKNOWN  # but three sessions are too few to tell


def test_rest_that_was_advised_is_never_blamed():
    found = judged("followed", sessions=(), withheld_on=READY.planned_on)
    assert found.state == UNKNOWN
    assert found.for_patient == "You had to rest this week. A few more sessions will tell."


def test_a_plan_of_three_days_asks_for_three_sessions():
    planned = frozenset([ago(1), ago(3), ago(5)])
    three = tuple(Done(day, "green", True, 2) for day in sorted(planned))
    found = readiness(replace(READY, planned_on=planned, sessions=three))
    assert found.is_ready
    assert found.criteria[1].numbers["least_sessions"] == 3


def test_without_a_planned_day_nothing_is_known_of_following():
    assert judged("followed", planned_on=frozenset()).state == UNKNOWN


def test_following_is_told_as_done_of_planned():
    assert judged("followed", sessions=week("green", "green")).for_patient == (
        "You did 2 of 6 days this week. Once it is 5 of 6, this is done."
    )
    assert judged("followed", sessions=(), planned_on=frozenset([ago(1)])).for_patient == (
        "You did 0 of 1 day this week. Once it is 1 of 1, this is done."
    )
    ten = replace(DEFAULT_STAGES, window_days=11)
    planned = frozenset(ago(back) for back in range(1, 11))
    said = readiness(replace(READY, planned_on=planned, sessions=week("green")), ten).criteria[1].for_patient
    assert said.endswith("Once it is 7 of 10, this is done.")
    assert judged("followed").for_patient == "You kept to your plan on 6 of 6 days this week."
    assert judged("followed").for_therapist == (
        "6 of 6 planned days followed in 7 days, 6 days with a session; at least 70 % and 4."
    )


# --- leg pain ---


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ((4, 4, 4, 4), MET),
        ((5, 5, 4, 4), NOT_MET),
        ((0, 0, 9, 9, 4), MET),
        ((5, 5, 5, 0, 0), NOT_MET),
        ((4, 4, 4), UNKNOWN),
        ((), UNKNOWN),
    ],
)
def test_the_middle_of_the_week_is_held_against_the_ceiling(values, state):
    assert judged("pain", leg_pain=scores(*values)).state == state


def test_reports_of_the_week_before_do_not_make_this_week():
    assert judged("pain", leg_pain=scores(3, 3, 3) | scores(3, 3, 3, 3, from_day=7)).state == UNKNOWN
    assert judged("pain", leg_pain=scores(3, 3, 3) | scores(3, from_day=6)).state == MET


def test_the_pain_that_it_needs_is_said_in_both_voices():
    too_much = judged("pain", leg_pain=scores(5, 5, 5, 5))
    assert too_much.for_patient == "Your worst leg pain this week is about 5. It needs to be 4 or less."
    assert too_much.for_therapist == "Worst leg pain, middle of 7 days: 5 (4 reports), at most 4."
    assert judged("pain", pain_ceiling=0).for_patient.endswith("It needs to be 0.")
    few = judged("pain", leg_pain=scores(5))
    assert few.for_patient == (
        "We do not know your leg pain of this week yet. It takes 4 daily checks in a week."
    )
    assert few.for_therapist == "Worst leg pain: 1 report in 7 days, at least 4."


def test_a_stage_without_a_ceiling_asks_nothing_of_pain():
    assert "pain" not in [each.key for each in readiness(replace(READY, pain_ceiling=None)).criteria]


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ((4, 4, 4, 4), MET),
        ((5, 5, 4, 4), NOT_MET),
        ((0, 0, 9, 9, 4), MET),
        ((4, 4, 4), UNKNOWN),
        ((), UNKNOWN),
    ],
)
def test_a_stage_about_the_calf_looks_at_calf_pain_and_not_at_the_leg(values, state):
    leg = scores(*[9] * 7) if state == MET else scores(*[0] * 7)
    found = judged("pain", pain_measure="calf", calf_pain=scores(*values), leg_pain=leg)
    assert found.state == state


def test_calf_pain_of_last_week_says_nothing_of_this_one():
    old = judged("pain", pain_measure="calf", calf_pain=scores(3, 3, 3) | scores(3, 3, from_day=7))
    assert (old.state, old.numbers["reports"]) == (UNKNOWN, 3)


def test_calf_pain_is_said_in_both_voices():
    too_much = judged("pain", pain_measure="calf", calf_pain=scores(5, 5, 5, 5))
    assert too_much.for_patient == (
        "Your calf pain between cramps this week is about 5. It needs to be 4 or less."
    )
    assert too_much.for_therapist == "Calf pain between cramps, middle of 7 days: 5 (4 reports), at most 4."
    met = judged("pain", pain_measure="calf", calf_pain=scores(1, 1, 1, 1))
    assert met.for_patient == "Your calf pain between cramps is 4 or less on most days of this week."
    few = judged("pain", pain_measure="calf", calf_pain=scores(5))
    assert few.for_patient == (
        "We do not know your calf pain of this week yet. It takes 4 daily checks in a week."
    )


@pytest.mark.parametrize(
    ("peaks", "state"),
    [
        ((4, 4, 4, 4), MET),
        ((4, 4, 4, 5), NOT_MET),
        ((None, 4, 4, 4), UNKNOWN),
        ((None, None, None, 5), NOT_MET),
    ],
)
def test_pain_during_exercise_has_to_stay_below_the_ceiling_each_time(peaks, state):
    sessions = tuple(Done(ago(back + 1), "green", True, peak) for back, peak in enumerate(peaks))
    assert judged("pain", pain_measure="during", sessions=sessions).state == state


@pytest.mark.parametrize(
    ("now", "before", "state"),
    [
        ((3, 3, 4, 4), (3, 3, 3, 3), MET),  # half a point is the most
        ((4, 4, 4, 4), (3, 3, 3, 3), NOT_MET),
        ((1, 1, 1, 1), (3, 3, 3, 3), MET),
        ((3, 3, 3, 3), (3, 3, 3), UNKNOWN),
        ((3, 3, 3), (3, 3, 3, 3), UNKNOWN),
    ],
)
def test_pain_may_rise_by_half_a_point_from_week_to_week(now, before, state):
    assert judged("trend", leg_pain=scores(*now) | scores(*before, from_day=7)).state == state


def test_a_rise_and_a_bad_day_are_said_with_their_scores():
    steady, rising = scores(*[3] * 14), scores(*[5] * 7) | scores(*[3] * 7, from_day=7)
    assert judged("trend", leg_pain=steady).for_patient == "Your leg pain is not rising."
    assert judged("trend", leg_pain=rising).for_patient == "Your leg pain has gone up, from about 3 to 5."
    assert judged("today").for_patient == "Your pain today is below 6."
    assert judged("today", pain_today=7).for_patient == (
        "Your pain was 7 in the last 24 hours. This is not a day to move up."
    )


def test_the_week_before_ends_where_this_week_begins():
    today_alone = scores(*[2] * 7) | scores(*[2] * 7, from_day=7) | scores(*[9] * 7, from_day=14)
    assert judged("trend", leg_pain=today_alone).numbers["middle_before"] == 2


# --- sessions ---


@pytest.mark.parametrize(
    ("colours", "state"),
    [
        (["green"] * 4, MET),
        (["green"] * 5 + ["amber"], MET),
        (["green"] * 4 + ["amber"] * 2, NOT_MET),
        (["green"] * 5 + ["red"], NOT_MET),
        (["red"], NOT_MET),
        (["green"] * 3, UNKNOWN),
        (["green"] * 3 + ["unknown"] * 3, UNKNOWN),
        ([], UNKNOWN),
    ],
)
def test_most_sessions_are_green_and_none_is_red(colours, state):
    assert judged("lights", sessions=week(*colours)).state == state


def test_exactly_seventy_percent_green_is_enough():
    """Of ten days; a week has none that are exactly as many."""
    ten = replace(DEFAULT_STAGES, window_days=11)
    found = readiness(replace(READY, sessions=week(*["green"] * 7, *["amber"] * 3)), ten)
    (lights,) = [each for each in found.criteria if each.key == "lights"]
    assert (lights.state, lights.numbers["known"]) == (MET, 10)


def test_four_sessions_on_one_day_tell_of_one_day():
    busy = tuple(Done(ago(1), "green", True, 2) for _ in range(4))
    others = tuple(Done(ago(back)) for back in range(2, 7))
    states = {
        key: judged(key, pain_measure="during", sessions=(*busy, *others)).state
        for key in ("lights", "mornings", "pain")
    }
    assert set(states.values()) == {UNKNOWN}


def test_of_two_sessions_on_a_day_the_worse_one_counts():
    fine = week(*["green"] * 5)
    assert judged("lights", sessions=(*fine, Done(ago(1), "red", True, 2))).numbers["red"] == 1
    assert judged("lights", sessions=(*fine, Done(ago(1), "amber", True, 2))).numbers["green"] == 4
    assert judged("mornings", sessions=(*fine, Done(ago(1), "green", False, 2))).numbers["settled"] == 4


@pytest.mark.parametrize(
    ("settled", "state"),
    [
        ([True] * 4 + [False], MET),  # 80 %
        ([True] * 4 + [False] * 2, NOT_MET),
        ([True] * 3, UNKNOWN),
        ([True] * 3 + [None] * 3, UNKNOWN),
        ([False] * 4, NOT_MET),
        ([], UNKNOWN),
    ],
)
def test_the_leg_has_calmed_down_on_most_mornings_after(settled, state):
    sessions = tuple(Done(ago(back + 1), "green", each, 2) for back, each in enumerate(settled))
    assert judged("mornings", sessions=sessions).state == state


def test_without_any_session_known_none_is_enough_even_where_none_was_planned():
    found = readiness(replace(READY, planned_on=frozenset(), sessions=()))
    assert [each.state for each in found.criteria if each.key in ("lights", "mornings")] == [UNKNOWN] * 2


# --- how far down ---


def reach(now: list[int], usual: list[int]) -> dict[str, dict[date, int]]:
    return {"right": scores(*now) | scores(*usual, from_day=7)}


@pytest.mark.parametrize(
    ("now", "usual", "state"),
    [
        ([4] * 4, [4] * 5, MET),
        ([3] * 4, [4] * 5, MET),
        ([5] * 4, [4] * 5, NOT_MET),
        ([5, 5, 4, 4], [4] * 5, NOT_MET),  # named as often: the lower place counts
        ([5, 4, 4, 4], [4] * 5, MET),
        ([4] * 3, [4] * 5, UNKNOWN),
        ([4] * 4, [4] * 4, UNKNOWN),
    ],
)
def test_symptoms_reach_no_further_down_than_usual(now, usual, state):
    assert judged("reach", reach=reach(now, usual)).state == state


def test_both_legs_have_to_be_no_worse():
    well, worse = reach([4] * 4, [4] * 5)["right"], reach([5] * 4, [4] * 5)["right"]
    assert judged("reach", reach={"left": well, "right": well}).state == MET
    assert judged("reach", reach={"left": well, "right": worse}).state == NOT_MET
    assert judged("reach", reach={"left": well, "right": {}}).state == UNKNOWN
    assert judged("reach", reach={"left": worse, "right": {}}).state == NOT_MET


def test_the_usual_place_comes_from_the_newest_fourteen_checks_up_to_six_weeks_old():
    now = scores(*[4] * 4)
    old = scores(*[3] * 14, from_day=7)
    older = scores(*[5] * 22, from_day=21)
    assert judged("reach", reach={"right": now | old | older}).state == NOT_MET
    assert judged("reach", reach={"right": now | scores(*[4] * 5, from_day=38)}).state == MET
    assert judged("reach", reach={"right": now | scores(*[4] * 5, from_day=39)}).state == UNKNOWN


def test_the_place_is_named():
    assert judged("reach", reach=reach([5] * 4, [4] * 5)).for_therapist == (
        "Furthest place this week, right leg: foot, usual calf."
    )
    assert "not known" in judged("reach", reach={"right": {}}).for_therapist
    assert judged("reach", reach={}).state == UNKNOWN


# --- flags, safety ---


def test_an_open_flag_and_an_open_question_hold_back():
    assert judged("flags", has_flag=True).state == NOT_MET
    assert judged("flags", is_asked=True).state == NOT_MET
    assert judged("flags").state == MET


def test_where_nobody_watches_no_flag_says_nothing():
    assert judged("flags", is_watched=False).state == UNKNOWN
    assert judged("flags", is_watched=False, has_flag=True).state == NOT_MET


@pytest.mark.parametrize("level", ["emergency", "urgent", "soon", "monitor"])
def test_any_open_safety_answer_holds_back(level):
    assert judged("safety", safety_levels=[level]).state == NOT_MET


@pytest.mark.parametrize(
    ("asked_on", "state"), [(TODAY, MET), (ago(6), MET), (ago(7), UNKNOWN), (None, UNKNOWN)]
)
def test_nothing_open_says_something_only_if_somebody_asked_this_week(asked_on, state):
    assert judged("safety", screened_on=asked_on).state == state
    assert judged("safety", screened_on=asked_on, safety_levels=["soon"]).state == NOT_MET


@pytest.mark.parametrize(
    ("level", "forbids"), [("emergency", True), ("urgent", True), ("soon", False), ("monitor", False)]
)
def test_a_locking_warning_sign_forbids_it_to_everybody(level, forbids):
    found = readiness(replace(READY, safety_levels=["monitor", level]))
    assert bool(found.never) is forbids
    assert not found.is_ready


# --- test and breaks ---


@pytest.mark.parametrize(
    ("tested", "state"),
    [
        (None, UNKNOWN),
        (NewestTest(TODAY, True), MET),
        (NewestTest(ago(14), True), MET),
        (NewestTest(ago(15), True), UNKNOWN),
        (NewestTest(ago(15), False), UNKNOWN),
        (NewestTest(ago(1), False), NOT_MET),
        (NewestTest(ago(1), None), UNKNOWN),
    ],
)
def test_the_test_is_passed_and_not_older_than_fourteen_days(tested, state):
    assert judged("test", tested=tested).state == state


def test_how_the_test_went_is_said_with_its_day():
    assert judged("test").for_patient == "You passed the test on 17 November."
    assert judged("test", tested=NewestTest(TODAY, False)).for_patient == (
        "You did not pass the test on 20 November. You can try again. You can sit for 20 minutes."
    )
    assert judged("test").for_therapist == "Passed on 17 November: You can sit for 20 minutes."
    assert judged("test", tested=None).for_patient == "Still to test. You can sit for 20 minutes."


def test_a_stage_without_a_test_asks_for_none():
    assert "test" not in [each.key for each in readiness(replace(READY, test="")).criteria]


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ([(8, 16)] * 4, MET),
        ([(7, 16)] * 7, NOT_MET),
        ([(16, 16)] * 3 + [(0, 16)] * 4, NOT_MET),
        ([(16, 16)] * 3, UNKNOWN),
        ([(0, 0)] * 7, UNKNOWN),
        ([], UNKNOWN),
    ],
)
def test_half_of_the_breaks_on_four_days_make_the_habit(days, state):
    breaks = {ago(back): each for back, each in enumerate(days)}
    found = readiness(replace(READY, breaks=breaks))
    (criterion,) = [each for each in found.criteria if each.key == "breaks"]
    assert criterion.state == state
    assert "test" not in [each.key for each in found.criteria]


def test_with_four_days_of_prompts_it_is_known_that_there_were_too_few_breaks():
    breaks = {ago(back): (0, 16) for back in range(4)}
    assert judged("breaks", breaks=breaks).state == NOT_MET


def test_breaks_of_the_week_before_count_no_more():
    old = {ago(back): (16, 16) for back in range(7, 14)}
    assert judged("breaks", breaks=old).state == UNKNOWN


# --- today ---


@pytest.mark.parametrize(
    ("pain", "state"), [(0, MET), (5, MET), (6, NOT_MET), (10, NOT_MET), (None, UNKNOWN)]
)
def test_today_is_a_day_for_it(pain, state):
    found = readiness(replace(READY, pain_today=pain))
    assert found.criteria[-1].state == state
    assert bool(found.never) is (state == NOT_MET)


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


@pytest.mark.parametrize(
    ("changes", "for_patient"),
    [
        ({"is_screening_asked": True}, "Please answer all the safety questions first."),
        ({"is_blocked": True}, "You told us of something that a clinician needs to look at first."),
    ],
    ids=["asked anew", "ruled out"],
)
def test_safety_questions_that_wait_and_what_rules_exercise_out_hold_back(changes, for_patient):
    found = judged("safety", **changes)
    assert (found.state, found.for_patient) == (NOT_MET, for_patient)


def test_what_rules_exercise_out_forbids_it_to_everybody():
    assert readiness(replace(READY, is_blocked=True)).never == (
        "Exercise is on hold: nobody moves on before this is checked.",
    )


def test_nobody_moves_a_plan_on_twice_a_day():
    found = readiness(replace(READY, advanced_on=TODAY))
    assert found.never == ("This plan has moved on today: nobody moves it on twice a day.",)
    assert not found.is_ready
    assert readiness(replace(READY, advanced_on=ago(1))).is_ready


def test_where_the_test_cannot_be_taken_the_care_team_decides():
    found = judged("test", is_testable=False)
    assert found.state == UNKNOWN
    assert found.for_therapist.startswith("This plan is from before tests could be taken here. A therapist")
    assert found.for_patient == "Your care team decides about the test. You can sit for 20 minutes."
