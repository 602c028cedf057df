"""prompt_due and what answers do to the next prompt."""

from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from programs.delivery.models import Delivery
from programs.reminders import actions
from programs.reminders.actions import answer_prompt, prompt_due, snooze_prompt
from programs.reminders.models import BreakRule, Outcome, Prompt
from tests import makers
from tests.threads import at_once

NOON = makers.NOON
MINUTE = timedelta(minutes=1)


@pytest.fixture
def rule(alice) -> BreakRule:
    """Every 20 minutes from 9:00 to 17:00 in London; the first prompt is due at 12:20."""
    return makers.break_rule(alice)


def the_calendar_must_be_asked(**values: Any) -> None:
    """The stretches of allowed time end with the prompt that is due, as they do with the last of a day."""
    for rule in BreakRule.objects.all():
        due_at = values.get("next_due_at", rule.next_due_at)
        BreakRule.objects.filter(pk=rule.pk).update(**values, open_until=due_at + timedelta(seconds=1))


def next_due_of(rule: BreakRule) -> datetime | None:
    return BreakRule.objects.get(pk=rule.pk).next_due_at


def sweep(start: datetime, end: datetime, every: timedelta = MINUTE) -> list[datetime]:
    """Run the sweep again and again, and answer "Not now"; when each prompt that it made was due."""
    at = start
    while at <= end:
        prompt_due(now=at)
        makers.not_now(at)
        at += every
    return list(Prompt.objects.order_by("due_at").values_list("due_at", flat=True))


def test_nobody_is_prompted_before_time(rule):
    assert prompt_due(now=NOON + 19 * MINUTE) == 0
    assert not Prompt.objects.exists()


def test_a_prompt_is_made_when_it_is_due_and_the_next_one_is_an_interval_later(rule, alice):
    assert prompt_due(now=NOON + 20 * MINUTE) == 1

    prompt = Prompt.objects.get()
    assert (prompt.patient, prompt.clinic, prompt.nth) == (alice, rule.clinic, 1)
    assert (prompt.due_at, prompt.show_at) == (NOON + 20 * MINUTE, NOON + 20 * MINUTE)
    assert prompt.expires_at == NOON + 30 * MINUTE
    assert next_due_of(rule) == NOON + 40 * MINUTE


def test_a_sweep_that_runs_again_makes_no_second_prompt(rule):
    assert [prompt_due(now=NOON + 20 * MINUTE) for _ in range(3)] == [1, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_four_sweeps_at_once_make_each_prompt_once(clinic, bob, rule, caplog):
    for number in range(9):
        makers.break_rule(makers.patient(clinic, f"patient{number}", cared_for_by=bob))

    made = at_once(*[partial(prompt_due, now=NOON + 20 * MINUTE)] * 4)

    assert sum(made) == 10
    assert Prompt.objects.count() == 10
    assert set(BreakRule.objects.values_list("step", "next_due_at")) == {(1, NOON + 40 * MINUTE)}
    assert caplog.messages == []  # nobody ran into the constraint either


def test_a_late_sweep_does_not_shift_what_follows(rule):
    prompt_due(now=NOON + 29 * MINUTE)

    assert Prompt.objects.get().due_at == NOON + 20 * MINUTE
    assert next_due_of(rule) == NOON + 40 * MINUTE


def test_prompts_missed_while_the_engine_stood_still_are_counted_and_not_made_up_for(rule):
    made = prompt_due(now=NOON + timedelta(hours=3, minutes=15))

    assert made == 0
    assert not Prompt.objects.exists()
    rule.refresh_from_db()
    assert rule.missed == 9  # 12:20 to 15:00
    assert rule.next_due_at == NOON + timedelta(hours=3, minutes=20)


def test_after_an_outage_the_newest_prompt_that_is_still_worth_showing_comes_alone(rule):
    at = NOON + timedelta(hours=3, minutes=7)
    assert [prompt_due(now=at), prompt_due(now=at)] == [1, 0]

    prompt = Prompt.objects.get()
    assert (prompt.due_at, prompt.expires_at) == (
        NOON + timedelta(hours=3),
        NOON + timedelta(hours=3, minutes=10),
    )
    rule.refresh_from_db()
    assert rule.missed == 8
    assert rule.next_due_at == NOON + timedelta(hours=3, minutes=20)


def test_after_an_outage_of_days_the_patients_hours_and_cap_are_kept(alice):
    makers.break_rule(alice, daily_cap=5)  # Friday noon
    sweep_at = datetime(2026, 11, 23, 9, 45, tzinfo=UTC)  # Monday; due at 9:00, 9:20 and 9:40

    assert prompt_due(now=sweep_at) == 1

    rule = BreakRule.objects.get()
    assert rule.missed == 5 + 5 + 5 + 2  # of Monday, 9:00 and 9:20
    assert Prompt.objects.get().due_at == sweep_at.replace(minute=40)
    assert rule.next_due_at == sweep_at.replace(hour=10, minute=0)


def test_a_late_sweep_shows_nothing_after_the_patients_hours(alice):
    """The last prompt of the day is due at 16:55, five minutes before the hours end."""
    makers.break_rule(alice, now=NOON.replace(hour=16, minute=35))
    five = NOON.replace(hour=17, minute=0)

    assert prompt_due(now=five) == 0
    assert BreakRule.objects.get().missed == 1


def test_the_last_prompt_of_the_day_goes_when_the_hours_end(alice):
    rule = makers.break_rule(alice, now=NOON.replace(hour=16, minute=35))

    assert makers.prompt(rule).expires_at == NOON.replace(hour=17, minute=0)


def test_a_day_has_no_more_prompts_than_its_patient_wants(alice):
    makers.break_rule(alice, daily_cap=3)

    due = sweep(NOON, NOON + timedelta(hours=22), every=5 * MINUTE)

    morning = datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert due == [NOON + n * 20 * MINUTE for n in (1, 2, 3)] + [morning + n * 20 * MINUTE for n in range(3)]


def test_many_at_once_are_made_in_batches(clinic, bob, monkeypatch):
    monkeypatch.setattr(actions.sweep, "BATCH", 2)
    for number in range(5):
        makers.break_rule(makers.patient(clinic, f"patient{number}", cared_for_by=bob))

    assert prompt_due(now=NOON + 20 * MINUTE) == 5

    assert Prompt.objects.count() == 5
    assert len(set(Prompt.objects.values_list("rule", flat=True))) == 5


def test_a_prompt_goes_to_the_devices_of_the_patient_that_wants_push(alice, rule):
    subscription = makers.push_subscription(alice)
    makers.push_subscription(alice, revoked_at=NOON)

    prompt = makers.prompt(rule)

    delivery = Delivery.objects.get()
    assert (delivery.channel, delivery.recipient, delivery.target) == (
        "web_push",
        alice,
        str(subscription.pk),
    )
    assert (delivery.source_id, delivery.nth, delivery.lane) == (prompt.pk, 1, "prompt")
    assert (delivery.next_attempt_at, delivery.expires_at) == (prompt.due_at, prompt.expires_at)


def test_a_prompt_stays_in_the_app_where_push_is_not_wanted(alice):
    makers.push_subscription(alice)

    makers.prompt(makers.break_rule(alice, by_push=False))

    assert not Delivery.objects.exists()


def test_all_day_long_prompts_come_every_interval_within_the_hours(rule):
    due = sweep(NOON, NOON + timedelta(hours=22), every=5 * MINUTE)

    expected = [NOON + minutes * MINUTE for minutes in range(20, 5 * 60, 20)]
    next_morning = datetime(2026, 11, 21, 9, tzinfo=UTC)
    assert due == [*expected, next_morning, *[next_morning + n * 20 * MINUTE for n in (1, 2, 3)]]


def test_quiet_hours_and_other_days_are_kept_free(alice):
    # 20 November 2026 is a Friday.
    makers.break_rule(
        alice, weekdays=[4, 0], quiet_start=time(12, 30), quiet_end=time(16), interval_minutes=30
    )

    due = sweep(NOON, NOON + timedelta(days=3), every=5 * MINUTE)

    hours = [at.strftime("%a %H:%M") for at in due]
    assert hours[:3] == ["Fri 16:00", "Fri 16:30", "Mon 09:00"]


def test_a_prompt_nobody_answers_expires(rule):
    prompt = makers.prompt(rule)

    prompt_due(now=prompt.expires_at - timedelta(seconds=1))
    assert Prompt.objects.showing(prompt.expires_at - timedelta(seconds=1)).exists()

    prompt_due(now=prompt.expires_at)
    prompt.refresh_from_db()
    assert (prompt.outcome, prompt.answered_at) == (Outcome.EXPIRED, prompt.expires_at)
    assert not Prompt.objects.showing(prompt.expires_at).exists()


def test_an_expired_prompt_never_shows_even_before_the_sweep_says_so(rule):
    prompt = makers.prompt(rule)

    assert not Prompt.objects.showing(prompt.expires_at).exists()


def test_done_counts_the_interval_anew(rule):
    prompt = makers.prompt(rule)
    answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=prompt.due_at + 7 * MINUTE)

    assert next_due_of(rule) == prompt.due_at + 27 * MINUTE


def test_not_now_leaves_the_next_one_where_it_was(rule):
    prompt = makers.prompt(rule)
    answer_prompt(prompt=prompt, outcome=Outcome.DISMISSED, now=prompt.due_at + 7 * MINUTE)

    assert next_due_of(rule) == prompt.due_at + 20 * MINUTE


def test_the_same_answer_again_changes_nothing_and_another_one_is_too_late(rule):
    prompt = makers.prompt(rule)
    answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=prompt.due_at + MINUTE)

    again = answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=prompt.due_at + 2 * MINUTE)

    assert again.answered_at == prompt.due_at + MINUTE
    assert next_due_of(rule) == prompt.due_at + 21 * MINUTE
    with pytest.raises(ValidationError, match="This prompt is over"):
        answer_prompt(prompt=prompt, outcome=Outcome.DISMISSED, now=prompt.due_at + 2 * MINUTE)


@pytest.mark.parametrize("minutes", [5, 10, 15])
def test_a_snooze_shows_the_same_prompt_again(rule, minutes):
    prompt = makers.prompt(rule)
    asked_at = prompt.due_at + 2 * MINUTE
    again_at = asked_at + minutes * MINUTE

    snooze_prompt(prompt=prompt, minutes=minutes, now=asked_at)

    assert not Prompt.objects.showing(again_at - timedelta(seconds=1)).exists()
    shown = Prompt.objects.showing(again_at).get()
    assert (shown.pk, shown.nth, shown.due_at) == (prompt.pk, 2, prompt.due_at)
    assert shown.expires_at == again_at + 10 * MINUTE
    assert next_due_of(rule) == again_at + 20 * MINUTE


def test_a_snoozed_prompt_can_be_put_off_again_once_it_shows(rule):
    prompt = makers.prompt(rule)
    snooze_prompt(prompt=prompt, minutes=5, now=prompt.due_at)

    snooze_prompt(prompt=prompt, minutes=10, now=prompt.due_at + 5 * MINUTE)

    prompt.refresh_from_db()
    assert (prompt.nth, prompt.show_at) == (3, prompt.due_at + 15 * MINUTE)


def test_a_snooze_never_leads_out_of_the_patients_hours(alice):
    late = makers.NOON.replace(hour=16, minute=35)
    prompt = makers.prompt(makers.break_rule(alice, now=late))
    assert prompt.due_at.hour == 16

    with pytest.raises(ValidationError, match="outside your hours"):
        snooze_prompt(prompt=prompt, minutes=5, now=prompt.due_at + timedelta(minutes=1))

    prompt.refresh_from_db()
    assert prompt.nth == 1


def test_a_rule_that_cannot_prompt_stands_aside_for_an_hour(alice, rule, caplog):
    due_at = rule.next_due_at
    the_calendar_must_be_asked(time_zone="Nowhere/Land")

    assert prompt_due(now=due_at) == 0

    rule.refresh_from_db()
    assert rule.next_due_at == due_at + timedelta(hours=1)
    assert "could not prompt" in caplog.text


def test_a_snooze_sent_twice_puts_it_off_once(rule):
    prompt = makers.prompt(rule)
    stale = Prompt.objects.get(pk=prompt.pk)
    first = snooze_prompt(prompt=prompt, minutes=5, now=prompt.due_at)

    again = snooze_prompt(prompt=stale, minutes=5, now=prompt.due_at + MINUTE)

    assert (again.nth, again.show_at) == (2, first.show_at)
    assert next_due_of(rule) == prompt.due_at + 25 * MINUTE


def test_a_sweep_leaves_a_snoozed_prompt_alone(rule):
    prompt = makers.prompt(rule)
    snooze_prompt(prompt=prompt, minutes=15, now=prompt.due_at + 9 * MINUTE)

    assert prompt_due(now=prompt.due_at + 20 * MINUTE) == 0

    prompt.refresh_from_db()
    assert prompt.outcome is None


def test_a_session_is_movement_and_ends_the_open_prompt(alice, plan, rule):
    prompt = makers.prompt(rule)
    makers.session(plan, at=prompt.due_at + 4 * MINUTE)

    prompt.refresh_from_db()
    assert prompt.outcome == Outcome.DONE
    assert next_due_of(rule) == prompt.due_at + 24 * MINUTE


def test_a_session_ends_a_prompt_that_was_put_off_too(alice, plan, rule):
    prompt = makers.prompt(rule)
    snooze_prompt(prompt=prompt, minutes=15, now=prompt.due_at)

    makers.session(plan, at=prompt.due_at + 12 * MINUTE)

    assert not Prompt.objects.showing(prompt.due_at + 15 * MINUTE).exists()


def test_a_session_just_before_the_prompt_puts_it_off(alice, plan, rule):
    makers.session(plan, at=NOON + 18 * MINUTE)

    assert prompt_due(now=NOON + 20 * MINUTE) == 0
    assert next_due_of(rule) == NOON + 38 * MINUTE


def test_a_rule_that_is_switched_off_prompts_nobody(rule):
    BreakRule.objects.update(enabled=False)

    assert prompt_due(now=NOON + 20 * MINUTE) == 0


def test_one_rule_that_cannot_be_read_keeps_nobody_else_back(clinic, bob, rule, caplog):
    makers.break_rule(makers.patient(clinic, "eve", cared_for_by=bob))
    the_calendar_must_be_asked()
    BreakRule.objects.filter(pk=rule.pk).update(time_zone="Nowhere/None")

    assert prompt_due(now=NOON + 20 * MINUTE) == 1

    assert f"break rule {rule.pk} could not prompt" in caplog.messages


def test_a_rule_that_the_database_refuses_keeps_nobody_else_back(clinic, bob, rule, caplog):
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    makers.break_rule(eve)
    makers.prompt(rule)
    BreakRule.objects.filter(pk=rule.pk).update(step=0, next_due_at=NOON + 39 * MINUTE)  # as by hand, wrongly

    assert prompt_due(now=NOON + 40 * MINUTE) == 1

    assert Prompt.objects.filter(patient=eve).count() == 2
    rule.refresh_from_db()
    assert rule.next_due_at == NOON + 40 * MINUTE + timedelta(hours=1)


def test_a_rule_that_was_put_off_prompts_at_no_odd_hour(alice, rule):
    the_calendar_must_be_asked(time_zone="Nowhere/Land", next_due_at=NOON.replace(hour=16, minute=40))
    prompt_due(now=NOON.replace(hour=16, minute=40))
    BreakRule.objects.update(time_zone=alice.time_zone)

    assert prompt_due(now=NOON.replace(hour=17, minute=40, second=5)) == 0

    assert next_due_of(rule) == datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_the_clock_going_forward_shortens_no_interval_and_skips_no_hours(clinic, bob):
    """London, 29 March 2026: 01:00 is followed by 02:00."""
    night = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    makers.break_rule(eve, now=night, interval_minutes=30, window_start=time(0), window_end=time(4))

    due = sweep(night, night + timedelta(hours=5), every=5 * MINUTE)

    assert due == [night + n * 30 * MINUTE for n in range(1, 6)]
    shown = [at.astimezone(ZoneInfo("Europe/London")).strftime("%H:%M") for at in due]
    assert shown == ["00:30", "02:00", "02:30", "03:00", "03:30"]


def test_the_clock_going_back_repeats_no_prompt_and_keeps_the_mornings_hour(clinic, bob):
    """London, 25 October 2026: 02:00 is followed by 01:00, so 9:00 comes an hour of UTC later than before."""
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    saturday = datetime(2026, 10, 24, 15, 0, tzinfo=UTC)  # 16:00 in London
    makers.break_rule(eve, now=saturday, interval_minutes=60)

    due = sweep(saturday, saturday + timedelta(hours=20), every=5 * MINUTE)

    assert due == [datetime(2026, 10, 25, 9 + hour, 0, tzinfo=UTC) for hour in range(3)]
    local = {at.astimezone(ZoneInfo("Europe/London")).date() for at in due}
    assert local == {date(2026, 10, 25)}


@pytest.mark.parametrize("others", [3, 30])
def test_rules_that_are_not_due_cost_nothing(clinic, bob, rule, others, django_assert_max_num_queries):
    for number in range(others):
        patient = makers.patient(clinic, f"patient{number}", cared_for_by=bob)
        makers.break_rule(patient, now=NOON + timedelta(hours=1))
    with django_assert_max_num_queries(11):
        assert prompt_due(now=NOON + 20 * MINUTE) == 1


@pytest.mark.parametrize("others", [1, 40])
def test_many_due_rules_cost_as_many_queries_as_one(clinic, bob, others, django_assert_num_queries):
    for number in range(others):
        patient = makers.patient(clinic, f"patient{number}", cared_for_by=bob)
        makers.push_subscription(patient)
        makers.break_rule(patient)
    with django_assert_num_queries(7 if connection.vendor == "postgresql" else 12):
        assert prompt_due(now=NOON + 20 * MINUTE) == others
