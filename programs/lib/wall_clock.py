"""Where a zone's clock changes: pure Python, for rules that read hours off the wall."""

from bisect import bisect_left
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


def clock_change(after: datetime, until: datetime, time_zone: ZoneInfo) -> datetime | None:
    """The first instant in (after, until] with another UTC offset than at `after`, or None where both ends
    have the same. Both are in UTC, at most a day or so apart: zones change their clocks on whole seconds, and
    never twice in a day.
    """
    before = after.astimezone(time_zone).utcoffset()
    if until.astimezone(time_zone).utcoffset() == before:
        return None
    start = after.replace(microsecond=0)
    seconds = range(int((until - start).total_seconds()) + 1)

    def has_changed(second: int) -> bool:
        return (start + timedelta(seconds=second)).astimezone(time_zone).utcoffset() != before

    return start + timedelta(seconds=bisect_left(seconds, True, key=has_changed))
