"""Who moves a plan between its stages: the patient's tap, the therapist, and the rules where they may.

Everything is gathered under the lock that reports are stored under, so that no report comes in between what
was looked at and what is done.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from programs.accounts.models import Clinic, User
from programs.care import actions as care
from programs.care.models import Mode, Plan, StageChange
from programs.care.queries import CurrentPlan, current_plan, last_change
from programs.care.rules import flare as flare_rules
from programs.care.rules import machine
from programs.care.rules.facts import DEFAULT_STAGES
from programs.lib.times import local_day
from programs.logbook.actions.reports import one_report_at_a_time
from programs.logbook.models import GuidedSession
from programs.logbook.queries.readiness import (
    flare_of,
    last_session_on,
    readiness_of,
    usual_leg_pain,
    withheld_days,
)
from programs.monitoring.actions import raise_concerns
from programs.monitoring.models import Level
from programs.monitoring.rules import Evidence, Finding, Reading
from programs.monitoring.rules.findings import FLARE_DAYS, LEG_PAIN
from programs.safety.actions import request_screening
from programs.safety.models import ScreeningRequest

logger = logging.getLogger(__name__)

NO_PLAN = "You have no plan now."
WHICH_STAGE = "Say which stage this is about."

FOUND = "Flag {} was found."
SETTLED = "Leg pain is back near its usual level."
NOT_SETTLED = "It had not settled after {} days."
ABSENT = f"No session for more than {machine.ABSENT_AFTER_DAYS} days."


@transaction.atomic
def move_on_when_ready(*, patient: User, to_stage: int, now: datetime) -> StageChange:
    """The patient's tap, "I feel ready": to the next stage, where every criterion is met.

    `to_stage` is the stage that the page asked about. The same tap again returns the move that was made.
    """
    current = _own_plan(patient)
    return care.advance_when_ready(
        plan=current.plan, to_stage=to_stage, readiness=readiness_of(current, now), now=now
    )


@transaction.atomic
def decide_stage(
    *, plan: Plan, verb: str, by: User, reason: str, now: datetime, to_stage: int | None = None
) -> StageChange:
    """What a therapist decides about a stage: one of `machine.THERAPIST_VERBS`.

    Moving on and stepping back name the stage that it leads to, so that the same decision sent twice, or by
    two people at once, moves once. A flare plan asks the patient all safety questions anew.
    """
    one_report_at_a_time(plan.patient)
    match verb:
        case machine.ADVANCE | machine.STEP_BACK:
            if to_stage is None:
                raise ValidationError({"to_stage": WHICH_STAGE})
            current = current_plan(plan.patient)
            if current is None or current.plan.pk != plan.pk:
                raise ValidationError(care.ENDED)
            if (to_stage - current.own_stage.number) * (1 if verb == machine.ADVANCE else -1) < 0:
                raise ValidationError({"to_stage": care.ONE_STAGE})
            return care.change_stage(
                plan=plan,
                to_stage=to_stage,
                by=by,
                reason=reason,
                readiness=readiness_of(current, now),
                now=now,
            )
        case machine.HOLD:
            return care.hold_stage(plan=plan, by=by, reason=reason, now=now)
        case machine.RELEASE:
            return care.release_stage(plan=plan, by=by, reason=reason, now=now)
        case machine.BEGIN_FLARE:
            return _begin_flare(plan, by, reason, usual_leg_pain(plan, now), now)
        case machine.END_FLARE:
            return care.end_flare(plan=plan, by=by, reason=reason, now=now)
    raise ValidationError({"verb": machine.NOT_A_VERB})


@transaction.atomic
def review_stage(
    *, patient: User, now: datetime, news: Sequence[Finding] = (), is_new_flag: bool = False
) -> list[StageChange]:
    """What the rules do by themselves to a guided plan; returns the changes, usually none.

    `news` is what was just found in the reports, `is_new_flag` whether it opened a flag or was added to one:
    some of it lays the flare plan over the plan. That ends once the leg has settled, and after its longest
    time in any case, then one stage lower and with a flag; what is added to an open flag after that belongs
    to the same flare. More than 14 days without a session lead one stage lower. Nothing ever leads up.
    Repeats change nothing.
    """
    one_report_at_a_time(patient)
    current = current_plan(patient)
    if current is None or current.plan.mode != Mode.GUIDED:
        return []
    today = local_day(now, patient.time_zone)
    if current.plan.flare_began_on is not None:
        return _review_flare(current, now)
    begins = [
        each
        for each in news
        if flare_rules.begins_flare(each.rule, each.evidence.measure, each.found_on, today)
    ]
    if begins and (is_new_flag or not flare_rules.is_same_flare(_given_up_on(current.plan), today)):
        return _begin_by_rules(current, begins[0], now)
    if current.plan.stage_number > 1 and _was_absent(current, now):
        stepped = care.step_back_by_rules(plan=current.plan, reason=ABSENT, now=now)
        return [] if stepped is None else [stepped]
    return []


def review_stages(*, now: datetime) -> list[StageChange]:
    """What time itself changes: flare plans that are over, and plans that nobody has followed for long.

    One patient's fault keeps nobody else back, and repeats change nothing.
    """
    absent_since = (now - timedelta(days=machine.ABSENT_AFTER_DAYS)).date()
    recent = GuidedSession.objects.filter(plan_version__plan=OuterRef("pk"), performed_on__gte=absent_since)
    is_due = Q(flare_began_on__isnull=False) | (Q(stage_number__gt=1) & ~Exists(recent))
    plans = Plan.objects.current().filter(is_due, mode=Mode.GUIDED, patient__is_active=True)
    changed: list[StageChange] = []
    for patient in User.objects.filter(pk__in=plans.values("patient")).order_by("pk").iterator():
        try:
            changed += review_stage(patient=patient, now=now)
        except Exception:
            logger.exception("patient %s: the stage could not be reviewed", patient.pk)
    return changed


def _own_plan(patient: User) -> CurrentPlan:
    one_report_at_a_time(patient)
    current = current_plan(patient)
    if current is None:
        raise ValidationError(NO_PLAN)
    return current


def _given_up_on(plan: Plan) -> date | None:
    """The local day on which the last flare plan was ended without the rules having found the leg settled."""
    ended = last_change(plan, StageChange.Kind.FLARE_END)
    if ended is None or ended.reason == care.WATCHING_ENDS:
        return None
    if any(kept["state"] == flare_rules.SETTLED for kept in ended.criteria):
        return None
    return local_day(ended.at, plan.patient.time_zone)


def _begin_by_rules(current: CurrentPlan, found: Finding, now: datetime) -> list[StageChange]:
    evidence = found.evidence
    is_pain = evidence.measure == LEG_PAIN
    usual = (
        evidence.baseline.centre
        if is_pain and evidence.baseline is not None
        else usual_leg_pain(current.plan, now)
    )
    try:
        return [_begin_flare(current.plan, None, FOUND.format(found.rule), usual, now)]
    except ValidationError:
        # The report is stored and its flag is open all the same: only what makes the plan easier is missing.
        logger.exception("plan %s: the flare plan could not begin", current.plan.pk)
        return []


def _begin_flare(plan: Plan, by: User | None, reason: str, usual: float | None, now: datetime) -> StageChange:
    change = care.begin_flare(plan=plan, by=by, reason=reason, usual=usual, now=now)
    if change.at == now:
        _ask_all(plan.clinic, plan.patient, now)
    return change


def _ask_all(clinic: Clinic, patient: User, now: datetime) -> None:
    request_screening(clinic=clinic, patient=patient, reason=ScreeningRequest.Reason.FLARE, now=now)


def _review_flare(current: CurrentPlan, now: datetime) -> list[StageChange]:
    standing = flare_of(current, now)
    if standing is None or standing.state == flare_rules.GOES_ON:
        return []
    if standing.state == flare_rules.SETTLED:
        return [care.end_flare(plan=current.plan, by=None, reason=SETTLED, state=standing.state, now=now)]
    reason = NOT_SETTLED.format(standing.exit.longest_days)
    ended = care.end_flare(plan=current.plan, by=None, reason=reason, state=standing.state, now=now)
    # Whoever has stepped back meanwhile has done what this would do: one flare costs one stage.
    begun = last_change(current.plan, StageChange.Kind.FLARE)
    stepped = None
    if begun is None or current.stage_since < begun.at:
        stepped = care.step_back_by_rules(plan=current.plan, reason=reason, now=now)
    _tell_not_settled(current, now)
    return [ended] if stepped is None else [ended, stepped]


def _tell_not_settled(current: CurrentPlan, now: datetime) -> None:
    """A flag like that of an answer that needs a visit within days: somebody has to look."""
    plan = current.plan
    today = local_day(now, plan.patient.time_zone)
    began_on = plan.flare_began_on or today
    lasted = Reading(began_on, (today - began_on).days)
    raise_concerns(
        clinic=plan.clinic,
        patient=plan.patient,
        findings=[Finding("FLARE", Level.FLAG, today, "", Evidence(FLARE_DAYS, (lasted,), None, None))],
        rule_version=DEFAULT_STAGES.version,
        now=now,
    )


def _was_absent(current: CurrentPlan, now: datetime) -> bool:
    plan = current.plan
    zone, today = plan.patient.time_zone, local_day(now, plan.patient.time_zone)
    withheld = withheld_days(plan.patient, today - timedelta(days=machine.ABSENT_AFTER_DAYS), today)
    by_rules = plan.stage_changes.filter(kind=StageChange.Kind.STEP_BACK, decided_by=None)
    stepped_back = by_rules.order_by("-at").values_list("at", flat=True).first()
    return machine.steps_back_after_absence(
        last_session_on=last_session_on(plan),
        stage_began_on=local_day(current.stage_since, zone),
        withheld_until=max(withheld, default=None),
        stepped_back_on=None if stepped_back is None else local_day(stepped_back, zone),
        today=today,
    )
