"""Where the direction check of a plan stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from programs.care.models import Plan
from programs.care.rules.direction import DirectionFinding, PastTry, find_direction
from programs.lib.times import local_day
from programs.library.models import DirectionCheck, Exercise, Program
from programs.library.queries import DirectionCheckPage, TryPage, direction_check_page
from programs.logbook.models import DirectionTry


@dataclass(frozen=True, slots=True)
class DirectionStanding:
    """What the check found so far on one day, with the move to try next, if any."""

    page: DirectionCheckPage
    finding: DirectionFinding
    next_try: TryPage | None
    day: date

    @property
    def check(self) -> DirectionCheck:
        return self.page.check

    @property
    def ways(self) -> int:
        """How many ways of moving the program has for it, 1 or 2."""
        return len(self.page.tries)

    @property
    def steps(self) -> tuple[str, ...]:
        return self.page.steps

    @property
    def to_try(self) -> str:
        return self.finding.to_try

    @property
    def moves(self) -> tuple[Exercise, ...]:
        """The move to try next, and its gentler form."""
        if self.next_try is None:
            return ()
        return tuple(move for move in (self.next_try.exercise, self.next_try.gentler) if move)

    @property
    def move_slugs(self) -> list[str]:
        return [move.slug for move in self.moves]

    @property
    def is_too_soon(self) -> bool:
        """The next move is for another day."""
        return self.finding.to_try_from is not None and self.finding.to_try_from > self.day


def direction_finding(plan: Plan, day: date) -> DirectionStanding | None:
    """Where the direction check stands on a local day; None for a program that has none.

    Tries count from the day the plan began.
    """
    if plan.program.direction_check == Program.DirectionFirst.NONE:
        return None
    page = direction_check_page(plan.program)
    if page is None or not page.tries:
        return None
    began_on = local_day(plan.started_at, plan.patient.time_zone)
    tries = DirectionTry.objects.filter(patient=plan.patient, tried_on__range=(began_on, day))
    past = [PastTry(each.direction, each.tried_on, each.effect) for each in tries.order_by("tried_on", "id")]
    finding = find_direction([each.direction for each in page.tries], past, day, page.check.exclude_days)
    next_try = next((each for each in page.tries if each.direction == finding.to_try), None)
    return DirectionStanding(page, finding, next_try, day)
