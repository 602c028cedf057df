"""GET /api/v1/flags/, and taking one on, putting it off and closing it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, CareTeam, Role
from programs.monitoring.actions import acknowledge_flag
from programs.monitoring.models import Flag, FlagEvent, FlagState
from tests import makers
from tests.rest import wrong_fields

URL = "/api/v1/flags/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def flag(alice, plan) -> Flag:
    makers.daily_checks(alice, makers.RISING)
    return Flag.objects.get()


def test_a_flag_tells_what_the_rule_saw(api, alice, bob, flag):
    (row,) = api(bob).get(URL).json()["results"]

    assert row["id"] == str(flag.pk)
    assert (row["patient"], row["patient_name"]) == (str(alice.pk), "Alice")
    assert (row["kind"], row["level"], row["rule"], row["side"]) == ("worsening", "flag", "W2e", "")
    assert (row["state"], row["outcome"], row["owner"]) == ("open", "", None)
    assert (row["next_escalation_at"], row["snoozed_until"]) == ("2026-11-19T16:00:00Z", None)
    assert (row["counterfactual"], row["is_superseded"]) == (flag.counterfactual, False)
    assert row["notice"] == "Nobody watches this live. In an emergency, call 112 at once."
    assert row["sentence"] == flag.sentence
    assert row["evidence"] == flag.evidence
    assert row["evidence"]["baseline"]["centre"] == 2
    (event,) = row["events"]
    assert (event["kind"], event["rule"], event["level"], event["by"]) == ("opened", "W2e", "flag", None)
    assert (event["evidence"], event["note"]) == (flag.evidence, flag.sentence)
    assert api(bob).get(f"{URL}{flag.pk}/").json() == row


def test_a_stable_patient_has_no_flag(api, alice, bob, plan):
    makers.daily_checks(alice, makers.STEADY)

    assert api(bob).get(URL).json()["results"] == []


def test_taking_a_flag_on_makes_it_ones_own(api, bob, flag):
    answer = api(bob).post(f"{URL}{flag.pk}/acknowledge/")
    again = api(bob).post(f"{URL}{flag.pk}/acknowledge/")

    assert (answer.status_code, again.status_code) == (200, 200)
    assert (answer.json()["state"], answer.json()["owner"]) == ("acknowledged", "Bob")
    assert again.json() == answer.json()
    assert answer.json()["events"][-1] == {
        "kind": "acknowledged",
        "at": "2026-11-20T12:00:00Z",
        "by": "Bob",
        "rule": "",
        "side": "",
        "rule_version": "",
        "level": "",
        "found_on": None,
        "evidence": None,
        "note": "",
    }


def test_whoever_comes_second_is_told_who_has_it(api, clinic, alice, bob, flag):
    eve = makers.therapist(clinic, "eve")
    CareTeam.objects.create(clinic=clinic, patient=alice, therapist=eve, started_at=makers.NOON)
    api(bob).post(f"{URL}{flag.pk}/acknowledge/")

    answer = api(eve).post(f"{URL}{flag.pk}/acknowledge/")

    assert answer.status_code == 400
    assert wrong_fields(answer) == {"body": "Bob is looking at this already."}
    flag.refresh_from_db()
    assert flag.owner == bob


def test_a_closed_flag_cannot_be_taken_on(api, bob, flag):
    api(bob).post(f"{URL}{flag.pk}/resolve/", {"outcome": "helpful", "note": "Seen in clinic."})

    answer = api(bob).post(f"{URL}{flag.pk}/acknowledge/")

    assert (answer.status_code, wrong_fields(answer)) == (
        400,
        {"body": "Somebody has closed this already. Nothing was changed."},
    )


def test_closing_a_flag_keeps_the_words_and_a_repeat_changes_nothing(api, bob, flag):
    words = {"outcome": "helpful", "note": "Called: a long drive."}
    answer = api(bob).post(f"{URL}{flag.pk}/resolve/", words)
    again = api(bob).post(f"{URL}{flag.pk}/resolve/", {"outcome": "not_helpful", "note": "Other words."})

    assert (answer.status_code, again.status_code) == (200, 200)
    assert (answer.json()["state"], answer.json()["outcome"]) == ("resolved", "helpful")
    assert answer.json()["events"][-1]["note"] == "Called: a long drive."
    assert again.json() == answer.json()
    assert FlagEvent.objects.filter(kind="resolved").count() == 1


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"note": "Called."}, {"outcome": "This field is required."}),
        ({"outcome": "cleared"}, {"outcome": '"cleared" is not a valid choice.'}),
        ({"outcome": "helpful", "note": None}, {"note": "This field may not be null."}),
        (
            {"outcome": "helpful", "note": "x" * 501},
            {"note": "Ensure this field has no more than 500 characters."},
        ),
        ({"outcome": "helpful", "state": "open"}, {"state": "There is no such field."}),
    ],
)
def test_closing_without_outcome_or_fitting_words_is_refused(api, bob, flag, body, fields):
    answer = api(bob).post(f"{URL}{flag.pk}/resolve/", body)

    assert (answer.status_code, wrong_fields(answer)) == (400, fields)
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN


def test_putting_a_flag_off_makes_it_ones_own_until_that_morning(api, bob, flag):
    answer = api(bob).post(f"{URL}{flag.pk}/snooze/", {"until": "2026-11-23"})
    again = api(bob).post(f"{URL}{flag.pk}/snooze/", {"until": "2026-11-23"})

    assert (answer.status_code, again.status_code) == (200, 200)
    assert (answer.json()["state"], answer.json()["owner"]) == ("snoozed", "Bob")
    assert answer.json()["snoozed_until"] == "2026-11-23T08:00:00Z"
    assert answer.json()["next_escalation_at"] is None
    assert again.json() == answer.json()


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"until": "This field is required."}),
        ({"until": "2026-11-20"}, {"until": "Choose a day from tomorrow to 14 days from today."}),
        ({"until": "2026-12-05"}, {"until": "Choose a day from tomorrow to 14 days from today."}),
        ({"until": "2026-11-23", "days": 3}, {"days": "There is no such field."}),
    ],
)
def test_putting_it_off_to_another_day_is_refused(api, bob, flag, body, fields):
    answer = api(bob).post(f"{URL}{flag.pk}/snooze/", body)

    assert (answer.status_code, wrong_fields(answer)) == (400, fields)
    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN


def test_what_is_urgent_is_not_put_off(api, bob, flag):
    Flag.objects.update(level="urgent")

    answer = api(bob).post(f"{URL}{flag.pk}/snooze/", {"until": "2026-11-23"})

    assert (answer.status_code, wrong_fields(answer)) == (400, {"body": "An urgent flag cannot be put off."})


@pytest.mark.parametrize(
    ("step", "body"),
    [("acknowledge", {}), ("snooze", {"until": "2026-11-23"}), ("resolve", {"outcome": "helpful"})],
)
def test_what_came_in_since_it_was_read_is_read_first(api, alice, bob, flag, step, body):
    seen = api(bob).get(f"{URL}{flag.pk}/").json()["last_said"]
    makers.weekly_check(alice, groc="much_worse")

    refused = api(bob).post(f"{URL}{flag.pk}/{step}/", body | {"seen": seen}, format="json")
    assert refused.status_code == 400
    assert "Something new has come in since. Please look again." in refused.content.decode()

    seen = api(bob).get(f"{URL}{flag.pk}/").json()["last_said"]
    assert api(bob).post(f"{URL}{flag.pk}/{step}/", body | {"seen": seen}, format="json").status_code == 200


def test_a_list_can_be_of_one_state_kind_and_level(api, alice, bob, flag):
    a_flag_of(alice, opened_at=makers.NOON, like=flag, kind="silent")
    acknowledge_flag(flag=flag, by=bob, now=makers.NOON)

    def kinds(query: str) -> list[str]:
        return [row["kind"] for row in api(bob).get(f"{URL}{query}").json()["results"]]

    assert kinds("?state=acknowledged") == ["worsening"]
    assert kinds("?state=open") == kinds("?kind=silent") == ["silent"]
    assert kinds("?state=open&kind=worsening") == []
    assert len(kinds("?level=flag")) == 2
    assert kinds("?level=emergency") == []


@pytest.mark.parametrize("name", ["state", "kind", "level"])
def test_a_list_of_something_unknown_is_refused_at_the_field(api, bob, flag, name):
    answer = api(bob).get(f"{URL}?{name}=sometimes")

    assert (answer.status_code, wrong_fields(answer)) == (400, {name: '"sometimes" is not a valid choice.'})


def test_a_flag_says_when_everything_it_was_opened_for_was_taken_back(api, bob, flag):
    opened = flag.events.get()
    opened.pk, opened.kind = None, FlagEvent.Kind.SUPERSEDED
    opened.save()

    assert api(bob).get(f"{URL}{flag.pk}/").json()["is_superseded"] is True


def test_another_clinics_therapist_gets_404_and_changes_nothing(api, charlie, flag):
    client = api(charlie)

    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}{flag.pk}/").status_code == 404
    assert client.post(f"{URL}{flag.pk}/acknowledge/").status_code == 404
    assert client.post(f"{URL}{flag.pk}/snooze/", {"until": "2026-11-23"}).status_code == 404
    assert client.post(f"{URL}{flag.pk}/resolve/", {"outcome": "helpful", "note": "Mine."}).status_code == 404
    flag.refresh_from_db()
    assert (flag.state, flag.owner) == (FlagState.OPEN, None)


def test_a_therapist_whose_care_has_ended_gets_404(api, alice, bob, flag):
    CareTeam.objects.filter(therapist=bob, patient=alice).update(ended_at=makers.NOON)

    assert api(bob).get(f"{URL}{flag.pk}/").status_code == 404


def test_a_therapist_who_is_a_patient_elsewhere_does_not_handle_her_own_flag(api, alice, other_clinic, flag):
    join_clinic(user=alice, clinic=other_clinic, role=Role.THERAPIST, now=makers.NOON)

    assert api(alice).get(URL).json()["results"] == []
    assert api(alice).post(f"{URL}{flag.pk}/acknowledge/").status_code == 404


def test_patients_get_403_even_for_their_own_flag(api, alice, dora, flag):
    for patient in (alice, dora):
        assert api(patient).get(URL).status_code == 403
        assert api(patient).get(f"{URL}{flag.pk}/").status_code == 403
        assert api(patient).post(f"{URL}{flag.pk}/acknowledge/").status_code == 403
        assert api(patient).post(f"{URL}{flag.pk}/snooze/", {"until": "2026-11-23"}).status_code == 403
        assert api(patient).post(f"{URL}{flag.pk}/resolve/", {"outcome": "helpful"}).status_code == 403


def test_signed_out_gets_401_as_a_problem(client, flag):
    for answer in (client.get(URL), client.post(f"{URL}{flag.pk}/acknowledge/")):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"


def test_an_id_of_nothing_is_404(api, bob, flag):
    assert api(bob).get(f"{URL}{uuid4()}/").status_code == 404
    assert api(bob).get(f"{URL}newest/").status_code == 404


def test_every_look_is_written_down(api, alice, bob, flag):
    api(bob).get(URL)
    api(bob).get(f"{URL}{flag.pk}/")
    api(bob).post(f"{URL}{flag.pk}/acknowledge/")

    looks = AuditEvent.objects.filter(actor=bob, patient=alice).values_list("door", flat=True)
    assert sorted(looks) == ["api:flag-acknowledge", "api:flag-detail", "api:flag-list"]


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, clinic, bob, flag, rows, django_assert_num_queries
):
    flag.delete()
    for number in range(rows):
        patient = makers.patient(clinic, f"patient{number}", cared_for_by=bob)
        a_flag_of(patient, opened_at=makers.NOON - timedelta(hours=number), like=flag)
    client = api(bob)
    with django_assert_num_queries(4):  # role, flags with patient, owner and clinic, events, the looks
        answer = client.get(f"{URL}?page_size=50")
    assert len(answer.json()["results"]) == rows
    assert AuditEvent.objects.count() == rows


def a_flag_of(patient, opened_at, like: Flag, **more) -> Flag:
    copied = {
        field: getattr(like, field)
        for field in ("clinic", "kind", "rule", "rule_version", "found_on", "sentence", "evidence")
    }
    flag = Flag.objects.create(
        patient=patient, opened_at=opened_at, next_escalation_at=opened_at, **copied | more
    )
    FlagEvent.objects.create(flag=flag, kind=FlagEvent.Kind.OPENED, at=opened_at, by=patient)
    return flag
