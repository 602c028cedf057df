"""A claim: whose a notice is while it goes out, for how long, and what a sender that dies leaves behind."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import UUID

import pytest
from django.core.mail.backends.locmem import EmailBackend

from programs.accounts.models import User
from programs.delivery.actions import withdraw
from programs.delivery.models import Channel, Delivery, State
from tests import makers
from tests.delivery.outbox import NOON, alert, by_email, send_alerts

LOCMEM = "django.core.mail.backends.locmem.EmailBackend"


class Dying(EmailBackend):
    """The process ends between sending and writing so down."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit


def use(settings, backend: type[EmailBackend]) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"


def test_a_sender_that_died_leaves_a_lease_that_runs_out_and_the_notice_is_sent_again(
    clinic, bob, settings, mailoutbox
):
    alert(bob, clinic=clinic)
    use(settings, Dying)
    with pytest.raises(SystemExit):
        send_alerts()
    assert by_email(bob).state == State.LEASED
    settings.EMAIL_BACKEND = LOCMEM

    lease_until = by_email(bob).lease_until
    assert send_alerts(lease_until - timedelta(seconds=5)) == 0
    assert send_alerts(lease_until) == 1

    assert (by_email(bob).state, by_email(bob).attempts) == (State.SENT, 2)
    assert [message.extra_headers["Message-ID"] for message in mailoutbox] == [
        f"<{by_email(bob).pk}@exercise-tracker>"
    ] * 2


def test_what_is_withdrawn_while_a_dead_sender_holds_it_is_not_sent_again(clinic, bob, settings, mailoutbox):
    source = alert(bob, clinic=clinic)
    use(settings, Dying)
    with pytest.raises(SystemExit):
        send_alerts()
    settings.EMAIL_BACKEND = LOCMEM

    withdraw(source_kind="flag", source_id=source)

    send_alerts(NOON + timedelta(minutes=5))
    assert len(mailoutbox) == 1
    assert by_email(bob).state == State.WITHDRAWN


class TakesTheOthersBack(EmailBackend):
    """While the first message is on its way, the reason for all others goes away."""

    def send_messages(self, messages):
        for other in Delivery.objects.exclude(recipient__email=messages[0].to[0]):
            withdraw(source_kind="flag", source_id=other.source_id)
        return super().send_messages(messages)


def test_what_is_withdrawn_after_it_was_claimed_is_not_sent_any_more(clinic, bob, settings, mailoutbox):
    eve = makers.therapist(clinic, "eve")
    alert(bob, clinic=clinic)
    alert(eve, clinic=clinic)
    use(settings, TakesTheOthersBack)

    assert send_alerts() == 1

    assert len(mailoutbox) == 1
    assert {by_email(bob).state, by_email(eve).state} == {State.SENT, State.WITHDRAWN}


class ClosesTheOthersAccounts(EmailBackend):
    """While the first message is on its way, everybody else's account is closed."""

    def send_messages(self, messages):
        User.objects.exclude(email=messages[0].to[0]).update(is_active=False)
        return super().send_messages(messages)


def test_somebody_whose_account_is_closed_after_the_claim_gets_nothing(clinic, bob, settings, mailoutbox):
    alert(bob, makers.therapist(clinic, "eve"), clinic=clinic)
    use(settings, ClosesTheOthersAccounts)

    assert send_alerts() == 1
    assert len(mailoutbox) == 1


class AnotherTakesOver(EmailBackend):
    """The mail server kept us waiting for so long that somebody else has the row by now."""

    def send_messages(self, messages):
        Delivery.objects.filter(state=State.LEASED).update(lease_token=UUID(int=1))
        return super().send_messages(messages)


def test_a_sender_that_comes_back_too_late_does_not_write_over_anothers_work(clinic, bob, settings):
    alert(bob, clinic=clinic)
    use(settings, AnotherTakesOver)

    assert send_alerts() == 0

    assert (by_email(bob).state, by_email(bob).lease_token) == (State.LEASED, UUID(int=1))


def test_what_there_is_no_time_left_for_is_given_back_at_once(clinic, bob, settings, mailoutbox):
    """With less than a request may take left of its lease, a message could go out while it is another's."""
    alert(bob, clinic=clinic)
    settings.DELIVERY_LEASE_SECONDS = 6

    assert send_alerts() == 0

    given_back = by_email(bob)
    assert (given_back.state, given_back.attempts, given_back.lease_token) == (State.PENDING, 0, None)
    assert mailoutbox == []
    settings.DELIVERY_LEASE_SECONDS = 60
    assert send_alerts(given_back.next_attempt_at) == 1


class Slow(EmailBackend):
    """A mail server that takes its 5 seconds for each message."""

    seconds = 0.0

    def send_messages(self, messages):
        Slow.seconds += 5
        return super().send_messages(messages)


def test_a_slow_mail_server_is_sent_to_no_longer_than_a_turn_lasts(clinic, settings, monkeypatch, mailoutbox):
    alert(*[makers.therapist(clinic, f"t{number}") for number in range(12)], clinic=clinic)
    use(settings, Slow)
    real = time.monotonic
    Slow.seconds = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: real() + Slow.seconds)

    assert 4 <= send_alerts() <= 5

    emails = Delivery.objects.filter(channel=Channel.EMAIL)
    assert emails.filter(state=State.PENDING, attempts=0).count() == 12 - len(mailoutbox)
    assert not emails.filter(state=State.LEASED).exists()


def test_a_slow_mail_server_is_not_sent_to_past_the_lease(clinic, settings, monkeypatch, mailoutbox):
    alert(*[makers.therapist(clinic, f"t{number}") for number in range(5)], clinic=clinic)
    settings.DELIVERY_LEASE_SECONDS = 14
    use(settings, Slow)
    real = time.monotonic
    Slow.seconds = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: real() + Slow.seconds)

    assert send_alerts() == 2  # at 0 and 5 seconds; at 10 only 4 of the lease are left


def test_a_claim_says_when_it_ends_so_that_nobody_takes_it_earlier(clinic, bob, settings):
    alert(bob, clinic=clinic)
    use(settings, Dying)
    with pytest.raises(SystemExit):
        send_alerts()

    claimed = by_email(bob)
    assert claimed.lease_until == claimed.next_attempt_at
    assert timedelta(seconds=60) <= claimed.lease_until - NOON < timedelta(seconds=80)
