"""The plan a patient follows now, with the version in force."""

from __future__ import annotations

from dataclasses import dataclass

from programs.accounts.models import User
from programs.care.models import Plan, PlanVersion
from programs.care.rules import PlanStage


@dataclass(frozen=True, slots=True)
class CurrentPlan:
    """A plan in force: the version that counts now, and the stage the patient is in."""

    plan: Plan
    version: PlanVersion
    stage: PlanStage


def current_plan(patient: User) -> CurrentPlan | None:
    """What `patient` follows now, if anything. Ask only for a patient the caller may see."""
    version = (
        PlanVersion.objects.filter(plan__patient=patient, plan__ended_at=None)
        .select_related("plan__program", "plan__clinic", "plan__patient", "created_by")
        .order_by("-number")
        .first()
    )
    if version is None:
        return None
    return CurrentPlan(version.plan, version, version.stage(version.plan.stage_number))
