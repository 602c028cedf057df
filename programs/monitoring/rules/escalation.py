"""When a flag that nobody has taken on becomes somebody else's business too.

A flag that nobody sees is the hazard: in a remote-monitoring programme for breast cancer 77 % of alerts were
closed within 48 hours, and the severe ones were not answered faster than the others, so that it cannot be
left to people to notice what is urgent. A cancer centre that followed 36,838 alerts up had all of them
reviewed, within an hour of working time on average (JMIR Med Inform 2022). HL7's functional model asks for
the same: evaluate whether the expected actions have been taken, and notify again otherwise (EHR-S FM POP.4).
The waits here are defaults, not yet checked by a clinician; a clinic may be quicker, never slower.

Each step tells everybody of the steps before it once more, and the last one is repeated until somebody takes
the flag on.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import IntEnum
from zoneinfo import ZoneInfo

from programs.lib.wall_clock import clock_change
from programs.monitoring.rules.findings import EMERGENCY, URGENT

ABSENCES = frozenset({"silent", "no_response"})
"""The kinds of flags that are about what was not reported."""


class Step(IntEnum):
    """Who is told by now: those who care for the patient, then who stands in, then the administrators too."""

    CARE_TEAM = 0
    BACKUP = 1
    ADMINISTRATORS = 2


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When a clinic is open, on its own wall clock. weekdays: Monday is 0. `closes_at` is closed already."""

    time_zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    weekdays: frozenset[int] = frozenset(range(5))
    opens_at: time = time(8)
    closes_at: time = time(18)

    def __post_init__(self) -> None:
        if not self.weekdays & frozenset(range(7)) or self.opens_at >= self.closes_at:
            raise ValueError("A clinic is open at some time of the week.")

    def is_open(self, at: datetime) -> bool:
        wall = at.astimezone(self.time_zone)
        return wall.weekday() in self.weekdays and self.opens_at <= wall.time() < self.closes_at

    def after(self, start: datetime, wait: timedelta) -> datetime:
        """The instant (UTC) by which the clinic has been open for `wait` since `start`.

        Counted in time that really passes: an hour that the clock skips is none, one that it shows twice is
        two.
        """
        at = start.astimezone(UTC)
        while wait > timedelta(0):
            boundary = self._next_boundary(at)
            if self.is_open(at):
                if boundary - at >= wait:
                    return at + wait
                wait -= boundary - at
            at = boundary
        return at

    def _next_boundary(self, at: datetime) -> datetime:
        """The next instant at which the clinic may open or close, at most a day after `at`; both in UTC."""
        wall = at.astimezone(self.time_zone).replace(tzinfo=None)
        days = (wall.date(), wall.date() + timedelta(days=1))
        walls = (datetime.combine(day, moment) for day in days for moment in (self.opens_at, self.closes_at))
        boundary = at + (min(each for each in walls if each > wall) - wall)
        return clock_change(at, boundary, self.time_zone) or boundary


@dataclass(frozen=True, slots=True)
class EscalationSchedule:
    """How long nobody may take a flag on. All count from when it was opened, or opened again.

    `flag_backup` is working time; everything else is time of the clock. `urgent_*` is for what is urgent or
    an emergency, `absence_backup` for flags about what was not reported, `flag_*` for all others; `repeat`
    is for both of these.
    """

    working_time: WorkingTime = field(default_factory=WorkingTime)
    urgent_backup: timedelta = timedelta(minutes=15)
    urgent_administrators: timedelta = timedelta(minutes=30)
    urgent_repeat: timedelta = timedelta(minutes=30)
    flag_backup: timedelta = timedelta(hours=4)
    flag_administrators: timedelta = timedelta(hours=24)
    absence_backup: timedelta = timedelta(hours=48)
    repeat: timedelta = timedelta(hours=24)


def is_severe(level: str) -> bool:
    """Whether minutes count."""
    return level in (URGENT, EMERGENCY)


def next_step(level: str, kind: str, step: int, since: datetime, schedule: EscalationSchedule) -> Step:
    """What comes after `step` for a flag open since then.

    The last step comes again and again. The backup is never told after the administrators: over a weekend,
    where 4 working hours last longer than a day, both are told at once.
    """
    if step >= Step.BACKUP:
        return Step.ADMINISTRATORS
    backup, administrators = _due(level, kind, since, schedule)
    return Step.BACKUP if backup < administrators else Step.ADMINISTRATORS


def next_step_at(
    level: str, kind: str, step: int, since: datetime, taken_at: datetime, schedule: EscalationSchedule
) -> datetime:
    """When `next_step` is due, if `step` was really taken at `taken_at`. Always later than that.

    A step that was taken late, after an outage, moves those after it: people get the time they were promised.
    """
    if step >= Step.ADMINISTRATORS:
        return taken_at + (schedule.urgent_repeat if is_severe(level) else schedule.repeat)
    backup, administrators = _due(level, kind, since, schedule)
    if step == Step.CARE_TEAM:
        return taken_at + (min(backup, administrators) - since)
    # Who is told out of turn, because nobody cares for the patient, has the administrators' whole wait.
    reached = backup if backup < administrators else since
    return taken_at + (administrators - reached)


def _due(level: str, kind: str, since: datetime, schedule: EscalationSchedule) -> tuple[datetime, datetime]:
    """When the backup and when the administrators are told, if every step is taken in time."""
    if is_severe(level):
        return since + schedule.urgent_backup, since + schedule.urgent_administrators
    if kind in ABSENCES:
        backup = since + schedule.absence_backup
        return backup, backup + schedule.repeat
    return schedule.working_time.after(since, schedule.flag_backup), since + schedule.flag_administrators
