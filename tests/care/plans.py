"""Plans made from any program of the shipped library, moved to any of their stages."""

from __future__ import annotations

from datetime import datetime

from programs.accounts.models import User
from programs.care.actions import assign_program, change_stage
from programs.care.models import Plan, Side, StageChange
from programs.library.models import Program
from tests.care.ready import readiness
from tests.makers import NOON, library


def of_program(slug: str, of: User, by: User, at: datetime = NOON) -> Plan:
    """A new plan in stage 1."""
    if not Program.objects.filter(slug=slug).exists():
        library()
    return assign_program(
        clinic=of.memberships.get().clinic,
        patient=of,
        program=Program.objects.get(slug=slug),
        therapist=by,
        side=Side.RIGHT,
        pain_limit=5,
        chosen_options=(),
        has_checked=True,
        now=at,
    )


def in_stage(plan: Plan, number: int, since: datetime = NOON) -> Plan:
    """The plan after so many moves on."""
    while plan.stage_number < number:
        move(plan, plan.assigned_by, plan.stage_number + 1, now=since)
        plan.refresh_from_db()
    return plan


def move(
    plan: Plan, by: User, to_stage: int, reason: str = "Calm week.", now: datetime = NOON
) -> StageChange:
    """A therapist's move of one stage, whatever is met."""
    return change_stage(
        plan=plan, to_stage=to_stage, by=by, reason=reason, readiness=readiness(is_ready=False), now=now
    )
