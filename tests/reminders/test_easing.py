"""Prompts that nobody answers come further apart, exactly once; and only the patient brings them back."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from programs.care.actions import begin_flare
from programs.care.queries import current_plan
from programs.delivery.models import Delivery, State
from programs.lib.web_push import new_vapid_key
from programs.monitoring.models import Flag, Kind
from programs.reminders.actions import (
    answer_prompt,
    pause_breaks,
    prompt_due,
    return_to_wish,
    review_breaks,
    set_busy,
    snooze_prompt,
)
from programs.reminders.models import BreakRule, Outcome, Prompt
from programs.reminders.queries import easing_of
from tests import makers
from tests.care import plans
from tests.rest import wrong_fields
from tests.threads import at_once

NOON = makers.NOON
MINUTE = timedelta(minutes=1)
REVIEW = "/api/v1/break-rule/review/"
RETURN = "/api/v1/break-rule/return/"


@pytest.fixture
def rule(alice) -> BreakRule:
    """Every 30 minutes until 17:00; the first prompt is due at 12:30."""
    return makers.break_rule(alice, interval_minutes=30)


def ignored(count: int) -> Prompt:
    """So many prompts that got no answer, of which the sweep has not closed the last."""
    for _ in range(count):
        prompt = makers.prompt(BreakRule.objects.get())
    return prompt


def of(rule: BreakRule) -> tuple[int, datetime | None]:
    rule.refresh_from_db()
    return rule.interval_minutes, rule.next_due_at


@pytest.fixture
def eased(rule) -> BreakRule:
    """Three prompts went by; every 40 minutes now, the next one at 14:10."""
    prompt_due(now=ignored(3).expires_at)
    rule.refresh_from_db()
    return rule


def test_two_are_not_three(rule):
    prompt_due(now=ignored(2).expires_at)

    assert of(rule) == (30, NOON + 90 * MINUTE)


def test_pushes_that_never_left_are_nobodys_lack_of_an_answer(alice, settings):
    settings.VAPID_PRIVATE_KEY = new_vapid_key()
    makers.push_subscription(alice)
    rule = makers.break_rule(alice, interval_minutes=30)

    prompt_due(now=ignored(3).expires_at)
    assert of(rule)[0] == 30

    # The sender is back, and counting starts with what it sends.
    for _ in range(3):
        assert of(rule)[0] == 30
        prompt = ignored(1)
        Delivery.objects.filter(source_id=prompt.pk).update(state=State.SENT, sent_at=prompt.due_at)
        prompt_due(now=prompt.expires_at)
    assert of(rule)[0] == 40


def test_what_a_pause_took_back_is_no_lack_of_an_answer(alice, rule):
    for _ in range(3):
        open_one = ignored(1)
        pause_breaks(patient=alice, until=open_one.due_at + 2 * MINUTE, now=open_one.due_at + MINUTE)
    BreakRule.objects.update(heeded_step=0)
    assert Prompt.objects.filter(outcome=Outcome.WITHDRAWN).count() == 3

    prompt_due(now=open_one.expires_at)

    assert of(rule)[0] == 30


def test_what_a_pause_took_back_breaks_no_run_of_done(alice, eased):
    for is_paused in (False, True, False, False):
        prompt = makers.prompt(BreakRule.objects.get())
        at = prompt.due_at + MINUTE
        if is_paused:
            pause_breaks(patient=alice, until=at + MINUTE, now=at)
        else:
            answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=at)

    assert easing_of(BreakRule.objects.get()).offers_return is True


def test_the_third_eases_once_it_is_over_and_not_before(rule):
    third = ignored(3)

    prompt_due(now=third.expires_at - timedelta(seconds=1))
    assert of(rule) == (30, third.due_at + 30 * MINUTE)

    for _ in range(3):
        prompt_due(now=third.expires_at)
    assert of(rule) == (40, third.due_at + 40 * MINUTE)
    assert rule.heeded_step == rule.step == 3


@pytest.mark.django_db(transaction=True)
def test_many_sweeps_at_once_ease_once(clinic, bob):
    for number in range(8):
        rule = makers.break_rule(
            makers.patient(clinic, f"patient{number}", cared_for_by=bob), interval_minutes=30
        )
        for _ in range(3):
            rule.refresh_from_db()
            makers.prompt(rule)

    over = NOON + 100 * MINUTE
    at_once(*[partial(prompt_due, now=over)] * 4)
    prompt_due(now=over)  # what was held just then

    eased = set(BreakRule.objects.values_list("interval_minutes", "heeded_step", "next_due_at"))
    assert eased == {(40, 3, NOON + 130 * MINUTE)}


def test_an_hour_is_the_longest(alice):
    rule = makers.break_rule(alice, interval_minutes=55, now=NOON.replace(hour=9))

    prompt_due(now=ignored(3).expires_at)
    assert of(rule)[0] == 60

    prompt_due(now=ignored(3).expires_at)
    assert of(rule)[0] == 60


ANSWERS = {
    "done": lambda prompt, at: answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=at),
    "not now": lambda prompt, at: answer_prompt(prompt=prompt, outcome=Outcome.DISMISSED, now=at),
    "snooze": lambda prompt, at: snooze_prompt(prompt=prompt, minutes=5, now=at),
    "movement": lambda prompt, at: makers.movement(prompt.patient, at),
    "pause": lambda prompt, at: pause_breaks(patient=prompt.patient, until=at + MINUTE, now=at),
    "going on": lambda prompt, at: pause_breaks(patient=prompt.patient, until=None, now=at),
    "other wishes": lambda prompt, at: makers.break_rule(
        prompt.patient, interval_minutes=30, daily_cap=15, now=at
    ),
    "back to the wish": lambda prompt, at: return_to_wish(patient=prompt.patient, now=at),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_whatever_the_patient_does_starts_the_count_anew(rule, answer):
    third = ignored(3)
    ANSWERS[answer](third, third.due_at + MINUTE)

    prompt_due(now=third.due_at + 28 * MINUTE)

    rule.refresh_from_db()
    assert (rule.heeded_step, rule.interval_minutes) == (3, 30)


def test_a_prompt_that_a_meeting_took_away_is_not_ignored(rule):
    third = ignored(3)
    set_busy(rule=rule, busy=[(third.due_at, third.due_at + 45 * MINUTE)], now=third.due_at + MINUTE)

    prompt_due(now=third.due_at + 20 * MINUTE)

    assert of(rule) == (30, third.due_at + 45 * MINUTE)


def test_what_fell_due_while_nothing_ran_is_nobodys_lack_of_an_answer(rule):
    ignored(2)

    for hours in (2, 3):
        prompt_due(now=NOON + timedelta(hours=hours, minutes=25))

    assert of(rule)[0] == 30
    assert rule.missed == 4
    assert rule.step == 2


def test_the_last_of_the_day_eases_the_next_morning(alice):
    rule = makers.break_rule(alice, interval_minutes=30, now=NOON.replace(hour=15))
    third = ignored(3)
    assert third.due_at == NOON.replace(hour=16, minute=30)

    prompt_due(now=third.expires_at)

    assert of(rule) == (40, NOON + timedelta(hours=21))


def test_where_the_longer_interval_leads_out_of_the_hours_the_calendar_is_asked(alice):
    rule = makers.break_rule(alice, interval_minutes=30, now=NOON.replace(hour=14, minute=54))
    third = ignored(3)
    assert of(rule)[1] == NOON.replace(hour=16, minute=54)

    prompt_due(now=third.expires_at)

    assert of(rule) == (40, NOON + timedelta(hours=21))
    assert rule.nth_of_day == 1


def test_one_rule_that_cannot_be_eased_keeps_nobody_else_waiting(clinic, bob, alice, caplog):
    broken = makers.break_rule(alice, interval_minutes=30)
    ignored(3)
    sound = makers.break_rule(makers.patient(clinic, "eve", cared_for_by=bob), interval_minutes=30)
    for _ in range(3):
        sound.refresh_from_db()
        makers.prompt(sound)
    far = {"time_zone": "Nowhere/Land", "open_until": NOON + 121 * MINUTE}
    BreakRule.objects.filter(pk=broken.pk).update(**far)

    prompt_due(now=NOON + 100 * MINUTE)

    assert of(sound) == (40, NOON + 130 * MINUTE)
    assert f"break rule {broken.pk} could not be eased" in caplog.messages


def test_nothing_to_ease_costs_one_query(rule, django_assert_num_queries):
    makers.prompt(rule)
    with django_assert_num_queries(3 + 1 + 3):  # each with a savepoint here: to close, to ease, to sweep
        assert prompt_due(now=NOON + 45 * MINUTE) == 0


@pytest.mark.parametrize("count", [1, 12])
def test_many_to_ease_cost_as_many_queries_as_one(clinic, bob, count, django_assert_num_queries):
    for number in range(count):
        rule = makers.break_rule(
            makers.patient(clinic, f"patient{number}", cared_for_by=bob), interval_minutes=30
        )
        for _ in range(3):
            rule.refresh_from_db()
            makers.prompt(rule)
    with django_assert_num_queries(3 + 2 + 3):
        prompt_due(now=NOON + 100 * MINUTE)
    assert set(BreakRule.objects.values_list("interval_minutes", flat=True)) == {40}


@pytest.mark.postgresql
def test_rules_are_found_without_a_look_at_all_of_them(rule):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        plan = BreakRule.objects.unheeded().explain()
    assert "break_rule_unheeded" in plan


# The way back -----------------------------------------------------------------------------------------
def test_it_is_said_openly(eased):
    standing = easing_of(eased)

    assert (standing.wished_minutes, standing.interval_minutes) == (30, 40)
    assert (standing.is_longer, standing.offers_return) == (True, False)


def test_saving_the_same_wish_again_leaves_it_longer_and_another_wish_is_the_new_one(alice, eased):
    same = makers.break_rule(alice, interval_minutes=30, daily_cap=10, now=NOON + 105 * MINUTE)
    assert (same.wished_minutes, same.interval_minutes) == (30, 40)

    other = makers.break_rule(alice, interval_minutes=25, now=NOON + 105 * MINUTE)
    assert (other.wished_minutes, other.interval_minutes) == (25, 25)


def test_after_three_done_the_wish_is_offered_and_taken_up(alice, eased):
    for done in range(3):
        assert easing_of(eased).offers_return is False, done
        prompt = makers.prompt(BreakRule.objects.get())
        answer_prompt(prompt=prompt, outcome=Outcome.DONE, now=prompt.due_at)
        eased.refresh_from_db()
    assert easing_of(eased).offers_return is True

    for _ in range(2):
        return_to_wish(patient=alice, now=prompt.due_at + MINUTE)

    assert of(eased) == (30, prompt.due_at + 30 * MINUTE)
    assert easing_of(eased).offers_return is False


def test_one_not_now_among_them_and_nothing_is_offered(eased):
    for outcome in (Outcome.DONE, Outcome.DISMISSED, Outcome.DONE):
        prompt = makers.prompt(BreakRule.objects.get())
        answer_prompt(prompt=prompt, outcome=outcome, now=prompt.due_at)

    assert easing_of(BreakRule.objects.get()).offers_return is False


def test_an_interval_that_would_be_over_already_begins_at_the_return(alice, eased):
    assert of(eased)[1] == NOON + 130 * MINUTE

    return_to_wish(patient=alice, now=NOON + 125 * MINUTE)

    assert of(eased) == (30, NOON + 155 * MINUTE)


@pytest.mark.parametrize("kind", [Kind.WORSENING, Kind.SAFETY])
def test_with_an_open_flag_the_way_back_asks_first(api, at_noon, alice, eased, kind):
    makers.daily_checks(alice, makers.RISING)
    Flag.objects.update(kind=kind)
    question = "Your last reports need a look. Do you still want prompts more often?"

    answer = api(alice).post(RETURN, {})

    assert (answer.status_code, wrong_fields(answer)) == (400, {"confirmed": question})
    assert of(eased)[0] == 40
    assert api(alice).post(RETURN, {"confirmed": True}).json()["interval_minutes"] == 30


def test_a_flag_of_another_kind_asks_nothing(api, at_noon, alice, eased):
    makers.daily_checks(alice, makers.RISING)
    Flag.objects.update(kind=Kind.SILENT)

    assert api(alice).post(RETURN, {}).json()["interval_minutes"] == 30


def test_what_a_plan_proposes_changes_nothing_by_itself(alice, bob, rule):
    plan = plans.of_program("sciatica-with-calf-symptoms", alice, bob)
    for number in (2, 3):
        plans.in_stage(plan, number)
        assert current_plan(alice).stage.break_interval_minutes != 30 or number == 2
    begin_flare(plan=plan, by=bob, reason="A bad night.", usual=None, now=NOON)

    assert current_plan(alice).stage.break_interval_minutes == 25
    assert of(rule) == (30, NOON + 30 * MINUTE)


def test_a_flag_that_opens_changes_nothing_by_itself(alice, rule):
    makers.daily_checks(alice, makers.RISING)

    assert Flag.objects.unresolved().exists()
    assert of(rule) == (30, NOON + 30 * MINUTE)


# Once a week ------------------------------------------------------------------------------------------
@pytest.fixture
def asked(rule) -> BreakRule:
    """Today is the day of the question."""
    BreakRule.objects.update(review_on=NOON.date())
    rule.refresh_from_db()
    return rule


@pytest.mark.parametrize(
    ("minutes", "answer", "after"),
    [
        (30, "fewer", (40, 40)),
        (30, "same", (30, 30)),
        (30, "more", (20, 20)),
        (60, "fewer", (60, 60)),
        (55, "fewer", (60, 60)),
        (25, "more", (20, 20)),
        (20, "more", (20, 20)),
    ],
)
def test_over_rest_the_answer_changes_the_wish_by_ten_minutes(api, at_noon, alice, minutes, answer, after):
    rule = makers.break_rule(alice, interval_minutes=minutes)
    assert api(alice).get("/api/v1/break-rule/").json()["review_due"] is False
    BreakRule.objects.update(review_on=NOON.date())
    assert api(alice).get("/api/v1/break-rule/").json()["review_due"] is True

    answers = [api(alice).post(REVIEW, {"answer": answer}) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
    assert answers[1].json()["review_due"] is False
    rule.refresh_from_db()
    assert (rule.wished_minutes, rule.interval_minutes) == after
    assert rule.next_due_at == NOON + after[1] * MINUTE
    assert rule.review_on == NOON.date() + timedelta(days=7)


@pytest.mark.parametrize(("answer", "after"), [("fewer", (50, 50)), ("same", (30, 40)), ("more", (30, 30))])
def test_it_counts_from_what_is_in_force(alice, eased, answer, after):
    BreakRule.objects.update(review_on=NOON.date())

    rule = review_breaks(patient=alice, answer=answer, confirmed=False, now=NOON + 105 * MINUTE)

    assert (rule.wished_minutes, rule.interval_minutes) == after


def test_with_an_open_flag_more_needs_a_second_yes_and_fewer_none(api, at_noon, alice, asked):
    makers.daily_checks(alice, makers.RISING)

    refused = api(alice).post(REVIEW, {"answer": "more"})
    assert (refused.status_code, list(wrong_fields(refused))) == (400, ["confirmed"])
    assert of(asked)[0] == 30
    assert api(alice).get("/api/v1/break-rule/").json()["review_due"] is True

    assert api(alice).post(REVIEW, {"answer": "more", "confirmed": True}).json()["wished_minutes"] == 20
    BreakRule.objects.update(review_on=NOON.date())
    assert api(alice).post(REVIEW, {"answer": "fewer"}).json()["wished_minutes"] == 30


@pytest.mark.parametrize("days", [0, 1, 6])
def test_a_question_is_asked_from_its_day_on_while_they_are_on(api, at_noon, alice, asked, days):
    BreakRule.objects.update(review_on=NOON.date() - timedelta(days=days))
    assert api(alice).get("/api/v1/break-rule/").json()["review_due"] is True

    BreakRule.objects.update(enabled=False)
    assert api(alice).get("/api/v1/break-rule/").json()["review_due"] is False


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"answer": "This field is required."}),
        ({"answer": "less"}, {"answer": "Choose fewer, the same or more."}),
        ({"answer": ["more"]}, {"answer": "Choose fewer, the same or more."}),
        ({"answer": "a\x00"}, None),
        ({"answer": "more", "confirmed": "perhaps"}, {"confirmed": "Must be a valid boolean."}),
        ({"answer": "more", "minutes": 5}, {"minutes": "There is no such field."}),
    ],
)
def test_another_answer_is_refused_at_its_field(api, at_noon, alice, asked, body, errors):
    answer = api(alice).post(REVIEW, body)

    assert answer.status_code == 400
    assert errors is None or wrong_fields(answer) == errors
    assert of(asked)[0] == 30


@pytest.mark.parametrize("url", [REVIEW, RETURN])
def test_nobody_answers_for_somebody_else(api, client, asked, bob, dora, url):
    body = {"answer": "more"} if url == REVIEW else {}

    assert api(dora).post(url, body).status_code == 404
    assert api(bob).post(url, body).status_code == 403
    assert client.post(url, body, content_type="application/json").status_code == 401
    assert of(asked)[0] == 30


def test_an_answer_that_is_none_is_refused_by_the_verb(alice, rule):
    with pytest.raises(ValidationError, match="Choose fewer, the same or more"):
        review_breaks(patient=alice, answer="less", confirmed=False, now=NOON)
