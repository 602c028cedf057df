"""A session for somebody short on time: two exercises, and no blame for the rest."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from programs.care.queries import current_plan
from programs.logbook.models import GuidedSession
from programs.logbook.queries import done_sessions, movement_by_day, responses_to, todays_session
from programs.logbook.rules import SHORT_KEY
from programs.safety.models import ScreeningRequest
from tests import makers, pages
from tests.care.plans import in_stage, of_program

pytestmark = [pytest.mark.once, pytest.mark.usefixtures("at_noon")]

DAY = timedelta(days=1)
START, SHORT = "/session/", "/session/?short=1"
AFTER, NOW, MOVED = "/session/after/", "/session/after/?now=", "/session/after/?moved="


@pytest.fixture
def browser(page, alice, plan):
    makers.screened(alice)
    return page(alice)


def begin(browser, pain="4"):
    record_id = pages.hidden(browser.get(SHORT), "record_id")
    assert browser.post(SHORT, {"record_id": record_id, "pain_before": pain}).url == "/session/exercise/1/"
    return record_id


def write_down(browser, record_id, number, outcome="done"):
    values = {"record_id": record_id, "outcome": outcome, "sides": ["right", "left"]}
    return browser.post(f"/session/exercise/{number}/", values)


def finish(browser, record_id, peak="4", after="3"):
    for address, answer in (
        (AFTER, {"pain_peak": peak}),
        (NOW, {"pain_after": after}),
        (MOVED, {"spread": "same"}),
    ):
        reply = browser.post(address, {"record_id": record_id} | answer)
    return reply


def planned(plan):
    return todays_session(current_plan(plan.patient), makers.NOON.date(), makers.NOON)


def test_two_exercises_are_done_and_the_rest_is_left_out_as_advised_whole(browser, alice, plan):
    record_id = begin(browser)
    assert "Exercise 1 of 2" in pages.words(browser.get("/session/exercise/1/"))
    write_down(browser, record_id, 1)
    assert write_down(browser, record_id, 2).url == AFTER

    done = browser.get(finish(browser, record_id).url)

    session = GuidedSession.objects.get(pk=record_id)
    rows = session.results.select_related("exercise")
    kept = [each.prescribed.slug for each in planned(plan).moves[:2]]
    assert session.kind == "short"
    assert {row.exercise.slug for row in rows if row.outcome == "done"} == set(kept)
    assert {row.outcome for row in rows if row.exercise.slug not in kept} == {"skipped"}
    assert {row.advised_share for row in rows} == {100}
    count = len(planned(plan).moves)
    assert f"2 of {count} done. A short day counts." in pages.words(done)
    assert pages.heading(done) == "Pain 4 before, 3 after. That is one lower."
    assert pages.words(done).count("For another day") == len(planned(plan).exercises) - 2
    assert "Left out" not in pages.words(done)


def test_a_short_day_is_a_day_and_neither_pain_nor_a_stop(browser, alice, plan):
    record_id = begin(browser)
    write_down(browser, record_id, 1)
    write_down(browser, record_id, 2)
    finish(browser, record_id)

    (response,) = responses_to(GuidedSession.objects.prefetch_related("results__exercise"))
    today = makers.NOON.date()
    day = movement_by_day(done_sessions(alice, None, today, since=today), today, today)[today]
    assert response.colour == "green"
    assert len(response.exercises) == 2
    assert (day.sessions, day.is_whole) == (1, False)
    assert not ScreeningRequest.objects.exists()


def test_what_was_only_begun_is_said_so(browser, plan):
    record_id = begin(browser)
    write_down(browser, record_id, 1)
    write_down(browser, record_id, 2, "partly")

    words = pages.words(browser.get(finish(browser, record_id).url))

    assert f"1 of {len(planned(plan).moves)} done, 1 in part. A short day counts." in words


def test_a_day_with_one_exercise_in_part_counts_too(browser, plan):
    record_id = begin(browser)
    write_down(browser, record_id, 1, "partly")

    words = pages.words(browser.get(finish(browser, record_id).url))

    assert f"0 of {len(planned(plan).moves)} done, 1 in part. A short day counts." in words


def test_with_nothing_done_no_day_is_said_to_count(browser):
    record_id = begin(browser)

    assert "A short day counts" not in pages.words(browser.get(finish(browser, record_id).url))


def test_the_page_before_says_how_much_and_leads_to_all_of_it(browser, plan):
    short = browser.get(SHORT)

    assert "Today you do 2 exercises" in pages.words(short)
    assert f"Do all {len(planned(plan).moves)}" in pages.words(short)
    assert "Today you do 2" not in pages.words(browser.get(START))


def test_to_look_at_it_starts_nothing(browser):
    browser.get(SHORT)

    assert browser.get("/session/exercise/1/").url == START


def test_a_slip_of_the_pain_before_is_put_right_and_the_session_stays_short(browser):
    record_id = begin(browser)

    page = browser.get("/session/exercise/1/")

    assert "You said 4. Change it" in pages.words(page)
    assert 'href="/session/?change=1&amp;short=1"' in page.content.decode()
    browser.post(SHORT, {"record_id": record_id, "pain_before": "6"})
    assert "Exercise 1 of 2" in pages.words(browser.get("/session/exercise/1/"))
    finish(browser, record_id)
    session = GuidedSession.objects.get()
    assert (session.pain_before, session.kind) == (6, "short")


def test_the_safety_questions_come_first_and_the_wish_is_kept(page, alice, plan):
    browser = page(alice)
    assert browser.get(SHORT).url == "/safety/?for=session"
    makers.screened(alice)

    assert browser.get(START).url == SHORT
    assert browser.get(START).status_code == 200  # once only


def test_the_wish_ends_with_its_day(page, alice, plan):
    browser = page(alice)
    assert browser.get(SHORT).url == "/safety/?for=session"

    with time_machine.travel(makers.NOON + DAY, tick=False):
        makers.screened(alice, makers.NOON + DAY)
        assert browser.get(START).status_code == 200


def test_the_wish_ends_where_nobody_may_exercise(page, alice, plan):
    browser = page(alice)
    assert browser.get(SHORT).url == "/safety/?for=session"
    makers.answered(alice, at=makers.NOON, RF01="yes")
    assert browser.get(START).url == "/safety/help-now/"
    assert SHORT_KEY not in browser.session
    assert browser.get(SHORT).url == "/safety/help-now/"
    assert SHORT_KEY not in browser.session


def test_where_two_are_all_there_is_nothing_is_short(browser, plan):
    version = makers.version(plan)
    values = version.content_values
    values["stages"][0]["exercises"] = values["stages"][0]["exercises"][:2]
    type(version).objects.filter(pk=version.pk).update(content_values=values)

    assert "Today you do" not in pages.words(browser.get(SHORT))
    record_id = begin(browser)
    finish(browser, record_id)
    assert GuidedSession.objects.get().kind == "guided"


def test_what_was_set_aside_has_its_turn_first(page, alice, bob):
    in_stage(of_program("sciatica-with-calf-symptoms", alice, bob), 2, since=makers.NOON - 20 * DAY)
    yesterday = makers.NOON - DAY
    makers.screened(alice, yesterday)
    with time_machine.travel(yesterday, tick=False):
        whole = todays_session(current_plan(alice), yesterday.date(), yesterday)
        browser = page(alice)
        record_id = begin(browser)
        for number in (1, 2):
            write_down(browser, record_id, number)
        finish(browser, record_id)
    assert whole.left_out  # more than fits into one session: exercises take turns

    today = todays_session(current_plan(alice), makers.NOON.date(), makers.NOON)

    given = {each.prescribed.slug for each in today.exercises}
    assert {each.prescribed.slug for each in whole.moves[2:]} <= given


def test_what_was_begun_as_short_goes_on_as_short(browser):
    record_id = begin(browser)

    assert browser.get("/session/").url == "/session/exercise/1/"
    write_down(browser, record_id, 1)
    write_down(browser, record_id, 2)
    finish(browser, record_id)

    session = GuidedSession.objects.get()
    assert (session.pain_before, session.kind) == (4, "short")


def test_what_a_short_session_set_aside_is_still_to_come_that_day(browser, alice, plan):
    before = [each.prescribed.slug for each in planned(plan).exercises]
    record_id = begin(browser)
    write_down(browser, record_id, 1)
    write_down(browser, record_id, 2)
    finish(browser, record_id)

    later = makers.NOON + timedelta(hours=1)
    still = todays_session(current_plan(alice), later.date(), later)
    assert set(before[2:]) <= {each.prescribed.slug for each in still.exercises}
