"""The local calendar day of an instant, over changes of the clock and on both sides of the date line."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.lib.times import local_day

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("instant", "zone", "day"),
    [
        pytest.param("2026-03-29 00:30", "Europe/London", "2026-03-29", id="before the clock goes forward"),
        pytest.param("2026-03-29 22:59", "Europe/London", "2026-03-29", id="that day ends an hour sooner"),
        pytest.param("2026-03-29 23:00", "Europe/London", "2026-03-30", id="at the new midnight"),
        pytest.param("2026-10-24 23:00", "Europe/London", "2026-10-25", id="the day the clock goes back"),
        pytest.param("2026-10-25 23:59", "Europe/London", "2026-10-25", id="has 25 hours"),
        pytest.param("2026-10-26 00:00", "Europe/London", "2026-10-26", id="and then ends"),
        pytest.param("2026-09-26 11:59", "Pacific/Auckland", "2026-09-26", id="the last minute of the 26th"),
        pytest.param("2026-09-26 12:00", "Pacific/Auckland", "2026-09-27", id="midnight before the change"),
        pytest.param("2026-09-27 11:00", "Pacific/Auckland", "2026-09-28", id="after it midnight is sooner"),
        pytest.param("2026-11-20 12:00", "America/Los_Angeles", "2026-11-20", id="one instant"),
        pytest.param("2026-11-20 12:00", "Pacific/Auckland", "2026-11-21", id="is two days"),
    ],
)
def test_an_instant_falls_on_the_day_that_the_patients_calendar_shows(
    instant: str, zone: str, day: str
) -> None:
    at = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert local_day(at, zone) == date.fromisoformat(day)


@settings(derandomize=True, deadline=None)
@given(
    st.sampled_from(["Europe/London", "Pacific/Auckland", "America/New_York", "Australia/Lord_Howe"]),
    st.integers(0, 365 * 24),
)
def test_hour_by_hour_the_days_follow_each_other_without_a_gap(zone: str, hours: int) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    step = local_day(at + timedelta(hours=1), zone) - local_day(at, zone)
    assert step in (timedelta(0), timedelta(days=1))
