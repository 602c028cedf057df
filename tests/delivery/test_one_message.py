"""Several patients who need a look are one message to a therapist."""

from __future__ import annotations

from datetime import timedelta
from smtplib import SMTPServerDisconnected
from uuid import uuid4

from django.core.mail.backends.locmem import EmailBackend

from programs.delivery.actions import withdraw
from programs.delivery.models import Channel, Delivery, Notice, State
from tests import makers
from tests.delivery.outbox import NOON, alert, by_email, send_alerts


class Down(EmailBackend):
    def send_messages(self, messages):
        raise SMTPServerDisconnected


def emails() -> set[tuple[str, int]]:
    return set(Delivery.objects.filter(channel=Channel.EMAIL).values_list("state", "attempts"))


def test_several_patients_are_one_e_mail_that_leads_to_all_of_them(clinic, bob, mailoutbox, settings):
    for _ in range(3):
        alert(bob, clinic=clinic)

    assert send_alerts() == 3

    (message,) = mailoutbox
    assert message.subject == "Patients need a look"
    assert message.body == f"Patients need a look. Sign in to see it:\n{settings.SITE_ADDRESS}/\n"
    assert emails() == {(State.SENT, 1)}


def test_more_than_a_batch_of_them_are_one_e_mail_too(clinic, bob, mailoutbox):
    for _ in range(25):
        alert(bob, clinic=clinic)

    assert send_alerts() == 25
    assert len(mailoutbox) == 1


def test_several_have_an_id_of_their_own_and_a_repeat_has_it_too(clinic, bob, mailoutbox):
    """A mail server that has seen one of them alone must not take all of them for the same message."""
    ids = []
    alert(bob, clinic=clinic)
    for taken_along in (False, True, False):
        if taken_along:
            alert(bob, clinic=clinic, now=NOON + timedelta(seconds=1))
        Delivery.objects.filter(channel=Channel.EMAIL).update(state=State.PENDING, next_attempt_at=NOON)
        send_alerts(NOON + timedelta(minutes=1))
        ids.append(mailoutbox[-1].extra_headers["Message-ID"])

    alone, together, again = ids
    assert alone != together == again
    rows = Delivery.objects.filter(channel=Channel.EMAIL).values_list("pk", flat=True)
    assert not any(str(row) in together for row in rows)


def test_two_notices_of_one_patient_still_lead_to_that_patient(clinic, bob, mailoutbox, settings):
    source, path = uuid4(), f"/patients/{uuid4()}/"
    alert(bob, clinic=clinic, source=source, path=path)
    alert(
        bob,
        clinic=clinic,
        source=source,
        path=path,
        nth=2,
        notice=Notice.NOBODY_TOOK_IT_ON,
        now=NOON + timedelta(seconds=1),
    )

    send_alerts(NOON + timedelta(minutes=1))

    (message,) = mailoutbox
    assert message.subject == "A patient still needs a look"
    assert settings.SITE_ADDRESS + path in message.body


def test_each_person_gets_their_own(clinic, bob, mailoutbox):
    eve = makers.therapist(clinic, "eve")
    for _ in range(2):
        alert(bob, eve, clinic=clinic)

    send_alerts()

    assert sorted(message.to for message in mailoutbox) == [["bob@example.org"], ["eve@example.org"]]


def test_what_is_not_due_yet_is_not_taken_along(clinic, bob, mailoutbox):
    alert(bob, clinic=clinic)
    later = alert(bob, clinic=clinic)
    Delivery.objects.filter(source_id=later).update(next_attempt_at=NOON + timedelta(hours=1))

    assert send_alerts() == 1
    assert mailoutbox[0].subject == "A patient needs a look"


def test_one_that_is_taken_back_meanwhile_does_not_keep_the_other(clinic, bob, settings, mailoutbox):
    kept, taken_back = alert(bob, clinic=clinic), alert(bob, clinic=clinic)

    class TakesOneBack(EmailBackend):
        def send_messages(self, messages):
            withdraw(source_kind="flag", source_id=taken_back)
            return super().send_messages(messages)

    globals()["TakesOneBack"] = TakesOneBack
    settings.EMAIL_BACKEND = f"{__name__}.TakesOneBack"

    assert send_alerts() == 1

    states = Delivery.objects.filter(channel=Channel.EMAIL).values_list("source_id", "state")
    assert dict(states) == {kept: State.SENT, taken_back: State.WITHDRAWN}


def test_when_it_cannot_be_sent_all_of_them_wait_and_go_out_together(clinic, bob, settings, mailoutbox):
    for _ in range(2):
        alert(bob, clinic=clinic)
    settings.EMAIL_BACKEND = f"{__name__}.Down"
    send_alerts()
    assert emails() == {(State.PENDING, 1)}
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert send_alerts(NOON + timedelta(minutes=1)) == 2
    assert len(mailoutbox) == 1


def test_one_alone_is_said_as_it_is(clinic, bob, mailoutbox):
    alert(bob, clinic=clinic)
    send_alerts()

    assert mailoutbox[0].subject == by_email(bob).get_notice_display() == "A patient needs a look"
