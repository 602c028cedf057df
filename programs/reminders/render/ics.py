"""A calendar as text (.ics, RFC 5545) for calendar programs to read again and again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vDuration

LASTS = timedelta(minutes=5)
READ_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the calendar. uid: the same each time that it is rendered, and no other's."""

    uid: str
    starts_at: datetime
    title: str


def calendar(entries: Iterable[Entry], *, name: str, site: str, now: datetime) -> bytes:
    """The entries, each with an alarm as it starts. They are marked as free time and as private.

    site: the address that each entry links to. It must tell nothing about anybody.
    """
    document = Calendar()
    document.add("prodid", "-//Exercise Tracker//Prompts//EN")
    document.add("version", "2.0")
    document.add("method", "PUBLISH")
    document.add("x-wr-calname", name)
    document.add("refresh-interval", vDuration(READ_AGAIN_AFTER), parameters={"VALUE": "DURATION"})
    document.add("x-published-ttl", vDuration(READ_AGAIN_AFTER))
    for entry in entries:
        document.add_component(_event(entry, site, now))
    text: bytes = document.to_ical()
    return text


def _event(entry: Entry, site: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.starts_at.astimezone(UTC) + LASTS)
    event.add("summary", entry.title)
    event.add("url", site)
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta())
    alarm.add("description", entry.title)
    event.add_component(alarm)
    return event
