"""The local calendar day, the unit of everything a patient reports."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError


def local_day(at: datetime, time_zone: str) -> date:
    """The calendar day on which `at` falls in `time_zone`."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def last_days(today: date, count: int) -> list[date]:
    """The `count` days that end with `today`, oldest first."""
    return [today - timedelta(days=back) for back in range(count - 1, -1, -1)]


def validate_time_zone(name: str) -> None:
    """Refuses what is not an IANA zone name."""
    if name not in available_timezones():
        raise ValidationError("Choose a time zone from the list.")
