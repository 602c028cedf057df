"""What a plan version holds, what changed between two of them, and how long a session takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from programs.library.rules import (
    Dose,
    FlareExit,
    describe,
    describe_criteria,
    describe_criteria_briefly,
    describe_frequency,
    seconds_needed,
)
from programs.library.rules.stage_tests import StageTestItem

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

FLARE_NUMBER = 0
"""The number of the flare plan among the stages of a plan, over which it lies for some days."""

# What every ceiling was held against before a stage said it itself.
_FIRST_PAIN_MEASURE = "worst_leg"

_STAGE_FIELDS = (
    "number",
    "name",
    "goal",
    "minimum_days",
    "pain_ceiling",
    "break_interval_minutes",
    "test",
)
_STAGE_LISTS = ("cautions", "excluded_exercises", "excluded_tags", "break_movements")


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

    def sides_for(self, plan_side: str, first_leg: str = "sore") -> tuple[str, ...]:
        """The sides whose results are written down apart: the affected leg first, or the one wished for."""
        if self.sides == "together":
            return ("both",)
        first = plan_side if first_leg == "sore" else first_leg
        return ("left", "right") if first == "left" else ("right", "left")

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "dose": self.dose.to_mapping()}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PrescribedExercise:
        """What `to_json` wrote."""
        return cls(**{**data, "dose": Dose.from_mapping(data["dose"])})


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
    test_items: tuple[StageTestItem, ...] = ()

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

    def to_json(self) -> dict[str, Any]:
        return {
            **{field: getattr(self, field) for field in _STAGE_FIELDS},
            "pain_measure": self.pain_measure,
            **{field: list(getattr(self, field)) for field in _STAGE_LISTS},
            "test_items": [item.to_mapping() for item in self.test_items],
            "exercises": [each.to_json() for each in self.exercises],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PlanStage:
        """What `to_json` wrote, also before stages had a pain measure, these lists and test items."""
        lists: dict[str, Any] = {field: tuple(data.get(field, ())) for field in _STAGE_LISTS}
        return cls(
            **{field: data[field] for field in _STAGE_FIELDS},
            **lists,
            pain_measure=data.get("pain_measure", _FIRST_PAIN_MEASURE),
            test_items=tuple(map(StageTestItem.from_mapping, data.get("test_items", ()))),
            exercises=tuple(map(PrescribedExercise.from_json, data["exercises"])),
        )


@dataclass(frozen=True, slots=True)
class PlanContent:
    """All stages of a plan version, and the flare plan with when it ends.

    Plans from before the flare plan have none, until it first begins.
    """

    stages: tuple[PlanStage, ...]
    flare: PlanStage | None = None
    flare_exit: FlareExit | None = None

    def stage(self, number: int) -> PlanStage:
        """A stage by its number; `FLARE_NUMBER` is the flare plan."""
        if number == FLARE_NUMBER and self.flare is not None:
            return self.flare
        return next(stage for stage in self.stages if stage.number == number)

    def has_stage(self, number: int) -> bool:
        """Whether there is a stage of this number; the flare plan is one where the plan has it."""
        if number == FLARE_NUMBER:
            return self.flare is not None
        return any(stage.number == number for stage in self.stages)

    def stage_after(self, number: int) -> PlanStage | None:
        """What a stage leads to: nothing after the last one, and nothing after one that has no end."""
        if not self.stage(number).has_end:
            return None
        return next((stage for stage in self.stages if stage.number == number + 1), None)

    def with_doses(self, stage_number: int, doses: Mapping[str, Dose]) -> PlanContent:
        """The same plan with other doses in one stage; exercises not named keep theirs."""
        return replace(
            self,
            stages=tuple(
                replace(
                    stage,
                    exercises=tuple(
                        replace(each, dose=doses.get(each.slug, each.dose)) for each in stage.exercises
                    ),
                )
                if stage.number == stage_number
                else stage
                for stage in self.stages
            ),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "stages": [stage.to_json() for stage in self.stages],
            "flare": self.flare and self.flare.to_json(),
            "flare_exit": self.flare_exit and asdict(self.flare_exit),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PlanContent:
        """What `to_json` wrote, also before there was a flare plan."""
        flare, flare_exit = data.get("flare"), data.get("flare_exit")
        return cls(
            stages=tuple(map(PlanStage.from_json, data["stages"])),
            flare=PlanStage.from_json(flare) if flare else None,
            flare_exit=FlareExit(**flare_exit) if flare_exit else None,
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
