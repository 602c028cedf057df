"""GET /api/v1/my-flags/: what a patient reads of their own flags."""

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.monitoring.actions import resolve_flag
from programs.monitoring.models import Flag, FlagEvent, Outcome
from tests import makers
from tests.monitoring.reviews import reports, review

URL = "/api/v1/my-flags/"

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def flag(alice) -> Flag:
    (opened,) = review(alice, reports(makers.RISING))
    return opened


def test_a_patient_reads_what_was_found_and_how_to_check_it(api, alice, flag):
    (row,) = api(alice).get(URL).json()["results"]

    assert row == {
        "id": str(flag.pk),
        "kind": "worsening",
        "level": "flag",
        "found_on": "2026-11-19",
        "sentence": "On 16, 17, 18 and 19 November your leg pain was 2, 6, 6 and 7. You started at about 2.",
        "evidence": flag.evidence,
        "counterfactual": flag.counterfactual,
        "is_superseded": False,
        "is_over": False,
        "notice": "Nobody watches this live. In an emergency, call 112 at once.",
    }
    assert api(alice).get(f"{URL}{flag.pk}/").json() == row


def test_the_number_to_call_is_that_of_the_clinic(api, alice, clinic, flag):
    clinic.emergency_number = "999"
    clinic.save(update_fields=["emergency_number"])

    assert api(alice).get(f"{URL}{flag.pk}/").json()["notice"].endswith("call 999 at once.")


def test_what_the_care_team_said_about_it_stays_with_them(api, alice, bob, flag):
    resolve_flag(flag=flag, by=bob, outcome=Outcome.NOT_HELPFUL, note="A long drive.", now=makers.NOON)

    answer = api(alice).get(f"{URL}{flag.pk}/")

    assert answer.json()["is_over"] is True
    assert not {"events", "owner", "outcome", "state"} & answer.json().keys()
    assert "Bob" not in answer.text
    assert "long drive" not in answer.text


def test_it_says_whether_an_answer_was_changed_since(api, alice, flag):
    assert api(alice).get(f"{URL}{flag.pk}/").json()["is_superseded"] is False

    FlagEvent.objects.create(
        flag=flag,
        kind=FlagEvent.Kind.SUPERSEDED,
        at=makers.NOON,
        rule=flag.rule,
        rule_version=flag.rule_version,
        level=flag.level,
        found_on=flag.found_on,
    )

    assert api(alice).get(f"{URL}{flag.pk}/").json()["is_superseded"] is True


def test_nobody_else_comes_here(api, bob, charlie, dora, flag):
    assert api(dora).get(URL).json()["results"] == []
    assert api(dora).get(f"{URL}{flag.pk}/").status_code == 404
    for therapist in (bob, charlie):
        assert api(therapist).get(URL).status_code == 403


def test_nothing_can_be_done_to_a_flag_here(api, alice, flag):
    assert api(alice).post(f"{URL}{flag.pk}/acknowledge/").status_code == 404
    assert api(alice).delete(f"{URL}{flag.pk}/").status_code == 405


def test_signed_out_gets_401(client, flag):
    assert client.get(URL).status_code == 401


def test_an_id_of_nothing_is_404(api, alice, flag):
    assert api(alice).get(f"{URL}{uuid4()}/").status_code == 404


@pytest.mark.parametrize("rows", [2, 20])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, alice, flag, rows, django_assert_num_queries
):
    Flag.objects.update(state="resolved", outcome=Outcome.CLEARED)
    for number in range(1, rows):
        flag.pk, flag.state, flag.outcome = uuid4(), "resolved", Outcome.CLEARED
        flag.opened_at -= timedelta(days=number)
        flag.save(force_insert=True)
    client = api(alice)
    with django_assert_num_queries(4):  # role, flags with the clinic, their events, the look
        answer = client.get(f"{URL}?page_size=50")
    assert len(answer.json()["results"]) == rows
