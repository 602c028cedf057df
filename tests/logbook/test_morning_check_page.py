"""The morning after a session, from page to page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from programs.accounts.models import AuditEvent
from programs.logbook.actions import NOT_A_PAIN_SCORE, NOT_AN_ANSWER
from programs.logbook.models import MorningCheck
from programs.logbook.views.morning_check import NOT_SETTLED, SAVED
from tests import makers, pages
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL, SECOND = "/morning/", "/morning/?question=2"
YESTERDAY = makers.NOON - timedelta(days=1)


@pytest.fixture
def session(plan):
    """Alice exercised yesterday."""
    return makers.session(plan, at=YESTERDAY, pain=(3, 4, 3))


def answer(browser, pain="3", settled="under_10"):
    record_id = pages.hidden(browser.get(URL), "record_id")
    assert browser.post(URL, {"record_id": record_id, "pain": pain}).url == SECOND
    said = {"declined": "1"} if settled is None else {"settles_within": settled}
    return browser.post(SECOND, {"record_id": record_id, **said})


def test_two_answers_are_stored_for_the_day_of_the_session(page, alice, session):
    browser = page(alice)

    assert answer(browser).url == "/"

    check = MorningCheck.objects.get()
    assert (check.patient, check.about_on) == (alice, YESTERDAY.date())
    assert (check.pain, check.settles_within) == (3, "under_10")
    today = pages.words(browser.get("/"))
    assert SAVED in today
    assert NOT_SETTLED not in today


def test_a_leg_that_has_not_settled_is_told_to_take_it_easy(page, alice, session):
    browser = page(alice)

    answer(browser, pain="5", settled=None)

    assert MorningCheck.objects.get().settles_within is None
    assert NOT_SETTLED in pages.words(browser.get("/"))


def test_today_asks_until_it_is_answered(page, alice, session):
    browser = page(alice)
    before = browser.get("/")
    answer(browser)
    after = browser.get("/")

    assert f'href="{URL}"' in before.content.decode()
    assert "How is your leg this morning?" in pages.words(before)
    assert f'href="{URL}"' not in after.content.decode()


def test_today_does_not_ask_without_a_session_yesterday(page, alice, plan):
    makers.session(plan, at=makers.NOON - timedelta(days=2))
    makers.session(plan)

    assert "How is your leg this morning?" not in pages.words(page(alice).get("/"))
    assert page(alice).get(URL).url == "/"


def test_the_day_after_it_is_asked_no_longer(page, alice, session):
    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        assert "How is your leg this morning?" not in pages.words(page(alice).get("/"))
        assert page(alice).get(URL).url == "/"


def test_what_is_answered_can_be_answered_again(page, alice, session):
    browser = page(alice)
    answer(browser)

    again = browser.get(URL)
    assert pages.heading(again) == "You have told us about this morning."
    record_id = pages.hidden(browser.get(f"{URL}?again=1"), "record_id")
    browser.post(URL, {"record_id": record_id, "pain": "6"})
    browser.post(SECOND, {"record_id": record_id, "settles_within": "over_60"})

    assert sorted(MorningCheck.objects.values_list("pain", flat=True)) == [3, 6]


@pytest.mark.parametrize("score", ["11", "-1", "x", "", None])
def test_a_wrong_score_gets_one_sentence_and_stores_nothing(page, alice, session, score):
    browser = page(alice)
    record_id = pages.hidden(browser.get(URL), "record_id")

    wrong = browser.post(URL, {"record_id": record_id} | ({} if score is None else {"pain": score}))

    assert wrong.status_code == 422
    assert NOT_A_PAIN_SCORE in pages.words(wrong)
    assert not MorningCheck.objects.exists()


def test_a_wrong_answer_in_words_gets_one_sentence(page, alice, session):
    browser = page(alice)
    record_id = pages.hidden(browser.get(URL), "record_id")
    browser.post(URL, {"record_id": record_id, "pain": "3"})

    wrong = browser.post(SECOND, {"record_id": record_id, "settles_within": "soon"})

    assert wrong.status_code == 422
    assert NOT_AN_ANSWER in pages.words(wrong)
    assert not MorningCheck.objects.exists()


def test_nothing_is_chosen_beforehand(page, alice, session):
    browser = page(alice)
    record_id = pages.hidden(browser.get(URL), "record_id")
    browser.post(URL, {"record_id": record_id, "pain": "3"})

    for address in (URL, SECOND):
        assert " checked" not in browser.get(address).content.decode()


def test_the_pages_are_for_patients_who_are_signed_in(page, client, bob):
    assert page(bob).get(URL).status_code == 403
    assert client.get(URL).status_code == 302


def test_each_look_is_written_down(page, alice, session):
    page(alice).get(URL)

    assert AuditEvent.objects.filter(actor=alice, patient=alice, door="logbook:morning_check").exists()


def test_the_pages_are_easy_to_read(page, alice, session):
    browser = page(alice)
    record_id = pages.hidden(browser.get(URL), "record_id")
    browser.post(URL, {"record_id": record_id, "pain": "3"})

    for address in (URL, SECOND):
        assert grade(pages.words(browser.get(address))) <= 6
