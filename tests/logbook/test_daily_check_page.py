"""The Daily check, one question a page."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.accounts.models import AuditEvent
from programs.care.models import Side
from programs.logbook.actions import NOT_A_PAIN_SCORE, NOT_A_PLACE, record_daily_check
from programs.logbook.forms.answer_fields import NO_PLACE, PLACE_AND_NOWHERE
from programs.logbook.forms.records import OUT_OF_DATE
from programs.logbook.models import DailyCheck, Reach, Region
from programs.logbook.views.daily_check import BOTH_LEGS, SAVED
from programs.monitoring.models import Flag
from tests import makers, pages
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/check/"
LEG = {"worst_leg_pain": "4"}
BACK = {"worst_back_pain": "2"}
REACH = {"reach_right": str(Reach.CALF.value)}
PLACES = {"tingling_numbness": ["right_calf", "left_buttock", "right_foot"]}
NOWHERE = {"tingling_numbness": "nowhere"}


def question(number):
    return f"{URL}?question={number}"


def answer_all(browser, *answers):
    """Open the check and send the answers page by page; returns the id and the last page's answer."""
    record_id = pages.hidden(browser.get(URL), "record_id")
    sent = None
    for number, values in enumerate(answers, start=1):
        sent = browser.post(question(number), {"record_id": record_id, **values})
    return record_id, sent


def test_four_answers_store_one_check(page, alice, plan):
    browser = page(alice)

    record_id, last = answer_all(browser, LEG, BACK, REACH, PLACES)

    check = DailyCheck.objects.get()
    assert str(check.pk) == record_id
    assert (check.worst_leg_pain, check.worst_back_pain) == (4, 2)
    assert (check.reach_right, check.reach_left) == (Reach.CALF, None)
    assert (check.tingling_numbness_left, check.tingling_numbness_right) == (["buttock"], ["calf", "foot"])
    assert check.recorded_on == makers.NOON.date()
    assert last.url == "/"
    assert "Your daily check is saved." in pages.words(browser.get(last.url))


def test_nothing_is_stored_before_the_last_answer(page, alice, plan):
    browser = page(alice)

    _, last = answer_all(browser, LEG, BACK, REACH)

    assert last.url == question(4)
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

    answer_all(browser, LEG, BACK, *({each: "3"} for each in questions), NOWHERE)

    check = DailyCheck.objects.get()
    asked = {"reach_left": check.reach_left, "reach_right": check.reach_right}
    assert asked == {each: 3 if each in questions else None for each in asked}


def test_without_a_plan_how_far_down_is_not_asked(page, alice):
    answer_all(page(alice), LEG, BACK, PLACES)

    check = DailyCheck.objects.get()
    assert (check.worst_leg_pain, check.reach_left, check.reach_right) == (4, None, None)
    assert check.tingling_numbness_right == ["calf", "foot"]


@pytest.mark.parametrize("side", Side.values)
def test_tingling_or_numbness_is_asked_of_both_sides_whichever_leg_is_the_affected_one(
    page, alice, bob, side
):
    makers.plan(alice, bob, side=side)
    browser = page(alice)
    reach = [{f"reach_{each}": "3"} for each in (("right", "left") if side == Side.BOTH else (side,))]

    answer_all(browser, LEG, BACK, *reach, PLACES)

    check = DailyCheck.objects.get()
    assert (check.tingling_numbness_left, check.tingling_numbness_right) == (["buttock"], ["calf", "foot"])


def test_nowhere_is_an_answer_of_its_own(page, alice, plan):
    answer_all(page(alice), LEG, BACK, REACH, NOWHERE)

    check = DailyCheck.objects.get()
    assert (check.tingling_numbness_left, check.tingling_numbness_right) == ([], [])


def test_no_answer_is_chosen_beforehand(page, alice, plan):
    makers.daily_check(alice, 7, now=makers.NOON - timedelta(days=1))
    browser = page(alice)
    answer_all(browser, LEG, BACK, REACH)

    for number in (1, 2, 3, 4):
        body = browser.get(question(number)).content.decode()
        assert "checked" not in body
        assert f"Question {number} of 4" in body


def test_the_keypad_has_eleven_buttons_and_the_ladder_and_the_map_have_every_place(page, alice, plan):
    browser = page(alice)
    answer_all(browser, LEG, BACK, REACH)

    assert browser.get(question(1)).content.count(b'name="worst_leg_pain"') == 11
    assert browser.get(question(3)).content.count(b'name="reach_right"') == len(Reach)
    assert browser.get(question(4)).content.count(b'type="checkbox"') == 2 * len(Region)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_ladder_draws_the_leg_it_asks_about(page, alice, bob, side):
    makers.plan(alice, bob, side=side)
    browser = page(alice)
    answer_all(browser, LEG, BACK)

    answer = browser.get(question(3))

    assert pages.heading(answer) == f"How far down your {side} leg did it go?"
    assert f'class="ladder ladder-{side}"' in answer.content.decode()


def test_a_place_is_called_by_its_side(page, alice, plan):
    browser = page(alice)
    answer_all(browser, LEG, BACK, REACH)

    words = pages.words(browser.get(question(4)))

    assert "Left leg: Calf, shin or ankle" in words
    assert "Right leg: Back or side of the thigh" in words


def test_the_map_says_when_numbness_needs_help_now(page, alice, plan):
    browser = page(alice)
    answer_all(browser, LEG, BACK, REACH)

    answer = browser.get(question(4))

    assert "Numb between your legs or round your bottom?" in pages.words(answer)
    assert '<a href="/help/">Get help now</a>' in answer.content.decode()


BOTH = {"tingling_numbness": ["left_thigh"]}  # beside the right calf of the ladder


def check_with(of, days_ago, **values):
    """A check of `days_ago`, of the right leg as far as the calf, and whatever else is named."""
    moment = makers.NOON - timedelta(days=days_ago)
    record_daily_check(
        clinic=of.memberships.get().clinic,
        patient=of,
        check_id=uuid4(),
        recorded_on=moment.date(),
        worst_leg_pain=3,
        worst_back_pain=1,
        now=moment,
        **{"reach_left": None, "reach_right": Reach.CALF} | values,
    )


def test_both_legs_where_it_was_one_leads_to_help_and_not_to_today(page, alice, plan):
    check_with(alice, 1, tingling_numbness_left=["buttock"])
    browser = page(alice)

    _, last = answer_all(browser, LEG, BACK, REACH, BOTH)

    assert last.url == "/help/"
    words = pages.words(browser.get(last.url))
    assert SAVED in words
    assert "If pain, tingling or numbness down both legs is new or worse, please get help now." in words
    assert "Get help fast if you have one of these signs." in words
    assert DailyCheck.objects.count() == 2


def test_both_legs_are_told_of_without_a_plan_too(page, alice):
    _, last = answer_all(page(alice), LEG, BACK, {"tingling_numbness": ["left_thigh", "right_foot"]})

    assert last.url == "/help/"


def test_pain_alone_in_both_legs_leads_to_help(page, alice, bob):
    makers.plan(alice, bob, side=Side.BOTH)

    _, last = answer_all(page(alice), LEG, BACK, {"reach_right": "3"}, {"reach_left": "3"}, NOWHERE)

    assert last.url == "/help/"


@pytest.mark.parametrize("places", ["nowhere", "left_low_back", "left_buttock", "right_foot"])
def test_one_leg_alone_leads_to_today_without_a_word_of_help(page, alice, plan, places):
    browser = page(alice)

    _, last = answer_all(browser, LEG, BACK, REACH, {"tingling_numbness": places})

    assert last.url == "/"
    assert BOTH_LEGS not in pages.words(browser.get(last.url))


@pytest.mark.parametrize(("days_ago", "leads_to"), [(1, "/"), (14, "/"), (15, "/help/")])
def test_both_legs_are_no_news_for_two_weeks(page, alice, plan, days_ago, leads_to):
    check_with(alice, days_ago, tingling_numbness_left=["thigh"])

    _, last = answer_all(page(alice), LEG, BACK, REACH, BOTH)

    assert last.url == leads_to


def test_the_legs_of_somebody_else_or_of_two_checks_are_not_both_legs(page, alice, dora, plan):
    check_with(dora, 1, tingling_numbness_left=["thigh"])
    check_with(alice, 2, tingling_numbness_left=["thigh"], reach_right=Reach.NONE)
    check_with(alice, 1, tingling_numbness_left=[])

    _, last = answer_all(page(alice), LEG, BACK, REACH, BOTH)

    assert last.url == "/help/"


def test_whoever_sends_it_twice_or_answers_again_that_day_is_told_again(page, alice, plan):
    browser = page(alice)
    record_id, first = answer_all(browser, LEG, BACK, REACH, BOTH)
    twice = browser.post(question(4), {"record_id": record_id, **BOTH})
    record_id = pages.hidden(browser.get(f"{URL}?again=1"), "record_id")
    for number, values in enumerate((LEG, BACK, REACH, BOTH), start=1):
        again = browser.post(question(number), {"record_id": record_id, **values})

    assert [first.url, twice.url, again.url] == ["/help/"] * 3
    assert DailyCheck.objects.count() == 2


def test_what_is_said_of_both_legs_is_easy_to_read():
    assert grade(BOTH_LEGS) <= 6


def test_no_outline_is_sent_twice(page, alice, plan):
    browser = page(alice)
    answer_all(browser, LEG, BACK, REACH)

    for number in (3, 4):
        outlines = re.findall(r'\sd="([^"]+)"', browser.get(question(number)).content.decode())
        assert len(outlines) > 5
        assert len(outlines) == len(set(outlines))


def test_sending_the_last_answer_twice_stores_one_check(page, alice, plan):
    browser = page(alice)
    record_id, first = answer_all(browser, LEG, BACK, REACH, PLACES)

    second = browser.post(question(4), {"record_id": record_id, **PLACES})

    assert first.url == second.url
    assert DailyCheck.objects.get().tingling_numbness_left == ["buttock"]


def test_another_answer_from_a_second_window_is_not_lost_unsaid(page, alice, plan):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK, REACH, NOWHERE)
    assert "Your daily check is saved." in browser.get("/").content.decode()

    other = browser.post(question(4), {"record_id": record_id, **PLACES}, follow=True)

    assert "Your daily check is saved." not in other.content.decode()
    assert "You sent this check before, with another answer." in other.content.decode()
    again = pages.hidden(other, "record_id")
    assert again != record_id
    for number, values in enumerate((LEG, BACK, REACH, PLACES), start=1):
        browser.post(question(number), {"record_id": again, **values})
    assert [check.tingling_numbness_left for check in DailyCheck.objects.order_by("received_at", "id")] == [
        [],
        ["buttock"],
    ]


def test_going_back_changes_an_answer(page, alice, plan):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK)
    assert f'href="{question(1)}"' in browser.get(question(2)).content.decode()

    again = browser.post(question(1), {"record_id": record_id, "worst_leg_pain": "0"})
    assert again.url == question(3)  # the second is answered already
    browser.post(question(3), {"record_id": record_id, **REACH})
    browser.post(question(4), {"record_id": record_id, **NOWHERE})

    assert DailyCheck.objects.get().worst_leg_pain == 0


def test_going_back_from_the_map_and_forth_again_keeps_every_answer(page, alice, plan):
    browser = page(alice)
    record_id, on_the_map = answer_all(browser, LEG, BACK, REACH)
    assert f'href="{question(3)}"' in browser.get(on_the_map.url).content.decode()

    again = browser.post(question(2), {"record_id": record_id, "worst_back_pain": "9"})
    assert again.url == question(4)
    browser.post(question(4), {"record_id": record_id, **PLACES})

    check = DailyCheck.objects.get()
    assert (check.worst_leg_pain, check.worst_back_pain, check.reach_right) == (4, 9, Reach.CALF)
    assert check.tingling_numbness_right == ["calf", "foot"]


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
    browser.post(question(4), {"record_id": record_id, **NOWHERE})
    assert not DailyCheck.objects.exists()


@pytest.mark.parametrize("place", ["6", "-1", "calf", "", None])
def test_a_place_that_does_not_exist_gets_one_sentence_and_stores_nothing(page, alice, plan, place):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK)

    answer = browser.post(
        question(3), {"record_id": record_id} | ({} if place is None else {"reach_right": place})
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"reach_right": [NOT_A_PLACE]}
    browser.post(question(4), {"record_id": record_id, **NOWHERE})
    assert not DailyCheck.objects.exists()


@pytest.mark.parametrize(
    ("places", "sentence"),
    [
        ([], NO_PLACE),
        ([""], NOT_A_PLACE),
        (["left_elbow"], NOT_A_PLACE),
        (["calf"], NOT_A_PLACE),
        (["left_calf", "both_foot"], NOT_A_PLACE),
        (["Left"], NOT_A_PLACE),
        (["left_calf\0"], NOT_A_PLACE),
        (["left_calf", "nowhere"], PLACE_AND_NOWHERE),
    ],
)
def test_places_that_cannot_be_right_get_one_sentence_and_store_nothing(page, alice, plan, places, sentence):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK, REACH)

    answer = browser.post(question(4), {"record_id": record_id, "tingling_numbness": places})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"tingling_numbness": [sentence]}
    body = answer.content.decode()
    assert 'id="id_tingling_numbness_error"' in body
    assert 'href="#id_tingling_numbness_0"' in body
    assert 'id="id_tingling_numbness_0"' in body
    assert not DailyCheck.objects.exists()


def test_a_place_ticked_by_mistake_can_be_taken_back(page, alice, plan):
    browser = page(alice)
    record_id, _ = answer_all(browser, LEG, BACK, REACH)
    both = {"record_id": record_id, "tingling_numbness": ["left_calf", "nowhere"]}

    refused = browser.post(question(4), both).content.decode()
    browser.post(question(4), {"record_id": record_id, **NOWHERE})

    assert refused.count(" checked>") == 1
    assert 'value="left_calf" checked>' in refused
    assert DailyCheck.objects.get().tingling_numbness_left == []


@pytest.mark.parametrize("record_id", ["", "x", None])
def test_a_page_without_its_id_says_that_it_is_out_of_date(page, alice, plan, record_id):
    answer = page(alice).post(URL, LEG | ({} if record_id is None else {"record_id": record_id}))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"record_id": [OUT_OF_DATE]}
    assert OUT_OF_DATE in pages.words(answer)
    assert "Record id" not in pages.words(answer)


def test_an_id_that_somebody_else_has_used_stores_nothing(page, alice, dora):
    theirs = makers.daily_check(dora, 3)
    browser = page(alice)
    for number, values in ((1, LEG), (2, BACK), (3, PLACES)):
        answer = browser.post(question(number), {"record_id": str(theirs.pk), **values})

    assert answer.status_code == 422
    assert answer.content.decode().count(" checked>") == 3
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

    for number, values in enumerate((LEG, BACK, REACH, NOWHERE), start=1):
        browser.post(question(number), {"record_id": record_id, **values})

    assert sorted(DailyCheck.objects.values_list("worst_leg_pain", flat=True)) == [3, 4]


def test_a_rise_opens_a_flag_in_the_same_step(page, alice, plan):
    *earlier, _ = makers.RISING
    makers.daily_checks(alice, earlier, now=makers.NOON - timedelta(days=1))
    Flag.objects.all().delete()

    answer_all(page(alice), {"worst_leg_pain": "7"}, BACK, REACH, NOWHERE)

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
    with django_assert_num_queries(6):
        browser.get(URL)
    makers.daily_checks(alice, makers.STEADY, now=makers.NOON - timedelta(days=1))

    with django_assert_num_queries(6):
        browser.get(URL)


def test_the_map_asks_for_no_more_rows_than_the_other_questions(page, alice, plan, django_assert_num_queries):
    browser = page(alice)
    answer_all(browser, LEG, BACK, REACH)

    with django_assert_num_queries(5):
        browser.get(question(4))


def test_every_question_is_easy_to_read(page, alice, plan):
    browser = page(alice)
    answer_all(browser, LEG, BACK, REACH)
    for number in (1, 2, 3, 4):
        assert grade(pages.prose(browser.get(question(number)))) <= 6
