"""Storing what the patient can do: a stage test, and a try of the direction check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.care.actions import note_direction
from programs.care.models import Plan, PlanVersion
from programs.care.rules.direction import effect_of
from programs.lib.times import local_day
from programs.library.models import Exercise
from programs.library.rules import answer_errors, is_passed, judge_items
from programs.logbook.actions.reports import day_error, insert, one_report_at_a_time, own, pain_errors
from programs.logbook.models import DirectionTry, Reach, StageTest
from programs.logbook.queries import direction_finding

NO_TEST = "This stage has no test to take."
NO_SUCH_STAGE = "The plan has no such stage."
NOT_TO_TRY = "This move is not the one to try now."
NOT_A_REACH = "Choose one of the places."


@transaction.atomic
def record_stage_test(
    *,
    plan: Plan,
    test_id: UUID,
    plan_version: PlanVersion,
    stage_number: int,
    taken_on: date,
    values: Mapping[str, object],
    now: datetime,
) -> tuple[StageTest, bool]:
    """Store one go at the test of a stage; returns it, and whether it is new.

    `values` are answers by the name of their question; None is what was not said. A test is passed only with
    every answer. The same `test_id` again returns the stored row and changes nothing.
    """
    patient = plan.patient
    one_report_at_a_time(patient)
    stored = StageTest.objects.filter(pk=test_id).first()
    if stored is not None:
        return own(stored, patient), False
    errors: dict[str, str] = {}
    content = plan_version.content
    items = next((stage.test_items for stage in content.stages if stage.number == stage_number), None)
    if items is None:
        errors["stage_number"] = NO_SUCH_STAGE
    elif not items:
        errors["stage_number"] = NO_TEST
    else:
        wrong = answer_errors(items, plan.side, values)
        errors |= {f"values.{name}": sentence for name, sentence in wrong.items()}
    if sentence := day_error(taken_on, local_day(now, patient.time_zone)):
        errors["taken_on"] = sentence
    if errors or items is None:
        raise ValidationError(errors)
    test = StageTest(
        id=test_id,
        clinic=plan.clinic,
        patient=patient,
        plan_version=plan_version,
        stage_number=stage_number,
        taken_on=taken_on,
        values={name: value for name, value in values.items() if value is not None},
        is_passed=is_passed(judge_items(items, plan.side, values)),
        received_at=now,
    )
    insert(test)
    return test, True


@transaction.atomic
def record_direction_try(
    *,
    plan: Plan,
    try_id: UUID,
    direction: str,
    exercise: Exercise,
    tried_on: date,
    reach_before: int,
    pain_before: int,
    reach_after: int,
    pain_after: int,
    now: datetime,
) -> tuple[DirectionTry, bool]:
    """Store one try of the direction check, and on the plan what the tries say; returns it, and whether new.

    Only the move that is to be tried next, or its gentler form, is taken. The same `try_id` again returns
    the stored row and changes nothing.
    """
    patient = plan.patient
    one_report_at_a_time(patient)
    stored = DirectionTry.objects.filter(pk=try_id).first()
    if stored is not None:
        return own(stored, patient), False
    today = local_day(now, patient.time_zone)
    errors = pain_errors(pain_before=pain_before, pain_after=pain_after)
    for field, reach in (("reach_before", reach_before), ("reach_after", reach_after)):
        if reach not in Reach.values:
            errors[field] = NOT_A_REACH
    if sentence := day_error(tried_on, today):
        errors["tried_on"] = sentence
    else:
        found = direction_finding(plan, tried_on)
        if found is None or direction != found.to_try or exercise not in found.moves or found.is_too_soon:
            errors["direction"] = NOT_TO_TRY
    if errors:
        raise ValidationError(errors)
    row = DirectionTry(
        id=try_id,
        clinic=plan.clinic,
        patient=patient,
        direction=direction,
        exercise=exercise,
        tried_on=tried_on,
        reach_before=reach_before,
        pain_before=pain_before,
        reach_after=reach_after,
        pain_after=pain_after,
        effect=effect_of(reach_before, pain_before, reach_after, pain_after),
        received_at=now,
    )
    insert(row)
    after = direction_finding(plan, today)
    if after is not None:
        note_direction(plan=plan, finding=after.finding, on=today)
    return row, True
