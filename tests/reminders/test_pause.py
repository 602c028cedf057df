"""Pausing movement breaks, and going on: the verb, the page and /api/v1/break-rule/pause/."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
import time_machine

from programs.accounts.models import AuditEvent
from programs.reminders.actions import pause_breaks, prompt_due, snooze_prompt
from programs.reminders.models import BreakRule, Outcome, Prompt
from tests import makers, pages
from tests.rest import wrong_fields

NOON = makers.NOON
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
URL = "/api/v1/break-rule/pause/"
PAGE = "/breaks/"
AHEAD = "Choose a time in the next 14 days."

pytestmark = pytest.mark.usefixtures("at_noon")


@pytest.fixture
def rule(alice) -> BreakRule:
    """Every 40 minutes from 9:00 to 17:00 in London, counted from noon: the first prompt is due at 12:40."""
    return makers.break_rule(alice, interval_minutes=40)


def next_due_of(rule: BreakRule) -> datetime | None:
    return BreakRule.objects.get(pk=rule.pk).next_due_at


def test_a_pause_that_ends_before_the_interval_changes_nothing(alice, rule):
    pause_breaks(patient=alice, until=NOON + 30 * MINUTE, now=NOON)

    assert next_due_of(rule) == NOON + 40 * MINUTE


def test_a_prompt_that_falls_into_the_pause_comes_right_after_it(alice, rule):
    pause_breaks(patient=alice, until=NOON + HOUR, now=NOON)

    assert prompt_due(now=NOON + HOUR - timedelta(seconds=1)) == 0
    assert prompt_due(now=NOON + HOUR) == 1
    assert next_due_of(rule) == NOON + HOUR + 40 * MINUTE


def test_a_pause_until_the_night_leads_to_the_next_morning(alice, rule):
    pause_breaks(patient=alice, until=NOON + 12 * HOUR, now=NOON)

    assert next_due_of(rule) == NOON + 21 * HOUR


def test_going_on_resumes_the_interval_and_does_not_start_it_anew(alice, rule):
    pause_breaks(patient=alice, until=NOON + 7 * DAY, now=NOON + 10 * MINUTE)
    assert next_due_of(rule) == NOON + 7 * DAY

    pause_breaks(patient=alice, until=None, now=NOON + 20 * MINUTE)

    assert next_due_of(rule) == NOON + 40 * MINUTE
    assert BreakRule.objects.get().paused_until is None


def test_after_a_long_pause_going_on_prompts_at_once(alice, rule):
    pause_breaks(patient=alice, until=NOON + 7 * DAY, now=NOON)

    pause_breaks(patient=alice, until=None, now=NOON + 3 * HOUR)

    assert next_due_of(rule) == NOON + 3 * HOUR
    assert prompt_due(now=NOON + 3 * HOUR) == 1


def test_going_on_when_nothing_is_paused_leaves_the_prompt_that_is_due_to_the_sweep(alice, rule):
    for _ in range(2):
        pause_breaks(patient=alice, until=None, now=NOON + 45 * MINUTE)

    assert next_due_of(rule) == NOON + 40 * MINUTE


def test_a_shorter_pause_replaces_a_longer_one(alice, rule):
    pause_breaks(patient=alice, until=NOON + 7 * DAY, now=NOON)
    for _ in range(2):
        pause_breaks(patient=alice, until=NOON + HOUR, now=NOON + MINUTE)

    assert next_due_of(rule) == NOON + HOUR


def test_who_moves_in_the_pause_is_not_prompted_before_its_end(alice, rule):
    pause_breaks(patient=alice, until=NOON + 2 * HOUR, now=NOON)
    makers.movement(alice, NOON + HOUR)
    assert next_due_of(rule) == NOON + 2 * HOUR

    makers.movement(alice, NOON + 2 * HOUR - MINUTE)

    assert next_due_of(rule) == NOON + 2 * HOUR + 39 * MINUTE


def test_other_wishes_do_not_end_the_pause(alice, rule):
    pause_breaks(patient=alice, until=NOON + 3 * HOUR, now=NOON)

    makers.break_rule(alice, interval_minutes=20, now=NOON + MINUTE)

    assert BreakRule.objects.get().paused_until == NOON + 3 * HOUR
    assert next_due_of(rule) == NOON + 3 * HOUR


def test_a_pause_spends_none_of_what_a_day_may_have(alice):
    rule = makers.break_rule(alice, daily_cap=2)
    for _ in range(2):
        rule.refresh_from_db()
        makers.prompt(rule)

    pause_breaks(patient=alice, until=NOON + 2 * HOUR, now=NOON + 45 * MINUTE)

    assert next_due_of(rule) == NOON + 21 * HOUR  # today has had its two


def test_the_open_prompt_goes_away_and_its_message_with_it(alice):
    makers.push_subscription(alice)
    prompt = makers.prompt(makers.break_rule(alice))
    assert makers.states_of(prompt) == [(1, "pending")]

    pause_breaks(patient=alice, until=NOON + HOUR, now=prompt.due_at + MINUTE)

    prompt.refresh_from_db()
    assert (prompt.outcome, prompt.answered_at) == (Outcome.WITHDRAWN, prompt.due_at + MINUTE)
    assert makers.states_of(prompt) == [(1, "withdrawn")]


def test_a_prompt_that_was_put_off_does_not_come_back_in_the_pause(alice):
    makers.push_subscription(alice)
    prompt = makers.prompt(makers.break_rule(alice))
    snooze_prompt(prompt=prompt, minutes=15, now=prompt.due_at)

    pause_breaks(patient=alice, until=NOON + 2 * HOUR, now=prompt.due_at + MINUTE)

    assert not Prompt.objects.unanswered().exists()
    assert makers.states_of(prompt) == [(1, "withdrawn"), (2, "withdrawn")]


def test_over_rest_a_pause_begins_and_ends(api, alice, rule):
    paused = api(alice).put(URL, {"until": "2026-11-20T15:00:00+01:00"})

    assert paused.status_code == 200
    assert paused.json()["paused_until"] == paused.json()["next_due_at"] == "2026-11-20T14:00:00Z"
    assert api(alice).get("/api/v1/break-rule/").json() == paused.json()

    resumed = api(alice).delete(URL)

    assert resumed.status_code == 200
    assert (resumed.json()["paused_until"], resumed.json()["next_due_at"]) == (None, "2026-11-20T12:40:00Z")


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({"until": "2026-11-20T12:00:00Z"}, {"until": AHEAD}),
        ({"until": "2026-11-20T11:00:00Z"}, {"until": AHEAD}),
        ({"until": "2026-12-04T12:00:01Z"}, {"until": AHEAD}),
        ({"until": "9999-12-31T23:59:59Z"}, {"until": AHEAD}),
        (
            {"until": "2026-11-20T13:00:00"},
            {"until": "Give a time with its time zone, such as 2026-11-20T12:00:00Z."},
        ),
        ({"until": None}, {"until": "This field may not be null."}),
        ({"until": [1]}, {"until": "Give a time with its time zone, such as 2026-11-20T12:00:00Z."}),
        ({}, {"until": "This field is required."}),
        (
            {"until": "2026-11-20T13:00:00Z", "minutes": 60},
            {"minutes": "There is no such field."},
        ),
    ],
)
def test_what_is_no_moment_in_the_next_two_weeks_is_refused(api, alice, rule, body, errors):
    answer = api(alice).put(URL, body)

    assert (answer.status_code, wrong_fields(answer)) == (400, errors)
    rule.refresh_from_db()
    assert (rule.paused_until, rule.next_due_at) == (None, NOON + 40 * MINUTE)


def test_two_weeks_are_the_longest_pause(api, alice, rule):
    assert api(alice).put(URL, {"until": "2026-12-04T12:00:00Z"}).status_code == 200


def test_what_is_switched_off_cannot_be_paused(api, alice):
    makers.break_rule(alice, enabled=False)

    answer = api(alice).put(URL, {"until": "2026-11-20T13:00:00Z"})

    assert (answer.status_code, wrong_fields(answer)) == (400, {"until": "Movement breaks are off."})
    assert api(alice).delete(URL).status_code == 200


def test_nobody_pauses_anybody_elses_breaks(api, page, rule, bob, dora):
    for answer in (api(dora).put(URL, {"until": "2026-11-20T13:00:00Z"}), api(dora).delete(URL)):
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
    assert api(bob).put(URL, {"until": "2026-11-20T13:00:00Z"}).status_code == 403
    assert page(dora).post(f"{PAGE}pause/", {"pause": "week"}).status_code == 404
    assert page(bob).post(f"{PAGE}pause/", {"pause": "week"}).status_code == 403

    assert BreakRule.objects.get().paused_until is None


def test_signed_out_nothing_can_be_paused(client, rule):
    answer = client.put(URL, {"until": "2026-11-20T13:00:00Z"}, content_type="application/json")

    assert (answer.status_code, client.delete(URL).status_code) == (401, 401)
    assert client.post(f"{PAGE}pause/", {"pause": "week"}).url.startswith("/account/login/")
    assert BreakRule.objects.get().paused_until is None


def test_over_rest_it_is_written_down_that_the_rule_was_seen(api, alice, rule):
    api(alice).put(URL, {"until": "2026-11-20T13:00:00Z"})
    api(alice).delete(URL)

    assert list(AuditEvent.objects.values_list("door", flat=True)) == ["api:break-rule-pause"] * 2


@pytest.mark.parametrize(
    ("choice", "until", "words"),
    [
        ("hour", NOON + HOUR, "Paused until today at 13:00."),
        ("tomorrow", NOON + 12 * HOUR, "Paused until tomorrow at 00:00."),
        ("week", NOON + 7 * DAY, "Paused until 27 November at 12:00."),
    ],
)
def test_the_page_pauses_and_goes_on(page, alice, rule, choice, until, words):
    browser = page(alice)

    paused = browser.post(f"{PAGE}pause/", {"pause": choice}, follow=True)

    assert BreakRule.objects.get().paused_until == until
    assert "Your breaks are paused." in pages.words(paused)
    assert words in pages.words(paused)

    going_on = browser.post(f"{PAGE}pause/", {"pause": "over"}, follow=True)

    assert BreakRule.objects.get().paused_until is None
    assert "Your breaks go on." in pages.words(going_on)
    assert pages.heading(going_on) == "Your next prompt comes today at 12:40."


def test_tomorrow_begins_at_the_patients_own_midnight(page, alice):
    makers.break_rule(alice, time_zone="Asia/Tokyo")  # where it is 21:00
    page(alice).post(f"{PAGE}pause/", {"pause": "tomorrow"})

    assert BreakRule.objects.get().paused_until == NOON + 3 * HOUR


@pytest.mark.parametrize("body", [{}, {"pause": ""}, {"pause": "year"}])
def test_the_page_knows_no_other_pause(page, alice, rule, body):
    answer = page(alice).post(f"{PAGE}pause/", body, follow=True)

    assert "Choose how long to pause." in pages.words(answer)
    assert BreakRule.objects.get().paused_until is None


def test_a_pause_is_offered_only_while_breaks_are_on_and_forgotten_once_it_is_over(page, alice, rule):
    browser = page(alice)
    browser.post(f"{PAGE}pause/", {"pause": "hour"})
    assert "Go on now" in pages.words(browser.get(PAGE))

    with time_machine.travel(NOON + HOUR, tick=False):
        assert "Go on now" not in pages.words(browser.get(PAGE))
        assert "Pause for" in pages.words(browser.get(PAGE))

    makers.break_rule(alice, enabled=False, window_end=time(18))
    assert "Pause for" not in pages.words(browser.get(PAGE))
