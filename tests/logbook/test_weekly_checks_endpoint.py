"""POST and GET /api/v1/weekly-checks/."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent
from programs.logbook.actions import NOT_AN_ANSWER
from programs.logbook.models import WeeklyCheck
from tests import makers
from tests.rest import wrong_fields

URL = "/api/v1/weekly-checks/"
BOTHERS = ["bother_leg_pain", "bother_tingling_numbness", "bother_weakness", "bother_sitting"]
MAY_BE_NULL = [*BOTHERS, "settles_within", "nights_broken", "sitting_before_pain"]

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def body() -> dict[str, Any]:
    return {"id": str(uuid4()), "recorded_on": "2026-11-20"} | makers.WEEKLY_ANSWERS


def test_a_check_is_stored_and_answered_with_what_it_adds_up_to(api, alice, plan, body):
    answer = api(alice).post(URL, body)

    assert answer.status_code == 201
    assert answer.json() == body | {
        "patient": str(alice.pk),
        "bothersomeness": 9,
        "irritability": "low",
        "received_at": "2026-11-20T12:00:00Z",
    }
    stored = WeeklyCheck.objects.get()
    assert (str(stored.pk), stored.patient, stored.clinic) == (body["id"], alice, plan.clinic)
    assert WeeklyCheck.objects.values(*makers.WEEKLY_ANSWERS).get() == makers.WEEKLY_ANSWERS


def test_what_is_not_said_comes_back_as_null_and_never_as_0(api, alice, body):
    for field in MAY_BE_NULL:
        del body[field]

    answer = api(alice).post(URL, body)

    assert answer.status_code == 201
    empty = dict.fromkeys([*MAY_BE_NULL, "bothersomeness", "irritability"])
    assert {field: answer.json()[field] for field in empty} == empty


def test_the_same_id_again_answers_200_with_the_stored_row_and_changes_nothing(api, alice, body):
    first = api(alice).post(URL, body)
    again = api(alice).post(URL, body | {"groc": "much_worse"})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert WeeklyCheck.objects.get().groc == "the_same"


def test_the_id_of_somebody_elses_check_is_refused_and_shows_nothing_of_it(api, alice, body, dora):
    theirs = makers.weekly_check(dora)

    answer = api(alice).post(URL, body | {"id": str(theirs.pk)})

    assert (answer.status_code, wrong_fields(answer)) == (400, {"id": "This id is already in use."})
    assert not alice.weeklychecks.exists()


@pytest.mark.parametrize("field", ["groc", "weakness", "settles_within", "sitting_before_pain"])
def test_an_answer_must_be_one_of_those_on_the_page(api, alice, body, field):
    for given in ("x", "", "Much worse", 3, True, [], {}):
        answer = api(alice).post(URL, body | {field: given})

        assert (answer.status_code, wrong_fields(answer)) == (400, {field: NOT_AN_ANSWER}), given
    assert not WeeklyCheck.objects.exists()


@pytest.mark.parametrize("field", ["groc", "weakness"])
def test_what_the_rules_listen_to_has_to_be_said(api, alice, body, field):
    answer = api(alice).post(URL, body | {field: None})
    assert (answer.status_code, wrong_fields(answer)) == (400, {field: NOT_AN_ANSWER})

    del body[field]
    answer = api(alice).post(URL, body)
    assert (answer.status_code, wrong_fields(answer)) == (400, {field: "This field is required."})


@pytest.mark.parametrize(("field", "highest"), [*((field, 6) for field in BOTHERS), ("nights_broken", 7)])
def test_a_number_must_be_a_whole_one_of_its_scale(api, alice, body, field, highest):
    for given in (highest + 1, -1, 2.5, "3", "", True, {}, 10**30):
        answer = api(alice).post(URL, body | {field: given})

        assert answer.status_code == 400
        assert wrong_fields(answer) == {field: f"Choose a whole number from 0 to {highest}."}
    assert not WeeklyCheck.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"recorded_on": "2026-11-21"}, "recorded_on", "This day has not come yet."),
        ({"recorded_on": "2026-09-20"}, "recorded_on", "This is more than 60 days ago."),
        ({"irritability": "low"}, "irritability", "There is no such field."),
        ({"patient": str(uuid4())}, "patient", "There is no such field."),
        ({"id": 7}, "id", "Must be a valid UUID."),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(api, alice, body, changes, field, sentence):
    answer = api(alice).post(URL, body | changes)

    assert (answer.status_code, wrong_fields(answer)) == (400, {field: sentence})
    assert not WeeklyCheck.objects.exists()


def test_today_is_the_patients_own_day(api, clinic, bob, body):
    """In Auckland it is the 21st already."""
    eve = makers.patient(clinic, "eve", cared_for_by=bob, time_zone="Pacific/Auckland")

    assert api(eve).post(URL, body | {"recorded_on": "2026-11-21"}).status_code == 201
    assert api(eve).post(URL, body | {"recorded_on": "2026-11-22", "id": str(uuid4())}).status_code == 400


def test_only_patients_answer_the_weekly_check(api, bob, body):
    assert api(bob).post(URL, body).status_code == 403
    assert not WeeklyCheck.objects.exists()


def test_signed_out_gets_401_as_a_problem(client, body, db):
    for answer in (client.post(URL, body, content_type="application/json"), client.get(URL)):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
    assert not WeeklyCheck.objects.exists()


def test_the_patient_and_her_therapist_read_the_list_and_strangers_see_nothing(
    api, alice, bob, charlie, dora
):
    check = makers.weekly_check(alice)

    for reader in (alice, bob):
        assert [row["id"] for row in api(reader).get(URL).json()["results"]] == [str(check.pk)]
    for stranger in (charlie, dora):
        assert api(stranger).get(URL).json()["results"] == []
        assert api(stranger).get(f"{URL}?patient={alice.pk}").json()["results"] == []


def test_the_list_is_newest_day_first(api, alice):
    for back in (3, 1, 4, 0, 2):
        makers.weekly_check(alice, on=makers.NOON.date() - timedelta(days=back), nights_broken=back)

    shown = [row["nights_broken"] for row in api(alice).get(URL).json()["results"]]

    assert shown == [0, 1, 2, 3, 4]


def test_a_look_at_the_list_is_written_down_once_a_patient(api, alice, bob):
    for back in range(3):
        makers.weekly_check(alice, now=makers.NOON - timedelta(days=7 * back))

    api(bob).get(URL)

    looks = AuditEvent.objects.values_list("actor", "patient", "door")
    assert list(looks) == [(bob.pk, alice.pk, "api:weekly-check-list")]


@pytest.mark.parametrize("rows", [3, 9])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, alice, bob, rows, django_assert_num_queries
):
    for back in range(rows):
        makers.weekly_check(alice, now=makers.NOON - timedelta(days=7 * back))
    client = api(bob)
    with django_assert_num_queries(3):  # role, checks, the look
        answer = client.get(f"{URL}?page_size=50")
    assert len(answer.json()["results"]) == rows
