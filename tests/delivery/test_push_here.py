"""The piece of a page that offers notifications: it needs the request alone, and works without JavaScript."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.template import engines
from django.test import RequestFactory

from programs.delivery.actions import record_receipt, unsubscribe_push
from programs.delivery.models import DeliveryReceipt, PushSubscription
from programs.delivery.queries import push_here, silent_push
from tests import makers
from tests.delivery.outbox import NOON, prompt, send_prompts

BROWSERS = "/push/browsers/"
INCLUDED = '{% include "delivery/push_here.html" %}'

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


def piece(user) -> str:
    request = RequestFactory().get("/reminders/")
    request.user = user
    return engines["django"].from_string(INCLUDED).render({}, request)


def push_once(user, clinic, minute: int) -> None:
    at = NOON + timedelta(minutes=minute)
    prompt(user, clinic=clinic, by_email=False, now=at)
    send_prompts(at)


def say_shown(push_service, index: int) -> None:
    token = push_service.read(push_service.pushes[index])["token"]
    assert record_receipt(token=token, kind=DeliveryReceipt.Kind.SHOWN, now=NOON)


def test_it_needs_nothing_but_the_request(alice, bob, push_service):
    for person in (alice, bob):
        shown = piece(person)
        assert "Turn on notifications here" in shown
        assert "csrfmiddlewaretoken" in shown
    assert "your own calendar" in piece(alice)
    assert "your own calendar" not in piece(bob)


def test_without_a_key_it_offers_what_there_is_instead(alice, settings):
    settings.VAPID_PRIVATE_KEY = ""

    shown = piece(alice)

    assert "We cannot send notifications from here." in shown
    assert "one e-mail a day" in shown
    assert "push.js" not in shown


def test_every_obstacle_has_a_way_round_it(alice, push_service):
    shown = piece(alice)

    for state in ("denied", "install", "impossible", "unreachable"):
        part = shown.partition(f'data-push-state="{state}"')[2].partition("data-push-state")[0]
        assert "one e-mail a day" in part, state


def test_the_browsers_are_named_without_their_secrets(page, alice):
    for host in (
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "web.push.apple.com",
        "x.example.org",
    ):
        endpoint = f"https://{host}/secret-{host}"
        makers.push_subscription(alice, endpoint=endpoint, endpoint_hash=host, last_receipt_at=NOON)

    shown = page(alice).get(BROWSERS).content.decode()

    names = (
        "Chrome, or a browser like it",
        "Firefox",
        "Safari, or an app on an iPhone or iPad",
        "x.example.org",
    )
    for name in names:
        assert f"<strong>{name}</strong>" in shown
    assert "Last one seen 20 November, 12:00." in shown
    assert "secret" not in shown


def test_a_browser_is_removed_without_javascript(page, alice, push_service):
    subscription = push_service.subscribe(alice, NOON)
    address = f"{BROWSERS}{subscription.pk}/remove/"

    answer = page(alice).post(address, {"back_to": "/me/"})

    assert (answer.status_code, answer.url) == (302, "/me/")
    assert not PushSubscription.objects.live().exists()
    assert page(alice).post(address, {"back_to": "https://evil.example/"}).url == "/"


def test_a_browser_is_removed_in_place_with_javascript(page, alice, push_service):
    subscription = push_service.subscribe(alice, NOON)

    answer = page(alice).post(f"{BROWSERS}{subscription.pk}/remove/", headers={"HX-Request": "true"})

    assert answer.status_code == 200
    assert "Remove" not in answer.content.decode()


def test_nobody_removes_anothers_browser(page, alice, bob, push_service):
    subscription = push_service.subscribe(alice, NOON)

    assert page(bob).post(f"{BROWSERS}{subscription.pk}/remove/").status_code == 404
    assert page(bob).post(f"{BROWSERS}{uuid4()}/remove/").status_code == 404
    assert page(alice).get(f"{BROWSERS}{subscription.pk}/remove/").status_code == 405
    assert PushSubscription.objects.live().count() == 1


def test_three_pushes_without_a_word_from_the_device_are_a_sign(clinic, alice, push_service):
    push_service.subscribe(alice, NOON)
    for minute in (0, 1):
        push_once(alice, clinic, minute)
    assert not silent_push(alice)

    push_once(alice, clinic, 2)

    assert silent_push(alice)
    assert "Your notifications may be off" in piece(alice)


def test_one_that_was_shown_among_the_last_three_is_none(clinic, alice, push_service):
    push_service.subscribe(alice, NOON)
    for minute in range(4):
        push_once(alice, clinic, minute)
    say_shown(push_service, 0)
    assert silent_push(alice)

    say_shown(push_service, 2)

    assert not silent_push(alice)
    assert "may be off" not in piece(alice)


def test_a_silent_browser_is_found_beside_one_that_speaks_until_it_is_removed(clinic, alice, push_service):
    push_service.subscribe(alice, NOON, 1)
    silent = push_service.subscribe(alice, NOON, 2)
    for minute in range(3):
        push_once(alice, clinic, minute)
    for index, push in enumerate(push_service.pushes):
        if push.path == "/push/1":
            say_shown(push_service, index)
    assert silent_push(alice)

    unsubscribe_push(subscription=silent, now=NOON)

    assert not silent_push(alice)


def test_what_could_not_be_sent_says_nothing_about_the_device(clinic, alice, push_service):
    push_service.subscribe(alice, NOON)
    push_service.answer_with(400, 400, 400)
    for minute in range(3):
        push_once(alice, clinic, minute)

    assert not silent_push(alice)


def test_many_browsers_cost_no_more_queries(alice, push_service, django_assert_num_queries):
    for number in range(10):
        push_service.subscribe(alice, NOON, number)
        if number in (0, 9):
            with django_assert_num_queries(3):  # the browsers, the live ones' ids, their last pushes
                assert len(push_here(alice).browsers) == number + 1
