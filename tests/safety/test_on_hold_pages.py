"""What an answer asks for: help now, a doctor or nurse today, a visit this week, or to ask first."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.accounts.models import AuditEvent, Clinic
from programs.monitoring.models import Flag, FlagState
from programs.safety.actions import record_screening
from programs.safety.actions.locks import BEFORE_ANSWER, NOT_YET
from programs.safety.forms import NO_DAY_OF_CHECK, NO_PLACE_OF_CHECK
from programs.safety.models import SafetyLock, Screening
from programs.safety.queries import exclusion_questions
from programs.safety.rules import questions_of
from tests import makers, pages
from tests.readability import grade
from tests.safety.asking import asked, sent

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

NOON = makers.NOON
HELP_NOW, URGENT, SOON, ASK_FIRST = (
    "/safety/help-now/",
    "/safety/see-someone/",
    "/safety/soon/",
    "/safety/ask-first/",
)
CHECKED = "/safety/checked/"


@pytest.fixture(autouse=True)
def _numbers(clinic):
    Clinic.objects.filter(pk=clinic.pk).update(phone="01632 960 123", emergency_number="999")


@pytest.fixture
def emergency(alice, bob):
    makers.screened(alice, NOON - timedelta(days=1))
    makers.answered(alice, at=NOON, RF01="yes", RF18="yes", RF18a="no")
    return SafetyLock.objects.get()


@pytest.fixture
def urgent(alice, bob):
    makers.screened(alice, NOON - timedelta(days=1))
    makers.answered(alice, at=NOON, RF13="yes")
    return SafetyLock.objects.get()


# --- help now ---


def test_help_now_has_the_text_the_call_and_nothing_to_go_on_with(page, alice, emergency):
    answer = page(alice).get(HELP_NOW)

    body, words = answer.content.decode(), pages.words(answer)
    assert pages.heading(answer) == "Get medical help now."
    assert (
        "Call 999 Call 999 or go to the emergency department. Stop your exercises. Do not drive yourself. "
        "Get medical help now. Your answer can be a sign of a problem that needs to be checked in hospital "
        "today. Take this list of answers with you. This app cannot check you or tell you what is wrong."
    ) in words
    assert "<li>Do not drive yourself.</li>" in body
    assert 'href="tel:999"' in body
    assert "<nav" not in body
    assert "break-prompt" not in body
    assert "/session/" not in body
    assert "Continue" not in words


def test_the_list_to_take_along_has_what_was_answered_and_when(page, alice, emergency):
    words = pages.words(page(alice).get(HELP_NOW))

    assert "Alice" in words
    assert (
        "This means around your private parts, bottom or back passage. Yes Friday 20 November 2026, 12:00"
    ) in words
    assert "Have you lost weight without trying? Yes" in words
    assert "Does it feel numb or different" not in words  # answered with no


def test_i_have_called_leaves_it_on_hold(page, alice, plan, emergency):
    browser = page(alice)

    answer = browser.get(f"{HELP_NOW}?called=1")

    assert pages.heading(answer) == "Good that you called. Please wait for help."
    assert browser.get("/session/").url == HELP_NOW
    assert SafetyLock.objects.open().exists()


def test_not_sure_has_a_softer_first_line(page, alice, bob):
    makers.answered(alice, at=NOON, RF01="not_sure")

    assert "You are not sure, so it is best to have it checked. Call 999" in pages.words(
        page(alice).get(HELP_NOW)
    )


def test_the_list_goes_on_paper_without_the_buttons(page, alice, emergency):
    body = page(alice).get(HELP_NOW).content.decode()

    assert 'class="stack no-print"' in body
    assert body.index("answer-list") < body.index("no-print")


# --- a doctor or nurse today ---


def test_an_urgent_answer_pauses_and_says_what_to_do(page, alice, urgent):
    answer = page(alice).get(URGENT)

    words = pages.words(answer)
    assert pages.heading(answer) == "Please speak to a doctor or nurse today."
    assert "Stop your exercises for now." in words
    assert "If you get chest pain or find it hard to breathe, call 999." in words
    assert "Do not rub, stretch or exercise this leg until you have been checked." in words
    assert "Is one calf or leg swollen" in words
    assert 'href="tel:01632960123"' in answer.content.decode()
    assert "Tell us how it is now" not in words


def test_after_an_hour_it_can_be_said_how_it_is_now(page, alice, urgent):
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        browser = page(alice)
        assert "Tell us how it is now" in pages.words(browser.get(URGENT))
        form = browser.get("/safety/")
        assert asked(form) == ["RF13"]
        assert browser.post("/safety/", sent(form)).url == URGENT  # a day has not passed


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [(HELP_NOW, "/help/"), (URGENT, "/"), (SOON, "/"), (ASK_FIRST, "/"), (CHECKED, "/")],
    ids=["help now", "urgent", "soon", "ask first", "checked"],
)
def test_without_a_reason_none_of_them_shows(page, alice, address, leads_to):
    makers.screened(alice)

    assert page(alice).get(address).url == leads_to


def test_each_leads_to_the_one_that_is_so(page, alice, emergency):
    assert page(alice).get(URGENT).url == HELP_NOW


def test_the_emergency_page_leads_to_the_urgent_one(page, alice, urgent):
    assert page(alice).get(HELP_NOW).url == URGENT


# --- a visit this week ---


def test_a_visit_this_week_is_asked_for_and_the_session_can_go_on(page, alice, plan):
    makers.screened(alice)
    makers.answered(alice, at=NOON, RF20="yes", RF20a="no")
    browser = page(alice)

    answer = browser.get(SOON)
    assert pages.heading(answer) == "Please book a visit this week."
    words = pages.words(answer)
    assert "Do not move up to a new stage until you have been seen." in words
    assert "please keep to walking and breathing moves" in words
    assert 'href="/"' in answer.content.decode()
    assert 'href="/player/"' in browser.get(f"{SOON}?for=session").content.decode()
    assert browser.get("/session/").status_code == 200


@pytest.mark.parametrize(("question", "address"), [("RF13", URGENT), ("RF20", SOON)], ids=["urgent", "soon"])
def test_questions_that_were_left_in_the_middle_can_be_gone_on_with(page, alice, clinic, question, address):
    makers.screened(alice, NOON - timedelta(days=8))
    begun = record_screening(
        clinic=clinic,
        patient=alice,
        screening_id=uuid4(),
        kind="weekly",
        answers={question: "yes"},
        answered_at=NOON,
        now=NOON,
    )
    browser = page(alice)
    answer = browser.get(address)

    onward = f"/safety/?set={begun.screening.pk}"
    assert "Go on with your questions" in pages.words(answer)
    assert f'href="{onward}"' in answer.content.decode()
    assert "RF01" in asked(browser.get(onward))


def test_a_finished_set_is_not_gone_on_with(page, alice, urgent):
    assert "Go on with your questions" not in pages.words(page(alice).get(URGENT))


def test_a_set_of_which_nothing_could_be_read_leads_nowhere(page, alice, clinic, urgent):
    empty = record_screening(
        clinic=clinic,
        patient=alice,
        screening_id=uuid4(),
        kind="again",
        answers={"RF01": "perhaps"},
        answered_at=NOON,
        now=NOON,
    ).screening
    Screening.objects.filter(pk=empty.pk).update(questions=[])
    browser = page(alice)

    assert "Go on with your questions" not in pages.words(browser.get(URGENT))
    assert browser.get(f"/safety/?set={empty.pk}").status_code in (200, 302)


# --- to ask first ---


def said(alice, clinic, slug):
    record_screening(
        clinic=clinic,
        patient=alice,
        screening_id=uuid4(),
        kind="first",
        answers=dict.fromkeys(questions_of("first"), "no"),
        conditions={row.slug: "no" for row in exclusion_questions()} | {slug: "yes"},
        answered_at=NOON,
        now=NOON,
    )


def test_who_is_told_not_to_exercise_reads_whom_to_ask(page, alice, clinic):
    said(alice, clinic, "told-not-to-exercise")

    answer = page(alice).get(ASK_FIRST)

    assert pages.heading(answer) == "Please ask first. You cannot start your exercises here yet."
    words = pages.words(answer)
    assert "Ask the person who told you when you can begin, and what you can do." in words
    assert "I have read this" not in words
    assert "It is nothing you did wrong." in words


def test_who_is_to_ask_about_some_moves_can_go_on_without_them(page, alice, clinic):
    said(alice, clinic, "pregnancy")

    answer = page(alice).get(f"{ASK_FIRST}?for=session")

    assert pages.heading(answer) == "Some moves are left out for now, because of what you told us."
    assert "I have read this" in pages.words(answer)


# --- checked by a clinician ---


@pytest.mark.parametrize("which", ["emergency", "urgent"])
def test_a_check_needs_day_and_place_and_ends_the_hold_but_not_the_flag(page, alice, request, which):
    lock = request.getfixturevalue(which)
    browser = page(alice)
    form = browser.get(CHECKED)
    assert pages.heading(form) == "When and where were you checked?"
    assert 'value="20' not in form.content.decode().split("<main")[1]

    reply = browser.post(CHECKED, {"checked_on": "2026-11-20", "checked_where": "Ward 3, Dr Okoro"})

    assert reply.url == "/"
    lock.refresh_from_db()
    assert (lock.ending, str(lock.checked_on), lock.checked_where, lock.ended_by) == (
        "checked",
        "2026-11-20",
        "Ward 3, Dr Okoro",
        alice,
    )
    assert {flag.state for flag in Flag.objects.all()} == {FlagState.OPEN}
    assert "Your sessions can start again." in pages.words(browser.get("/"))


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"checked_on": ""}, "checked_on", NO_DAY_OF_CHECK),
        ({"checked_on": "soon"}, "checked_on", NO_DAY_OF_CHECK),
        ({"checked_on": "2026-11-21"}, "checked_on", NOT_YET),
        ({"checked_on": "2026-11-19"}, "checked_on", BEFORE_ANSWER),
        ({"checked_where": ""}, "checked_where", NO_PLACE_OF_CHECK),
        ({"checked_where": "  "}, "checked_where", NO_PLACE_OF_CHECK),
        ({"checked_where": "x" * 201}, "checked_where", "Write at most 200 letters."),
    ],
    ids=["no day", "not a day", "tomorrow", "before the answer", "no place", "spaces", "too long"],
)
def test_a_check_without_a_day_or_a_place_is_not_taken(page, alice, emergency, values, field, sentence):
    reply = page(alice).post(CHECKED, {"checked_on": "2026-11-20", "checked_where": "Ward 3"} | values)

    assert reply.status_code == 422
    assert sentence in pages.words(reply)
    assert f'id="id_{field}_error"' in reply.content.decode()
    assert SafetyLock.objects.open().exists()


def test_a_check_sent_twice_is_taken_once(page, alice, emergency):
    browser = page(alice)
    values = {"checked_on": "2026-11-20", "checked_where": "Ward 3"}
    browser.post(CHECKED, values)

    assert browser.post(CHECKED, values | {"checked_where": "elsewhere"}).url == "/"
    assert SafetyLock.objects.get().checked_where == "Ward 3"


# --- who, and at what cost ---


@pytest.mark.parametrize("address", [HELP_NOW, URGENT, SOON, ASK_FIRST, CHECKED])
def test_others_do_not_open_them(page, bob, client, address):
    assert page(bob).get(address).status_code == 403
    assert client.get(address).url == f"/account/login/?next={address}"


def test_nobody_elses_hold_is_shown_or_ended(page, dora, emergency):
    browser = page(dora)

    assert browser.get(HELP_NOW).url == "/help/"
    browser.post(CHECKED, {"checked_on": "2026-11-20", "checked_where": "Ward 3"})
    assert SafetyLock.objects.open().exists()


@pytest.mark.parametrize(("which", "address"), [("emergency", HELP_NOW), ("urgent", URGENT)])
def test_looking_is_written_down(page, alice, request, which, address):
    request.getfixturevalue(which)
    AuditEvent.objects.all().delete()

    page(alice).get(address)

    assert AuditEvent.objects.get().actor == alice


@pytest.mark.parametrize("address", [HELP_NOW, CHECKED, SOON])
def test_they_say_once_that_nobody_watches(page, alice, emergency, address):
    assert page(alice).get(address).content.decode().lower().count("nobody watches") == 1


@pytest.mark.parametrize("address", [HELP_NOW, CHECKED, SOON])
def test_they_are_easy_to_read(page, alice, emergency, address):
    assert grade(pages.prose(page(alice).get(address))) <= 6


def test_the_urgent_page_is_easy_to_read(page, alice, urgent):
    assert grade(pages.prose(page(alice).get(URGENT))) <= 6


@pytest.mark.parametrize(
    ("which", "address", "queries"),
    [
        ("emergency", HELP_NOW, 10),
        ("urgent", URGENT, 13),  # one of them: is a set under way?
        ("emergency", SOON, 7),  # and here
        ("emergency", CHECKED, 5),
    ],
    ids=["help now", "urgent", "soon", "checked"],
)
def test_they_cost_few_queries(page, alice, request, which, address, queries, django_assert_num_queries):
    request.getfixturevalue(which)
    browser = page(alice)

    with django_assert_num_queries(queries):
        assert browser.get(address).status_code == 200
