"""When a flag that nobody has taken on goes a step further: the rules."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from programs.monitoring.rules import EscalationSchedule, Step, WorkingTime, next_step, next_step_at
from tests.makers import NOON

pytestmark = pytest.mark.pure

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SCHEDULE = EscalationSchedule()
FRIDAY_EVENING = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)


def ladder(level: str, kind: str, since: datetime, steps: int = 5) -> list[tuple[int, timedelta]]:
    """Each step and how long after opening it comes, if nobody ever takes the flag on."""
    step, at, taken = Step.CARE_TEAM, since, []
    for _ in range(steps):
        at = next_step_at(level, kind, step, since, at, SCHEDULE)
        step = next_step(level, kind, step, since, SCHEDULE)
        taken.append((int(step), at - since))
    return taken


@pytest.mark.parametrize("level", ["urgent", "emergency"])
@pytest.mark.parametrize("kind", ["worsening", "safety", "silent"])
def test_what_is_severe_is_told_every_half_hour_whatever_its_kind(level, kind):
    assert ladder(level, kind, NOON) == [
        (1, 15 * MINUTE),
        (2, 30 * MINUTE),
        (2, 60 * MINUTE),
        (2, 90 * MINUTE),
        (2, 120 * MINUTE),
    ]


@pytest.mark.parametrize("kind", ["worsening", "safety"])
def test_what_can_wait_a_day_is_told_after_four_hours_a_day_and_daily(kind):
    assert ladder("flag", kind, NOON) == [
        (1, 4 * HOUR),
        (2, 24 * HOUR),
        (2, 48 * HOUR),
        (2, 72 * HOUR),
        (2, 96 * HOUR),
    ]


@pytest.mark.parametrize("kind", ["silent", "no_response"])
def test_what_was_not_reported_is_told_after_two_days_and_daily(kind):
    assert ladder("flag", kind, NOON) == [
        (1, 48 * HOUR),
        (2, 72 * HOUR),
        (2, 96 * HOUR),
        (2, 120 * HOUR),
        (2, 144 * HOUR),
    ]


def test_four_working_hours_go_on_in_the_next_morning():
    wednesday = datetime(2026, 11, 18, 16, 30, tzinfo=UTC)
    assert ladder("flag", "worsening", wednesday, 2) == [(1, 18 * HOUR), (2, 24 * HOUR)]  # 10:30, 16:30


def test_over_a_weekend_who_stands_in_hears_of_it_with_the_administrators_after_a_day():
    assert ladder("flag", "worsening", FRIDAY_EVENING, 2) == [(2, 24 * HOUR), (2, 48 * HOUR)]


def test_a_step_taken_late_moves_those_after_it():
    """After an outage of three hours nobody is told twice within seconds."""
    late = NOON + 3 * HOUR
    assert next_step_at("urgent", "safety", 1, NOON, late, SCHEDULE) == late + 15 * MINUTE
    assert next_step_at("urgent", "safety", 2, NOON, late, SCHEDULE) == late + 30 * MINUTE


LEVELS = st.sampled_from(["flag", "urgent", "emergency"])
KINDS = st.sampled_from(["worsening", "safety", "silent", "no_response"])
MOMENTS = st.integers(0, 3_000_000).map(lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + minutes * MINUTE)


@st.composite
def schedules(draw: st.DrawFn) -> EscalationSchedule:
    """Any that a clinic may choose."""

    def hours(longest: int) -> timedelta:
        return timedelta(hours=draw(st.integers(1, longest)))

    urgent = draw(st.integers(1, 15))
    return EscalationSchedule(
        working_time=draw(working_times()),
        urgent_backup=timedelta(minutes=urgent),
        urgent_administrators=timedelta(minutes=draw(st.integers(urgent, 30))),
        urgent_repeat=timedelta(minutes=draw(st.integers(5, 30))),
        flag_backup=hours(4),
        flag_administrators=hours(24),
        absence_backup=hours(48),
        repeat=hours(24),
    )


# Clocks that jump by an hour or half of one, at night, at midnight, or over a whole day.
ZONES = (
    *("Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Beirut", "America/Santiago"),
    *("Pacific/Apia", "Asia/Kathmandu", "UTC"),
)


@st.composite
def working_times(draw: st.DrawFn) -> WorkingTime:
    opens, closes = sorted(draw(st.lists(st.integers(0, 1439), min_size=2, max_size=2, unique=True)))
    return WorkingTime(
        time_zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        weekdays=draw(st.frozensets(st.integers(0, 6), min_size=1)),
        opens_at=time(opens // 60, opens % 60),
        closes_at=time(closes // 60, closes % 60),
    )


@given(schedules(), LEVELS, KINDS, st.sampled_from(Step), MOMENTS, st.integers(0, 5000))
@settings(max_examples=300, deadline=None)
def test_whatever_a_clinic_chooses_there_is_always_a_next_step_and_never_in_the_past(
    schedule, level, kind, step, since, minutes
):
    taken_at = since + minutes * MINUTE
    following = next_step(level, kind, step, since, schedule)
    assert following >= step
    assert following > step or step == Step.ADMINISTRATORS
    wait = next_step_at(level, kind, step, since, taken_at, schedule) - taken_at
    longest = 30 * MINUTE if level != "flag" else 48 * HOUR
    assert timedelta(0) < wait <= longest


@given(schedules(), LEVELS, KINDS, MOMENTS)
@settings(max_examples=200, deadline=None)
def test_no_clinic_is_slower_than_the_defaults(schedule, level, kind, since):
    """Whatever its working hours are, the administrators are told no later."""
    longest = {"flag": 72 * HOUR if kind in ("silent", "no_response") else 24 * HOUR}.get(level, 30 * MINUTE)
    step, at = Step.CARE_TEAM, since
    while step < Step.ADMINISTRATORS:
        at = next_step_at(level, kind, step, since, at, schedule)
        step = next_step(level, kind, step, since, schedule)
    assert at - since <= longest


# Working time


def minute_by_minute(working_time: WorkingTime, start: datetime, wait: int) -> datetime:
    """The same, by looking at the clinic's clock at the start of every minute."""
    at = start
    while wait:
        wall = at.astimezone(working_time.time_zone)
        is_open = wall.weekday() in working_time.weekdays
        wait -= is_open and working_time.opens_at <= wall.time() < working_time.closes_at
        at += MINUTE
    return at


CHANGES = (
    *("2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01"),
    *("2026-04-05", "2026-10-04", "2026-09-06", "2011-12-29"),
)


@st.composite
def starts(draw: st.DrawFn) -> datetime:
    """Mostly near a change of some clock."""
    change = datetime.fromisoformat(draw(st.sampled_from(CHANGES))).replace(tzinfo=UTC)
    return change + draw(st.integers(-4000, 2000)) * MINUTE


@given(working_times(), starts(), st.integers(1, 240))
@settings(max_examples=250, deadline=None)
def test_working_time_is_what_a_clock_on_the_wall_shows(working_time, start, wait):
    hours = datetime.combine(start, working_time.closes_at) - datetime.combine(start, working_time.opens_at)
    assume(hours >= HOUR)  # the oracle would walk for months
    assert working_time.after(start, wait * MINUTE) == minute_by_minute(working_time, start, wait)


def test_an_hour_that_the_clock_skips_is_no_working_time():
    night = WorkingTime(weekdays=frozenset({6}), opens_at=time(0), closes_at=time(6))
    spring = datetime(2026, 3, 29, 0, 0, tzinfo=UTC)  # 01:00 in London is followed by 02:00 of summer time
    assert night.after(spring, 4 * HOUR) == spring + 4 * HOUR
    assert night.after(spring, 5 * HOUR) == spring + 5 * HOUR
    assert night.after(spring, 5 * HOUR + MINUTE) == datetime(2026, 4, 4, 23, 1, tzinfo=UTC)


def test_a_clinic_that_never_opens_is_refused():
    with pytest.raises(ValueError, match="open at some time"):
        WorkingTime(weekdays=frozenset())
    with pytest.raises(ValueError, match="open at some time"):
        WorkingTime(opens_at=time(9), closes_at=time(9))
