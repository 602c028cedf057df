"""The page on which a patient answers a check-in."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse

from programs.accounts.models import AuditEvent
from programs.monitoring.models import CheckIn, Flag
from tests import makers, pages
from tests.readability import grade

NOON = makers.NOON
A_BIT_HIGHER = [*[4] * 40, 5, 6, 6, 6]
VERY_HIGH = [*[6] * 40, 9, 9]

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]


@pytest.fixture
def asked(alice, bob) -> CheckIn:
    makers.daily_checks(alice, A_BIT_HIGHER)
    return CheckIn.objects.get()


def path(check_in: CheckIn) -> str:
    return reverse("monitoring:check_in", args=[check_in.pk])


def test_it_asks_with_the_patients_own_scores(page, alice, asked):
    answer = page(alice).get(path(asked))
    words = pages.words(answer)
    assert pages.heading(answer) == "Your scores look a bit higher than your usual this week."
    assert "your leg pain was 5, 6, 6 and 6. Your usual is about 4." in words
    for question in ("Did something change?", "Is it harder to cope?", "Does it stop you doing"):
        assert question in words
    assert 'checked="' not in answer.text
    assert " checked" not in answer.text


def test_an_answer_is_kept_with_thanks(page, alice, asked):
    browser = page(alice)
    answer = browser.post(
        path(asked), {"answer": "changed", "is_harder_to_cope": "no", "stops_usual_things": "not_said"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/")
    asked.refresh_from_db()
    assert (asked.answer, asked.is_harder_to_cope, asked.stops_usual_things, asked.answered_at) == (
        "changed",
        False,
        None,
        NOON,
    )
    words = pages.words(browser.get("/"))
    assert "Thank you. Your care team can read this when they look next." in words
    assert "If you are worried" not in words
    assert not Flag.objects.exists()


@pytest.mark.parametrize("question", ["is_harder_to_cope", "stops_usual_things"])
def test_who_finds_it_hard_is_told_that_nobody_watches(page, alice, asked, question):
    browser = page(alice)
    browser.post(path(asked), {"answer": "not_changed", question: "yes"})
    assert "Nobody watches this site live. If you are worried, get help" in pages.words(browser.get("/"))


def test_the_two_further_questions_may_be_left_out(page, alice, asked):
    assert page(alice).post(path(asked), {"answer": "not_changed"}).status_code == 302
    asked.refresh_from_db()
    assert (asked.is_harder_to_cope, asked.stops_usual_things) == (None, None)


def test_the_first_answer_stays(page, alice, asked):
    browser = page(alice)
    for answer in ("changed", "not_changed"):
        assert browser.post(path(asked), {"answer": answer}).status_code == 302
    asked.refresh_from_db()
    assert asked.answer == "changed"


def test_another_answer_from_a_second_window_is_not_thanked_for(page, alice, asked):
    browser = page(alice)
    for _ in range(2):
        again = browser.post(path(asked), {"answer": "not_changed"})
        assert "Thank you." in pages.words(browser.get(again.url))
    another = browser.post(path(asked), {"answer": "changed"})
    assert "You have answered this before. Your first answer stays." in pages.words(browser.get(another.url))


@pytest.mark.parametrize("is_superseded", [True, False])
def test_what_is_over_is_not_asked(page, alice, asked, is_superseded):
    if is_superseded:
        CheckIn.objects.update(superseded_at=makers.NOON)
    else:
        CheckIn.objects.update(opened_at=makers.NOON - timedelta(days=7))
    answer = page(alice).get(path(asked))
    assert pages.heading(answer) == "This question is over."
    assert "Did something change?" not in pages.words(answer)


def test_answered_it_says_thank_you_and_asks_no_more(page, alice, asked):
    browser = page(alice)
    browser.post(path(asked), {"answer": "changed"})
    answer = browser.get(path(asked))
    assert pages.heading(answer) == "Thank you. You have answered this."
    assert "Did something change?" not in pages.words(answer)


@pytest.mark.parametrize(
    "form",
    [{}, {"answer": "perhaps"}, {"answer": "changed", "is_harder_to_cope": "1"}],
)
def test_without_a_good_answer_it_says_so_and_nothing_is_stored(page, alice, asked, form):
    answer = page(alice).post(path(asked), form)
    assert answer.status_code == 422
    assert answer.text.count("Choose one of the answers.") == 2
    asked.refresh_from_db()
    assert asked.answer == ""


def test_what_was_chosen_is_not_lost(page, alice, asked):
    answer = page(alice).post(path(asked), {"stops_usual_things": "yes"})
    assert answer.status_code == 422
    assert answer.text.count(" checked") == 1


def test_very_high_pain_leads_to_the_warning_signs_before_the_question(page, alice, bob):
    makers.daily_checks(alice, VERY_HIGH)
    answer = page(alice).get(path(CheckIn.objects.get(rule="W5")))
    words = pages.words(answer)
    assert pages.heading(answer) == "Your leg pain has been very high."
    assert words.index("Please look at the warning signs first.") < words.index("Did something change?")


@pytest.mark.parametrize("legs", [A_BIT_HIGHER, VERY_HIGH])
def test_it_is_easy_to_read(page, alice, bob, legs):
    makers.daily_checks(alice, legs)
    assert grade(pages.prose(page(alice).get(path(CheckIn.objects.all()[0])))) <= 6


def test_the_look_is_written_down(page, alice, asked):
    page(alice).get(path(asked))
    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, "monitoring:check_in")


def test_it_costs_few_queries(page, alice, asked, django_assert_num_queries):
    browser = page(alice)
    with django_assert_num_queries(6):
        browser.get(path(asked))


def test_it_is_the_patients_own_and_nobody_elses(page, bob, charlie, dora, asked):
    for person in (bob, charlie, dora):
        assert page(person).get(path(asked)).status_code == 404
        assert page(person).post(path(asked), {"answer": "changed"}).status_code == 404
    asked.refresh_from_db()
    assert asked.answer == ""
    assert not AuditEvent.objects.exists()


def test_an_unknown_one_is_not_there(page, alice):
    assert page(alice).get(reverse("monitoring:check_in", args=[uuid4()])).status_code == 404


def test_signed_out_leads_to_the_sign_in_page(client, asked):
    assert client.get(path(asked))["Location"].startswith("/account/login/")
