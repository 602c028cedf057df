"""The patient's stage: what is left of it, moving on, and whether anybody watches."""

from datetime import date
from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.care.actions import set_mode
from programs.care.models import Mode
from programs.care.queries import CurrentPlan, current_plan
from programs.care.rules.criteria import MET, NOT_MET, UNKNOWN
from programs.care.rules.flare import UNSETTLED_FOR
from programs.care.rules.machine import decide_ready
from programs.lib.permissions import page_for
from programs.logbook.actions import move_on_when_ready
from programs.logbook.forms.stages import ModeForm, ReadyForm
from programs.logbook.queries.readiness import last_own_change, stage_view
from programs.logbook.render import stage_picture
from programs.logbook.views import show

MOVED = "You are in stage {} now. Well done."
WATCHED = "Rules watch your scores from now on."
DIARY = "You keep a diary now. Nobody watches your scores."


@page_for("patient")
@require_safe
def stage(request: HttpRequest) -> HttpResponse:
    """What is left before the next stage, or how the flare plan stands."""
    patient, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(patient, Role.PATIENT)
    view = stage_view(patient, now)
    if view is None:
        return show(request, "logbook/stage.html", {"clinic": clinic, "view": None}, clinic)
    current, standing, ready = view.current, view.current.standing, view.readiness
    decision = decide_ready(standing, ready)
    stages = len(current.version.content.stages)
    # What is left can wait until the leg has settled.
    states = [] if view.flare else [each.state for each in ready.criteria]
    context = {
        "clinic": clinic,
        "view": view,
        "standing": standing,
        "stages": stages,
        "next_stage": current.version.content.stage_after(standing.stage),
        "groups": [
            (state, [each for each in ready.criteria if each.state == state])
            for state in (NOT_MET, UNKNOWN, MET)
        ],
        "picture": stage_picture(standing.stage, stages, states),
        "decision": decision,
        "ready_form": ReadyForm(initial={"to_stage": decision.to_stage}),
        "mode_form": ModeForm(initial={"mode": current.plan.mode}),
        "is_unsettled": _is_unsettled(current, ready.day),
        "changed": last_own_change(current.plan, now),
    }
    return show(request, "logbook/stage.html", context, clinic)


def _is_unsettled(current: CurrentPlan, today: date) -> bool:
    since = current.unsettled_since
    return since is not None and (today - since).days < UNSETTLED_FOR


@page_for("patient")
@require_POST
def stage_ready(request: HttpRequest) -> HttpResponse:
    """ "I feel ready": on to the next stage. Sent twice, it moves once."""
    patient = cast(User, request.user)
    form = ReadyForm(request.POST)
    if form.is_valid():
        try:
            change = move_on_when_ready(
                patient=patient, to_stage=form.cleaned_data["to_stage"], now=timezone.now()
            )
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        else:
            messages.success(request, MOVED.format(change.to_stage))
    return redirect("logbook:stage")


@page_for("patient")
@require_POST
def stage_mode(request: HttpRequest) -> HttpResponse:
    """Whether the rules watch, or a diary is kept."""
    patient = cast(User, request.user)
    form, current = ModeForm(request.POST), current_plan(patient)
    if form.is_valid() and current is not None:
        plan = set_mode(plan=current.plan, mode=form.cleaned_data["mode"], by=patient, now=timezone.now())
        messages.success(request, WATCHED if plan.mode == Mode.GUIDED else DIARY)
    return redirect("logbook:stage")
