"""The stage of a plan, for a therapist: every criterion with its numbers, and what can be decided."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from programs.accounts.actions import record_access_to
from programs.accounts.models import User
from programs.care.actions import set_mode
from programs.care.forms import StageForm, stage_forms
from programs.care.models import Mode, Plan, StageChange
from programs.lib.permissions import page_for
from programs.logbook.actions import decide_stage
from programs.logbook.forms.stages import ModeForm
from programs.logbook.queries.readiness import stage_view

WATCHED = "The reports of {} are watched from now on."
DIARY = "{} keeps a diary from now on. Only their own word calls you."


@page_for("therapist")
@require_http_methods(["GET", "POST"])
def plan_stage(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """What is met, and what a therapist decides: on, back, hold, release, the flare plan."""
    therapist, now = cast(User, request.user), timezone.now()
    plan = _plan(plan_id, therapist)
    record_access_to(actor=therapist, records=[plan], door="logbook:plan_stage", now=now)
    form = None
    if request.method == "POST":
        form = StageForm(request.POST)
        if form.is_valid():
            try:
                change = decide_stage(plan=plan, by=therapist, now=now, **form.cleaned_data)
            except ValidationError as error:
                form.add_error(None, error)
            else:
                messages.success(request, _said(change, plan))
                return redirect("home:patient", plan.patient_id)
    view = stage_view(plan.patient, now)
    if view is None:
        raise Http404
    forms = stage_forms(view.current.standing, view.readiness, form)
    return render(
        request,
        "logbook/plan_stage.html",
        {
            "clinic": plan.clinic,
            "patient": plan.patient,
            "view": view,
            "forms": forms,
            "form": form,
            "mode_form": ModeForm(initial={"mode": plan.mode}),
        },
        status=422 if form is not None and form.errors else 200,
    )


@page_for("therapist")
@require_POST
def plan_mode(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """Whether the rules watch a plan, or a diary is kept."""
    therapist, now = cast(User, request.user), timezone.now()
    plan = _plan(plan_id, therapist)
    record_access_to(actor=therapist, records=[plan], door="logbook:plan_mode", now=now)
    form = ModeForm(request.POST)
    if form.is_valid():
        plan = set_mode(plan=plan, mode=form.cleaned_data["mode"], by=therapist, now=now)
        words = WATCHED if plan.mode == Mode.GUIDED else DIARY
        messages.success(request, words.format(plan.patient.name))
    return redirect("home:patient", plan.patient_id)


def _said(change: StageChange, plan: Plan) -> str:
    """What is so now, for whoever decided it or decided it once more."""
    name = plan.patient.name
    match change.kind:
        case StageChange.Kind.HOLD:
            return f"{name} is held in stage {change.to_stage}, and has a message."
        case StageChange.Kind.RELEASE:
            return f"{name} can move on from stage {change.to_stage} again, and has a message."
        case StageChange.Kind.FLARE:
            return f"The flare plan of {name} has begun, and they know."
        case StageChange.Kind.FLARE_END:
            return f"The flare plan of {name} has ended, and they know."
    return f"{name} is in stage {change.to_stage} now, and has a message."


def _plan(plan_id: UUID, therapist: User) -> Plan:
    """The plan in force of somebody else: nobody treats themselves, though they may see their own plan."""
    plans = Plan.objects.visible_to(therapist).exclude(patient=therapist).current()
    return get_object_or_404(plans.select_related("patient", "clinic", "program"), pk=plan_id)
