"""What may never get lost: new weakness, "much worse", and what comes while somebody has a flag in hand."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.core.exceptions import ValidationError

from programs.care.models import Mode, Plan
from programs.delivery.models import Delivery
from programs.monitoring.actions import acknowledge_flag, resolve_flag, save_rule_setting, snooze_flag
from programs.monitoring.models import CheckIn, Flag, FlagEvent, FlagState, Outcome
from programs.monitoring.queries import last_said
from programs.monitoring.rules import Report
from tests import makers
from tests.makers import NOON
from tests.monitoring.reviews import TODAY, kinds, reports, review, saying

DAY = timedelta(days=1)
STEADY = reports([3] * 30, last=TODAY + 20 * DAY)


def saying_on(day: date, **values: object) -> list[Report]:
    return saying([report for report in STEADY if report.recorded_on <= day], day, **values)


def weak_on(*days: date) -> list[Report]:
    said = [report for report in STEADY if report.recorded_on <= days[-1]]
    for day in days:
        said = saying(said, day, weakness="new_or_worse")
    return said


def told(flag: Flag) -> int:
    """How often somebody was told of it."""
    return Delivery.objects.filter(source_id=flag.pk).count()


@pytest.fixture
def diary(plan: Plan) -> Plan:
    plan.mode = Mode.DIARY
    plan.save(update_fields=["mode"])
    return plan


@pytest.mark.parametrize(("answer", "level"), [("weakness", "emergency"), ("groc", "flag")])
def test_a_diary_is_read_for_the_patients_own_word(alice, diary, answer, level):
    makers.weekly_check(of=alice, **{answer: {"weakness": "new_or_worse", "groc": "much_worse"}[answer]})

    assert Flag.objects.get().level == level


def test_a_diary_is_not_watched_for_trends(alice, diary):
    makers.daily_checks(of=alice, legs=makers.RISING)

    assert not Flag.objects.exists()
    assert not CheckIn.objects.exists()


def test_weakness_said_again_is_called_out_again(alice, bob):
    (flag,) = review(alice, weak_on(TODAY))
    acknowledge_flag(flag=flag, by=bob, now=NOON)
    before = told(flag)

    later = TODAY + 3 * DAY
    review(alice, weak_on(TODAY, later), today=later)

    flag.refresh_from_db()
    assert (flag.state, flag.owner, flag.found_on) == (FlagState.OPEN, None, later)
    assert told(flag) > before
    assert kinds(flag) == ["opened", "acknowledged", "found_again", "reopened"]


@pytest.mark.parametrize(
    "values", [{"groc": "very_much_worse"}, {"weakness": "new_or_worse"}], ids=["much worse", "weakness"]
)
def test_something_new_wakes_a_flag_that_was_put_off(alice, bob, values):
    (flag,) = review(alice, reports(makers.RISING))
    snooze_flag(flag=flag, by=bob, until=TODAY + 10 * DAY, now=NOON)
    later = TODAY + DAY

    review(alice, saying([*reports(makers.RISING), Report(later, 7)], later, **values), today=later)

    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN


def test_more_of_the_same_lets_a_flag_sleep(alice, bob):
    series = reports([2] * 45 + [6] * 24)
    first = series[49].recorded_on
    (flag,) = review(alice, series[:50], today=first)
    snooze_flag(flag=flag, by=bob, until=first + 13 * DAY, now=NOON + (first - TODAY))

    review(alice, series, today=TODAY)

    flag.refresh_from_db()
    assert flag.state == FlagState.SNOOZED


def test_much_worse_is_never_said_in_vain(alice, bob):
    (flag,) = review(alice, saying_on(TODAY, groc="much_worse"))
    resolve_flag(flag=flag, by=bob, outcome="helpful", note="Called.", now=NOON)

    later = TODAY + 3 * DAY
    said = saying(saying_on(later, groc="very_much_worse"), TODAY, groc="much_worse")

    assert len(review(alice, said, today=later)) == 1


def test_new_thresholds_swallow_no_late_emergency(alice, clinic, bob):
    save_rule_setting(
        clinic=clinic, by=bob, values={"sum_limit": 3.0}, note="Fewer alerts.", instead_of=None, now=NOON
    )

    yesterday = TODAY - DAY
    makers.weekly_check(of=alice, on=yesterday, now=NOON + timedelta(hours=1), weakness="new_or_worse")

    assert Flag.objects.get().level == "emergency"


@pytest.mark.parametrize(
    "settle",
    [acknowledge_flag, partial(resolve_flag, outcome="helpful", note="")],
    ids=["take on", "close"],
)
def test_a_page_from_before_an_emergency_cannot_settle_it(alice, bob, settle):
    (flag,) = review(alice, reports(makers.RISING))
    seen = last_said(flag)
    review(alice, saying(reports(makers.RISING), TODAY, weakness="new_or_worse"))

    with pytest.raises(ValidationError, match="Something new has come in since"):
        settle(flag=flag, by=bob, now=NOON, seen=seen)

    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN


@pytest.mark.parametrize(
    ("opened_by", "then"),
    [
        ({"weakness": "new_or_worse"}, {"weakness": "new_or_worse"}),
        ({"groc": "much_worse"}, {"groc": "very_much_worse"}),
    ],
    ids=["weaker once more", "very much worse"],
)
def test_nor_can_a_page_from_before_the_same_was_said_again(alice, bob, opened_by, then):
    last_week = Report(TODAY - timedelta(days=7), **opened_by)
    (flag,) = review(alice, [last_week], today=last_week.recorded_on)
    seen = last_said(flag)
    review(alice, [last_week, Report(TODAY, **then)])

    with pytest.raises(ValidationError, match="Something new has come in since"):
        resolve_flag(flag=flag, by=bob, outcome="helpful", note="", now=NOON, seen=seen)

    assert Flag.objects.get().state == FlagState.OPEN
    resolve_flag(flag=flag, by=bob, outcome="helpful", note="", now=NOON, seen=last_said(Flag.objects.get()))


@pytest.mark.parametrize(
    ("door", "form"),
    [("acknowledge", {}), ("snooze", {"wait": "2"}), ("resolve", {"outcome": "helpful"})],
)
def test_the_page_sends_what_it_showed_and_what_came_in_since_is_read_first(page, alice, bob, door, form):
    (flag,) = review(alice, reports(makers.RISING))
    shown = page(bob).get(f"/patients/{alice.pk}/").content.decode()
    sent = f'<input type="hidden" name="seen" value="{last_said(flag)}">'
    assert shown.count(sent) == 3
    much_worse = saying(reports(makers.RISING), TODAY, groc="much_worse")
    form = form | {"seen": last_said(flag)}
    review(alice, much_worse)

    browser = page(bob)
    answer = browser.post(f"/flags/{flag.pk}/{door}/", form)
    read = answer if answer.status_code == 422 else browser.get(answer["Location"])

    assert "Something new has come in since. Please look again." in read.content.decode()
    assert "The patient said on 20 November: much worse since last week." in read.content.decode()
    assert Flag.objects.get().state == FlagState.OPEN


def test_what_is_left_behind_by_somebody_who_has_gone_can_be_taken_on(alice, bob, clinic):
    (flag,) = review(alice, reports(makers.RISING))
    acknowledge_flag(flag=flag, by=bob, now=NOON)
    eve = makers.therapist(clinic, "eve")
    eve.caseload.create(clinic=clinic, patient=alice, started_at=NOON)
    bob.caseload.update(ended_at=NOON)

    flag = Flag.objects.get(pk=flag.pk)
    assert acknowledge_flag(flag=flag, by=eve, now=NOON).owner == eve


def test_numbness_and_weakness_on_one_day_are_both_written_down(alice):
    weeks = [TODAY - week * 7 * DAY for week in range(7, -1, -1)]
    numb = [
        Report(day, 3, numb_bother=bother)
        for day, bother in zip(weeks, (1, 1, 1, 1, 4, 4, 4, 4), strict=True)
    ]
    review(alice, [Report(weeks[0], 3), *numb], since=weeks[0])

    review(alice, saying(numb, TODAY, weakness="new_or_worse"), since=weeks[0])

    levels = FlagEvent.objects.filter(flag__patient=alice, found_on=TODAY).values_list("level", flat=True)
    assert "emergency" in levels


def test_nobody_is_asked_about_last_month_as_if_it_were_this_week(alice):
    late = reports([3] * 40 + [6, 6, 6, 6] + [3] * 20)

    review(alice, late, since=TODAY - 60 * DAY, since_changed=TODAY - 60 * DAY)

    assert not CheckIn.objects.exists()


def test_a_flag_of_which_nothing_is_left_waits_for_a_person(alice):
    (flag,) = review(alice, reports(makers.RISING))
    calm = reports([2] * 9 + [2] * 8, last=TODAY + 8 * DAY)

    review(alice, calm, today=TODAY + 8 * DAY, since_changed=TODAY - 20 * DAY)

    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN
    assert flag.outcome != Outcome.CLEARED


def test_a_flag_of_another_clinic_keeps_no_alarm_from_this_one(alice, other_clinic):
    (flag,) = review(alice, weak_on(TODAY))
    alice.memberships.update(clinic=other_clinic)

    (here,) = review(alice, weak_on(TODAY))

    assert here.clinic == other_clinic
    assert flag.pk != here.pk
