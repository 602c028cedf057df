"""What a plan version holds, what changed between two of them, and how long a session takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from programs.library.rules import (
    Dose,
    describe,
    describe_criteria,
    describe_criteria_briefly,
    describe_frequency,
    seconds_needed,
)

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

# What every ceiling was held against before a stage said it itself.
_FIRST_PAIN_MEASURE = "worst_leg"


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
    """One stage of a plan.

    `pain_ceiling` (0-10) still allows going on, held against `pain_measure` (`PAIN_MEASURES`); None asks
    nothing of pain. Without `minimum_days` the stage has no end, and then it may have no `test` either ("").
    `cautions` are sentences: what to look out for in this stage. What is excluded (slugs, tags) is not to be
    done in it, also not as a swap or in a break; `break_movements` are slugs of what fits a break, none named
    means any.
    """

    number: int
    name: str
    goal: str
    minimum_days: int | None
    pain_ceiling: int | None
    break_interval_minutes: int
    test: str
    exercises: tuple[PrescribedExercise, ...]
    pain_measure: str = _FIRST_PAIN_MEASURE
    cautions: tuple[str, ...] = ()
    excluded_exercises: tuple[str, ...] = ()
    excluded_tags: tuple[str, ...] = ()
    break_movements: tuple[str, ...] = ()

    @property
    def has_end(self) -> bool:
        """Whether there is something to leave it for; otherwise it goes on for as long as it helps."""
        return self.minimum_days is not None

    @property
    def criteria_in_brief(self) -> str:
        """Days and pain that it asks before it is left, for a therapist; "" where it asks for neither."""
        return describe_criteria_briefly(self.minimum_days, self.pain_ceiling, self.pain_measure)

    @property
    def works_towards(self) -> list[str]:
        """What pain and test must show before it is left, for the patient; its days are counted apart."""
        return [*describe_criteria(None, self.pain_ceiling, self.pain_measure), *filter(None, [self.test])]

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

    def stage_after(self, number: int) -> PlanStage | None:
        """What a stage leads to: nothing after the last one, and nothing after one that has no end."""
        if not self.stage(number).has_end:
            return None
        return next((stage for stage in self.stages if stage.number == number + 1), None)

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
                    "pain_measure": stage.pain_measure,
                    "cautions": list(stage.cautions),
                    "excluded_exercises": list(stage.excluded_exercises),
                    "excluded_tags": list(stage.excluded_tags),
                    "break_movements": list(stage.break_movements),
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
        """What `to_json` wrote, also before stages had a pain measure and these lists."""
        return cls(
            tuple(
                PlanStage(
                    **{key: stage[key] for key in _STAGE_FIELDS},
                    pain_measure=stage.get("pain_measure", _FIRST_PAIN_MEASURE),
                    cautions=tuple(stage.get("cautions", ())),
                    excluded_exercises=tuple(stage.get("excluded_exercises", ())),
                    excluded_tags=tuple(stage.get("excluded_tags", ())),
                    break_movements=tuple(stage.get("break_movements", ())),
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
