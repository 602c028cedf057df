"""Prompts in the outbox: quickly queued, never too late, never twice by e-mail, not in the way of alerts."""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from smtplib import SMTPDataError, SMTPServerDisconnected
from uuid import uuid4

import pytest
from django.core.mail.backends.locmem import EmailBackend

from programs.accounts.models import Membership, User
from programs.delivery.actions import clear_finished, queue_prompts, withdraw
from programs.delivery.models import Channel, CrashPolicy, Delivery, Lane, State
from programs.delivery.queries import PROMPT_SOURCE
from tests import makers
from tests.delivery.outbox import NOON, alert, by_email, by_push, notice_of, prompt, send_alerts, send_prompts
from tests.threads import at_once

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


class Dying(EmailBackend):
    """The process ends between sending and writing so down."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit


class HangsUp(EmailBackend):
    """A mail server that is gone before it has said whether it took the message."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected


class NotNow(EmailBackend):
    """A mail server that answers that it does not take the message now."""

    def send_messages(self, messages):
        raise SMTPDataError(451, b"try again later")


class NobodyThere(EmailBackend):
    """No mail server listens."""

    def open(self):
        raise ConnectionRefusedError


class Faulty(EmailBackend):
    """A program fault somewhere on the way out."""

    def send_messages(self, messages):
        raise ZeroDivisionError


class Watching(EmailBackend):
    """How its row looks to everybody else while the message is on its way."""

    seen: list[str] = []

    def send_messages(self, messages):
        Watching.seen += Delivery.objects.values_list("state", flat=True)
        return super().send_messages(messages)


def use(settings, backend: type[EmailBackend]) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"


def state_of(user) -> str:
    return by_email(user).state


def test_a_prompt_goes_out_by_the_ways_it_names(clinic, alice, mailoutbox):
    prompt(alice, clinic=clinic)

    row = by_email(alice)
    assert (row.lane, row.crash_policy, row.source_kind) == (Lane.PROMPT, CrashPolicy.ONCE, PROMPT_SOURCE)
    assert row.expires_at == NOON + timedelta(minutes=10)
    # In the app the prompt itself is the message.
    assert not Delivery.objects.filter(channel=Channel.IN_APP).exists()
    assert send_prompts() == 1
    assert [message.to for message in mailoutbox] == [["alice@example.org"]]


def test_a_prompt_by_no_way_is_no_row(clinic, alice):
    prompt(alice, clinic=clinic, by_push=False, by_email=False)
    queue_prompts(prompts=[], now=NOON)

    assert not Delivery.objects.exists()


def test_an_e_mail_of_a_prompt_is_generic(clinic, alice, mailoutbox, settings):
    prompt(alice, clinic=clinic)
    send_prompts()

    (message,) = mailoutbox
    assert message.subject == "Time for a short break"
    invitation = f"Time for a short break. Open your breaks:\n{settings.SITE_ADDRESS}/breaks/\n"
    assert message.body.partition("\nNo more e-mails")[0] == invitation
    assert message.extra_headers["Message-ID"] == f"<{by_email(alice).pk}@exercise-tracker>"


def test_queueing_the_same_showing_again_changes_nothing_and_a_snoozed_one_has_its_own_number(clinic, alice):
    showing = notice_of(alice, clinic)
    queue_prompts(prompts=[showing], now=NOON)
    queue_prompts(prompts=[showing], now=NOON)
    assert Delivery.objects.count() == 1

    queue_prompts(prompts=[notice_of(alice, clinic, source=showing.source_id, nth=2)], now=NOON)
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize("count", [1, 200])
def test_however_many_prompts_are_queued_in_the_same_few_statements(
    clinic, push_service, django_assert_num_queries, count
):
    people = [makers.patient(clinic, f"p{number}") for number in range(count)]
    for person in people[:5]:
        push_service.subscribe(person, NOON, people.index(person))
    prompts = [notice_of(person, clinic) for person in people]

    with django_assert_num_queries(3):  # who wants no e-mail, who takes push where, and all rows
        queue_prompts(prompts=prompts, now=NOON)

    assert Delivery.objects.filter(channel=Channel.EMAIL).count() == count
    assert Delivery.objects.filter(channel=Channel.WEB_PUSH).count() == min(count, 5)


def test_what_is_due_later_waits(clinic, alice):
    prompt(alice, clinic=clinic, due_at=NOON + timedelta(minutes=15))

    assert send_prompts(NOON + timedelta(minutes=14)) == 0
    assert send_prompts(NOON + timedelta(minutes=15)) == 1


def test_what_is_too_late_is_never_sent_and_is_written_down_as_that(clinic, alice, mailoutbox):
    prompt(alice, clinic=clinic)

    assert send_prompts(NOON + timedelta(minutes=10)) == 0

    assert state_of(alice) == State.EXPIRED
    assert mailoutbox == []
    assert send_prompts(NOON) == 0


class Slow(EmailBackend):
    """A mail server that takes 5 seconds for each message."""

    seconds = 0.0

    def send_messages(self, messages):
        Slow.seconds += 5
        return super().send_messages(messages)


def test_what_becomes_too_late_while_it_waits_its_turn_is_not_sent(
    clinic, alice, settings, monkeypatch, mailoutbox
):
    eve = makers.patient(clinic, "eve")
    prompt(alice, clinic=clinic)
    prompt(eve, clinic=clinic, due_at=NOON - timedelta(minutes=9, seconds=57))
    Delivery.objects.filter(recipient=eve).update(next_attempt_at=NOON)
    use(settings, Slow)
    real = time.monotonic
    Slow.seconds = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: real() + Slow.seconds)

    assert send_prompts() == 1

    assert (state_of(alice), state_of(eve)) == (State.SENT, State.EXPIRED)
    assert len(mailoutbox) == 1


def test_a_sender_that_dies_with_a_prompt_by_e_mail_leaves_it_in_doubt(
    clinic, alice, settings, mailoutbox, caplog
):
    prompt(alice, clinic=clinic)
    use(settings, Dying)
    with pytest.raises(SystemExit):
        send_prompts()
    assert state_of(alice) == State.SENDING
    settings.EMAIL_BACKEND = LOCMEM

    assert send_prompts(NOON + timedelta(seconds=30)) == 0
    assert state_of(alice) == State.SENDING  # its sender may still be at it
    assert send_prompts(NOON + timedelta(minutes=2)) == 0

    assert state_of(alice) == State.IN_DOUBT
    assert len(mailoutbox) == 1
    assert caplog.record_tuples == [
        (
            "programs.delivery.actions.sending",
            logging.ERROR,
            f"delivery {by_email(alice).pk} is in doubt: its sender did not come back",
        )
    ]


def test_one_that_died_before_it_began_with_a_prompt_leaves_it_to_the_next(
    clinic, alice, settings, mailoutbox, caplog
):
    """Of ten claimed at once, those the dead sender had not come to are sent while they are of use."""
    eve = makers.patient(clinic, "eve")
    prompt(alice, clinic=clinic)
    prompt(eve, clinic=clinic, due_at=NOON + timedelta(seconds=1))
    use(settings, Dying)
    with pytest.raises(SystemExit):
        send_prompts(NOON + timedelta(seconds=1))
    settings.EMAIL_BACKEND = LOCMEM

    send_prompts(NOON + timedelta(minutes=2))

    assert (state_of(alice), state_of(eve)) == (State.IN_DOUBT, State.SENT)


def test_everybody_can_see_that_a_prompt_is_on_its_way(clinic, alice, settings, mailoutbox):
    prompt(alice, clinic=clinic)
    Watching.seen = []
    use(settings, Watching)

    send_prompts()

    assert Watching.seen == [State.SENDING]


@pytest.mark.parametrize("backend", [NotNow, NobodyThere])
def test_an_e_mail_that_surely_did_not_go_out_is_tried_again_while_it_is_of_use(
    clinic, alice, settings, mailoutbox, backend
):
    prompt(alice, clinic=clinic)
    use(settings, backend)
    send_prompts()
    assert state_of(alice) == State.PENDING
    settings.EMAIL_BACKEND = LOCMEM

    assert send_prompts(NOON + timedelta(seconds=40)) == 1

    assert len(mailoutbox) == 1


@pytest.mark.parametrize("backend", [HangsUp, Faulty])
def test_an_e_mail_that_may_have_gone_out_is_not_sent_again(clinic, alice, settings, mailoutbox, backend):
    prompt(alice, clinic=clinic)
    use(settings, backend)
    send_prompts()
    settings.EMAIL_BACKEND = LOCMEM

    assert send_prompts(NOON + timedelta(minutes=5)) == 0

    assert state_of(alice) == State.IN_DOUBT
    assert mailoutbox == []


def test_a_next_attempt_that_would_come_too_late_is_not_waited_for(clinic, alice, settings):
    prompt(alice, clinic=clinic)
    use(settings, NotNow)

    send_prompts(NOON + timedelta(minutes=9, seconds=55))

    assert (state_of(alice), by_email(alice).error) == (State.EXPIRED, "SMTPDataError")


def test_the_answer_to_a_prompt_takes_back_what_has_not_been_sent(clinic, alice, settings, mailoutbox):
    source = uuid4()
    prompt(alice, clinic=clinic, source=source)

    assert withdraw(source_kind=PROMPT_SOURCE, source_id=source) == 1

    assert send_prompts() == 0
    assert mailoutbox == []


def test_what_is_taken_back_while_it_cannot_be_sent_is_not_tried_again(clinic, alice, settings, mailoutbox):
    class TakenBack(EmailBackend):
        def send_messages(self, messages):
            withdraw(source_kind=PROMPT_SOURCE, source_id=by_email(alice).source_id)
            raise SMTPDataError(451, b"try again later")

    prompt(alice, clinic=clinic)
    globals()["TakenBack"] = TakenBack
    use(settings, TakenBack)
    send_prompts()

    assert state_of(alice) == State.WITHDRAWN


def test_a_thousand_prompts_that_are_due_never_delay_an_alert(
    clinic, bob, mailoutbox, django_assert_max_num_queries
):
    queue_prompts(prompts=[notice_of(bob, clinic) for _ in range(1000)], now=NOON - timedelta(minutes=1))
    alert(bob, clinic=clinic)

    with django_assert_max_num_queries(16):
        assert send_alerts() == 1

    assert mailoutbox[0].subject == "A patient needs a look"
    assert Delivery.objects.filter(lane=Lane.PROMPT, attempts=0).count() == 1000


def test_alerts_never_delay_a_prompt_either(clinic, alice, bob, mailoutbox):
    alert(bob, clinic=clinic)
    prompt(alice, clinic=clinic)

    assert send_prompts() == 1
    assert [message.to for message in mailoutbox] == [["alice@example.org"]]


@pytest.mark.parametrize("ends", ["the account", "the membership"])
def test_a_patient_who_has_left_gets_no_prompts(clinic, alice, push_service, mailoutbox, ends):
    push_service.subscribe(alice, NOON)
    prompt(alice, clinic=clinic)
    if ends == "the account":
        User.objects.filter(pk=alice.pk).update(is_active=False)
    else:
        Membership.objects.filter(user=alice).update(ended_at=NOON)

    assert send_prompts() == 0

    assert mailoutbox == push_service.pushes == []
    assert (by_email(alice).state, by_push(alice).state) == (State.WITHDRAWN, State.WITHDRAWN)


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_prompt_once(clinic, mailoutbox):
    people = [makers.patient(clinic, f"p{number}") for number in range(25)]
    prompt(*people, clinic=clinic)

    sent = at_once(*[send_prompts] * 2)
    sent.append(send_prompts())

    assert sum(sent) == 25
    assert sorted(message.to for message in mailoutbox) == sorted([person.email] for person in people)
    assert set(Delivery.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_what_became_of_prompts_is_kept_for_30_days_and_of_alerts_for_good(clinic, alice, bob, mailoutbox):
    prompt(alice, clinic=clinic)
    alert(bob, clinic=clinic)
    send_prompts()
    send_alerts()
    prompt(bob, clinic=clinic, now=NOON + timedelta(days=20))

    assert clear_finished(now=NOON + timedelta(days=30)) == 0
    assert clear_finished(now=NOON + timedelta(days=30, minutes=11)) == 1

    left = Delivery.objects.filter(channel=Channel.EMAIL)
    assert set(left.values_list("lane", "recipient__name")) == {("prompt", "Bob"), ("clinical", "Bob")}


def test_more_than_one_batch_is_cleared_and_what_is_unsent_is_not(clinic, bob):
    queue_prompts(prompts=[notice_of(bob, clinic) for _ in range(1500)], now=NOON)
    Delivery.objects.update(state=State.EXPIRED)
    prompt(bob, clinic=clinic)

    assert clear_finished(now=NOON + timedelta(days=60)) == 1500
    assert Delivery.objects.get().state == State.PENDING
