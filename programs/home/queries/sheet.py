"""A patient's exercises on paper: the whole stage they follow, with the doses as they are prescribed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from programs.accounts.models import User
from programs.care.queries import CurrentPlan, current_plan
from programs.care.rules import PrescribedExercise
from programs.care.rules.session import LeftOut
from programs.lib.times import local_day
from programs.library.models import Exercise
from programs.library.rules import shown_side
from programs.logbook.queries.todays import kept_out_of_stage
from programs.safety.queries import Holds

_SHOWN = (
    *("slug", "steps", "figure", "checked_by"),
    *(
        "tags",
        "category",
        "irritability_ceiling",
        "easier_id",
        "retired_at",
        "name",
        "sides",
        "dose_defaults",
    ),
)


@dataclass(frozen=True, slots=True)
class SheetExercise:
    """One exercise on the sheet. `sides` are as they are written down: the affected leg first."""

    prescribed: PrescribedExercise
    sides: tuple[str, ...]
    shown_side: str
    steps: tuple[str, ...]
    figure: Mapping[str, Any] | None
    is_checked: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """What goes on the paper. `since` is the local day from which the stage, or the flare plan, counts.

    `left_out` is what the stage has besides and may not be done now, on whatever day.
    """

    current: CurrentPlan
    day: date
    since: date
    exercises: tuple[SheetExercise, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def stages(self) -> int:
        return len(self.current.version.content.stages)

    @property
    def some_checked(self) -> bool:
        """Whether a clinician has checked at least one of the exercises."""
        return any(each.is_checked for each in self.exercises)


def sheet(patient: User, now: datetime, holds: Holds) -> Sheet | None:
    """What `patient` may take along on paper `now`; None without a plan, and while nothing may be started:
    nobody who has to stop may carry a sheet to bed. Ask only for a patient the caller may see.
    """
    current = None if holds.is_stopped else current_plan(patient)
    if current is None:
        return None
    day = local_day(now, patient.time_zone)
    planned = current.stage.exercises
    library = Exercise.objects.only(*_SHOWN).in_bulk([UUID(each.exercise_id) for each in planned])
    kept_out = kept_out_of_stage(current, day, now, holds, library)
    return Sheet(
        current=current,
        day=day,
        since=current.plan.flare_began_on
        if current.is_flare and current.plan.flare_began_on
        else local_day(current.stage_since, patient.time_zone),
        exercises=tuple(
            _exercise(each, library[UUID(each.exercise_id)], current.plan.side)
            for each in planned
            if each.slug not in kept_out
        ),
        left_out=tuple(LeftOut(each, kept_out[each.slug]) for each in planned if each.slug in kept_out),
    )


def _exercise(prescribed: PrescribedExercise, exercise: Exercise, side: str) -> SheetExercise:
    return SheetExercise(
        prescribed=prescribed,
        sides=prescribed.sides_for(side),
        shown_side=shown_side(prescribed.sides, side),
        steps=tuple(exercise.steps),
        figure=exercise.figure,
        is_checked=bool(exercise.checked_by),
    )
