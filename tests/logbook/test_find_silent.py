"""find_silent: who has gone quiet, and for whom nothing has changed."""

import logging
from datetime import date, timedelta

import pytest

from programs.accounts.models import Clinic, Membership, User
from programs.care.models import Mode, Plan
from programs.delivery.models import Delivery, State
from programs.logbook.actions import find_silent
from programs.logbook.models import DailyCheck
from programs.logbook.tasks import find_silent as task
from programs.monitoring.actions import resolve_flag, save_rule_setting, snooze_flag
from programs.monitoring.models import Flag, FlagState, Kind, Outcome, RuleSetting
from programs.monitoring.rules import DEFAULT, adjusted
from tests import makers

NOON = makers.NOON
DAY = timedelta(days=1)


def stored(of: User, legs: dict[int, int]) -> None:
    """Checks so many days ago, as they lie in the database: nothing is judged."""
    DailyCheck.objects.bulk_create(
        DailyCheck(
            clinic=of.memberships.get().clinic,
            patient=of,
            recorded_on=on(-back),
            worst_leg_pain=leg,
            worst_back_pain=2,
        )
        for back, leg in legs.items()
    )


def on(days: int) -> date:
    return NOON.date() + days * DAY


@pytest.fixture
def plan(alice: User, bob: User) -> Plan:
    """Begun 40 days ago."""
    return makers.plan(alice, bob, at=NOON - 40 * DAY)


def silent_flag() -> Flag:
    return Flag.objects.get(kind=Kind.SILENT)


# Silent


def test_a_week_without_a_daily_check_opens_a_flag_and_tells_the_care_team(alice, bob, plan):
    stored(alice, {7: 3})

    (flag,) = find_silent(now=NOON)

    assert flag == silent_flag()
    assert (flag.patient, flag.plan, flag.level, flag.rule) == (alice, plan, "flag", "silent")
    assert (flag.found_on, flag.rule_version) == (on(0), DEFAULT.version)
    assert flag.sentence == "No Daily check since 13 November, for 7 days."
    assert flag.next_escalation_at == NOON + timedelta(hours=48)
    assert set(Delivery.objects.values_list("recipient", "source_id")) == {(bob.pk, flag.pk)}


def test_six_days_are_not_yet_a_silence(alice, plan):
    stored(alice, {6: 3})

    assert find_silent(now=NOON) == []


def test_who_never_reported_is_silent_a_week_after_the_plan_began(alice, plan):
    Plan.objects.update(started_at=NOON - 6 * DAY)
    assert find_silent(now=NOON) == []

    (flag,) = find_silent(now=NOON + DAY)
    assert flag.found_on == on(1)


def test_one_silence_is_told_once_however_often_the_sweep_runs(alice, bob, plan):
    stored(alice, {7: 3})
    find_silent(now=NOON)

    for hours in range(1, 4):
        assert find_silent(now=NOON + timedelta(hours=hours)) == []
    resolve_flag(flag=silent_flag(), by=bob, outcome=Outcome.HELPFUL, note="Called.", now=NOON)
    assert find_silent(now=NOON + 5 * DAY) == []

    assert Flag.objects.count() == 1
    assert Delivery.objects.count() == 2


@pytest.mark.parametrize("is_put_off", [False, True])
def test_a_report_ends_the_silence(alice, bob, plan, is_put_off):
    stored(alice, {9: 3})
    find_silent(now=NOON)
    if is_put_off:
        snooze_flag(flag=silent_flag(), by=bob, until=on(3), now=NOON)

    makers.daily_check(alice, 3)

    flag = silent_flag()
    assert (flag.state, flag.outcome) == (FlagState.RESOLVED, Outcome.CLEARED)
    assert (flag.events.last().kind, flag.events.last().note) == ("cleared", "Reported again on 20 November.")
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.WITHDRAWN}
    assert find_silent(now=NOON) == []


def test_a_report_about_a_day_long_past_does_not_end_it(alice, plan):
    stored(alice, {20: 3})
    find_silent(now=NOON)

    makers.daily_check(alice, 3, on=on(-10))

    assert silent_flag().state == FlagState.OPEN


def test_the_next_silence_is_another_episode(alice, plan):
    stored(alice, {9: 3})
    find_silent(now=NOON)
    makers.daily_check(alice, 3)

    (second,) = find_silent(now=NOON + 7 * DAY)

    assert second.found_on == on(7)
    assert Flag.objects.filter(kind=Kind.SILENT).count() == 2


def test_reports_that_came_past_the_action_end_it_at_the_next_sweep(alice, plan):
    stored(alice, {9: 3})
    find_silent(now=NOON)
    stored(alice, {0: 3})

    assert find_silent(now=NOON) == []
    assert silent_flag().outcome == Outcome.CLEARED


def test_a_new_plan_ends_the_silence_of_the_one_before(alice, bob, plan):
    stored(alice, {9: 3})
    find_silent(now=NOON)
    Plan.objects.update(ended_at=NOON)
    makers.plan(alice, bob)

    find_silent(now=NOON + DAY)

    assert silent_flag().events.last().note == "A plan has begun since."


def test_a_weekly_check_alone_does_not_break_a_silence(alice, plan):
    stored(alice, {9: 3})
    find_silent(now=NOON)

    makers.weekly_check(alice)

    assert silent_flag().state == FlagState.OPEN


def test_a_clinic_may_wait_longer_before_it_calls_silence(alice, bob, clinic, plan):
    stored(alice, {9: 3})
    values = {"silent_after_days": 10}
    RuleSetting.objects.create(
        clinic=clinic, values=values, version=adjusted(values).version, saved_by=bob, saved_at=NOON
    )

    assert find_silent(now=NOON) == []
    (flag,) = find_silent(now=NOON + DAY)
    assert flag.rule_version == adjusted(values).version


def test_waiting_longer_from_now_on_closes_no_silence_that_somebody_was_told_of(alice, bob, clinic, plan):
    stored(alice, {9: 3})
    find_silent(now=NOON)
    save_rule_setting(
        clinic=clinic, by=bob, values={"silent_after_days": 14}, note="Fewer.", instead_of=None, now=NOON
    )

    find_silent(now=NOON + DAY)

    assert silent_flag().state == FlagState.OPEN


# No change yet

UNCHANGED = dict.fromkeys(range(40), 5)


def test_four_weeks_without_a_change_open_a_flag(alice, bob, plan):
    stored(alice, UNCHANGED)

    (flag,) = find_silent(now=NOON)

    assert (flag.kind, flag.rule, flag.plan) == (Kind.NO_RESPONSE, "no_response", plan)
    assert flag.found_on == on(-12)
    assert flag.next_escalation_at == NOON + timedelta(hours=48)
    assert Delivery.objects.filter(recipient=bob).count() == 2


def test_a_plan_that_changes_nothing_is_told_once_and_the_next_plan_again(alice, bob, plan):
    stored(alice, UNCHANGED)
    (flag,) = find_silent(now=NOON)
    resolve_flag(flag=flag, by=bob, outcome=Outcome.HELPFUL, note="We wait.", now=NOON)

    stored(alice, {-ahead: 5 for ahead in range(1, 29)})
    assert find_silent(now=NOON + 16 * DAY) == []
    Plan.objects.update(ended_at=NOON)
    makers.plan(alice, bob)
    (second,) = find_silent(now=NOON + 28 * DAY)

    assert (second.kind, second.found_on) == (Kind.NO_RESPONSE, on(28))


def test_what_came_down_and_went_back_up_is_told_again(alice, plan):
    stored(alice, UNCHANGED | {-ahead: 3 for ahead in range(1, 17)})
    stored(alice, {-ahead: 5 for ahead in range(17, 45)})
    for days in (0, 16, 44):
        find_silent(now=NOON + days * DAY)

    found = Flag.objects.order_by("opened_at").values_list("found_on", "outcome")
    assert list(found) == [(on(-12), Outcome.CLEARED), (on(44), "")]


def test_less_pain_four_weeks_later_closes_it(alice, plan):
    stored(alice, UNCHANGED)
    (flag,) = find_silent(now=NOON)

    stored(alice, {-ahead: 3 for ahead in range(1, 17)})
    find_silent(now=NOON + 16 * DAY)

    flag.refresh_from_db()
    assert (flag.state, flag.outcome) == (FlagState.RESOLVED, Outcome.CLEARED)
    assert flag.events.last().note == "The middle of the last week is 3; that of the plan's first week was 5."


def test_too_few_reports_to_tell_close_nothing(alice, plan):
    stored(alice, UNCHANGED)
    (flag,) = find_silent(now=NOON)

    stored(alice, {-16: 3, -15: 3})
    find_silent(now=NOON + 16 * DAY)

    flag.refresh_from_db()
    assert flag.state == FlagState.OPEN


# Who is judged at all


def test_a_diary_is_not_judged(alice, plan):
    Plan.objects.update(mode=Mode.DIARY)

    assert find_silent(now=NOON) == []


def test_who_has_no_plan_left_the_clinic_or_has_no_account_is_not_judged(alice, clinic, bob, plan):
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    gone = makers.patient(clinic, "gone", cared_for_by=bob)
    for patient in (eve, gone):
        makers.plan(patient, bob, at=NOON - 40 * DAY)
    Plan.objects.filter(patient=alice).update(ended_at=NOON)
    Membership.objects.filter(user=eve).update(ended_at=NOON)
    User.objects.filter(pk=gone.pk).update(is_active=False)

    assert find_silent(now=NOON) == []


def test_one_patient_who_cannot_be_judged_keeps_nobody_else_back(alice, clinic, bob, plan, caplog):
    User.objects.filter(pk=alice.pk).update(time_zone="Nowhere/None")
    eve = makers.patient(clinic, "eve", cared_for_by=bob)
    makers.plan(eve, bob, at=NOON - 40 * DAY)

    (flag,) = find_silent(now=NOON)

    assert flag.patient == eve
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert errors == [f"patient {alice.pk} could not be judged for what is missing"]


@pytest.mark.parametrize("count", [2, 12])
def test_a_sweep_that_finds_nothing_new_takes_the_same_few_queries(
    clinic: Clinic, bob, count, django_assert_num_queries
):
    for number in range(count):
        patient = makers.patient(clinic, f"patient{number}", cared_for_by=bob)
        makers.plan(patient, bob, at=NOON - 40 * DAY)
        stored(patient, {1 + 9 * (number % 2): 4})
    assert len(find_silent(now=NOON)) == count // 2

    with django_assert_num_queries(5):  # ids, plans, daily with weekly checks, thresholds, flags
        find_silent(now=NOON)


def test_celery_runs_it(alice, plan, at_noon):
    task()

    assert silent_flag().patient == alice
