"""deliver_due: each notice goes out, once, and what fails is tried again."""

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from programs.accounts.actions import join_clinic
from programs.accounts.models import Membership, Role, User
from programs.delivery import actions
from programs.delivery.actions import withdraw
from programs.delivery.models import Channel, Delivery, Lane, Notice, State
from programs.lib.times import database_now
from tests import makers
from tests.threads import at_once

NOON = makers.NOON


class Refusing(EmailBackend):
    """A mail server that does not know the address."""

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({"bob@example.org": (550, b"no such user")})


class Down(EmailBackend):
    """A mail server that hangs up."""

    def send_messages(self, messages):
        raise SMTPServerDisconnected


class KnowsOnlyBob(EmailBackend):
    """A program fault with everybody else's mail."""

    def send_messages(self, messages):
        if messages[0].to != ["bob@example.org"]:
            raise ZeroDivisionError
        return super().send_messages(messages)


class KnowsNobodyOfBob(EmailBackend):
    """A mail server that hangs up on one recipient only."""

    def send_messages(self, messages):
        if messages[0].to == ["bob@example.org"]:
            raise SMTPServerDisconnected
        return super().send_messages(messages)


class TakenBackMeanwhile(EmailBackend):
    """The reason for the notice goes away while the mail server keeps us waiting, and then hangs up."""

    def send_messages(self, messages):
        withdraw(source_kind="flag", source_id=Delivery.objects.values_list("source_id", flat=True)[0])
        raise SMTPServerDisconnected


def use(settings, backend: type[EmailBackend]) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}"


def queue(*recipients: User, clinic, source: UUID | None = None, now: datetime = NOON, nth: int = 1) -> UUID:
    source = source or uuid4()
    actions.queue(
        clinic=clinic,
        recipients=recipients,
        notice=Notice.PATIENT_NEEDS_LOOK,
        source_kind="flag",
        source_id=source,
        path=f"/patients/{source}/",
        now=now,
        nth=nth,
    )
    return source


def deliver_due(now: datetime) -> int:
    return actions.deliver_due(lane=Lane.CLINICAL, now=now)


def email_of(recipient: User) -> Delivery:
    return Delivery.objects.get(recipient=recipient, channel=Channel.EMAIL)


def test_a_notice_goes_out_by_every_channel(clinic, bob, mailoutbox):
    queue(bob, clinic=clinic)

    # In the app the row is the message: it is there with the transaction that caused it.
    assert Delivery.objects.visible_to(bob).unread_in_app().get().sent_at == NOON

    assert deliver_due(now=NOON) == 1

    assert set(Delivery.objects.values_list("channel", "state", "attempts")) == {
        ("in_app", State.SENT, 0),
        ("email", State.SENT, 1),
    }
    assert timedelta(0) <= email_of(bob).sent_at - NOON < timedelta(seconds=20)
    assert [message.to for message in mailoutbox] == [["bob@example.org"]]


def test_what_is_sent_is_not_sent_again(clinic, bob, mailoutbox):
    queue(bob, clinic=clinic)
    deliver_due(now=NOON)

    assert deliver_due(now=NOON + timedelta(days=1)) == 0
    assert len(mailoutbox) == 1


def test_queueing_the_same_source_again_changes_nothing_and_a_repeat_has_its_own_number(clinic, bob):
    source = queue(bob, clinic=clinic)
    queue(bob, clinic=clinic, source=source)
    assert Delivery.objects.count() == 2

    queue(bob, clinic=clinic, source=source, nth=2)
    assert Delivery.objects.count() == 4


def test_what_is_not_due_yet_waits(clinic, bob, mailoutbox):
    queue(bob, clinic=clinic)
    Delivery.objects.filter(channel=Channel.EMAIL).update(next_attempt_at=NOON + timedelta(minutes=1))

    assert deliver_due(now=NOON) == 0
    assert mailoutbox == []


def test_an_alert_does_not_wait_for_a_clock_that_runs_ahead(clinic, bob, mailoutbox):
    """A web machine wrote it whose clock is an hour fast; senders go by the database's."""
    queue(bob, clinic=clinic, now=database_now() + timedelta(hours=1))

    assert deliver_due(now=database_now()) == 1


def test_an_e_mail_holds_no_health_data_no_name_and_no_score(alice, bob, plan, mailoutbox, settings):
    makers.daily_checks(alice, makers.RISING)
    deliver_due(now=NOON)

    (message,) = mailoutbox
    words = f"{message.subject}\n{message.body}"
    link = f"{settings.SITE_ADDRESS}/patients/{alice.pk}/"
    assert link in words
    said = words.replace(link, "").lower()
    for secret in ("alice", "pain", "leg", "sciatica", "worse", "score", "clinic", "stride"):
        assert secret not in said
    assert not any(character.isdigit() for character in said)
    assert message.to == ["bob@example.org"]
    assert message.cc == message.bcc == message.attachments == []


def test_a_repeated_e_mail_can_be_known_as_the_same_one(clinic, bob, mailoutbox):
    queue(bob, clinic=clinic)
    deliver_due(now=NOON)

    (message,) = mailoutbox
    assert message.extra_headers["Message-ID"] == f"<{email_of(bob).pk}@exercise-tracker>"


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_send_each_notice_once(clinic, mailoutbox):
    therapists = [makers.therapist(clinic, f"t{number}") for number in range(25)]
    queue(*therapists, clinic=clinic)

    sent = at_once(*[lambda: deliver_due(now=NOON)] * 2)
    sent.append(deliver_due(now=NOON))

    assert sum(sent) == 25
    assert sorted(message.to for message in mailoutbox) == sorted([each.email] for each in therapists)
    emails = Delivery.objects.filter(channel=Channel.EMAIL)
    assert set(emails.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_an_address_that_is_refused_is_given_up_and_kept(clinic, bob, settings):
    queue(bob, clinic=clinic)
    use(settings, Refusing)

    assert deliver_due(now=NOON) == 0
    assert deliver_due(now=NOON + timedelta(days=1)) == 0

    failed = email_of(bob)
    assert (failed.state, failed.attempts, failed.error) == (State.FAILED, 1, "The address was refused.")


def test_a_server_that_is_down_is_tried_again_ever_more_slowly_and_for_ever(clinic, bob, settings):
    queue(bob, clinic=clinic)
    use(settings, Down)
    now, waits = NOON, []
    for _ in range(11):
        deliver_due(now=now)
        row = email_of(bob)
        assert (row.state, row.error) == (State.PENDING, "SMTPServerDisconnected")
        waits.append((row.next_attempt_at - now).total_seconds())
        assert deliver_due(now=row.next_attempt_at - timedelta(seconds=5)) == 0
        now = row.next_attempt_at

    usual = [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    for wait, expected in zip(waits, usual, strict=True):
        assert 0.8 * expected <= wait <= min(1.2 * expected, 3600) + 1
    # Not at the same moment as everybody else's.
    assert any(abs(wait - expected) > 1 for wait, expected in zip(waits, usual, strict=True))

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver_due(now=now) == 1
    assert (email_of(bob).state, email_of(bob).error) == (State.SENT, "")
    assert len(mail.outbox) == 1


def test_a_fault_with_one_keeps_nobody_else_waiting(clinic, bob, settings, mailoutbox, caplog):
    eve = makers.therapist(clinic, "eve")
    queue(eve, bob, clinic=clinic)
    use(settings, KnowsOnlyBob)

    assert deliver_due(now=NOON) == 1

    assert [message.to for message in mailoutbox] == [["bob@example.org"]]
    assert (email_of(eve).state, email_of(eve).error) == (State.PENDING, "Unexpected error.")
    assert f"delivery {email_of(eve).pk} failed: ZeroDivisionError" in caplog.text
    assert "send_messages" in caplog.text  # where it happened
    assert "eve@example.org" not in caplog.text


def test_what_is_withdrawn_is_never_sent(clinic, bob, mailoutbox):
    source = queue(bob, clinic=clinic)
    other = queue(bob, clinic=clinic)

    assert withdraw(source_kind="flag", source_id=source) == 2

    assert deliver_due(now=NOON + timedelta(days=1)) == 1
    assert str(other) in mailoutbox[0].body
    assert len(mailoutbox) == 1


class ComeBackLater(EmailBackend):
    """A mail server that greylists: not now, but soon."""

    def send_messages(self, messages):
        raise SMTPRecipientsRefused({"bob@example.org": (450, b"greylisted")})


def test_an_address_that_is_refused_for_now_is_tried_again(clinic, bob, settings):
    queue(bob, clinic=clinic)
    use(settings, ComeBackLater)

    deliver_due(now=NOON)

    assert email_of(bob).state == State.PENDING


def test_days_of_failing_e_mail_keep_nobody_elses_notices(clinic, bob, settings, mailoutbox):
    queue(bob, clinic=clinic)
    Delivery.objects.filter(channel=Channel.EMAIL).update(attempts=2000)
    eve = makers.therapist(clinic, "eve")
    queue(eve, clinic=clinic, now=NOON)
    use(settings, KnowsNobodyOfBob)

    deliver_due(now=NOON)

    wait = email_of(bob).next_attempt_at - NOON
    assert actions.LONGEST_RETRY * 0.8 <= wait <= actions.LONGEST_RETRY + timedelta(seconds=20)
    assert email_of(eve).state == State.SENT


def test_somebody_whose_account_was_closed_gets_no_more_notices(clinic, bob, mailoutbox):
    queue(bob, clinic=clinic)
    bob.is_active = False
    bob.save(update_fields=["is_active"])

    assert deliver_due(now=NOON) == 0

    assert mailoutbox == []
    assert email_of(bob).state == State.WITHDRAWN


def test_a_therapist_who_has_left_the_clinic_gets_no_more_notices_of_it(
    clinic, bob, other_clinic, mailoutbox
):
    join_clinic(user=bob, clinic=other_clinic, role=Role.THERAPIST, now=NOON)
    gone, other = queue(bob, clinic=clinic), queue(bob, clinic=other_clinic)
    Membership.objects.filter(user=bob, clinic=clinic).update(ended_at=NOON)

    assert deliver_due(now=NOON) == 1

    states = Delivery.objects.filter(channel=Channel.EMAIL).values_list("source_id", "state")
    assert dict(states) == {gone: State.WITHDRAWN, other: State.SENT}
    (message,) = mailoutbox
    assert str(other) in message.body


def test_what_is_withdrawn_for_one_person_still_reaches_the_others(clinic, bob, mailoutbox):
    source = queue(bob, makers.therapist(clinic, "eve"), clinic=clinic)

    assert withdraw(source_kind="flag", source_id=source, recipient=bob) == 2

    assert deliver_due(now=NOON) == 1
    assert [message.to for message in mailoutbox] == [["eve@example.org"]]


def test_what_is_withdrawn_during_a_failing_attempt_is_not_tried_again(clinic, bob, settings):
    queue(bob, clinic=clinic)
    use(settings, TakenBackMeanwhile)

    deliver_due(now=NOON)

    assert email_of(bob).state == State.WITHDRAWN


def test_an_e_mail_that_went_out_stays_sent_and_an_unread_notice_in_the_app_goes_away(clinic, bob):
    source = queue(bob, clinic=clinic)
    deliver_due(now=NOON)

    assert withdraw(source_kind="flag", source_id=source) == 1
    assert email_of(bob).state == State.SENT
    assert not Delivery.objects.visible_to(bob).unread_in_app().exists()


def test_a_notice_that_was_read_stays_as_it_was(clinic, bob):
    source = queue(bob, clinic=clinic)
    deliver_due(now=NOON)
    actions.mark_read(recipient=bob, source_ids=[source], now=NOON)

    assert withdraw(source_kind="flag", source_id=source) == 0


@pytest.mark.parametrize("waiting", [10, 100])
def test_however_much_waits_each_e_mail_costs_the_same_few_queries(
    clinic, waiting, django_assert_max_num_queries, mailoutbox
):
    queue(*[makers.therapist(clinic, f"t{number}") for number in range(waiting)], clinic=clinic)
    batches = waiting // 10 + 1
    # A batch is claimed in one transaction; before and after it goes out, each has one look at its row.
    with django_assert_max_num_queries(8 + 6 * batches + 2 * waiting):
        assert deliver_due(now=NOON) == waiting
