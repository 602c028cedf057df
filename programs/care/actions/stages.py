"""Moving a plan between its stages, holding it there, and laying the flare plan over it.

Each verb holds the plan's row and reads it anew, so that two people at once make one move. What has to be
looked at first (reports, sessions, safety answers) is handed in as a `Readiness`; the room above gathers it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from programs.accounts.models import User
from programs.care.actions.snapshots import with_flare
from programs.care.models import Mode, Plan, PlanVersion, StageChange
from programs.care.queries import MOVES, CurrentPlan, current_plan, last_change
from programs.care.rules.criteria import Readiness
from programs.care.rules.facts import DEFAULT_STAGES
from programs.care.rules.flare import FLARE, UNSETTLED_FOR, USUAL
from programs.care.rules.machine import (
    SAY_WHY,
    Decision,
    decide_advance,
    decide_ready,
    decide_step_back,
)
from programs.conversations.actions import post_message
from programs.lib.times import local_day

ONE_STAGE = "A plan moves one stage at a time."
ENDED = "This plan has ended. Nothing was changed."
NOT_HELD = "This plan is not held."
NO_FLARE = "There is no flare plan to end."
NOT_GIVEN = "There is no flare plan in the library. Ask who looks after your programs."
FLARE_ADDED = "The flare plan was added."
WATCHING_ENDS = "The plan is no longer watched."
WATCHING_RESUMES = "The plan is watched again, before its flare was over."
NO_FLARE_IN_DIARY = "Nothing would end a flare plan in a diary. Let the rules watch the plan first."

_SAME_DECISION_WITHIN = timedelta(hours=1)
_BEGINS = (
    "Your flare plan begins today: some days with fewer and gentle moves. You do not need to start again."
)
_ENDS = "Your flare plan has ended. You go on with stage {} in small steps."
_HELD = "You stay in stage {} for now. We tell you when you can move up."
_RELEASED = "You can move up from stage {} again, once you are ready."


@transaction.atomic
def change_stage(
    *, plan: Plan, to_stage: int, by: User, reason: str, readiness: Readiness, now: datetime
) -> StageChange:
    """A therapist moves a plan one stage up or down, never further, and the patient is told.

    Up, though criteria are open, takes a reason, which is kept with the criteria as they stood; what
    `readiness` forbids to everybody, no reason overrides. The stage it is in already changes nothing, and
    returns the change that led there.
    """
    current = _held(plan)
    if to_stage == current.own_stage.number:
        return _move_into(current.plan)
    advances = to_stage > current.own_stage.number
    decision = (
        decide_advance(current.standing, readiness, reason)
        if advances
        else decide_step_back(current.standing, reason)
    )
    if to_stage not in (current.own_stage.number + 1, current.own_stage.number - 1) or not _has(
        current, to_stage
    ):
        raise ValidationError({"to_stage": ONE_STAGE})
    _refuse(decision)
    change = _move(current, to_stage, by, reason, now, readiness)
    verb = "move on" if advances else "go back"
    stages = current.version.content.stages
    name = current.version.stage(to_stage).name
    _tell(current, by, f"You {verb} to stage {to_stage} of {len(stages)}: {name}.", now)
    return change


@transaction.atomic
def advance_when_ready(*, plan: Plan, to_stage: int, readiness: Readiness, now: datetime) -> StageChange:
    """The patient's own tap, "I feel ready": one stage up, where everything is met.

    `to_stage` is the stage that the patient was asked about: the same tap again, or a therapist's at the
    same time, changes nothing more and returns the change that led there.
    """
    current = _held(plan)
    if to_stage == current.own_stage.number:
        return _move_into(current.plan)
    if to_stage != current.own_stage.number + 1:
        raise ValidationError({"to_stage": ONE_STAGE})
    _refuse(decide_ready(current.standing, readiness))
    return _move(current, to_stage, current.plan.patient, "", now, readiness)


@transaction.atomic
def step_back_by_rules(*, plan: Plan, reason: str, now: datetime) -> StageChange | None:
    """The rules make a guided plan easier by one stage. None where there is no easier one, it is held or a
    diary is kept: then nothing changes."""
    current = _held(plan)
    standing = current.standing
    if standing.stage <= 1 or standing.is_held or not standing.is_guided:
        return None
    return _move(current, standing.stage - 1, None, reason, now)


@transaction.atomic
def hold_stage(*, plan: Plan, by: User, reason: str, now: datetime) -> StageChange:
    """A therapist's veto: nobody moves on before it is released. Held already, it returns that veto."""
    current = _held(plan)
    held = last_change(current.plan, StageChange.Kind.HOLD)
    if current.plan.held_at is not None and held is not None:
        return held
    _needs(reason)
    Plan.objects.filter(pk=plan.pk).update(held_at=now)
    _tell(current, by, _HELD.format(current.own_stage.number), now)
    return _write(current, StageChange.Kind.HOLD, by, reason, now)


@transaction.atomic
def release_stage(*, plan: Plan, by: User, reason: str, now: datetime) -> StageChange:
    """Take a veto back. Sent again within the hour, it returns that release."""
    current = _held(plan)
    if current.plan.held_at is None:
        return _just_done(current.plan, StageChange.Kind.RELEASE, NOT_HELD, now)
    _needs(reason)
    Plan.objects.filter(pk=plan.pk).update(held_at=None)
    _tell(current, by, _RELEASED.format(current.own_stage.number), now)
    return _write(current, StageChange.Kind.RELEASE, by, reason, now)


@transaction.atomic
def begin_flare(
    *, plan: Plan, by: User | None, reason: str, usual: float | None, now: datetime
) -> StageChange:
    """Lay the flare plan over a plan; `by` None means that the rules do. Begun already, it returns that.

    `usual` is the leg pain, 0 to 10, that the flare is measured against, None where it is not known. A plan
    from before the flare plan, or whose leg eases in a direction by now, gets it in a new version.
    """
    current = _held(plan)
    begun = last_change(current.plan, StageChange.Kind.FLARE)
    if current.plan.flare_began_on is not None and begun is not None:
        return begun
    if current.plan.mode != Mode.GUIDED:
        raise ValidationError(NO_FLARE_IN_DIARY)
    _needs(reason)
    _publish_flare(current, now)
    today = local_day(now, current.plan.patient.time_zone)
    Plan.objects.filter(pk=plan.pk).update(flare_began_on=today)
    if by is not None:
        _tell(current, by, _BEGINS, now)
    measured = [{"key": USUAL, "numbers": {"usual": usual}}]
    return _write(current, StageChange.Kind.FLARE, by, reason, now, criteria=measured)


@transaction.atomic
def end_flare(*, plan: Plan, by: User | None, reason: str, now: datetime, state: str = "") -> StageChange:
    """Take the flare plan off; `by` None means that the rules do. Sent again within the hour, it returns that
    end. One that rests while nobody watches is ended for good.

    `state` is what the rules found then, settled or not; empty where they were not asked.
    """
    current = _held(plan)
    if current.plan.flare_began_on is None and not _rests(current.plan):
        return _just_done(current.plan, StageChange.Kind.FLARE_END, NO_FLARE, now)
    _needs(reason)
    Plan.objects.filter(pk=plan.pk).update(flare_began_on=None)
    if by is not None:
        _tell(current, by, _ENDS.format(current.own_stage.number), now)
    found = [{"key": FLARE, "state": state}] if state else []
    return _write(current, StageChange.Kind.FLARE_END, by, reason, now, criteria=found)


@transaction.atomic
def set_mode(*, plan: Plan, mode: str, by: User, now: datetime) -> Plan:
    """Let the rules watch a plan, or keep a diary that nobody watches; by the patient or a therapist.

    A flare plan that lies over it ends with the watching: no rule would ever take it off. Who is watched
    again within two weeks begins it anew, so that nobody gets out of it by a change of mode. The mode it is
    in already changes nothing.
    """
    if mode not in Mode.values:
        raise ValidationError({"mode": "Choose guided or diary."})
    current = _held(plan)
    if current.plan.mode == mode:
        return current.plan
    if mode == Mode.DIARY and current.plan.flare_began_on is not None:
        end_flare(plan=current.plan, by=None, reason=WATCHING_ENDS, now=now)
    Plan.objects.filter(pk=plan.pk).update(mode=mode)
    _write(current, StageChange.Kind.MODE, by, str(Mode(mode).label), now)
    if mode == Mode.GUIDED:
        _resume_flare(current.plan, now)
    current.plan.refresh_from_db()
    return current.plan


def _resume_flare(plan: Plan, now: datetime) -> None:
    """Begin a flare plan again that ended with the watching alone, against the same usual level."""
    begun, ended = (last_change(plan, kind) for kind in (StageChange.Kind.FLARE, StageChange.Kind.FLARE_END))
    if begun is None or ended is None or not _rests(plan):
        return
    zone = plan.patient.time_zone
    if (local_day(now, zone) - local_day(ended.at, zone)).days < UNSETTLED_FOR:
        usual = next((kept["numbers"]["usual"] for kept in begun.criteria if kept["key"] == USUAL), None)
        begin_flare(plan=plan, by=None, reason=WATCHING_RESUMES, usual=usual, now=now)


def _rests(plan: Plan) -> bool:
    """Whether a flare plan ended with the watching alone, so that it begins again with it."""
    ended = last_change(plan, StageChange.Kind.FLARE_END)
    return ended is not None and ended.reason == WATCHING_ENDS and plan.flare_began_on is None


def _held(plan: Plan) -> CurrentPlan:
    """The plan as it is now, which nobody else changes until the end of the transaction."""
    locked = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)
    current = current_plan(locked.patient)
    if current is None or current.plan.pk != locked.pk:
        raise ValidationError(ENDED)
    return current


def _has(current: CurrentPlan, number: int) -> bool:
    return any(stage.number == number for stage in current.version.content.stages)


def _move_into(plan: Plan) -> StageChange:
    """The change that led into the stage the plan is in."""
    return plan.stage_changes.filter(kind__in=MOVES).order_by("-at", "-id")[0]


def _just_done(plan: Plan, kind: StageChange.Kind, refusal: str, now: datetime) -> StageChange:
    """The same decision, sent twice or by two people at once; an older one is no answer to a new one."""
    change = last_change(plan, kind)
    if change is None or now - change.at > _SAME_DECISION_WITHIN:
        raise ValidationError(refusal)
    return change


def _refuse(decision: Decision) -> None:
    if decision.refusals:
        raise ValidationError(list(decision.refusals))
    if decision.needs_reason:
        raise ValidationError({"reason": decision.needs_reason})


def _needs(reason: str) -> None:
    if not reason.strip():
        raise ValidationError({"reason": SAY_WHY})


def _move(
    current: CurrentPlan,
    to_stage: int,
    by: User | None,
    reason: str,
    now: datetime,
    readiness: Readiness | None = None,
) -> StageChange:
    advances = to_stage > current.own_stage.number
    Plan.objects.filter(pk=current.plan.pk).update(stage_number=to_stage)
    current.plan.stage_number = to_stage
    return _write(
        current,
        StageChange.Kind.ADVANCE if advances else StageChange.Kind.STEP_BACK,
        by,
        reason,
        now,
        criteria=readiness.as_list() if readiness else (),
    )


def _write(
    current: CurrentPlan,
    kind: StageChange.Kind,
    by: User | None,
    reason: str,
    now: datetime,
    criteria: Sequence[Mapping[str, Any]] = (),
) -> StageChange:
    return StageChange.objects.create(
        plan=current.plan,
        kind=kind,
        to_stage=current.plan.stage_number,
        decided_by=by,
        reason=reason,
        criteria=list(criteria),
        rules_version=DEFAULT_STAGES.version if criteria or by is None else "",
        at=now,
    )


def _publish_flare(current: CurrentPlan, now: datetime) -> None:
    """A new version with the flare plan, where the one in force has none, or not the move that eases.

    Whoever made the last version stands behind this one too: nothing else in it changes.
    """
    plan, before = current.plan, current.version
    direction = "" if plan.direction in plan.directions_excluded else plan.direction
    content = with_flare(before.content, plan.clinic, direction=direction, own_stage=current.own_stage)
    if content.flare is None:
        raise ValidationError(NOT_GIVEN)
    known = before.content.flare
    if known is not None and {each.slug for each in content.flare.exercises} <= {
        each.slug for each in known.exercises
    }:
        return
    PlanVersion.objects.create(
        plan=plan,
        number=before.number + 1,
        content_values=content.to_json(),
        note=FLARE_ADDED,
        created_by=before.created_by,
        created_at=now,
        checked_by=before.checked_by,
        checked_at=before.checked_at,
    )


def _tell(current: CurrentPlan, by: User, body: str, now: datetime) -> None:
    """Tell the patient, in the words of whoever decided; who moves their own plan knows."""
    if by.pk != current.plan.patient_id:
        post_message(clinic=current.plan.clinic, patient=current.plan.patient, author=by, body=body, now=now)
