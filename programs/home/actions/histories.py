"""One patient's story in the demonstration clinic: what is known of it so far, its chances and its clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from random import Random
from statistics import median, median_low
from zoneinfo import ZoneInfo

from programs.accounts.models import User
from programs.care.models import Plan, PlanVersion
from programs.care.rules import PlanStage
from programs.home.actions.cast import LAST_DAY, SEED, DemonstrationPatient
from programs.home.rules import simulate_leg_pain
from programs.lib.times import local_day

CLINIC_TIME_ZONE = "Europe/London"
MORNING = time(8, 30)
"""When the therapists begin."""

# Fewer reports or sessions in a week say too little about it.
ENOUGH_OF_A_WEEK = 4


@dataclass(slots=True)
class History:
    """One patient's story as far as it is told."""

    person: DemonstrationPatient
    therapist: User
    plan: Plan
    version: PlanVersion
    scores: list[int | None]
    """Worst leg pain per day from day 0 on; None on days without a Daily check."""
    stage_since: int = 0
    peaks: dict[int, int] = field(default_factory=dict)
    """Worst pain during that day's session."""

    @property
    def stage(self) -> PlanStage:
        return self.version.stage(self.plan.stage_number)

    def latest_score(self, day: int) -> int | None:
        """The newest score known on that day."""
        return next((score for score in reversed(self.scores[1 : day + 1]) if score is not None), None)

    def usual_score(self, day: int) -> int:
        """The middle one of the last four weeks: how far down it goes changes more slowly than the score."""
        known = [score for score in self.scores[max(1, day - 27) : day + 1] if score is not None]
        return median_low(known)

    def week_score(self, day: int) -> int:
        """The middle one of the seven days up to that day."""
        return median_low([score for score in self.scores[max(1, day - 6) : day + 1] if score is not None])

    def may_move_on(self, day: int) -> bool:
        """Long enough in this stage, with another one after it, and pain at most what this one allows."""
        stage = self.stage
        return (
            stage.minimum_days is not None
            and stage.number < self.person.highest_stage
            and self.version.content.stage_after(stage.number) is not None
            and day - self.stage_since >= stage.minimum_days
            and self._pain_allows_more(stage, day)
        )

    def _pain_allows_more(self, stage: PlanStage, day: int) -> bool:
        if stage.pain_ceiling is None:
            return True
        if stage.pain_measure == "during":
            reported = [self.peaks.get(each) for each in range(day - 7, day)]
        else:
            # The Daily check does not ask for calf pain between cramps; worst leg pain stands for it.
            reported = self.scores[max(1, day - 7) : day]
        week = [score for score in reported if score is not None]
        return len(week) >= ENOUGH_OF_A_WEEK and median(week) <= stage.pain_ceiling


def scores_of(person: DemonstrationPatient) -> list[int | None]:
    """Worst leg pain from day 0 on; nobody learns of it once they are silent."""
    days = person.days_before + LAST_DAY + 1
    course = simulate_leg_pain(person.kind, days, dice_of(person.email), onset=person.onset)
    scores = course[person.days_before :]
    return scores[: person.silent_from] + [None] * (LAST_DAY + 1 - person.silent_from)


def dice_of(*name: object) -> Random:
    """Chances that fall the same way each time for the same name."""
    return Random(" ".join(map(str, (SEED, *name))))  # noqa: S311 - nothing here is a secret


def moment(day: int, at: time, time_zone: str, now: datetime) -> datetime:
    """The instant at which clocks in `time_zone` show `at` on that day of the history."""
    date = local_day(now, time_zone) - timedelta(days=LAST_DAY - day)
    return datetime.combine(date, at, ZoneInfo(time_zone)).astimezone(UTC)
