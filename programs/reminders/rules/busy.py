"""When somebody is busy, read from a calendar as text (.ics, RFC 5545).

Nothing is kept of it but when something begins and ends. What the calendar calls free time or cancelled is
not busy, and neither is what lasts a whole day or longer, such as a birthday or a holiday: people want their
breaks on those days. A time without a zone that is known by name is one of the patient's own.

The text is anybody's. So it is bounded in what it can cost: in events, in what they repeat, and in time.
What is odd in it is left out piece by piece, so that no odd piece takes a meeting with it, and is counted.
"""

from __future__ import annotations

import re
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component

NOT_A_CALENDAR = "We cannot read this as a calendar. It must be a calendar file that ends in .ics."
TOO_MUCH = "There is too much in this calendar for us to read it."

MOST_CHARACTERS = 1_000_000
MOST_EVENTS = 5_000
MOST_COMPONENTS = 20_000  # events, with their alarms, and the zones
MOST_TIMES = 500  # busy stretches that are handed back
MOST_DATES = 2_000  # that one event names one by one, as taking place or not
MOST_PARTS = 100  # such as days of the month, that one event repeats on
MOST_RULES = 3  # by which one event repeats; programs write one
LONGEST = 5.0  # seconds to work out what repeats when
WHOLE_DAY = timedelta(days=1)

_OF_A_DAY: Final = frozenset({"BYHOUR", "BYMINUTE", "BYSECOND"})
_ALWAYS: Final = _OF_A_DAY | {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH"}
_OF_A_WEEK: Final = _ALWAYS | {"BYSETPOS"}
_OF_A_MONTH: Final = _OF_A_WEEK | {"BYMONTHDAY"}
# What people's calendars use. Others stand for millions of times, or take hours to find that there is none.
_RULES: Final = {"DAILY": _ALWAYS, "WEEKLY": _OF_A_WEEK, "MONTHLY": _OF_A_MONTH, "YEARLY": _OF_A_MONTH}
_MOST_OF_A_MONTH: Final = 31
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2200
_A_YEAR: Final = timedelta(days=366)
_OF_TIME: Final = frozenset({"DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID"})
_FOLDED = re.compile(r"(?:\r?\n)+[ \t]")
_LINE_END = re.compile(r"\r?\n")
# What the libraries raise at what they cannot make sense of.
_NONSENSE: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class Busy:
    """times: busy stretches in UTC, in order and apart. known_until: nothing is known of what is later.

    unread: how many events could not be read, as a whole or in a part.
    """

    times: list[tuple[datetime, datetime]]
    known_until: datetime
    unread: int


def busy_times(text: str, *, start: datetime, end: datetime, time_zone: ZoneInfo) -> Busy:
    """When the calendar says busy between `start` and `end`. ValueError with a sentence if it is none.

    What makes no sense, or repeats in a way no person's meeting does, is left out and counted: of something
    that repeats only that. Of very many stretches the first `MOST_TIMES` come back, and `known_until` is
    where the next would begin.
    """
    with warnings.catch_warnings():
        # The library says what it guesses, in the words of the calendar: they are nobody's business.
        warnings.simplefilter("ignore")
        found, unread = _taking_place(_events(text), start, end, time_zone)
    times = merged(
        (max(begins, start), min(ends, end)) for begins, ends in found if begins < end and start < ends
    )
    if len(times) > MOST_TIMES:
        return Busy(times[:MOST_TIMES], times[MOST_TIMES][0], unread)
    return Busy(times, end, unread)


def merged(times: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same stretches in order and apart: what overlaps or touches is one."""
    apart: list[tuple[datetime, datetime]] = []
    for begins, ends in sorted(times):
        if apart and begins <= apart[-1][1]:
            apart[-1] = (apart[-1][0], max(apart[-1][1], ends))
        else:
            apart.append((begins, ends))
    return apart


def _events(text: str) -> list[list[Component]]:
    """All events, those with one UID together: something that repeats, with its exceptions."""
    upper = text[: MOST_CHARACTERS + 1].upper()
    if "BEGIN:VCALENDAR" not in upper:
        raise ValueError(NOT_A_CALENDAR)
    if (
        len(upper) > MOST_CHARACTERS
        or upper.count("BEGIN:VEVENT") > MOST_EVENTS
        or upper.count("BEGIN:") > MOST_COMPONENTS
    ):
        raise ValueError(TOO_MUCH)
    series: defaultdict[str, list[Component]] = defaultdict(list)
    try:
        calendars = Calendar.from_ical(_without_zones(text), multiple=True)
        for number, calendar in enumerate(calendars):
            for component in calendar.subcomponents:
                if component.name == "VEVENT":
                    series[f"{number} {component.get('UID', id(component))}"].append(component)
    except _NONSENSE:
        raise ValueError(NOT_A_CALENDAR) from None
    if not calendars:  # one that was cut off says nothing about what is free
        raise ValueError(NOT_A_CALENDAR)
    return list(series.values())


def _without_zones(text: str) -> str:
    """The calendar without its own definitions of time zones: zones are known by their names.

    The library would keep a definition for everybody's calendars, for as long as the process lives; and a
    zone that changes every second takes it hours.
    """
    kept, is_zone = [], False
    for line in _LINE_END.split(_FOLDED.sub("", text)):
        words = line.upper().rstrip()
        if words.endswith("VTIMEZONE") and words.startswith(("BEGIN", "END")):
            is_zone = words.startswith("BEGIN")
        elif not is_zone:
            kept.append(line)
    return "\r\n".join(kept)


def _taking_place(
    series: Sequence[list[Component]], start: datetime, end: datetime, time_zone: ZoneInfo
) -> tuple[list[tuple[datetime, datetime]], int]:
    """All busy stretches, and maybe some that are over or not yet near; and how many events were not read."""
    last = time.monotonic() + LONGEST
    times, unread = [], 0
    for events in series:
        if time.monotonic() > last:
            raise ValueError(TOO_MUCH)
        if any(each.get(name) for each in events for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
            occurrences, odd = _occurrences(events, start, end)
        else:
            occurrences, odd = events, sum(map(_has_errors, events))
        for event in occurrences:
            try:
                stretch = _stretch(event, time_zone)
            except _NONSENSE:
                odd += not _has_errors(event)
            else:
                if stretch is not None:
                    times.append(stretch)
        unread += min(odd, len(events))  # one event that repeats can be odd each time
    return times, unread


def _occurrences(events: list[Component], start: datetime, end: datetime) -> tuple[Sequence[Component], int]:
    """Each time that something takes place that repeats, and how many of its `events` are odd.

    An exception that is odd, or lasts a whole day, is none: that time stays as the series has it.
    """
    masters: list[Component] = []
    exceptions: list[Component] = []
    odd = whole_days = 0
    for event in events:
        is_master = "RECURRENCE-ID" not in event
        try:
            if _length(event) >= WHOLE_DAY:
                whole_days += not is_master
                continue
            is_odd = _tame(event)
        except _NONSENSE:
            odd += 1
            continue
        odd += is_odd
        if is_master or not is_odd:
            (masters if is_master else exceptions).append(event)
    if masters:  # of a birthday, which is never busy, it changes nothing
        odd += whole_days
    for kept in (masters + exceptions, masters):
        try:
            return (_repeated(kept, start, end) if kept else []), odd + len(masters + exceptions) - len(kept)
        except _NONSENSE:
            continue
    return [], len(events)


def _repeated(events: list[Component], start: datetime, end: datetime) -> Sequence[Component]:
    calendar = Calendar()
    calendar.subcomponents.extend(events)
    # A day more on each side: times without a zone are compared as if they were UTC.
    found: Sequence[Component] = recurring_ical_events.of(calendar).between(
        start - WHOLE_DAY, end + WHOLE_DAY
    )
    return found


def _has_errors(event: Component) -> bool:
    """Whether the library has left out something that says when it is."""
    return any(str(name).upper() in _OF_TIME for name, _ in event.errors)


def _tame(event: Component) -> bool:
    """Take away what says nothing, and the rules that are none of people's meetings; whether there was any.

    What is left takes a short time to work out, whatever it says. An error of `_NONSENSE` if that cannot be.
    """
    for name in {str(name).upper() for name, _ in event.errors} & _OF_TIME:
        event.pop(name, None)
    begins = event.decoded("DTSTART")
    if not _FIRST_YEAR <= begins.year <= _LAST_YEAR:
        raise ValueError
    if "RECURRENCE-ID" in event:
        was = event.decoded("RECURRENCE-ID")
        # With all that come after it, it could move by thousands of years.
        if abs(date(was.year, was.month, was.day) - date(begins.year, begins.month, begins.day)) > _A_YEAR:
            raise ValueError
    if sum(len(each.dts) for name in ("RDATE", "EXDATE") for each in _listed(event.get(name))) > MOST_DATES:
        raise ValueError
    rules = _listed(event.get("RRULE"))
    ordinary = [rule for rule in rules[:MOST_RULES] if _is_ordinary(rule)]
    if len(ordinary) == len(rules):
        return _has_errors(event)
    event["RRULE"] = ordinary
    return True


def _is_ordinary(rule: Any) -> bool:
    try:
        every = str(*rule.get("FREQ", [""])).upper()
        weekdays = {str(each).upper()[-2:] for each in rule.get("BYDAY", [""])}
        most = len(weekdays) if every == "WEEKLY" else _MOST_OF_A_MONTH
        return (
            {name.upper() for name in rule} <= _RULES.get(every, frozenset())
            and sum(map(len, rule.values())) <= MOST_PARTS
            and all(each >= 1 for each in rule.get("INTERVAL", []))
            and all(1 <= int(each) <= 12 for each in rule.get("BYMONTH", []))
            and all(len(rule.get(name, [])) <= 1 for name in _OF_A_DAY)
            # A place that no week or month has is looked for until the end of time.
            and all(1 <= abs(each) <= most for each in rule.get("BYSETPOS", []))
        )
    except _NONSENSE:
        return False


def _listed(value: Any) -> list[Any]:
    """The library gives one value of a kind as itself, and several as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _length(event: Component) -> timedelta:
    begins = event.decoded("DTSTART")
    if "DTEND" in event:
        length: timedelta = event.decoded("DTEND") - begins
    elif "DURATION" in event:
        length = event.decoded("DURATION")
    else:
        length = timedelta() if isinstance(begins, datetime) else WHOLE_DAY
    return length


def _stretch(event: Component, time_zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """From when to when somebody is busy with it; None: not at all."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return None
    if str(event.get("TRANSP", "")).upper() == "TRANSPARENT":
        return None
    begins = event.decoded("DTSTART")
    if not isinstance(begins, datetime):
        return None
    if begins.tzinfo is None:
        begins = begins.replace(tzinfo=time_zone)
    starts_at = begins.astimezone(UTC)
    if "DTEND" in event:
        ends = event.decoded("DTEND")
        ends_at = (ends if ends.tzinfo else ends.replace(tzinfo=time_zone)).astimezone(UTC)
    else:
        ends_at = starts_at + _length(event)
    return (starts_at, ends_at) if timedelta() < ends_at - starts_at < WHOLE_DAY else None
