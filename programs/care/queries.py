"""The plan a patient follows now, with the version in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery

from programs.accounts.models import Clinic, User
from programs.care.models import Mode, Plan, PlanVersion, StageChange
from programs.care.rules import FLARE_NUMBER, PlanContent, PlanStage
from programs.care.rules.flare import NOT_SETTLED
from programs.care.rules.machine import StageStanding
from programs.care.rules.session import WALKING
from programs.lib.times import local_day
from programs.library.models import Exercise, Program

MOVES = (StageChange.Kind.START, StageChange.Kind.ADVANCE, StageChange.Kind.STEP_BACK)
"""The changes that lead into a stage. All others leave a plan in the stage it is in."""


@dataclass(frozen=True, slots=True)
class CurrentPlan:
    """A plan in force: the version that counts now, and the stage the patient follows.

    `stage` is the flare plan while that lies over the plan, and `own_stage` what it lies over.
    `stage_since` is when the own stage began. `eased_since` is the local day on which a flare plan ended
    without a stage being lost: the sessions after it are smaller at first. `unsettled_since` is the local
    day on which the last flare plan ended without the leg having settled.
    """

    plan: Plan
    version: PlanVersion
    stage: PlanStage
    own_stage: PlanStage
    stage_since: datetime
    eased_since: date | None
    unsettled_since: date | None

    @property
    def is_flare(self) -> bool:
        return self.stage.number == FLARE_NUMBER

    @property
    def standing(self) -> StageStanding:
        """What the stage machine judges."""
        next_stage = self.version.content.stage_after(self.own_stage.number)
        return StageStanding(
            stage=self.own_stage.number,
            next_stage=None if next_stage is None else next_stage.number,
            is_held=self.plan.held_at is not None,
            in_flare=self.plan.flare_began_on is not None,
            is_guided=self.plan.mode == Mode.GUIDED,
        )


def current_plan(patient: User) -> CurrentPlan | None:
    """What `patient` follows now, if anything; one query. Ask only for a patient the caller may see."""
    changed = StageChange.objects.filter(plan=OuterRef("plan")).order_by("-at")
    into_it = changed.filter(kind__in=MOVES, to_stage=OuterRef("plan__stage_number"))
    ended = changed.filter(kind=StageChange.Kind.FLARE_END)
    version: Any = (
        PlanVersion.objects.filter(plan__patient=patient, plan__ended_at=None)
        .select_related("plan__program", "plan__clinic", "plan__patient", "created_by")
        .annotate(
            stage_since=Subquery(into_it.values("at")[:1]),
            flare_ended_at=Subquery(ended.values("at")[:1]),
            flare_end=Subquery(ended.values("criteria")[:1]),
        )
        .order_by("-number")
        .first()
    )
    if version is None:
        return None
    plan: Plan = version.plan
    content: PlanContent = version.content
    own_stage = content.stage(plan.stage_number)
    in_flare = plan.flare_began_on is not None and content.flare is not None
    since: datetime = version.stage_since or plan.started_at
    ended_at: datetime | None = version.flare_ended_at
    ended_on = None if ended_at is None or in_flare else local_day(ended_at, plan.patient.time_zone)
    is_unsettled = any(each["state"] == NOT_SETTLED for each in version.flare_end or ())
    return CurrentPlan(
        plan=plan,
        version=version,
        stage=content.stage(FLARE_NUMBER) if in_flare else own_stage,
        own_stage=own_stage,
        stage_since=since,
        eased_since=ended_on if ended_at is not None and ended_at > since else None,
        unsettled_since=ended_on if is_unsettled else None,
    )


def followed_on(plan: Plan, day: date) -> tuple[PlanVersion, int]:
    """The version of a plan, and the number of its stage, at the end of a local day on which it was in force;
    `FLARE_NUMBER` while the flare plan lay over it.
    """
    zone = ZoneInfo(plan.patient.time_zone)
    over_at = datetime.combine(day + timedelta(days=1), time.min, zone)
    version = plan.versions.filter(created_at__lt=over_at).order_by("-number").first()
    changes = plan.stage_changes.filter(at__lt=over_at).order_by("-at", "-id")
    moved = changes.filter(kind__in=MOVES).first()
    flare = changes.filter(kind__in=(StageChange.Kind.FLARE, StageChange.Kind.FLARE_END)).first()
    if version is None:
        raise ValueError(f"{plan} was not in force on {day}")
    if flare is not None and flare.kind == StageChange.Kind.FLARE and version.content.flare:
        return version, FLARE_NUMBER
    return version, plan.stage_number if moved is None else moved.to_stage


def flare_program(clinic: Clinic) -> Program | None:
    """The flare plan that a clinic gives: its own, or else the shipped one."""
    given = Program.objects.current().filter(Q(clinic=clinic) | Q(clinic=None), kind=Program.Kind.FLARE)
    return min(given, key=lambda program: (program.clinic_id is None, program.slug), default=None)


def walks_of(stage: PlanStage) -> frozenset[str]:
    """The slugs of what is a walk among the exercises of a stage."""
    ids = [each.exercise_id for each in stage.exercises]
    return frozenset(
        Exercise.objects.filter(pk__in=ids, category=WALKING).order_by().values_list("slug", flat=True)
    )


def last_change(plan: Plan, kind: StageChange.Kind) -> StageChange | None:
    """The newest change of a plan of one kind."""
    return plan.stage_changes.filter(kind=kind).order_by("-at", "-id").first()
