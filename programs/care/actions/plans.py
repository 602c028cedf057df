"""Assigning a program and changing its doses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from uuid_utils.compat import uuid7

from programs.accounts.models import Clinic, User
from programs.care.actions.snapshots import snapshot, with_flare
from programs.care.models import Mode, Plan, PlanVersion, Side, StageChange
from programs.care.rules import PlanContent, changes
from programs.conversations.actions import post_message
from programs.library.models import Program
from programs.library.queries import why_not_given
from programs.library.rules import Dose

TICK = "Nobody has checked these exercises yet. Tick that you have read and checked them for this patient."
CONFLICT = "Somebody else changed this plan while you worked on it. Look at it again, then change it."
UNCHANGED = "Nothing was changed."
TAKEN = "This id is already in use."
PROGRAM_CHANGED = "This program has changed since you opened it. Read it again, then give it."
NOT_GIVEN = "This program is no longer given. Choose another one."
WHOM_TO_ASK = "Ask who looks after your programs."
NO_PLAN = "The flare plan lies over a plan for some days. It is never given as the plan itself."


@transaction.atomic
def assign_program(
    *,
    clinic: Clinic,
    patient: User,
    program: Program,
    therapist: User,
    side: Side,
    pain_limit: int,
    chosen_options: Collection[UUID],
    has_checked: bool,
    now: datetime,
    plan_id: UUID | None = None,
) -> Plan:
    """Begin a plan at stage 1 of `program` and tell the patient; the plan followed until now ends.

    The same `plan_id` again returns the stored plan and changes nothing. `chosen_options` are the ids of
    optional prescriptions to take in. Exercises that no clinician has checked need `has_checked`, which is
    kept with its name and date. A flare plan is refused, and so is a program that is no longer given, gives
    what may not be given, or has changed since `program` was read.
    """
    User.objects.select_for_update(no_key=True).get(pk=patient.pk)
    stored = Plan.objects.filter(pk=plan_id).first() if plan_id else None
    if stored is not None:
        if stored.patient_id != patient.pk:
            raise ValidationError({"plan_id": TAKEN})
        return stored
    # Under the lock that content is loaded under: never half of the old stages and half of the new.
    locked = Program.objects.select_for_update().get(pk=program.pk)
    if locked.kind == Program.Kind.FLARE:
        raise ValidationError(NO_PLAN)
    if locked.updated_at != program.updated_at:
        raise ValidationError(PROGRAM_CHANGED)
    if locked.retired_at is not None:
        raise ValidationError(NOT_GIVEN)
    stages = list(locked.stages.prefetch_related("prescriptions__exercise"))
    for stage in stages:
        for prescription in stage.prescriptions.all():
            if reason := why_not_given(prescription.exercise, stage):
                raise ValidationError(f"{stage}: {reason} {WHOM_TO_ASK}")
    if not has_checked and any(
        not prescription.exercise.checked_by for stage in stages for prescription in stage.prescriptions.all()
    ):
        raise ValidationError({"has_checked": TICK})
    Plan.objects.current().filter(patient=patient).update(ended_at=now)
    plan = Plan.objects.create(
        id=plan_id or uuid7(),
        clinic=clinic,
        patient=patient,
        program=program,
        assigned_by=therapist,
        side=side,
        pain_limit=pain_limit,
        mode=Mode.GUIDED,
        started_at=now,
    )
    content = PlanContent(tuple(snapshot(stage, chosen_options) for stage in stages))
    content = with_flare(content, clinic)
    how_many = f"{len(stages)} stage{'' if len(stages) == 1 else 's'}"
    PlanVersion.objects.create(
        plan=plan,
        number=1,
        content_values=content.to_json(),
        created_by=therapist,
        created_at=now,
        checked_by=therapist,
        checked_at=now,
    )
    StageChange.objects.create(
        plan=plan, kind=StageChange.Kind.START, to_stage=1, decided_by=therapist, at=now
    )
    post_message(
        clinic=clinic,
        patient=patient,
        author=therapist,
        body=f"Your plan is ready: {program.name}. It has {how_many}. You start with stage 1.",
        now=now,
    )
    return plan


@transaction.atomic
def change_doses(
    *,
    plan: Plan,
    stage_number: int,
    doses: Mapping[str, Dose],
    based_on: int,
    by: User,
    note: str,
    now: datetime,
) -> PlanVersion:
    """Publish a new version with other doses in one stage, and tell the patient what changed.

    `doses` maps an exercise's slug to its dose. `based_on` is the number of the version that `by` looked
    at; where another has been published since, nothing is stored and both stay to be seen.
    """
    Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    latest = plan.versions.order_by("-number").first()
    if latest is None or latest.number != based_on:
        raise ValidationError(CONFLICT)
    before = latest.content
    after = before.with_doses(stage_number, doses)
    sentences = changes(before, after)
    if not sentences:
        raise ValidationError(UNCHANGED)
    version = PlanVersion.objects.create(
        plan=plan,
        number=latest.number + 1,
        content_values=after.to_json(),
        note=note,
        created_by=by,
        created_at=now,
        checked_by=latest.checked_by,
        checked_at=latest.checked_at,
    )
    post_message(
        clinic=plan.clinic,
        patient=plan.patient,
        author=by,
        body="\n".join(["I have changed your plan.", *sentences, *([note] if note else [])]),
        now=now,
    )
    return version
