"""The piece of a page that brings notices while it is open."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine

from programs.accounts.models import User
from programs.delivery.actions import mark_read, queue, withdraw
from programs.delivery.models import Delivery, Notice
from tests import makers

NOON = makers.NOON
NOTICES = "/notices/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def notify(clinic, *recipients: User, source_id: UUID | None = None, at=NOON) -> UUID:
    source_id = source_id or uuid4()
    queue(
        clinic=clinic,
        recipients=recipients,
        notice=Notice.PATIENT_NEEDS_LOOK,
        source_kind="flag",
        source_id=source_id,
        path=f"/patients/{source_id}/",
        now=at,
    )
    return source_id


def again(html: str) -> str:
    """The address the piece asks for next."""
    return html.split('hx-get="')[1].split('"')[0]


def test_an_unread_notice_is_shown_with_its_way_and_its_time(page, bob, clinic):
    source_id = notify(clinic, bob)
    html = page(bob).get(NOTICES).text
    assert f'<a href="/patients/{source_id}/"><strong>A patient needs a look</strong>' in html
    assert "told 20 November, 12:00" in html


def test_it_asks_for_itself_every_15_seconds(page, bob):
    assert 'hx-trigger="every 15s"' in page(bob).get(NOTICES).text


def test_every_page_of_a_therapist_asks_for_it(page, bob):
    html = page(bob).get("/caseload/").text
    assert f'hx-get="{NOTICES}" hx-trigger="load"' in html


def test_nothing_new_is_answered_by_nothing_so_that_nobody_hears_it_twice(page, bob, clinic):
    browser = page(bob)
    notify(clinic, bob)
    address = again(browser.get(NOTICES).text)
    for _ in range(2):
        answer = browser.get(address)
        assert (answer.status_code, answer.content) == (204, b"")


def test_a_new_notice_is_shown_to_the_page_that_asks_again(page, bob, clinic):
    browser = page(bob)
    address = again(browser.get(NOTICES).text)
    source_id = notify(clinic, bob)
    answer = browser.get(address)
    assert answer.status_code == 200
    assert str(source_id) in answer.text


def test_a_notice_read_elsewhere_goes_away(page, bob, clinic):
    browser = page(bob)
    first, second = notify(clinic, bob), notify(clinic, bob, at=NOON + timedelta(seconds=1))
    address = again(browser.get(NOTICES).text)
    mark_read(recipient=bob, source_ids=[first], now=NOON)
    html = browser.get(address).text
    assert str(first) not in html
    assert str(second) in html
    mark_read(recipient=bob, source_ids=[second], now=NOON)
    assert "<li>" not in browser.get(again(html)).text


def test_only_the_newest_five_are_shown_and_the_others_counted(page, bob, clinic):
    sources = [notify(clinic, bob, at=NOON + timedelta(minutes=minute)) for minute in range(7)]
    html = page(bob).get(NOTICES).text
    shown = [source for source in sources if str(source) in html]
    assert shown == sources[2:]
    assert "And 2 more." in html


def test_what_was_taken_back_is_not_shown(page, bob, clinic):
    withdraw(source_kind="flag", source_id=notify(clinic, bob))
    assert "<li>" not in page(bob).get(NOTICES).text


def test_notices_are_the_recipients_own(page, bob, clinic, charlie):
    notify(clinic, bob)
    assert "<li>" not in page(charlie).get(NOTICES).text


def test_nobody_reads_anothers_notice(bob, clinic, charlie):
    source_id = notify(clinic, bob)
    assert mark_read(recipient=charlie, source_ids=[source_id], now=NOON) == 0
    assert Delivery.objects.visible_to(bob).unread_in_app().count() == 1


def test_reading_twice_keeps_the_first_time(bob, clinic):
    source_id = notify(clinic, bob)
    assert mark_read(recipient=bob, source_ids=[source_id], now=NOON) == 1
    assert mark_read(recipient=bob, source_ids=[source_id], now=NOON + timedelta(hours=1)) == 0
    assert Delivery.objects.get(channel="in_app").read_at == NOON


def test_it_holds_no_health_data_and_no_name(page, bob, alice, plan):
    makers.daily_checks(alice, makers.RISING)
    html = page(bob).get(NOTICES).text
    assert f"/patients/{alice.pk}/" in html
    for words in ("Alice", "pain", "leg"):
        assert words not in html


def test_a_page_left_open_past_its_session_says_so_and_stops_asking(db, client):
    answer = client.get(NOTICES, headers=HTMX)
    assert answer.status_code == 286
    assert "You are signed out." in answer.text
    assert "hx-get" not in answer.text


def test_signed_out_leads_to_the_sign_in_page(db, client):
    assert client.get(NOTICES)["Location"] == "/account/login/?next=/notices/"


def test_it_only_shows(page, bob):
    assert page(bob).post(NOTICES).status_code == 405


def test_many_notices_cost_no_more_queries(page, bob, clinic, django_assert_num_queries):
    browser = page(bob)
    for count in (1, 20):
        for minute in range(count):
            notify(clinic, bob, at=NOON + timedelta(minutes=minute))
        with django_assert_num_queries(5):
            browser.get(NOTICES)
