"""One Daily check for each day of the patient's own calendar, over a change of the clock."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from programs.lib.times import local_day
from programs.logbook.actions import record_daily_check
from programs.logbook.models import DailyCheck
from tests import makers


@pytest.mark.parametrize(
    ("zone", "change"),
    [("Europe/London", "2026-03-29"), ("Europe/London", "2026-10-25"), ("Pacific/Auckland", "2026-09-27")],
)
def test_a_check_every_24_hours_is_one_a_day_over_a_change_of_the_clock(clinic, bob, zone, change):
    """Always 24 hours after the last one, whatever the clock on the wall says."""
    eve = makers.patient(clinic, "eve", cared_for_by=bob, time_zone=zone)
    first = datetime.fromisoformat(f"{change} 12:00").replace(tzinfo=UTC) - timedelta(days=2)
    instants = [first + timedelta(days=number) for number in range(5)]

    for at in instants:
        record_daily_check(
            clinic=clinic,
            patient=eve,
            check_id=uuid4(),
            recorded_on=local_day(at, zone),
            worst_leg_pain=3,
            worst_back_pain=1,
            reach_left=None,
            reach_right=None,
            now=at,
        )

    days = list(DailyCheck.objects.order_by("recorded_on").values_list("recorded_on", flat=True))
    assert len(days) == 5
    assert days == [days[0] + timedelta(days=number) for number in range(5)]
