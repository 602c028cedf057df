"""responses_of: how each session was borne, put together from what was said of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from programs.logbook.actions import record_morning_check, record_session
from programs.logbook.models import GuidedSession
from programs.logbook.queries import responses_of
from tests import makers

YESTERDAY = makers.NOON - timedelta(days=1)


def session(plan, *, at=YESTERDAY, pain=(2, 2, 2), spread="", all_outcomes="done", **said) -> GuidedSession:
    """A session of the whole stage; `said` is what was felt in an exercise, by its slug."""
    results = [
        replace(each, **{"outcome": all_outcomes} | said.get(each.exercise.replace("-", "_"), {}))
        for each in makers.results(plan)
    ]
    stored, _ = record_session(
        plan=plan,
        session_id=uuid4(),
        plan_version=makers.version(plan),
        stage_number=plan.stage_number,
        started_at=at - timedelta(minutes=12),
        finished_at=at,
        pain_before=pain[0],
        pain_peak=pain[1],
        pain_after=pain[2],
        spread=spread,
        results=results,
        note="",
        now=at,
    )
    return stored


def morning(patient, pain, of=YESTERDAY) -> None:
    record_morning_check(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        check_id=uuid4(),
        about_on=of.date(),
        pain=pain,
        settles_within=None,
        now=of + timedelta(days=1),
    )


def only_response(patient):
    (response,) = responses_of(patient, makers.NOON.date() - timedelta(days=30))
    return response


@pytest.mark.parametrize(
    ("pain", "spread", "said", "colour", "reds"),
    [
        ((2, 2, 2), "", {}, "green", ()),
        ((2, 4, 2), "", {}, "amber", ()),
        ((2, 6, 2), "", {}, "red", ()),
        ((2, 2, 2), "stayed", {}, "red", ()),
        ((2, 2, 2), "", {"ankle_pumps": {"pain_peak": 6}}, "red", ("ankle-pumps",)),
        ((2, 2, 2), "", {"ankle_pumps": {"pain_peak": 3}}, "amber", ()),
        ((2, 2, 2), "", {"ankle_pumps": {"spread": "stayed"}}, "red", ("ankle-pumps",)),
        ((2, 2, 2), "", {"supine_sciatic_slider": {"tingling": "1_to_10"}}, "amber", ()),
        (
            (2, 2, 2),
            "",
            {"supine_sciatic_slider": {"tingling": "over_10"}},
            "red",
            ("supine-sciatic-slider",),
        ),
        # only nerve glides are asked
        ((2, 2, 2), "", {"ankle_pumps": {"tingling": "over_10"}}, "green", ()),
        # a glide is judged by the rise, the rest from a low start by the absolute scale
        ((0, 2, 2), "", {"supine_sciatic_slider": {"pain_peak": 2}}, "amber", ()),
        ((None, None, None), "", {}, "unknown", ()),
    ],
)
def test_the_most_severe_of_the_session_and_its_exercises_counts(
    alice, plan, pain, spread, said, colour, reds
):
    session(plan, pain=pain, spread=spread, **said)

    response = only_response(alice)

    assert (response.colour, response.reds) == (colour, reds)


def test_the_light_is_provisional_until_the_next_morning(alice, plan):
    session(plan)
    before = only_response(alice)
    morning(alice, 3)
    after = only_response(alice)

    assert (before.colour, before.is_final, before.is_settled) == ("green", False, None)
    assert (after.colour, after.is_final, after.is_settled) == ("green", True, True)


def test_a_bad_morning_counts_against_the_session_and_what_hurt_in_it(alice, plan):
    session(plan, ankle_pumps={"pain_peak": 4}, pelvic_tilt={"pain_peak": 1})
    morning(alice, 4)

    response = only_response(alice)

    assert (response.colour, response.is_settled) == ("red", False)
    assert response.reds == ("ankle-pumps",)
    assert response.exercises["pelvic-tilt"].colour == "green"
    assert "Pain 2 before, 4 the next morning: not settled." in response.light.reasons


def test_a_patient_is_told_which_exercise_a_light_comes_from_and_nothing_twice(alice, plan):
    session(plan, pain=(2, 7, 2), ankle_pumps={"pain_peak": 7}, pelvic_tilt={"pain_peak": 6})

    assert only_response(alice).light.for_patient == (
        "At its worst, your pain went up by 5, from 2 to 7.",
        "Pelvic tilt: at its worst, your pain went up by 4, from 2 to 6.",
    )


def test_pain_that_was_worst_in_an_exercise_is_told_of_that_exercise(alice, plan):
    session(plan, pain=(3, 3, 3), ankle_pumps={"pain_peak": 5})

    response = only_response(alice)

    assert (response.colour, response.light.words) == ("amber", "A bit much")
    assert response.light.for_patient == (
        "Ankle pumps: at its worst, your pain went up by 2, from 3 to 5. "
        "With 3 or more, do the same next time, not more.",
    )
    assert (response.peak, response.worst) == (5, 5)


def test_pain_that_was_worst_in_an_exercise_is_said_of_a_green_session_too(alice, plan):
    session(plan, pain=(1, 1, 1), ankle_pumps={"pain_peak": 2})

    assert only_response(alice).light.for_patient == ("At its worst, your pain went up by 1, from 1 to 2.",)


def test_pain_that_was_worst_in_a_milder_exercise_is_said_of_the_session(alice, plan):
    session(plan, pain=(3, 3, 3), supine_sciatic_slider={"pain_peak": 4})

    light = only_response(alice).light

    assert (light.colour, light.words) == ("amber", "A bit much")
    assert light.for_patient == (
        "At its worst, your pain went up by 1, from 3 to 4. With 3 or more, do the same next time, not more.",
    )


def test_a_bad_morning_is_told_of_the_session_even_where_an_exercise_hurt_more(alice, plan):
    session(plan, ankle_pumps={"pain_peak": 4})
    morning(alice, 4)

    assert only_response(alice).light.for_patient == ("Your pain was 2 before, and 4 the next morning.",)


def test_pain_after_a_session_changes_its_words_and_not_its_colour(alice, plan):
    session(plan, pain=(2, 2, 8))

    response = only_response(alice)

    assert (response.colour, response.light.words) == ("green", "It hurt more after")
    assert response.light.for_patient == ("At its worst, your pain went up by 6, from 2 to 8.",)
    assert (response.peak, response.worst) == (2, 8)


@pytest.mark.parametrize("pain", [(2, 2, 2), (None, None, None)])
@pytest.mark.parametrize("peak", [None, 2])
def test_nobody_who_stopped_for_pain_reads_that_it_went_well(alice, plan, pain, peak):
    session(
        plan, pain=pain, ankle_pumps={"outcome": "stopped", "pain_peak": peak}, pelvic_tilt={"pain_peak": 1}
    )

    response = only_response(alice)

    assert response.light.words == response.exercises["ankle-pumps"].words == "Too much"
    assert response.light.for_patient == ("Ankle pumps: you stopped because it hurt more.",)
    assert response.reds == ("ankle-pumps",)


def test_a_session_that_went_well_says_it_once(alice, plan):
    session(plan, pain=(2, 2, 2), ankle_pumps={"pain_peak": 1})

    assert only_response(alice).light.for_patient == ("Your pain was 2 before, and 2 at worst.",)


def test_a_session_of_which_nothing_was_tried_says_nothing(alice, plan):
    session(plan, all_outcomes="skipped")

    assert responses_of(alice, YESTERDAY.date()) == []


def test_the_sessions_come_oldest_first_from_the_day_on(alice, plan):
    days = [YESTERDAY - timedelta(days=back) for back in (0, 3, 1, 9)]
    for day in days:
        session(plan, at=day)

    found = responses_of(alice, YESTERDAY.date() - timedelta(days=3))

    assert [each.performed_on for each in found] == sorted(day.date() for day in days)[1:]


@pytest.mark.parametrize("sessions", [2, 12])
def test_it_takes_four_queries_however_many_sessions(alice, plan, sessions, django_assert_num_queries):
    for back in range(sessions):
        session(plan, at=YESTERDAY - timedelta(days=back))

    with django_assert_num_queries(4):  # sessions, results, exercises, mornings
        assert len(responses_of(alice, YESTERDAY.date() - timedelta(days=30))) == sessions
