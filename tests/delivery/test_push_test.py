"""A test that somebody sends to themselves: it goes out, and the page says in words how far it came."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.delivery.actions import MOST_TESTS, record_receipt, send_test, unsubscribe_push
from programs.delivery.models import Delivery, DeliveryReceipt, Lane, Notice, State
from programs.delivery.queries import TEST_SOURCE, TestState, push_test
from tests.delivery.outbox import NOON, by_push, prompt, send_prompts
from tests.pages import prose
from tests.rest import wrong_fields

PAGE = "/push/tests/"
TESTS = "/api/v1/push/tests/"
HTMX = {"HX-Request": "true"}

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def browser(alice, push_service):
    return push_service.subscribe(alice, NOON)


def state_of(user, test_id, seconds: float) -> TestState:
    found = push_test(user, test_id, NOON + timedelta(seconds=seconds))
    assert found is not None
    return found.state


def arrives(push_service) -> None:
    token = push_service.read(push_service.pushes[-1])["token"]
    assert record_receipt(token=token, kind=DeliveryReceipt.Kind.SHOWN, now=NOON)


def test_a_test_goes_to_the_browser_that_asked_and_to_no_other(clinic, alice, push_service, browser):
    push_service.subscribe(alice, NOON, 2)

    test_id = send_test(clinic=clinic, user=alice, browser=browser.pk, now=NOON)

    row = by_push(alice)
    assert (row.target, row.notice, row.lane) == (str(browser.pk), Notice.TEST, Lane.PROMPT)
    assert row.expires_at == NOON + timedelta(minutes=2)
    assert send_prompts() == 1
    message = push_service.read(push_service.pushes[0])
    assert (message["kind"], message["id"]) == (TEST_SOURCE, str(test_id))


def test_a_page_that_cannot_tell_which_browser_it_is_tests_them_all(page, alice, push_service, browser):
    push_service.subscribe(alice, NOON, 2)

    page(alice).post(PAGE, {"browser": ""})
    send_prompts()

    assert {push.path for push in push_service.pushes} == {"/push/1", "/push/2"}


def test_it_is_told_apart_how_far_it_came(clinic, alice, push_service, browser):
    test_id = send_test(clinic=clinic, user=alice, browser=None, now=NOON)
    assert state_of(alice, test_id, 0) == TestState.WAITING
    assert state_of(alice, test_id, 30) == TestState.NOT_SENT

    send_prompts()
    assert state_of(alice, test_id, 20) == TestState.SENT
    assert state_of(alice, test_id, 31) == TestState.NOT_SHOWN

    arrives(push_service)
    assert state_of(alice, test_id, 31) == TestState.SHOWN


def test_what_no_push_service_takes_has_gone_wrong(clinic, alice, push_service, browser):
    push_service.answer_with(410)
    test_id = send_test(clinic=clinic, user=alice, browser=None, now=NOON)
    send_prompts()

    assert state_of(alice, test_id, 1) == TestState.GONE_WRONG


def test_a_tap_alone_does_not_end_the_wait_of_another_test(clinic, alice, push_service, browser):
    first = send_test(clinic=clinic, user=alice, browser=None, now=NOON)
    second = send_test(clinic=clinic, user=alice, browser=None, now=NOON)
    send_prompts()
    arrives(push_service)

    assert {state_of(alice, first, 1), state_of(alice, second, 1)} == {TestState.SENT, TestState.SHOWN}


def test_two_minutes_later_a_test_is_not_sent_any_more(clinic, alice, push_service, browser):
    test_id = send_test(clinic=clinic, user=alice, browser=None, now=NOON)

    assert send_prompts(NOON + timedelta(minutes=2)) == 0
    assert by_push(alice).state == State.EXPIRED
    found = push_test(alice, test_id, NOON + timedelta(minutes=2))
    assert found is not None
    assert (found.state, found.is_open) == (TestState.GONE_WRONG, False)


@pytest.mark.parametrize(
    ("seconds", "is_sent", "words"),
    [
        (0, False, "Your test is on its way."),
        (0, True, "Your test is sent."),
        (40, False, "We could not send it yet."),
        (40, True, "It has not shown up yet. Please check:"),
    ],
)
def test_the_page_says_it_in_words_and_asks_again(
    page, alice, push_service, browser, seconds, is_sent, words
):
    answer = page(alice).post(PAGE, {"browser": str(browser.pk)})
    if is_sent:
        send_prompts()

    with time_machine.travel(NOON + timedelta(seconds=seconds), tick=False):
        shown = page(alice).get(answer.url)

    assert words in prose(shown)
    assert 'hx-trigger="every 2s"' in shown.content.decode()


def test_the_page_stops_asking_once_it_has_shown_up(page, alice, push_service, browser):
    answer = page(alice).post(PAGE, {"browser": str(browser.pk)})
    send_prompts()
    arrives(push_service)

    shown = page(alice).get(answer.url)

    assert "It has shown up. Your notifications work." in prose(shown)
    assert "hx-trigger" not in shown.content.decode().partition("<main")[2].partition("</main")[0]


def test_nothing_new_is_answered_by_nothing(page, alice, browser):
    answer = page(alice).post(PAGE, headers=HTMX)
    address = answer.content.decode().partition('hx-get="')[2].partition('"')[0]

    assert address.endswith("?shown=waiting")
    assert page(alice).get(address, headers=HTMX).status_code == 204
    send_prompts()
    assert "Your test is sent." in page(alice).get(address, headers=HTMX).content.decode()


def test_five_in_an_hour_are_enough(page, alice, push_service, browser):
    for _ in range(MOST_TESTS):
        assert page(alice).post(PAGE).status_code == 302
    refused = page(alice).post(PAGE, headers=HTMX)

    assert "That was 5 tests in an hour." in refused.content.decode()
    assert Delivery.objects.count() == MOST_TESTS
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        page(alice).post(PAGE)
    assert Delivery.objects.count() == MOST_TESTS + 1


def test_a_test_to_several_browsers_is_one(clinic, alice, push_service, browser):
    push_service.subscribe(alice, NOON, 2)
    for _ in range(MOST_TESTS):
        send_test(clinic=clinic, user=alice, browser=None, now=NOON)

    assert Delivery.objects.count() == 2 * MOST_TESTS


@pytest.mark.parametrize(
    "typed", [{"browser": "x"}, {"browser": "\0"}, {"browser": "0192d0a4-6d9b-7c3e-8f21-5b1f6a0c9d7e"}, {}]
)
def test_what_is_no_browser_of_ones_own_gets_a_sentence(page, alice, bob, push_service, typed):
    push_service.subscribe(bob, NOON)

    answer = page(alice).post(PAGE, typed | {"back_to": "/me/"}, follow=True)

    assert answer.redirect_chain == [("/me/", 302)]
    assert not Delivery.objects.exists()


def test_where_this_server_sends_no_push_the_page_says_so(page, alice, browser, settings):
    settings.VAPID_PRIVATE_KEY = ""

    assert "We send no notifications here." in page(alice).post(PAGE, headers=HTMX).content.decode()


def test_a_test_is_its_own_persons(page, api, alice, bob, browser):
    answer = page(alice).post(PAGE)

    assert page(bob).get(answer.url).status_code == 404
    assert api(bob).get(f"/api/v1{answer.url}").status_code == 404
    assert page(alice).get(f"{PAGE}{uuid4()}/").status_code == 404


def test_a_prompt_is_no_test(clinic, page, alice, browser):
    prompt(alice, clinic=clinic, by_email=False)

    assert page(alice).get(f"{PAGE}{by_push(alice).source_id}/").status_code == 404


def test_rest_sends_a_test_and_tells_how_it_stands(api, alice, push_service, browser):
    sent = api(alice).post(TESTS, {"browser": str(browser.pk)})
    expected = {
        "id": sent.json()["id"],
        "state": "waiting",
        "is_open": True,
        "asked_at": "2026-11-20T12:00:00Z",
    }
    assert (sent.status_code, sent.json()) == (201, expected)

    send_prompts()
    arrives(push_service)

    answer = api(alice).get(f"{TESTS}{sent.json()['id']}/")
    assert (answer.status_code, answer.json()) == (200, expected | {"state": "shown", "is_open": False})


@pytest.mark.parametrize("browser_id", [7, "x", "\x01", [], {}])
def test_rest_refuses_what_is_no_browser_at_its_field(api, alice, browser, browser_id):
    answer = api(alice).post(TESTS, {"browser": browser_id})

    assert answer.status_code == 400
    assert set(wrong_fields(answer)) == {"browser"}


def test_rest_refuses_a_test_that_could_not_arrive(api, alice, push_service):
    unsubscribe_push(subscription=push_service.subscribe(alice, NOON), now=NOON)

    answer = api(alice).post(TESTS, {})

    assert answer.status_code == 400
    assert "Turn them on first." in wrong_fields(answer)["body"]


def test_whoever_is_signed_out_sends_no_test(client, alice, browser):
    assert "/account/login/" in client.post(PAGE).url
    assert client.post(TESTS).status_code == 401
