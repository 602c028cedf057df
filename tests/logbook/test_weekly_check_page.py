"""The Weekly check, one question a page."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.accounts.models import AuditEvent
from programs.logbook.actions import NOT_A_BOTHER, NOT_A_NUMBER_OF_NIGHTS, NOT_AN_ANSWER
from programs.logbook.forms.records import OUT_OF_DATE
from programs.logbook.models import Change, WeeklyCheck
from programs.logbook.views.weekly_check import MUCH_WORSE, SAVED, WEAKER
from tests import makers, pages
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL = "/weekly/"
ANSWERS = {
    "groc": "a_little_better",
    "bother_leg_pain": "4",
    "bother_tingling_numbness": "3",
    "bother_weakness": "0",
    "bother_sitting": "6",
    "sitting_before_pain": "10_to_30",
    "settles_within": "under_10",
    "nights_broken": "7",
    "weakness": "none",
}
NAMES = list(ANSWERS)
ALWAYS_SAID = ["groc", "weakness"]
COUNT = len(ANSWERS)


def question(number):
    return f"{URL}?question={number}"


def answer_all(browser, until=COUNT, url=URL, **changes):
    answers = {name: changes.get(name, ANSWERS[name]) for name in NAMES[:until]}
    return pages.answer_questions(browser, url, answers)


def test_nine_answers_store_one_check(page, alice, plan):
    browser = page(alice)

    record_id, last = answer_all(browser)

    check = WeeklyCheck.objects.get()
    assert str(check.pk) == record_id
    assert {name: str(getattr(check, name)) for name in NAMES} == ANSWERS
    assert check.recorded_on == makers.NOON.date()
    assert last.url == "/"
    assert pages.words(browser.get(last.url)).startswith(f"{SAVED} Good afternoon")


def test_nothing_is_stored_before_the_last_answer(page, alice):
    _, last = answer_all(page(alice), until=COUNT - 1)

    assert last.url == question(COUNT)
    assert not WeeklyCheck.objects.exists()


def test_it_begins_with_how_the_leg_is_since_last_week_in_seven_answers(page, alice):
    answer = page(alice).get(URL)

    assert pages.heading(answer) == "Think about your leg since last week. Is it:"
    assert (
        "Very much better Much better A little better The same A little worse Much worse Very much worse"
    ) in pages.words(answer)
    assert "Question 1 of 9" in pages.words(answer)
    assert answer.content.count(b'name="groc"') == len(Change) == 7


def test_how_much_it_bothers_is_seven_numbers_with_words_at_both_ends(page, alice):
    browser = page(alice)
    answer_all(browser, until=4)

    for number, name in enumerate(NAMES[1:5], start=2):
        answer = browser.get(question(number))
        assert "0 Not at all 1 2 3 4 5 6 Extremely" in pages.words(answer)
        assert answer.content.count(f'name="{name}"'.encode()) == 7


def test_nights_are_a_number_from_0_to_7(page, alice):
    browser = page(alice)
    answer_all(browser, until=7)

    assert "0 No night 1 2 3 4 5 6 7 Every night" in pages.words(browser.get(question(8)))


def test_weakness_comes_last_and_its_page_says_when_to_get_help(page, alice):
    browser = page(alice)
    answer_all(browser, until=COUNT - 1)

    answer = browser.get(question(COUNT))

    assert pages.heading(answer) == "Is your leg or foot weak?"
    assert "No Yes, the same as last week Yes, new or worse" in pages.words(answer)
    assert '<a href="/help/">Get help now</a>' in answer.content.decode()


def test_no_answer_is_chosen_beforehand(page, alice):
    makers.weekly_check(alice, now=makers.NOON - timedelta(days=7))
    browser = page(alice)
    answer_all(browser, until=COUNT - 1)

    for number in range(1, COUNT + 1):
        body = browser.get(question(number)).content.decode()
        assert "checked" not in body
        assert "selected" not in body


@pytest.mark.parametrize("name", [name for name in NAMES if name not in ALWAYS_SAID])
def test_whoever_would_rather_not_say_stores_that_and_no_0(page, alice, name):
    answer_all(page(alice), **{name: pages.DECLINED})

    check = WeeklyCheck.objects.get()
    assert getattr(check, name) is None
    assert all(str(getattr(check, other)) == ANSWERS[other] for other in NAMES if other != name)


def test_it_is_offered_not_to_say_wherever_that_is_possible_and_only_there(page, alice):
    browser = page(alice)
    answer_all(browser, until=COUNT - 1)

    for number, name in enumerate(NAMES, start=1):
        is_offered = "I'd rather not say" in pages.words(browser.get(question(number)))
        assert is_offered is (name not in ALWAYS_SAID)


@pytest.mark.parametrize("name", ALWAYS_SAID)
def test_what_the_rules_listen_to_cannot_be_left_out(page, alice, name):
    browser = page(alice)
    number = NAMES.index(name) + 1
    record_id, _ = answer_all(browser, until=number - 1)

    answer = browser.post(question(number), {"record_id": record_id, **pages.DECLINED})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {name: [NOT_AN_ANSWER]}
    assert not WeeklyCheck.objects.exists()


def test_new_weakness_leads_to_help_and_says_so_plainly(page, alice, plan):
    browser = page(alice)

    _, last = answer_all(browser, weakness="new_or_worse")

    assert last.url == "/help/"
    words = pages.words(browser.get(last.url))
    assert SAVED in words
    assert WEAKER in words
    assert "Get help fast if you have one of these signs." in words
    assert WeeklyCheck.objects.count() == 1


@pytest.mark.parametrize("weakness", ["none", "same"])
def test_weakness_that_is_not_new_leads_to_today(page, alice, plan, weakness):
    browser = page(alice)

    _, last = answer_all(browser, weakness=weakness)

    assert last.url == "/"
    assert WEAKER not in pages.words(browser.get(last.url))


@pytest.mark.parametrize("groc", ["much_worse", "very_much_worse"])
def test_whoever_is_much_worse_is_told_who_sees_it_and_where_help_is(page, alice, plan, groc):
    browser = page(alice)

    _, last = answer_all(browser, groc=groc)

    assert last.url == "/"
    today = browser.get(last.url)
    assert "Your care team will see this when they look next. Nobody watches this site live." in pages.words(
        today
    )
    assert "<a href='/help/'>get help now</a>" in today.content.decode()


@pytest.mark.parametrize("groc", ["very_much_better", "the_same", "a_little_worse"])
def test_others_are_thanked_and_no_more(page, alice, plan, groc):
    browser = page(alice)

    _, last = answer_all(browser, groc=groc)

    assert "We are sorry" not in pages.words(browser.get(last.url))


def test_what_is_said_at_the_end_is_easy_to_read():
    for sentences in (SAVED, WEAKER, MUCH_WORSE.replace("<a href='{}'>", "").replace("</a>", "")):
        assert grade(sentences) <= 6


def test_sending_the_last_answer_twice_stores_one_check_and_leads_to_the_same_page(page, alice):
    browser = page(alice)
    record_id, first = answer_all(browser, weakness="new_or_worse")

    second = browser.post(question(COUNT), {"record_id": record_id, "weakness": "new_or_worse"})

    assert first.url == second.url == "/help/"
    assert WeeklyCheck.objects.count() == 1


@pytest.mark.parametrize("values", [{"nights_broken": "2"}, pages.DECLINED])
def test_another_answer_from_a_second_window_is_not_lost_unsaid(page, alice, values):
    browser = page(alice)
    record_id, _ = answer_all(browser)
    browser.get("/")

    other = browser.post(question(8), {"record_id": record_id, **values}, follow=True)

    assert "You sent this check before, with another answer." in other.content.decode()
    assert SAVED not in other.content.decode()
    assert pages.hidden(other, "record_id") != record_id


def test_an_answer_that_was_declined_can_be_sent_twice(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser, nights_broken=pages.DECLINED)

    again = browser.post(question(8), {"record_id": record_id, **pages.DECLINED})

    assert again.url == "/"
    assert WeeklyCheck.objects.count() == 1


def test_going_back_changes_an_answer(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser, until=COUNT - 1)
    assert f'href="{question(2)}"' in browser.get(question(3)).content.decode()
    assert 'href="/"' in browser.get(question(1)).content.decode()

    again = browser.post(question(2), {"record_id": record_id, "bother_leg_pain": "0"})
    assert again.url == question(COUNT)  # all between are answered
    browser.post(question(COUNT), {"record_id": record_id, "weakness": "none"})

    assert WeeklyCheck.objects.get().bother_leg_pain == 0


def test_no_question_is_jumped_over(page, alice):
    browser = page(alice)

    assert browser.get(question(3)).url == question(1)
    sent = browser.post(question(9), {"record_id": str(uuid4()), "weakness": "none"})

    assert sent.url == question(1)
    assert not WeeklyCheck.objects.exists()


@pytest.mark.parametrize("number", ["0", "99", "x", "-1", "²"])
def test_a_question_that_does_not_exist_is_the_nearest_one(page, alice, number):
    assert page(alice).get(question(number), follow=True).status_code == 200


def test_answers_begun_before_midnight_are_not_lost_and_are_about_that_day(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser, until=COUNT - 1)

    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        browser.post(question(COUNT), {"record_id": record_id, "weakness": "none"})

    assert WeeklyCheck.objects.get().recorded_on == makers.NOON.date()


def test_answers_begun_the_day_before_yesterday_are_asked_anew(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser, until=COUNT - 1)

    with time_machine.travel(makers.NOON + timedelta(days=2), tick=False):
        assert browser.get(question(COUNT)).url == question(1)
        browser.post(question(COUNT), {"record_id": record_id, "weakness": "none"})

    assert not WeeklyCheck.objects.exists()


def test_the_daily_and_the_weekly_check_keep_their_answers_apart(page, alice):
    browser = page(alice)
    answer_all(browser, until=3)

    daily = pages.hidden(browser.get("/check/"), "record_id")
    browser.post("/check/?question=1", {"record_id": daily, "worst_leg_pain": "4"})

    assert "Question 4 of 9" in pages.words(browser.get(question(4)))
    assert "Question 2 of 3" in pages.words(browser.get("/check/?question=2"))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("groc", NOT_AN_ANSWER),
        ("bother_sitting", NOT_A_BOTHER),
        ("sitting_before_pain", NOT_AN_ANSWER),
        ("nights_broken", NOT_A_NUMBER_OF_NIGHTS),
        ("weakness", NOT_AN_ANSWER),
    ],
)
@pytest.mark.parametrize("given", ["x", "-1", "8", "3.5", "", None])
def test_a_wrong_answer_gets_one_sentence_and_stores_nothing(page, alice, name, sentence, given):
    browser = page(alice)
    number = NAMES.index(name) + 1
    record_id, _ = answer_all(browser, until=number - 1)

    answer = browser.post(
        question(number), {"record_id": record_id} | ({} if given is None else {name: given})
    )

    assert answer.status_code == 422
    assert answer.context["form"].errors == {name: [sentence]}
    body = answer.content.decode()
    assert f'id="id_{name}_error"' in body
    assert f'href="#id_{name}_0"' in body
    assert f'id="id_{name}_0"' in body
    assert not WeeklyCheck.objects.exists()


@pytest.mark.parametrize("record_id", ["", "x", None])
def test_a_page_without_its_id_says_that_it_is_out_of_date(page, alice, record_id):
    values = {"groc": "the_same"} | ({} if record_id is None else {"record_id": record_id})
    answer = page(alice).post(URL, values)

    assert answer.status_code == 422
    assert answer.context["form"].errors == {"record_id": [OUT_OF_DATE]}
    assert OUT_OF_DATE in pages.words(answer)


def test_an_id_that_somebody_else_has_used_stores_nothing(page, alice, dora):
    theirs = makers.weekly_check(dora)
    browser = page(alice)
    for number, name in enumerate(NAMES, start=1):
        answer = browser.post(question(number), {"record_id": str(theirs.pk), name: ANSWERS[name]})

    assert answer.status_code == 422
    assert WeeklyCheck.objects.get() == theirs


@pytest.mark.parametrize(("days_ago", "is_answered"), [(0, True), (6, True), (7, False)])
def test_a_week_that_is_answered_says_so_and_when_the_next_one_is(page, alice, days_ago, is_answered):
    makers.weekly_check(alice, now=makers.NOON - timedelta(days=days_ago))

    answer = page(alice).get(URL)

    assert (pages.heading(answer) == "You have done this week's check.") is is_answered
    if days_ago == 6:
        assert "The next one is on Saturday 21 November." in pages.words(answer)


def test_a_week_can_be_answered_again_and_both_answers_are_kept(page, alice):
    makers.weekly_check(alice)

    answer_all(page(alice), url=f"{URL}?again=1")

    assert sorted(WeeklyCheck.objects.values_list("groc", flat=True)) == ["a_little_better", "the_same"]


def test_the_page_is_for_patients_who_are_signed_in(page, client, bob):
    assert client.get(URL).url.startswith("/account/login/")
    assert page(bob).get(URL).status_code == 403


def test_the_look_is_written_down(page, alice):
    page(alice).get(URL)

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, "logbook:weekly_check")


def test_a_question_asks_for_the_same_rows_however_long_the_record(page, alice, django_assert_num_queries):
    browser = page(alice)
    with django_assert_num_queries(5):
        browser.get(URL)
    for weeks in range(1, 6):
        makers.weekly_check(alice, now=makers.NOON - timedelta(days=7 * weeks))

    with django_assert_num_queries(5):
        browser.get(URL)


def test_every_question_is_easy_to_read(page, alice):
    browser = page(alice)
    answer_all(browser, until=COUNT - 1)
    for number in range(1, COUNT + 1):
        assert grade(pages.prose(browser.get(question(number)))) <= 6


def test_new_weakness_leads_to_help_even_where_the_other_answers_are_gone(page, alice):
    answer = page(alice).post(
        "/weekly/?question=9", {"record_id": str(uuid4()), "weakness": "new_or_worse"}, follow=True
    )

    assert answer.redirect_chain[-1][0] == "/help/"
    assert "Please get help now." in pages.words(answer)
    assert "Your weekly check is not saved yet." in pages.words(answer)
