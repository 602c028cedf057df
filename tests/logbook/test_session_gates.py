"""What keeps a session from starting or going on, and that nothing keeps one from being stored."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from programs.care.rules.session import ONLY_WALK_AND_BREATHE
from programs.logbook.models import GuidedSession
from programs.logbook.rules import SESSION_KEY
from programs.monitoring.models import Flag, Kind, Level
from programs.safety.actions import end_lock, record_screening
from programs.safety.models import SafetyLock
from programs.safety.queries import exclusion_questions
from programs.safety.rules import questions_of
from tests import makers, pages

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

NOON = makers.NOON
START, EXERCISE, PAUSE, AFTER = "/session/", "/session/exercise/1/", "/session/pause/", "/session/after/"


@pytest.fixture
def browser(page, alice, plan):
    makers.screened(alice)
    return page(alice)


def begin(browser):
    record_id = pages.hidden(browser.get(START), "record_id")
    assert browser.post(START, {"record_id": record_id, "pain_before": "4"}).url == EXERCISE
    return record_id


def answered(alice, **said):
    return makers.answered(alice, at=NOON, **said)


def test_without_the_first_questions_no_session_starts(page, alice, plan):
    browser = page(alice)

    assert browser.get(START).url == "/safety/?for=session"
    posted = browser.post(START, {"record_id": str(uuid4()), "pain_before": "4"})

    assert posted.url == "/safety/?for=session"
    assert browser.get(EXERCISE).url == START


def test_with_everything_answered_today_it_starts(browser):
    assert browser.get(START).status_code == 200


@pytest.mark.parametrize(
    ("said", "leads_to"),
    [({"RF01": "yes"}, "/safety/help-now/"), ({"RF13": "yes"}, "/safety/see-someone/")],
    ids=["emergency", "urgent"],
)
def test_while_it_is_on_hold_no_session_starts(browser, alice, said, leads_to):
    answered(alice, **said)

    assert browser.get(START).url == leads_to
    assert browser.post(START, {"record_id": str(uuid4()), "pain_before": "4"}).url == leads_to
    assert browser.get(EXERCISE).url == START


def test_a_visit_this_week_lets_a_session_start(browser, alice):
    answered(alice, RF18="yes", RF18a="no")

    assert browser.get(START).status_code == 200


def test_what_lets_nobody_exercise_lets_no_session_start(page, clinic, alice, plan):
    record_screening(
        clinic=clinic,
        patient=alice,
        screening_id=uuid4(),
        kind="first",
        answers=dict.fromkeys(questions_of("first"), "no"),
        conditions={row.slug: "no" for row in exclusion_questions()} | {"told-not-to-exercise": "yes"},
        answered_at=NOON,
        now=NOON,
    )

    reply = page(alice).get(START)

    assert reply.url == "/safety/ask-first/"
    asked = page(alice).get(reply.url)
    assert pages.heading(asked) == "Please ask first. You cannot start your exercises here yet."
    assert "Ask the person who told you when you can begin" in pages.words(asked)


def test_a_hold_that_opens_during_a_session_stops_it_and_loses_nothing(browser, alice):
    record_id = begin(browser)
    answered(alice, RF01="yes")

    assert browser.get(EXERCISE).url == "/safety/help-now/"
    sent = browser.post(EXERCISE, {"record_id": record_id, "outcome": "done", "sides": ["both"]})
    assert sent.url == "/safety/help-now/"
    left = browser.get(START)
    assert pages.heading(left) == "You have a session that is not finished."
    assert "Carry on" not in pages.words(left)
    assert f'href="{AFTER}"' in left.content.decode()

    for address, answer in (
        (AFTER, {"pain_peak": "5"}),
        (f"{AFTER}?now=", {"pain_after": "3"}),
        (f"{AFTER}?moved=", {"spread": "same"}),
    ):
        browser.post(address, {"record_id": record_id, **answer})
    session = GuidedSession.objects.get()
    assert str(session.pk) == record_id
    assert "done" in {result.outcome for result in session.results.all()}


def test_a_session_from_elsewhere_is_stored_during_a_hold_and_the_care_team_hears_of_it(alice, plan, bob):
    makers.screened(alice, NOON - timedelta(days=1))
    makers.answered(alice, at=NOON - timedelta(hours=2), RF01="yes")

    makers.session(plan, at=NOON)

    assert GuidedSession.objects.count() == 1
    flag = Flag.objects.get(kind=Kind.SAFETY)
    assert flag.level == Level.EMERGENCY
    assert "LOCKED" in {event.rule for event in flag.events.all()}


def test_stopping_during_a_hold_offers_no_next_exercise(browser, alice):
    record_id = begin(browser)
    browser.post(EXERCISE, {"record_id": record_id, "outcome": "stopped", "sides": ["both"]})
    answered(alice, RF13="yes")

    words = pages.words(browser.get(PAUSE))

    assert "Go on with the next one" not in words
    assert "End session and save" in words


def test_once_it_was_checked_a_session_starts_again(browser, alice):
    answered(alice, RF01="yes")
    end_lock(
        lock=SafetyLock.objects.get(), checked_on=NOON.date(), checked_where="Ward 3", by=alice, now=NOON
    )

    assert browser.get(START).status_code == 200


def test_a_session_sent_twice_is_shown_even_during_a_hold(browser, alice, plan):
    stored = makers.session(plan, at=NOON)
    answered(alice, RF01="yes")

    sent = browser.post(START, {"record_id": str(stored.pk), "pain_before": "4"})

    assert sent.url == f"/session/{stored.pk}/done/"


@pytest.mark.parametrize("url", ["/stage/test/", "/direction/", "/direction/?question=1"])
@pytest.mark.parametrize(
    ("said", "leads_to"),
    [
        ({"RF01": "yes"}, "/safety/help-now/"),
        ({"RF13": "yes"}, "/safety/see-someone/"),
        ({"RF18": "yes", "RF18a": "no"}, "/safety/soon/"),
        ({"conditions": {"told-not-to-exercise": "yes"}}, "/safety/ask-first/"),
    ],
    ids=["emergency", "urgent", "soon", "blocked"],
)
def test_nothing_is_tried_or_tested_while_an_answer_stands_against_it(browser, alice, url, said, leads_to):
    assert browser.get(url).status_code == 200
    answered(alice, **said)

    assert browser.get(url).url == leads_to


@pytest.mark.parametrize("url", ["/stage/test/", "/direction/?question=1"])
def test_nothing_is_tried_or_tested_before_the_safety_questions_of_the_day(page, alice, plan, url):
    makers.screened(alice, NOON - timedelta(days=1))

    assert page(alice).get(url).url == "/safety/"


def test_a_session_goes_on_the_next_day_only_after_the_questions_of_that_day(browser, alice):
    with time_machine.travel(NOON + timedelta(hours=11), tick=False):
        begin(browser)
    with time_machine.travel(NOON + timedelta(hours=14), tick=False):
        assert browser.get(EXERCISE).url == "/safety/?for=session"
        makers.answered(alice, at=NOON + timedelta(hours=14), kind="session")
        assert browser.get(EXERCISE).status_code == 200


def test_a_session_goes_on_only_after_the_questions_that_very_bad_pain_asks(browser, alice):
    begin(browser)
    makers.daily_check(alice, 10)

    assert browser.get(EXERCISE).url == "/safety/?for=session"


def test_what_lets_nobody_exercise_ends_a_session_under_way_and_keeps_what_was_done(browser, alice):
    record_id = begin(browser)
    answered(alice, conditions={"told-not-to-exercise": "yes"})

    assert browser.get(EXERCISE).url == "/safety/ask-first/"
    posted = browser.post(EXERCISE, {"record_id": record_id, "outcome": "done", "sides": ["both"]})
    assert posted.url == "/safety/ask-first/"
    assert "Go on with the next one" not in pages.words(browser.get(PAUSE))
    assert "Carry on" not in pages.words(browser.get(START))
    for address, answer in (
        (AFTER, {"pain_peak": "5"}),
        (f"{AFTER}?now=", {"pain_after": "3"}),
        (f"{AFTER}?moved=", {"spread": "same"}),
    ):
        browser.post(address, {"record_id": record_id, **answer})
    assert GuidedSession.objects.get().results.filter(outcome="done").exists()


def test_while_a_visit_is_to_be_booked_a_session_under_way_goes_on_with_walking_and_breathing(
    browser, alice, plan
):
    begin(browser)
    before = browser.session[SESSION_KEY]["todays"]["exercises"]
    answered(alice, RF18="yes", RF18a="no")
    browser.get(EXERCISE)

    todays = browser.session[SESSION_KEY]["todays"]
    assert {each["category"] for each in before} > {"aerobic"}
    assert {each["category"] for each in todays["exercises"]} <= {"aerobic", "relaxation"}
    gone = {each["prescribed"]["slug"]: each["reason"] for each in todays["left_out"]}
    assert ONLY_WALK_AND_BREATHE in gone.values()
    assert browser.get(EXERCISE).status_code == 200
