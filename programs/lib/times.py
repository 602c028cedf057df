"""The local calendar day, the unit of everything a patient reports; and the clock of the engine."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone


def database_now() -> datetime:
    """The time by the database's clock: the one clock that every worker of the engine shares.

    A machine whose own clock is minutes off would else send early, or take a lease for over that is not.
    SQLite is a file of this machine, with this machine's clock.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now.astimezone(UTC)


def local_day(at: datetime, time_zone: str) -> date:
    """The calendar day on which `at` falls in `time_zone`."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def last_days(today: date, count: int) -> list[date]:
    """The `count` days that end with `today`, oldest first."""
    return [today - timedelta(days=back) for back in range(count - 1, -1, -1)]


def time_zones(*others: str) -> list[tuple[str, str]]:
    """Places people know, with how they are shown; `others` are among them, also by an old name ("GB")."""
    names = {zone for zone in available_timezones() if "/" in zone or zone == "UTC"}
    return [(zone, zone.replace("_", " ")) for zone in sorted(names.union(filter(None, others)))]


def validate_time_zone(name: str) -> None:
    """Refuses what is not an IANA zone name. "localtime" would be the server's."""
    if name not in available_timezones() or name in ("localtime", "Factory", "posixrules"):
        raise ValidationError("Choose a time zone from the list.")
