"""What is known of a patient's own calendar, and what theirs can show of their prompts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from uuid import uuid5
from zoneinfo import ZoneInfo

from programs.accounts.models import User
from programs.lib import public_address
from programs.lib.times import local_day
from programs.reminders.models import BreakRule, BusyCalendar, CalendarFeed, Kind
from programs.reminders.queries.breaks import preview
from programs.reminders.queries.reminders import (
    grounds_of,
    is_for,
    reminder_settings_of,
    rhythm_of,
)
from programs.reminders.render.ics import Entry

FEED_DAYS = 7
BREAK_TITLE = "Short break"
REMINDER_TITLE = "Reminder"
_SEEN = (Kind.SESSION, Kind.MORNING_CHECK, Kind.DAILY_CHECK)


@dataclass(frozen=True, slots=True)
class BusyTime:
    """From when to when somebody is busy, on the clock of their own zone."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class KnownBusy:
    """What is known of when a patient is busy.

    host: of the calendar's address; "" where it came as a file. busy_today: what is not over yet of the
    local day.
    """

    calendar: BusyCalendar
    host: str
    busy_today: list[BusyTime]


def known_busy(patient: User, now: datetime) -> KnownBusy | None:
    """The busy calendar of `patient`, or None while there is none."""
    stored = BusyCalendar.objects.visible_to(patient).filter(patient=patient)
    calendar = stored.select_related("rule").first()
    if calendar is None:
        return None
    host = public_address.host_of(calendar.address) if calendar.address else ""
    return KnownBusy(calendar, host, _busy_today(calendar.rule, now))


def _busy_today(rule: BreakRule, now: datetime) -> list[BusyTime]:
    zone = ZoneInfo(rule.time_zone)
    today = local_day(now, rule.time_zone)
    ends = datetime.combine(today + timedelta(days=1), time(), zone)
    return [
        BusyTime(start.astimezone(zone), min(end.astimezone(zone), ends))
        for start, end in rule.schedule.busy
        if start < ends and now < end
    ]


def feed_of(patient: User) -> CalendarFeed | None:
    """The secret address under which calendar programs read this patient's prompts, or None."""
    return CalendarFeed.objects.visible_to(patient).filter(patient=patient).first()


def open_feed(secret_hash: str) -> CalendarFeed | None:
    """The feed behind a secret, as long as its patient is one and may sign in."""
    feed = CalendarFeed.objects.filter(secret_hash=secret_hash).select_related("patient").first()
    if feed is None or not feed.patient.is_active or not feed.patient.has_role("patient"):
        return None
    return feed


def feed_entries(feed: CalendarFeed, now: datetime) -> list[Entry]:
    """The prompts and reminders of the next `FEED_DAYS`, in order. Nothing in them says what they are about.

    No movement breaks while they are off, and those of a pause are left out: programs read it each hour, and
    would forget the rest of the week.
    """
    entries = [
        Entry(_uid(feed, kind, at), at, title)
        for kind, title, comes in (
            ("break", BREAK_TITLE, _breaks(feed.patient, now)),
            ("reminder", REMINDER_TITLE, _reminders(feed.patient, now)),
        )
        for at in sorted(set(comes))
    ]
    return sorted(entries, key=lambda entry: entry.starts_at)


def _uid(feed: CalendarFeed, kind: str, at: datetime) -> str:
    return str(uuid5(feed.pk, f"{kind} {at.timestamp()}"))


def _breaks(patient: User, now: datetime) -> Iterator[datetime]:
    rule = BreakRule.objects.filter(patient=patient, enabled=True).first()
    if rule is None:
        return
    for slot in preview(rule, local_day(now, rule.time_zone), FEED_DAYS):
        if slot.due_at > now:
            yield slot.due_at


def _reminders(patient: User, now: datetime) -> Iterator[datetime]:
    settings = reminder_settings_of(patient)
    if settings is None:
        return
    seen = [each for each in settings.reminders.all() if each.kind in _SEEN]
    if not seen:
        return
    for each in seen:
        each.settings = settings
    grounds = grounds_of(seen)
    for each in seen:
        rhythm = rhythm_of(each, settings, frozenset())
        comes_at = rhythm.next_after(now)
        while comes_at is not None and comes_at < now + timedelta(days=FEED_DAYS):
            if is_for(each, grounds, local_day(comes_at, settings.time_zone).isoformat(), settings):
                yield comes_at
            comes_at = rhythm.next_after(comes_at)
