"""One patient's story in the demonstration clinic: what is known of it so far, its chances and its clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from random import Random
from statistics import median_low
from zoneinfo import ZoneInfo

from programs.accounts.models import Clinic, User
from programs.care.queries import CurrentPlan, current_plan
from programs.home.actions.cast import LAST_DAY, SEED, DemonstrationPatient
from programs.home.rules import simulate_leg_pain
from programs.lib.times import local_day

CLINIC_TIME_ZONE = "Europe/London"
MORNING = time(8, 30)
"""When the therapists begin."""


@dataclass(slots=True)
class History:
    """One patient's story as far as it is told."""

    person: DemonstrationPatient
    clinic: Clinic
    therapist: User
    patient: User
    scores: list[int | None]
    """Worst leg pain per day from day 0 on; None on days without a Daily check."""

    @property
    def current(self) -> CurrentPlan:
        """The plan as it stands now: the rules and the patient's own taps change it too."""
        current = current_plan(self.patient)
        assert current is not None  # noqa: S101 - everybody here has one from day 0 on
        return current

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
