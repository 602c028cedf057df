"""When a reminder at a time of day comes next, and what becomes of one that is due.

A reminder comes on each of its days at the **first instant at which the wall clock shows its time, or a later
one of the same day**. So a time that the clock skips becomes the first instant after the gap; one that comes
twice is the first of the two; and a day that the clock skips as a whole has none. In the quiet time nothing
comes: what a clock change has pushed into it is left out that day.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from programs.lib.wall_clock import clock_change
from programs.reminders.rules.slots import Window

REPEAT_AFTER = timedelta(minutes=60)
"""What went by without an answer is said once more, after this long."""
RECENTLY = timedelta(hours=2)
"""Nobody is reminded of what they have done so shortly before."""
TOO_OLD = timedelta(hours=1)
"""A reminder this late, because nothing ran, is passed over."""
LEAST_APART = timedelta(hours=2)
"""Between two of the same kind. Where a clock change brings them closer, the first is not said again."""
LATE = timedelta(minutes=10)
"""What comes this late is not said again: that would be two at nearly the same time."""
EVERY_DAY = frozenset(range(7))

_SEARCH = 16  # days: a weekly reminder whose day is lost to a clock change comes a week later
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """At which time of day, in whose zone, on which weekdays (Monday 0), and when never."""

    at: time
    time_zone: ZoneInfo
    days: frozenset[int] = EVERY_DAY
    quiet: Window | None = None

    def is_quiet(self, moment: datetime) -> bool:
        wall = moment.astimezone(self.time_zone).replace(tzinfo=None)
        return self.quiet is not None and self.quiet.opened_on(wall) is not None

    def next_after(self, moment: datetime) -> datetime | None:
        """The first reminder later than `moment` (UTC), or None where there never is one."""
        today = moment.astimezone(self.time_zone).date()
        for ahead in range(-1, _SEARCH):
            day = today + ahead * _DAY
            comes_at = first_instant(day, self.at, self.time_zone) if day.weekday() in self.days else None
            if comes_at is not None and comes_at > moment and not self.is_quiet(comes_at):
                return comes_at
        return None

    def quiet_from(self, start: datetime, end: datetime) -> datetime:
        """The first moment from `start` on, before `end`, that is quiet; else `end`. At most a day apart."""
        if self.quiet is None:
            return end
        today = start.astimezone(self.time_zone).date()
        days = (today + ahead * _DAY for ahead in (-1, 0, 1, 2))
        begins = (first_instant(day, self.quiet.start, self.time_zone) for day in days)
        # The clock may also jump into it.
        moments = [start, clock_change(start, end, self.time_zone), *begins]
        return min((at for at in moments if at and start <= at < end and self.is_quiet(at)), default=end)


def first_instant(day: date, at: time, time_zone: ZoneInfo) -> datetime | None:
    """The first instant (UTC) of `day` at which the wall clock shows `at` or later; None if there is none."""
    later = datetime.combine(day, at, time_zone).astimezone(UTC)
    if later.astimezone(time_zone).replace(tzinfo=None) != datetime.combine(day, at):
        # The clock skips it. Read with the offset of the other side, it lies before the gap.
        earlier = datetime.combine(day, at.replace(fold=1), time_zone).astimezone(UTC)
        later = clock_change(earlier, later, time_zone) or later
    return later if later.astimezone(time_zone).date() == day else None


@dataclass(frozen=True, slots=True)
class Coming:
    """One reminder that is due, as it is stored.

    is_repeat: it says again what came before. satisfied_at: when the person last did what it is about.
    repeats: it is said again, and counts by the hour; any other is about its whole local day. busy_until: the
    end of the stretch in which the person is busy now, if they are. others: those of the same kind.
    """

    due_at: datetime
    shown_for: timedelta
    repeats: bool
    is_repeat: bool
    satisfied_at: datetime | None
    busy_until: datetime | None = None
    others: Sequence[Rhythm] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of it: until when it shows, None where it does not come, and the one after it.

    due_at: what came, or did not; it is later than what was asked about where that had to be passed over.
    """

    due_at: datetime
    show_until: datetime | None
    next_due_at: datetime
    is_repeat: bool


def what_comes(
    coming: Coming, rhythm: Rhythm, now: datetime, is_wanted: Callable[[datetime], bool]
) -> Verdict | None:
    """What becomes of a reminder that is due at `now`; None where there never is another.

    Where the person is busy it waits for the end of that, as long as it would still show then, and else is
    passed over. is_wanted: whether anything else speaks against a reminder at a moment. It is asked only
    about one that would come.
    """
    due_at: datetime | None = coming.due_at
    is_repeat = coming.is_repeat
    if coming.due_at <= now - TOO_OLD:
        due_at, is_repeat = rhythm.next_after(now - TOO_OLD), False
    if due_at is None:
        return None
    if due_at > now:
        return Verdict(due_at, None, due_at, is_repeat)
    show_until = _show_until(coming, rhythm, due_at)
    comes = show_until > now and not _is_satisfied(coming, rhythm, due_at, is_repeat) and is_wanted(due_at)
    if comes and coming.busy_until is not None:
        if coming.busy_until < show_until:
            return Verdict(due_at, None, coming.busy_until, is_repeat)
        comes = False
    if comes and not is_repeat and now < due_at + LATE and _is_said_again(coming, rhythm, due_at):
        return Verdict(due_at, show_until, due_at + REPEAT_AFTER, is_repeat=True)
    following = rhythm.next_after(due_at)
    if following is None:
        return None
    return Verdict(due_at, show_until if comes else None, following, is_repeat=False)


def _is_said_again(coming: Coming, rhythm: Rhythm, due_at: datetime) -> bool:
    others = (other.next_after(due_at) for other in coming.others)
    return (
        coming.repeats
        and not rhythm.is_quiet(due_at + REPEAT_AFTER)
        and not any(at is not None and at < due_at + LEAST_APART for at in others)
    )


def _show_until(coming: Coming, rhythm: Rhythm, due_at: datetime) -> datetime:
    end = due_at + coming.shown_for
    if not coming.repeats:
        tomorrow = due_at.astimezone(rhythm.time_zone).date() + _DAY
        end = min(end, first_instant(tomorrow, time(0), rhythm.time_zone) or end)
    return rhythm.quiet_from(due_at, end)


def _is_satisfied(coming: Coming, rhythm: Rhythm, due_at: datetime, is_repeat: bool) -> bool:
    done_at = coming.satisfied_at
    if done_at is None:
        return False
    if coming.repeats:
        first_at = due_at - REPEAT_AFTER if is_repeat else due_at
        return done_at >= first_at - RECENTLY
    return done_at.astimezone(rhythm.time_zone).date() >= due_at.astimezone(rhythm.time_zone).date()
