"""GET /api/v1/prompts/, and answering one."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Role, User
from programs.reminders.actions import prompt_due
from programs.reminders.models import MovementBreak, Outcome, Prompt
from programs.reminders.queries import prompt_text
from tests import makers
from tests.rest import wrong_fields

URL = "/api/v1/prompts/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def rule(alice):
    """Every 20 minutes; the first prompt is due at 11:55."""
    return makers.break_rule(alice, now=makers.NOON - timedelta(minutes=25))


@pytest.fixture
def prompt(rule) -> Prompt:
    """It shows from 11:55 to 12:05."""
    return makers.prompt(rule)


def test_a_prompt_tells_from_when_to_when_it_shows(api, alice, prompt):
    (row,) = api(alice).get(URL).json()["results"]

    assert row == {
        "id": str(prompt.pk),
        "due_at": "2026-11-20T11:55:00Z",
        "show_at": "2026-11-20T11:55:00Z",
        "expires_at": "2026-11-20T12:05:00Z",
        "nth": 1,
        "outcome": None,
        "answered_at": None,
        "text": prompt_text(prompt),
        "snoozes_left": 3,
    }


def test_only_what_shows_now_can_be_asked_for(api, alice, rule, prompt):
    with time_machine.travel(makers.NOON + timedelta(minutes=15), tick=False):
        prompt_due(now=makers.NOON + timedelta(minutes=15))
        all_of_them = api(alice).get(URL).json()["results"]
        showing = api(alice).get(f"{URL}?showing=true").json()["results"]

    assert [row["outcome"] for row in all_of_them] == [None, "expired"]
    assert showing == all_of_them[:1]
    with time_machine.travel(makers.NOON + timedelta(minutes=26), tick=False):
        assert api(alice).get(f"{URL}?showing=true").json()["results"] == []


def test_a_question_that_makes_no_sense_is_refused(api, alice, prompt):
    answer = api(alice).get(f"{URL}?showing=perhaps")

    assert (answer.status_code, wrong_fields(answer)) == (400, {"showing": "Must be a valid boolean."})


def test_done_is_done_and_the_next_prompt_is_a_whole_interval_away(api, alice, rule, prompt):
    answer = api(alice).post(f"{URL}{prompt.pk}/done/")
    again = api(alice).post(f"{URL}{prompt.pk}/done/")

    assert (answer.status_code, again.status_code) == (200, 200)
    assert (answer.json()["outcome"], answer.json()["answered_at"]) == ("done", "2026-11-20T12:00:00Z")
    assert again.json() == answer.json()
    rule.refresh_from_db()
    assert rule.next_due_at == makers.NOON + timedelta(minutes=20)


def test_dismissed_is_over_and_the_next_prompt_comes_when_it_would_have_come(api, alice, rule, prompt):
    answer = api(alice).post(f"{URL}{prompt.pk}/dismiss/")

    assert (answer.status_code, answer.json()["outcome"]) == (200, "dismissed")
    assert api(alice).get(f"{URL}?showing=true").json()["results"] == []
    rule.refresh_from_db()
    assert rule.next_due_at == makers.NOON + timedelta(minutes=15)


def test_a_snoozed_prompt_comes_back_as_the_same_row(api, alice, rule, prompt):
    answer = api(alice).post(f"{URL}{prompt.pk}/snooze/", {"minutes": 10})

    assert answer.status_code == 200
    row = answer.json()
    assert (row["id"], row["nth"], row["snoozes_left"]) == (str(prompt.pk), 2, 2)
    assert (row["show_at"], row["expires_at"]) == ("2026-11-20T12:10:00Z", "2026-11-20T12:20:00Z")
    assert api(alice).get(f"{URL}?showing=true").json()["results"] == []
    with time_machine.travel(makers.NOON + timedelta(minutes=10), tick=False):
        assert api(alice).get(f"{URL}?showing=true").json()["results"] == [row]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"minutes": 7}, "Choose 5, 10 or 15 minutes."),
        ({"minutes": "5"}, "Choose a whole number from 5 to 15."),
        ({"minutes": 600}, "Choose a whole number from 5 to 15."),
        ({}, "This field is required."),
    ],
)
def test_a_snooze_of_any_other_length_is_refused(api, alice, prompt, body, sentence):
    answer = api(alice).post(f"{URL}{prompt.pk}/snooze/", body)

    assert (answer.status_code, wrong_fields(answer)) == (400, {"minutes": sentence})
    prompt.refresh_from_db()
    assert prompt.nth == 1


def test_a_prompt_that_is_over_says_so(api, alice, prompt):
    with time_machine.travel(makers.NOON + timedelta(minutes=5), tick=False):
        for answer in (
            api(alice).post(f"{URL}{prompt.pk}/dismiss/"),
            api(alice).post(f"{URL}{prompt.pk}/snooze/", {"minutes": 5}),
        ):
            assert (answer.status_code, wrong_fields(answer)) == (400, {"body": "This prompt is over."})
    prompt.refresh_from_db()
    assert (prompt.outcome, prompt.nth) == (None, 1)


def test_done_after_the_end_is_a_break_and_the_prompt_stays_as_it_is(api, alice, prompt):
    late = makers.NOON + timedelta(minutes=5)
    with time_machine.travel(late, tick=False):
        for _ in range(2):
            answer = api(alice).post(f"{URL}{prompt.pk}/done/")
            assert (answer.status_code, answer.json()["outcome"]) == (200, "expired")

    told = MovementBreak.objects.get()
    assert (told.source, told.moved_at) == ("own", late)


def test_nobody_else_sees_or_answers_a_prompt(api, alice, dora, prompt):
    client = api(dora)

    assert client.get(URL).json()["results"] == []
    for verb, body in (("done", None), ("dismiss", None), ("snooze", {"minutes": 5})):
        assert client.post(f"{URL}{prompt.pk}/{verb}/", body).status_code == 404
    prompt.refresh_from_db()
    assert (prompt.outcome, prompt.nth) == (None, 1)


def test_a_therapist_cannot_answer_for_a_patient_even_as_a_patient_himself(
    api, other_clinic, bob, charlie, prompt
):
    for therapist in (bob, charlie):
        assert api(therapist).get(URL).status_code == 403
        assert api(therapist).post(f"{URL}{prompt.pk}/done/").status_code == 403

    join_clinic(user=bob, clinic=other_clinic, role=Role.PATIENT, now=makers.NOON)
    bob = User.objects.get(pk=bob.pk)

    assert api(bob).get(URL).json()["results"] == []
    assert api(bob).post(f"{URL}{prompt.pk}/done/").status_code == 404


def test_signed_out_gets_401_as_a_problem(client, prompt):
    for answer in (client.get(URL), client.post(f"{URL}{prompt.pk}/done/")):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
    prompt.refresh_from_db()
    assert prompt.outcome is None


def test_an_id_of_nothing_is_404(api, alice, prompt):
    assert api(alice).post(f"{URL}{uuid4()}/done/").status_code == 404


def test_every_look_is_written_down(api, alice, prompt):
    api(alice).get(URL)
    api(alice).post(f"{URL}{prompt.pk}/done/")

    assert sorted(AuditEvent.objects.values_list("door", flat=True)) == ["api:prompt-done", "api:prompt-list"]


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_takes_the_same_few_queries_however_long_it_is(
    api, alice, rule, rows, django_assert_num_queries
):
    Prompt.objects.bulk_create(
        Prompt(
            clinic=rule.clinic,
            patient=alice,
            rule=rule,
            step=step,
            due_at=makers.NOON - timedelta(hours=step),
            due_on=makers.NOON.date(),
            show_at=makers.NOON - timedelta(hours=step),
            expires_at=makers.NOON - timedelta(hours=step, minutes=-10),
            outcome=Outcome.EXPIRED,
            answered_at=makers.NOON,
        )
        for step in range(1, rows + 1)
    )
    client = api(alice)
    with django_assert_num_queries(4):  # role, prompts, the look, what they say
        answer = client.get(f"{URL}?page_size=50")
    assert len(answer.json()["results"]) == rows
