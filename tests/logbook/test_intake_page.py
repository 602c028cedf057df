"""About your pain: one question a page, then every answer once more, and only then is it sent."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.accounts.models import AuditEvent
from programs.logbook.actions import GOAL_TOO_LONG, NOT_A_PAIN_SCORE, NOT_A_PLACE, NOT_AN_ANSWER
from programs.logbook.forms.answer_fields import NO_PLACE, NO_SYMPTOM, PLACE_AND_NOWHERE, SYMPTOM_AND_NONE
from programs.logbook.forms.intake import NOT_TO_BE_SAVED
from programs.logbook.forms.records import OUT_OF_DATE
from programs.logbook.models import Intake
from programs.logbook.views.intake import SENT
from programs.monitoring.models import Flag
from programs.safety.models import ScreeningRequest
from tests import makers, pages
from tests.readability import grade

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

URL, REVIEW = "/about-your-pain/", "/about-your-pain/check/"
ANSWERS = {
    "side": "right",
    "places": ["right_calf", "right_buttock", "left_low_back"],
    "reach": "4",
    "leg_pain": "6",
    "back_pain": "2",
    "symptoms": ["stiffness", "tingling"],
    "goal": "Walk to the shop.",
}
NAMES = list(ANSWERS)
MAY_DECLINE = ("leg_pain", "back_pain")
COUNT = len(ANSWERS)


def question(number):
    return f"{URL}?question={number}"


def answer_all(browser, until=COUNT, url=URL, **changes):
    answers = {name: changes.get(name, ANSWERS[name]) for name in NAMES[:until]}
    return pages.answer_questions(browser, url, answers)


def send(browser, record_id):
    return browser.post(REVIEW, {"record_id": record_id})


def test_seven_answers_lead_to_the_review_and_nothing_is_stored_before_they_are_sent(page, alice):
    browser = page(alice)

    record_id, last = answer_all(browser)
    assert last.url == REVIEW
    assert pages.heading(browser.get(REVIEW)) == "Is all of this right?"
    assert not Intake.objects.exists()

    sent = send(browser, record_id)

    intake = Intake.objects.get()
    assert str(intake.pk) == record_id
    assert (intake.patient, intake.clinic) == (alice, alice.memberships.get().clinic)
    assert (intake.side, intake.reach, intake.leg_pain, intake.back_pain) == ("right", 4, 6, 2)
    assert (intake.places_left, intake.places_right) == (["low_back"], ["buttock", "calf"])
    assert (intake.symptoms, intake.goal) == (["tingling", "stiffness"], "Walk to the shop.")
    assert intake.recorded_on == makers.NOON.date()
    assert sent.url == URL
    words = pages.words(browser.get(sent.url))
    assert words.startswith(f"{SENT} Your care team can read this about your pain.")
    assert "You told us on Friday 20 November." in words


def test_the_review_shows_every_answer_in_words_with_a_way_to_change_it(page, alice):
    browser = page(alice)
    answer_all(browser)

    answer = browser.get(REVIEW)

    words = pages.words(answer)
    for label, said in [
        ("Which leg", "Right leg"),
        ("Where you feel it", "Left: low back Right: buttock or back of the hip; calf, shin or ankle"),
        ("How far down the leg", "Calf, shin or ankle"),
        ("Worst leg pain", "6 out of 10"),
        ("Worst back pain", "2 out of 10"),
        ("Besides pain", "Tingling, or pins and needles Stiffness"),
        ("What you would like to do again", "Walk to the shop."),
    ]:
        assert f"{label} {said} Change: {label}" in words
    body = answer.content.decode()
    for number in range(1, COUNT + 1):
        assert f'href="{question(number)}"' in body
    assert "Send this to my care team" in words


def test_a_change_comes_straight_back_to_the_review(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser)

    again = browser.get(question(4))
    assert f'href="{REVIEW}"' in again.content.decode()
    assert "Your answer was: 6." in pages.words(again)
    changed = browser.post(question(4), {"record_id": record_id, "leg_pain": "8"})

    assert changed.url == REVIEW
    send(browser, record_id)
    intake = Intake.objects.get()
    assert (intake.leg_pain, intake.reach) == (8, 4)


def test_what_was_written_or_ticked_stands_there_when_it_is_changed(page, alice):
    browser = page(alice)
    answer_all(browser)

    assert ">\nWalk to the shop.</textarea>" in browser.get(question(7)).content.decode()
    ticks = browser.get(question(6)).content.decode()
    assert ticks.count(" checked") == 2


@pytest.mark.parametrize("name", MAY_DECLINE)
def test_whoever_would_rather_not_say_stores_that_and_no_0(page, alice, name):
    browser = page(alice)
    record_id, last = answer_all(browser, **{name: pages.DECLINED})
    assert "Not said" in pages.words(browser.get(last.url))

    send(browser, record_id)

    assert getattr(Intake.objects.get(), name) is None


def test_it_is_offered_not_to_say_wherever_that_is_possible_and_only_there(page, alice):
    browser = page(alice)
    answer_all(browser)

    for number, name in enumerate(NAMES, start=1):
        is_offered = "I'd rather not say" in pages.words(browser.get(question(number)))
        assert is_offered is (name in MAY_DECLINE)


def test_nowhere_and_none_of_these_and_no_goal_are_answers_too(page, alice):
    browser = page(alice)
    record_id, last = answer_all(browser, places="nowhere", reach="0", symptoms="none", goal="")

    words = pages.words(browser.get(last.url))
    assert "Where you feel it Nowhere Change" in words
    assert "Besides pain None of these Change" in words
    assert "What you would like to do again Not said Change" in words
    send(browser, record_id)
    intake = Intake.objects.get()
    assert (intake.places_left, intake.places_right, intake.symptoms, intake.goal) == ([], [], [], "")


@pytest.mark.parametrize(("side", "drawn"), [("left", "left"), ("right", "right"), ("both", "right")])
def test_how_far_down_is_drawn_on_the_leg_that_it_is(page, alice, side, drawn):
    browser = page(alice)
    answer_all(browser, until=2, side=side)

    body = browser.get(question(3)).content.decode()

    assert f"ladder-{drawn}" in body
    assert ("Think of the leg that is worse." in body) is (side == "both")


def test_the_answers_wait_where_they_were_left(page, alice):
    browser = page(alice)
    assert browser.get(URL).status_code == 200
    answer_all(browser, until=3)

    with time_machine.travel(makers.NOON + timedelta(hours=5), tick=False):
        assert browser.get(URL).url == question(4)
        assert browser.get(REVIEW).url == question(4)

    answer = browser.get(question(4))
    record_id = pages.hidden(answer, "record_id")
    for number, name in enumerate(NAMES[3:], start=4):
        browser.post(question(number), {"record_id": record_id, name: ANSWERS[name]})
    assert browser.get(URL).url == REVIEW


def test_answers_begun_before_midnight_are_not_lost_and_are_about_that_day(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser)

    with time_machine.travel(makers.NOON + timedelta(days=1), tick=False):
        send(browser, record_id)

    assert Intake.objects.get().recorded_on == makers.NOON.date()


def test_answers_begun_the_day_before_yesterday_are_asked_anew(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser)

    with time_machine.travel(makers.NOON + timedelta(days=2), tick=False):
        answer = browser.post(REVIEW, {"record_id": record_id}, follow=True)

    assert OUT_OF_DATE in pages.words(answer)
    assert pages.heading(answer) == "Which leg is it?"
    assert not Intake.objects.exists()


def test_no_question_is_jumped_over(page, alice):
    browser = page(alice)

    assert browser.get(question(3)).url == question(1)
    assert browser.get(REVIEW).url == URL
    sent = browser.post(question(7), {"record_id": str(uuid4()), "goal": "Run."})
    assert sent.url == question(1)
    assert not Intake.objects.exists()


def test_what_is_not_complete_cannot_be_sent(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser, until=COUNT - 1)

    assert send(browser, record_id).url == question(COUNT)
    assert not Intake.objects.exists()


def test_sending_twice_stores_once_and_leads_to_the_same_page(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser)

    first, second = send(browser, record_id), send(browser, record_id)

    assert first.url == second.url == URL
    assert Intake.objects.count() == 1


def test_another_answer_from_a_second_window_is_not_lost_unsaid(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser)
    send(browser, record_id)
    browser.get(URL)

    other = browser.post(question(4), {"record_id": record_id, "leg_pain": "9"}, follow=True)

    assert "You sent this check before, with another answer." in pages.words(other)
    assert pages.hidden(other, "record_id") != record_id


def test_it_can_be_answered_again_and_the_newest_counts(page, alice):
    makers.intake(alice, now=makers.NOON - timedelta(days=30), goal="Run again.")
    browser = page(alice)
    assert "Run again." in pages.words(browser.get(URL))

    record_id, _ = answer_all(browser, url=f"{URL}?again=1")
    send(browser, record_id)

    words = pages.words(browser.get(URL))
    assert "Walk to the shop." in words
    assert "Run again." not in words
    assert Intake.objects.count() == 2


@pytest.mark.parametrize(
    ("symptoms", "reasons"),
    [
        (["weakness"], {"weakness"}),
        (["numbness"], {"new_place"}),
        (["weakness", "numbness", "cramps"], {"weakness", "new_place"}),
        (["tingling", "cramps", "stiffness"], set()),
    ],
)
def test_weakness_or_numbness_has_the_safety_questions_asked_anew_and_points_to_the_signs(
    page, alice, plan, symptoms, reasons
):
    browser = page(alice)
    record_id, last = answer_all(browser, symptoms=symptoms)
    review = browser.get(last.url)

    after = browser.get(send(browser, record_id).url)

    asked = ScreeningRequest.objects.open().filter(patient=alice)
    assert set(asked.values_list("reason", flat=True)) == reasons
    for shown in (review, after):
        assert ("Please look at the warning signs." in pages.words(shown)) is bool(reasons)
    assert ('<a class="tap" href="/help/">See the warning signs' in after.content.decode()) is bool(reasons)


def test_very_bad_pain_in_both_legs_points_to_the_signs_too(page, alice, plan):
    browser = page(alice)
    record_id, last = answer_all(browser, leg_pain="10", side="both", symptoms=["tingling"])
    review = browser.get(last.url)

    after = browser.get(send(browser, record_id).url)

    asked = ScreeningRequest.objects.open().filter(patient=alice)
    assert set(asked.values_list("reason", flat=True)) == {"severe_pain", "new_place"}
    for shown in (review, after):
        assert "Please look at the warning signs." in pages.words(shown)
        assert "You ticked" not in pages.words(shown)


def test_it_feeds_no_rule(page, alice, plan):
    browser = page(alice)
    record_id, _ = answer_all(browser, leg_pain="10", back_pain="10", side="both")
    send(browser, record_id)

    assert not Flag.objects.exists()
    assert not alice.dailychecks.exists()


BAD = [
    *(("side", given, NOT_AN_ANSWER) for given in ("x", "", "LEFT")),
    *(("places", given, NOT_A_PLACE) for given in ("x", ["right_calf", "right_ear"], "calf", "😀")),
    ("places", [], NO_PLACE),
    ("places", ["right_calf", "nowhere"], PLACE_AND_NOWHERE),
    *(("reach", given, NOT_A_PLACE) for given in ("", "6", "-1", "x", "4.5")),
    *(("leg_pain", given, NOT_A_PAIN_SCORE) for given in ("", "11", "-1", "x", "3.5", "9" * 40)),
    *(("back_pain", given, NOT_A_PAIN_SCORE) for given in ("", "11")),
    *(("symptoms", given, NOT_AN_ANSWER) for given in ("x", ["tingling", "fever"])),
    ("symptoms", [], NO_SYMPTOM),
    ("symptoms", ["tingling", "none"], SYMPTOM_AND_NONE),
    ("goal", "w" * 301, GOAL_TOO_LONG),
    ("goal", "walk\x00run", NOT_TO_BE_SAVED),
]


@pytest.mark.parametrize(("name", "given", "sentence"), BAD)
def test_a_wrong_answer_gets_one_sentence_and_stores_nothing(page, alice, name, given, sentence):
    browser = page(alice)
    number = NAMES.index(name) + 1
    record_id, _ = answer_all(browser, until=number - 1)
    kept = dict(browser.session)

    answer = browser.post(question(number), {"record_id": record_id, name: given})

    assert answer.status_code == 422
    assert answer.context["form"].errors == {name: [sentence]}
    assert f'id="id_{name}_error"' in answer.content.decode()
    assert sentence in pages.words(answer)
    assert dict(browser.session) == kept


def test_300_letters_are_not_too_many_and_are_shown_as_they_were_written(page, alice):
    browser = page(alice)
    record_id, last = answer_all(browser, goal="<b>" + "w" * 297)

    assert "&lt;b&gt;www" in browser.get(last.url).content.decode()
    send(browser, record_id)
    assert len(Intake.objects.get().goal) == 300


@pytest.mark.parametrize("values", [{}, {"record_id": ""}, {"record_id": "x"}])
def test_a_review_without_its_id_says_that_it_is_out_of_date(page, alice, values):
    browser = page(alice)
    answer_all(browser)

    answer = browser.post(REVIEW, values)

    assert answer.status_code == 422
    assert OUT_OF_DATE in pages.words(answer)
    assert not Intake.objects.exists()


def test_the_id_of_another_draft_sends_nothing(page, alice):
    browser = page(alice)
    answer_all(browser)

    answer = browser.post(REVIEW, {"record_id": str(uuid4())}, follow=True)

    assert OUT_OF_DATE in pages.words(answer)
    assert pages.heading(answer) == "Is all of this right?"
    assert not Intake.objects.exists()


def test_an_id_that_somebody_else_has_used_stores_nothing_and_shows_nothing_of_it(page, alice, dora):
    theirs = makers.intake(dora, goal="Dance with my son.")
    browser = page(alice)
    for number, name in enumerate(NAMES, start=1):
        browser.post(question(number), {"record_id": str(theirs.pk), name: ANSWERS[name]})

    answer = browser.post(REVIEW, {"record_id": str(theirs.pk)})

    assert answer.status_code == 422
    assert "Dance with my son." not in pages.words(answer)
    assert Intake.objects.get() == theirs


@pytest.mark.parametrize("url", [URL, REVIEW])
def test_the_pages_are_for_patients_who_are_signed_in(page, client, bob, url):
    for method in ("get", "post"):
        assert getattr(client, method)(url).url.startswith("/account/login/")
        assert getattr(page(bob), method)(url).status_code == 403


def test_each_look_is_written_down(page, alice):
    browser = page(alice)
    answer_all(browser)
    AuditEvent.objects.all().delete()

    browser.get(URL + "?question=1")
    browser.get(REVIEW)

    looks = AuditEvent.objects.filter(actor=alice, patient=alice).values_list("door", flat=True)
    assert set(looks) == {"logbook:intake", "logbook:intake_review"}


def test_the_pages_ask_for_the_same_rows_however_often_it_was_answered(
    page, alice, django_assert_num_queries
):
    browser = page(alice)
    answer_all(browser)
    with django_assert_num_queries(4):
        browser.get(question(4))
    with django_assert_num_queries(5):
        browser.get(REVIEW)
    browser.session.flush()
    browser = page(alice)
    makers.intake(alice)
    with django_assert_num_queries(7):
        browser.get(URL)
    for months in range(1, 5):
        makers.intake(alice, now=makers.NOON - timedelta(days=30 * months))
    with django_assert_num_queries(7):
        browser.get(URL)


def test_every_page_is_easy_to_read(page, alice):
    browser = page(alice)
    record_id, _ = answer_all(browser, symptoms=["weakness"])
    for number in range(1, COUNT + 1):
        assert grade(pages.prose(browser.get(question(number)))) <= 6
    assert grade(pages.prose(browser.get(REVIEW))) <= 6
    send(browser, record_id)
    assert grade(pages.prose(browser.get(URL))) <= 6


def test_what_was_bad_weeks_ago_is_not_said_as_if_it_were_so_now(page, alice):
    makers.intake(alice, leg_pain=10)
    warning = "Your pain is very bad, or in a new place."
    assert warning in pages.words(page(alice).get(URL))

    with time_machine.travel(makers.NOON + timedelta(days=30), tick=False):
        words = pages.words(page(alice).get(URL))

    assert warning not in words
    assert "10" in words
