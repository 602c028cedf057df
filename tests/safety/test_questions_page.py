"""The safety questions that are due, page by page."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from programs.accounts.models import AuditEvent, Clinic
from programs.monitoring.models import Flag, Level
from programs.safety.actions import request_screening
from programs.safety.forms import NOT_ANSWERED, NOT_READ, OUT_OF_DATE
from programs.safety.models import Condition, SafetyLock, Screening, ScreeningAnswer
from programs.safety.queries import exclusion_questions
from tests import makers, pages
from tests.readability import grade
from tests.safety.asking import URL, answer_all, answer_page, asked, sent

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

NOON = makers.NOON
GET_QUERIES = 8  # session, person, memberships; what is due: 2; the set under way, both legs known, the look
POST_QUERIES = 19


def stored(screening=None):
    rows = ScreeningAnswer.objects.filter(screening=screening or Screening.objects.get())
    return {row.question: row.answer for row in rows.order_by("answered_at", "id")}


# --- the first time ---


def test_the_first_time_everything_is_asked_a_few_questions_a_page(page, alice):
    browser, reply, seen = page(alice), None, []
    address = URL
    for number in range(1, 9):
        form = browser.get(address)
        assert f"Part {number} of 8" in pages.words(form)
        assert 0 < len(asked(form)) <= 6
        seen += asked(form)
        reply = browser.post(address, sent(form))
        address = reply.url

    assert reply.url == "/"
    assert [each for each in seen if each.startswith("RF")][:3] == ["RF01", "RF02", "RF03"]
    assert {f"RF{number:02}" for number in range(1, 22)} <= set(seen)
    assert {row.slug for row in exclusion_questions()} <= set(seen)
    screening = Screening.objects.get()
    assert screening.kind == "first"
    assert screening.completed_at == NOON
    assert set(stored().values()) == {"no"}


def test_the_first_page_says_why_and_how_long(page, alice):
    form = page(alice).get(URL)

    assert pages.heading(form) == "How is it between your legs, and on the toilet?"
    assert "Your answers help us know when you should see someone first." in pages.words(form)
    assert "not yet checked by a clinician" in pages.words(form)
    assert "Nobody watches this live. In an emergency, call" in form.content.decode()


def test_no_answer_is_chosen_beforehand(page, alice):
    assert " checked>" not in page(alice).get(URL).content.decode()


def test_only_the_question_about_sex_can_be_skipped_and_the_signs_are_shown_then(page, alice, clinic):
    Clinic.objects.update(emergency_number="999")
    browser = page(alice)
    assert browser.get(URL).content.decode().count('value="skipped"') == 1

    reply = answer_page(browser, RF06="skipped")

    words = pages.words(browser.get(reply.url))
    assert "You skipped a question. Call 999 if one of these is so" in words
    assert "you have lost feeling during sex" in words
    assert stored()["RF06"] == "skipped"


def test_after_the_last_page_nobody_is_told_that_all_is_well(page, alice):
    browser = page(alice)

    answer_all(browser)

    words = pages.words(browser.get("/"))
    assert "A list of questions can miss things. If you are worried, get help." in words
    assert "safe" not in words.lower().replace("safety", "")


def test_each_page_is_stored_when_it_is_sent_so_that_leaving_loses_nothing(page, alice):
    answer_page(page(alice))

    screening = Screening.objects.get()
    assert set(stored()) == {f"RF0{number}" for number in range(1, 7)}
    assert screening.completed_at is None

    again = page(alice).get(URL)  # on another device, too
    assert pages.hidden(again, "record_id") == str(screening.pk)
    assert pages.heading(again) == "How are your legs?"


def test_what_is_missing_is_asked_for_and_what_was_answered_stays(page, alice):
    browser = page(alice)
    form = browser.get(URL)
    values = sent(form)
    del values["RF02"]

    reply = browser.post(URL, values)

    assert reply.status_code == 422
    assert pages.words(reply).count(NOT_ANSWERED) == 2  # in the summary, and at the question
    assert reply.content.decode().count(" checked>") == 5
    assert "RF02" not in stored()
    assert len(stored()) == 5


def test_a_yes_to_an_emergency_ends_the_questions_at_once(page, alice, bob):
    browser = page(alice)

    reply = answer_page(browser, RF01="yes")

    assert reply.url == "/safety/help-now/"
    assert SafetyLock.objects.get().level == "emergency"
    assert Flag.objects.get().level == Level.EMERGENCY
    assert pages.heading(browser.get(reply.url)) == "Get medical help now."


def test_an_emergency_counts_even_where_another_question_of_the_page_is_open(page, alice):
    browser = page(alice)
    values = sent(browser.get(URL), RF03="yes")
    del values["RF04"]

    assert browser.post(URL, values).url == "/safety/help-now/"


def test_not_sure_counts_as_yes_where_it_may_be_an_emergency(page, alice):
    browser = page(alice)

    reply = answer_page(browser, RF05="not_sure")

    assert reply.url == "/safety/help-now/"
    assert "You are not sure, so it is best to have it checked." in pages.words(browser.get(reply.url))


def test_what_is_asked_on_top_comes_right_after(page, alice):
    makers.screened(alice, NOON - timedelta(days=20))
    browser = page(alice)
    answer_page(browser)
    form = browser.get(URL)
    assert pages.heading(form) == "How are your legs?"

    reply = browser.post(URL, sent(form, RF07="yes"))

    closer = browser.get(reply.url)
    assert pages.heading(closer) == "How are your legs?"
    assert asked(closer) == ["RF07a"]


def test_both_legs_that_are_old_and_checked_ask_for_a_visit_and_are_remembered(page, alice):
    browser = page(alice)
    answer_page(browser)
    reply = browser.post(URL, sent(browser.get(URL), RF07="yes"))
    reply = browser.post(reply.url, sent(browser.get(reply.url), RF07a="yes"))
    form = browser.get(reply.url)
    assert asked(form) == ["RF07b"]
    assert "Since when?" in pages.words(form)

    browser.post(reply.url, sent(form, RF07b="yes", since="last winter"))

    known = Condition.objects.get()
    assert (known.slug, known.is_checked_by_clinician, known.since) == (
        Condition.BILATERAL,
        True,
        "last winter",
    )
    assert not SafetyLock.objects.open().exists()
    assert answer_all(browser).url == "/safety/soon/"


def test_an_urgent_answer_lets_the_other_questions_be_asked_before_it_is_said(page, alice):
    browser = page(alice)

    reply = answer_all(browser, RF13="yes")

    assert reply.url == "/safety/see-someone/"
    assert Screening.objects.get().completed_at == NOON
    words = pages.words(browser.get(reply.url))
    assert "Do not rub, stretch or exercise this leg until you have been checked." in words


def test_what_rules_exercises_out_is_said_in_the_end(page, alice):
    browser = page(alice)

    reply = answer_all(browser, pregnancy="yes")

    assert reply.url == "/safety/ask-first/"
    words = pages.words(browser.get(reply.url))
    assert "Please ask your doctor or midwife before you start." in words
    assert Condition.objects.get().slug == "pregnancy"


def test_going_back_shows_what_was_answered_and_another_answer_is_kept_beside_it(page, alice):
    browser = page(alice)
    reply = answer_page(browser)
    back = f"{reply.url}&part=1"
    assert back in browser.get(reply.url).content.decode().replace("&amp;", "&")

    form = browser.get(back)
    assert form.content.decode().count(" checked>") == 6
    browser.post(back, sent(form, RF06="skipped"))

    rows = ScreeningAnswer.objects.filter(question="RF06").order_by("answered_at", "id")
    assert {row.answer for row in rows} == {"no", "skipped"}
    assert ScreeningAnswer.objects.count() == 7


# --- later ---


def test_once_a_week_the_weekly_questions_are_asked(page, alice):
    makers.screened(alice, NOON - timedelta(days=7))
    browser = page(alice)

    reply = answer_all(browser)

    screening = Screening.objects.get(kind="weekly")
    assert screening.completed_at == NOON
    assert "RF09" not in screening.questions
    assert reply.url == "/"


def test_a_full_set_says_why_it_is_asked(page, clinic, alice):
    makers.screened(alice, NOON - timedelta(days=1))
    request_screening(clinic=clinic, patient=alice, reason="weakness", now=NOON)

    form = page(alice).get(URL)

    assert "You told us about new weakness." in pages.words(form)
    assert "Part 1 of 5" in pages.words(form)


def test_what_stands_open_is_asked_again_alone_and_a_day_later_a_no_ends_it(page, alice):
    makers.screened(alice, NOON - timedelta(days=2))
    makers.answered(alice, at=NOON - timedelta(hours=25), RF13="yes")
    browser = page(alice)

    form = browser.get(URL)
    assert pages.heading(form) == "How is it now?"
    assert asked(form) == ["RF13"]
    browser.post(URL, sent(form))

    assert SafetyLock.objects.get().ending == "answered_no"


def test_without_anything_due_it_leads_back(page, alice):
    makers.screened(alice, NOON)

    assert page(alice).get(URL).url == "/"


def test_a_page_sent_twice_is_stored_once(page, alice):
    browser = page(alice)
    values = sent(browser.get(URL))
    browser.post(URL, values)

    assert browser.post(URL, values).status_code == 302
    assert ScreeningAnswer.objects.count() == 6


def test_a_page_that_waited_while_all_was_answered_elsewhere_is_still_stored(page, alice):
    browser = page(alice)
    waiting = sent(browser.get(URL), RF05="yes")
    makers.screened(alice, NOON)

    assert browser.post(URL, waiting).url == "/safety/help-now/"
    assert SafetyLock.objects.get().level == "emergency"


# --- bad input ---


def test_what_cannot_be_read_is_kept_flagged_and_asked_once_more(page, alice, bob):
    browser = page(alice)

    reply = browser.post(URL, sent(browser.get(URL), RF01="maybe"))

    assert reply.status_code == 422
    assert NOT_READ in pages.words(reply)
    kept = ScreeningAnswer.objects.get(answer="unreadable")
    assert (kept.question, kept.raw) == ("RF01", '"maybe"')
    assert Flag.objects.get().level == Level.URGENT


@pytest.mark.parametrize(
    "values",
    [
        {"record_id": "x"},
        {"record_id": ""},
        {"kind": "x"},
        {"kind": ""},
        {"asked": ""},
        {"asked": "nothing-of-ours"},
    ],
    ids=["no id", "empty id", "no kind", "empty kind", "asks nothing", "asks what is unknown"],
)
def test_a_page_that_belongs_nowhere_is_refused_in_a_sentence(page, alice, values):
    browser = page(alice)

    reply = browser.post(URL, sent(browser.get(URL)) | values)

    assert reply.status_code == 422
    assert not Screening.objects.exists()
    if values.get("asked") is None:
        assert OUT_OF_DATE in pages.words(reply)


def test_an_id_of_somebody_elses_set_writes_nothing_into_it(page, alice, dora):
    theirs = makers.screened(dora, NOON)
    before = theirs.answers.count()
    browser = page(alice)

    browser.post(URL, sent(browser.get(URL)) | {"record_id": str(theirs.pk)})

    assert theirs.answers.count() == before
    assert Screening.objects.filter(patient=alice).count() == 1


@pytest.mark.parametrize("address", ["?part=0", "?part=9", "?part=x", "?part=²", "?set=x"])
def test_a_number_that_cannot_be_shows_what_is_next(page, alice, address):
    assert pages.heading(page(alice).get(f"{URL}{address}")) == (
        "How is it between your legs, and on the toilet?"
    )


def test_somebody_elses_set_is_not_gone_on_with(page, alice, dora):
    theirs = makers.answered(dora, kind="again", RF13="no").screening
    Screening.objects.filter(pk=theirs.pk).update(completed_at=None)

    form = page(alice).get(f"{URL}?set={theirs.pk}")

    assert pages.hidden(form, "record_id") != str(theirs.pk)
    assert pages.hidden(form, "kind") == "first"


# --- who, and at what cost ---


def test_others_do_not_open_it(page, bob, client):
    assert page(bob).get(URL).status_code == 403
    assert client.get(URL).url == f"/account/login/?next={URL}"


def test_looking_is_written_down(page, alice):
    page(alice).get(URL)

    look = AuditEvent.objects.get()
    assert (look.actor, look.patient, look.door) == (alice, alice, "safety:questions")


@pytest.mark.parametrize("before", [1, 4])
def test_it_costs_the_same_however_often_it_was_answered(page, alice, before, django_assert_num_queries):
    for back in range(before):
        makers.answered(alice, at=NOON - timedelta(days=20 + back), kind="first", RF18="yes", RF18a="no")
    browser = page(alice)

    with django_assert_num_queries(GET_QUERIES):
        form = browser.get(URL)
    with django_assert_num_queries(POST_QUERIES):
        browser.post(URL, sent(form))


def test_every_page_is_easy_to_read(page, alice):
    browser, address = page(alice), URL
    for _ in range(8):
        form = browser.get(address)
        assert grade(pages.prose(form)) <= 6
        address = browser.post(address, sent(form)).url


def test_a_day_later_the_set_is_begun_anew(page, alice):
    answer_page(page(alice))
    first = Screening.objects.get()

    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        form = page(alice).get(URL)

    assert pages.hidden(form, "record_id") != str(first.pk)
    assert pages.heading(form) == "How is it between your legs, and on the toilet?"
