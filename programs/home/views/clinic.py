"""The administrator's pages."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from programs.accounts.actions import record_access, set_emergency_number
from programs.accounts.forms import EmergencyNumberForm, StartCareForm
from programs.accounts.models import CareTeam, Clinic, Membership, Role, User
from programs.accounts.queries import clinic_of, reachable_staff, therapists_of
from programs.home.actions import give_therapist, take_therapist_away
from programs.home.queries.clinic import clinic_overview
from programs.lib.permissions import page_for

EMERGENCY_NUMBERS = ("999", "112", "911")
"""Suggested: those of the United Kingdom, the European Union and the United States."""


@page_for("admin")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The people of the clinic, and nothing of anybody's health but that somebody waits for a look."""
    administrator, now = cast(User, request.user), timezone.now()
    clinic = clinic_of(administrator, Role.ADMIN)
    page = clinic_overview(clinic, now)
    waiting = {each.user for each in page.waiting}
    if waiting:
        record_access(actor=administrator, clinic=clinic, patients=waiting, door="home:clinic", now=now)
    return render(request, "home/clinic.html", {"clinic": clinic, "page": page})


@page_for("admin")
@require_http_methods(["GET", "POST"])
def emergency_number(request: HttpRequest) -> HttpResponse:
    """Whom the clinic's patients are told to call, on every page that can ask for it."""
    clinic = clinic_of(cast(User, request.user), Role.ADMIN)
    form = EmergencyNumberForm(
        request.POST if request.method == "POST" else None,
        initial={"emergency_number": clinic.emergency_number},
    )
    if form.is_valid():
        number = form.cleaned_data["emergency_number"]
        try:
            set_emergency_number(clinic=clinic, number=number)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Your patients are told to call {number} from now on.")
            return redirect("home:clinic")
    context = {"clinic": clinic, "form": form, "suggested": EMERGENCY_NUMBERS}
    return render(request, "home/emergency_number.html", context, status=422 if form.errors else 200)


@page_for("admin")
@require_http_methods(["GET", "POST"])
def care(request: HttpRequest, patient_id: UUID) -> HttpResponse:
    """Who cares for a patient, and giving them one more therapist. Nothing about anybody's health."""
    administrator, now = cast(User, request.user), timezone.now()
    clinic, patient = _patient(administrator, patient_id)
    therapists = therapists_of(patient, clinic)
    others = [each for each in reachable_staff(clinic).therapists if each not in (*therapists, patient)]
    form = StartCareForm(request.POST if request.method == "POST" else None, therapists=others)
    if form.is_valid():
        therapist = form.cleaned_data["therapist"]
        try:
            give_therapist(clinic=clinic, patient=patient, therapist=therapist, by=administrator, now=now)
        except ValidationError as error:
            form.add_error(None, " ".join(error.messages))
        else:
            messages.success(request, f"{therapist.name} cares for {patient.name} from now on.")
            return redirect("home:care", patient.pk)
    context = {
        "clinic": clinic,
        "patient": patient,
        "therapists": therapists,
        "can_add": bool(others),
        "form": form,
    }
    return render(request, "home/care.html", context, status=422 if form.errors else 200)


@page_for("admin")
@require_POST
def stop_care(request: HttpRequest, patient_id: UUID, therapist_id: UUID) -> HttpResponse:
    """Let a therapist care for a patient no longer, unless nobody would be left."""
    administrator, now = cast(User, request.user), timezone.now()
    clinic, patient = _patient(administrator, patient_id)
    teams = CareTeam.objects.filter(clinic=clinic, patient=patient, ended_at=None)
    therapist = get_object_or_404(teams.select_related("therapist"), therapist=therapist_id).therapist
    try:
        take_therapist_away(clinic=clinic, patient=patient, therapist=therapist, by=administrator, now=now)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"{therapist.name} no longer cares for {patient.name}.")
    return redirect("home:care", patient.pk)


def _patient(administrator: User, patient_id: UUID) -> tuple[Clinic, User]:
    """A patient of the administrator's own clinic, or 404."""
    clinic = clinic_of(administrator, Role.ADMIN)
    patients = Membership.objects.active().filter(clinic=clinic, role=Role.PATIENT)
    return clinic, get_object_or_404(patients.select_related("user"), user=patient_id).user
