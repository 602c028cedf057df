"""The administrator's pages."""

from typing import cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from programs.accounts.actions import set_emergency_number
from programs.accounts.forms import EmergencyNumberForm
from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.home.queries.clinic import clinic_overview
from programs.lib.permissions import page_for

EMERGENCY_NUMBERS = ("999", "112", "911")
"""Suggested: those of the United Kingdom, the European Union and the United States."""


@page_for("admin")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The people of the clinic, and nothing of anybody's health."""
    clinic = clinic_of(cast(User, request.user), Role.ADMIN)
    page = clinic_overview(clinic, timezone.now())
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
