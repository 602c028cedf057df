"""deliver_due: each notice goes out, once, and what fails is tried again."""

from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from uuid import UUID, uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from programs.accounts.models import User
from programs.delivery import actions
from programs.delivery.actions import deliver_due, withdraw
from programs.delivery.models import Channel, Delivery, Notice, State
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


class Dying(EmailBackend):
    """The process ends between sending and writing so down."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit


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


def email_of(recipient: User) -> Delivery:
    return Delivery.objects.get(recipient=recipient, channel=Channel.EMAIL)


def test_a_notice_goes_out_by_every_channel(clinic, bob, mailoutbox):
    queue(bob, clinic=clinic)

    assert deliver_due(now=NOON) == 2

    assert set(Delivery.objects.values_list("channel", "state", "sent_at", "attempts")) == {
        ("in_app", State.SENT, NOON, 1),
        ("email", State.SENT, NOON, 1),
    }
    assert [message.to for message in mailoutbox] == [["bob@example.org"]]
    assert Delivery.objects.visible_to(bob).unread_in_app().count() == 1


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
    queue(bob, clinic=clinic, now=NOON + timedelta(seconds=1))

    assert deliver_due(now=NOON) == 0
    assert mailoutbox == []


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
def test_two_senders_at_once_send_each_notice_once(clinic, bob, mailoutbox):
    sources = {queue(bob, clinic=clinic) for _ in range(20)}

    sent = at_once(*[lambda: deliver_due(now=NOON)] * 2)
    sent.append(deliver_due(now=NOON))
    sent.append(deliver_due(now=NOON))

    assert sum(sent) == 40
    assert len(mailoutbox) == 20
    assert len({message.body for message in mailoutbox}) == len(sources)
    assert set(Delivery.objects.values_list("state", "attempts")) == {(State.SENT, 1)}


def test_a_sender_that_died_leaves_a_lease_that_runs_out_and_the_notice_is_sent_again(
    clinic, bob, settings, mailoutbox
):
    queue(bob, clinic=clinic)
    Delivery.objects.filter(channel=Channel.IN_APP).delete()
    use(settings, Dying)
    with pytest.raises(SystemExit):
        deliver_due(now=NOON)
    assert email_of(bob).state == State.LEASED
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert deliver_due(now=NOON + timedelta(seconds=59)) == 0
    assert deliver_due(now=NOON + timedelta(seconds=60)) == 1

    assert (email_of(bob).state, email_of(bob).attempts) == (State.SENT, 2)
    assert [message.extra_headers["Message-ID"] for message in mailoutbox] == [
        f"<{email_of(bob).pk}@exercise-tracker>"
    ] * 2


def test_an_address_that_is_refused_is_given_up_and_kept(clinic, bob, settings):
    queue(bob, clinic=clinic)
    use(settings, Refusing)

    assert deliver_due(now=NOON) == 1  # in the app
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
        waits.append(int((row.next_attempt_at - now).total_seconds()))
        assert deliver_due(now=row.next_attempt_at - timedelta(seconds=1)) == 0
        now = row.next_attempt_at

    assert waits == [15, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver_due(now=now) == 1
    assert (email_of(bob).state, email_of(bob).error) == (State.SENT, "")
    assert len(mail.outbox) == 1


def test_a_fault_with_one_keeps_nobody_else_waiting(clinic, bob, settings, mailoutbox, caplog):
    eve = makers.therapist(clinic, "eve")
    queue(eve, bob, clinic=clinic)
    use(settings, KnowsOnlyBob)

    assert deliver_due(now=NOON) == 3

    assert [message.to for message in mailoutbox] == [["bob@example.org"]]
    assert (email_of(eve).state, email_of(eve).error) == (State.PENDING, "Unexpected error.")
    assert f"delivery {email_of(eve).pk} failed" in caplog.messages
    assert "eve@example.org" not in caplog.text


def test_what_is_withdrawn_is_never_sent(clinic, bob, mailoutbox):
    source = queue(bob, clinic=clinic)
    other = queue(bob, clinic=clinic)

    assert withdraw(source_kind="flag", source_id=source) == 2

    assert deliver_due(now=NOON + timedelta(days=1)) == 2
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
    eve = makers.person("eve")
    queue(eve, clinic=clinic, now=NOON)
    use(settings, KnowsNobodyOfBob)

    deliver_due(now=NOON)

    assert email_of(bob).next_attempt_at == NOON + actions.LONGEST_RETRY
    assert email_of(eve).state == State.SENT


def test_somebody_whose_account_was_closed_gets_no_more_notices(clinic, bob, mailoutbox):
    queue(bob, clinic=clinic)
    bob.is_active = False
    bob.save(update_fields=["is_active"])

    assert deliver_due(now=NOON) == 0

    assert mailoutbox == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.WITHDRAWN}


def test_what_is_withdrawn_while_a_dead_sender_holds_it_is_not_sent_again(clinic, bob, settings, mailoutbox):
    source = queue(bob, clinic=clinic)
    use(settings, Dying)
    with pytest.raises(SystemExit):
        deliver_due(now=NOON)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    withdraw(source_kind="flag", source_id=source)

    deliver_due(now=NOON + timedelta(minutes=5))
    assert len(mailoutbox) == 1
    assert email_of(bob).state == State.WITHDRAWN


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
def test_a_turn_claims_a_bounded_batch_in_the_same_few_queries(
    clinic, bob, waiting, django_assert_max_num_queries
):
    for _ in range(waiting):
        queue(bob, clinic=clinic)
    with django_assert_max_num_queries(4 + 10):  # one claim, and one line for each that went out
        assert deliver_due(now=NOON) == 10
