"""Simulated days: what somebody chose, what they do at which time, and what comes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, time, timedelta
from functools import partial
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from programs.accounts.models import User
from programs.delivery.models import Channel, Delivery, Notice, State
from programs.delivery.queries import REMINDER_SOURCE
from programs.library.models import Contraindication
from programs.logbook.actions import record_morning_check
from programs.reminders.actions import not_today, remind_due, set_reminders
from programs.reminders.models import Kind, Reminder, ReminderSettings
from programs.reminders.queries import showing_reminders
from programs.safety.queries import exclusion_questions
from tests import makers
from tests.threads import at_once

FRIDAY = makers.NOON.replace(hour=0)
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.django_db


def reminders(of: User, now: datetime = FRIDAY, **wishes: object) -> ReminderSettings:
    """Nothing but what is named."""
    nothing: dict[str, object] = {
        "session_times": [],
        "weekdays": range(7),
        "morning_check_at": None,
        "daily_check_at": None,
        "digest_at": None,
        "quiet_start": None,
        "quiet_end": None,
        "time_zone": of.time_zone,
        "by_push": True,
    }
    if of.has_role("therapist"):
        nothing["weekdays"] = []
    clinic = of.memberships.get().clinic
    return set_reminders(clinic=clinic, user=of, now=now, **nothing | wishes)  # type: ignore[arg-type]


def moment(at: str, zone: str = "Europe/London") -> datetime:
    """A moment on the wall clock: "10:00" is on that Friday, "21 10:00" on the 21st."""
    day, _, clock = at.rpartition(" ")
    wall = datetime.combine(FRIDAY.date().replace(day=int(day or 20)), time.fromisoformat(clock))
    return wall.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


Event = tuple[str, Callable[[datetime], object]]


def day(events: Iterable[Event] = (), until: str = "23:59", start: str = "00:00") -> list[str]:
    """Let the time pass with a sweep every five minutes; when something came, as "10:00 session"."""
    waiting = sorted((moment(at), event) for at, event in events)
    now, came = moment(start), []
    while now <= moment(until):
        while waiting and waiting[0][0] <= now:
            at, event = waiting.pop(0)
            event(at)
        before = {each.pk: each.step for each in Reminder.objects.all()}
        remind_due(now=now)
        came += [
            f"{now:%d %H:%M} {each.kind}".removeprefix("20 ")
            for each in Reminder.objects.order_by("kind", "at")
            if each.step > before.get(each.pk, 0)
        ]
        now += 5 * MINUTE
    return came


def a_session(plan) -> Callable[[datetime], object]:
    return lambda at: makers.session(plan, at=at)


@pytest.mark.parametrize(
    ("sessions_at", "expected"),
    [
        pytest.param([], ["10:00 session", "11:00 session"], id="twice, and never a third time"),
        pytest.param(["08:05"], [], id="not after a session within two hours"),
        pytest.param(["07:40"], ["10:00 session", "11:00 session"], id="but after an earlier one"),
        pytest.param(["10:30"], ["10:00 session"], id="not again once it is done"),
        pytest.param(["10:59"], ["10:00 session"], id="nor in the last minute"),
        pytest.param(["11:30"], ["10:00 session", "11:00 session"], id="done late"),
    ],
)
def test_a_reminder_of_the_session(alice, plan, sessions_at, expected):
    reminders(alice, session_times=[time(10)])

    assert day([(at, a_session(plan)) for at in sessions_at]) == expected
    assert day(start="21 00:00", until="21 10:30") == ["21 10:00 session"]


def test_each_of_several_times_is_a_reminder_of_its_own(alice, plan):
    reminders(alice, session_times=[time(18), time(10)])

    assert day([("10:20", a_session(plan))]) == ["10:00 session", "18:00 session", "19:00 session"]


def test_only_on_the_chosen_days(alice, plan):
    reminders(alice, session_times=[time(10)], weekdays=[6])

    assert day(until="22 10:05") == ["22 10:00 session"]


def test_a_repeat_that_would_be_in_the_quiet_time_is_dropped(alice, plan):
    reminders(alice, session_times=[time(20, 30)], quiet_start=time(21), quiet_end=time(8))

    assert day() == ["20:30 session"]
    assert Reminder.objects.get().show_until == moment("21:00")


def test_without_a_plan_nobody_is_reminded_of_exercises(alice):
    reminders(alice, session_times=[time(10)], daily_check_at=time(19))

    assert day() == ["19:00 daily_check"]


def test_nobody_is_urged_to_exercise_who_was_told_to_get_help(alice, plan):
    reminders(alice, session_times=[time(10)])
    makers.answered(alice, RF01="yes")

    assert day() == []


def test_nor_one_whom_a_condition_keeps_from_it(alice, plan):
    reminders(alice, session_times=[time(10)])
    blocks = [each.slug for each in exclusion_questions() if each.level == Contraindication.Level.BLOCK]
    makers.answered(alice, kind="first", conditions={blocks[0]: "yes"})

    assert day() == []


def test_a_lock_that_comes_later_ends_what_shows_and_the_repeat(alice, plan):
    reminders(alice, session_times=[time(10)])

    came = day([("10:10", lambda at: makers.answered(alice, at=at, RF01="yes"))], until="11:30")

    assert came == ["10:00 session"]
    assert showing_reminders(alice, moment("10:15")) == []


def test_the_morning_after_a_session_is_asked_about_once(alice, plan):
    reminders(alice, morning_check_at=time(9))

    came = day([("10:30", a_session(plan))], until="22 12:00")

    assert came == ["21 09:00 morning_check"]


def test_it_is_not_asked_about_where_it_has_been_said(alice, plan):
    reminders(alice, morning_check_at=time(9))

    def said(at: datetime) -> None:
        record_morning_check(
            clinic=plan.clinic,
            patient=alice,
            check_id=uuid4(),
            about_on=FRIDAY.date(),
            pain=3,
            settles_within=None,
            now=at,
        )

    assert day([("10:30", a_session(plan)), ("21 08:00", said)], until="21 12:00") == []


def test_a_session_before_breakfast_leaves_both_mornings(alice, plan):
    reminders(alice, morning_check_at=time(9))

    came = day([("10:30", a_session(plan)), ("21 07:00", a_session(plan))], until="22 12:00")

    assert came == ["21 09:00 morning_check", "22 09:00 morning_check"]


def test_a_session_that_ends_after_midnight_belongs_to_the_day_it_began(alice, plan):
    reminders(alice, morning_check_at=time(9))

    came = day([("21 00:05", a_session(plan))], until="22 12:00")

    assert came == ["21 09:00 morning_check"]


@pytest.mark.parametrize(
    ("checked_at", "about", "expected"),
    [
        pytest.param(None, 20, ["19:00 daily_check"], id="once"),
        pytest.param("08:00", 20, [], id="not where today is answered"),
        pytest.param("08:00", 19, ["19:00 daily_check"], id="yesterday is not today"),
        pytest.param("19:10", 20, ["19:00 daily_check"], id="answered after it"),
    ],
)
def test_a_reminder_of_the_daily_check(alice, checked_at, about, expected):
    reminders(alice, daily_check_at=time(19))
    on = FRIDAY.date().replace(day=about)
    events = [(checked_at, lambda at: makers.daily_check(alice, 3, on=on, now=at))] if checked_at else []

    assert day(events) == expected
    assert bool(showing_reminders(alice, moment("19:15"))) == (expected != [] and checked_at != "19:10")


def test_not_today_ends_what_shows_its_repeat_and_what_else_today_has(alice, plan):
    reminders(alice, session_times=[time(10), time(18)], daily_check_at=time(19))

    def decline(at: datetime) -> None:
        not_today(user=alice, kind=Kind.SESSION, now=at)

    came = day([("10:10", decline), ("10:20", decline)], until="21 10:00")

    assert came == ["10:00 session", "19:00 daily_check", "21 10:00 session"]


def test_after_an_outage_what_is_still_worth_it_comes_once(alice, plan):
    reminders(alice, session_times=[time(10)], daily_check_at=time(14))

    late = moment("23 10:40")
    assert [remind_due(now=late), remind_due(now=late)] == [1, 0]
    assert day(start="23 10:45", until="23 13:00") == []  # not said again: that would be soon after
    assert remind_due(now=moment("23 15:00")) == 0  # an hour late


def test_the_clock_goes_forward_and_back(alice):
    reminders(alice, now=datetime(2026, 3, 28, 12, tzinfo=UTC), daily_check_at=time(1, 30))

    found = []
    for _ in range(3):
        due_at = Reminder.objects.get().next_due_at
        found.append(f"{due_at:%d %H:%M}")
        remind_due(now=due_at)

    assert found == ["29 01:00", "30 00:30", "31 00:30"]


def test_what_has_come_is_queued_with_generic_words_and_no_health_data(alice, plan, settings):
    settings.VAPID_PRIVATE_KEY = "set"
    makers.push_subscription(alice)
    reminders(alice, session_times=[time(10)])
    day(until="10:05")

    (sent,) = Delivery.objects.all()
    reminder = Reminder.objects.get()
    assert (sent.channel, sent.notice, sent.path) == (Channel.WEB_PUSH, Notice.REMINDER, "/reminders/open/")
    assert (sent.source_kind, sent.source_id, sent.nth) == (REMINDER_SOURCE, reminder.pk, 1)
    assert sent.expires_at == moment("11:00")
    makers.session(plan, at=moment("10:06"))
    sent.refresh_from_db()
    assert sent.state == State.WITHDRAWN


def test_without_push_it_only_shows(alice, plan, settings):
    settings.VAPID_PRIVATE_KEY = "set"
    makers.push_subscription(alice)
    reminders(alice, session_times=[time(10)], by_push=False)
    day(until="10:05")

    assert not Delivery.objects.exists()
    assert [each.kind for each in showing_reminders(alice, moment("10:05"))] == ["session"]


def test_one_who_has_left_the_clinic_is_reminded_of_nothing(alice, plan):
    reminders(alice, session_times=[time(10)], daily_check_at=time(19))
    alice.memberships.update(ended_at=FRIDAY)

    assert day() == []


def test_one_faulty_row_keeps_nobody_waiting(alice, clinic, bob, caplog):
    anna = makers.patient(clinic, "anna", cared_for_by=bob)
    for each in (alice, anna):
        reminders(each, daily_check_at=time(19))
    ReminderSettings.objects.filter(user=alice).update(time_zone="Mars/Olympus")

    assert remind_due(now=moment("19:00")) == 1
    assert Reminder.objects.get(settings__user=anna).step == 1
    assert Reminder.objects.get(settings__user=alice).next_due_at == moment("20:00")
    assert "could not come" in caplog.text


def test_many_are_brought_in_batches(clinic, bob, monkeypatch):
    monkeypatch.setattr("programs.reminders.actions.remind.BATCH", 2)
    for number in range(5):
        reminders(makers.patient(clinic, f"p{number}", cared_for_by=bob), daily_check_at=time(19))

    assert remind_due(now=moment("19:00")) == 5


@pytest.mark.parametrize("patients", [1, 6])
def test_the_sweep_asks_as_much_for_many_as_for_one(clinic, bob, patients, django_assert_num_queries):
    for number in range(patients):
        patient = makers.patient(clinic, f"p{number}", cared_for_by=bob)
        makers.plan(patient, bob)
        reminders(patient, session_times=[time(19)], daily_check_at=time(19), digest_at=time(19))

    with django_assert_num_queries(15):
        assert remind_due(now=moment("19:00")) == 3 * patients


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_four_sweeps_at_once_bring_each_reminder_once(clinic, bob, caplog):
    patients = [makers.patient(clinic, f"p{number}", cared_for_by=bob) for number in range(10)]
    for each in patients:
        reminders(each, daily_check_at=time(19), digest_at=time(19))

    came = at_once(*[partial(remind_due, now=moment("19:00"))] * 4)

    assert sum(came) == 20
    assert set(Reminder.objects.values_list("step", flat=True)) == {1}
    assert Delivery.objects.filter(channel=Channel.EMAIL).count() == 10
    assert caplog.messages == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_a_check_at_the_moment_of_the_sweep_leaves_nothing_to_show(alice):
    reminders(alice, daily_check_at=time(19))
    nineteen = moment("19:00")

    at_once(partial(remind_due, now=nineteen), partial(makers.daily_check, alice, 3, now=nineteen))

    reminder = Reminder.objects.get()
    assert reminder.satisfied_at == nineteen
    assert showing_reminders(alice, nineteen + MINUTE) == []
