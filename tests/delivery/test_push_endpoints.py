"""Taking Web Push in a browser, and what devices say of it, over REST."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from rest_framework.test import APIClient

from programs.accounts.actions import join_clinic
from programs.accounts.models import Role
from programs.delivery.actions import record_receipt, unsubscribe_push
from programs.delivery.models import DeliveryReceipt, PushSubscription
from programs.lib.throttling import LenientRateThrottle
from programs.lib.web_push import public_key
from tests import makers
from tests.delivery.outbox import NOON, by_push, prompt, send_prompts
from tests.rest import wrong_fields

KEY = "/api/v1/push/key/"
SUBSCRIPTIONS = "/api/v1/push/subscriptions/"
RECEIPTS = "/api/v1/push/receipts/"

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def body(push_service):
    """What a browser's PushSubscription.toJSON() gives."""
    return {
        "endpoint": push_service.endpoint(1),
        "expirationTime": None,
        "keys": push_service.keys(1),
    }


@pytest.fixture
def token(clinic, alice, push_service) -> str:
    """That of a push which alice's browser has got."""
    push_service.subscribe(alice, NOON)
    prompt(alice, clinic=clinic, by_email=False)
    send_prompts()
    return push_service.read(push_service.pushes[0])["token"]


def administrator(clinic):
    adam = makers.person("adam")
    join_clinic(user=adam, clinic=clinic, role=Role.ADMIN, now=NOON)
    return adam


def test_the_key_is_what_browsers_subscribe_with(api, alice, push_service, settings):
    answer = api(alice).get(KEY)

    assert (answer.status_code, answer.json()) == (
        200,
        {"public_key": public_key(settings.VAPID_PRIVATE_KEY)},
    )


def test_where_there_is_no_web_push_there_is_no_key(api, alice, settings):
    settings.VAPID_PRIVATE_KEY = ""

    assert api(alice).get(KEY).json() == {"public_key": None}


def test_every_role_takes_web_push(api, alice, bob, clinic, body, push_service):
    for number, person in enumerate((alice, bob, administrator(clinic))):
        answer = api(person).post(SUBSCRIPTIONS, body | {"endpoint": push_service.endpoint(number)})
        assert answer.status_code == 201
        assert api(person).get(KEY).status_code == 200
        assert len(api(person).get(SUBSCRIPTIONS).json()["results"]) == 1


def test_a_browser_is_shown_by_its_push_service_and_never_by_its_secrets(api, alice, body):
    answer = api(alice).post(SUBSCRIPTIONS, body)

    row = PushSubscription.objects.get()
    shown = {
        "id": str(row.pk),
        "host": "127.0.0.1",
        "created_at": "2026-11-20T12:00:00Z",
        "last_receipt_at": None,
    }
    assert answer.json() == shown
    assert api(alice).get(SUBSCRIPTIONS).json()["results"] == [shown]
    assert (row.user, row.p256dh, row.auth) == (alice, body["keys"]["p256dh"], body["keys"]["auth"])


def test_the_same_browser_again_keeps_its_row_with_its_new_keys(api, alice, body, push_service):
    first = api(alice).post(SUBSCRIPTIONS, body)
    again = api(alice).post(SUBSCRIPTIONS, body | {"keys": push_service.keys(7)})

    assert (again.status_code, again.json()) == (200, first.json())
    assert PushSubscription.objects.get().auth == push_service.keys(7)["auth"]


def test_a_browser_takes_push_again_after_it_was_switched_off(api, alice, body):
    first = api(alice).post(SUBSCRIPTIONS, body).json()
    api(alice).delete(f"{SUBSCRIPTIONS}{first['id']}/")

    assert api(alice).post(SUBSCRIPTIONS, body).status_code == 200
    assert PushSubscription.objects.live().count() == 1


def test_a_browser_is_its_last_persons(api, alice, bob, body, token):
    answer = api(bob).post(SUBSCRIPTIONS, body)

    assert answer.status_code == 201
    assert answer.json()["last_receipt_at"] is None
    assert api(alice).get(SUBSCRIPTIONS).json()["results"] == []
    assert len(api(bob).get(SUBSCRIPTIONS).json()["results"]) == 1


def test_of_eleven_browsers_the_oldest_is_let_go(api, alice, bob, push_service):
    push_service.subscribe(bob, NOON - timedelta(days=1), 99)
    for number in range(10):
        push_service.subscribe(alice, NOON + timedelta(minutes=number), number)
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        api(alice).post(SUBSCRIPTIONS, {"endpoint": push_service.endpoint(10), "keys": push_service.keys(10)})

    live = {row.endpoint for row in PushSubscription.objects.visible_to(alice).live()}
    assert live == {push_service.endpoint(number) for number in range(1, 11)}
    assert PushSubscription.objects.visible_to(bob).live().count() == 1


def test_the_oldest_browser_again_lets_no_other_go(alice, push_service):
    for number in range(10):
        push_service.subscribe(alice, NOON + timedelta(minutes=number), number)
    push_service.subscribe(alice, NOON + timedelta(hours=1), 0)

    assert PushSubscription.objects.live().count() == 10


def test_a_browser_is_taken_out(api, alice, body):
    taken_in = api(alice).post(SUBSCRIPTIONS, body).json()

    answer = api(alice).delete(f"{SUBSCRIPTIONS}{taken_in['id']}/")

    assert (answer.status_code, answer.content) == (204, b"")
    assert api(alice).get(SUBSCRIPTIONS).json()["results"] == []
    assert api(alice).delete(f"{SUBSCRIPTIONS}{taken_in['id']}/").status_code == 404


def test_nobody_takes_out_anothers_browser(api, alice, bob, body):
    taken_in = api(alice).post(SUBSCRIPTIONS, body).json()

    assert api(bob).delete(f"{SUBSCRIPTIONS}{taken_in['id']}/").status_code == 404
    assert PushSubscription.objects.live().count() == 1


def test_switching_off_twice_keeps_the_first_time(alice, push_service):
    subscription = push_service.subscribe(alice, NOON)
    unsubscribe_push(subscription=subscription, now=NOON)
    unsubscribe_push(subscription=subscription, now=NOON + timedelta(hours=1))

    assert PushSubscription.objects.get().revoked_at == NOON


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"endpoint": "https://evil.example/push"}, "endpoint"),
        ({"endpoint": "https://localhost/push"}, "endpoint"),
        ({"endpoint": "https://fcm.googleapis.com/" + "a" * 1000}, "endpoint"),
        ({"keys": {"p256dh": "AAAA", "auth": "A" * 22}}, "keys.p256dh"),
        ({"keys": {"p256dh": "BA" + "A" * 85, "auth": "A" * 22}}, "keys.p256dh"),
        ({"keys": {"p256dh": None, "auth": "A" * 22}}, "keys.p256dh"),
        ({"keys": {}}, "keys.auth"),
        ({"keys": "none"}, "keys"),
        ({"user": "me"}, "user"),
    ],
)
def test_what_is_no_browser_is_refused_at_its_field(api, alice, body, change, field):
    answer = api(alice).post(SUBSCRIPTIONS, body | change)

    assert answer.status_code == 400
    assert field in wrong_fields(answer)
    assert not PushSubscription.objects.exists()


def test_a_secret_of_another_length_is_refused(api, alice, body):
    body["keys"]["auth"] += "AA"

    assert set(wrong_fields(api(alice).post(SUBSCRIPTIONS, body))) == {"keys.auth"}


def test_nobody_comes_in_without_signing_in_or_without_a_clinic(db, api, body):
    for client in (APIClient(), api(makers.person("nobody"))):
        status = {client.get(KEY).status_code, client.get(SUBSCRIPTIONS).status_code}
        status |= {client.post(SUBSCRIPTIONS, body).status_code}
        assert status in ({401}, {403})


def test_many_browsers_are_listed_in_the_same_few_queries(
    api, alice, push_service, django_assert_max_num_queries
):
    for number in range(10):
        push_service.subscribe(alice, NOON, number)
        if number in (0, 9):
            with django_assert_max_num_queries(2):  # the role, the rows
                api(alice).get(SUBSCRIPTIONS)


def test_a_device_says_that_it_has_shown_a_push(token, alice):
    answer = APIClient(enforce_csrf_checks=True).post(RECEIPTS, {"token": token, "kind": "shown"})

    assert (answer.status_code, answer.content) == (204, b"")
    receipt = DeliveryReceipt.objects.get()
    assert (receipt.delivery, receipt.kind, receipt.at) == (by_push(alice), "shown", NOON)
    assert PushSubscription.objects.get().last_receipt_at == NOON


def test_a_service_worker_with_a_session_needs_no_csrf_token(token, alice):
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(alice)

    assert client.post(RECEIPTS, {"token": token, "kind": "shown"}).status_code == 204


def test_shown_and_tapped_are_told_apart_and_a_repeat_changes_nothing(token):
    client = APIClient()
    for kind in ("shown", "tapped", "shown"):
        with time_machine.travel(NOON + timedelta(minutes=DeliveryReceipt.objects.count()), tick=False):
            assert client.post(RECEIPTS, {"token": token, "kind": kind}).status_code == 204

    assert dict(DeliveryReceipt.objects.values_list("kind", "at")) == {
        "shown": NOON,
        "tapped": NOON + timedelta(minutes=1),
    }
    assert PushSubscription.objects.get().last_receipt_at == NOON + timedelta(minutes=1)


def test_a_token_that_is_not_ours_is_nothing(token, alice):
    row = str(by_push(alice).pk)
    for wrong in (row, f"{row}:{'A' * 43}", token[:-1], token[:-4] + "AAAA", token.swapcase(), "x"):
        answer = APIClient().post(RECEIPTS, {"token": wrong, "kind": "shown"})
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert not DeliveryReceipt.objects.exists()


def test_a_token_is_good_for_a_week(token, alice):
    sent_at = by_push(alice).sent_at
    week = timedelta(days=7)

    assert record_receipt(token=token, kind=DeliveryReceipt.Kind.SHOWN, now=sent_at + week)
    assert not record_receipt(
        token=token, kind=DeliveryReceipt.Kind.TAPPED, now=sent_at + week + timedelta(seconds=1)
    )


def test_a_token_of_a_row_that_is_gone_is_nothing(token, alice):
    by_push(alice).delete()

    assert APIClient().post(RECEIPTS, {"token": token, "kind": "shown"}).status_code == 404


def test_another_kind_of_receipt_is_refused_at_its_field(token):
    answer = APIClient().post(RECEIPTS, {"token": token, "kind": "liked"})

    assert answer.status_code == 400
    assert set(wrong_fields(answer)) == {"kind"}


def test_nobody_counts_through_tokens(db):
    rate = int(LenientRateThrottle.THROTTLE_RATES["user"].partition("/")[0])
    client = APIClient()
    answers = [client.post(RECEIPTS, {"token": "x", "kind": "shown"}).status_code for _ in range(rate + 1)]

    assert set(answers[:rate]) == {404}
    assert answers[rate] == 429


def test_a_receipt_signs_nobody_in(token):
    client = APIClient()
    answer = client.post(RECEIPTS, {"token": token, "kind": "shown"})

    assert not answer.cookies
    assert client.get(SUBSCRIPTIONS).status_code == 401


def test_a_key_can_be_made_beforehand():
    output = StringIO()
    call_command("make_push_key", stdout=output)

    assert len(public_key(output.getvalue().strip())) == 87
