"""No more reminders by e-mail: by the link or the mail program's button, until somebody wants them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client

from programs.delivery.actions import opt_in_to_email, opt_out_of_email
from programs.delivery.models import Delivery, EmailOptOut, Notice, State
from programs.delivery.queries import UNSUBSCRIBE_SIGNER
from tests.delivery.outbox import NOON, alert, by_email, prompt, send_alerts, send_prompts
from tests.pages import prose

ONE_CLICK = {"List-Unsubscribe": "One-Click"}

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def link(clinic, alice, mailoutbox, settings) -> str:
    """The path that an e-mail to alice names."""
    prompt(alice, clinic=clinic, by_push=False)
    send_prompts()
    address = re.search(r"(\S+/unsubscribe/\S+)", mailoutbox[-1].body)[1]
    return address.removeprefix(settings.SITE_ADDRESS)


@pytest.fixture
def stranger() -> Client:
    """Somebody's mail program: not signed in, and without a CSRF token."""
    return Client(enforce_csrf_checks=True)


def test_a_reminder_says_how_to_stop_it_to_people_and_to_programs(link, mailoutbox, settings):
    (message,) = mailoutbox

    assert message.extra_headers["List-Unsubscribe"] == f"<{settings.SITE_ADDRESS}{link}>"
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_what_is_about_somebody_cannot_be_stopped(clinic, bob, mailoutbox):
    opt_out_of_email(user=bob, now=NOON)
    alert(bob, clinic=clinic)

    assert send_alerts() == 1
    (message,) = mailoutbox
    assert not any(name.startswith("List-") for name in message.extra_headers)
    assert "unsubscribe" not in message.body


@pytest.mark.parametrize(
    ("notice", "first_line"),
    [
        (Notice.REMINDER, "Here is your reminder. Open it here:"),
        (Notice.DIGEST, "Your reminders for today. See them here:"),
        (Notice.CASELOAD_DIGEST, "Your list for today. See it here:"),
    ],
)
def test_an_e_mail_says_nothing_but_what_it_is_and_where(clinic, bob, mailoutbox, notice, first_line):
    prompt(bob, clinic=clinic, by_push=False, notice=notice, path="/reminders/")
    send_prompts()

    lines = mailoutbox[0].body.splitlines()
    assert lines[0] == first_line
    assert lines[1].endswith("/reminders/")
    assert mailoutbox[0].subject == notice.label


def test_looking_at_the_link_changes_nothing(link, stranger):
    for method in (stranger.get, stranger.head, stranger.options, stranger.put, stranger.delete):
        method(link)

    assert not EmailOptOut.objects.exists()
    assert "Stop reminders by e-mail?" in prose(stranger.get(link))


def test_one_button_stops_them_and_a_repeat_does_no_harm(link, stranger, alice):
    first = stranger.post(link, {"choice": "stop"})
    since = EmailOptOut.objects.get(user=alice).since
    again = stranger.post(link, {"choice": "stop"})

    assert (first.status_code, again.status_code) == (200, 200)
    assert "You will get no more reminders by e-mail" in prose(first)
    assert EmailOptOut.objects.get(user=alice).since == since


def test_the_mail_programs_own_button_works(link, stranger, alice):
    assert stranger.post(link, ONE_CLICK).status_code == 200
    assert EmailOptOut.objects.filter(user=alice).exists()


@pytest.mark.parametrize("said", [{}, {"choice": "again"}, {"choice": "x"}, ONE_CLICK])
def test_the_link_can_only_stop_them_whatever_is_sent_to_it(link, stranger, alice, said):
    stranger.post(link)

    stranger.post(link, said)
    stranger.post(f"{link}?choice=again", said)

    assert EmailOptOut.objects.filter(user=alice).exists()


def test_they_come_again_to_whoever_signs_in_and_wants_them(link, stranger, page, alice, clinic, mailoutbox):
    stopped = stranger.post(link)

    assert "Do you want them after all? Sign in and turn them on under Reminders." in prose(stopped)
    assert 'href="/reminders/"' in stopped.content.decode()
    assert "<form" not in stopped.content.decode()
    assert stranger.get("/reminders/").url.startswith("/account/login/")

    page(alice).post("/reminders/email/")
    prompt(alice, clinic=clinic, by_push=False)
    assert send_prompts() == 1


@pytest.mark.parametrize("token", ["x", "%00", "a.b", "0" * 500, "..", "%F0%9F%98%80"])
def test_a_made_up_link_is_kindly_refused(client, db, token):
    for answer in (client.get(f"/unsubscribe/{token}/"), client.post(f"/unsubscribe/{token}/")):
        assert answer.status_code == 404
    assert "This link does not work" in client.get("/unsubscribe/x/").content.decode()


def test_nobody_stops_anothers_with_their_own_link(link, stranger, bob):
    own = UNSUBSCRIBE_SIGNER.sign("x").partition(".")[2]

    assert stranger.post(f"/unsubscribe/{bob.pk}.{own}/").status_code == 404
    assert stranger.post(f"/unsubscribe/{bob.pk}.{link.rstrip('/').partition('.')[2]}/").status_code == 404
    assert not EmailOptOut.objects.exists()


def test_the_link_says_nothing_of_who_it_is(link, stranger, alice):
    shown = stranger.get(link)

    assert alice.email not in shown.content.decode()
    assert alice.name not in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]


def test_who_has_stopped_them_gets_no_row_and_others_do(clinic, alice, dora, other_clinic):
    opt_out_of_email(user=alice, now=NOON)
    prompt(alice, clinic=clinic, by_push=False)
    prompt(dora, clinic=other_clinic, by_push=False)

    assert [row.recipient for row in Delivery.objects.all()] == [dora]


def test_what_waited_when_they_were_stopped_is_not_sent(clinic, alice, mailoutbox):
    prompt(alice, clinic=clinic, by_push=False)
    opt_out_of_email(user=alice, now=NOON)

    assert send_prompts() == 0
    assert by_email(alice).state == State.WITHDRAWN
    assert mailoutbox == []


def test_the_sender_looks_again_right_before_it_sends(clinic, alice, mailoutbox):
    prompt(alice, clinic=clinic, by_push=False)
    EmailOptOut.objects.create(user=alice, since=NOON)

    assert send_prompts() == 0
    assert by_email(alice).state == State.WITHDRAWN
    assert mailoutbox == []


def test_a_push_is_no_e_mail(clinic, alice, push_service):
    push_service.subscribe(alice, NOON)
    opt_out_of_email(user=alice, now=NOON)
    prompt(alice, clinic=clinic)

    assert send_prompts() == 1
    assert len(push_service.pushes) == 1


def test_taking_them_again_twice_changes_nothing(alice):
    opt_out_of_email(user=alice, now=NOON)
    opt_out_of_email(user=alice, now=NOON + timedelta(days=1))
    assert EmailOptOut.objects.get().since == NOON

    for _ in range(2):
        opt_in_to_email(user=alice)
    assert not EmailOptOut.objects.exists()
