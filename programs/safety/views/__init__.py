"""The patient's safety questions, and the pages that say what an answer asks for."""

from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from programs.accounts.actions import record_access
from programs.accounts.models import Clinic, Role, User


def clinic_of_patient(patient: User) -> Clinic:
    """The clinic in which somebody is a patient now, the first joined first; costs no query."""
    return next(each.clinic for each in patient.memberships_now if each.role == Role.PATIENT)


def show(request: HttpRequest, template: str, context: dict[str, Any], clinic: Clinic) -> HttpResponse:
    """A page of the patient's own record: the look is written down. Errors on its form make it a 422."""
    patient = cast(User, request.user)
    door = request.resolver_match.view_name if request.resolver_match else ""
    record_access(actor=patient, clinic=clinic, patients=[patient], door=door, now=timezone.now())
    form = context.get("form")
    status = 422 if form is not None and form.errors else 200
    return render(request, template, {"clinic": clinic, **context}, status=status)
