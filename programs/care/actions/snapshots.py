"""What a plan keeps of the library: each stage as it was given, and the flare plan."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from programs.accounts.models import Clinic
from programs.care.models import Direction
from programs.care.queries import flare_program
from programs.care.rules import FLARE_NUMBER, PlanContent, PlanStage, PrescribedExercise
from programs.library.models import Prescription, Stage
from programs.library.queries import why_not_given
from programs.library.rules import FlareExit, StageTestItem


def snapshot(stage: Stage, chosen_options: Collection[UUID]) -> PlanStage:
    """A stage with those of its optional prescriptions that were chosen. Prefetch their exercises."""
    return PlanStage(
        number=stage.number,
        name=stage.name,
        goal=stage.goal,
        minimum_days=stage.minimum_days,
        pain_ceiling=stage.pain_ceiling,
        break_interval_minutes=stage.break_interval_minutes,
        test=stage.test,
        pain_measure=stage.pain_measure,
        cautions=tuple(stage.cautions),
        excluded_exercises=tuple(stage.excluded_exercises),
        excluded_tags=tuple(stage.excluded_tags),
        break_movements=tuple(stage.break_movements),
        test_items=tuple(map(StageTestItem.from_mapping, stage.test_items)),
        exercises=tuple(
            PrescribedExercise(
                exercise_id=str(prescription.exercise_id),
                slug=prescription.exercise.slug,
                name=prescription.exercise.name,
                sides=prescription.exercise.sides,
                dose=prescription.dose,
                note=prescription.note,
            )
            for prescription in stage.prescriptions.all()
            if not prescription.optional or prescription.pk in chosen_options
        ),
    )


def with_flare(
    content: PlanContent, clinic: Clinic, *, direction: str = "", own_stage: PlanStage | None = None
) -> PlanContent:
    """The same plan with the flare plan of the clinic, or else the shipped one; as it is where none is given.

    Of its optional easing moves the first one of `direction` is taken in, what eases the leg, unless
    `own_stage` leaves it out. What may not be given is left out.
    """
    program = flare_program(clinic)
    if program is None or program.flare is None:
        return content
    stage = program.stages.prefetch_related("prescriptions__exercise").get()
    easing = next((each for each in stage.prescriptions.all() if _eases(each, direction, own_stage)), None)
    refused = {
        each.exercise.slug for each in stage.prescriptions.all() if why_not_given(each.exercise, stage)
    }
    kept = snapshot(stage, {easing.pk} if easing else ())
    exercises = tuple(each for each in kept.exercises if each.slug not in refused)
    return replace(
        content,
        flare=replace(kept, number=FLARE_NUMBER, exercises=exercises),
        flare_exit=FlareExit(**program.flare),
    )


def _eases(prescription: Prescription, direction: str, own_stage: PlanStage | None) -> bool:
    if not prescription.optional or direction not in (Direction.EXTENSION, Direction.FLEXION):
        return False
    exercise = prescription.exercise
    is_left_out = own_stage is not None and (
        exercise.slug in own_stage.excluded_exercises or {*exercise.tags} & {*own_stage.excluded_tags}
    )
    return direction in exercise.tags and not is_left_out
