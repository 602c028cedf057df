"""A server that is down or hangs keeps nothing waiting that goes another way."""

from __future__ import annotations

import time
from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail.backends.locmem import EmailBackend

from programs.delivery.channels import web_push
from programs.delivery.models import Channel, Delivery, State
from tests import makers
from tests.delivery.outbox import NOON, alert, by_push, prompt, send_alerts, send_prompts
from tests.delivery.push_service import NEVER, running

pytestmark = pytest.mark.usefixtures("at_noon")

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


class Hanging(EmailBackend):
    """A mail server that lets everybody wait for 5 seconds; `asked` counts them."""

    asked = 0

    def wait(self) -> None:
        Hanging.asked += 1


class NeverAnswers(Hanging):
    def open(self):
        self.wait()
        raise TimeoutError


class FallsSilent(Hanging):
    """It takes the connection. smtplib calls it a disconnection when the answer does not come."""

    def send_messages(self, messages):
        self.wait()
        try:
            raise TimeoutError
        except TimeoutError:
            raise SMTPServerDisconnected("Connection unexpectedly closed")  # noqa: B904  # as smtplib does


@pytest.fixture
def hung(settings, monkeypatch):
    """Has the mail server hang. Time goes on by 5 seconds for everybody who asks it."""
    real = time.monotonic
    Hanging.asked = 0
    monkeypatch.setattr(time, "monotonic", lambda: real() + 5 * Hanging.asked)

    def hang(backend: type[Hanging]) -> None:
        settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"

    return hang


@pytest.mark.parametrize("backend", [NeverAnswers, FallsSilent])
@pytest.mark.parametrize("lane", ["prompt", "clinical"])
def test_a_mail_server_that_hangs_is_asked_once_a_turn_and_pushes_go_out(
    clinic, alice, push_service, settings, hung, mailoutbox, lane, backend
):
    queue, send = (prompt, send_prompts) if lane == "prompt" else (alert, send_alerts)
    others = [makers.therapist(clinic, f"t{number}") for number in range(25)]
    for other in others:
        queue(other, clinic=clinic)
    push_service.subscribe(alice, NOON)
    queue(alice, clinic=clinic)
    Delivery.objects.filter(recipient=alice).update(next_attempt_at=NOON + timedelta(seconds=1))
    hung(backend)

    assert send(NOON + timedelta(seconds=1)) == 1

    assert by_push(alice).state == State.SENT
    assert Hanging.asked == 1
    emails = Delivery.objects.filter(channel=Channel.EMAIL)
    tried = emails.exclude(attempts=0)
    assert tried.count() == 10
    # They do not come first again, before those that have had no turn yet; nor are they forgotten.
    for row in tried.exclude(error="TimeoutError").exclude(state=State.IN_DOUBT).filter(attempts=1):
        assert row.state == State.PENDING
        assert timedelta(seconds=12) <= row.next_attempt_at - NOON <= timedelta(seconds=40)
    settings.EMAIL_BACKEND = LOCMEM
    send(NOON + timedelta(minutes=2))
    in_doubt = emails.filter(state=State.IN_DOUBT).count()
    assert in_doubt == (1 if lane == "prompt" and backend is FallsSilent else 0)
    assert len(mailoutbox) == emails.filter(state=State.SENT).count() == 26 - in_doubt


@pytest.mark.parametrize(("queue", "send"), [(prompt, send_prompts), (alert, send_alerts)])
def test_pushes_are_not_behind_hundreds_of_e_mails(
    clinic, alice, push_service, settings, hung, mailoutbox, queue, send
):
    """A mail server that takes 5 seconds for each: not all of them fit into a turn."""
    queue(*[makers.therapist(clinic, f"t{number}") for number in range(30)], clinic=clinic)
    push_service.subscribe(alice, NOON)
    queue(alice, clinic=clinic)
    hung(Slow)

    send()

    assert by_push(alice).state == State.SENT
    assert len(mailoutbox) < 30


class Slow(Hanging):
    def send_messages(self, messages):
        self.wait()
        return super().send_messages(messages)


@pytest.mark.parametrize("pushes", [1, 30])
def test_e_mails_are_not_behind_hundreds_of_pushes(clinic, bob, push_service, settings, mailoutbox, pushes):
    """Each takes its turn, a batch at a time."""
    order: list[str] = []
    for number in range(pushes):
        other = makers.therapist(clinic, f"t{number}")
        push_service.subscribe(other, NOON, number)
        prompt(other, clinic=clinic, by_email=False)
    prompt(bob, clinic=clinic, by_push=False)

    class Notes(EmailBackend):
        def send_messages(self, messages):
            order.append(f"after {len(push_service.pushes)}")
            return super().send_messages(messages)

    globals()["Notes"] = Notes
    settings.EMAIL_BACKEND = f"{__name__}.Notes"

    assert send_prompts() == pushes + 1
    assert order == [f"after {min(pushes, 10)}"]


def test_a_push_service_that_hangs_is_asked_once_a_turn_and_the_others_take_theirs(
    clinic, alice, bob, push_service, settings, monkeypatch, mailoutbox
):
    monkeypatch.setattr(web_push, "TIMEOUT", 0.2)
    for number in range(3):
        push_service.subscribe(alice, NOON, number)
    push_service.answer_with(NEVER, NEVER, NEVER)
    prompt(alice, clinic=clinic, by_email=False)
    with running() as other:
        settings.WEB_PUSH_TEST_ORIGINS = [push_service.origin, other.origin]
        other.subscribe(bob, NOON)
        prompt(bob, clinic=clinic)

        assert send_prompts() == 2

        assert len(other.pushes) == len(mailoutbox) == 1
    assert len(push_service.pushes) == 1
    put_off = Delivery.objects.filter(recipient=alice)
    assert set(put_off.values_list("state", "attempts")) == {(State.PENDING, 1)}
    assert all(row.next_attempt_at > NOON + timedelta(seconds=10) for row in put_off)
