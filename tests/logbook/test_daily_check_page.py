"""The Daily check, one question a page."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.accounts.models import AuditEvent
from programs.care.models import Side
from programs.logbook.actions import NOT_A_PAIN_SCORE
from programs.logbook.forms import OUT_OF_DATE
from programs.logbook.models import DailyCheck, Reach
from programs.monitoring.models import Flag
from tests import makers, pages
from tests.readability import grade

pytestmark = pytest.mark.usefixtures("at_noon")

URL = "/check/"
LEG = {"worst_leg_pain": "4"}
BACK = {"worst_back_pain": "2"}
REACH = {"reach_right": str(Reach.CALF.value)}


def question(number):
    return f"{URL}?question={number}"


def answer_all(browser, *answers):
    """Open the check and send the answers page by page; returns the id and the last page's answer."""
    record_id = pages.hidden(browser.get(URL), "record_id")
    sent = None
    for number, values in enumerate(answers, start=1):
        sent = browser.post(question(number), {"record_id": record_id, **values})
    return record_id, sent


def test_three_answers_store_one_check(page, alice, plan):
    browser = page(alice)

    record_id, last = answer_all(browser, LEG, BACK, REACH)

    check = DailyCheck.objects.get()
    assert str(check.pk) == record_id
    assert (check.worst_leg_pain, check.worst_back_pain) == (4, 2)
    assert (check.reach_right, check.reach_left) == (Reach.CALF, None)
    assert check.recorded_on == makers.NOON.date()
    assert last.url == "/"
    assert "Your daily check is saved." in pages.words(browser.get(last.url))


def test_nothing_is_stored_before_the_last_answer(page, alice, plan):
    browser = page(alice)

    _, last = answer_all(browser, LEG, BACK)

    assert last.url == question(3)
    assert not DailyCheck.objects.exists()


@pytest.mark.parametrize(
    ("side", "questions"),
    [
        (Side.RIGHT, ["reach_right"]),
        (Side.LEFT, ["reach_left"]),
        (Side.BOTH, ["reach_right", "reach_left"]),
    ],
)
def test_how_far_down_is_asked_for_the_affected_leg(page, alice, bob, side, questions):
    makers.plan(alice, bob, side=side)
    browser = page(alice)

    answer_all(browser, LEG, BACK, *({each: "3"} for each in questions))

    check = DailyCheck.objects.get()
    asked = {"reach_left": check.reach_left, "reach_right": check.reach_right}
    assert asked == {each: 3 if each in questions else None for each in asked}


def test_without_a_plan_only_the_two_scores_are_asked(page, alice):
    answer_all(page(alice), LEG, BACK)

    assert DailyCheck.objects.get().worst_leg_pain == 4


def test_no_answer_is_chosen_beforehand(page, alice, plan):
    makers.daily_check(alice, 7, now=makers.NOON - timedelta(days=1))
    browser = page(alice)
    answer_all(browser, LEG, BACK)

    for number in (1, 2, 3):
        body = browser.get(question(number)).content.decode()
        assert "checked" not in body
        assert f"Question {number} of 3" in body


def test_the_keypad_has_eleven_buttons_and_the_ladder_every_place(page, alice, plan):
    browser = page(alice)
    answer_all(browser, LEG, BACK)

    assert browser.get(question(1)).content.count(b'name="worst_leg_pain"') == 11
    assert browser.get(question(3)).content.count(b'name="reach_right"') == len(Reach)


def test_sending_the_last_answer_twice_stores_one_check(page, alice, plan):
    browser = page(alice)
    record_id, first = answer_all(browser, LEG, BACK, REACH)

    second = browser.post(question(3), {"record_id": record_id, "reach_right": "5"})

    assert first.url == second.url
    assert DailyCheck.objects.get().reach_right == Reach.CALF


def test_going_back_changes_an_answer(page, alice, plan):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK)
    assert f'href="{question(1)}"' in browser.get(question(2)).content.decode()

    again = browser.post(question(1), {"record_id": record_id, "worst_leg_pain": "0"})
    assert again.url == question(3)  # the second is answered already
    browser.post(question(3), {"record_id": record_id, **REACH})

    assert DailyCheck.objects.get().worst_leg_pain == 0


def test_no_question_is_jumped_over(page, alice, plan):
    browser = page(alice)

    assert browser.get(question(3)).url == question(1)
    sent = browser.post(question(3), {"record_id": str(uuid4()), **REACH})

    assert sent.url == question(1)
    assert not DailyCheck.objects.exists()


@pytest.mark.parametrize("number", ["0", "99", "x", "-1", "²"])
def test_a_question_that_does_not_exist_is_the_nearest_one(page, alice, plan, number):
    assert page(alice).get(question(number), follow=True).status_code == 200


def test_answers_begun_yesterday_are_asked_anew(page, alice, plan):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK)

    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        assert browser.get(question(3)).url == question(1)
        browser.post(question(3), {"record_id": record_id, **REACH})

    assert not DailyCheck.objects.exists()


@pytest.mark.parametrize("score", ["11", "x", "-1", "3.5", "", None])
@pytest.mark.parametrize(("number", "field"), [(1, "worst_leg_pain"), (2, "worst_back_pain")])
def test_a_wrong_score_gets_one_sentence_and_stores_nothing(page, alice, plan, number, field, score):
    browser = page(alice)
    record_id, _ = answer_all(browser, *[LEG][: number - 1])

    answer = browser.post(
        question(number), {"record_id": record_id} | ({} if score is None else {field: score})
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors == {field: [NOT_A_PAIN_SCORE]}
    assert f'id="id_{field}_error"' in answer.content.decode()
    for later, values in enumerate((LEG, BACK)[number:], start=number + 1):
        browser.post(question(later), {"record_id": record_id, **values})
    browser.post(question(3), {"record_id": record_id, **REACH})
    assert not DailyCheck.objects.exists()


@pytest.mark.parametrize("place", ["6", "-1", "calf", "", None])
def test_a_place_that_does_not_exist_gets_one_sentence_and_stores_nothing(page, alice, plan, place):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK)

    answer = browser.post(
        question(3), {"record_id": record_id} | ({} if place is None else {"reach_right": place})
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"reach_right": ["Choose one of the places."]}
    assert not DailyCheck.objects.exists()


@pytest.mark.parametrize("record_id", ["", "x", None])
def test_a_page_without_its_id_says_that_it_is_out_of_date(page, alice, plan, record_id):
    answer = page(alice).post(URL, LEG | ({} if record_id is None else {"record_id": record_id}))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"record_id": [OUT_OF_DATE]}
    assert OUT_OF_DATE in pages.words(answer)


def test_an_id_that_somebody_else_has_used_stores_nothing(page, alice, dora):
    theirs = makers.daily_check(dora, 3)
    browser = page(alice)
    for number, values in ((1, LEG), (2, BACK)):
        answer = browser.post(question(number), {"record_id": str(theirs.pk), **values})

    assert answer.status_code == 422
    assert DailyCheck.objects.get() == theirs


def test_a_day_that_is_answered_says_so_and_shows_no_score(page, alice, plan):
    makers.daily_check(alice, 7)

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "You have done today's check."
    assert "7" not in pages.words(answer)


def test_a_day_can_be_answered_again_and_both_answers_are_kept(page, alice, plan):
    makers.daily_check(alice, 3)
    browser = page(alice)
    record_id = pages.hidden(browser.get(f"{URL}?again=1"), "record_id")

    for number, values in enumerate((LEG, BACK, REACH), start=1):
        browser.post(question(number), {"record_id": record_id, **values})

    assert sorted(DailyCheck.objects.values_list("worst_leg_pain", flat=True)) == [3, 4]


def test_a_rise_opens_a_flag_in_the_same_step(page, alice, plan):
    *earlier, _ = makers.RISING
    makers.daily_checks(alice, earlier, now=makers.NOON - timedelta(days=1))
    Flag.objects.all().delete()

    answer_all(page(alice), {"worst_leg_pain": "7"}, BACK, REACH)

    assert Flag.objects.get().patient == alice


def test_the_page_is_for_patients_who_are_signed_in(page, client, bob):
    assert client.get(URL).url.startswith("/account/login/")
    assert page(bob).get(URL).status_code == 403


def test_the_look_is_written_down(page, alice, plan):
    page(alice).get(URL)

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, "logbook:daily_check")


def test_a_question_asks_for_the_same_rows_however_long_the_record(
    page, alice, plan, django_assert_num_queries
):
    browser = page(alice)
    with django_assert_num_queries(7):
        browser.get(URL)
    makers.daily_checks(alice, makers.STEADY, now=makers.NOON - timedelta(days=1))

    with django_assert_num_queries(7):
        browser.get(URL)


def test_every_question_is_easy_to_read(page, alice, plan):
    browser = page(alice)
    answer_all(browser, LEG, BACK)
    for number in (1, 2, 3):
        assert grade(pages.prose(browser.get(question(number)))) <= 6
