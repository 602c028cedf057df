"""How somebody's reminders stand, and what in their record speaks for or against one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef

from programs.accounts.models import CareTeam, EscalationPolicy, Membership, Role, User, working_days
from programs.care.models import Plan
from programs.library.models import Contraindication
from programs.monitoring.models import Flag, FlagState
from programs.reminders.models import BreakRule, Kind, Reminder, ReminderQuerySet, ReminderSettings
from programs.reminders.rules import Window
from programs.reminders.rules.reminders import EVERY_DAY, Rhythm
from programs.safety.models import Condition, SafetyLock

ON_THE_PAGE = (Kind.DAILY_CHECK, Kind.MORNING_CHECK, Kind.SESSION)
"""What an open page shows, what matters most first. A digest is an e-mail, and nothing to see."""


def reminder_settings_of(user: User) -> ReminderSettings | None:
    """What somebody wants to be reminded of, with each reminder; None while they have never said."""
    stored = ReminderSettings.objects.visible_to(user)
    return stored.select_related("clinic").prefetch_related("reminders").first()


def showing_reminders(user: User, now: datetime) -> list[Reminder]:
    """What an open page of this patient shows now, what matters most first; one query."""
    return sorted(shown_to(user, now), key=lambda each: ON_THE_PAGE.index(Kind(each.kind)))


def shown_to(user: User, now: datetime) -> ReminderQuerySet:
    """What an open page of this patient may show now.

    Nobody is asked to exercise while an answer of theirs lets no session start.
    """
    locked = Exists(SafetyLock.objects.open().filter(patient=OuterRef("settings__user")))
    shown = Reminder.objects.visible_to(user).showing(now).filter(kind__in=ON_THE_PAGE)
    return shown.exclude(locked, kind=Kind.SESSION)


PAGES = {
    Kind.SESSION: "logbook:player",
    Kind.MORNING_CHECK: "logbook:morning_check",
    Kind.DAILY_CHECK: "logbook:daily_check",
}
"""The name of the page where that is done which a reminder is about."""


@dataclass(frozen=True, slots=True)
class ShownReminder:
    """The one reminder that a page has room for. `key` tells one showing from another; "" is none."""

    kind: str = ""
    key: str = ""
    page: str = ""


def shown_reminder(user: User, now: datetime) -> ShownReminder:
    """What matters most of what shows now; one query."""
    for first in showing_reminders(user, now)[:1]:
        return ShownReminder(first.kind, f"{first.pk}.{first.step}", PAGES[Kind(first.kind)])
    return ShownReminder()


@dataclass(frozen=True, slots=True)
class NextReminder:
    """When one reminder comes next; None where that depends on something that has not happened yet."""

    kind: Kind
    at: datetime | None


def next_reminders(settings: ReminderSettings) -> list[NextReminder]:
    """When everything that is on comes next, in that order; what is not known last."""
    coming = [_next_of(each, settings) for each in settings.reminders.all()]
    return sorted(coming, key=lambda each: (each.at is None, each.at and each.at.timestamp()))


def _next_of(reminder: Reminder, settings: ReminderSettings) -> NextReminder:
    at: datetime | None = reminder.next_due_at
    if reminder.kind == Kind.MORNING_CHECK:
        day = reminder.next_due_at.astimezone(ZoneInfo(settings.time_zone)).date()
        at = at if day.isoformat() in reminder.wanted_on else None
    return NextReminder(Kind(reminder.kind), at)


def quiet_of(settings: ReminderSettings) -> Window | None:
    """The time in which nothing comes, if any."""
    if settings.quiet_start is None or settings.quiet_end is None:
        return None
    return Window(settings.quiet_start, settings.quiet_end)


def working_days_of(clinics: Collection[UUID]) -> dict[UUID, frozenset[int]]:
    """The weekdays on which each of these clinics works, Monday 0."""
    chosen = dict(EscalationPolicy.objects.filter(clinic__in=clinics).values_list("clinic_id", "weekdays"))
    return {clinic: frozenset(chosen.get(clinic, working_days())) for clinic in clinics}


def rhythm_of(reminder: Reminder, settings: ReminderSettings, clinic_days: frozenset[int]) -> Rhythm:
    """When a reminder may come; `clinic_days` are those of the clinic."""
    days = EVERY_DAY
    if reminder.kind == Kind.SESSION:
        days = frozenset(settings.weekdays)
    elif reminder.kind == Kind.CASELOAD:
        days = clinic_days
    return Rhythm(reminder.at, ZoneInfo(settings.time_zone), days, quiet_of(settings))


@dataclass(frozen=True, slots=True)
class Grounds:
    """What speaks for or against the reminders of some people, gathered at once for all of them.

    clinics: where each holds a role now, the first joined first. can_exercise: whoever has a plan, and no
    answer that lets no session start. has_open_flags: therapists of whose patients one needs a look.
    next_breaks: when the next movement break of each is due.
    """

    clinics: dict[tuple[UUID, str], list[UUID]]
    can_exercise: frozenset[UUID]
    has_open_flags: frozenset[UUID]
    next_breaks: dict[UUID, datetime]

    def clinic_of(self, reminder: Reminder) -> UUID | None:
        """The clinic in which the person is now what the reminder is for: that of the settings where they
        still are there, else another; None where they have left.
        """
        role = Role.THERAPIST if reminder.kind == Kind.CASELOAD else Role.PATIENT
        found = self.clinics.get((reminder.settings.user_id, str(role)), [])
        chosen = reminder.settings.clinic_id
        return chosen if chosen in found else next(iter(found), None)


def grounds_of(reminders: Sequence[Reminder]) -> Grounds:
    """The grounds for these reminders; asks only for what their kinds need."""
    people: dict[str, set[UUID]] = defaultdict(set)
    for each in reminders:
        people[each.kind].add(each.settings.user_id)
    everybody = set().union(*people.values())
    clinics: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    members = Membership.objects.active().filter(user__in=everybody).order_by("started_at", "id")
    for user_id, role, clinic_id in members.values_list("user_id", "role", "clinic_id"):
        clinics[user_id, role].append(clinic_id)
    digested = people[Kind.DIGEST]
    breaks = BreakRule.objects.filter(patient__in=digested, enabled=True) if digested else ()
    return Grounds(
        clinics=clinics,
        can_exercise=_able(people[Kind.SESSION] | digested),
        has_open_flags=_with_open_flags(people[Kind.CASELOAD]),
        next_breaks={rule.patient_id: rule.next_due_at for rule in breaks if rule.next_due_at},
    )


def busy_people(reminders: Sequence[Reminder], now: datetime) -> dict[UUID, datetime]:
    """Those whose own calendar says that they are busy at `now`, and until when; of what a page shows."""
    people = {each.settings.user_id for each in reminders if each.kind in ON_THE_PAGE}
    rules = BreakRule.objects.filter(patient__in=people).exclude(busy=[]) if people else ()
    return {rule.patient_id: end for rule in rules for start, end in rule.schedule.busy if start <= now < end}


def _able(patients: Collection[UUID]) -> frozenset[UUID]:
    if not patients:
        return frozenset()
    planned = Plan.objects.filter(patient__in=patients, ended_at=None).values_list("patient_id", flat=True)
    locked = SafetyLock.objects.open().filter(patient__in=patients).values_list("patient_id", flat=True)
    blocking = Contraindication.objects.filter(level=Contraindication.Level.BLOCK).values("slug")
    blocked = Condition.objects.current().filter(patient__in=patients, slug__in=blocking)
    return frozenset(planned) - frozenset(locked) - frozenset(blocked.values_list("patient_id", flat=True))


def _with_open_flags(therapists: Collection[UUID]) -> frozenset[UUID]:
    if not therapists:
        return frozenset()
    waiting = Flag.objects.of_patients_now().filter(
        patient=OuterRef("patient"),
        clinic=OuterRef("clinic"),
        state__in=[FlagState.OPEN, FlagState.ACKNOWLEDGED],
    )
    caring = CareTeam.objects.active().filter(Exists(waiting), therapist__in=therapists)
    return frozenset(caring.values_list("therapist_id", flat=True))


def brings_something(
    settings: ReminderSettings, grounds: Grounds, day_start: datetime, clinic_days: frozenset[int]
) -> bool:
    """Whether anything is still to come on the local day of `day_start`, from then on."""
    zone = ZoneInfo(settings.time_zone)
    day = day_start.astimezone(zone).date()
    next_break = grounds.next_breaks.get(settings.user_id)
    if next_break is not None and next_break.astimezone(zone).date() == day:
        return True
    for each in settings.reminders.all():
        if each.kind in (Kind.DIGEST, Kind.CASELOAD) or not is_for(each, grounds, day.isoformat(), settings):
            continue
        done = each.satisfied_at is not None and each.satisfied_at.astimezone(zone).date() == day
        if done and each.kind != Kind.SESSION:
            continue
        comes_at = rhythm_of(each, settings, clinic_days).next_after(day_start - timedelta.resolution)
        if comes_at is not None and comes_at.astimezone(zone).date() == day:
            return True
    return False


def is_for(reminder: Reminder, grounds: Grounds, day: str, settings: ReminderSettings) -> bool:
    """Whether what a reminder is about makes sense on a local day at all."""
    match reminder.kind:
        case Kind.SESSION:
            return settings.user_id in grounds.can_exercise
        case Kind.MORNING_CHECK:
            return day in reminder.wanted_on
        case Kind.CASELOAD:
            return settings.user_id in grounds.has_open_flags
    return True
