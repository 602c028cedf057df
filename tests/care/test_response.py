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
    above_the_limit,
    is_settled,
    light,
    most_severe,
)
from tests.readability import grade

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


@pytest.mark.parametrize(
    ("felt", "is_nerve_glide", "words", "sentence"),
    [
        (Felt(before=2, peak=1), False, "It went well", "Your pain was 2 before, and 1 at worst."),
        (Felt(before=2, peak=2), True, "It went well", "Your pain was 2 before, and 2 at worst."),
        (
            Felt(before=7, peak=8),
            False,
            "It did not go up much",
            "At its worst, your pain went up by 1, from 7 to 8.",
        ),
        (Felt(before=6, peak=4), False, "It did not go up", "Your pain was 6 before, and 4 at worst."),
        (Felt(before=8, peak=3), False, "It did not go up", "Your pain was 8 before, and 3 at worst."),
        (Felt(before=7, peak=7), False, "It did not go up", "Your pain was 7 before, and 7 at worst."),
        (
            Felt(before=2, peak=2, worst=8),
            False,
            "It hurt more after",
            "At its worst, your pain went up by 6, from 2 to 8.",
        ),
        (
            Felt(before=7, peak=7, worst=9),
            False,
            "It hurt more after",
            "At its worst, your pain went up by 2, from 7 to 9.",
        ),
        (Felt(peak=2, worst=3), False, "It hurt more after", "Your pain was 3 at worst."),
        (
            Felt(before=2, peak=2, worst=3),
            False,
            "It did not go up much",
            "At its worst, your pain went up by 1, from 2 to 3.",
        ),
        (
            Felt(before=3, peak=3, worst=5),
            False,
            "A bit much",
            "At its worst, your pain went up by 2, from 3 to 5. "
            "With 3 or more, do the same next time, not more.",
        ),
        (
            Felt(before=2, peak=3),
            True,
            "It did not go up much",
            "At its worst, your pain went up by 1, from 2 to 3.",
        ),
        (
            Felt(before=3, peak=3),
            False,
            "No more than this for now",
            "Your pain was 3 before, and 3 at worst. With 3 or more, do the same next time, not more.",
        ),
        (
            Felt(before=2, peak=4),
            False,
            "A bit much",
            "At its worst, your pain went up by 2, from 2 to 4. "
            "With 3 or more, do the same next time, not more.",
        ),
        (Felt(before=4, peak=6), False, "A bit much", "At its worst, your pain went up by 2, from 4 to 6."),
        (Felt(before=4, peak=7), False, "Too much", "At its worst, your pain went up by 3, from 4 to 7."),
        (Felt(peak=7), False, "Too much", "Your pain was 7 at worst."),
        (
            Felt(before=2, peak=2, next_morning=4),
            False,
            "Too much",
            "Your pain was 2 before, and 4 the next morning.",
        ),
        (
            Felt(before=2, peak=2, spread="stayed"),
            False,
            "Too much",
            "It went further down your leg for more than 10 minutes.",
        ),
        (
            Felt(before=2, peak=2, tingling="over_10"),
            True,
            "Too much",
            "It tingled or went numb for more than 10 minutes.",
        ),
        (
            Felt(before=2, peak=2, tingling="1_to_10"),
            True,
            "A bit much",
            "It tingled or went numb for 1 to 10 minutes.",
        ),
    ],
)
def test_a_patient_reads_what_is_true_and_why(felt, is_nerve_glide, words, sentence):
    found = light(felt, is_nerve_glide=is_nerve_glide)

    assert (found.words, found.for_patient) == (words, (sentence,))


@pytest.mark.parametrize("felt", [Felt(), Felt(before=2, peak=2), Felt(before=7, peak=7)])
def test_what_was_stopped_because_it_hurt_more_was_too_much(felt):
    found = light(replace(felt, is_stopped=True))

    assert (found.colour, found.words) == (RED, "Too much")
    assert found.reasons == ("Stopped because it hurt more.",)
    assert found.for_patient == ("You stopped because it hurt more.",)


@given(FELT, st.booleans(), SCORES)
def test_the_worst_that_was_said_changes_words_and_no_colour(felt, is_nerve_glide, worst):
    found = light(replace(felt, worst=worst), is_nerve_glide=is_nerve_glide)

    assert found.colour == light(felt, is_nerve_glide=is_nerve_glide).colour
    if found.words == "It went well":
        assert worst in (None, 0, 1, 2)


@given(FELT, st.booleans())
def test_nobody_reads_that_a_high_pain_went_well_or_that_no_change_was_a_bit_much(felt, is_nerve_glide):
    found = light(felt, is_nerve_glide=is_nerve_glide)

    if found.words == "It went well":
        assert felt.peak in (0, 1, 2)
    if found.words == "A bit much" and felt.before is not None and felt.peak is not None:
        assert felt.peak > felt.before or felt.tingling == "1_to_10"
    assert bool(found.for_patient) == (found.colour != UNKNOWN)
    assert not found.for_patient or grade(" ".join(found.for_patient)) <= 6


@pytest.mark.parametrize(("peak", "is_said"), [(None, False), (5, False), (6, True), (8, True)])
def test_pain_above_the_limit_of_the_plan_is_said_whatever_the_light(peak, is_said):
    sentence = "Your pain was above 5, the limit of your plan. Your care team can see this."

    assert above_the_limit(peak, 5) == (sentence if is_said else "")


def test_of_an_exercise_a_patient_is_told_its_name():
    named = light(Felt(before=4, peak=7)).of("Bridge")

    assert named.for_patient == ("Bridge: at its worst, your pain went up by 3, from 4 to 7.",)


def test_of_lights_of_one_colour_the_less_mild_words_are_read():
    steady, worse = light(Felt(before=3, peak=3)), light(Felt(before=2, peak=4))
    well, high = light(Felt(before=1, peak=1)), light(Felt(before=7, peak=8))

    assert most_severe([steady, worse]).words == most_severe([worse, steady]).words == "A bit much"
    assert most_severe([well, high]).words == most_severe([high, well]).words == "It did not go up much"


def test_the_most_severe_of_several_counts_with_each_reason_once():
    lights = [Light(GREEN, ("a",)), Light(RED, ("b",)), Light(AMBER, ("c",)), Light(RED, ("d", "b"))]

    assert most_severe(lights) == Light(RED, ("b", "d"))
    said = [
        Light(RED, for_patient=("b",)),
        Light(AMBER, for_patient=("c",)),
        Light(RED, for_patient=("d", "b")),
    ]
    assert most_severe(said).for_patient == ("b", "d")
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
