"""/api/v1/stage-tests/, /api/v1/direction-tries/ and /api/v1/direction-check/."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from programs.care.models import Plan
from programs.library.models import Exercise, Program
from programs.logbook.actions import record_direction_try, record_stage_test
from programs.logbook.models import DirectionTry, StageTest
from tests import makers
from tests.rest import wrong_fields

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

TESTS, TRIES, CHECK = "/api/v1/stage-tests/", "/api/v1/direction-tries/", "/api/v1/direction-check/"


@pytest.fixture
def stage_test(plan) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "plan_version": str(makers.version(plan).pk),
        "stage_number": 4,
        "taken_on": "2026-11-20",
        "values": {"one-leg-raises.left": 10, "one-leg-raises.right": 8},
    }


@pytest.fixture
def try_body(plan) -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "exercise": "prone-press-up",
        "tried_on": "2026-11-20",
        "reach_before": 4,
        "pain_before": 5,
        "reach_after": 3,
        "pain_after": 4,
    }


def test_a_test_is_stored_and_judged(api, alice, stage_test):
    answer = api(alice).post(TESTS, stage_test, format="json")
    assert answer.status_code == 201
    assert answer.json() == stage_test | {
        "patient": str(alice.pk),
        "is_passed": True,
        "received_at": "2026-11-20T12:00:00Z",
    }


def test_the_same_test_again_is_answered_with_the_stored_one(api, alice, stage_test):
    first = api(alice).post(TESTS, stage_test, format="json")
    again = api(alice).post(TESTS, stage_test | {"values": {}}, format="json")
    assert (again.status_code, again.json()) == (200, first.json())
    assert StageTest.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        (
            {"values": {"one-leg-raises.left": "ten"}},
            {"values.one-leg-raises.left": "Choose a whole number from 0 to 500."},
        ),
        ({"values": {"hop": 3}}, {"values.hop": "This test has no such question."}),
        ({"stage_number": 9}, {"stage_number": "The plan has no such stage."}),
        ({"taken_on": "2026-11-21"}, {"taken_on": "This day has not come yet."}),
        ({"taken_on": "2026-09-01"}, {"taken_on": "This is more than 60 days ago."}),
        ({"more": 1}, {"more": "There is no such field."}),
    ],
    ids=["count", "question", "stage", "tomorrow", "long-ago", "field"],
)
def test_what_is_wrong_is_named_and_nothing_is_stored(api, alice, stage_test, wrong, fields):
    answer = api(alice).post(TESTS, stage_test | wrong, format="json")
    assert (answer.status_code, wrong_fields(answer)) == (400, fields)
    assert not StageTest.objects.exists()


def test_a_stage_without_a_test_has_none_to_take(api, clinic, bob, stage_test):
    nora = makers.patient(clinic, "nora", cared_for_by=bob)
    plan = makers.plan(nora, bob, program=Program.objects.get(slug="calf-tightness-and-cramps"))
    body = stage_test | {"plan_version": str(makers.version(plan).pk), "stage_number": 3, "values": {}}
    answer = api(nora).post(TESTS, body, format="json")
    assert wrong_fields(answer) == {"stage_number": "This stage has no test to take."}


def test_somebody_elses_plan_is_not_found(api, dora, charlie, stage_test):
    makers.plan(dora, charlie)
    answer = api(dora).post(TESTS, stage_test, format="json")
    assert wrong_fields(answer) == {"plan_version": "There is no such plan of yours."}


def test_somebody_elses_id_is_taken(api, alice, clinic, bob, stage_test):
    api(alice).post(TESTS, stage_test, format="json")
    nora = makers.patient(clinic, "nora", cared_for_by=bob)
    body = stage_test | {"plan_version": str(makers.version(makers.plan(nora, bob)).pk)}
    assert wrong_fields(api(nora).post(TESTS, body, format="json")) == {"id": "This id is already in use."}


def test_a_try_is_stored_judged_and_written_down_to_the_plan(api, alice, try_body):
    answer = api(alice).post(TRIES, try_body, format="json")
    assert answer.status_code == 201
    assert (answer.json()["direction"], answer.json()["effect"]) == ("extension", "better")
    assert Plan.objects.get(patient=alice).direction == "extension"
    again = api(alice).post(TRIES, try_body, format="json")
    assert (again.status_code, DirectionTry.objects.count()) == (200, 1)


def test_the_check_tells_which_move_comes_next(api, alice, try_body):
    before = api(alice).get(CHECK).json()
    assert (before["outcome"], before["to_try"], before["to_try_from"]) == ("", "extension", "2026-11-20")
    assert before["moves"] == ["prone-press-up", "prone-on-elbows"]
    api(alice).post(TRIES, try_body | {"reach_after": 5}, format="json")
    after = api(alice).get(CHECK).json()
    assert (after["to_try"], after["to_try_from"]) == ("flexion", "2026-11-21")
    assert after["excluded"] == {"extension": "2026-12-04"}


@pytest.mark.parametrize(
    ("wrong", "fields"),
    [
        ({"exercise": "single-knee-to-chest"}, {"exercise": "There is nothing to try now."}),
        ({"reach_after": 6}, {"reach_after": "Choose a whole number from 0 to 5."}),
        ({"pain_before": 11}, {"pain_before": "Choose a whole number from 0 to 10."}),
        ({"tried_on": "2026-11-21"}, {"tried_on": "This day has not come yet."}),
    ],
    ids=["exercise", "reach", "pain", "tomorrow"],
)
def test_what_is_wrong_with_a_try_is_named(api, alice, try_body, wrong, fields):
    answer = api(alice).post(TRIES, try_body | wrong, format="json")
    assert (answer.status_code, wrong_fields(answer)) == (400, fields)
    assert not DirectionTry.objects.exists()


def test_without_a_plan_there_is_no_check(api, clinic):
    assert api(makers.patient(clinic, "nora")).get(CHECK).status_code == 404


@pytest.fixture
def stored(plan, stage_test, try_body) -> None:
    version = makers.version(plan)
    record_stage_test(
        plan=plan,
        test_id=uuid4(),
        plan_version=version,
        stage_number=4,
        taken_on=makers.NOON.date(),
        values=stage_test["values"],
        now=makers.NOON,
    )
    record_direction_try(
        plan=plan,
        try_id=uuid4(),
        direction="extension",
        exercise=Exercise.objects.get(slug="prone-press-up"),
        tried_on=makers.NOON.date(),
        reach_before=4,
        pain_before=5,
        reach_after=4,
        pain_after=5,
        now=makers.NOON,
    )


@pytest.mark.parametrize("url", [TESTS, TRIES])
def test_the_care_team_reads_and_nobody_else(api, alice, bob, charlie, dora, stored, url):
    assert len(api(alice).get(url).json()["results"]) == 1
    assert len(api(bob).get(url).json()["results"]) == 1
    assert api(charlie).get(url).json()["results"] == []
    assert api(dora).get(url).json()["results"] == []


@pytest.mark.parametrize("url", [TESTS, TRIES])
def test_a_therapist_cannot_write_it(api, bob, plan, url):
    assert api(bob).post(url, {}, format="json").status_code == 403


@pytest.mark.parametrize("url", [TESTS, TRIES, CHECK])
def test_signed_out_nobody_reads(client, url):
    assert client.get(url).status_code == 401


@pytest.mark.parametrize("url", [TESTS, TRIES])
def test_the_list_takes_the_same_queries_however_long(api, alice, stored, url, django_assert_num_queries):
    browser = api(alice)
    browser.get(url)
    with django_assert_num_queries(2):
        browser.get(url)
