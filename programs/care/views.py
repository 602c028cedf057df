"""Assigning a program and changing the doses of a plan: a therapist's doors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from uuid_utils.compat import uuid7

from programs.accounts.actions import record_access, record_access_to
from programs.accounts.models import User
from programs.accounts.queries import care_of
from programs.care import actions
from programs.care.forms import AssignForm, ChangeForm, DoseForm
from programs.care.models import Plan, PlanVersion
from programs.care.queries import flare_program, walks_of
from programs.care.rules import PlanStage, changes
from programs.care.rules.dose_warnings import dose_warnings
from programs.lib.permissions import page_for
from programs.library.models import Prescription, Program, Stage
from programs.library.rules import Dose, describe, describe_criteria_briefly, describe_frequency

INCOMPLETE = "Nothing is saved yet. Some numbers need a change."


@dataclass(frozen=True, slots=True)
class OfferedStage:
    """A program's stage as it may be given: each exercise with its dose in words, and what ends the stage."""

    stage: Stage
    exercises: Sequence[tuple[Prescription, str]]
    criteria: str


@page_for("therapist")
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Begin a plan for a patient from one of the programs: `?program=<id>`, chosen from a list before."""
    therapist = cast(User, request.user)
    care = care_of(patient_id, therapist)
    if care is None:
        raise Http404
    patient, clinic, now = care.patient, care.clinic, timezone.now()
    record_access(actor=therapist, clinic=clinic, patients=[patient], door="care:assign", now=now)
    programs = [
        program
        for program in Program.objects.visible_to(therapist).current().staged()
        if program.clinic_id in (None, clinic.pk)
    ]
    program = _chosen(programs, request.GET.get("program"))
    page = {
        "clinic": clinic,
        "patient": patient,
        "programs": programs,
        "program": program,
        "current": Plan.objects.visible_to(therapist).current().filter(patient=patient).first(),
    }
    if program is None:
        return render(request, "care/assign.html", page)
    prefetch_related_objects([program], "stages__prescriptions__exercise")
    shown = program.updated_at.isoformat()
    posted = request.POST if request.method == "POST" else None
    form = AssignForm(program, posted, initial={"plan_id": uuid7(), "based_on": shown})
    if posted is not None and posted.get("based_on") != shown:
        # Said before anything else: what was ticked may not be there any more. The page shows the new state.
        anew = posted.copy()
        anew["based_on"], anew["has_checked"] = shown, ""
        form = AssignForm(program, anew)
        form.add_error(None, actions.PROGRAM_CHANGED)
    elif form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "based_on"}
        try:
            actions.assign_program(
                clinic=clinic,
                patient=patient,
                program=program,
                therapist=therapist,
                now=now,
                **values,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"{patient.name} has the plan “{program.name}” and a message about it.")
            return redirect("home:patient", patient.pk)
    page |= {"form": form, "stages": [_offered(stage) for stage in program.stages.all()]}
    if flare := flare_program(clinic):
        prefetch_related_objects([flare], "stages__prescriptions__exercise")
        page["flare"] = [_offered(stage) for stage in flare.stages.all()]
    return render(request, "care/assign.html", page, status=422 if form.errors else 200)


@page_for("therapist")
@require_http_methods(["GET", "POST"])
def change_doses(request: HttpRequest, plan_id: UUID) -> HttpResponse:
    """The doses of the stage a patient is in; sending the form publishes a new version of the plan.

    What is raised more than advised is said once before, and nothing is stored; sent again, it is published.
    """
    therapist = cast(User, request.user)
    plan = _plan(plan_id, therapist)
    now = timezone.now()
    record_access_to(actor=therapist, records=[plan], door="care:change_doses", now=now)
    version = _latest(plan)
    stage = version.stage(plan.stage_number)
    posted = request.POST if request.method == "POST" else None
    form = _change_form(version, stage, posted)
    # Numbers typed for another stage belong to other exercises: they are not carried over.
    has_moved = form.is_valid() and form.cleaned_data["stage_number"] != stage.number
    doses = _dose_forms(stage, None if has_moved else posted)
    if has_moved:
        form.add_error(None, actions.CONFLICT)
    elif not all(dose.is_valid() for dose in doses) and posted is not None:
        form.add_error(None, INCOMPLETE)
    if form.is_valid():
        chosen = {each.slug: dose.dose for each, dose in zip(stage.exercises, doses, strict=True)}
        if warnings := _unread_warnings(version, stage, chosen, form):
            return _plan_page(request, plan, form, doses, warnings)
        try:
            published = actions.change_doses(
                plan=plan,
                stage_number=stage.number,
                doses=chosen,
                based_on=form.cleaned_data["based_on"],
                by=therapist,
                note=form.cleaned_data["note"],
                now=now,
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            sentences = " ".join(changes(version.content, published.content))
            messages.success(
                request, f"Version {published.number} is in force, and {plan.patient.name} knows. {sentences}"
            )
            return redirect("home:patient", plan.patient_id)
    return _plan_page(request, plan, form, doses)


def _plan(plan_id: UUID, therapist: User) -> Plan:
    """The plan in force of somebody else: nobody treats themselves, though they may see their own plan."""
    plans = Plan.objects.visible_to(therapist).exclude(patient=therapist).current()
    return get_object_or_404(plans.select_related("patient", "clinic", "program"), pk=plan_id)


def _chosen(programs: Sequence[Program], program_id: str | None) -> Program | None:
    """None while there is something to choose from and nothing is chosen yet."""
    if program_id is None:
        return programs[0] if len(programs) == 1 else None
    for program in programs:
        if str(program.pk) == program_id:
            return program
    raise Http404


def _offered(stage: Stage) -> OfferedStage:
    return OfferedStage(
        stage=stage,
        exercises=[
            (each, f"{describe(each.dose, each.exercise.sides)}, {describe_frequency(each.dose)}")
            for each in stage.prescriptions.all()
        ],
        criteria=describe_criteria_briefly(stage.minimum_days, stage.pain_ceiling, stage.pain_measure),
    )


def _change_form(version: PlanVersion, stage: PlanStage, posted: QueryDict | None) -> ChangeForm:
    return ChangeForm(posted, initial={"based_on": version.number, "stage_number": stage.number})


def _dose_forms(stage: PlanStage, posted: QueryDict | None) -> list[DoseForm]:
    return [DoseForm(posted, initial=each.dose.to_mapping(), prefix=each.slug) for each in stage.exercises]


def _unread_warnings(
    version: PlanVersion, stage: PlanStage, doses: Mapping[str, Dose], form: ChangeForm
) -> list[str]:
    """What is to be said of these doses before they are published; nothing once it was read.

    Of doses that somebody else has changed meanwhile there is something else to be said.
    """
    if form.cleaned_data["based_on"] != version.number:
        return []
    after = version.content.with_doses(stage.number, doses).stage(stage.number)
    if after == stage:
        return []
    warnings = dose_warnings(stage, after, walks_of(stage))
    return [] if form.cleaned_data["warned"] == " ".join(warnings) else warnings


def _plan_page(
    request: HttpRequest,
    plan: Plan,
    form: ChangeForm,
    doses: Sequence[DoseForm],
    warnings: Sequence[str] = (),
) -> HttpResponse:
    version = _latest(plan)
    stage = version.stage(plan.stage_number)
    has_conflict = actions.CONFLICT in form.non_field_errors()
    return render(
        request,
        "care/change_doses.html",
        {
            "clinic": plan.clinic,
            "patient": plan.patient,
            "plan": plan,
            "version": version,
            "stage": stage,
            "stage_count": len(version.content.stages),
            "form": form,
            "rows": list(zip(stage.exercises, doses, strict=True)),
            "has_conflict": has_conflict,
            "warnings": warnings,
            "warned": " ".join(warnings) or form["warned"].value() or "",
            "their_changes": _since(form.cleaned_data["based_on"], version) if has_conflict else [],
        },
        status=422 if form.errors or warnings else 200,
    )


def _latest(plan: Plan) -> PlanVersion:
    return plan.versions.select_related("created_by").order_by("-number")[0]


def _since(number: int, latest: PlanVersion) -> list[str]:
    """What has changed from one version to the latest, in sentences."""
    earlier = PlanVersion.objects.filter(plan=latest.plan_id, number=number).first()
    return changes(earlier.content, latest.content) if earlier else []
