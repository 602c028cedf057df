"""The one screen before the first session of a day: four lines, and one tap where none is so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from programs.monitoring.models import Flag, Level
from programs.safety.forms import NOTHING_TICKED, OUT_OF_DATE, TICKED_AND_NONE
from programs.safety.models import SafetyLock, Screening, ScreeningAnswer
from programs.safety.queries import answers_behind
from programs.safety.queries.open import ASKED_TOGETHER
from programs.safety.rules import LINES
from tests import makers, pages
from tests.readability import grade
from tests.safety.asking import asked, sent

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL, START, PLAYER = "/safety/?for=session", "/session/", "/player/"


@pytest.fixture
def browser(page, alice, plan):
    """Alice answered the first questions two days ago."""
    makers.screened(alice, makers.NOON - timedelta(days=2))
    return page(alice)


def send(browser, answer, *ticked):
    form = browser.get(URL)
    carried = {name: pages.hidden(form, name) for name in ("record_id", "kind", "asked")}
    return browser.post(URL, carried | {"answer": answer, "lines": ticked})


def stored():
    screening = Screening.objects.get(kind="session")
    return {row.question: row.answer for row in screening.answers.order_by("answered_at", "id")}


def test_a_session_begins_with_the_four_lines_and_nothing_is_ticked(browser):
    assert browser.get(START).url == URL

    form = browser.get(URL)
    words, body = pages.words(form), form.content.decode()
    assert pages.heading(form) == "Before you start: do any of these fit you today?"
    for line in (
        "New numbness between your legs, or new trouble with pee or poo",
        "New weakness, a foot that drags, or pain or numbness down both legs",
        "A swollen or hot calf, chest pain, or trouble breathing",
        "Hot or shivery, or you feel very ill",
    ):
        assert line in words
    assert " checked>" not in body
    assert "selected" not in body


def test_none_of_these_is_one_tap_and_leads_straight_on(browser):
    reply = send(browser, "none")

    assert reply.url == PLAYER
    assert stored() == dict.fromkeys(("S1", "S2", "S3", "S4"), "no")
    assert pages.heading(browser.get(START)) == "How bad is the pain in your right leg right now?"


def test_a_second_session_of_the_day_is_not_asked_again(browser):
    send(browser, "none")

    assert browser.get(START).status_code == 200


@pytest.mark.parametrize("line", ["S1", "S2"])
def test_a_ticked_emergency_leads_to_help_at_once(browser, line):
    reply = send(browser, "ticked", line)

    assert reply.url == "/safety/help-now/"
    assert stored()[line] == "yes"
    assert SafetyLock.objects.get().level == "emergency"
    assert browser.get(START).url == "/safety/help-now/"


def test_a_calf_or_the_chest_is_asked_about_more_closely_at_once(browser):
    reply = send(browser, "ticked", "S3")

    form = browser.get(reply.url)
    assert pages.heading(form) == "A bit more about that, please."
    assert asked(form) == ["RF09", "RF13"]
    assert stored()["S3"] == "yes"
    assert browser.post(reply.url, sent(form, RF09="yes")).url == "/safety/help-now/"


def test_fever_is_asked_about_more_closely_too(browser):
    reply = send(browser, "ticked", "S4")
    form = browser.get(reply.url)
    assert asked(form) == ["RF14"]

    reply = browser.post(reply.url, sent(form, RF14="yes"))
    form = browser.get(reply.url)
    assert asked(form) == ["RF14a"]

    assert browser.post(reply.url, sent(form)).url == "/safety/see-someone/"
    assert Flag.objects.get().level == Level.URGENT


def test_not_sure_leads_to_the_full_questions_and_noes_to_the_session(browser):
    reply = send(browser, "not_sure")
    seen = []
    while reply.url.startswith("/safety/"):
        form = browser.get(reply.url)
        seen += asked(form)
        reply = browser.post(reply.url, sent(form))

    assert seen == [
        *("RF01", "RF02", "RF03", "RF04", "RF05", "RF06"),
        *("RF07", "RF08", "RF09", "RF14", "RF13"),
    ]
    assert stored()["S1"] == "not_sure"
    assert not SafetyLock.objects.open().exists()
    assert reply.url == PLAYER


def test_a_tick_counts_as_yes_though_the_rest_is_not_sure(browser, alice):
    assert send(browser, "not_sure", "S1").url == "/safety/help-now/"

    assert stored() == {"S1": "yes", "S2": "not_sure", "S3": "not_sure", "S4": "not_sure"}
    behind = answers_behind(SafetyLock.objects.get(), alice)
    assert {each.question: each.words for each in behind} == {
        "S1": "Yes",
        **dict.fromkeys(("S2", "S3", "S4"), ASKED_TOGETHER),
    }


def test_not_sure_about_all_lines_is_not_shown_as_said_of_each(browser, alice):
    send(browser, "not_sure")

    behind = answers_behind(SafetyLock.objects.get(), alice)

    assert {each.question: each.words for each in behind} == dict.fromkeys(LINES, ASKED_TOGETHER)


def test_not_sure_beside_a_line_that_is_not_there_is_about_all(browser):
    send(browser, "not_sure", "S9")

    assert stored().items() >= dict.fromkeys(LINES, "not_sure").items()


def test_a_tick_and_none_of_these_is_asked_once_more_and_nothing_is_stored(browser):
    reply = send(browser, "none", "S2")

    assert reply.status_code == 422
    assert TICKED_AND_NONE in pages.words(reply)
    assert reply.content.decode().count(" checked>") == 1
    assert not Screening.objects.filter(kind="session").exists()


@pytest.mark.parametrize("answer", ["ticked", "", "x"])
def test_nothing_ticked_and_nothing_chosen_is_asked_once_more(browser, answer):
    reply = send(browser, answer)

    assert reply.status_code == 422
    assert NOTHING_TICKED in pages.words(reply)
    assert not Screening.objects.filter(kind="session").exists()


def test_a_line_that_is_not_there_is_kept_and_the_others_count(browser):
    reply = send(browser, "ticked", "S1", "S9")

    assert reply.url == "/safety/help-now/"
    assert stored()["S1"] == "yes"
    assert ScreeningAnswer.objects.filter(answer="unreadable", raw__contains="S9").exists()


def test_without_its_id_the_page_is_out_of_date(browser):
    form = browser.get(URL)

    reply = browser.post(URL, {"answer": "none", "kind": "session", "asked": pages.hidden(form, "asked")})

    assert reply.status_code == 422
    assert OUT_OF_DATE in pages.words(reply)


def test_the_weekly_questions_stand_in_for_it(page, alice, plan):
    makers.screened(alice, makers.NOON - timedelta(days=8))

    form = page(alice).get(URL)

    assert pages.hidden(form, "kind") == "weekly"


def test_it_is_easy_to_read(browser):
    assert grade(pages.prose(browser.get(URL))) <= 6


def test_it_costs_few_queries(browser, django_assert_num_queries):
    with django_assert_num_queries(7):
        browser.get(URL)
