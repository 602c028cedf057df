"""The prompt to move in whatever page is open, with JavaScript and without."""

from __future__ import annotations

import json
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.utils.html import escape

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Role
from programs.reminders.models import MovementBreak, Outcome, Prompt
from programs.reminders.queries import prompt_text
from tests import makers, pages

pytestmark = pytest.mark.once

URL = "/breaks/prompt/"
HTMX = {"HX-Request": "true"}
TITLE = b"Time to change position"


def address(prompt, verb):
    return f"{URL}{prompt.pk}/{verb}/"


@pytest.fixture
def due(alice):
    """A prompt of alice's, at the moment it is due."""
    rule = makers.break_rule(alice)
    with time_machine.travel(rule.next_due_at, tick=False):
        yield makers.prompt(rule)


def test_a_prompt_that_is_due_shows_up_in_an_open_page(page, alice, due):
    answer = page(alice).get(URL, {"shown": ""})

    assert answer.status_code == 200
    assert TITLE in answer.content
    assert address(due, "answer").encode() in answer.content


def test_a_page_that_shows_it_already_is_left_alone(page, alice, due):
    browser = page(alice)
    shown = pages.hidden(browser.get(URL), "shown")

    answer = browser.get(URL, {"shown": shown})

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_page_that_shows_nothing_is_left_alone_while_nothing_is_due(page, alice):
    assert page(alice).get(URL, {"shown": ""}).status_code == 204


def test_a_prompt_that_is_over_goes_away(page, alice, due):
    browser = page(alice)
    shown = pages.hidden(browser.get(URL), "shown")

    with time_machine.travel(due.expires_at, tick=False):
        answer = browser.get(URL, {"shown": shown})

    assert answer.status_code == 200
    assert TITLE not in answer.content


def test_without_javascript_the_page_itself_shows_it(page, alice, due):
    for where in ("/", "/history/", "/breaks/"):
        assert TITLE in page(alice).get(where).content, where


def test_nothing_stands_above_what_keeps_somebody_safe(page, alice, plan, due):
    for where in ("/help/", "/stage/"):
        assert b"break-prompt" not in page(alice).get(where).content, where


def test_the_slot_is_announced_and_asks_when_it_is_told_to(page, alice):
    body = page(alice).get("/").content.decode()

    slot = body[body.index('<div id="break-prompt"') : body.index("<main")]
    assert 'aria-live="polite"' in slot
    assert f'hx-get="{URL}"' in slot
    assert 'hx-trigger="ask"' in slot
    assert "js/break-prompt.js" in slot
    assert "data-seconds" not in slot  # nothing will come: the page looks once a minute


def seconds_told(answer):
    told = json.loads(answer.headers["HX-Trigger"])["break-prompt:next"]
    return told["seconds"], told["next_due_at"]


def test_the_page_is_told_when_the_next_prompt_falls_due(page, alice):
    with time_machine.travel(makers.NOON, tick=False):
        rule = makers.break_rule(alice)
        browser = page(alice)
        answer = browser.get(URL, {"shown": ""})

        assert answer.status_code == 204
        assert seconds_told(answer) == (20 * 60, rule.next_due_at.isoformat())
        assert b'data-seconds="1200"' in browser.get("/history/").content


def test_a_prompt_that_the_engine_has_not_come_to_yet_is_told_as_late(page, alice):
    rule = makers.break_rule(alice)
    with time_machine.travel(rule.next_due_at + timedelta(seconds=7), tick=False):
        assert seconds_told(page(alice).get(URL, {"shown": ""}))[0] == -7


def test_while_a_prompt_shows_the_page_is_told_when_that_is_over(page, alice, due):
    assert seconds_told(page(alice).get(URL, {"shown": ""})) == (10 * 60, due.expires_at.isoformat())


def test_an_answer_tells_when_the_next_one_comes(page, alice, due):
    browser = page(alice)

    put_off = browser.post(address(due, "snooze"), {"minutes": 5}, headers=HTMX)
    assert seconds_told(put_off)[0] == 5 * 60
    done = browser.post(address(due, "answer"), {"answer": "done"}, headers=HTMX)
    assert seconds_told(done)[0] == 20 * 60


def test_who_has_no_breaks_is_told_of_no_time(page, alice):
    assert seconds_told(page(alice).get(URL, {"shown": ""})) == (None, None)


def test_a_prompt_closed_elsewhere_goes_away(page, alice, due):
    browser = page(alice)
    shown = pages.hidden(browser.get(URL), "shown")
    browser.post(address(due, "answer"), {"answer": "dismissed"})

    answer = browser.get(URL, {"shown": shown})

    assert answer.status_code == 200
    assert TITLE not in answer.content


def test_a_prompt_speaks_in_its_own_words(page, alice, due):
    assert escape(prompt_text(due)).encode() in page(alice).get(URL).content


def test_somebody_in_a_meeting_is_left_alone_for_an_hour(page, alice, due):
    answer = page(alice).post("/breaks/pause/", {"pause": "hour"}, headers=HTMX)

    assert TITLE not in answer.content
    assert "Your breaks are paused. Your next prompt comes today at 13:20." in answer.content.decode()
    assert seconds_told(answer)[0] == 60 * 60


def test_two_answers_stand_first_and_the_rest_is_folded(page, alice, due):
    body = page(alice).get(URL).content.decode()

    first, folded = body.split("<details", 1)
    assert ">Done<" in first
    assert 'value="10">Later<' in first
    assert "Not now" not in first
    for more in ("Not now", "5 min", "10 min", "15 min", "In a meeting", "Show me a move"):
        assert more in folded, more


def test_once_it_can_be_put_off_no_more_not_now_takes_the_place_of_later(page, alice, due):
    Prompt.objects.filter(pk=due.pk).update(nth=4)

    body = page(alice).get(URL).content.decode()

    first, folded = body.split("<details", 1)
    assert "Not now" in first
    assert "Later" not in body
    assert "Not now" not in folded


def test_three_times_put_off_is_enough(page, alice, due):
    browser = page(alice)
    now = due.due_at
    for _ in range(3):
        with time_machine.travel(now, tick=False):
            assert b"Ask again in" in browser.get(URL).content
            browser.post(address(due, "snooze"), {"minutes": 5})
        now += timedelta(minutes=5)

    with time_machine.travel(now, tick=False):
        assert TITLE in browser.get(URL).content
        assert b"Ask again in" not in browser.get(URL).content


def test_done_is_stored_and_the_next_prompt_is_named(page, alice, due):
    answer = page(alice).post(address(due, "answer"), {"answer": "done"}, headers=HTMX)

    due.refresh_from_db()
    assert due.outcome == Outcome.DONE
    assert "Well done. Your next prompt comes today at 12:40." in answer.content.decode()
    assert TITLE not in answer.content


def test_not_now_is_stored(page, alice, due):
    page(alice).post(address(due, "answer"), {"answer": "dismissed"}, headers=HTMX)

    due.refresh_from_db()
    assert due.outcome == Outcome.DISMISSED


def test_the_same_answer_again_is_taken_the_same_way(page, alice, due):
    browser = page(alice)
    for _ in range(2):
        answer = browser.post(address(due, "answer"), {"answer": "done"}, headers=HTMX)

    assert "Well done." in answer.content.decode()


def test_another_answer_to_an_answered_prompt_says_that_it_is_over(page, alice, due):
    browser = page(alice)
    browser.post(address(due, "answer"), {"answer": "done"})

    answer = browser.post(address(due, "answer"), {"answer": "dismissed"}, headers=HTMX)

    due.refresh_from_db()
    assert due.outcome == Outcome.DONE
    assert "This prompt is over." in answer.content.decode()


@pytest.mark.parametrize("minutes", [5, 10, 15])
def test_a_snoozed_prompt_comes_back(page, alice, due, minutes):
    browser = page(alice)

    answer = browser.post(address(due, "snooze"), {"minutes": minutes}, headers=HTMX)

    assert f"We will ask again in {minutes} minutes." in answer.content.decode()
    assert browser.get(URL, {"shown": ""}).status_code == 204
    with time_machine.travel(due.due_at + timedelta(minutes=minutes), tick=False):
        assert TITLE in browser.get(URL, {"shown": ""}).content


@pytest.mark.parametrize("minutes", ["7", "0", "-5", "x", "", None])
def test_another_snooze_gets_one_sentence_and_the_prompt_stays(page, alice, due, minutes):
    browser = page(alice)

    answer = browser.post(
        address(due, "snooze"), {} if minutes is None else {"minutes": minutes}, headers=HTMX
    )

    assert "Choose 5, 10 or 15 minutes." in answer.content.decode()
    assert TITLE in answer.content
    due.refresh_from_db()
    assert due.nth == 1


@pytest.mark.parametrize("answer_given", ["expired", "x", "", None])
def test_another_answer_gets_one_sentence_and_the_prompt_stays(page, alice, due, answer_given):
    answer = page(alice).post(
        address(due, "answer"), {} if answer_given is None else {"answer": answer_given}, headers=HTMX
    )

    assert "Choose Done or Not now." in answer.content.decode()
    due.refresh_from_db()
    assert due.outcome is None


def test_without_javascript_an_answer_leads_back_to_the_page_it_came_from(page, alice, due):
    browser = page(alice)
    back_to = pages.hidden(browser.get("/history/"), "back_to")

    answer = browser.post(address(due, "answer"), {"answer": "done", "back_to": back_to})

    assert answer.url == "/history/"
    assert "Well done." in pages.words(browser.get(answer.url))


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)", ""])
def test_an_answer_leads_to_no_other_site(page, alice, due, elsewhere):
    answer = page(alice).post(address(due, "answer"), {"answer": "done", "back_to": elsewhere})

    assert answer.url == "/"


@pytest.mark.parametrize(("verb", "values"), [("answer", {"answer": "done"}), ("snooze", {"minutes": 5})])
def test_somebody_elses_prompt_does_not_exist(page, alice, bob, clinic, dora, due, verb, values):
    neighbour = makers.patient(clinic, "nora", cared_for_by=bob)
    for stranger in (dora, neighbour):
        assert page(stranger).post(address(due, verb), values).status_code == 404
    assert page(bob).post(address(due, verb), values).status_code == 403

    due.refresh_from_db()
    assert (due.outcome, due.nth) == (None, 1)


def test_somebody_elses_prompt_is_not_shown(page, dora, due):
    assert page(dora).get(URL, {"shown": ""}).status_code == 204


def test_a_therapist_who_is_a_patient_too_sees_no_prompt_of_those_in_their_care(page, bob, clinic, due):
    join_clinic(user=bob, clinic=clinic, role=Role.PATIENT, now=makers.NOON)
    browser = page(bob)

    assert browser.get(URL, {"shown": ""}).status_code == 204
    assert TITLE not in browser.get("/history/").content
    assert browser.post(address(due, "answer"), {"answer": "done"}).status_code == 404


def test_it_is_for_patients_who_are_signed_in(page, client, bob, due):
    assert client.get(URL).url.startswith("/account/login/")
    assert client.post(address(due, "answer"), {"answer": "done"}).url.startswith("/account/login/")
    assert page(bob).get(URL).status_code == 403


def test_looking_changes_nothing(page, alice, due):
    assert page(alice).get(address(due, "answer")).status_code == 405
    assert page(alice).get(address(due, "snooze")).status_code == 405


def test_asking_again_and_again_is_cheap_and_no_look_at_the_record(
    page, alice, due, django_assert_num_queries
):
    browser = page(alice)
    shown = pages.hidden(browser.get(URL), "shown")
    with django_assert_num_queries(5):
        assert browser.get(URL, {"shown": shown}).status_code == 204
    with django_assert_num_queries(6):  # its words
        browser.get(URL, {"shown": ""})
    with time_machine.travel(due.expires_at, tick=False), django_assert_num_queries(4):
        browser.get(URL, {"shown": ""})

    assert not AuditEvent.objects.exists()


def test_inside_a_session_nobody_is_interrupted(page, alice, plan, due):
    assert TITLE not in page(alice).get("/session/").content


# --- the page that a message on a phone leads to ---


def own_page(prompt):
    return f"{URL}{prompt.pk}/"


def test_the_page_of_a_prompt_has_its_answers(page, alice, due):
    answer = page(alice).get(own_page(due))

    assert pages.heading(answer) == "Time to change position"
    words = pages.words(answer)
    assert "Done" in words
    assert "In 10 minutes" in words
    assert "Not now" in words
    assert b"break-prompt" not in answer.content  # it is not asked twice


def test_an_answer_there_leads_back_and_says_what_comes_next(page, alice, due):
    browser = page(alice)

    answer = browser.post(address(due, "answer"), {"answer": "done", "back_to": own_page(due)}, follow=True)

    assert pages.heading(answer) == "You have done this one."
    assert "Your next prompt comes today at 12:40." in pages.words(answer)


def test_put_off_there_it_says_when_it_asks_again_and_can_still_be_done(page, alice, due):
    browser = page(alice)

    answer = browser.post(address(due, "snooze"), {"minutes": 10, "back_to": own_page(due)}, follow=True)

    assert pages.heading(answer) == "You put this off. That is fine."
    assert "Your next prompt comes today at 12:30." in pages.words(answer)
    assert "I have moved" in pages.words(answer)


def test_an_old_one_is_no_fault_of_anybodys(page, alice, due):
    with time_machine.travel(due.expires_at, tick=False):
        answer = page(alice).get(own_page(due))

    assert pages.heading(answer) == "This one has gone by. That is fine."
    assert "Take one now" in pages.words(answer)
    assert address(due, "answer") not in answer.content.decode()


def test_a_done_that_comes_after_the_end_is_written_down_and_thanked(page, alice, due):
    with time_machine.travel(due.expires_at + timedelta(minutes=2), tick=False):
        answer = page(alice).post(address(due, "answer"), {"answer": "done"}, headers=HTMX)

    told = MovementBreak.objects.get()
    assert (told.source, told.moved_at) == ("own", due.expires_at + timedelta(minutes=2))
    assert "Well done. Your next prompt comes" in answer.content.decode()


def test_not_now_after_the_end_says_that_it_is_over(page, alice, due):
    with time_machine.travel(due.expires_at, tick=False):
        answer = page(alice).post(address(due, "answer"), {"answer": "dismissed"}, headers=HTMX)

    assert "This prompt is over." in answer.content.decode()
    assert not MovementBreak.objects.exists()


def test_not_now_is_taken_kindly(page, alice, due):
    browser = page(alice)
    browser.post(address(due, "answer"), {"answer": "dismissed"})

    assert pages.heading(browser.get(own_page(due))) == "You said not now. That is fine."


def test_somebody_elses_page_does_not_exist(page, client, alice, bob, clinic, dora, due):
    neighbour = makers.patient(clinic, "nora", cared_for_by=bob)
    for stranger in (dora, neighbour):
        assert page(stranger).get(own_page(due)).status_code == 404
    assert page(bob).get(own_page(due)).status_code == 403
    assert page(alice).get(f"{URL}{uuid4()}/").status_code == 404
    assert client.get(own_page(due)).url.startswith("/account/login/")


def test_the_look_at_it_is_written_down(page, alice, due):
    page(alice).get(own_page(due))

    assert AuditEvent.objects.get().door == "reminders:prompt_page"
