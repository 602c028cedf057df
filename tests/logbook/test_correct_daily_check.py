"""Correcting a Daily check: "that 9 was a slip". The old answers are kept, and count no longer."""

from __future__ import annotations

import re
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from programs.accounts.models import AuditEvent
from programs.care.models import Side
from programs.home.queries.caseload import caseload
from programs.logbook.actions import record_daily_check
from programs.logbook.models import DailyCheck
from programs.logbook.queries import history, is_newly_bilateral
from programs.logbook.views.daily_check import BOTH_LEGS, CORRECT_THE_NEW_ONES, CORRECTED, TOO_OLD
from programs.monitoring.models import Flag
from programs.monitoring.queries import is_superseded
from tests import makers, pages
from tests.readability import grade
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("at_noon")

TODAY = makers.NOON.date()
TUESDAY = makers.NOON - timedelta(days=10)  # 10 November


def record(patient, **changes) -> DailyCheck:
    given: dict[str, Any] = {
        "clinic": patient.memberships.get().clinic,
        "patient": patient,
        "check_id": uuid4(),
        "recorded_on": TODAY,
        "worst_leg_pain": 3,
        "worst_back_pain": 2,
        "reach_left": None,
        "reach_right": 4,
        "now": makers.NOON,
    }
    check, _ = record_daily_check(**given | changes)
    return check


def refused(patient, **changes) -> dict[str, list[str]]:
    before = DailyCheck.objects.count()
    with pytest.raises(ValidationError) as problem:
        record(patient, **changes)
    assert DailyCheck.objects.count() == before
    return problem.value.message_dict


def shown_pain(patient, viewer) -> list[int | None]:
    return [day.worst_leg_pain for day in history(patient, viewer, TODAY, TODAY)]


# --- the action ---


def test_what_was_corrected_is_kept_and_counts_no_longer(alice, bob):
    slip = record(alice, worst_leg_pain=9)

    right = record(alice, corrects=slip.pk)

    assert list(DailyCheck.objects.current()) == [right]
    slip.refresh_from_db()
    assert (slip.worst_leg_pain, slip.is_corrected, right.is_corrected) == (9, True, False)
    assert shown_pain(alice, alice) == shown_pain(alice, bob) == [3]


def test_a_correction_can_be_corrected_in_turn(alice):
    first = record(alice, worst_leg_pain=9)
    second = record(alice, worst_leg_pain=8, corrects=first.pk)

    third = record(alice, worst_leg_pain=2, corrects=second.pk)

    assert list(DailyCheck.objects.current()) == [third]
    assert DailyCheck.objects.count() == 3


def test_another_answer_of_the_day_still_counts(alice):
    record(alice, worst_leg_pain=5)
    slip = record(alice, worst_leg_pain=9)

    record(alice, worst_leg_pain=1, corrects=slip.pk)

    assert shown_pain(alice, alice) == [5]


def test_a_correction_sent_twice_is_stored_once(alice):
    slip, check_id = record(alice, worst_leg_pain=9), uuid4()

    first = record(alice, check_id=check_id, corrects=slip.pk)
    again = record(alice, check_id=check_id, corrects=slip.pk)

    assert first == again
    assert DailyCheck.objects.count() == 2


def test_a_check_is_corrected_once(alice):
    slip = record(alice, worst_leg_pain=9)
    record(alice, corrects=slip.pk)

    problem = refused(alice, corrects=slip.pk)

    assert problem == {"corrects": ["These answers are corrected already."]}


@pytest.mark.django_db(transaction=True)
def test_of_four_corrections_at_once_one_is_stored(alice):
    slip = record(alice, worst_leg_pain=9)

    def attempt() -> bool:
        try:
            record(alice, corrects=slip.pk)
        except ValidationError:
            return False
        return True

    assert sorted(at_once(*[partial(attempt)] * 4)) == [False, False, False, True]
    assert DailyCheck.objects.current().count() == 1


def test_the_check_of_somebody_else_or_of_another_clinic_cannot_be_corrected(alice, dora, other_clinic):
    theirs = makers.daily_check(dora, 9)
    elsewhere = makers.daily_check(alice, 9)
    DailyCheck.objects.filter(pk=elsewhere.pk).update(clinic=other_clinic)

    for corrects in (theirs.pk, elsewhere.pk, uuid4()):
        assert refused(alice, corrects=corrects) == {"corrects": ["There is no such check of yours."]}


def test_a_correction_is_about_the_same_day(alice):
    slip = record(alice, worst_leg_pain=9)

    problem = refused(alice, corrects=slip.pk, recorded_on=TODAY - timedelta(days=1))

    assert problem == {"recorded_on": ["Give the day of the check that this one corrects."]}


def test_after_60_days_it_stays_as_it_is(alice):
    slip = record(alice, worst_leg_pain=9)

    problem = refused(alice, corrects=slip.pk, now=makers.NOON + timedelta(days=61))
    record(alice, corrects=slip.pk, now=makers.NOON + timedelta(days=60))

    assert problem == {"recorded_on": ["This is more than 60 days ago."]}


def test_a_correction_upwards_is_judged_from_that_day_on(alice, plan):
    """The last report of a rise was a slip of the finger, and is put right two days later."""
    *before, deciding = makers.RISING[:8]
    makers.daily_checks(alice, before, now=makers.NOON - timedelta(days=1))
    slip = record(alice, worst_leg_pain=0)
    assert not Flag.objects.exists()

    record(alice, worst_leg_pain=deciding, corrects=slip.pk, now=makers.NOON + timedelta(days=2))

    assert Flag.objects.get().found_on == TODAY


def test_a_flag_for_what_was_a_slip_is_marked_and_kept(alice, plan):
    *_, slip = makers.daily_checks(alice, makers.RISING[:8])
    flag = Flag.objects.get()
    assert not is_superseded(flag)

    record(alice, worst_leg_pain=2, corrects=slip.pk)

    assert Flag.objects.get() == flag
    assert is_superseded(flag)


def test_both_legs_that_were_a_slip_make_the_next_ones_news(alice):
    slip = record(alice, tingling_numbness_left=["thigh"], recorded_on=TODAY - timedelta(days=1))
    assert not is_newly_bilateral(record(alice, tingling_numbness_left=["thigh"]))

    record(alice, corrects=slip.pk, recorded_on=TODAY - timedelta(days=1))

    assert is_newly_bilateral(record(alice, tingling_numbness_left=["thigh"]))


def test_the_caseload_shows_what_counts(alice, bob):
    slip = record(alice, worst_leg_pain=9)
    record(alice, worst_leg_pain=2, corrects=slip.pk)

    (row,) = caseload(bob, makers.NOON)

    assert (row.last_pain, row.pain[-1]) == (2, 2)


def test_the_database_itself_refuses_a_second_correction_and_one_of_itself(alice):
    slip, other = record(alice), record(alice)
    record(alice, corrects=slip.pk)

    for corrects in (slip.pk, other.pk):
        with pytest.raises(IntegrityError), transaction.atomic():
            DailyCheck.objects.filter(pk=other.pk).update(corrects=corrects)


def test_what_was_corrected_cannot_be_deleted_alone_but_a_whole_record_can(alice):
    slip = record(alice)
    record(alice, corrects=slip.pk)

    with pytest.raises(RestrictedError):
        slip.delete()
    alice.delete()

    assert not DailyCheck.objects.exists()


# --- the pages ---

LEG = {"worst_leg_pain": "4"}
BACK = {"worst_back_pain": "2"}
REACH = {"reach_right": "4"}
NOWHERE = {"tingling_numbness": "nowhere"}
DAY = "Tuesday 10 November"


@pytest.fixture
def slip(alice) -> DailyCheck:
    return makers.daily_check(alice, 9, now=TUESDAY)


def url(check, number=None):
    return f"/check/{check.pk}/correct/" + (f"?question={number}" if number else "")


def answer_all(browser, check, *answers):
    record_id = pages.hidden(browser.get(url(check)), "record_id")
    sent = None
    for number, values in enumerate(answers, start=1):
        sent = browser.post(url(check, number), {"record_id": record_id, **values})
    return record_id, sent


def test_history_leads_to_the_correction_of_each_day(page, alice, slip):
    history_page = page(alice).get("/history/")

    assert f'href="{url(slip)}"' in history_page.content.decode()
    assert f"Correct these answers for {DAY}" in pages.words(history_page)


def test_four_answers_correct_a_day(page, alice, slip):
    browser = page(alice)

    record_id, last = answer_all(browser, slip, LEG, BACK, REACH, NOWHERE)

    assert last.url == "/history/"
    words = pages.words(browser.get(last.url))
    assert CORRECTED in words
    assert f"{DAY} Leg pain 4 Back pain 2" in words
    assert "You corrected these answers. The old ones are kept." in words
    check = DailyCheck.objects.current().get()
    assert (str(check.pk), check.corrects, check.recorded_on) == (record_id, slip, TUESDAY.date())


def test_every_question_shows_what_was_answered_then(page, alice):
    slip = record(alice, reach_right=4, tingling_numbness_left=[], tingling_numbness_right=["foot"])
    browser = page(alice)
    answer_all(browser, slip, {"worst_leg_pain": "2"}, BACK, {"reach_right": "5"})

    words = [pages.words(browser.get(url(slip, number))) for number in (1, 2, 3)]
    assert "Your answer was: 2." in words[0]
    assert "Your answer was: foot or toes." in words[2]
    places = browser.get(url(slip, 4)).content.decode()
    assert re.findall(r'value="(\w+)"[^>]* checked', places) == ["right_foot"]


def test_every_question_names_the_day(page, alice, slip):
    browser = page(alice)
    answer_all(browser, slip, LEG, BACK, REACH)

    for number in (1, 2, 3, 4):
        answer = browser.get(url(slip, number))
        words = pages.words(answer)
        assert f"Your answers for {DAY}" in words
        assert words.casefold().count(f"on {DAY}".casefold()) == 1
        assert "24 hours" not in words
        assert grade(pages.prose(answer)) <= 6
    assert "Your answer was: 9." in pages.words(page(alice).get(url(slip)))
    assert pages.heading(browser.get(url(slip))) == f"What was your worst leg pain on {DAY}?"


def test_the_way_back_from_the_first_question_leads_to_history(page, alice, slip):
    assert 'href="/history/">Back' in page(alice).get(url(slip)).content.decode()


def test_the_legs_are_those_that_were_asked_about_then(page, alice, bob):
    """The plan is for another leg by now."""
    check = record(alice, reach_left=2, reach_right=None)
    makers.plan(alice, bob, side=Side.RIGHT)
    browser = page(alice)

    answer_all(browser, check, LEG, BACK, {"reach_left": "3"}, NOWHERE)

    assert DailyCheck.objects.current().get().reach_left == 3


def test_sending_the_last_answer_twice_corrects_once(page, alice, slip):
    browser = page(alice)
    record_id, first = answer_all(browser, slip, LEG, BACK, REACH, NOWHERE)

    again = browser.post(url(slip, 4), {"record_id": record_id, **NOWHERE})

    assert first.url == again.url == "/history/"
    assert DailyCheck.objects.count() == 2


def test_another_answer_from_a_second_window_is_not_lost_unsaid(page, alice, slip):
    browser = page(alice)
    record_id, _ = answer_all(browser, slip, LEG, BACK, REACH, NOWHERE)
    browser.get("/history/")

    other = browser.post(url(slip, 1), {"record_id": record_id, "worst_leg_pain": "7"}, follow=True)

    assert CORRECT_THE_NEW_ONES in pages.words(other)
    assert CORRECTED not in pages.words(other)
    assert DailyCheck.objects.count() == 2


def test_what_is_corrected_already_is_not_asked_about_again(page, alice, slip):
    record(alice, recorded_on=slip.recorded_on, corrects=slip.pk)
    browser = page(alice)

    for answer in (
        browser.get(url(slip), follow=True),
        browser.post(url(slip), {"record_id": str(uuid4()), **LEG}, follow=True),
    ):
        assert answer.redirect_chain[-1][0] == "/history/"
        assert CORRECT_THE_NEW_ONES in pages.words(answer)
    assert url(slip) not in browser.get("/history/").content.decode()


def test_an_id_of_another_check_corrects_nothing(page, alice, slip):
    other = record(alice)
    browser = page(alice)
    for number, values in enumerate((LEG, BACK, REACH, NOWHERE), start=1):
        answer = browser.post(url(slip, number), {"record_id": str(other.pk), **values})

    assert answer.status_code == 422
    assert "This id is already in use." in pages.words(answer)
    assert DailyCheck.objects.current().count() == 2


def test_two_answers_of_a_day_are_corrected_one_by_one(page, alice):
    record(alice, worst_leg_pain=5)
    slip = record(alice, worst_leg_pain=9)
    browser = page(alice)
    words = pages.words(browser.get("/history/"))
    assert "Leg pain 5, back pain 2: Correct these answers" in words
    assert "Leg pain 9, back pain 2: Correct these answers" in words

    answer_all(browser, slip, LEG, BACK, REACH, NOWHERE)

    assert "Friday 20 November Leg pain 5" in pages.words(browser.get("/history/"))


def test_the_draft_of_a_correction_is_its_own(page, alice):
    """Also where another check, and another correction, is about the same day."""
    one, other = record(alice), record(alice)
    browser = page(alice)
    answer_all(browser, one, LEG, BACK)

    assert browser.get(url(other, 3)).url == url(other, 1)
    assert browser.get("/check/?question=3&again=1").url == "/check/?question=1"
    assert "Question 3 of 4" in pages.words(browser.get(url(one, 3)))


def test_both_legs_in_a_correction_lead_to_help(page, alice, slip):
    browser = page(alice)

    _, last = answer_all(browser, slip, LEG, BACK, REACH, {"tingling_numbness": ["left_thigh"]})

    assert last.url == "/help/"
    words = pages.words(browser.get(last.url))
    assert CORRECTED in words
    assert BOTH_LEGS in words


def test_a_wrong_answer_gets_one_sentence_and_corrects_nothing(page, alice, slip):
    browser = page(alice)
    record_id = pages.hidden(browser.get(url(slip)), "record_id")

    answer = browser.post(url(slip), {"record_id": record_id, "worst_leg_pain": "11"})

    assert answer.status_code == 422
    assert "Choose a whole number from 0 to 10." in pages.words(answer)
    assert DailyCheck.objects.get() == slip


@pytest.mark.parametrize(("days", "can"), [(60, True), (61, False)])
def test_after_60_days_there_is_no_way_to_correct(page, alice, slip, days, can):
    with time_machine.travel(TUESDAY + timedelta(days=days), tick=False):
        browser = page(alice)
        shown = browser.get("/history/", {"until": "2026-11-10"}).content.decode()
        answer = browser.get(url(slip), follow=True)

    assert (url(slip) in shown) is can
    assert (TOO_OLD in pages.words(answer)) is not can


def test_the_check_of_somebody_else_or_of_another_clinic_is_not_there(page, alice, dora, other_clinic):
    theirs = makers.daily_check(dora, 9)
    elsewhere = makers.daily_check(alice, 9)
    DailyCheck.objects.filter(pk=elsewhere.pk).update(clinic=other_clinic)
    browser = page(alice)

    for check in (theirs, elsewhere):
        assert browser.get(url(check)).status_code == 404
        assert browser.post(url(check), LEG).status_code == 404
    assert url(elsewhere) not in browser.get("/history/").content.decode()


def test_the_page_is_for_patients_who_are_signed_in(page, client, bob, slip):
    assert client.get(url(slip)).url.startswith("/account/login/")
    assert page(bob).get(url(slip)).status_code == 403


def test_the_look_is_written_down(page, alice, slip):
    page(alice).get(url(slip))

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, "logbook:correct_daily_check")


def test_a_question_asks_for_the_same_rows_however_long_the_record(
    page, alice, slip, django_assert_num_queries
):
    makers.daily_checks(alice, makers.STEADY)
    browser = page(alice)
    with django_assert_num_queries(6):
        browser.get(url(slip))


def test_what_is_said_of_a_correction_is_easy_to_read():
    for sentence in (CORRECTED, CORRECT_THE_NEW_ONES, TOO_OLD):
        assert grade(sentence) <= 6
