"""POST and GET /api/v1/daily-checks/."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent
from programs.logbook.actions import NO_CRAMPS, NOT_A_PLACE
from programs.logbook.models import DailyCheck
from programs.monitoring.models import Flag
from tests import makers
from tests.rest import wrong_fields

URL = "/api/v1/daily-checks/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def body() -> dict[str, Any]:
    return {
        "id": str(uuid4()),
        "recorded_on": "2026-11-20",
        "worst_leg_pain": 6,
        "worst_back_pain": 2,
        "reach_left": None,
        "reach_right": 4,
        "tingling_numbness_left": [],
        "tingling_numbness_right": ["calf", "foot"],
        "calf_pain": None,
        "cramps": None,
        "worst_cramp": None,
        "corrects": None,
    }


def test_a_check_is_stored_and_answered_with_the_row(api, alice, plan, body):
    answer = api(alice).post(URL, body)

    assert answer.status_code == 201
    assert answer.json() == body | {
        "patient": str(alice.pk),
        "corrected": False,
        "received_at": "2026-11-20T12:00:00Z",
    }
    stored = DailyCheck.objects.get()
    assert (str(stored.pk), stored.patient, stored.clinic) == (body["id"], alice, plan.clinic)
    assert (stored.worst_leg_pain, stored.worst_back_pain) == (6, 2)
    assert (stored.reach_left, stored.reach_right) == (None, 4)
    assert (stored.tingling_numbness_left, stored.tingling_numbness_right) == ([], ["calf", "foot"])


def test_a_client_that_does_not_ask_about_tingling_or_numbness_yet_stores_that_nobody_did(api, alice, body):
    for side in ("left", "right"):
        del body[f"tingling_numbness_{side}"]

    answer = api(alice).post(URL, body).json()

    assert (answer["tingling_numbness_left"], answer["tingling_numbness_right"]) == (None, None)
    assert DailyCheck.objects.get().tingling_numbness_right is None


def test_calf_pain_and_cramps_are_stored_and_may_be_left_out(api, alice, body):
    calf = {"calf_pain": 3, "cramps": 2, "worst_cramp": 7}
    answer = api(alice).post(URL, body | calf)

    assert answer.status_code == 201
    assert {name: answer.json()[name] for name in calf} == calf
    stored = DailyCheck.objects.get()
    assert (stored.calf_pain, stored.cramps, stored.worst_cramp) == (3, 2, 7)

    body["id"] = str(uuid4())
    for name in calf:
        del body[name]
    assert {api(alice).post(URL, body).json()[name] for name in calf} == {None}


@pytest.mark.parametrize(
    ("calf", "field", "sentence"),
    [
        ({"calf_pain": 11}, "calf_pain", "Choose a whole number from 0 to 10."),
        ({"calf_pain": "3"}, "calf_pain", "Choose a whole number from 0 to 10."),
        ({"cramps": 51}, "cramps", "Choose a whole number from 0 to 50."),
        ({"cramps": -1}, "cramps", "Choose a whole number from 0 to 50."),
        ({"cramps": True}, "cramps", "Choose a whole number from 0 to 50."),
        ({"cramps": 1, "worst_cramp": 11}, "worst_cramp", "Choose a whole number from 0 to 10."),
        ({"cramps": 0, "worst_cramp": 4}, "worst_cramp", NO_CRAMPS),
        ({"worst_cramp": 4}, "worst_cramp", NO_CRAMPS),
    ],
)
def test_what_cannot_be_right_of_the_calf_is_refused_at_its_field(api, alice, body, calf, field, sentence):
    answer = api(alice).post(URL, body | calf)

    assert (answer.status_code, wrong_fields(answer)) == (400, {field: sentence})
    assert not DailyCheck.objects.exists()


def test_regions_come_back_from_the_back_down_each_once(api, alice, body):
    answer = api(alice).post(URL, body | {"tingling_numbness_left": ["foot", "low_back", "foot"]})

    assert answer.json()["tingling_numbness_left"] == ["low_back", "foot"]


@pytest.mark.parametrize("field", ["tingling_numbness_left", "tingling_numbness_right"])
@pytest.mark.parametrize(
    "regions", [["elbow"], ["calf", "Foot"], ["nowhere"], ["left_calf"], [4], [None], [[]], [True], [""]]
)
def test_a_region_that_is_foreign_or_misspelt_is_refused_in_the_words_of_the_page(
    api, alice, body, field, regions
):
    answer = api(alice).post(URL, body | {field: regions})

    assert (answer.status_code, wrong_fields(answer)) == (400, {f"{field}.{len(regions) - 1}": NOT_A_PLACE})
    assert not DailyCheck.objects.exists()


def test_the_document_names_the_regions(api, alice):
    shapes = api(alice).get("/api/v1/schema/?format=json").json()["components"]["schemas"]

    for shape in ("DailyCheckInput", "DailyCheckOutput"):
        for side in ("left", "right"):
            region = shapes[shape]["properties"][f"tingling_numbness_{side}"]["items"]
            assert region == {"$ref": "#/components/schemas/Region"}
    assert shapes["Region"] == {"type": "string", "enum": ["low_back", "buttock", "thigh", "calf", "foot"]}


def test_both_legs_add_nothing_to_the_answer(api, alice, body):
    answer = api(alice).post(URL, body | {"tingling_numbness_left": ["thigh"]})

    assert answer.status_code == 201
    assert answer.json().keys() == body.keys() | {"patient", "corrected", "received_at"}


@pytest.mark.parametrize("regions", ["calf", {}, 4, True, ["calf"] * 6])
def test_what_is_no_list_of_regions_is_refused_at_its_field(api, alice, body, regions):
    answer = api(alice).post(URL, body | {"tingling_numbness_left": regions})

    assert answer.status_code == 400
    (field,) = wrong_fields(answer)
    assert field.startswith("tingling_numbness_left")
    assert not DailyCheck.objects.exists()


def test_the_same_id_again_answers_200_with_the_stored_row_and_changes_nothing(api, alice, body):
    first = api(alice).post(URL, body)
    again = api(alice).post(URL, body | {"worst_leg_pain": 9})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert DailyCheck.objects.get().worst_leg_pain == 6


def test_the_id_of_somebody_elses_check_is_refused_and_shows_nothing_of_it(api, alice, body, dora):
    theirs = makers.daily_check(dora, leg=8)

    answer = api(alice).post(URL, body | {"id": str(theirs.pk)})

    assert (answer.status_code, wrong_fields(answer)) == (400, {"id": "This id is already in use."})
    assert not alice.dailychecks.exists()


def test_a_check_can_be_answered_without_a_plan(api, alice, body):
    assert api(alice).post(URL, body).status_code == 201


def test_a_rise_opens_a_flag_in_the_same_request_and_the_answer_keeps_quiet_about_it(api, alice, plan, body):
    *before, deciding = makers.RISING[:8]
    makers.daily_checks(alice, before, now=makers.NOON - timedelta(days=1))
    assert not Flag.objects.exists()

    answer = api(alice).post(URL, body | {"worst_leg_pain": deciding})

    assert answer.status_code == 201
    assert Flag.objects.get().patient == alice
    assert "flag" not in answer.content.decode()


@pytest.mark.parametrize("field", ["worst_leg_pain", "worst_back_pain"])
def test_pain_must_be_a_whole_number_from_0_to_10(api, alice, body, field):
    for pain in (11, -1, 3.5, 3.0, "3", "x", "", True, None, {}, 10**30):
        answer = api(alice).post(URL, body | {field: pain})

        assert answer.status_code == 400
        assert wrong_fields(answer) == {field: "Choose a whole number from 0 to 10."}
    assert not DailyCheck.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"recorded_on": "2026-11-21"}, "recorded_on", "This day has not come yet."),
        ({"recorded_on": "2026-09-20"}, "recorded_on", "This is more than 60 days ago."),
        (
            {"recorded_on": "20 November"},
            "recorded_on",
            "Date has wrong format. Use one of these formats instead: YYYY-MM-DD.",
        ),
        ({"reach_left": 6}, "reach_left", "Choose a whole number from 0 to 5."),
        ({"reach_right": "calf"}, "reach_right", "Choose a whole number from 0 to 5."),
        ({"patient": str(uuid4())}, "patient", "There is no such field."),
        ({"id": 7}, "id", "Must be a valid UUID."),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(api, alice, body, changes, field, sentence):
    answer = api(alice).post(URL, body | changes)

    assert answer.status_code == 400
    assert wrong_fields(answer) == {field: sentence}
    assert not DailyCheck.objects.exists()


@pytest.mark.parametrize("field", ["id", "recorded_on", "worst_leg_pain", "worst_back_pain"])
def test_what_is_missing_is_named(api, alice, body, field):
    del body[field]

    answer = api(alice).post(URL, body)

    assert (answer.status_code, wrong_fields(answer)) == (400, {field: "This field is required."})


def test_today_is_the_patients_own_day(api, clinic, bob, body):
    """In Auckland it is the 21st already."""
    eve = makers.patient(clinic, "eve", cared_for_by=bob, time_zone="Pacific/Auckland")

    assert api(eve).post(URL, body | {"recorded_on": "2026-11-21"}).status_code == 201
    assert api(eve).post(URL, body | {"recorded_on": "2026-11-22", "id": str(uuid4())}).status_code == 400


def test_a_body_of_ten_megabytes_is_refused_unread(api, alice, body):
    answer = api(alice).post(URL, body | {"worst_leg_pain": "x" * 10_000_000})

    assert answer.status_code == 413
    assert set(wrong_fields(answer)) == {"body"}
    assert not DailyCheck.objects.exists()


def test_only_patients_answer_the_daily_check(api, bob, body):
    assert api(bob).post(URL, body).status_code == 403
    assert not DailyCheck.objects.exists()


def test_signed_out_gets_401_as_a_problem(client, body, db):
    for answer in (client.post(URL, body, content_type="application/json"), client.get(URL)):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
    assert not DailyCheck.objects.exists()


def test_the_patient_and_her_therapist_read_the_list_and_strangers_see_nothing(
    api, alice, bob, charlie, dora
):
    check = makers.daily_check(alice, leg=3)

    for reader in (alice, bob):
        assert [row["id"] for row in api(reader).get(URL).json()["results"]] == [str(check.pk)]
    for stranger in (charlie, dora):
        assert api(stranger).get(URL).json()["results"] == []
        assert api(stranger).get(f"{URL}?patient={alice.pk}").json()["results"] == []


def test_the_list_is_newest_day_first(api, alice):
    for back in (3, 1, 4, 0, 2):
        makers.daily_check(alice, leg=back, on=makers.NOON.date() - timedelta(days=back))

    shown = [row["worst_leg_pain"] for row in api(alice).get(URL).json()["results"]]

    assert shown == [0, 1, 2, 3, 4]


def test_a_look_at_the_list_is_written_down_once_a_patient(api, alice, bob):
    makers.daily_checks(alice, makers.STEADY)

    api(bob).get(URL)

    looks = AuditEvent.objects.values_list("actor", "patient", "door")
    assert list(looks) == [(bob.pk, alice.pk, "api:daily-check-list")]


def test_a_check_corrects_another_which_is_kept_and_counts_no_longer(api, alice, body):
    slip = makers.daily_check(alice, leg=9)

    answer = api(alice).post(URL, body | {"corrects": str(slip.pk)})

    assert (answer.status_code, answer.json()["corrects"]) == (201, str(slip.pk))
    rows = api(alice).get(URL).json()["results"]
    assert {row["id"]: (row["corrects"], row["corrected"], row["worst_leg_pain"]) for row in rows} == {
        body["id"]: (str(slip.pk), False, 6),
        str(slip.pk): (None, True, 9),
    }
    assert list(DailyCheck.objects.current().values_list("worst_leg_pain", flat=True)) == [6]


def test_the_same_correction_again_answers_200_and_changes_nothing(api, alice, body):
    body["corrects"] = str(makers.daily_check(alice, leg=9).pk)

    first, again = api(alice).post(URL, body), api(alice).post(URL, body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert DailyCheck.objects.count() == 2


def test_only_an_own_check_can_be_corrected(api, alice, dora, body):
    theirs = makers.daily_check(dora, leg=9)

    for corrects in (theirs.pk, uuid4(), body["id"]):
        answer = api(alice).post(URL, body | {"corrects": str(corrects)})

        assert answer.status_code == 400
        assert wrong_fields(answer) == {"corrects": "There is no such check of yours."}
    assert DailyCheck.objects.get() == theirs


@pytest.mark.parametrize("corrects", ["x", "", 7, True, []])
def test_what_is_no_id_corrects_nothing(api, alice, body, corrects):
    answer = api(alice).post(URL, body | {"corrects": corrects})

    assert (answer.status_code, wrong_fields(answer)) == (400, {"corrects": "Must be a valid UUID."})


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, alice, bob, rows, django_assert_num_queries
):
    makers.daily_checks(alice, [3] * rows)
    client = api(bob)
    with django_assert_num_queries(3):  # role, checks, the look
        answer = client.get(f"{URL}?page_size=50")
    assert len(answer.json()["results"]) == rows
