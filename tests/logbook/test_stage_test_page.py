"""The test of a stage, one thing to try a page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from programs.accounts.models import AuditEvent
from programs.care.models import Plan
from programs.logbook.forms.answer_fields import NOT_A_COUNT
from programs.logbook.forms.records import OUT_OF_DATE
from programs.logbook.models import StageTest
from programs.logbook.views.stage_test import NO_TEST, NOT_PASSED, PASSED, SAVED
from tests import makers, pages

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/stage/test/"
LEFT_OUT = {"declined": "1"}


@pytest.fixture(autouse=True)
def answered_before(alice):
    """No safety question is due."""
    makers.screened(alice)


@pytest.fixture
def in_stage(plan):
    """Alice's plan, in a stage of its own choosing."""

    def put(number: int) -> Plan:
        Plan.objects.filter(pk=plan.pk).update(stage_number=number)
        return plan

    return put


def take(browser, *answers: dict[str, str]):
    """Open the test and answer page by page; returns the last page's answer."""
    record_id = pages.hidden(browser.get(URL), "record_id")
    sent = None
    for number, given in enumerate(answers, start=1):
        sent = browser.post(f"{URL}?question={number}", {"record_id": record_id, **given})
    return sent


def test_the_test_of_stage_1_is_one_question(page, alice, in_stage):
    in_stage(1)
    browser = page(alice)

    first = browser.get(URL)
    assert pages.heading(first) == "Sit on a chair and set a timer. Did you sit for 15 minutes?"
    assert "Sit for 15 minutes." in pages.words(first)

    last = take(browser, {"sit": "yes"})

    test = StageTest.objects.get()
    assert (test.values, test.is_passed, test.stage_number) == ({"sit": True}, True, 1)
    assert (test.patient, test.taken_on) == (alice, makers.NOON.date())
    assert PASSED in pages.words(browser.get(last.url))


def test_what_was_not_managed_is_kept_without_blame(page, alice, in_stage):
    in_stage(1)
    browser = page(alice)
    last = take(browser, {"sit": "no"})
    assert StageTest.objects.get().is_passed is False
    assert NOT_PASSED in pages.words(browser.get(last.url))


def test_pain_with_it_is_asked_where_it_counts(page, alice, in_stage):
    in_stage(2)
    browser = page(alice)
    take(browser, {"sit": "yes"}, {"sit.pain": "5"}, {"walk": "yes"}, {"walk.pain": "6"})
    test = StageTest.objects.get()
    assert test.values == {"sit": True, "sit.pain": 5, "walk": True, "walk.pain": 6}
    assert test.is_passed is False


def test_each_side_is_counted_apart_the_good_leg_first(page, alice, in_stage):
    in_stage(4)
    browser = page(alice)
    first = browser.get(URL)
    assert pages.heading(first).startswith("Left leg: Hold on to something.")
    second = take(browser, {"one-leg-raises.left": "10"})
    assert pages.heading(browser.get(second.url)).startswith("Right leg:")
    take(browser, {"one-leg-raises.left": "10"}, {"one-leg-raises.right": "8"})
    assert StageTest.objects.get().is_passed is True


def test_how_an_exercise_is_done_is_one_tap_away_and_the_answers_wait(page, alice, in_stage):
    in_stage(4)
    browser = page(alice)
    answer = take(browser, {"one-leg-raises.left": "10"})
    words = browser.get(answer.url)
    assert "How to do it" in pages.words(words)
    assert "/library/exercises/" in words.content.decode()
    assert pages.heading(browser.get(URL)).startswith("Left leg:")
    take(browser, {"one-leg-raises.left": "10"}, {"one-leg-raises.right": "8"})
    assert StageTest.objects.count() == 1


def test_what_is_left_out_keeps_the_test_open(page, alice, in_stage):
    in_stage(2)
    browser = page(alice)
    last = take(browser, {"sit": "yes"}, LEFT_OUT, {"walk": "yes"}, {"walk.pain": "2"})
    test = StageTest.objects.get()
    assert test.is_passed is None
    assert test.values == {"sit": True, "walk": True, "walk.pain": 2}
    assert SAVED in pages.words(browser.get(last.url))


@pytest.mark.parametrize("count", ["", "many", "-1", "501", "2.5", "１２x"])
def test_what_is_no_count_gets_one_sentence_and_stores_nothing(page, alice, in_stage, count):
    in_stage(4)
    answer = take(page(alice), {"one-leg-raises.left": count})
    assert answer.status_code == 422
    assert pages.words(answer).count(NOT_A_COUNT) == 2  # in the summary and at the field
    assert not StageTest.objects.exists()


def test_a_page_without_its_id_is_out_of_date(page, alice, in_stage):
    in_stage(1)
    browser = page(alice)
    answer = browser.post(f"{URL}?question=1", {"sit": "yes"})
    assert (answer.status_code, OUT_OF_DATE in pages.words(answer)) == (422, True)


def test_sending_the_last_page_twice_stores_one_test(page, alice, in_stage):
    in_stage(1)
    browser = page(alice)
    record_id = pages.hidden(browser.get(URL), "record_id")
    for _ in range(2):
        assert browser.post(URL, {"record_id": record_id, "sit": "yes"}).url == "/"
    assert StageTest.objects.count() == 1


def test_answers_of_another_stage_do_not_come_along(page, alice, in_stage):
    in_stage(2)
    browser = page(alice)
    take(browser, {"sit": "yes"}, {"sit.pain": "3"})
    in_stage(1)
    take(browser, {"sit": "no"})
    test = StageTest.objects.get()
    assert (test.stage_number, test.values) == (1, {"sit": False})


def test_the_next_day_the_test_begins_anew(page, alice, in_stage):
    in_stage(2)
    browser = page(alice)
    take(browser, {"sit": "yes"}, {"sit.pain": "3"})
    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        makers.screened(alice, makers.NOON + timedelta(days=1))
        assert browser.get(f"{URL}?question=3").url == f"{URL}?question=1"


def test_without_a_plan_there_is_no_test(page, clinic):
    browser = page(makers.patient(clinic, "nora"))
    assert browser.get(URL).url == "/"
    assert NO_TEST in pages.words(browser.get("/"))


def test_every_page_is_a_look_at_the_record(page, alice, in_stage):
    in_stage(1)
    page(alice).get(URL)
    assert AuditEvent.objects.filter(patient=alice, door="logbook:stage_test").count() == 1


def test_it_takes_no_more_queries_with_a_long_history(page, alice, in_stage, django_assert_max_num_queries):
    in_stage(4)
    for _ in range(3):
        take(page(alice), {"one-leg-raises.left": "10"}, {"one-leg-raises.right": "8"})
    browser = page(alice)
    browser.get(URL)
    with django_assert_max_num_queries(12):
        browser.get(URL)


def test_a_therapist_has_no_such_page(page, bob):
    assert page(bob).get(URL).status_code == 403
