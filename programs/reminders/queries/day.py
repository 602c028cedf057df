"""What became of the movement breaks of one day, and how it goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from programs.accounts.models import User
from programs.reminders.models import BreakRule, MovementBreak, Outcome, Prompt
from programs.reminders.render.day import TAKEN, WORDS, DayMark, DayStrip, MarkKind
from programs.reminders.rules import BreakSchedule, coming

_MINUTE = timedelta(minutes=1)
_KINDS: dict[str, MarkKind] = {
    MovementBreak.Source.PROMPT: MarkKind.PROMPT,
    MovementBreak.Source.OWN: MarkKind.OWN,
    MovementBreak.Source.MOVED: MarkKind.MOVED,
    MovementBreak.Source.SESSION: MarkKind.SESSION,
}


@dataclass(frozen=True, slots=True)
class DayMoment:
    """One thing that happened, at the time on the patient's own clock."""

    at: datetime
    kind: MarkKind

    @property
    def words(self) -> str:
        return WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class DaySoFar:
    """A patient's local day: what happened, earliest first, and the strip that shows it."""

    moments: tuple[DayMoment, ...]
    strip: DayStrip
    is_on: bool

    @property
    def taken(self) -> int:
        return sum(each.kind in TAKEN for each in self.moments)

    @property
    def went_by(self) -> int:
        return sum(each.kind == MarkKind.WENT_BY for each in self.moments)

    @property
    def sentence(self) -> str:
        """The day in words: what was done first, and no blame for the rest."""
        if self.taken:
            said = f"You took {self.taken} break{'s' if self.taken > 1 else ''} today."
        elif self.went_by:
            return f"{self.went_by} went by today. The next one is a new chance."
        else:
            return "No breaks yet today."
        return f"{said} {self.went_by} went by." if self.went_by else said

    @property
    def kinds(self) -> list[tuple[MarkKind, str, int]]:
        """The kinds that are in the picture, each with its word and how often, always in the same order."""
        counted = Counter(each.kind for each in self.moments)
        return [(kind, words, counted[kind]) for kind, words in WORDS.items() if counted[kind]]


def day_of_breaks(patient: User, rule: BreakRule | None, now: datetime) -> DaySoFar:
    """The day of `patient` on which `now` falls, by the zone of `rule`. Ask only for a patient the caller may
    see.
    """
    zone = ZoneInfo(rule.time_zone if rule else patient.time_zone)
    day = now.astimezone(zone).date()
    begins, ends = (datetime.combine(each, time(), zone) for each in (day, day + timedelta(days=1)))
    moved = MovementBreak.objects.filter(patient=patient, moved_at__gte=begins, moved_at__lt=ends)
    found = [
        DayMoment(at.astimezone(zone), _KINDS[source])
        for at, source in moved.values_list("moved_at", "source")
    ]
    # A done one is there as the break itself, and of what was withdrawn nobody could take any.
    of_the_day = Prompt.objects.filter(patient=patient, due_on=day)
    prompts = list(of_the_day.exclude(outcome__in=[Outcome.DONE, Outcome.WITHDRAWN]))
    found += [DayMoment(each.due_at.astimezone(zone), _kind(each, now)) for each in prompts]
    found.sort(key=lambda each: each.at.astimezone(UTC))
    put_off = [each.show_at for each in prompts if _kind(each, now) == MarkKind.PUT_OFF]
    is_on = rule is not None and rule.enabled
    return DaySoFar(
        moments=tuple(found),
        strip=DayStrip(
            stretches=open_stretches(rule.schedule, day) if rule and is_on else (),
            marks=[DayMark(_minute(each.at, day), each.kind) for each in found],
            coming=[_minute(at.astimezone(zone), day) for at in (*put_off, *_still_coming(rule, day))],
            now=_minute(now.astimezone(zone), day),
        ),
        is_on=is_on,
    )


def open_stretches(schedule: BreakSchedule, day: date) -> list[tuple[float, float]]:
    """When prompts may come on a day by the wall clock, in minutes after its midnight, in order and apart."""
    midnight = datetime.combine(day, time())
    windows = schedule.windows if schedule.quiet is None else (*schedule.windows, schedule.quiet)
    times = [edge.hour * 60 + edge.minute for window in windows for edge in (window.start, window.end)]
    edges = sorted({0, *times, *(1440 + each for each in times), 2880})
    found = [
        (float(start), float(end))
        for start, end in pairwise(edges)
        if schedule.day_of(midnight + start * _MINUTE) == day
    ]
    busy = [
        (_minute(start.astimezone(schedule.time_zone), day), _minute(end.astimezone(schedule.time_zone), day))
        for start, end in schedule.busy
    ]
    return _joined(_without(found, busy))


def _without(
    stretches: Iterable[tuple[float, float]], busy: Iterable[tuple[float, float]]
) -> list[tuple[float, float]]:
    left = list(stretches)
    for start, end in busy:
        left = [
            part
            for first, last in left
            for part in ((first, min(last, start)), (max(first, end), last))
            if part[0] < part[1]
        ]
    return left


def _joined(stretches: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    joined: list[tuple[float, float]] = []
    for start, end in stretches:
        if joined and joined[-1][1] == start:
            start = joined.pop()[0]
        joined.append((start, end))
    return joined


def _still_coming(rule: BreakRule | None, day: date) -> list[datetime]:
    """When `day` still has prompts to come."""
    if rule is None or not rule.enabled or rule.slot is None or rule.slot.day != day:
        return []
    end = datetime.combine(day + timedelta(days=2), time(), ZoneInfo(rule.time_zone))
    return [slot.due_at for slot in coming(rule.slot, rule.schedule, end) if slot.day == day]


def _kind(prompt: Prompt, now: datetime) -> MarkKind:
    if prompt.outcome == Outcome.DISMISSED:
        return MarkKind.NOT_NOW
    if prompt.outcome is not None or prompt.expires_at <= now:
        return MarkKind.WENT_BY
    return MarkKind.PUT_OFF if prompt.show_at > now else MarkKind.OPEN


def _minute(at: datetime, day: date) -> float:
    """Where the wall clock stands, in minutes after the midnight with which `day` begins."""
    return (at.replace(tzinfo=None) - datetime.combine(day, time())) / _MINUTE
