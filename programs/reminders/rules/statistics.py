"""What the movement breaks of some days come to: how many, and the longest time without one.

We know when somebody told us that they moved, and nothing else. So what is counted here is *time without a
break*, never sitting itself, and where we cannot know, there is no number:

* A day on which no prompt came and no break was told is not known: before the breaks were switched on, while
  they were off or paused, outside of the chosen days. That is not a 0.
* Time without a break is counted only inside the allowed hours, as the schedule has them now; each stretch
  of them for itself, so that a lunch between two windows is in none. It is counted only while we were there:
  from an interval before the first prompt or break in those hours until an interval after the last. What was
  paused, and what came after the day's last prompt, drops out by that.
* Busy times count like others: who sits through a meeting sits. They are not kept either, so without them
  a day would change after it is over.
* Today counts until now.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from programs.lib.wall_clock import clock_change
from programs.reminders.rules.slots import BreakSchedule

WEEK = 7

Stretch = tuple[datetime, datetime]
"""From one moment up to but not including another."""


@dataclass(frozen=True, slots=True)
class BreakDay:
    """What one day came to.

    breaks: how often the patient moved, None where nothing is known of the day. longest: the longest time
    without a break in the allowed hours, None where none of them are known. prompts: how many there were by
    what became of them, "" being those without an answer so far; one that was withdrawn is no lack of one.
    """

    day: date
    breaks: int | None
    longest: timedelta | None
    prompts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class BreakWeek:
    """The last seven days together.

    days_known: of how many anything is known. days_with_breaks: those with a break or more. breaks: in all.
    longest: the longest time without a break in the allowed hours, and longest_on is its (last) day.
    """

    days_known: int
    days_with_breaks: int
    breaks: int
    longest: timedelta | None
    longest_on: date | None

    @property
    def breaks_a_day(self) -> int:
        """On a day with any, rounded to whole breaks; 0 where there was none."""
        return (2 * self.breaks + self.days_with_breaks) // (2 * self.days_with_breaks or 1)

    @property
    def is_about(self) -> bool:
        """Whether `breaks_a_day` is rounded."""
        return self.breaks_a_day * self.days_with_breaks != self.breaks


def break_days(
    days: Iterable[date],
    *,
    moved: Iterable[tuple[date, datetime]],
    prompts: Iterable[tuple[date, datetime, str | None]],
    schedule: BreakSchedule | None,
    now: datetime,
) -> list[BreakDay]:
    """What each of these days came to, in their order.

    moved: the day each break counts for, and when it was. prompts: the day, when it was due, its outcome.
    Neither needs an order. schedule: when prompts are allowed, None where there was never a rule.
    """
    moves: dict[date, list[datetime]] = {}
    for day, at in moved:
        moves.setdefault(day, []).append(at)
    due: dict[date, list[datetime]] = {}
    outcomes: dict[date, dict[str, int]] = {}
    for day, at, outcome in prompts:
        due.setdefault(day, []).append(at)
        counts = outcomes.setdefault(day, {})
        counts[outcome or ""] = counts.get(outcome or "", 0) + 1
    # What runs past midnight is cut by a break that counts for the following day.
    all_moves = [at for each in moves.values() for at in each]
    result = []
    for day in days:
        is_known = day in moves or day in due
        longest = None
        if is_known and schedule is not None:
            allowed = allowed_time(day, schedule)
            known = known_time(allowed, [*due.get(day, ()), *all_moves], schedule.interval, now)
            longest = max(times_without(known, all_moves), default=None)
        breaks = len(moves.get(day, ())) if is_known else None
        result.append(BreakDay(day, breaks, longest, outcomes.get(day, {})))
    return result


def break_week(days: Sequence[BreakDay]) -> BreakWeek:
    """The last seven of these days, which are in order."""
    week = days[-WEEK:]
    longest = [(each.longest, each.day) for each in week if each.longest is not None]
    return BreakWeek(
        days_known=sum(each.breaks is not None for each in week),
        days_with_breaks=sum(bool(each.breaks) for each in week),
        breaks=sum(each.breaks or 0 for each in week),
        longest=max(longest)[0] if longest else None,
        longest_on=max(longest)[1] if longest else None,
    )


def allowed_time(day: date, schedule: BreakSchedule) -> list[Stretch]:
    """The stretches (UTC) in which the patient's wall clock shows a time that counts for this day: in order,
    and apart. What is busy is not left out."""
    if day.weekday() not in schedule.days:
        return []
    windows = schedule.windows if schedule.quiet is None else (*schedule.windows, schedule.quiet)
    edges = {time(0)}.union(*((window.start, window.end) for window in windows))
    walls = [datetime.combine(each, edge) for each in (day, day + timedelta(days=1)) for edge in edges]
    walls.append(datetime.combine(day + timedelta(days=2), time(0)))
    instants = {
        wall.replace(tzinfo=schedule.time_zone, fold=fold).astimezone(UTC)
        for wall in walls
        for fold in (0, 1)
    }
    changes = (clock_change(here, there, schedule.time_zone) for here, there in pairwise(sorted(instants)))
    instants.update(change for change in changes if change is not None)
    stretches: list[Stretch] = []
    for start, end in pairwise(sorted(instants)):
        if schedule.day_of(start.astimezone(schedule.time_zone).replace(tzinfo=None)) != day:
            continue
        if stretches and stretches[-1][1] == start:
            stretches[-1] = (stretches[-1][0], end)
        else:
            stretches.append((start, end))
    return stretches


def known_time(
    allowed: Sequence[Stretch], told: Iterable[datetime], interval: timedelta, now: datetime
) -> list[Stretch]:
    """What of the allowed time lies within an interval of, or between, the first and the last moment at which
    we heard of the patient or they of us; none of it is after `now`."""
    inside = [at for at in told if any(start <= at < end for start, end in allowed)]
    if not inside:
        return []
    first, last = min(inside) - interval, min(max(inside) + interval, now)
    cut = [(max(start, first), min(end, last)) for start, end in allowed]
    return [(start, end) for start, end in cut if start < end]


def times_without(stretches: Iterable[Stretch], moved: Iterable[datetime]) -> list[timedelta]:
    """Each stretch as the times between its beginning, the breaks in it and its end."""
    moments = sorted(moved)
    return [
        there - here
        for start, end in stretches
        for here, there in pairwise([start, *(at for at in moments if start < at < end), end])
    ]


def length_in_words(length: timedelta) -> str:
    """ "1 hour 40 minutes", rounded to whole minutes."""
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    parts = []
    if hours:
        parts.append(f"{hours} hour" if hours == 1 else f"{hours} hours")
    if minutes or not hours:
        parts.append(f"{minutes} minute" if minutes == 1 else f"{minutes} minutes")
    return " ".join(parts)


def breaks_in_words(week: BreakWeek) -> str:
    """How many breaks the last seven days had, said to the patient: a sentence that judges nothing."""
    if week.days_known == 0:
        return "Nothing to show for the last 7 days yet."
    if week.breaks == 0:
        return "No breaks told in the last 7 days."
    if week.breaks == 1:
        return "You took 1 break in the last 7 days."
    if week.days_with_breaks == 1:
        return f"You took {week.breaks} breaks in the last 7 days, all on one day."
    rounded = "about " if week.is_about else ""
    breaks = f"{rounded}{week.breaks_a_day} break{'' if week.breaks_a_day == 1 else 's'} a day"
    if week.days_with_breaks == WEEK:
        return f"You took {breaks} in the last 7 days."
    if week.days_known == WEEK:
        return f"You took {breaks} this week, on {week.days_with_breaks} of 7 days."
    if week.days_with_breaks == week.days_known:
        return f"You took {breaks} this week, on the {week.days_known} days we know of."
    return f"You took {breaks} this week, on {week.days_with_breaks} of {week.days_known} days we know of."


def longest_in_words(week: BreakWeek, today: date) -> str:
    """The longest time without a break in those days, said to the patient; "" where it is not known."""
    if week.longest is None or week.longest_on is None:
        return ""
    day = "today" if week.longest_on == today else f"on {week.longest_on:%A}"
    return f"The longest you went without one was {length_in_words(week.longest)}, {day}."


def days_in_words(days: Sequence[BreakDay], pain: Sequence[int | None]) -> str:
    """What a picture of these days and their leg pain shows, for those who do not see it."""
    known = [each.breaks for each in days if each.breaks is not None]
    lengths = [each.longest for each in days if each.longest is not None]
    scores = [score for score in pain if score is not None]
    count = f"{len(days)} days" if len(days) > 1 else "1 day"
    said = [f"Breaks a day: {_range(known)}, on {count}." if known else f"No breaks known of on {count}."]
    if lengths:
        said.append(f"Longest time without a break: {length_in_words(max(lengths))}.")
    said.append(f"Worst leg pain: {_range(scores)}." if scores else "No leg pain told.")
    return " ".join([*said, "The table has each day."])


def _range(values: Sequence[int]) -> str:
    low, high = min(values), max(values)
    return f"{low}" if low == high else f"{low} to {high}"


def week_in_short(week: BreakWeek) -> str:
    """The same for a therapist, as a piece of a sentence."""
    unknown = WEEK - week.days_known
    if week.breaks:
        told = f"about {week.breaks_a_day} a day on {week.days_with_breaks} of the last 7 days"
    else:
        told = "none told in the last 7 days"
    if unknown:
        told += f", {unknown} not known"
    if week.longest is None:
        return told
    return f"{told}; longest without one {length_in_short(week.longest)}"


def length_in_short(length: timedelta) -> str:
    """ "1 h 40 min", rounded to whole minutes."""
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
