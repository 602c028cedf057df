"""POST and GET /api/v1/intakes/."""

import json
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent
from programs.logbook.actions import GOAL_TOO_LONG, NOT_A_PLACE, NOT_AN_ANSWER
from programs.logbook.models import Intake
from programs.safety.models import ScreeningRequest
from tests import makers
from tests.rest import wrong_fields

URL = "/api/v1/intakes/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


def post_escaped(client, body):
    """As JSON may hold what no text can: half of a character, escaped."""
    return client.post(URL, json.dumps(body), content_type="application/json")


@pytest.fixture
def body() -> dict[str, Any]:
    return {"id": str(uuid4()), "recorded_on": "2026-11-20"} | makers.INTAKE_ANSWERS


def test_answers_are_stored_and_come_back(api, alice, body):
    answer = api(alice).post(URL, body)

    assert answer.status_code == 201
    assert answer.json() == body | {"patient": str(alice.pk), "received_at": "2026-11-20T12:00:00Z"}
    stored = Intake.objects.get()
    assert (str(stored.pk), stored.patient) == (body["id"], alice)
    assert Intake.objects.values(*makers.INTAKE_ANSWERS).get() == makers.INTAKE_ANSWERS


def test_what_is_not_said_comes_back_as_null_and_never_as_0(api, alice, body):
    for field in ("leg_pain", "back_pain", "goal"):
        del body[field]

    answer = api(alice).post(URL, body).json()

    assert (answer["leg_pain"], answer["back_pain"], answer["goal"]) == (None, None, "")


def test_places_and_symptoms_are_stored_once_each_in_their_order(api, alice, body):
    answer = api(alice).post(
        URL,
        body
        | {
            "places_right": ["foot", "low_back", "foot"],
            "places_left": ["calf"],
            "symptoms": ["cramps", "tingling"],
        },
    )

    assert answer.json()["places_right"] == ["low_back", "foot"]
    assert answer.json()["places_left"] == ["calf"]
    assert answer.json()["symptoms"] == ["tingling", "cramps"]


def test_the_same_id_again_answers_200_with_the_stored_row_and_changes_nothing(api, alice, body):
    first = api(alice).post(URL, body)
    again = api(alice).post(URL, body | {"goal": "Dance.", "symptoms": ["weakness"]})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert Intake.objects.get().goal == "Walk to the shop."
    assert not ScreeningRequest.objects.exists()


def test_weakness_has_the_safety_questions_asked_anew(api, alice, plan, body):
    api(alice).post(URL, body | {"symptoms": ["weakness"]})

    assert ScreeningRequest.objects.open().get(patient=alice).reason == "weakness"


def test_the_id_of_somebody_elses_answers_is_refused_and_shows_nothing_of_them(api, alice, body, dora):
    theirs = makers.intake(dora)

    answer = api(alice).post(URL, body | {"id": str(theirs.pk)})

    assert (answer.status_code, wrong_fields(answer)) == (400, {"id": "This id is already in use."})
    assert not alice.intakes.exists()


@pytest.mark.parametrize("given", ["x", "", "Left", 3, True, [], {}, None])
def test_a_side_must_be_one_of_those_on_the_page(api, alice, body, given):
    answer = api(alice).post(URL, body | {"side": given})

    assert (answer.status_code, wrong_fields(answer)) == (400, {"side": NOT_AN_ANSWER})
    assert not Intake.objects.exists()


@pytest.mark.parametrize(
    ("field", "given", "sentence"),
    [
        *(("places_left", [given], NOT_A_PLACE) for given in ("x", "", 3, None, {})),
        *(("symptoms", [given], NOT_AN_ANSWER) for given in ("fever", "", 3, None, [])),
    ],
)
def test_what_is_in_a_list_must_be_one_of_those_on_the_page(api, alice, body, field, given, sentence):
    answer = api(alice).post(URL, body | {field: given})

    assert answer.status_code == 400
    assert set(wrong_fields(answer).values()) == {sentence}
    assert not Intake.objects.exists()


@pytest.mark.parametrize("field", ["places_right", "symptoms"])
@pytest.mark.parametrize("given", [None, "calf", 3, {"calf": 1}])
def test_places_and_symptoms_must_be_lists(api, alice, body, field, given):
    answer = api(alice).post(URL, body | {field: given})

    assert answer.status_code == 400
    assert set(wrong_fields(answer)) == {field}
    assert not Intake.objects.exists()


@pytest.mark.parametrize(("field", "word"), [("places_left", "calf"), ("symptoms", "cramps")])
def test_a_list_is_no_longer_than_there_are_words(api, alice, body, field, word):
    assert api(alice).post(URL, body | {field: [word] * 6}).status_code == 400
    assert not Intake.objects.exists()


@pytest.mark.parametrize(("field", "highest"), [("leg_pain", 10), ("back_pain", 10), ("reach", 5)])
def test_a_number_must_be_a_whole_one_of_its_scale(api, alice, body, field, highest):
    for given in (highest + 1, -1, 2.5, "3", "", True, {}, 10**30):
        answer = api(alice).post(URL, body | {field: given})

        assert answer.status_code == 400
        assert wrong_fields(answer) == {field: f"Choose a whole number from 0 to {highest}."}
    assert not Intake.objects.exists()


@pytest.mark.parametrize("field", ["side", "places_left", "places_right", "reach", "symptoms"])
def test_what_everybody_is_asked_has_to_be_said(api, alice, body, field):
    del body[field]

    answer = api(alice).post(URL, body)

    assert (answer.status_code, wrong_fields(answer)) == (400, {field: "This field is required."})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"recorded_on": "2026-11-21"}, "recorded_on"),
        ({"recorded_on": "2026-09-20"}, "recorded_on"),
        ({"patient": str(uuid4())}, "patient"),
        ({"id": 7}, "id"),
        ({"goal": None}, "goal"),
        ({"goal": ["walk"]}, "goal"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(api, alice, body, changes, field):
    answer = api(alice).post(URL, body | changes)

    assert answer.status_code == 400
    assert set(wrong_fields(answer)) == {field}
    assert not Intake.objects.exists()


@pytest.mark.parametrize("given", ["walk\x00run", "walk \ud800"])
def test_a_goal_that_cannot_be_stored_is_refused(api, alice, body, given):
    answer = post_escaped(api(alice), body | {"goal": given})

    assert (answer.status_code, wrong_fields(answer)) == (
        400,
        {"body": "The text holds characters that cannot be stored."},
    )
    assert not Intake.objects.exists()


def test_a_goal_has_300_letters_at_most(api, alice, body):
    answer = api(alice).post(URL, body | {"goal": "w" * 301})

    assert (answer.status_code, wrong_fields(answer)) == (400, {"goal": GOAL_TOO_LONG})
    assert api(alice).post(URL, body | {"goal": "w" * 300}).status_code == 201


def test_only_patients_answer(api, bob, body):
    assert api(bob).post(URL, body).status_code == 403
    assert not Intake.objects.exists()


def test_signed_out_gets_401_as_a_problem(client, body, db):
    for answer in (client.post(URL, body, content_type="application/json"), client.get(URL)):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
    assert not Intake.objects.exists()


def test_the_patient_and_her_therapist_read_the_list_and_strangers_see_nothing(
    api, alice, bob, charlie, dora
):
    intake = makers.intake(alice)

    for reader in (alice, bob):
        assert [row["id"] for row in api(reader).get(URL).json()["results"]] == [str(intake.pk)]
    for stranger in (charlie, dora):
        assert api(stranger).get(URL).json()["results"] == []
        assert api(stranger).get(f"{URL}?patient={alice.pk}").json()["results"] == []


def test_the_list_begins_with_the_answers_that_count(api, alice):
    for back in (3, 1, 4, 0, 2):
        makers.intake(alice, on=makers.NOON.date() - timedelta(days=back), leg_pain=back)

    assert [row["leg_pain"] for row in api(alice).get(URL).json()["results"]] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("rows", [3, 9])
def test_a_list_takes_the_same_few_queries_and_the_look_is_written_down_once(
    api, alice, bob, rows, django_assert_num_queries
):
    for back in range(rows):
        makers.intake(alice, now=makers.NOON - timedelta(days=back))
    client = api(bob)
    with django_assert_num_queries(3):  # role, answers, the look
        answer = client.get(f"{URL}?page_size=50")
    assert len(answer.json()["results"]) == rows
    looks = AuditEvent.objects.values_list("actor", "patient", "door")
    assert list(looks) == [(bob.pk, alice.pk, "api:intake-list")]
