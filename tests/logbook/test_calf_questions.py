"""Calf pain and cramps in the Daily check: asked where the stage looks at the calf."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from programs.care.models import Plan
from programs.logbook.actions import NOT_A_NUMBER_OF_CRAMPS, record_daily_check
from programs.logbook.models import DailyCheck
from tests import makers, pages
from tests.care import plans
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/check/"
LEG = {"worst_leg_pain": "4"}
BACK = {"worst_back_pain": "2"}
CALF = {"calf_pain": "3"}
CRAMPS = {"cramps": "2"}
NO_CRAMPS = {"cramps": "0"}
WORST = {"worst_cramp": "7"}
REACH = {"reach_right": "4"}
NOWHERE = {"tingling_numbness": "nowhere"}
WITH_CRAMPS = (LEG, BACK, CALF, CRAMPS, WORST, REACH, NOWHERE)
WITHOUT = (LEG, BACK, CALF, NO_CRAMPS, REACH, NOWHERE)


@pytest.fixture
def cramps(alice, bob) -> Plan:
    return plans.of_program("calf-tightness-and-cramps", alice, bob)


def answer_all(browser, *answers, address=URL):
    """The answers one by one, each to the question that the answer before leads to."""
    shown = browser.get(address)
    record_id, sent, at = pages.hidden(shown, "record_id"), None, address
    for values in answers:
        sent = browser.post(at, {"record_id": record_id, **values})
        at = sent.url
    return record_id, sent


def stored() -> tuple[int | None, int | None, int | None]:
    check = DailyCheck.objects.current().get()
    return check.calf_pain, check.cramps, check.worst_cramp


def test_a_stage_about_the_calf_asks_three_questions_more(page, alice, cramps):
    _, last = answer_all(page(alice), *WITH_CRAMPS)

    assert last.url == "/"
    assert stored() == (3, 2, 7)
    check = DailyCheck.objects.get()
    assert (check.worst_leg_pain, check.worst_back_pain, check.reach_right) == (4, 2, 4)


def test_a_plan_about_the_leg_does_not_ask_and_neither_does_no_plan(page, alice, dora, plan):
    answer_all(page(alice), LEG, BACK, REACH, NOWHERE)
    assert stored() == (None, None, None)
    DailyCheck.objects.all().delete()

    answer_all(page(dora), LEG, BACK, NOWHERE)
    assert stored() == (None, None, None)


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_every_stage_of_the_program_asks_also_under_a_flare_plan(page, alice, cramps, stage):
    plans.in_stage(cramps, stage)
    Plan.objects.update(flare_began_on=makers.NOON.date())

    answer_all(page(alice), *WITH_CRAMPS)

    assert stored() == (3, 2, 7)


def test_without_a_cramp_nobody_asks_how_bad_the_worst_was(page, alice, cramps):
    browser = page(alice)
    record_id, sent = answer_all(browser, LEG, BACK, CALF)
    assert "Question 4 of 7" in pages.words(browser.get(sent.url))

    sent = browser.post(sent.url, {"record_id": record_id, **NO_CRAMPS})

    assert sent.url == f"{URL}?question=6"
    assert browser.get(f"{URL}?question=5").url == f"{URL}?question=6"
    shown = browser.get(sent.url)
    assert "Question 5 of 6" in pages.words(shown)
    assert f'href="{URL}?question=4">Back' in shown.content.decode()
    for values in (REACH, NOWHERE):
        sent = browser.post(sent.url, {"record_id": record_id, **values})
    assert sent.url == "/"
    assert stored() == (3, 0, None)


def test_whoever_goes_back_to_no_cramps_takes_the_worst_one_back(page, alice, cramps):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK, CALF, CRAMPS, WORST)
    again = browser.post(f"{URL}?question=4", {"record_id": record_id, **NO_CRAMPS})
    assert again.url == f"{URL}?question=6"
    browser.post(again.url, {"record_id": record_id, **REACH})
    browser.post(f"{URL}?question=7", {"record_id": record_id, **NOWHERE})

    assert stored() == (3, 0, None)


def test_whoever_remembers_a_cramp_is_asked_how_bad_it_was(page, alice, cramps):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK, CALF, NO_CRAMPS, REACH)
    again = browser.post(f"{URL}?question=4", {"record_id": record_id, **CRAMPS})
    assert again.url == f"{URL}?question=5"
    following = browser.post(again.url, {"record_id": record_id, **WORST})
    assert following.url == f"{URL}?question=7"
    browser.post(following.url, {"record_id": record_id, **NOWHERE})

    assert stored() == (3, 2, 7)


@pytest.mark.parametrize("answers", [WITH_CRAMPS, WITHOUT], ids=["cramps", "none"])
def test_any_page_sent_twice_stores_one_check(page, alice, cramps, answers):
    browser = page(alice)
    record_id, _ = answer_all(browser, *answers)
    numbers = {"worst_cramp": 5, "reach_right": 6, "tingling_numbness": 7}

    for place, values in enumerate(answers, start=1):
        (name,) = values
        again = browser.post(f"{URL}?question={numbers.get(name, place)}", {"record_id": record_id, **values})
        assert again.url == "/", name
    assert DailyCheck.objects.count() == 1


@pytest.mark.parametrize("count", ["51", "-1", "2.5", "two", "", None])
def test_a_number_of_cramps_that_cannot_be_gets_one_sentence_and_stores_nothing(page, alice, cramps, count):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK, CALF)

    sent = browser.post(
        f"{URL}?question=4", {"record_id": record_id} | ({} if count is None else {"cramps": count})
    )

    assert sent.status_code == 422
    assert sent.context["form"].errors == {"cramps": [NOT_A_NUMBER_OF_CRAMPS]}
    assert browser.get(f"{URL}?question=6").url == f"{URL}?question=4"


def test_the_questions_are_easy_and_nothing_is_chosen_beforehand(page, alice, cramps):
    browser = page(alice)
    headings = []
    record_id = pages.hidden(browser.get(URL), "record_id")
    for number, values in enumerate(WITH_CRAMPS[:-1], start=1):
        shown = browser.get(f"{URL}?question={number}")
        assert grade(pages.prose(shown)) <= 6
        assert "checked" not in shown.content.decode()
        headings.append(pages.heading(shown))
        browser.post(f"{URL}?question={number}", {"record_id": record_id, **values})

    assert headings[2:5] == [
        "Between cramps, how bad was your calf pain in the last 24 hours?",
        "How many calf cramps did you have last night?",
        "How bad was the worst of these cramps?",
    ]


# --- the correction ---


def a_check(of, **calf) -> DailyCheck:
    day = makers.NOON - timedelta(days=10)
    check, _ = record_daily_check(
        clinic=of.memberships.get().clinic,
        patient=of,
        check_id=uuid4(),
        recorded_on=day.date(),
        worst_leg_pain=9,
        worst_back_pain=2,
        reach_left=None,
        reach_right=4,
        now=day,
        **calf,
    )
    return check


def test_a_correction_asks_what_was_asked_then_whatever_the_plan_is_by_now(page, alice, plan):
    wrong = a_check(alice, calf_pain=8, cramps=20, worst_cramp=9)
    browser, address = page(alice), f"/check/{wrong.pk}/correct/"
    record_id, sent = answer_all(browser, LEG, BACK, CALF, address=address)
    shown = browser.get(sent.url)
    assert (
        pages.heading(shown) == "How many calf cramps did you have in the night before Tuesday 10 November?"
    )
    assert "Your answer was: 20." in pages.words(shown)
    assert grade(pages.prose(shown)) <= 6

    for values in WITH_CRAMPS[3:]:
        sent = browser.post(sent.url, {"record_id": record_id, **values})
    assert sent.url == "/history/"
    assert stored() == (3, 2, 7)


def test_a_correction_to_no_cramps_takes_the_worst_one_back(page, alice, cramps):
    wrong = a_check(alice, calf_pain=8, cramps=20, worst_cramp=9)

    _, last = answer_all(page(alice), *WITHOUT, address=f"/check/{wrong.pk}/correct/")

    assert last.url == "/history/"
    assert stored() == (3, 0, None)


def test_a_check_that_did_not_ask_about_the_calf_is_corrected_without(page, alice, cramps):
    wrong = a_check(alice)

    _, last = answer_all(page(alice), LEG, BACK, REACH, NOWHERE, address=f"/check/{wrong.pk}/correct/")

    assert last.url == "/history/"
    assert stored() == (None, None, None)
