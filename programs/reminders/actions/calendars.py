"""The patient's own calendar: read for when they are busy, and shown their prompts. Nothing calls out."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from programs.accounts.models import Clinic, Membership, Role, User
from programs.lib import public_address
from programs.reminders.actions.break_rule import set_busy
from programs.reminders.models import BreakRule, BusyCalendar, CalendarFeed
from programs.reminders.rules.busy import Busy, busy_times

READ_EVERY = timedelta(hours=1)
ADDRESS_HORIZON = timedelta(days=14)
"""How far ahead a calendar is read that is read again: it may not answer for some days."""
FILE_HORIZON = timedelta(days=90)
SOME_UNREAD = "We could not read {} of your events."
NO_RULE = "Save your movement breaks first. Then we know what to keep quiet."


def set_calendar_address(*, patient: User, address: str, now: datetime) -> BusyCalendar:
    """Read busy times from this address, for the first time within the next minutes.

    It takes the place of what was there before, which is forgotten; the same one again is only read again.
    The patient must have a break rule.
    """
    try:
        public_address.host_of(address)
    except public_address.AddressError as error:
        raise ValidationError({"address": str(error)}) from None
    address = address.strip()
    with transaction.atomic():
        rule = _held_rule(patient, "address")
        calendar = BusyCalendar.objects.filter(rule=rule).first()
        if calendar is None or calendar.address != address:
            set_busy(rule=rule, busy=[], now=now)
            calendar = _stored(rule, address=address, read_at=None, known_until=None, problem="")
        calendar.next_read_at = now
        calendar.save(update_fields=["next_read_at"])
        return calendar


def set_calendar_file(*, patient: User, text: str, now: datetime) -> BusyCalendar:
    """Take the busy times of the next `FILE_HORIZON` from a calendar's text, once; the text is not kept.

    It takes the place of what was there before. The patient must have a break rule.
    """
    time_zone = BreakRule.objects.filter(patient=patient).values_list("time_zone", flat=True).first()
    if time_zone is None:
        raise ValidationError({"file": NO_RULE})
    try:
        # Outside of the transaction: it can take seconds, and others wait to write.
        busy = _busy(text, now, FILE_HORIZON, time_zone)
    except ValueError as error:
        raise ValidationError({"file": str(error)}) from None
    with transaction.atomic():
        rule = _held_rule(patient, "file")
        set_busy(rule=rule, busy=busy.times, now=now)
        return _stored(rule, address="", next_read_at=None, **_what_was_read(busy, now))


@transaction.atomic
def remove_calendar(*, patient: User, now: datetime) -> None:
    """Forget the calendar, its address, and when the patient is busy. A repeat changes nothing."""
    rule = BreakRule.objects.select_for_update().filter(patient=patient).first()
    if BusyCalendar.objects.filter(patient=patient).delete()[0] and rule is not None:
        set_busy(rule=rule, busy=[], now=now)


@transaction.atomic
def claim_calendar(*, now: datetime) -> BusyCalendar | None:
    """The calendar that has been due longest, for the caller to read, or None. It is due again in an hour,
    whatever becomes of this reading: so no other worker reads it meanwhile, and a fault is not repeated soon.
    That of somebody who has left the clinic, or whose account is closed, is not read any more.
    """
    here = Membership.objects.active().filter(
        user=OuterRef("patient"), clinic=OuterRef("clinic"), role=Role.PATIENT, user__is_active=True
    )
    due = BusyCalendar.objects.due(now).filter(Exists(here)).select_for_update(skip_locked=True)
    calendar = due.order_by("next_read_at", "id").first()
    if calendar is not None:
        calendar.next_read_at = now + READ_EVERY
        calendar.save(update_fields=["next_read_at"])
    return calendar


def store_reading(*, calendar: BusyCalendar, text: str, now: datetime) -> None:
    """Keep when the patient is busy, from what was read at the calendar's address.

    What is no calendar leaves the last known busy times, and a problem in words. An address that was changed
    or removed meanwhile is not this reading's.
    """
    rules = BreakRule.objects.filter(pk=calendar.rule_id)
    time_zone = rules.values_list("time_zone", flat=True).first()
    if time_zone is None:
        return
    try:
        busy = _busy(text, now, ADDRESS_HORIZON, time_zone)
    except ValueError as error:
        store_problem(calendar=calendar, problem=str(error))
        return
    with transaction.atomic():
        rule = rules.select_for_update().first()
        still_wanted = BusyCalendar.objects.filter(pk=calendar.pk, address=calendar.address)
        if rule is not None and still_wanted.update(**_what_was_read(busy, now)):
            set_busy(rule=rule, busy=busy.times, now=now)


def store_problem(*, calendar: BusyCalendar, problem: str) -> None:
    """Keep why the calendar could not be read, a sentence for the patient. Busy times stay as they were."""
    BusyCalendar.objects.filter(pk=calendar.pk, address=calendar.address).update(problem=problem)


@transaction.atomic
def renew_feed(*, clinic: Clinic, patient: User, now: datetime) -> str:
    """The secret of a new address for the patient's prompts. It is told once; the address before it ends."""
    secret = secrets.token_urlsafe(32)
    values = {"clinic": clinic, "secret_hash": feed_hash(secret), "created_at": now, "last_read_at": None}
    CalendarFeed.objects.update_or_create(patient=patient, defaults=values)
    return secret


def end_feed(*, patient: User) -> None:
    """The address shows nothing any more. A repeat changes nothing."""
    CalendarFeed.objects.filter(patient=patient).delete()


def note_feed_read(*, feed: CalendarFeed, now: datetime) -> None:
    """A calendar program has asked for the prompts."""
    CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=now)


def feed_hash(secret: str) -> str:
    """What is kept of a feed's secret. It has 256 random bits, so nothing is gained by a slow hash."""
    return sha256(secret.encode(errors="replace")).hexdigest()


def _busy(text: str, now: datetime, horizon: timedelta, time_zone: str) -> Busy:
    return busy_times(text, start=now, end=now + horizon, time_zone=ZoneInfo(time_zone))


def _what_was_read(busy: Busy, now: datetime) -> dict[str, Any]:
    problem = SOME_UNREAD.format(busy.unread) if busy.unread else ""
    return {"read_at": now, "known_until": busy.known_until, "problem": problem}


def _held_rule(patient: User, field: str) -> BreakRule:
    rule = BreakRule.objects.select_for_update().filter(patient=patient).first()
    if rule is None:
        raise ValidationError({field: NO_RULE})
    return rule


def _stored(rule: BreakRule, **values: Any) -> BusyCalendar:
    values |= {"clinic_id": rule.clinic_id, "patient_id": rule.patient_id}
    return BusyCalendar.objects.update_or_create(rule=rule, defaults=values)[0]
