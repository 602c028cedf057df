"""Writing down what somebody wants to be reminded of, and what they do about a reminder."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import Clinic, Role, User
from programs.delivery.actions import withdraw
from programs.delivery.queries import REMINDER_SOURCE
from programs.lib.times import local_day, validate_time_zone
from programs.reminders.actions.break_rule import set_break_rule
from programs.reminders.models import BreakRule, Kind, Reminder, ReminderMemory, ReminderSettings
from programs.reminders.queries.reminders import rhythm_of, working_days_of
from programs.reminders.rules import Window
from programs.reminders.rules.reminders import LEAST_APART, RECENTLY, REPEAT_AFTER, first_instant

MOST_TIMES = 4
MORNING = (time(4), time(12))

TOO_MANY = f"Choose at most {MOST_TIMES} times."
TOO_CLOSE = "Leave at least 2 hours between two times."
IN_QUIET_TIME = "This is in your quiet time. Choose another time."
NO_DAYS = "Choose at least one day."
NO_MORNING = "Choose a time from 4 in the morning to noon."
BOTH_OR_NEITHER = "Give both the start and the end of the quiet time, or neither."
ALL_DAY = "This quiet time would last all day. Choose another end."
FOR_PATIENTS = "Only patients are reminded of this."

_DAY = timedelta(days=1)
_INSTANT = timedelta.resolution
_MORNINGS_KEPT = 3
# The first showing of a session that an open page still shows can be no longer ago.
_LONGEST_SHOWN = 2 * REPEAT_AFTER + RECENTLY


class Started(NamedTuple):
    """breaks_stay_off: movement breaks were on before everything was stopped, and are off now: they were
    changed meanwhile, or could never come as they are.
    """

    settings: ReminderSettings
    breaks_stay_off: bool


@transaction.atomic
def set_reminders(
    *,
    clinic: Clinic,
    user: User,
    session_times: Sequence[time],
    weekdays: Collection[int],
    morning_check_at: time | None,
    daily_check_at: time | None,
    digest_at: time | None,
    quiet_start: time | None,
    quiet_end: time | None,
    time_zone: str,
    by_push: bool,
    now: datetime,
) -> ReminderSettings:
    """Write down what somebody wants to be reminded of; where everything was stopped, it starts again.

    Errors of a session time have its place in their name, such as "session_times.1"; the times are kept in
    the order of the day. What was said already is not said again today, and what is due at another time only
    where something of its time has changed.
    """
    times = [_to_the_minute(at) for at in session_times]
    settings = ReminderSettings(
        clinic=clinic,
        user=user,
        session_times=[f"{at:%H:%M}" for at in sorted(times)],
        weekdays=sorted(set(weekdays)),
        morning_check_at=morning_check_at and _to_the_minute(morning_check_at),
        daily_check_at=daily_check_at and _to_the_minute(daily_check_at),
        digest_at=digest_at and _to_the_minute(digest_at),
        quiet_start=quiet_start,
        quiet_end=quiet_end,
        time_zone=time_zone,
        by_push=by_push,
    )
    if errors := _errors(settings, times, is_staff=user.has_role(Role.THERAPIST)):
        raise ValidationError(errors)
    wishes = {
        field: getattr(settings, field)
        for field in (
            *("clinic", "session_times", "weekdays", "morning_check_at", "daily_check_at", "digest_at"),
            *("quiet_start", "quiet_end", "time_zone", "by_push"),
        )
    }
    _one_at_a_time(user)
    before = ReminderSettings.objects.filter(user=user).first()
    stored, _ = ReminderSettings.objects.select_for_update().update_or_create(user=user, defaults=wishes)
    if stored.stopped_at is not None:
        return start_again(user=user, now=now).settings
    _make_reminders(stored, now, before)
    return stored


@transaction.atomic
def stop_everything(*, clinic: Clinic, user: User, now: datetime) -> ReminderSettings:
    """No reminder and no movement break comes any more; what was chosen is kept. A repeat changes nothing but
    movement breaks that were switched on since.
    """
    _one_at_a_time(user)
    settings, _ = ReminderSettings.objects.select_for_update().get_or_create(
        user=user, defaults={"clinic": clinic, "time_zone": user.time_zone}
    )
    rule = BreakRule.objects.filter(patient=user, enabled=True).first()
    if settings.stopped_at is not None and rule is None:
        return settings
    _end(settings.reminders.select_for_update())
    if rule is not None:
        _switch_breaks(rule, now, enabled=False)
    settings.stopped_at, settings.had_breaks = now, rule is not None
    settings.save(update_fields=["stopped_at", "had_breaks"])
    return settings


@transaction.atomic
def start_again(*, user: User, now: datetime) -> Started:
    """Everything comes again as it was chosen. Where movement breaks have been changed since the stop, that
    holds. A repeat changes nothing. The person must have settings.
    """
    _one_at_a_time(user)
    settings = ReminderSettings.objects.select_for_update().get(user=user)
    if settings.stopped_at is None:
        return Started(settings, breaks_stay_off=False)
    stay_off = False
    rule = BreakRule.objects.filter(patient=user, enabled=False).first()
    if rule is not None and settings.had_breaks:
        # While breaks are off nothing but a change of theirs lets the interval begin anew.
        stay_off = rule.counts_from > settings.stopped_at or not _come_again(rule, now)
    settings.stopped_at, settings.had_breaks = None, False
    settings.save(update_fields=["stopped_at", "had_breaks"])
    _make_reminders(settings, now, settings)
    return Started(settings, stay_off)


@transaction.atomic(savepoint=False)
def satisfy(*, user: User, kind: Kind, on: date, at: datetime) -> None:
    """The person has done at `at` what `kind` reminds of, for the local day `on`: what shows goes, what is
    unsent is not sent any more, and it is not said again. A session has a morning after it. It is remembered
    for reminders that are not there yet.
    """
    kinds = [kind, Kind.MORNING_CHECK] if kind == Kind.SESSION else [kind]
    is_for_now = kind == Kind.SESSION or on == local_day(at, user.time_zone)
    memories = _memories(user, kinds)
    for memory in memories.values():
        if memory.kind != kind:
            memory.wanted_on = _with_day(memory.wanted_on, on + _DAY)
        elif is_for_now:
            memory.satisfied_at = max(at, memory.satisfied_at or at)
    _remember(memories)
    reminders = Reminder.objects.filter(settings__user=user, kind__in=kinds).select_related("settings")
    for each in reminders.select_for_update(of=("self",)):
        if each.kind != kind:
            _want(each, on + _DAY)
        elif is_for_now:
            _note_done(each, at)


@transaction.atomic
def not_today(*, user: User, kind: Kind, now: datetime) -> None:
    """What shows goes, and nothing of this kind comes before tomorrow. A repeat changes nothing."""
    _one_at_a_time(user)
    settings = ReminderSettings.objects.filter(user=user).first()
    if settings is None:
        return
    zone = ZoneInfo(settings.time_zone)
    today = now.astimezone(zone).date()
    tomorrow = first_instant(today + _DAY, time(0), zone) or now + _DAY
    memories = _memories(user, [kind])
    memories[kind].not_before = tomorrow
    _remember(memories)
    for each in (
        settings.reminders.select_related("settings").filter(kind=kind).select_for_update(of=("self",))
    ):
        if each.is_repeat or each.next_due_at < tomorrow:
            _move_on(each, tomorrow - _INSTANT)
        _close(each)


def _one_at_a_time(user: User) -> None:
    """So that nothing is done by this person between a look at what they did and what follows from it; those
    who write that down hold the same row first.
    """
    User.objects.select_for_update(no_key=True).get(pk=user.pk)


def _memories(user: User, kinds: Collection[str]) -> dict[str, ReminderMemory]:
    """What is remembered of each of these kinds; where there is nothing, a row that is still to be stored."""
    stored = {each.kind: each for each in ReminderMemory.objects.filter(user=user, kind__in=kinds)}
    return {kind: stored.get(kind) or ReminderMemory(user=user, kind=kind) for kind in map(str, kinds)}


def _remember(memories: dict[str, ReminderMemory]) -> None:
    ReminderMemory.objects.bulk_create(
        memories.values(),
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["wanted_on", "satisfied_at", "not_before"],
    )


def _to_the_minute(at: time) -> time:
    return time(at.hour, at.minute)


def _errors(settings: ReminderSettings, times: Sequence[time], *, is_staff: bool) -> dict[str, str]:
    """What is wrong, by field. `times` are in the order in which they were given."""
    if is_staff:
        errors = {
            field: FOR_PATIENTS
            for field in ("session_times", "weekdays", "morning_check_at", "daily_check_at")
            if getattr(settings, field)
        }
    else:
        errors = _session_errors(settings.weekdays, times)
    try:
        validate_time_zone(settings.time_zone)
    except ValidationError as error:
        errors["time_zone"] = error.messages[0]
    start, end = settings.quiet_start, settings.quiet_end
    if (start is None) != (end is None):
        errors["quiet_start" if start is None else "quiet_end"] = BOTH_OR_NEITHER
    elif start is not None and start == end:
        errors["quiet_end"] = ALL_DAY
    elif start is not None and end is not None:
        given: dict[str, time | None] = {f"session_times.{place}": at for place, at in enumerate(times)}
        given |= {
            "morning_check_at": settings.morning_check_at,
            "daily_check_at": settings.daily_check_at,
            "digest_at": settings.digest_at,
        }
        for field, at in given.items():
            if at is not None and _holds(Window(start, end), at):
                errors.setdefault(field, IN_QUIET_TIME)
    morning = settings.morning_check_at
    if morning is not None and not MORNING[0] <= morning <= MORNING[1]:
        errors.setdefault("morning_check_at", NO_MORNING)
    return errors


def _session_errors(weekdays: Collection[int], times: Sequence[time]) -> dict[str, str]:
    errors = {}
    if len(times) > MOST_TIMES:
        errors["session_times"] = TOO_MANY
    if (times and not weekdays) or not set(weekdays) <= set(range(7)):
        errors["weekdays"] = NO_DAYS
    in_order = sorted(range(len(times)), key=lambda place: times[place])
    # Round the clock: late in the evening is close to early in the morning.
    neighbours = [*pairwise(in_order), *([(in_order[-1], in_order[0])] if len(times) > 1 else [])]
    for earlier, later in neighbours:
        if _between(times[earlier], times[later]) < LEAST_APART:
            errors[f"session_times.{max(earlier, later)}"] = TOO_CLOSE
    return errors


def _between(earlier: time, later: time) -> timedelta:
    """From one time of day to the next such other time."""
    minutes = (later.hour - earlier.hour) * 60 + later.minute - earlier.minute
    return timedelta(minutes=minutes % (24 * 60))


def _holds(quiet: Window, at: time) -> bool:
    return quiet.opened_on(datetime.combine(date(2026, 1, 1), at)) is not None


def _make_reminders(settings: ReminderSettings, now: datetime, before: ReminderSettings | None) -> None:
    """A row for each time that was chosen; the others end. What stays goes on from where it is, and is found
    anew only where its days, its zone or the quiet time are others than `before`.
    """
    digest = Kind.CASELOAD if settings.user.has_role(Role.THERAPIST) else Kind.DIGEST
    chosen = [(Kind.SESSION, at) for at in settings.times]
    chosen += [
        (kind, at)
        for kind, at in (
            (Kind.MORNING_CHECK, settings.morning_check_at),
            (Kind.DAILY_CHECK, settings.daily_check_at),
            (digest, settings.digest_at),
        )
        if at is not None
    ]
    stored = {(each.kind, each.at): each for each in settings.reminders.select_for_update()}
    memories = _memories(settings.user, [kind for kind, _ in chosen])
    days = working_days_of([settings.clinic_id])[settings.clinic_id]
    for kind, at in chosen:
        reminder = stored.pop((str(kind), at), None)
        is_new = reminder is None
        memory = memories[kind]
        if reminder is None:
            reminder = Reminder(
                settings=settings,
                kind=kind,
                at=at,
                satisfied_at=memory.satisfied_at,
                wanted_on=memory.wanted_on,
            )
        rhythm = rhythm_of(reminder, settings, days)
        is_other = is_new or before is None or rhythm != rhythm_of(reminder, before, days)
        if is_new or (is_other and (not reminder.is_repeat or rhythm.is_quiet(reminder.next_due_at))):
            not_before = memory.not_before
            next_due_at = rhythm.next_after(max(now, not_before - _INSTANT) if not_before else now)
            if next_due_at is None:
                raise ValidationError({"quiet_end": IN_QUIET_TIME})
            reminder.next_due_at, reminder.is_repeat = next_due_at, False
        reminder.save()
    _end(stored.values())


def _end(reminders: Iterable[Reminder]) -> None:
    for each in reminders:
        withdraw(source_kind=REMINDER_SOURCE, source_id=each.pk)
        each.delete()


def _come_again(rule: BreakRule, now: datetime) -> bool:
    """Whether movement breaks could be switched on: they cannot where they would never come."""
    try:
        _switch_breaks(rule, now, enabled=True)
    except ValidationError:
        return False
    return True


def _switch_breaks(rule: BreakRule, now: datetime, *, enabled: bool) -> None:
    set_break_rule(
        clinic=rule.clinic,
        patient=rule.patient,
        enabled=enabled,
        interval_minutes=rule.wished_minutes,
        weekdays=rule.weekdays,
        windows=[(window.start, window.end) for window in rule.schedule.windows],
        quiet_start=rule.quiet_start,
        quiet_end=rule.quiet_end,
        time_zone=rule.time_zone,
        daily_cap=rule.daily_cap,
        by_push=rule.by_push,
        now=now,
    )


def _with_day(days: Sequence[str], day: date) -> list[str]:
    return sorted({*days, day.isoformat()})[-_MORNINGS_KEPT:]


def _want(morning: Reminder, day: date) -> None:
    days = _with_day(morning.wanted_on, day)
    if days != morning.wanted_on:
        morning.wanted_on = days
        morning.save(update_fields=["wanted_on"])


def _note_done(reminder: Reminder, at: datetime) -> None:
    reminder.satisfied_at = max(at, reminder.satisfied_at or at)
    reminder.save(update_fields=["satisfied_at"])
    shown_until = reminder.show_until
    if reminder.kind != Kind.SESSION:
        _close(reminder)
    elif reminder.is_repeat:
        first_at = reminder.next_due_at - REPEAT_AFTER
        if at >= first_at - RECENTLY:
            _move_on(reminder, first_at)
            _close(reminder)
    elif shown_until is not None and at >= shown_until - _LONGEST_SHOWN:
        _close(reminder)


def _move_on(reminder: Reminder, after: datetime) -> None:
    """The ordinary one after `after` is the next."""
    settings = reminder.settings
    days = working_days_of([settings.clinic_id])[settings.clinic_id]
    next_due_at = rhythm_of(reminder, settings, days).next_after(after)
    if next_due_at is not None:
        reminder.next_due_at, reminder.is_repeat = next_due_at, False
        reminder.save(update_fields=["next_due_at", "is_repeat"])


def _close(reminder: Reminder) -> None:
    """It shows no longer, and what has not been sent of it is not sent any more."""
    if reminder.show_until is None:
        return
    reminder.show_until = None
    reminder.save(update_fields=["show_until"])
    withdraw(source_kind=REMINDER_SOURCE, source_id=reminder.pk)
