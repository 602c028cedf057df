"""What to think over before doses are raised: one thing at a time, by small steps, within a session."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.care.rules import PlanStage, PrescribedExercise
from programs.care.rules.dose_warnings import dose_warnings
from programs.care.rules.session import DEFAULT_SESSION
from programs.library.rules import DOSE_LIMITS, Dose

pytestmark = pytest.mark.pure

COUNTED = Dose(
    sets=2,
    repetitions=10,
    hold_seconds=5,
    duration_seconds=None,
    rest_seconds=30,
    times_a_day=1,
    days_a_week=7,
)
TIMED = replace(COUNTED, sets=1, duration_seconds=300)
STEP = "Raise by about 10 to 20 % at a time."


def exercise(slug: str = "bridge", dose: Dose = COUNTED) -> PrescribedExercise:
    return PrescribedExercise(slug, slug, slug.title(), "together", dose)


def stage(*exercises: PrescribedExercise) -> PlanStage:
    return PlanStage(
        number=1,
        name="Settle",
        goal="Keep moving.",
        minimum_days=7,
        pain_ceiling=4,
        break_interval_minutes=30,
        test="",
        exercises=exercises,
    )


def warned(dose: Dose, **changes: Any) -> list[str]:
    """What is said of a change of one dose that is the only one of its stage."""
    return dose_warnings(stage(exercise(dose=dose)), stage(exercise(dose=replace(dose, **changes))), ())


def test_the_limits_are_those_of_the_clinical_fact_base():
    assert (DEFAULT_SESSION.most_exercises, DEFAULT_SESSION.most_minutes) == (6, 20)
    assert DEFAULT_SESSION.most_rise == 20


# --- how steep ---


@pytest.mark.parametrize("field", ["sets", "repetitions", "hold_seconds"])
@pytest.mark.parametrize("amount", [1, 2, 3, 5, 9])
def test_one_more_of_a_small_number_is_always_one_step(field, amount):
    dose = replace(COUNTED, **{field: amount})
    assert warned(dose, **{field: amount + 1}) == []
    assert len(warned(dose, **{field: amount + 2})) == 1


@pytest.mark.parametrize(
    ("less", "more", "is_steep"),
    [(10, 12, False), (10, 13, True), (15, 18, False), (15, 19, True), (20, 24, False), (20, 25, True)],
)
def test_a_fifth_more_is_the_most(less, more, is_steep):
    dose = replace(COUNTED, repetitions=less)
    assert bool(warned(dose, repetitions=more)) is is_steep


def test_it_is_said_from_where_to_where():
    assert warned(COUNTED, sets=4) == [f"Bridge: sets go up from 2 to 4. {STEP}"]
    assert warned(COUNTED, repetitions=15) == [f"Bridge: repeats go up from 10 to 15. {STEP}"]
    assert warned(COUNTED, hold_seconds=10) == [f"Bridge: seconds of hold go up from 5 to 10. {STEP}"]
    assert warned(TIMED, duration_seconds=600) == [f"Bridge: seconds go up from 300 to 600. {STEP}"]


@pytest.mark.parametrize(("seconds", "count"), [(360, 0), (361, 1)])
def test_a_time_grows_by_a_fifth_too(seconds, count):
    assert len(warned(TIMED, duration_seconds=seconds)) == count


# --- one at a time ---


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"sets": 3, "repetitions": 11}, "sets and repeats"),
        ({"repetitions": 11, "hold_seconds": 6}, "repeats and seconds of hold"),
        ({"sets": 3, "repetitions": 11, "hold_seconds": 6}, "sets, repeats and seconds of hold"),
    ],
    ids=["two", "the other two", "three"],
)
def test_only_one_of_them_is_raised_at_a_time(changes, what):
    assert warned(COUNTED, **changes) == [f"Bridge: {what} go up. Raise only one at a time."]


def test_both_things_are_said():
    assert warned(COUNTED, sets=4, repetitions=11) == [
        "Bridge: sets and repeats go up. Raise only one at a time.",
        f"Bridge: sets go up from 2 to 4. {STEP}",
    ]


def test_two_exercises_may_each_go_up_by_a_step():
    before = stage(exercise("bridge"), exercise("bird-dog"))
    after = stage(
        exercise("bridge", replace(COUNTED, sets=3)), exercise("bird-dog", replace(COUNTED, repetitions=11))
    )
    assert dose_warnings(before, after, ()) == []


def test_one_may_go_up_while_another_goes_down():
    assert warned(COUNTED, sets=3, repetitions=8) == []


def test_what_is_done_for_a_time_is_neither_counted_nor_held():
    assert warned(TIMED, repetitions=40, hold_seconds=60) == []
    assert warned(TIMED, sets=2, duration_seconds=310) == [
        "Bridge: sets and seconds go up. Raise only one at a time."
    ]


def test_between_counting_and_a_time_it_is_how_long_it_takes_that_counts():
    """2 sets of 10 with 5 seconds each take 145 seconds, the rest between them and the start included."""
    assert warned(replace(COUNTED, sets=1), duration_seconds=60) == []
    assert warned(replace(COUNTED, sets=1), duration_seconds=100) == [
        f"Bridge: it goes up from 65 seconds to 115 seconds. {STEP}"
    ]
    assert warned(TIMED, duration_seconds=None) == []
    assert len(warned(replace(TIMED, duration_seconds=30), duration_seconds=None)) == 1


def test_how_long_it_takes_counts_both_sides():
    """15 seconds to get ready, and twice 50 or 100."""
    each_side = replace(exercise(dose=replace(COUNTED, sets=1)), sides="each")
    timed = replace(each_side, dose=replace(each_side.dose, duration_seconds=100))
    assert dose_warnings(stage(each_side), stage(timed), ()) == [
        f"Bridge: it goes up from 115 seconds to 3 minutes 35 seconds. {STEP}"
    ]


def test_two_different_stages_are_not_held_against_each_other():
    with pytest.raises(ValueError, match="shorter"):
        dose_warnings(stage(exercise("bridge"), exercise("bird-dog")), stage(exercise("bridge")), ())


def test_rest_tempo_and_how_often_are_none_of_these():
    assert warned(COUNTED, rest_seconds=300, times_a_day=6, tempo="2-1-3") == []
    assert warned(replace(COUNTED, days_a_week=1), days_a_week=7) == []


# --- the session ---


def named(count: int, dose: Dose) -> list[PrescribedExercise]:
    return [exercise(f"move-{number}", dose) for number in range(count)]


def test_a_seventh_exercise_on_more_days_than_before_is_said():
    """On Mondays there were seven already; on the other days of the week it is new."""
    short = replace(TIMED, duration_seconds=30)
    rare = replace(short, days_a_week=1)
    before = stage(*named(6, short), exercise("rare", rare))

    assert dose_warnings(before, stage(*named(6, short), exercise("rare", short)), ()) == [
        "6 days of the week have up to 7 exercises now. More than 6 do not fit into one session: "
        "they take turns."
    ]
    twice = exercise("rare", replace(short, days_a_week=2))
    assert dose_warnings(before, stage(*named(6, short), twice), ())[0].startswith(
        "1 day of the week has up to 7 exercises now."
    )
    five = stage(*named(5, short), exercise("rare", rare))
    assert dose_warnings(five, stage(*named(5, short), exercise("rare", short)), ()) == []


def test_a_day_that_was_too_full_before_and_is_no_fuller_is_not_said():
    many = named(8, replace(TIMED, duration_seconds=300))
    fewer = [*many[:-1], exercise("move-7", replace(TIMED, duration_seconds=290))]
    assert dose_warnings(stage(*many), stage(*fewer), ()) == []


@pytest.mark.parametrize(("seconds", "minutes"), [(285, None), (286, 21)])
def test_more_than_twenty_minutes_a_day_are_said(seconds, minutes):
    """Four exercises of 285 seconds, and 15 to get ready for each, are 20 minutes to the second."""
    quarter = replace(TIMED, duration_seconds=285)
    before = stage(*named(3, quarter), exercise("last", replace(quarter, duration_seconds=250)))
    after = stage(*named(3, quarter), exercise("last", replace(quarter, duration_seconds=seconds)))
    said = dose_warnings(before, after, ())
    assert said == (
        []
        if minutes is None
        else [
            f"7 days of the week have up to {minutes} minutes now, without walks. More than 20 do not fit "
            "into one session: the exercises take turns."
        ]
    )


def test_walks_take_none_of_these_minutes():
    quarter = replace(TIMED, duration_seconds=285)
    before = stage(*named(4, quarter), exercise("walking", replace(TIMED, duration_seconds=1200)))
    after = stage(*named(4, quarter), exercise("walking", replace(TIMED, duration_seconds=1440)))
    assert dose_warnings(before, after, {"walking"}) == []


def test_one_that_fits_into_no_session_is_said_alone():
    """20 minutes are 1200 seconds, of which 15 get ready."""
    before = stage(exercise(dose=replace(TIMED, duration_seconds=1185)))
    after = stage(exercise(dose=replace(TIMED, duration_seconds=1186)))
    assert dose_warnings(before, before, ()) == []
    assert dose_warnings(before, after, ()) == [
        "Bridge: it takes 20 minutes 1 second now. More than 20 minutes fit into no session, so it is "
        "left out."
    ]
    assert dose_warnings(after, after, ()) == []


# --- whatever the doses are ---

AMOUNTS = ("sets", "repetitions", "hold_seconds")


@st.composite
def doses(draw: st.DrawFn) -> Dose:
    numbers = {
        field: draw(st.integers(low, high))
        for field, (low, high) in DOSE_LIMITS.items()
        if field != "duration_seconds"
    }
    low, high = DOSE_LIMITS["duration_seconds"]
    return Dose(duration_seconds=draw(st.none() | st.integers(low, high)), **numbers)


@st.composite
def stages(draw: st.DrawFn) -> PlanStage:
    found = draw(st.lists(doses(), min_size=1, max_size=8))
    return stage(*[exercise(f"move-{number}", dose) for number, dose in enumerate(found)])


@given(stages())
def test_a_plan_that_stays_as_it_is_gives_no_warning(given_stage):
    assert dose_warnings(given_stage, given_stage, ()) == []


@given(stages(), st.data())
def test_doing_less_gives_no_warning(before, data):
    lowered = []
    for each in before.exercises:
        field = data.draw(st.sampled_from(AMOUNTS))
        less = data.draw(st.integers(DOSE_LIMITS[field][0], getattr(each.dose, field)))
        # A hold of no seconds takes longer than one of a second: it is a movement of its own.
        kept = getattr(each.dose, field) if field == "hold_seconds" and less == 0 else less
        lowered.append(replace(each, dose=replace(each.dose, **{field: kept})))

    assert dose_warnings(before, stage(*lowered), ()) == []


@given(doses(), st.sampled_from(AMOUNTS))
def test_one_step_of_one_thing_is_never_too_steep(dose, field):
    lowest, highest = DOSE_LIMITS[field]
    amount = min(getattr(dose, field), highest - 1)
    dose = replace(dose, **{field: amount})

    said = warned(dose, **{field: amount + 1})

    assert not [sentence for sentence in said if "go up" in sentence], lowest


@given(stages(), st.data())
def test_whatever_is_changed_it_says_plain_sentences(before, data):
    after = stage(*[replace(each, dose=data.draw(doses())) for each in before.exercises])
    for sentence in dose_warnings(before, after, {"move-0"}):
        assert sentence.endswith(".")
        assert "None" not in sentence
        assert len(sentence) < 200


@given(doses(), doses())
def test_what_is_said_of_one_exercise_does_not_hang_on_another(dose, other):
    alone = warned(COUNTED, sets=dose.sets)
    before = stage(exercise(), exercise("other", other))
    after = stage(exercise(dose=replace(COUNTED, sets=dose.sets)), exercise("other", other))
    assert [each for each in dose_warnings(before, after, ()) if each.startswith("Bridge")] == alone
