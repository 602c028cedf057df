"""The traffic lights, cell by cell and boundary by boundary."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programs.care.rules.response import (
    AMBER,
    COLOURS,
    GREEN,
    RED,
    UNKNOWN,
    Felt,
    Light,
    ResponseParameters,
    is_settled,
    light,
    most_severe,
)

pytestmark = pytest.mark.pure

SCORES = st.none() | st.integers(0, 10)
TINGLING = ["", "none", "under_1", "1_to_10", "over_10"]
SPREADS = ["", "closer", "same", "settled", "stayed"]
FELT = st.builds(
    Felt,
    before=SCORES,
    peak=SCORES,
    next_morning=SCORES,
    tingling=st.sampled_from(TINGLING),
    spread=st.sampled_from(SPREADS),
)


def colour(before=None, peak=None, next_morning=None, *, is_nerve_glide=False, **more) -> str:
    felt = Felt(before=before, peak=peak, next_morning=next_morning, **more)
    return light(felt, is_nerve_glide=is_nerve_glide).colour


@pytest.mark.parametrize("before", [0, 1, 2, 3])
@pytest.mark.parametrize(
    ("peak", "expected"),
    [(0, GREEN), (2, GREEN), (3, AMBER), (5, AMBER), (6, RED), (10, RED)],
)
def test_from_a_start_up_to_3_the_absolute_scale_holds(before, peak, expected):
    assert colour(before, peak) == expected


@pytest.mark.parametrize("before", [4, 5, 6, 7])
@pytest.mark.parametrize(("rise", "expected"), [(-4, GREEN), (0, GREEN), (1, GREEN), (2, AMBER), (3, RED)])
def test_from_a_start_of_4_on_only_the_rise_counts(before, rise, expected):
    assert colour(before, before + rise) == expected


def test_who_starts_at_6_is_not_red_in_every_set():
    assert colour(6, 6) == GREEN


@pytest.mark.parametrize("before", [0, 2, 3, 4, 7])
@pytest.mark.parametrize(("rise", "expected"), [(0, GREEN), (1, GREEN), (2, AMBER), (3, RED)])
def test_of_a_nerve_glide_only_the_rise_counts_whatever_the_start(before, rise, expected):
    assert colour(before, before + rise, is_nerve_glide=True) == expected


@pytest.mark.parametrize(
    ("tingling", "expected"),
    [("", GREEN), ("none", GREEN), ("under_1", GREEN), ("1_to_10", AMBER), ("over_10", RED)],
)
def test_tingling_after_a_nerve_glide_counts_by_how_long_it_lasts(tingling, expected):
    assert colour(2, 2, is_nerve_glide=True, tingling=tingling) == expected
    assert colour(2, 2, tingling=tingling) == GREEN


@pytest.mark.parametrize("is_nerve_glide", [True, False])
@pytest.mark.parametrize("before", [2, 5])
@pytest.mark.parametrize(
    ("spread", "expected"),
    [("", GREEN), ("closer", GREEN), ("same", GREEN), ("settled", GREEN), ("stayed", RED)],
)
def test_only_a_spread_that_stays_is_red(before, spread, expected, is_nerve_glide):
    assert colour(before, 2, spread=spread, is_nerve_glide=is_nerve_glide) == expected


@pytest.mark.parametrize("is_nerve_glide", [True, False])
@pytest.mark.parametrize("before", [0, 3, 4, 8])
@pytest.mark.parametrize(("more", "expected"), [(0, GREEN), (1, GREEN), (2, RED)])
def test_a_morning_2_above_the_start_is_red_for_every_kind(before, more, expected, is_nerve_glide):
    assert colour(before, min(before, 2), before + more, is_nerve_glide=is_nerve_glide) == expected


def test_an_amber_exercise_that_settled_stays_amber():
    assert colour(2, 4, 3) == AMBER
    assert colour(2, 4, 4) == RED


def test_without_a_peak_there_is_no_green():
    assert colour(2) == UNKNOWN
    assert colour(2, next_morning=2) == UNKNOWN
    assert colour() == UNKNOWN
    assert colour(2, tingling="1_to_10", is_nerve_glide=True) == AMBER
    assert colour(2, spread="stayed") == RED
    assert colour(2, next_morning=4) == RED


@pytest.mark.parametrize("is_nerve_glide", [True, False])
@pytest.mark.parametrize(("peak", "expected"), [(2, GREEN), (3, AMBER), (5, AMBER), (6, RED)])
def test_where_the_start_is_not_known_the_absolute_scale_holds(peak, expected, is_nerve_glide):
    assert colour(None, peak, is_nerve_glide=is_nerve_glide) == expected
    assert colour(None, peak, next_morning=10, is_nerve_glide=is_nerve_glide) == expected


@pytest.mark.parametrize(
    ("before", "morning", "expected"),
    [(3, 4, True), (3, 5, False), (0, 2, False), (3, 0, True), (None, 5, None), (3, None, None)],
)
def test_settled_is_no_more_than_one_above_the_start(before, morning, expected):
    assert is_settled(before, morning) is expected


@pytest.mark.parametrize(
    ("felt", "is_nerve_glide", "reasons"),
    [
        (Felt(before=2, peak=6), False, ("Pain 6 at worst.",)),
        (Felt(before=4, peak=7), False, ("Pain 4 before, 7 at worst: 3 higher.",)),
        (Felt(before=4, peak=4), False, ("Pain 4 before, 4 at worst: no rise.",)),
        (Felt(before=4, peak=5), False, ("Pain 4 before, 5 at worst: 1 higher.",)),
        (Felt(before=4, peak=2), False, ("Pain 4 before, 2 at worst: 2 lower.",)),
        (
            Felt(before=2, peak=2, next_morning=4),
            False,
            ("Pain 2 before, 4 the next morning: not settled.",),
        ),
        (
            Felt(before=2, peak=6, spread="stayed"),
            False,
            ("Pain 6 at worst.", "Symptoms went further down the leg for more than 10 minutes."),
        ),
        (
            Felt(before=2, peak=2, tingling="over_10"),
            True,
            ("Tingling or numbness for more than 10 minutes after a nerve glide.",),
        ),
        (
            Felt(before=2, peak=2, tingling="1_to_10"),
            True,
            ("Tingling or numbness for 1 to 10 minutes after a nerve glide.",),
        ),
        (Felt(), False, ()),
    ],
)
def test_a_light_says_why_it_is_what_it_is(felt, is_nerve_glide, reasons):
    assert light(felt, is_nerve_glide=is_nerve_glide).reasons == reasons


def test_the_reasons_of_a_milder_light_are_not_those_of_a_severe_one():
    felt = Felt(before=2, peak=4, tingling="over_10")

    assert light(felt, is_nerve_glide=True).reasons == (
        "Tingling or numbness for more than 10 minutes after a nerve glide.",
    )


def test_every_colour_has_words_for_patients():
    assert [Light(each).words for each in COLOURS] == [
        "We do not know how it went",
        "It went well",
        "A bit much",
        "Too much",
    ]


def test_the_most_severe_of_several_counts_with_each_reason_once():
    lights = [Light(GREEN, ("a",)), Light(RED, ("b",)), Light(AMBER, ("c",)), Light(RED, ("d", "b"))]

    assert most_severe(lights) == Light(RED, ("b", "d"))
    assert most_severe([]) == Light(UNKNOWN)
    assert most_severe([Light(UNKNOWN), Light(GREEN, ("a",))]) == Light(GREEN, ("a",))


def test_other_limits_can_be_tried():
    stricter = ResponseParameters(version="trial", red_from=4, unsettled_rise=1)

    assert light(Felt(before=1, peak=4), parameters=stricter).colour == RED
    assert light(Felt(before=1, peak=1, next_morning=2), parameters=stricter).colour == RED


def test_an_exercise_is_no_nerve_glide_unless_it_is_said():
    assert light(Felt(before=3, peak=3)).colour == AMBER
    assert light(Felt(before=3, peak=3), is_nerve_glide=True).colour == GREEN


@given(FELT, st.booleans(), st.sampled_from(["peak", "next_morning"]), st.integers(0, 10))
def test_more_pain_never_gives_a_milder_light(felt, is_nerve_glide, which, more):
    score = getattr(felt, which)
    if score is None:
        return
    worse = replace(felt, **{which: max(score, more)})

    milder, severer = (light(each, is_nerve_glide=is_nerve_glide).colour for each in (felt, worse))

    assert COLOURS.index(severer) >= COLOURS.index(milder)


@given(FELT, st.booleans())
def test_saying_more_of_what_went_wrong_never_gives_a_milder_light(felt, is_nerve_glide):
    before = light(felt, is_nerve_glide=is_nerve_glide).colour
    for worse in (replace(felt, spread="stayed"), replace(felt, tingling="over_10")):
        assert COLOURS.index(light(worse, is_nerve_glide=is_nerve_glide).colour) >= COLOURS.index(before)


@given(st.lists(st.builds(Light, st.sampled_from(COLOURS))), st.randoms())
def test_the_order_of_exercises_makes_no_difference(lights, random):
    shuffled = random.sample(lights, len(lights))

    assert most_severe(shuffled).colour == most_severe(lights).colour
