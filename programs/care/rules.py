"""What a plan version holds, what changed between two of them, and how long a session takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from programs.library.rules import Dose, describe, describe_frequency, seconds_needed

# Monday is 0. Days of rest lie between the days of work.
_WEEKDAYS = {
    1: {0},
    2: {0, 3},
    3: {0, 2, 4},
    4: {0, 2, 4, 6},
    5: {0, 1, 2, 3, 4},
    6: {0, 1, 2, 3, 4, 5},
    7: {0, 1, 2, 3, 4, 5, 6},
}


@dataclass(frozen=True, slots=True)
class PrescribedExercise:
    """One exercise as this patient is to do it. `exercise_id` names the library's row."""

    exercise_id: str
    slug: str
    name: str
    sides: str
    dose: Dose
    note: str = ""

    @property
    def dose_in_words(self) -> str:
        return describe(self.dose, self.sides)

    @property
    def frequency_in_words(self) -> str:
        return describe_frequency(self.dose)

    def is_planned_on(self, day: date) -> bool:
        """Whether this is a day for it: "3 days a week" are Monday, Wednesday and Friday."""
        return day.weekday() in _WEEKDAYS[self.dose.days_a_week]

    def sides_for(self, plan_side: str) -> tuple[str, ...]:
        """The sides whose results are written down apart: the affected leg first."""
        if self.sides == "together":
            return ("both",)
        return ("left", "right") if plan_side == "left" else ("right", "left")


@dataclass(frozen=True, slots=True)
class PlanStage:
    """One stage of a plan. `pain_ceiling`: the 7-day median of worst leg pain that still allows going on."""

    number: int
    name: str
    goal: str
    minimum_days: int
    pain_ceiling: int
    break_interval_minutes: int
    test: str
    exercises: tuple[PrescribedExercise, ...]

    def minutes_on(self, day: date) -> int:
        """Whole minutes of this day's session, rounded up."""
        seconds = sum(seconds_needed(each.dose, each.sides) for each in self.planned_on(day))
        return -(-seconds // 60)

    def planned_on(self, day: date) -> tuple[PrescribedExercise, ...]:
        """What belongs to this day's session."""
        return tuple(each for each in self.exercises if each.is_planned_on(day))

    def exercise(self, slug: str) -> PrescribedExercise | None:
        return next((each for each in self.exercises if each.slug == slug), None)


@dataclass(frozen=True, slots=True)
class PlanContent:
    """All stages of a plan version."""

    stages: tuple[PlanStage, ...]

    def stage(self, number: int) -> PlanStage:
        return next(stage for stage in self.stages if stage.number == number)

    def with_doses(self, stage_number: int, doses: Mapping[str, Dose]) -> PlanContent:
        """The same plan with other doses in one stage; exercises not named keep theirs."""
        return PlanContent(
            tuple(
                replace(
                    stage,
                    exercises=tuple(
                        replace(each, dose=doses.get(each.slug, each.dose)) for each in stage.exercises
                    ),
                )
                if stage.number == stage_number
                else stage
                for stage in self.stages
            )
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "stages": [
                {
                    "number": stage.number,
                    "name": stage.name,
                    "goal": stage.goal,
                    "minimum_days": stage.minimum_days,
                    "pain_ceiling": stage.pain_ceiling,
                    "break_interval_minutes": stage.break_interval_minutes,
                    "test": stage.test,
                    "exercises": [
                        {
                            "exercise_id": each.exercise_id,
                            "slug": each.slug,
                            "name": each.name,
                            "sides": each.sides,
                            "dose": each.dose.to_mapping(),
                            "note": each.note,
                        }
                        for each in stage.exercises
                    ],
                }
                for stage in self.stages
            ]
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PlanContent:
        return cls(
            tuple(
                PlanStage(
                    **{key: stage[key] for key in _STAGE_FIELDS},
                    exercises=tuple(
                        PrescribedExercise(**{**each, "dose": Dose.from_mapping(each["dose"])})
                        for each in stage["exercises"]
                    ),
                )
                for stage in data["stages"]
            )
        )


_STAGE_FIELDS = (
    "number",
    "name",
    "goal",
    "minimum_days",
    "pain_ceiling",
    "break_interval_minutes",
    "test",
)


def changes(before: PlanContent, after: PlanContent) -> list[str]:
    """What differs, one sentence an exercise, in the words a patient reads."""
    sentences = []
    for old_stage, new_stage in zip(before.stages, after.stages, strict=True):
        for old, new in zip(old_stage.exercises, new_stage.exercises, strict=True):
            if old.dose != new.dose:
                sentences.append(f"{new.name}: {_whole_dose(new)}. It was: {_whole_dose(old)}.")
    return sentences


def _whole_dose(exercise: PrescribedExercise) -> str:
    return f"{exercise.dose_in_words}, {exercise.frequency_in_words}"
