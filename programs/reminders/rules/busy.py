"""When somebody is busy, read from a calendar as text (.ics, RFC 5545).

Nothing is kept of it but when something begins and ends. What the calendar calls free time or cancelled is
not busy, and neither is what lasts a whole day or longer, such as a birthday or a holiday: people want their
breaks on those days. A time without a zone that is known by name is one of the patient's own.

The text is anybody's. So it is bounded in what it can cost: in events, in what they repeat, and in time.
"""

from __future__ import annotations

import re
import time
import warnings
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
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
LONGEST = 5.0  # seconds to work out what repeats when
WHOLE_DAY = timedelta(days=1)

_ALWAYS: Final = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH"})
_OF_A_MONTH: Final = _ALWAYS | {"BYMONTHDAY", "BYSETPOS"}
# What people's calendars use. Others stand for millions of times, or take hours to find that there is none.
_RULES: Final = {"DAILY": _ALWAYS, "WEEKLY": _ALWAYS, "MONTHLY": _OF_A_MONTH, "YEARLY": _OF_A_MONTH}
_FIRST_YEAR: Final = 1970
_FOLDED = re.compile(r"(?:\r?\n)+[ \t]")
_LINE_END = re.compile(r"\r?\n")
# What the libraries raise at what they cannot make sense of.
_NONSENSE: Final = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class Busy:
    """times: busy stretches in UTC, in order and apart. known_until: nothing is known of what is later."""

    times: list[tuple[datetime, datetime]]
    known_until: datetime


def busy_times(text: str, *, start: datetime, end: datetime, time_zone: ZoneInfo) -> Busy:
    """When the calendar says busy between `start` and `end`. ValueError with a sentence if it is none.

    An event that makes no sense, or repeats in a way no person's meeting does, is left out. Of very many
    stretches the first `MOST_TIMES` come back, and `known_until` is where the next would begin.
    """
    with warnings.catch_warnings():
        # The library says what it guesses, in the words of the calendar: they are nobody's business.
        warnings.simplefilter("ignore")
        times = merged(
            (max(begins, start), min(ends, end))
            for begins, ends in _taking_place(_events(text), start, end, time_zone)
            if begins < end and start < ends
        )
    if len(times) > MOST_TIMES:
        return Busy(times[:MOST_TIMES], times[MOST_TIMES][0])
    return Busy(times, end)


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
) -> Iterator[tuple[datetime, datetime]]:
    last = time.monotonic() + LONGEST
    for events in series:
        if time.monotonic() > last:
            raise ValueError(TOO_MUCH)
        try:
            for event in _occurrences(events, start, end):
                stretch = _stretch(event, time_zone)
                if stretch is not None:
                    yield stretch
        except _NONSENSE:
            continue


def _occurrences(events: list[Component], start: datetime, end: datetime) -> Sequence[Component]:
    """Each time that something takes place, and maybe some that are over or not yet near."""
    if not any(each.get(name) for each in events for name in ("RRULE", "RDATE", "RECURRENCE-ID")):
        return events
    if not all(_is_bounded(each) for each in events):
        return []
    calendar = Calendar()
    calendar.subcomponents.extend(events)
    # A day more on each side: times without a zone are compared as if they were UTC.
    found: Sequence[Component] = recurring_ical_events.of(calendar).between(
        start - WHOLE_DAY, end + WHOLE_DAY
    )
    return found


def _is_bounded(event: Component) -> bool:
    """Whether working out when it repeats takes a short time, whatever it says."""
    begins = event.decoded("DTSTART")
    if begins.year < _FIRST_YEAR or _length(event) >= WHOLE_DAY:
        return False
    dates = sum(len(each.dts) for name in ("RDATE", "EXDATE") for each in _listed(event.get(name)))
    rules = _listed(event.get("RRULE"))
    return dates <= MOST_DATES and len(rules) <= 1 and all(_is_ordinary(rule) for rule in rules)


def _is_ordinary(rule: Any) -> bool:
    parts = {name.upper() for name in rule}
    return (
        parts <= _RULES.get(str(*rule.get("FREQ", [""])).upper(), frozenset())
        and sum(map(len, rule.values())) <= MOST_PARTS
        and all(each >= 1 for each in rule.get("INTERVAL", []))
        and all(1 <= int(each) <= 12 for each in rule.get("BYMONTH", []))
    )


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
