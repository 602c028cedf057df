"""What a device with only the token of a push may do: that prompt, while it can be answered, and no more."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from rest_framework.test import APIClient

from programs.delivery.actions import deliver_due, unsubscribe_push
from programs.delivery.channels import web_push
from programs.delivery.models import Delivery, Lane, PushSubscription
from programs.delivery.queries import RECEIPT_SIGNER
from programs.lib.throttling import LenientRateThrottle
from programs.lib.web_push import new_vapid_key
from programs.reminders.actions import answer_prompt, follow_push, pause_breaks, prompt_due
from programs.reminders.models import MovementBreak, Outcome, Prompt
from programs.reminders.queries import prompt_text
from tests import makers
from tests.delivery.outbox import alert
from tests.delivery.push_service import running
from tests.rest import wrong_fields

NOON = makers.NOON
DUE = NOON + timedelta(minutes=20)
WORDS, DONE, SNOOZE = (f"/api/v1/push/prompts/{each}/" for each in ("words", "done", "snooze"))

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def push_service(settings):
    settings.VAPID_PRIVATE_KEY = new_vapid_key()
    with running() as service:
        settings.WEB_PUSH_TEST_ORIGINS = [service.origin]
        yield service
        web_push.close_connections()


@pytest.fixture
def prompt(alice, push_service) -> Prompt:
    """Alice's prompt, pushed to her browser at 12:20."""
    push_service.subscribe(alice, NOON)
    shown = makers.prompt(makers.break_rule(alice))
    deliver_due(lane=Lane.PROMPT, now=DUE)
    return shown


@pytest.fixture
def token(prompt, push_service) -> str:
    return token_in(push_service)


def token_in(push_service, number: int = -1) -> str:
    return push_service.read(push_service.pushes[number])["token"]


def say(path: str, now: datetime, body: dict | None = None, **more: object):
    """From a device where nobody is signed in."""
    with time_machine.travel(now, tick=False):
        return APIClient(enforce_csrf_checks=True).post(path, body if body is not None else more)


def minutes(number: float) -> datetime:
    return DUE + timedelta(minutes=number)


def test_the_words_are_the_librarys_and_speak_of_nobody(prompt, token, alice):
    answer = say(WORDS, DUE, token=token)

    assert (answer.status_code, answer.json()) == (
        200,
        {"title": "Time for a short break", "body": prompt_text(prompt)},
    )
    assert alice.name not in answer.content.decode()


def test_done_is_done_once(prompt, token):
    for minute in (1, 2):
        assert say(DONE, minutes(minute), token=token).status_code == 204

    prompt.refresh_from_db()
    assert (prompt.outcome, prompt.answered_at) == (Outcome.DONE, minutes(1))
    assert MovementBreak.objects.count() == 1


def test_a_snoozed_prompt_comes_again_ten_minutes_later(prompt, token, push_service):
    assert say(SNOOZE, minutes(1), token=token, minutes=10).status_code == 204

    prompt.refresh_from_db()
    assert (prompt.nth, prompt.show_at) == (2, minutes(11))
    deliver_due(lane=Lane.PROMPT, now=minutes(11))
    assert push_service.read(push_service.pushes[-1])["n"] == 2


def test_the_push_that_put_it_off_does_so_once(prompt, token, push_service):
    say(SNOOZE, minutes(1), token=token, minutes=10)
    deliver_due(lane=Lane.PROMPT, now=minutes(11))

    assert say(SNOOZE, minutes(12), token=token, minutes=10).status_code == 204

    prompt.refresh_from_db()
    assert (prompt.nth, prompt.show_at) == (2, minutes(11))
    assert say(SNOOZE, minutes(12), token=token_in(push_service), minutes=5).status_code == 204
    prompt.refresh_from_db()
    assert (prompt.nth, prompt.show_at) == (3, minutes(17))


@pytest.mark.parametrize("path", [DONE, SNOOZE])
def test_a_prompt_that_is_over_says_so(prompt, token, path):
    answer_prompt(prompt=prompt, outcome=Outcome.DISMISSED, now=minutes(1))
    body = {"token": token} | ({"minutes": 10} if path == SNOOZE else {})

    assert say(path, minutes(2), body).status_code == 400


def test_there_are_no_words_for_a_prompt_that_is_over(prompt, token):
    assert say(WORDS, minutes(10), token=token).status_code == 404
    say(DONE, minutes(1), token=token)
    assert say(WORDS, minutes(2), token=token).status_code == 404


def test_a_done_that_was_kept_counts_when_it_was_tapped(prompt, token):
    answer = say(DONE, minutes(9), token=token, at=minutes(2).isoformat())

    assert answer.status_code == 204
    prompt.refresh_from_db()
    assert prompt.answered_at == minutes(2)
    assert MovementBreak.objects.get().moved_at == minutes(2)


def test_a_done_that_was_kept_past_the_end_of_its_prompt_is_a_movement_all_the_same(prompt, token):
    prompt_due(now=minutes(15))  # the sweep closes what nobody answered

    for _ in range(2):
        assert say(DONE, minutes(60), token=token, at=minutes(2).isoformat()).status_code == 204

    assert [each.moved_at for each in MovementBreak.objects.all()] == [minutes(2)]


@pytest.mark.parametrize("is_swept", [True, False])
def test_a_done_tapped_after_the_end_is_a_break_of_ones_own(prompt, token, is_swept):
    if is_swept:
        prompt_due(now=minutes(10))

    for minute in (15, 16, 18):
        assert say(DONE, minutes(minute), token=token, at=minutes(12).isoformat()).status_code == 204

    told = MovementBreak.objects.get()
    assert (told.source, told.moved_at, told.prompt) == (MovementBreak.Source.OWN, minutes(12), None)
    prompt.refresh_from_db()
    assert prompt.outcome == Outcome.EXPIRED
    assert prompt.rule.next_due_at == minutes(32)


def test_a_done_after_a_pause_took_the_prompt_back_is_a_break_of_ones_own(prompt, token, alice):
    pause_breaks(patient=alice, until=minutes(60), now=minutes(1))

    assert say(DONE, minutes(2), token=token).status_code == 204

    assert MovementBreak.objects.get().moved_at == minutes(2)
    prompt.refresh_from_db()
    assert prompt.outcome == Outcome.WITHDRAWN


def test_a_done_is_kept_where_the_sweep_came_between(prompt):
    as_it_was_read = Prompt.objects.get(pk=prompt.pk)
    prompt_due(now=minutes(11))

    follow_push(prompt=as_it_was_read, tapped_at=minutes(9), now=minutes(11))

    assert MovementBreak.objects.get().moved_at == minutes(9)


def test_what_ran_out_is_not_put_off(prompt, token):
    assert say(SNOOZE, minutes(11), token=token, minutes=10).status_code == 400


@pytest.mark.parametrize(("at", "expected"), [(-600, 0), (600, 3)])
def test_no_device_moves_before_it_was_asked_or_in_the_future(prompt, token, at, expected):
    assert say(DONE, minutes(3), token=token, at=minutes(at).isoformat()).status_code == 204

    prompt.refresh_from_db()
    assert prompt.answered_at == minutes(expected)


def test_a_day_later_a_token_is_nothing(prompt, token):
    answer = say(DONE, DUE + timedelta(hours=24), token=token, at=minutes(1).isoformat())

    assert answer.status_code == 404


def test_a_token_is_of_no_use_once_its_browser_takes_push_no_more(prompt, token):
    unsubscribe_push(subscription=PushSubscription.objects.get(), now=DUE)

    assert say(DONE, minutes(1), token=token).status_code == 404


def test_a_token_is_of_no_use_once_its_browser_is_somebody_elses(prompt, token, bob, push_service):
    push_service.subscribe(bob, DUE)

    assert say(DONE, minutes(1), token=token).status_code == 404


def test_a_token_is_of_no_use_once_its_person_has_no_account(prompt, token, alice):
    alice.is_active = False
    alice.save()

    assert say(DONE, minutes(1), token=token).status_code == 404


def test_another_token_is_nothing(prompt, token, clinic, bob, push_service):
    push_service.subscribe(bob, NOON, 2)
    alert(bob, clinic=clinic)
    deliver_due(lane=Lane.CLINICAL, now=DUE)
    row = Delivery.objects.get(source_id=prompt.pk)
    made_up = [
        token_in(push_service),  # that of an alert
        RECEIPT_SIGNER.sign(str(uuid4())),
        RECEIPT_SIGNER.sign("x"),
        str(row.pk),
        f"{row.pk}:{'A' * 43}",
        token[:-1],
        token.swapcase(),
        "x",
    ]

    for each in made_up:
        for path, more in ((WORDS, {}), (DONE, {}), (SNOOZE, {"minutes": 10})):
            answer = say(path, minutes(1), {"token": each} | more)
            assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    prompt.refresh_from_db()
    assert prompt.outcome is None


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "token"),
        ({"token": None}, "token"),
        ({"token": []}, "token"),
        ({"token": "x" * 201}, "token"),
        ({"token": "x", "at": "yesterday"}, "at"),
        ({"token": "x", "at": "2026-11-20T12:00:00"}, "at"),
        ({"token": "x", "at": 7}, "at"),
        ({"token": "x", "patient": "alice"}, "patient"),
    ],
)
def test_what_is_no_answer_is_refused_at_its_field(db, body, field):
    answer = say(DONE, DUE, body)

    assert answer.status_code == 400
    assert field in wrong_fields(answer)


@pytest.mark.parametrize("number", [4, 16, 10.5, "10", True, None, 10**40])
def test_another_number_of_minutes_is_refused_at_its_field(prompt, token, number):
    answer = say(SNOOZE, minutes(1), {"token": token, "minutes": number})

    assert answer.status_code == 400
    assert set(wrong_fields(answer)) == {"minutes"}


def test_who_is_signed_in_there_makes_no_difference(prompt, token, page, bob):
    with time_machine.travel(minutes(1), tick=False):
        client = page(bob)
        client.handler.enforce_csrf_checks = True
        answer = client.post(DONE, {"token": token}, content_type="application/json")

    assert answer.status_code == 204
    prompt.refresh_from_db()
    assert prompt.outcome == Outcome.DONE


def test_nobody_counts_through_tokens(db):
    rate = int(LenientRateThrottle.THROTTLE_RATES["user"].partition("/")[0])
    client = APIClient()
    answers = [client.post(DONE, {"token": "x"}).status_code for _ in range(rate + 1)]

    assert set(answers[:rate]) == {404}
    assert answers[rate] == 429


def test_an_answer_signs_nobody_in(prompt, token):
    answer = say(DONE, minutes(1), token=token)

    assert not answer.cookies
    assert answer.content == b""
