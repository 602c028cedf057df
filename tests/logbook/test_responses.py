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
