"""What was done, declined or busy is heeded, whatever is switched off, on or changed meanwhile."""

from __future__ import annotations

from datetime import time, timedelta
from functools import partial

import pytest
from django.db import transaction

from programs.accounts.actions import join_clinic
from programs.accounts.models import Membership, Role, User
from programs.delivery.models import Delivery
from programs.logbook.actions.reports import one_report_at_a_time
from programs.monitoring.models import Flag
from programs.reminders.actions import (
    not_today,
    record_movement,
    remind_due,
    satisfy,
    set_busy,
    start_again,
    stop_everything,
)
from programs.reminders.models import BreakRule, Kind, Reminder, ReminderSettings
from tests import makers, pages
from tests.reminders.test_reminders_page import WISH
from tests.reminders.test_reminders_sweep import moment, reminders
from tests.threads import at_once

pytestmark = pytest.mark.usefixtures("at_noon")

TODAY = makers.NOON.date()
SECOND = timedelta(seconds=1)


def stop_and_start(user: User, stop: str, start: str) -> None:
    stop_everything(clinic=user.memberships.get().clinic, user=user, now=moment(stop))
    start_again(user=user, now=moment(start))


# --- what was done ---


def test_what_was_done_before_a_stop_is_not_asked_after_it(alice):
    reminders(alice, now=moment("07:00"), daily_check_at=time(18))
    satisfy(user=alice, kind=Kind.DAILY_CHECK, on=TODAY, at=moment("08:00"))
    stop_and_start(alice, "09:00", "09:05")

    assert remind_due(now=moment("18:00")) == 0
    assert remind_due(now=moment("21 18:00")) == 1


def test_nor_what_was_done_while_everything_was_stopped(alice):
    reminders(alice, now=moment("07:00"), daily_check_at=time(18))
    stop_everything(clinic=alice.memberships.get().clinic, user=alice, now=moment("08:00"))
    makers.daily_check(alice, 3, now=moment("09:00"))
    start_again(user=alice, now=moment("10:00"))

    assert remind_due(now=moment("18:00")) == 0


def test_the_morning_after_a_session_outlasts_a_stop(alice):
    reminders(alice, now=moment("07:00"), morning_check_at=time(8))
    satisfy(user=alice, kind=Kind.SESSION, on=TODAY, at=moment("10:00"))
    stop_and_start(alice, "11:00", "11:05")

    assert remind_due(now=moment("21 08:00")) == 1


@pytest.mark.parametrize("session_times", [[], [time(9)]])
def test_a_morning_check_switched_on_after_a_session_is_about_it(alice, session_times):
    if session_times:
        reminders(alice, now=moment("07:00"), session_times=session_times)
    satisfy(user=alice, kind=Kind.SESSION, on=TODAY, at=moment("10:00"))
    reminders(alice, now=moment("15:00"), session_times=session_times, morning_check_at=time(8))

    assert remind_due(now=moment("21 08:00")) == 1


def test_what_is_switched_on_after_it_was_done_waits_for_tomorrow(alice):
    makers.daily_check(alice, 3)
    reminders(alice, daily_check_at=time(18))

    assert remind_due(now=moment("18:00")) == 0


def test_a_session_done_within_two_hours_counts_for_a_time_chosen_afterwards(alice, plan):
    makers.session(plan, at=moment("09:30"))
    reminders(alice, now=moment("10:00"), session_times=[time(11)])

    assert remind_due(now=moment("11:00")) == 0


def test_yesterdays_answer_says_nothing_of_today(alice):
    satisfy(user=alice, kind=Kind.DAILY_CHECK, on=TODAY - timedelta(days=1), at=moment("08:00"))
    reminders(alice, now=moment("09:00"), daily_check_at=time(18))

    assert remind_due(now=moment("18:00")) == 1


# --- not today ---


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"digest_at": time(20)}, id="another setting"),
        pytest.param({"daily_check_at": time(19)}, id="its time"),
        pytest.param({"quiet_start": time(22), "quiet_end": time(7)}, id="the quiet time"),
    ],
)
def test_not_today_holds_whatever_is_saved(alice, change):
    reminders(alice, now=moment("07:00"), daily_check_at=time(18))
    not_today(user=alice, kind=Kind.DAILY_CHECK, now=moment("09:00"))
    reminders(alice, now=moment("09:30"), **{"daily_check_at": time(18)} | change)

    due = [each.next_due_at for each in Reminder.objects.filter(kind=Kind.DAILY_CHECK)]
    assert [f"{at:%d}" for at in due] == ["21"]


def test_not_today_holds_over_a_stop(alice):
    reminders(alice, now=moment("07:00"), daily_check_at=time(18))
    not_today(user=alice, kind=Kind.DAILY_CHECK, now=moment("09:00"))
    stop_and_start(alice, "10:00", "10:05")

    assert remind_due(now=moment("18:00")) == 0
    assert remind_due(now=moment("21 18:00")) == 1


def test_saving_between_the_time_and_the_sweep_drops_nothing(alice):
    reminders(alice, now=moment("07:00"), daily_check_at=time(18))
    reminders(alice, now=moment("18:00") + 3 * SECOND, daily_check_at=time(18))

    assert remind_due(now=moment("18:00") + 5 * SECOND) == 1


def test_a_change_of_days_finds_the_next_anew(alice):
    reminders(alice, session_times=[time(18)])
    reminders(alice, now=makers.NOON, session_times=[time(18)], weekdays=[6])

    assert Reminder.objects.get().next_due_at == moment("22 18:00")


# --- stop and start, and movement breaks ---


def test_breaks_that_could_never_come_stay_off_and_the_page_says_so(page, alice):
    makers.break_rule(alice)
    browser = page(alice)
    browser.post("/reminders/stop/")
    BreakRule.objects.update(quiet_start=time(8), quiet_end=time(18))

    answer = browser.post("/reminders/start/", follow=True)

    assert answer.status_code == 200
    assert "Your reminders come again. Movement breaks stay off." in pages.words(answer)
    assert not BreakRule.objects.get().enabled
    assert ReminderSettings.objects.get().stopped_at is None


def test_their_quiet_time_keeps_nobody_from_saving(page, alice):
    makers.break_rule(alice)
    browser = page(alice)
    browser.post("/reminders/stop/")
    BreakRule.objects.update(quiet_start=time(8), quiet_end=time(18))

    assert browser.post("/reminders/", WISH).status_code == 302
    assert Reminder.objects.count() == 3


def test_breaks_switched_on_and_off_after_a_stop_do_not_come_on_by_start(alice):
    clinic = alice.memberships.get().clinic
    makers.break_rule(alice)
    stop_everything(clinic=clinic, user=alice, now=makers.NOON)
    makers.break_rule(alice, now=moment("12:10"))
    makers.break_rule(alice, now=moment("12:20"), enabled=False)

    assert start_again(user=alice, now=moment("12:30")).breaks_stay_off
    assert not BreakRule.objects.get().enabled


def test_breaks_that_moving_was_told_of_meanwhile_come_on_again(alice):
    clinic = alice.memberships.get().clinic
    makers.break_rule(alice)
    stop_everything(clinic=clinic, user=alice, now=makers.NOON)
    makers.movement(alice, moment("12:20"), told=moment("12:20"))

    assert not start_again(user=alice, now=moment("12:30")).breaks_stay_off
    assert BreakRule.objects.get().enabled


def test_the_page_does_not_say_that_all_is_stopped_while_breaks_come(page, alice):
    makers.break_rule(alice)
    browser = page(alice)
    browser.post("/reminders/stop/")
    makers.break_rule(alice)

    answer = browser.get("/reminders/")

    assert pages.heading(answer) == "Your reminders are stopped. Movement breaks are on."
    answer = browser.post("/reminders/stop/", follow=True)
    assert pages.heading(answer) == "All your reminders are stopped."
    assert not BreakRule.objects.get().enabled


# --- busy ---


@pytest.mark.parametrize(
    ("busy", "came"),
    [
        pytest.param(("17:30", "19:30"), {"18:00": 0, "19:29": 0, "19:30": 1, "19:31": 0}, id="held"),
        pytest.param(("17:30", "21:00"), {"18:00": 0, "21:00": 0, "21 18:00": 1}, id="too long"),
        pytest.param(("17:30", "18:00"), {"18:00": 1}, id="over by then"),
        pytest.param(("18:01", "19:30"), {"18:00": 1}, id="not begun"),
    ],
)
def test_nothing_pops_up_where_the_calendar_says_busy(alice, busy, came):
    set_busy(rule=makers.break_rule(alice), busy=[(moment(busy[0]), moment(busy[1]))], now=makers.NOON)
    reminders(alice, now=makers.NOON, daily_check_at=time(18))

    assert {at: remind_due(now=moment(at)) for at in came} == came


def test_what_is_held_and_done_meanwhile_does_not_come(alice):
    set_busy(rule=makers.break_rule(alice), busy=[(moment("17:30"), moment("19:30"))], now=makers.NOON)
    reminders(alice, now=makers.NOON, daily_check_at=time(18))
    remind_due(now=moment("18:00"))
    satisfy(user=alice, kind=Kind.DAILY_CHECK, on=TODAY, at=moment("19:00"))

    assert remind_due(now=moment("19:30")) == 0


# --- clinics ---


def test_reminders_come_on_after_a_change_of_clinic(alice, other_clinic, settings):
    settings.VAPID_PRIVATE_KEY = "set"
    makers.push_subscription(alice)
    reminders(alice, now=makers.NOON, daily_check_at=time(18))
    Membership.objects.filter(user=alice).update(ended_at=makers.NOON)
    join_clinic(clinic=other_clinic, user=alice, role=Role.PATIENT, now=makers.NOON)

    assert remind_due(now=moment("18:00")) == 1
    assert Delivery.objects.get().clinic == other_clinic


def test_a_daily_note_tells_of_no_patient_of_a_clinic_that_was_left(alice, bob, plan, other_clinic):
    home = bob.memberships.get().clinic
    reminders(bob, now=moment("07:00"), digest_at=time(13))
    makers.daily_checks(alice, makers.RISING)
    assert Flag.objects.exists()
    Membership.objects.create(user=bob, clinic=other_clinic, role=Role.THERAPIST)
    Membership.objects.filter(user=bob, clinic=home).update(ended_at=makers.NOON)

    assert remind_due(now=moment("13:00")) == 0


# --- back to where it was declined ---


def test_a_secure_page_leads_back_to_a_secure_page_only(page, alice):
    body = {"kind": "daily_check", "back_to": "http://testserver/me/"}

    assert page(alice).post("/reminders/not-today/", body, secure=True)["Location"] == "/"


# --- at once ---


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_a_session_and_a_stop_at_once_both_hold(alice):
    makers.break_rule(alice)
    reminders(alice, now=makers.NOON, session_times=[time(18)])
    clinic, at = alice.memberships.get().clinic, moment("12:01")

    @transaction.atomic
    def session() -> None:
        one_report_at_a_time(alice)
        satisfy(user=alice, kind=Kind.SESSION, on=TODAY, at=at)
        record_movement(clinic=clinic, patient=alice, source="session", moved_at=at, now=at)

    at_once(session, partial(stop_everything, clinic=clinic, user=alice, now=at))
    start_again(user=alice, now=moment("12:02"))

    assert Reminder.objects.get().satisfied_at == at
    assert BreakRule.objects.get().enabled
