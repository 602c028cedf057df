"""A patient's movement breaks beside the leg pain of the same days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from programs.accounts.models import User
from programs.logbook.models import DailyCheck
from programs.reminders.queries.statistics import BreakStatistics, statistics
from programs.reminders.rules.statistics import BreakDay


@dataclass(frozen=True, slots=True)
class BreakHistory:
    """What breaks came to, and the worst leg pain of each day, None where nothing was said.

    Both stand side by side. Nothing here looks for what one has to do with the other.
    """

    statistics: BreakStatistics
    pain: tuple[int | None, ...]

    @property
    def days(self) -> list[tuple[BreakDay, int | None]]:
        """Oldest first; the last one is today."""
        return list(zip(self.statistics.days, self.pain, strict=True))

    @property
    def is_empty(self) -> bool:
        """Nothing is known of any of these breaks, whatever was said of pain."""
        return all(day.breaks is None for day in self.statistics.days)


def break_history(patient: User, now: datetime) -> BreakHistory:
    """The patient's own last two weeks."""
    found = statistics(patient, patient, now)
    first, last = found.days[0].day, found.days[-1].day
    checks = DailyCheck.objects.visible_to(patient).current().filter(patient=patient)
    worst = dict(
        checks.filter(recorded_on__range=(first, last))
        .order_by()
        .values_list("recorded_on")
        .annotate(Max("worst_leg_pain"))
    )
    return BreakHistory(found, tuple(worst.get(each.day) for each in found.days))
