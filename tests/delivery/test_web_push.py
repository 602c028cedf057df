"""Web Push on the wire: sealed, signed, ids only, and to nobody but a push service that is known."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from email.utils import format_datetime
from hashlib import sha256
from uuid import UUID, uuid4

import jwt
import pytest

from programs.delivery import actions
from programs.delivery.actions import subscribe_push, unsubscribe_push
from programs.delivery.channels import web_push
from programs.delivery.models import Channel, CrashPolicy, Delivery, PushSubscription, State
from tests import makers
from tests.chaos.receiver import base64url
from tests.delivery.outbox import NOON, alert, by_push, prompt, send_alerts, send_prompts
from tests.delivery.push_service import NEVER, running

pytestmark = pytest.mark.usefixtures("at_noon")


def send_one(person, clinic, now=NOON) -> int:
    prompt(person, clinic=clinic, by_email=False, now=now)
    return send_prompts(now)


def test_a_prompt_arrives_and_only_the_browser_can_read_it(clinic, alice, push_service):
    subscription = push_service.subscribe(alice, NOON)
    prompt(alice, clinic=clinic, by_email=False)

    assert send_prompts() == 1

    row = by_push(alice)
    (push,) = push_service.pushes
    message = push_service.read(push)
    token = message.pop("token")
    assert message == {"v": 1, "id": str(row.source_id), "kind": "prompt", "n": 1}
    assert len(token) < 200
    assert (row.state, row.crash_policy, row.target) == (State.SENT, CrashPolicy.RETRY, str(subscription.pk))


def test_an_alert_goes_to_each_browser_of_the_therapist(clinic, bob, push_service, mailoutbox):
    for number in (1, 2):
        push_service.subscribe(bob, NOON, number)
    source = alert(bob, clinic=clinic)

    assert send_alerts() == 3

    assert len(mailoutbox) == 1
    assert {push.path for push in push_service.pushes} == {"/push/1", "/push/2"}
    for push in push_service.pushes:
        assert push_service.read(push)["id"] == str(source)
        assert push_service.read(push)["kind"] == "flag"
        assert (push.headers["Urgency"], push.headers["TTL"]) == ("high", str(24 * 60 * 60))


def test_several_alerts_are_one_push(clinic, bob, push_service, mailoutbox):
    push_service.subscribe(bob, NOON)
    first = alert(bob, clinic=clinic)
    alert(bob, clinic=clinic, now=NOON + timedelta(seconds=1))

    assert send_alerts(NOON + timedelta(minutes=1)) == 4

    (push,) = push_service.pushes
    assert push_service.read(push)["id"] == str(first)


def test_a_push_service_keeps_a_prompt_no_longer_than_it_is_of_use(clinic, alice, push_service):
    push_service.subscribe(alice, NOON)
    prompt(alice, clinic=clinic, by_email=False)

    send_prompts(NOON + timedelta(minutes=7))

    headers = push_service.pushes[0].headers
    assert headers["Urgency"] == "normal"
    assert 160 <= int(headers["TTL"]) <= 180


def test_a_repeat_replaces_the_copy_and_a_snooze_is_another(clinic, alice, push_service):
    push_service.subscribe(alice, NOON)
    push_service.answer_with(503)
    source = uuid4()
    prompt(alice, clinic=clinic, by_email=False, source=source)
    send_prompts()
    send_prompts(NOON + timedelta(minutes=1))
    prompt(alice, clinic=clinic, by_email=False, source=source, nth=2, now=NOON + timedelta(minutes=5))
    send_prompts(NOON + timedelta(minutes=5))

    first, again, snoozed = (push.headers["Topic"] for push in push_service.pushes)
    assert first == again != snoozed
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", first)


def test_nothing_on_the_wire_and_in_the_log_says_who_or_what(
    clinic, alice, bob, plan, push_service, mailoutbox, caplog
):
    caplog.set_level(logging.DEBUG)
    push_service.subscribe(alice, NOON, 1)
    push_service.subscribe(bob, NOON, 2)
    push_service.answer_with(500, 410)
    makers.daily_checks(alice, makers.RISING)
    prompt(alice, clinic=clinic)
    send_alerts()
    send_prompts()
    send_alerts(NOON + timedelta(minutes=1))

    assert len(push_service.pushes) == 3
    said = caplog.text
    for push in push_service.pushes:
        message = push_service.read(push)
        assert set(message) == {"v", "id", "kind", "n", "token"}
        # The token names the row and no more, the topic nothing at all, the signature this server.
        assert Delivery.objects.filter(pk=message["token"].partition(":")[0]).exists()
        shown = f"{message['id']}.{message['n']}".encode()
        assert push.headers["Topic"] == base64url(sha256(shown).digest())[:32]
        claims = jwt.decode(
            push.headers["Authorization"][8:].partition(",")[0], options={"verify_signature": False}
        )
        assert set(claims) == {"aud", "exp", "sub"}
        assert UUID(message["id"])
        said += message["kind"] + claims["sub"]
        said += "".join(
            value for name, value in push.headers.items() if name not in ("Authorization", "Topic", "Host")
        )
    for secret in ("alice", "bob", "example.org", "pain", "leg", "sciatica", "stride", "patient", "/push/"):
        assert secret not in said.lower()
    assert push_service.origin not in said
    assert push_service.keys(1)["auth"] not in said


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_a_push_that_was_taken_is_sent(clinic, alice, push_service, status):
    push_service.subscribe(alice, NOON)
    push_service.answer_with(status)

    assert send_one(alice, clinic) == 1


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_browser_that_is_gone_or_of_another_key_is_let_go_and_the_others_are_not(
    clinic, alice, push_service, status
):
    gone, other = push_service.subscribe(alice, NOON, 1), push_service.subscribe(alice, NOON, 2)
    push_service.answer_with(status)

    assert send_one(alice, clinic) == 1

    rows = dict(Delivery.objects.values_list("target", "state"))
    first = push_service.pushes[0].path.rpartition("/")[2]
    let_go, kept = (gone, other) if first == "1" else (other, gone)
    assert rows == {str(let_go.pk): State.FAILED, str(kept.pk): State.SENT}
    assert list(PushSubscription.objects.live()) == [kept]
    prompt(alice, clinic=clinic, by_email=False, now=NOON + timedelta(minutes=30))
    assert Delivery.objects.filter(state=State.PENDING).count() == 1


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_leads_nowhere(clinic, alice, push_service, status):
    with running() as elsewhere:
        push_service.subscribe(alice, NOON)
        push_service.answer_with(status, Location=elsewhere.endpoint(1))

        assert send_one(alice, clinic) == 0

        assert elsewhere.pushes == []
    assert by_push(alice).state == State.FAILED
    assert PushSubscription.objects.live().count() == 1


@pytest.mark.parametrize("status", [400, 413])
def test_what_is_refused_for_good_is_given_up_and_logged(clinic, alice, push_service, caplog, status):
    push_service.subscribe(alice, NOON)
    push_service.answer_with(status)

    send_one(alice, clinic)

    row = by_push(alice)
    assert (row.state, row.error) == (State.FAILED, f"The push service answered {status}.")
    assert caplog.messages == [f"delivery {row.pk} is given up: The push service answered {status}."]
    assert PushSubscription.objects.live().count() == 1


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_what_is_refused_for_now_is_tried_again(clinic, alice, push_service, status):
    push_service.subscribe(alice, NOON)
    push_service.answer_with(status)

    send_one(alice, clinic)

    row = by_push(alice)
    assert row.state == State.PENDING
    assert 12 <= (row.next_attempt_at - NOON).total_seconds() <= 25
    assert send_prompts(NOON + timedelta(minutes=1)) == 1


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        (format_datetime(NOON + timedelta(seconds=300), usegmt=True), 300),
        ("0", 5),
        ("-5", 15),
        (format_datetime(NOON - timedelta(days=1), usegmt=True), 5),
        ("soon", 15),
    ],
)
def test_a_push_service_says_when_to_come_again(clinic, alice, push_service, asked, seconds):
    push_service.subscribe(alice, NOON)
    push_service.answer_with(429, Retry_After=asked)

    send_one(alice, clinic)

    wait = (by_push(alice).next_attempt_at - NOON).total_seconds()
    assert 0.8 * seconds <= wait <= 1.2 * seconds + 5


@pytest.mark.parametrize("asked", ["86400", "9" * 40])
def test_an_alert_waits_an_hour_at_most_whatever_the_push_service_says(
    clinic, bob, push_service, mailoutbox, asked
):
    push_service.subscribe(bob, NOON)
    push_service.answer_with(429, Retry_After=asked)
    alert(bob, clinic=clinic)

    send_alerts()

    wait = by_push(bob).next_attempt_at - NOON
    assert timedelta(hours=1) <= wait <= timedelta(hours=1, seconds=20)


def test_a_prompt_that_would_have_to_wait_too_long_is_over(clinic, alice, push_service):
    push_service.subscribe(alice, NOON)
    push_service.answer_with(429, Retry_After="601")

    send_one(alice, clinic)

    assert by_push(alice).state == State.EXPIRED


def test_a_push_service_that_never_answers_is_tried_again_later(clinic, alice, push_service, monkeypatch):
    monkeypatch.setattr(web_push, "TIMEOUT", 0.2)
    push_service.subscribe(alice, NOON)
    push_service.answer_with(NEVER)

    assert send_one(alice, clinic) == 0

    row = by_push(alice)
    assert (row.state, row.error) == (State.PENDING, "ReadTimeout")
    assert len(push_service.pushes) == 1


def test_a_push_service_nobody_reaches_is_tried_again_later(clinic, alice, settings, push_service):
    settings.WEB_PUSH_TEST_ORIGINS = ["http://127.0.0.1:9"]
    subscribe_push(user=alice, endpoint="http://127.0.0.1:9/push/1", now=NOON, **push_service.keys(1))

    assert send_one(alice, clinic) == 0
    assert (by_push(alice).state, by_push(alice).error) == (State.PENDING, "ConnectError")


@pytest.mark.parametrize("origin", ["http://push..example", "http://push.example:port"])
def test_an_address_that_cannot_be_one_is_given_up(clinic, alice, settings, push_service, origin):
    settings.WEB_PUSH_TEST_ORIGINS = [origin]
    subscribe_push(user=alice, endpoint=f"{origin}/push/1", now=NOON, **push_service.keys(1))

    assert send_one(alice, clinic) == 0
    assert by_push(alice).state == State.FAILED


def test_an_endless_answer_is_not_listened_to(clinic, alice, push_service, monkeypatch):
    """What it says does not matter, and its status came first."""
    monkeypatch.setattr(web_push, "TIMEOUT", 0.5)
    push_service.subscribe(alice, NOON)
    push_service.answer_with(201, Content_Length="100000000")

    assert send_one(alice, clinic) == 1


def test_a_sender_that_died_with_a_push_leaves_it_to_be_sent_again(clinic, alice, push_service, monkeypatch):
    push_service.subscribe(alice, NOON)
    prompt(alice, clinic=clinic, by_email=False)

    def die(*_) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setitem(actions.sending.SENDERS, Channel.WEB_PUSH, die)
        with pytest.raises(SystemExit):
            send_prompts()
    assert by_push(alice).state == State.LEASED

    assert send_prompts(by_push(alice).lease_until) == 1
    assert by_push(alice).attempts == 2


def test_a_browser_in_which_push_was_switched_off_meanwhile_gets_none(clinic, alice, push_service):
    subscription = push_service.subscribe(alice, NOON)
    prompt(alice, clinic=clinic, by_email=False)
    unsubscribe_push(subscription=subscription, now=NOON)

    assert send_prompts() == 0

    assert push_service.pushes == []
    assert by_push(alice).state == State.FAILED


def test_a_browser_that_somebody_else_took_over_gets_nothing_of_the_first_person(
    clinic, alice, bob, push_service
):
    push_service.subscribe(alice, NOON)
    prompt(alice, clinic=clinic, by_email=False)
    push_service.subscribe(bob, NOON)

    assert send_prompts() == 0
    assert push_service.pushes == []


def test_an_address_that_is_no_longer_listed_is_not_called(clinic, alice, push_service, settings):
    push_service.subscribe(alice, NOON)
    prompt(alice, clinic=clinic, by_email=False)
    settings.WEB_PUSH_TEST_ORIGINS = []

    assert send_prompts() == 0

    assert push_service.pushes == []
    assert by_push(alice).error == "This push service is not on the list."


def test_without_a_key_there_is_no_web_push(clinic, alice, bob, push_service, settings, mailoutbox):
    for number, person in enumerate((alice, bob)):
        push_service.subscribe(person, NOON, number)
    settings.VAPID_PRIVATE_KEY = ""
    prompt(alice, clinic=clinic)
    alert(bob, clinic=clinic)

    send_prompts()
    send_alerts()

    assert not Delivery.objects.filter(channel=Channel.WEB_PUSH).exists()
    assert len(mailoutbox) == 2


def test_pushes_to_one_service_share_a_connection(clinic, alice, push_service):
    for number in range(5):
        push_service.subscribe(alice, NOON, number)

    assert send_one(alice, clinic) == 5

    assert len({push.connection for push in push_service.pushes}) == 1


def test_a_proxy_of_the_environment_is_not_asked(clinic, alice, push_service, monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    web_push.close_connections()
    push_service.subscribe(alice, NOON)

    assert send_one(alice, clinic) == 1
