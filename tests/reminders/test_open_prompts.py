"""What becomes of an open prompt, of its messages and of the next one: answers, snoozes, other wishes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from programs.delivery.models import Delivery
from programs.reminders.actions import answer_prompt, prompt_due, set_busy, snooze_prompt
from programs.reminders.models import BreakRule, Outcome, Prompt
from tests import makers
from tests.threads import at_once

NOON = makers.NOON
MINUTE = timedelta(minutes=1)


@pytest.fixture
def rule(alice) -> BreakRule:
    """Every 20 minutes from 9:00 to 17:00 in London, also by push; the first prompt is due at 12:20."""
    makers.push_subscription(alice)
    return makers.break_rule(alice)


@pytest.fixture
def prompt(rule) -> Prompt:
    return makers.prompt(rule)


def next_due() -> datetime | None:
    return BreakRule.objects.get().next_due_at


def test_a_prompt_goes_out_by_the_ways_that_are_wanted(alice, prompt):
    message = Delivery.objects.get(source_id=prompt.pk)

    assert (message.recipient, message.channel, message.nth) == (alice, "web_push", 1)
    assert (message.next_attempt_at, message.expires_at) == (prompt.due_at, prompt.expires_at)


@pytest.mark.parametrize("outcome", [Outcome.DONE, Outcome.DISMISSED])
def test_what_is_answered_is_not_sent_any_more(prompt, outcome):
    answer_prompt(prompt=prompt, outcome=outcome, now=prompt.due_at + MINUTE)

    assert makers.states_of(prompt) == [(1, "withdrawn")]


def test_a_late_answer_withdraws_nothing_that_is_open(rule, prompt):
    rule.refresh_from_db()
    newer = makers.prompt(rule)

    with pytest.raises(ValidationError, match=r"This prompt is over\."):
        answer_prompt(prompt=prompt, outcome=Outcome.DISMISSED, now=newer.due_at)

    assert makers.states_of(newer) == [(1, "pending")]


def test_who_moves_without_being_asked_twice_gets_no_message(alice, prompt):
    makers.movement(alice, prompt.due_at + MINUTE)

    prompt.refresh_from_db()
    assert prompt.outcome == Outcome.DONE
    assert makers.states_of(prompt) == [(1, "withdrawn")]
    assert next_due() == prompt.due_at + 21 * MINUTE


def test_who_moves_while_a_prompt_is_put_off_is_not_asked_again(alice, prompt):
    snooze_prompt(prompt=prompt, minutes=15, now=prompt.due_at)

    makers.movement(alice, prompt.due_at + 5 * MINUTE)

    assert makers.states_of(prompt) == [(1, "withdrawn"), (2, "withdrawn")]
    assert next_due() == prompt.due_at + 25 * MINUTE


def test_a_snooze_takes_the_message_back_and_sends_it_again_with_the_prompt(prompt):
    for _ in range(2):
        snooze_prompt(prompt=prompt, minutes=10, now=prompt.due_at + MINUTE)

    assert makers.states_of(prompt) == [(1, "withdrawn"), (2, "pending")]
    again = Delivery.objects.get(source_id=prompt.pk, nth=2)
    assert again.next_attempt_at == prompt.show_at == prompt.due_at + 11 * MINUTE
    assert again.expires_at == prompt.expires_at == prompt.due_at + 21 * MINUTE


def test_the_next_prompt_comes_an_interval_after_the_snoozed_one_shows_again(prompt):
    snooze_prompt(prompt=prompt, minutes=15, now=prompt.due_at)
    again_at = prompt.due_at + 15 * MINUTE

    assert prompt_due(now=again_at + 20 * MINUTE - timedelta(seconds=1)) == 0
    assert prompt_due(now=again_at + 20 * MINUTE) == 1
    assert Prompt.objects.count() == 2


def test_a_prompt_can_be_put_off_three_times_and_no_more(prompt):
    for left in (2, 1, 0):
        snooze_prompt(prompt=prompt, minutes=5, now=prompt.show_at)
        assert prompt.snoozes_left == left

    with pytest.raises(ValidationError, match="You have put this off 3 times"):
        snooze_prompt(prompt=prompt, minutes=5, now=prompt.show_at)

    prompt.refresh_from_db()
    assert (prompt.nth, prompt.outcome) == (4, None)
    assert [state for _, state in makers.states_of(prompt)] == ["withdrawn"] * 3 + ["pending"]
    assert answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=prompt.show_at).outcome == Outcome.DONE


def test_the_third_snooze_sent_twice_is_no_fourth(prompt):
    for _ in range(3):
        snooze_prompt(prompt=prompt, minutes=5, now=prompt.show_at)

    snooze_prompt(prompt=prompt, minutes=5, now=prompt.show_at - MINUTE)

    assert prompt.nth == 4


def test_nobody_is_asked_again_while_their_calendar_says_they_are_busy(alice, rule, prompt):
    set_busy(rule=rule, busy=[(NOON + 33 * MINUTE, NOON + 45 * MINUTE)], now=NOON + 20 * MINUTE)

    with pytest.raises(ValidationError, match="You are busy then"):
        snooze_prompt(prompt=prompt, minutes=15, now=prompt.due_at)
    snooze_prompt(prompt=prompt, minutes=5, now=prompt.due_at)

    assert (prompt.show_at, prompt.expires_at) == (NOON + 25 * MINUTE, NOON + 33 * MINUTE)


def test_a_snooze_sends_nothing_where_nothing_is_wanted(alice):
    prompt = makers.prompt(makers.break_rule(alice, by_push=False))

    snooze_prompt(prompt=prompt, minutes=5, now=prompt.due_at)

    assert not Delivery.objects.exists()


def test_a_snoozed_prompt_shows_up_to_the_last_hour_and_never_after_it(alice):
    prompt = makers.prompt(makers.break_rule(alice, window_end=time(12, 33)))
    snooze_prompt(prompt=prompt, minutes=10, now=prompt.due_at)
    assert (prompt.show_at, prompt.expires_at) == (NOON + 30 * MINUTE, NOON + 33 * MINUTE)

    with pytest.raises(ValidationError, match="outside your hours"):
        snooze_prompt(prompt=prompt, minutes=5, now=prompt.show_at)

    prompt.refresh_from_db()
    assert prompt.nth == 2


def test_between_two_windows_there_is_no_snooze(alice):
    windows = [(time(12), time(12, 30)), (time(12, 40), time(17))]
    prompt = makers.prompt(makers.break_rule(alice, windows=windows))

    with pytest.raises(ValidationError, match="outside your hours"):
        snooze_prompt(prompt=prompt, minutes=10, now=prompt.due_at)
    snooze_prompt(prompt=prompt, minutes=15, now=prompt.due_at + 5 * MINUTE)

    assert prompt.show_at == NOON + 40 * MINUTE


def test_in_several_windows_prompts_come_in_each_and_between_them_none(alice):
    makers.break_rule(
        alice, windows=[(time(14), time(14, 30)), (time(12), time(13)), (time(16), time(16, 1))]
    )

    for minute in range(24 * 60):
        prompt_due(now=NOON + minute * MINUTE)
        makers.not_now(NOON + minute * MINUTE)

    due = Prompt.objects.order_by("due_at").values_list("due_at", flat=True)
    assert [f"{each:%d %H:%M}" for each in due] == [
        "20 12:20",
        "20 12:40",
        "20 14:00",
        "20 14:20",
        "20 16:00",
    ]


def test_switched_off_the_open_prompt_goes_away(alice, prompt):
    makers.break_rule(alice, enabled=False, now=prompt.due_at + MINUTE)

    prompt.refresh_from_db()
    assert (prompt.outcome, prompt.answered_at) == (Outcome.WITHDRAWN, prompt.due_at + MINUTE)
    assert makers.states_of(prompt) == [(1, "withdrawn")]


@pytest.mark.parametrize(
    "wishes",
    [
        {"window_start": time(14)},
        {"window_end": time(12, 25)},  # the prompt would show until 12:30
        {"weekdays": [5, 6]},  # it is Friday
        {"quiet_start": time(12), "quiet_end": time(13)},
        {"time_zone": "Asia/Tokyo"},  # where it is evening
    ],
)
def test_the_open_prompt_goes_away_where_the_new_hours_have_no_room_for_it(alice, prompt, wishes):
    makers.break_rule(alice, by_push=True, now=prompt.due_at + MINUTE, **wishes)

    prompt.refresh_from_db()
    assert prompt.outcome == Outcome.WITHDRAWN
    assert makers.states_of(prompt) == [(1, "withdrawn")]


def test_the_open_prompt_stays_where_it_still_fits(alice, prompt):
    makers.break_rule(
        alice, interval_minutes=45, window_end=time(12, 30), by_push=True, now=prompt.due_at + MINUTE
    )

    prompt.refresh_from_db()
    assert prompt.outcome is None
    assert makers.states_of(prompt) == [(1, "pending")]


def test_what_a_day_has_had_counts_after_other_wishes_too(alice):
    rule = makers.break_rule(alice, daily_cap=3)
    for _ in range(2):
        makers.prompt(rule)
        rule.refresh_from_db()

    rule = makers.break_rule(alice, interval_minutes=30, daily_cap=3, now=NOON + 45 * MINUTE)
    assert (rule.next_due_at, rule.nth_of_day) == (NOON + 75 * MINUTE, 3)
    makers.prompt(rule)

    tomorrow = NOON + timedelta(hours=21)
    assert next_due() == tomorrow
    assert makers.break_rule(alice, daily_cap=3, now=NOON + timedelta(hours=2)).next_due_at == tomorrow
    more = makers.break_rule(alice, daily_cap=4, now=NOON + timedelta(hours=2))
    assert (more.next_due_at, more.nth_of_day) == (NOON + timedelta(hours=2, minutes=20), 4)


def test_a_day_that_has_had_its_most_has_no_more_after_a_movement(alice):
    rule = makers.break_rule(alice, daily_cap=1)
    prompt = makers.prompt(rule)

    answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=prompt.due_at)

    assert next_due() == NOON + timedelta(hours=21)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["movement", "wishes"])
def test_a_sweep_at_the_same_moment_changes_nothing_about_the_interval(alice, what):
    rule = makers.break_rule(alice)
    changes: dict[str, Callable[[], object]] = {
        "movement": partial(makers.movement, alice),
        "wishes": partial(makers.break_rule, alice),
    }
    at = rule.next_due_at
    for _ in range(10):
        moment = {"at": at} if what == "movement" else {"now": at}
        at_once(*[partial(prompt_due, now=at)] * 2, partial(changes[what], **moment))

        rule.refresh_from_db()
        assert rule.next_due_at == at + 20 * MINUTE
        made = list(Prompt.objects.order_by("due_at").values_list("due_at", "due_on"))
        assert rule.nth_of_day == min(len(made) + 1, 16)
        at = rule.next_due_at


def test_the_same_wishes_again_bring_no_prompt_close_to_one_that_was_put_off(alice):
    prompt = makers.prompt(makers.break_rule(alice))
    snooze_prompt(prompt=prompt, minutes=15, now=prompt.due_at + MINUTE)

    makers.break_rule(alice, now=prompt.due_at + MINUTE)

    assert next_due() == prompt.due_at + (1 + 15 + 20) * MINUTE
