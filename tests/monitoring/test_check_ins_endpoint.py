"""GET /api/v1/check-ins/, and answering one."""

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.accounts.models import AuditEvent
from programs.monitoring.models import CheckIn
from tests import makers
from tests.monitoring.reviews import reports, review
from tests.rest import wrong_fields

URL = "/api/v1/check-ins/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def check_in(alice) -> CheckIn:
    review(alice, reports((*[2] * 30, *[4] * 4)))
    return CheckIn.objects.get()


def test_a_check_in_tells_what_was_found_and_until_when_to_ask(api, alice, check_in):
    (row,) = api(alice).get(URL).json()["results"]

    assert (row["id"], row["patient"], row["rule"]) == (str(check_in.pk), str(alice.pk), "W1")
    assert (row["sentence"], row["evidence"]) == (check_in.sentence, check_in.evidence)
    assert (row["opened_at"], row["ends_at"]) == ("2026-11-20T12:00:00Z", "2026-11-27T12:00:00Z")
    assert (row["answer"], row["answered_at"], row["superseded_at"]) == ("", None, None)


def test_only_those_to_ask_now(api, alice, check_in):
    assert len(api(alice).get(f"{URL}?open=true").json()["results"]) == 1
    CheckIn.objects.update(opened_at=makers.NOON - timedelta(days=7))
    assert api(alice).get(f"{URL}?open=true").json()["results"] == []
    assert len(api(alice).get(f"{URL}?open=false").json()["results"]) == 1
    refused = api(alice).get(f"{URL}?open=perhaps")
    assert (refused.status_code, wrong_fields(refused)) == (400, {"open": "Must be a valid boolean."})


def test_an_answer_is_for_all_that_was_asked_before(api, alice, check_in):
    other = CheckIn.objects.get()
    other.pk, other.rule = uuid4(), "W5"
    other.save(force_insert=True)
    api(alice).post(f"{URL}{check_in.pk}/answer/", {"answer": "changed"})
    assert api(alice).get(f"{URL}?open=true").json()["results"] == []


def test_an_answer_is_kept_and_a_repeat_changes_nothing(api, alice, check_in):
    said = {"answer": "changed", "is_harder_to_cope": True, "stops_usual_things": False}
    answer = api(alice).post(f"{URL}{check_in.pk}/answer/", said)
    again = api(alice).post(f"{URL}{check_in.pk}/answer/", {"answer": "not_changed"})

    assert (answer.status_code, again.status_code) == (200, 200)
    assert {name: answer.json()[name] for name in said} == said
    assert answer.json()["answered_at"] == "2026-11-20T12:00:00Z"
    assert again.json() == answer.json()


def test_what_is_not_said_is_null(api, alice, check_in):
    answer = api(alice).post(f"{URL}{check_in.pk}/answer/", {"answer": "not_changed"})

    assert (answer.json()["is_harder_to_cope"], answer.json()["stops_usual_things"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"answer": "This field is required."}),
        ({"answer": "maybe"}, {"answer": '"maybe" is not a valid choice.'}),
        ({"answer": "changed", "is_harder_to_cope": 7}, {"is_harder_to_cope": "Must be a valid boolean."}),
        ({"answer": "changed", "note": "x"}, {"note": "There is no such field."}),
    ],
)
def test_another_answer_is_refused(api, alice, check_in, body, fields):
    answer = api(alice).post(f"{URL}{check_in.pk}/answer/", body, format="json")

    assert (answer.status_code, wrong_fields(answer)) == (400, fields)
    check_in.refresh_from_db()
    assert check_in.answer == ""


def test_the_care_team_reads_it_and_only_the_patient_answers(api, alice, bob, check_in):
    (row,) = api(bob).get(f"{URL}?patient={alice.pk}").json()["results"]

    assert row["id"] == str(check_in.pk)
    assert api(bob).post(f"{URL}{check_in.pk}/answer/", {"answer": "changed"}).status_code == 403
    assert AuditEvent.objects.filter(actor=bob, patient=alice, door="api:check-in-list").count() == 1


def test_strangers_get_nothing(api, charlie, dora, check_in):
    for stranger in (charlie, dora):
        assert api(stranger).get(URL).json()["results"] == []
    assert api(dora).post(f"{URL}{check_in.pk}/answer/", {"answer": "changed"}).status_code == 404
    assert api(dora).post(f"{URL}{uuid4()}/answer/", {"answer": "changed"}).status_code == 404
    check_in.refresh_from_db()
    assert check_in.answer == ""


def test_signed_out_gets_401(client, check_in):
    for answer in (client.get(URL), client.post(f"{URL}{check_in.pk}/answer/")):
        assert answer.status_code == 401


@pytest.mark.parametrize("rows", [2, 20])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, alice, check_in, rows, django_assert_num_queries
):
    for number in range(1, rows):
        check_in.pk = uuid4()
        check_in.found_on -= timedelta(days=number)
        check_in.save(force_insert=True)
    client = api(alice)
    with django_assert_num_queries(3):  # role, check-ins, the look
        answer = client.get(f"{URL}?page_size=50")
    assert len(answer.json()["results"]) == rows
