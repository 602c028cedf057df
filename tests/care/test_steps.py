"""Steps: how an exercise with its dose becomes what a player goes through by itself."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from programs.care.rules import PrescribedExercise
from programs.care.rules.session import cut
from programs.care.rules.steps import KINDS, WORK, Step, Tempo, steps_of
from programs.library.rules import DOSE_LIMITS, Dose, seconds_needed
from programs.library.rules.dose import GETTING_INTO_POSITION_SECONDS
from tests.library.shipped import shipped

pytestmark = pytest.mark.pure

TEN = Dose(
    sets=2,
    repetitions=10,
    hold_seconds=0,
    duration_seconds=None,
    rest_seconds=30,
    times_a_day=1,
    days_a_week=7,
)
tempos = st.sampled_from(["", "2-1-3", "0-0-4", "4-0-6", "1-30-1", "99-99-99"])
numbers = {name: st.integers(*limits) for name, limits in DOSE_LIMITS.items()}
doses = st.builds(
    Dose, **{**numbers, "duration_seconds": st.none() | numbers["duration_seconds"]}, tempo=tempos
)
sides = st.sampled_from(["together", "each", "alternate"])
plan_sides = st.sampled_from(["right", "left", "both"])
first_legs = st.sampled_from(["sore", "right", "left"])
categories = st.sampled_from(["strength", "aerobic"])


def compiled(
    dose: Dose,
    of_sides: str = "together",
    *,
    category: str = "strength",
    plan_side: str = "right",
    first_leg: str = "sore",
    letter: str = "",
) -> tuple[Step, ...]:
    return steps_of(
        PrescribedExercise("id", "calf-raise", "Calf raise", of_sides, dose),
        key="key",
        position="standing",
        category=category,
        plan_side=plan_side,
        first_leg=first_leg,
        letter=letter,
    )


def work_of(steps: tuple[Step, ...]) -> list[Step]:
    return [step for step in steps if step.kind in WORK]


def outline(steps: tuple[Step, ...]) -> list[tuple[str, str, int]]:
    return [(step.kind, step.side, step.set) for step in steps]


def length(step: Step) -> float:
    """Seconds."""
    if step.tempo is None:
        assert step.dur_ms is not None
        return step.dur_ms / 1000
    assert step.reps is not None
    return step.reps * (step.tempo.up + step.tempo.hold + step.tempo.down + step.tempo.pause)


def test_sets_have_rests_between_them_and_a_question_after_them():
    assert outline(compiled(TEN)) == [
        ("ready", "both", 1),
        ("reps", "both", 1),
        ("rest", "both", 1),
        ("reps", "both", 2),
        ("ask", "both", 2),
    ]


def test_each_side_has_all_its_sets_the_sore_one_first():
    assert outline(compiled(TEN, "each", plan_side="left")) == [
        ("ready", "left", 1),
        ("reps", "left", 1),
        ("rest", "left", 1),
        ("reps", "left", 2),
        ("switch", "right", 1),
        ("reps", "right", 1),
        ("rest", "right", 1),
        ("reps", "right", 2),
        ("ask", "right", 2),
    ]


def test_the_leg_that_somebody_wants_first_comes_first():
    assert compiled(TEN, "each", plan_side="left", first_leg="right")[0].side == "right"
    assert compiled(TEN, "alternate", plan_side="left", first_leg="right")[0].first == "right"


def test_sides_in_turn_are_one_set_in_which_both_are_counted():
    work = work_of(compiled(TEN, "alternate"))

    assert [(step.side, step.first, step.reps) for step in work] == [("alternate", "right", 20)] * 2


def test_without_a_rest_one_set_follows_the_other():
    assert [step.kind for step in compiled(replace(TEN, rest_seconds=0))] == ["ready", "reps", "reps", "ask"]


def test_a_walk_is_done_at_ones_own_pace_and_asks_nothing():
    walk = compiled(replace(TEN, sets=1, repetitions=1, duration_seconds=600), category="aerobic")

    assert [(step.kind, step.dur_ms) for step in walk] == [("ready", 10_000), ("self", 600_000)]


def test_between_two_walks_nobody_counts_a_rest():
    walks = compiled(replace(TEN, repetitions=1, duration_seconds=600), category="aerobic")

    assert [step.kind for step in walks] == ["ready", "self", "self"]


@pytest.mark.parametrize(
    ("changes", "tempo"),
    [
        ({}, Tempo(1.5, 0, 1.5, 0)),
        ({"hold_seconds": 5}, Tempo(1, 5, 1, 1)),
        ({"tempo": "2-1-3"}, Tempo(2, 1, 3, 0)),
        ({"tempo": "2-1-3", "hold_seconds": 5}, Tempo(2, 5, 3, 0)),
    ],
)
def test_a_repetition_goes_as_fast_as_the_dose_says(changes, tempo):
    (work, _) = work_of(compiled(replace(TEN, **changes)))

    assert (work.kind, work.tempo, work.dur_ms) == ("reps", tempo, None)


@pytest.mark.parametrize(
    ("changes", "milliseconds"),
    [
        ({"repetitions": 1, "hold_seconds": 30}, 30_000),
        ({"duration_seconds": 180, "tempo": "4-0-6"}, 180_000),
    ],
)
def test_what_is_held_or_done_for_a_time_has_only_that_time(changes, milliseconds):
    (work, _) = work_of(compiled(replace(TEN, **changes)))

    assert (work.kind, work.dur_ms, work.reps, work.tempo) == ("hold", milliseconds, None, None)


def test_one_hold_for_each_leg_in_turn_says_its_leg():
    (work, _) = work_of(compiled(replace(TEN, repetitions=1, hold_seconds=30), "alternate"))

    assert (work.kind, work.reps, work.tempo) == ("reps", 2, Tempo(1, 30, 1, 1))


def test_the_gentle_steps_have_names_of_their_own():
    assert [step.id for step in compiled(TEN, letter="g")] == [
        "key.g1",
        "key.g2",
        "key.g3",
        "key.g4",
        "key.g5",
    ]


@given(doses, sides, plan_sides, first_legs, categories)
def test_every_dose_has_all_its_sets_on_all_its_sides(dose, of_sides, plan_side, first_leg, category):
    steps = compiled(dose, of_sides, plan_side=plan_side, first_leg=first_leg, category=category)
    work = work_of(steps)

    assert len({step.id for step in steps}) == len(steps)
    assert {step.kind for step in steps} <= set(KINDS)
    assert steps[0].kind == "ready"
    assert [step.kind for step in steps].count("ready") == 1
    worked = {"together": ["both"], "alternate": ["alternate"]}.get(of_sides, ["right", "left"])
    assert sorted({step.side for step in work}) == sorted(worked)
    assert len(work) == dose.sets * len(worked)
    for side in worked:
        assert [step.set for step in work if step.side == side] == list(range(1, dose.sets + 1))
    assert all((step.first in ("right", "left")) == (of_sides == "alternate") for step in steps)
    assert all((step.tempo is None) == (step.reps is None) == (step.kind != "reps") for step in steps)
    assert all((step.dur_ms is None) == (step.kind == "reps") for step in steps)
    assert all(length(step) > 0 for step in steps)


@given(doses, sides, categories)
def test_nobody_rests_after_the_last_set(dose, of_sides, category):
    steps = compiled(dose, of_sides, category=category)

    assert steps[-1].kind == ("self" if category == "aerobic" else "ask")
    for step, after in pairwise(steps):
        assert step.kind != "rest" or (after.kind in WORK and after.side == step.side)


@given(doses, sides)
def test_the_steps_last_as_long_as_the_dose_is_said_to_take(dose, of_sides):
    """Where it says how long: how fast one goes into a hold and out of it is the player's own."""
    assume(dose.duration_seconds or dose.tempo or not dose.hold_seconds)
    # One hold is done without the way into it and back.
    assume(dose.duration_seconds or not (dose.repetitions == 1 and dose.hold_seconds))
    between = [step for step in compiled(dose, of_sides) if step.kind not in ("ready", "switch", "ask")]

    assert sum(map(length, between)) == seconds_needed(dose, of_sides) - GETTING_INTO_POSITION_SECONDS


@given(doses, sides, st.integers(1, 100))
def test_a_dose_that_was_cut_can_be_done_too(dose, of_sides, share):
    assert work_of(compiled(cut(dose, share), of_sides))


@pytest.mark.parametrize("exercise", shipped().exercises, ids=lambda each: each.slug)
def test_everything_in_the_library_can_be_done(exercise):
    steps = steps_of(
        PrescribedExercise("id", exercise.slug, exercise.name, exercise.sides, exercise.dose),
        key=exercise.slug,
        position=exercise.position,
        category=exercise.category,
        plan_side="right",
        first_leg="sore",
    )

    assert len(work_of(steps)) == exercise.dose.sets * (2 if exercise.sides == "each" else 1)
    assert {step.position for step in steps} == {exercise.position}
    assert {step.id.rpartition(".")[0] for step in steps} == {exercise.slug}
    assert all(set(step.to_json()) == set(Step.__slots__) for step in steps)
