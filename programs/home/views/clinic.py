"""The administrator's page."""

from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from programs.accounts.models import Role, User
from programs.accounts.queries import clinic_of
from programs.home.queries.clinic import clinic_overview
from programs.lib.permissions import page_for


@page_for("admin")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The people of the clinic, and nothing of anybody's health."""
    clinic = clinic_of(cast(User, request.user), Role.ADMIN)
    page = clinic_overview(clinic, timezone.now())
    return render(request, "home/clinic.html", {"clinic": clinic, "page": page})
