"""POST and GET /api/v1/morning-checks/."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent
from programs.logbook.actions import record_morning_check
from programs.logbook.models import MorningCheck
from tests import makers
from tests.rest import wrong_fields

URL = "/api/v1/morning-checks/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def body() -> dict[str, Any]:
    """What a mobile client sends on the morning after a session."""
    return {"id": str(uuid4()), "about_on": "2026-11-19", "pain": 4, "settles_within": "10_to_60"}


def stored(patient, about_on=date(2026, 11, 19)) -> MorningCheck:
    check, _ = record_morning_check(
        clinic=patient.memberships.get().clinic,
        patient=patient,
        check_id=uuid4(),
        about_on=about_on,
        pain=2,
        settles_within=None,
        now=makers.NOON,
    )
    return check


def test_a_morning_is_stored_and_answered_with_the_row(api, alice, body):
    answer = api(alice).post(URL, body)

    assert answer.status_code == 201
    assert answer.json() == body | {"patient": str(alice.pk), "received_at": "2026-11-20T12:00:00Z"}
    assert MorningCheck.objects.get().pain == 4


def test_the_same_id_again_answers_200_and_changes_nothing(api, alice, body):
    first = api(alice).post(URL, body)
    again = api(alice).post(URL, body | {"pain": 9})

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()


def test_the_id_of_somebody_elses_morning_is_refused(api, alice, dora, body):
    answer = api(alice).post(URL, body | {"id": str(stored(dora).pk)})

    assert wrong_fields(answer) == {"id": "This id is already in use."}


def test_how_long_it_took_need_not_be_said(api, alice, body):
    del body["settles_within"]

    assert api(alice).post(URL, body).json()["settles_within"] is None


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"pain": 11}, "pain", "Choose a whole number from 0 to 10."),
        ({"pain": "4"}, "pain", "Choose a whole number from 0 to 10."),
        ({"pain": None}, "pain", "Choose a whole number from 0 to 10."),
        ({"settles_within": "soon"}, "settles_within", "Choose one of the answers."),
        ({"about_on": "2026-11-20"}, "about_on", "The morning after this day has not come yet."),
        ({"about_on": "2026-11-21"}, "about_on", "This day has not come yet."),
        ({"about_on": "2026-08-01"}, "about_on", "This is more than 60 days ago."),
        ({"colour": "red"}, "colour", "There is no such field."),
        ({"id": 7}, "id", "Must be a valid UUID."),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(api, alice, body, changes, field, sentence):
    answer = api(alice).post(URL, body | changes)

    assert answer.status_code == 400
    assert wrong_fields(answer) == {field: sentence}
    assert not MorningCheck.objects.exists()


def test_only_patients_report_and_signed_out_gets_401(api, client, bob, body):
    assert api(bob).post(URL, body).status_code == 403
    for answer in (client.post(URL, body, content_type="application/json"), client.get(URL)):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
    assert not MorningCheck.objects.exists()


def test_the_patient_and_her_therapist_read_them_newest_first_and_strangers_read_none(
    api, alice, bob, charlie, dora
):
    days = [date(2026, 11, 17), date(2026, 11, 19), date(2026, 11, 18)]
    for day in days:
        stored(alice, day)

    for reader in (alice, bob):
        shown = [row["about_on"] for row in api(reader).get(URL).json()["results"]]
        assert shown == ["2026-11-19", "2026-11-18", "2026-11-17"]
    for stranger in (charlie, dora):
        assert api(stranger).get(URL).json()["results"] == []
    assert set(AuditEvent.objects.values_list("actor__name", "door")) == {
        ("Alice", "api:morning-check-list"),
        ("Bob", "api:morning-check-list"),
    }


@pytest.mark.parametrize("rows", [2, 20])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, bob, alice, rows, django_assert_num_queries
):
    for back in range(rows):
        stored(alice, date(2026, 11, 19) - timedelta(days=back))
    client = api(bob)

    with django_assert_num_queries(3):  # role, mornings, the look
        assert len(client.get(URL).json()["results"]) == rows
