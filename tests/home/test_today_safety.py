"""What Today says about the safety questions, and what it hides while exercises are on hold."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.accounts.models import Clinic
from programs.safety.actions import record_screening, request_screening
from programs.safety.queries import exclusion_questions
from programs.safety.rules import questions_of
from tests import makers, pages
from tests.care.plans import in_stage
from tests.readability import grade

pytestmark = pytest.mark.usefixtures("at_noon")

NOON = makers.NOON
URL = "/"


@pytest.fixture
def screened(alice, bob, plan):
    Clinic.objects.update(emergency_number="999")
    makers.screened(alice, NOON - timedelta(days=1))


def test_before_the_first_session_the_questions_are_offered(page, alice, plan):
    answer = page(alice).get(URL)

    assert "Safety questions Before your first session. They take about 2 minutes." in pages.words(answer)
    assert 'href="/safety/"' in answer.content.decode()


def test_without_a_plan_there_is_no_first_session_to_ask_before(page, alice):
    assert "Safety questions" not in pages.words(page(alice).get(URL))


def test_the_lines_before_a_session_wait_until_one_is_started(page, alice, screened):
    answer = page(alice).get(URL)

    assert "Safety questions" not in pages.words(answer)
    assert 'href="/player/"' in answer.content.decode()


def test_what_was_asked_for_is_offered_with_its_reason(page, alice, clinic, screened):
    request_screening(clinic=clinic, patient=alice, reason="weakness", now=NOON)

    words = pages.words(page(alice).get(URL))

    assert "You told us about new weakness. Please answer all safety questions now." in words


def test_during_an_emergency_the_exercises_are_hidden_and_the_call_is_there(page, alice, screened):
    makers.answered(alice, at=NOON, RF01="yes")

    answer = page(alice).get(URL)

    words, body = pages.words(answer), answer.content.decode()
    assert pages.heading(answer) == "Alice, please get help now."
    assert "Your exercises are on hold." in words
    assert 'href="tel:999"' in body
    assert 'href="/safety/checked/"' in body
    for hidden in ("In this session", "Start session", "How to do it"):
        assert hidden not in body


def test_after_an_urgent_answer_they_are_paused(page, alice, screened):
    makers.answered(alice, at=NOON, RF13="yes")

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "Alice, please speak to a doctor or nurse today."
    assert "Your exercises are paused." in pages.words(answer)
    assert "Start session" not in pages.words(answer)
    assert "Tell us how it is now" not in pages.words(answer)
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        assert "Tell us how it is now" in pages.words(page(alice).get(URL))


def test_while_a_visit_is_asked_for_it_says_so_and_a_session_can_start(page, alice, screened):
    makers.answered(alice, at=NOON, RF20="yes", RF20a="no")

    words = pages.words(page(alice).get(URL))

    assert "Please book a visit with your doctor or physio this week." in words
    assert "For now, please keep to walking and breathing moves." in words


def test_what_lets_nobody_exercise_says_whom_to_ask(page, alice, plan, clinic):
    record_screening(
        clinic=clinic,
        patient=alice,
        screening_id=uuid4(),
        kind="first",
        answers=dict.fromkeys(questions_of("first"), "no"),
        conditions={row.slug: "no" for row in exclusion_questions()} | {"under-18": "yes"},
        answered_at=NOON,
        now=NOON,
    )

    answer = page(alice).get(URL)

    assert "You cannot start your exercises here yet" in pages.words(answer)
    assert 'href="/safety/ask-first/"' in answer.content.decode()
    assert "Start session" not in pages.words(answer)


def test_a_session_left_open_can_be_saved_during_a_hold(page, alice, screened):
    makers.answered(alice, at=NOON, kind="session")
    browser = page(alice)
    record_id = pages.hidden(browser.get("/session/"), "record_id")
    browser.post("/session/", {"record_id": record_id, "pain_before": "4"})
    makers.answered(alice, at=NOON, RF01="yes")

    answer = browser.get(URL)

    assert 'href="/session/after/"' in answer.content.decode()
    assert "Carry on" not in pages.words(answer)


@pytest.mark.parametrize("said", [{"RF01": "yes"}, {"RF13": "yes"}, {"RF18": "yes", "RF18a": "no"}])
def test_each_of_these_is_easy_to_read(page, alice, screened, said):
    makers.answered(alice, at=NOON, **said)

    assert grade(pages.prose(page(alice).get(URL))) <= 6


def test_a_message_is_no_place_for_an_emergency(page, alice, bob, screened):
    words = pages.words(page(alice).get(URL))

    assert "From your care team" in words
    assert "Do you need help now? Nobody watches this live. Call 999." in words


def test_what_is_asked_anew_is_the_main_thing_of_the_day(page, alice, clinic, screened):
    request_screening(clinic=clinic, patient=alice, reason="stopped", now=NOON)

    answer = page(alice).get(URL)

    words = pages.words(answer)
    asked = "You stopped a move for pain. Please answer all safety questions now."
    assert words.count(asked) == 1
    assert words.index(asked) < words.index("Answer the safety questions") < words.index("Also today")
    assert "Start session" not in words


def test_after_a_stop_the_questions_come_first_and_no_session_is_offered(page, alice, plan, screened, clinic):
    makers.session(plan, pain=(2, 8, 4))
    request_screening(clinic=clinic, patient=alice, reason="stopped", now=NOON)

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "1 session done today, Alice."
    for missing in ("Rest is part of the plan", "Do it once more", "Start another session"):
        assert missing not in pages.words(answer)


def test_a_session_left_open_can_be_saved_before_the_questions(page, alice, clinic, plan, screened):
    makers.screened(alice)
    browser = page(alice)
    record_id = pages.hidden(browser.get("/session/"), "record_id")
    browser.post("/session/", {"record_id": record_id, "pain_before": "4"})
    request_screening(clinic=clinic, patient=alice, reason="stopped", now=NOON)

    words = pages.words(browser.get(URL))

    assert words.index("Answer the safety questions") < words.index("End your session and save")


def test_after_a_session_that_was_too_much_none_is_offered_again_that_day(page, alice, plan, screened):
    makers.session(plan, pain=(2, 8, 4))

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "That was enough for today, Alice."
    assert "Do it once more" not in pages.words(answer)


def test_so_it_is_after_one_that_hurt_so_much_that_nothing_of_it_was_done(page, alice, plan, screened):
    makers.session(plan, pain=(2, 9, 9), outcome="skipped")

    answer = page(alice).get(URL)

    assert pages.heading(answer) == "That was enough for today, Alice."
    assert "Rest is part of the plan too." in pages.words(answer)
    assert "Start session" not in pages.words(answer)


def test_so_it_is_on_a_rest_day(page, alice, plan, screened):
    in_stage(plan, 4)
    days = [NOON + timedelta(days=ahead) for ahead in range(7)]
    rest = next(day for day in days if not makers.version(plan).stage(4).planned_on(day.date()))
    with time_machine.travel(rest, tick=False):
        browser = page(alice)
        assert "Do a session all the same" in pages.words(browser.get(URL))
        makers.session(plan, at=rest, pain=(2, 9, 9))

        answer = browser.get(URL)

    assert pages.heading(answer) == "That was enough for today, Alice."
    assert "Do a session all the same" not in pages.words(answer)


def test_a_session_under_way_beside_it_can_be_saved_and_not_go_on(page, alice, plan, screened):
    browser = page(alice)
    makers.answered(alice, at=NOON, kind="session")
    record_id = pages.hidden(browser.get("/session/"), "record_id")
    browser.post("/session/", {"record_id": record_id, "pain_before": "4"})
    assert "Carry on with your session" in pages.words(browser.get(URL))
    makers.session(plan, pain=(2, 9, 9))

    words = pages.words(browser.get(URL))

    assert "Carry on with your session" not in words
    assert "End it and save" in words


def test_nor_does_one_begin_on_the_pages_without_scripts(page, alice, plan, screened):
    browser = page(alice)
    makers.answered(alice, at=NOON, kind="session")
    assert browser.get("/session/").status_code == 200
    makers.session(plan, pain=(2, 9, 9), outcome="skipped")

    answer = browser.get("/session/")

    assert (answer.status_code, answer.url) == (302, "/")


def test_one_that_was_left_out_and_did_not_hurt_is_still_to_be_done(page, alice, plan, screened):
    makers.session(plan, pain=(2, 2, 2), outcome="skipped")

    assert "Start session" in pages.words(page(alice).get(URL))
