"""Storing what a patient says about their pain before there is anything to compare it with."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import Clinic, User
from programs.lib.times import local_day
from programs.logbook.actions.asking import ask_after_intake
from programs.logbook.actions.checks import NOT_A_PLACE, NOT_AN_ANSWER
from programs.logbook.actions.reports import day_error, insert, one_report_at_a_time, own, pain_errors
from programs.logbook.models import Intake, Reach, Symptom
from programs.logbook.rules import REGIONS

GOAL_TOO_LONG = f"Write at most {Intake.GOAL_LENGTH} letters."


@transaction.atomic
def record_intake(
    *,
    clinic: Clinic,
    patient: User,
    intake_id: UUID,
    recorded_on: date,
    side: str,
    places_left: Collection[str],
    places_right: Collection[str],
    reach: int,
    leg_pain: int | None,
    back_pain: int | None,
    symptoms: Collection[str],
    goal: str,
    now: datetime,
) -> tuple[Intake, bool]:
    """Store one answer to "About your pain"; returns it, and whether it is new.

    Regions are stored from the back down and symptoms as they are asked, each once, in whatever order they
    come. What may be news has the safety questions asked anew; no other rule listens. The same
    `intake_id` again returns the stored row and changes nothing.
    """
    one_report_at_a_time(patient)
    stored = Intake.objects.filter(pk=intake_id).first()
    if stored is not None:
        return own(stored, patient), False
    goal = goal.strip()
    errors = pain_errors(leg_pain=leg_pain, back_pain=back_pain)
    if side not in Intake.Side.values:
        errors["side"] = NOT_AN_ANSWER
    for field, regions in (("places_left", places_left), ("places_right", places_right)):
        if not set(REGIONS).issuperset(regions):
            errors[field] = NOT_A_PLACE
    if reach not in Reach.values:
        errors["reach"] = NOT_A_PLACE
    if not set(Symptom.values).issuperset(symptoms):
        errors["symptoms"] = NOT_AN_ANSWER
    if len(goal) > Intake.GOAL_LENGTH:
        errors["goal"] = GOAL_TOO_LONG
    if sentence := day_error(recorded_on, local_day(now, patient.time_zone)):
        errors["recorded_on"] = sentence
    if errors:
        raise ValidationError(errors)
    intake = Intake(
        id=intake_id,
        clinic=clinic,
        patient=patient,
        recorded_on=recorded_on,
        side=side,
        places_left=[region for region in REGIONS if region in places_left],
        places_right=[region for region in REGIONS if region in places_right],
        reach=reach,
        leg_pain=leg_pain,
        back_pain=back_pain,
        symptoms=[symptom for symptom in Symptom.values if symptom in symptoms],
        goal=goal,
        received_at=now,
    )
    insert(intake)
    ask_after_intake(intake, now)
    return intake, True
