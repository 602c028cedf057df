"""The prompt to move in whatever page is open, with JavaScript and without."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from programs.accounts.actions import join_clinic
from programs.accounts.models import AuditEvent, Role
from programs.reminders.models import Outcome
from tests import makers, pages

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
    for where in ("/", "/history/", "/breaks/", "/help/"):
        assert TITLE in page(alice).get(where).content, where


def test_the_slot_asks_again_by_itself_and_is_announced(page, alice, db):
    body = page(alice).get("/").content.decode()

    slot = body[body.index('<div id="break-prompt"') : body.index("<main")]
    assert 'aria-live="polite"' in slot
    assert f'hx-get="{URL}"' in slot
    assert 'hx-trigger="every 15s, visibilitychange from:document"' in slot


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
    browser.get(URL)
    with django_assert_num_queries(4):
        browser.get(URL, {"shown": ""})

    assert not AuditEvent.objects.exists()


def test_inside_a_session_nobody_is_interrupted(page, alice, plan, due):
    assert TITLE not in page(alice).get("/session/").content
