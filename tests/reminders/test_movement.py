"""Writing down a movement: the verb, and /api/v1/movement-breaks/."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError

from programs.accounts.models import AuditEvent
from programs.library.models import BreakMovement
from programs.reminders.actions import answer_prompt, snooze_prompt
from programs.reminders.models import BreakRule, MovementBreak, Outcome
from tests import makers
from tests.rest import wrong_fields
from tests.threads import at_once

NOON = makers.NOON
MINUTE = timedelta(minutes=1)
URL = "/api/v1/movement-breaks/"
OWN = {"source": "own"}

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def rule(alice) -> BreakRule:
    """Every 20 minutes; the first prompt is due at 11:55."""
    return makers.break_rule(alice, now=NOON - 25 * MINUTE)


def next_due(rule: BreakRule):
    return BreakRule.objects.get(pk=rule.pk).next_due_at


def test_a_break_by_oneself_is_stored_and_the_interval_counts_from_it(api, alice, rule):
    answer = api(alice).post(URL, OWN)

    row = MovementBreak.objects.get()
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(row.pk),
        "patient": str(alice.pk),
        "source": "own",
        "moved_at": "2026-11-20T12:00:00Z",
        "moved_on": "2026-11-20",
        "movement": "",
        "prompt": None,
    }
    assert api(alice).get(URL).json()["results"] == [answer.json()]
    assert next_due(rule) == NOON + 20 * MINUTE


def test_nobody_needs_a_rule_to_have_moved(api, alice):
    assert api(alice).post(URL, OWN).status_code == 200

    assert MovementBreak.objects.get().patient == alice


def test_the_same_id_again_changes_nothing(api, alice, rule):
    body = OWN | {"id": str(uuid4()), "moved_at": "2026-11-20T11:50:00Z"}
    first = api(alice).post(URL, body)
    due = next_due(rule)

    again = api(alice).post(URL, body | {"moved_at": "2026-11-20T12:00:00Z"})

    assert again.json() == first.json()
    assert first.json()["id"] == body["id"]
    assert next_due(rule) == due == NOON + 10 * MINUTE


def test_the_id_of_somebody_elses_break_is_refused(api, alice, dora):
    there = makers.movement(dora, NOON)

    answer = api(alice).post(URL, OWN | {"id": str(there.pk)})

    assert (answer.status_code, wrong_fields(answer)) == (400, {"id": "This id is already in use."})
    assert MovementBreak.objects.get() == there


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"source": "This field is required."}),
        ({"source": "prompt"}, {"source": "Choose own or moved."}),
        ({"source": "session"}, {"source": "Choose own or moved."}),
        ({"source": None}, {"source": "Choose own or moved."}),
        (OWN | {"moved_at": "2026-11-20T12:05:01Z"}, {"moved_at": "This time has not come yet."}),
        (OWN | {"moved_at": "9999-12-31T23:59:59Z"}, {"moved_at": "This time has not come yet."}),
        (OWN | {"moved_at": "2026-11-19T11:59:59Z"}, {"moved_at": "This is more than 24 hours ago."}),
        (OWN | {"moved_at": "0001-01-01T00:00:00Z"}, {"moved_at": "This is more than 24 hours ago."}),
        (
            OWN | {"moved_at": "2026-11-20T12:00:00"},
            {"moved_at": "Give a time with its time zone, such as 2026-11-20T12:00:00Z."},
        ),
        (OWN | {"movement": "handstand"}, {"movement": "Choose a movement from the list."}),
        (OWN | {"movement": "x" * 81}, {"movement": "Ensure this field has no more than 80 characters."}),
        (OWN | {"id": 7}, {"id": "Must be a valid UUID."}),
        (OWN | {"patient": "x"}, {"patient": "There is no such field."}),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(api, alice, body, errors):
    answer = api(alice).post(URL, body)

    assert (answer.status_code, wrong_fields(answer)) == (400, errors)
    assert not MovementBreak.objects.exists()


@pytest.mark.parametrize("movement", ["a\x00b", ["x"], {"x": 1}, None, 7, True])
def test_a_movement_of_another_kind_breaks_nothing(api, alice, movement):
    assert api(alice).post(URL, OWN | {"movement": movement}).status_code == 400


def test_what_was_done_is_kept(api, alice):
    movement = BreakMovement.objects.first().slug

    assert api(alice).post(URL, OWN | {"movement": movement}).json()["movement"] == movement


def test_a_clock_that_is_five_minutes_ahead_means_now(alice):
    assert makers.movement(alice, NOON + 5 * MINUTE, told=NOON).moved_at == NOON


def test_it_counts_for_the_patients_own_day(alice):
    alice.time_zone = "Asia/Tokyo"
    alice.save()

    assert f"{makers.movement(alice, NOON + timedelta(hours=4)).moved_on:%d}" == "21"


def test_moments_less_than_ten_minutes_apart_are_one_break(alice):
    first = makers.movement(alice, NOON)

    assert makers.movement(alice, NOON + 10 * MINUTE - timedelta(seconds=1)) == first
    assert makers.movement(alice, NOON - 9 * MINUTE, told=NOON + 9 * MINUTE) == first
    assert makers.movement(alice, NOON + 10 * MINUTE) != first
    assert makers.movement(alice, NOON - 10 * MINUTE, told=NOON + 10 * MINUTE) != first


def test_what_another_patient_did_is_no_part_of_it(alice, dora):
    assert makers.movement(alice, NOON) != makers.movement(dora, NOON)


@pytest.mark.parametrize(
    ("moved", "outcome"),
    [(-11, None), (-10, "done"), (-1, "done"), (0, "done"), (4, "done")],
)
def test_an_open_prompt_is_done_where_it_was_due_ten_minutes_after_at_most(rule, alice, moved, outcome):
    prompt = makers.prompt(rule)

    makers.movement(alice, prompt.due_at + moved * MINUTE, told=prompt.due_at + 5 * MINUTE)

    prompt.refresh_from_db()
    assert prompt.outcome == outcome
    assert next_due(rule) == prompt.due_at + (20 + max(moved, 0)) * MINUTE


def test_nothing_goes_back_and_a_prompt_that_is_over_stays_over(rule, alice):
    prompt = makers.prompt(rule)

    makers.movement(alice, prompt.due_at - 5 * MINUTE, told=prompt.due_at + 15 * MINUTE)

    prompt.refresh_from_db()
    assert prompt.outcome is None  # the next sweep closes it
    assert next_due(rule) == prompt.due_at + 20 * MINUTE


def test_who_moved_before_a_prompt_that_was_put_off_has_the_next_one_an_interval_after_it(rule, alice):
    prompt = makers.prompt(rule)
    snooze_prompt(prompt=prompt, minutes=15, now=prompt.due_at + MINUTE)
    assert next_due(rule) == prompt.due_at + 36 * MINUTE

    makers.movement(alice, prompt.due_at - 2 * MINUTE, told=prompt.due_at + 3 * MINUTE)

    assert next_due(rule) == prompt.due_at + 20 * MINUTE


def test_a_prompt_that_is_done_is_a_break_after_it(rule, alice):
    prompt = makers.prompt(rule)
    for _ in range(2):
        answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=prompt.due_at + MINUTE)

    row = MovementBreak.objects.get()
    assert (row.source, row.prompt, row.moved_at) == ("prompt", prompt, prompt.due_at + MINUTE)
    assert (row.clinic, row.patient) == (prompt.clinic, alice)


def test_not_now_is_no_break(rule):
    prompt = makers.prompt(rule)
    answer_prompt(prompt=prompt, outcome=Outcome.DISMISSED, now=prompt.due_at)

    assert not MovementBreak.objects.exists()


def test_a_prompt_is_not_done_with_a_movement_that_nobody_knows(rule):
    prompt = makers.prompt(rule)

    with pytest.raises(ValidationError, match="Choose a movement from the list"):
        answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=prompt.due_at, movement="handstand")

    prompt.refresh_from_db()
    assert prompt.outcome is None


def test_a_session_that_arrives_late_credits_the_time_it_ended(plan, rule):
    makers.session(plan, at=NOON - 3 * MINUTE, now=NOON + 15 * MINUTE)

    assert MovementBreak.objects.get().moved_at == NOON - 3 * MINUTE
    assert next_due(rule) == NOON + 17 * MINUTE


def test_a_session_of_days_ago_is_a_break_of_that_day_and_moves_no_prompt(plan, rule):
    due = next_due(rule)

    makers.session(plan, at=NOON - timedelta(days=3), now=NOON)

    assert f"{MovementBreak.objects.get().moved_on}" == "2026-11-17"
    assert next_due(rule) == due


def test_while_they_are_off_or_paused_a_movement_is_stored_all_the_same(alice):
    rule = makers.break_rule(alice, enabled=False)
    due = rule.next_due_at

    makers.movement(alice, NOON + 5 * MINUTE)

    rule.refresh_from_db()
    assert (rule.enabled, rule.next_due_at) == (False, due)
    assert MovementBreak.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_rule", [True, False])
def test_two_taps_at_once_are_one_break(alice, has_rule):
    if has_rule:
        makers.break_rule(alice)

    rows = at_once(*[partial(makers.movement, alice, NOON)] * 4)

    assert set(rows) == {MovementBreak.objects.get()}


@pytest.mark.django_db(transaction=True)
def test_done_twice_at_once_is_one_break(rule):
    prompt = makers.prompt(rule)

    done = partial(answer_prompt, prompt=prompt, outcome=Outcome.DONE, now=prompt.due_at)
    at_once(*[done] * 4)

    assert MovementBreak.objects.get().prompt == prompt


def test_the_care_team_reads_it_and_nobody_else_does(api, alice, bob, charlie, dora):
    row = makers.movement(alice, NOON)

    assert [each["id"] for each in api(bob).get(f"{URL}?patient={alice.pk}").json()["results"]] == [
        str(row.pk)
    ]
    for other in (charlie, dora):
        assert api(other).get(URL).json()["results"] == []
    assert api(bob).post(URL, OWN).status_code == 403


def test_signed_out_gets_401_as_a_problem(client, db):
    for answer in (client.get(URL), client.post(URL, OWN, content_type="application/json")):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"


def test_every_look_is_written_down(api, alice):
    api(alice).post(URL, OWN)
    api(alice).get(URL)

    assert list(AuditEvent.objects.values_list("door", flat=True)) == ["api:movement-break-list"] * 2


@pytest.mark.parametrize("rows", [3, 30])
def test_a_list_takes_the_same_few_queries_however_long_it_is(api, alice, rows, django_assert_num_queries):
    for number in range(rows):
        makers.movement(alice, NOON - number * 15 * MINUTE, told=NOON)
    client = api(alice)
    with django_assert_num_queries(3):  # role, breaks, the look
        answer = client.get(f"{URL}?page_size=50")
    assert len(answer.json()["results"]) == rows
